//! URLs as Go reads them (net/url, url.go of Go 1.26 with `urlstrictcolons=0`, as the Collector is built).

use super::Host;
use super::is_placeholder;
use crate::model::collector::phrase::OPEN;

/// A URL, as far as who dials it needs it; query and fragment are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Lower case; empty when none is written.
    pub scheme: String,
    /// What follows the scheme when no slash does: `4318` of `localhost:4318`.
    pub opaque: String,
    /// `user` or `user:password`, as written. Not for messages.
    userinfo: Option<String>,
    /// Host and port, without user.
    pub authority: String,
    /// As written, with its leading `/`; empty when absent.
    path: String,
}

impl Url {
    /// The host as written, without brackets and port; empty when there is none.
    #[must_use]
    pub fn host_name(&self) -> &str {
        let (host, _) = self.parts();
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port as written; `None` when there is none, empty after a lone colon.
    #[must_use]
    pub fn port(&self) -> Option<&str> {
        self.parts().1
    }

    /// Host and port (net/url, `splitHostPort`).
    fn parts(&self) -> (&str, Option<&str>) {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if is_port(port) => (host, Some(port)),
            _ => (&self.authority, None),
        }
    }

    /// The path with its `%41` decoded.
    #[must_use]
    pub fn path(&self) -> String {
        unescaped(&self.path, false).unwrap_or_else(|_| self.path.clone())
    }

    /// The path as a request carries it (net/url, `EscapedPath`).
    #[must_use]
    pub fn escaped_path(&self) -> String {
        let is_valid = |letter: char| {
            letter == OPEN || letter == '%' || is_plain(letter) || "!'()*[]".contains(letter)
        };
        if self.path.chars().all(is_valid) {
            return self.path.clone();
        }
        let mut escaped = String::new();
        for letter in self.path().chars() {
            if letter == OPEN || is_plain(letter) {
                escaped.push(letter);
                continue;
            }
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
        escaped
    }

    /// The user and the password in front of the host, which an HTTP client sends as `Basic` credentials; the password is a
    /// secret.
    #[must_use]
    pub fn credentials(&self) -> Option<(String, String)> {
        let (user, password) = self
            .userinfo
            .as_ref()
            .map(|info| info.split_once(':').unwrap_or((info, "")))?;
        Some((
            unescaped(user, false).ok()?,
            unescaped(password, false).ok()?,
        ))
    }
}

/// Reads a URL, references masked by [`OPEN`]. `Ok(None)`: the scheme itself is open.
///
/// # Errors
/// Go's own words for what it refuses.
pub fn url(text: &str) -> Result<Option<Url>, String> {
    parsed(text).map_err(|why| format!("parse \"{text}\": {why}"))
}

fn parsed(text: &str) -> Result<Option<Url>, String> {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    unescaped(fragment, false)?;
    let (scheme, rest) = split_scheme(text)?;
    if scheme.is_empty() && text.contains(OPEN) && !text.starts_with('/') {
        return Ok(None);
    }
    let rest = rest.split('?').next().unwrap_or_default();
    let mut url = Url {
        scheme: scheme.to_ascii_lowercase(),
        opaque: String::new(),
        userinfo: None,
        authority: String::new(),
        path: String::new(),
    };
    if !rest.starts_with('/') {
        let first = rest.split('/').next().unwrap_or_default();
        if !scheme.is_empty() {
            url.opaque = rest.to_owned();
            return Ok(Some(url));
        }
        if first.contains(':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let after = rest
        .strip_prefix("//")
        .filter(|_| !scheme.is_empty() || !rest.starts_with("///"));
    let Some(after) = after else {
        unescaped(rest, false)?;
        url.path = rest.to_owned();
        return Ok(Some(url));
    };
    let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
    unescaped(path, false)?;
    path.clone_into(&mut url.path);
    let (userinfo, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    url.userinfo = userinfo.map(user_of).transpose()?;
    url.authority = host_of(host)?;
    Ok(Some(url))
}

/// Takes the scheme off; it is empty when there is none.
fn split_scheme(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "+-.".contains(letter)));
    match end {
        Some(0) if text.starts_with(':') => Err("missing protocol scheme".to_owned()),
        Some(end)
            if text[end..].starts_with(':')
                && text.starts_with(|first: char| first.is_ascii_alphabetic()) =>
        {
            Ok((&text[..end], &text[end + 1..]))
        }
        _ => Ok(("", text)),
    }
}

/// User and password, as written (net/url, `validUserinfo`).
fn user_of(text: &str) -> Result<String, String> {
    let is_allowed = |letter: char| {
        letter.is_ascii_alphanumeric() || letter == OPEN || "-._:~!$&'()*+,;=%@".contains(letter)
    };
    if !text.chars().all(is_allowed) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    unescaped(text, false)?;
    Ok(text.to_owned())
}

/// Host and port, decoded (net/url, `parseHost`).
fn host_of(host: &str) -> Result<String, String> {
    let invalid = |port: &str| Err(format!("invalid port \"{port}\" after host"));
    if let Some(inner) = host.strip_prefix('[') {
        let Some((address, port)) = inner.rsplit_once(']') else {
            return Err("missing ']' in host".to_owned());
        };
        if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
            return invalid(port);
        }
        let address = address.replace("%25", "%");
        if !matches!(Host::read(&address), Host::Ip(_) | Host::Unknown(_)) {
            return Err("invalid host: it is no IP address".to_owned());
        }
        return Ok(format!("[{address}]{port}"));
    }
    if host.contains('[') {
        return Err("invalid IP-literal".to_owned());
    }
    if let Some((_, port)) = host.rsplit_once(':').filter(|(_, port)| !is_port(port)) {
        return invalid(&format!(":{port}"));
    }
    unescaped(host, true)
}

/// Whether `text` can be a port, or may turn out to be one.
fn is_port(text: &str) -> bool {
    text.contains(OPEN) || is_placeholder(text) || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Decodes `%41` (net/url, `unescape`); in a host only what is not ASCII may be written so.
fn unescaped(text: &str, is_host: bool) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (head, tail) = rest.split_at(letter.len_utf8());
        rest = tail;
        if is_host && letter.is_ascii() && !(is_in_host(letter) || letter == '%') {
            return Err(format!("invalid character \"{letter}\" in host name"));
        }
        if letter != '%' {
            bytes.extend_from_slice(head.as_bytes());
            continue;
        }
        let digits = rest.get(..2).unwrap_or(rest);
        let byte = u8::from_str_radix(digits, 16).ok().filter(|byte| {
            digits.len() == 2 && !digits.starts_with('+') && (!is_host || !byte.is_ascii())
        });
        let Some(byte) = byte else {
            return Err(format!("invalid URL escape \"%{digits}\""));
        };
        bytes.push(byte);
        rest = &rest[2..];
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What stands in a path as it is (net/url, `encodePath`).
fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_.~$&+,/:;=@".contains(letter)
}

/// What may stand in a host (net/url, `encodeHost`).
fn is_in_host(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_as_net_url_takes_them() {
        let good = [
            ("https://gw:4318/v1", "https", "gw:4318", "/v1"),
            ("HTTPS://gw", "https", "gw", ""),
            ("localhost:4318", "localhost", "", ""),
            ("gw.example.com/x", "", "", "gw.example.com/x"),
            ("https:/gw/x", "https", "", "/gw/x"),
            ("https://u:p@gw:4318/x", "https", "gw:4318", "/x"),
            ("https://gw?a=b", "https", "gw", ""),
            ("https://gw/a b#c", "https", "gw", "/a%20b"),
            ("https://gw/a%2Fb/{x}", "https", "gw", "/a/b/%7Bx%7D"),
            ("https://gw/\u{fc}", "https", "gw", "/%C3%BC"),
            ("https://gw/'!*", "https", "gw", "/'!*"),
            (
                "https://[fe80::1%25eth0]:1",
                "https",
                "[fe80::1%eth0]:1",
                "",
            ),
            ("https://gw/\u{E000}/x y", "https", "gw", "/\u{E000}/x%20y"),
            ("https://::1:4318", "https", "::1:4318", ""),
        ];
        for (text, scheme, authority, path) in good {
            let url = url(text).expect(text).expect(text);
            assert_eq!(
                (
                    url.scheme.as_str(),
                    url.authority.as_str(),
                    url.escaped_path()
                ),
                (scheme, authority, path.to_owned()),
                "{text}"
            );
        }
        let bad = [
            (
                "10.0.0.1:4318",
                "first path segment in URL cannot contain colon",
            ),
            (":invalid", "missing protocol scheme"),
            ("https://gw:port/", "invalid port \":port\" after host"),
            ("https://gw /", "invalid character \" \" in host name"),
            ("https://gw/%zz", "invalid URL escape \"%zz\""),
            ("https://g%41", "invalid URL escape \"%41\""),
            ("https://[::1", "missing ']' in host"),
            ("https://[10.0.0.x]:1", "invalid host: it is no IP address"),
            ("https://gw/\n", "net/url: invalid control character in URL"),
        ];
        for (text, why) in bad {
            assert_eq!(url(text), Err(format!("parse \"{text}\": {why}")));
        }
        assert_eq!(url("\u{E000}"), Ok(None));
        assert_eq!(url("\u{E000}://gw"), Ok(None));
    }

    #[test]
    fn hosts_ports_and_credentials_are_taken_apart() {
        let read = |text: &str| url(text).expect(text).expect(text);
        for (text, host, port) in [
            ("https://gw:4318", "gw", Some("4318")),
            ("https://gw:", "gw", Some("")),
            ("https://gw", "gw", None),
            ("https://[::1]", "::1", None),
            ("https://[::1]:1", "::1", Some("1")),
            ("https://gw:\u{E000}", "gw", Some("\u{E000}")),
            ("https://<IP>:4318", "<IP>", Some("4318")),
        ] {
            let url = read(text);
            assert_eq!((url.host_name(), url.port()), (host, port), "{text}");
        }
        let credentials = |text: &str| read(text).credentials();
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(credentials("https://u:p%40@gw"), pair("u", "p@"));
        assert_eq!(credentials("https://u@gw"), pair("u", ""));
        assert_eq!(credentials("https://gw"), None);
    }
}
