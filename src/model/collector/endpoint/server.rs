//! Whom an HTTP client asks, as a URL says it.

use super::Host;
use super::Url;
use super::dialled;
use super::is_placeholder;
use super::port;
use crate::model::collector::phrase::OPEN;

/// The server of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Whether TLS is spoken: `https`.
    pub is_secure: bool,
    /// Who is dialled.
    pub host: Host,
    /// The port; `None` when it is open.
    pub port: Option<u16>,
}

impl Server {
    /// The server of `url` (net/http, transport.go `roundTrip` and `canonicalAddr`).
    ///
    /// # Errors
    /// Why every request fails, in Go's own words.
    pub fn of(url: &Url) -> Result<Self, String> {
        let is_secure = match url.scheme.as_str() {
            "https" => true,
            "http" => false,
            other => return Err(format!("unsupported protocol scheme \"{other}\"")),
        };
        if url.authority.is_empty() {
            return Err("http: no Host in request URL".to_owned());
        }
        let (host, name) = (host(url)?, url.host_name());
        let port = match url.port() {
            Some(port) if port.contains(OPEN) || is_placeholder(port) => None,
            // What is open may bring the port along.
            None if url.authority.ends_with(OPEN) => None,
            None | Some("") => Some(if is_secure { 443 } else { 80 }),
            Some(text) => Some(port(name, text)?),
        };
        Ok(Self {
            is_secure,
            host,
            port,
        })
    }
}

/// Who is dialled; nobody means the own machine.
fn host(url: &Url) -> Result<Host, String> {
    let name = url.host_name();
    if name.is_empty() {
        return Ok(Host::Name("localhost".to_owned()));
    }
    if name.contains(':') && !url.authority.starts_with('[') {
        let why = "an IPv6 address without brackets is read in several ways";
        return Ok(Host::Unknown(why.to_owned()));
    }
    dialled(name)
}

#[cfg(test)]
mod tests {
    use super::super::url;
    use super::*;

    #[test]
    fn servers_as_net_http_finds_them() {
        let server = |text: &str| Server::of(&url(text).expect(text).expect(text));
        let at = |text: &str| server(text).map(|server| (server.host.text(), server.port));
        let good = [
            ("https://gw", "gw", 443),
            ("http://gw", "gw", 80),
            ("http://gw:", "gw", 80),
            ("https://GW.example.com.:4318", "gw.example.com", 4318),
            ("http://:4318", "localhost", 4318),
            ("https://[2001:db8::1]:04318", "2001:db8::1", 4318),
        ];
        for (text, host, port) in good {
            assert_eq!(at(text), Ok((Some(host.to_owned()), Some(port))), "{text}");
        }
        let bad = [
            (
                "localhost:4318",
                "unsupported protocol scheme \"localhost\"",
            ),
            ("gw/v1/traces", "unsupported protocol scheme \"\""),
            ("https:/gw", "http: no Host in request URL"),
            ("https://10.0.0.300:4318", "lookup 10.0.0.300: no such host"),
            ("https://gw:65536", "dial tcp: address 65536: invalid port"),
            ("https://gw:0", "dial tcp gw:0: connect: connection refused"),
        ];
        for (text, said) in bad {
            assert_eq!(at(text), Err(said.to_owned()), "{text}");
        }
        for text in [
            "https://b\u{fc}cher",
            "https://::1:4318",
            "https://\u{E000}:1",
        ] {
            let server = server(text).expect(text);
            assert!(matches!(server.host, Host::Unknown(_)), "{text}");
        }
        for text in ["https://gw:\u{E000}", "https://\u{E000}"] {
            assert_eq!(server(text).map(|server| server.port), Ok(None), "{text}");
        }
    }
}
