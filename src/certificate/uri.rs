//! The little of URIs that verifiers look at: as Go's `net/url` parses them.

use super::constraint::Leading;
use super::constraint::go_quoted;
use super::constraint::is_domain;

/// The host with its port, as Go's `url.URL.Host`: empty when there is no authority.
pub(super) fn host(uri: &str) -> &str {
    let Some(rest) = uri
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"))
    else {
        return "";
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// Go's words when it cannot parse the URI of a certificate, or dislikes its host: the commonest of its reasons only
/// (go net/url url.go, parse; go crypto/x509 parser.go, parseSANExtension).
pub(super) fn refusal(uri: &str) -> Option<String> {
    let quoted = go_quoted(uri);
    let host = host(uri);
    if let Some(why) = syntax(uri) {
        return Some(format!("{quoted}: parse {quoted}: {why}"));
    }
    let valid = host.is_empty() || is_domain(host, Leading::Label);
    (!valid).then(|| format!("{quoted}: invalid domain"))
}

fn syntax(uri: &str) -> Option<String> {
    if uri.bytes().any(|octet| octet.is_ascii_control()) {
        return Some("net/url: invalid control character in URL".to_owned());
    }
    if uri.starts_with(':') {
        return Some("missing protocol scheme".to_owned());
    }
    if let Some(why) = host_syntax(host(uri)) {
        return Some(why);
    }
    let is_escape =
        |escape: &str| escape.len() == 2 && escape.bytes().all(|octet| octet.is_ascii_hexdigit());
    let bad = uri.split('%').skip(1).find_map(|rest| {
        let escape = rest.get(..2).unwrap_or(rest);
        (!is_escape(escape)).then_some(escape)
    })?;
    Some(format!(
        "invalid URL escape {}",
        go_quoted(&format!("%{bad}"))
    ))
}

/// What `parseHost` has against a host with its port: letters that no name has, and ports that are no numbers.
fn host_syntax(host: &str) -> Option<String> {
    let port = match (host.starts_with('['), host.rfind(']')) {
        (true, None) => return Some("missing ']' in host".to_owned()),
        (true, Some(end)) => &host[end + 1..],
        (false, _) => host.rfind(':').map_or("", |colon| &host[colon..]),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let is_port = port.is_empty() || port.starts_with(':');
    if !is_port || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Some(format!("invalid port {} after host", go_quoted(port)));
    }
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(*c);
    let mut odd = host.chars().filter(|c| c.is_ascii() && !is_plain(c));
    let odd = odd.next()?;
    Some(format!(
        "invalid character {} in host name",
        go_quoted(&odd.to_string())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (uri, expected) in [
            (
                "spiffe://cluster.local/ns/otel/sa/collector",
                "cluster.local",
            ),
            ("https://user@example.com:8443/x?y#z", "example.com:8443"),
            ("urn:uuid:f81d4fae", ""),
            ("relative", ""),
        ] {
            assert_eq!(host(uri), expected, "{uri}");
        }
    }

    #[test]
    fn refusals() {
        assert_eq!(refusal("spiffe://cluster.local/ns/%20"), None);
        let bad = refusal("spiffe://a..b/");
        assert_eq!(bad.as_deref(), Some("\"spiffe://a..b/\": invalid domain"));
        let bad = refusal("a%zz");
        let words = "\"a%zz\": parse \"a%zz\": invalid URL escape \"%zz\"";
        assert_eq!(bad.as_deref(), Some(words));
    }
}
