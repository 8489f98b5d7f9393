//! URLs as Go reads them (net/url).

use super::Host;
use super::is_placeholder;
use super::is_scheme;
use crate::model::collector::phrase::OPEN;

/// A URL, as far as an HTTP client needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Lower case.
    pub scheme: String,
    /// The host.
    pub host: Host,
    /// The port as written; `None` when absent or open.
    pub port: Option<u16>,
    /// Whether a port is written, open or not.
    pub has_port: bool,
    /// Host and port as they go into `Host`.
    pub authority: String,
    /// With its leading `/`; empty when absent.
    pub path: String,
}

/// Reads a URL, references masked by [`OPEN`] (Go, net/url). `Ok(None)`: the scheme itself is open.
///
/// # Errors
/// Go's own words for what it refuses.
pub fn url(text: &str) -> Result<Option<Url>, String> {
    let refuse = |why: &str| Err(format!("parse \"{text}\": {why}"));
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return refuse("net/url: invalid control character in URL");
    }
    if text.starts_with(OPEN) {
        return Ok(None);
    }
    if text.starts_with(':') {
        return refuse("missing protocol scheme");
    }
    let bare = text.split('#').next().unwrap_or_default();
    let scheme = bare.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
    let Some((scheme, rest)) = scheme else {
        let first = bare.split('/').next().unwrap_or_default();
        if first.contains(':') && !bare.starts_with('/') {
            return refuse("first path segment in URL cannot contain colon");
        }
        let path = bare.split('?').next().unwrap_or_default().to_owned();
        return Ok(Some(Url {
            scheme: String::new(),
            host: Host::Name(String::new()),
            port: None,
            has_port: false,
            authority: String::new(),
            path,
        }));
    };
    let rest = rest.split('?').next().unwrap_or_default();
    let Some(after) = rest.strip_prefix("//") else {
        return Ok(Some(Url {
            scheme: scheme.to_ascii_lowercase(),
            host: Host::Name(String::new()),
            port: None,
            has_port: false,
            authority: String::new(),
            path: rest.to_owned(),
        }));
    };
    let (authority, path) = match after.find('/') {
        Some(at) => after.split_at(at),
        None => (after, ""),
    };
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match authority[bracket..].rfind(':') {
        Some(at) => (
            &authority[..bracket + at],
            Some(&authority[bracket + at + 1..]),
        ),
        None => (authority, None),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(port) =
        port.filter(|port| !port.contains(OPEN) && !is_placeholder(port) && !is_port(port))
    {
        return refuse(&format!("invalid port \":{port}\" after host"));
    }
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok(Some(Url {
        scheme: scheme.to_ascii_lowercase(),
        host: Host::read(host),
        port: port.and_then(|port| port.parse().ok()),
        has_port: port.is_some_and(|port| !port.is_empty()),
        authority: authority.to_owned(),
        path: path.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_as_net_url_takes_them() {
        let read = |text| url(text).map(|url| url.map(|url| (url.scheme, url.authority, url.path)));
        let parts =
            |a: &str, b: &str, c: &str| Ok(Some((a.to_owned(), b.to_owned(), c.to_owned())));
        assert_eq!(read("https://gw:4318/v1"), parts("https", "gw:4318", "/v1"));
        assert_eq!(read("HTTPS://gw"), parts("https", "gw", ""));
        assert_eq!(read("localhost:4318"), parts("localhost", "", "4318"));
        assert_eq!(read("gw.example.com/x"), parts("", "", "gw.example.com/x"));
        assert_eq!(
            read("10.0.0.1:4318"),
            Err(
                "parse \"10.0.0.1:4318\": first path segment in URL cannot contain colon"
                    .to_owned()
            )
        );
        assert_eq!(
            read(":invalid"),
            Err("parse \":invalid\": missing protocol scheme".to_owned())
        );
        assert_eq!(
            read("https://gw:port/"),
            Err("parse \"https://gw:port/\": invalid port \":port\" after host".to_owned())
        );
        assert_eq!(read("\u{E000}"), Ok(None));
    }
}
