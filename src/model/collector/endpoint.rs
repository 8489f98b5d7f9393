//! Addresses as the Collector takes them: gRPC targets, URLs, and what a server listens on.

use std::net::IpAddr;

use super::phrase::OPEN;

mod server;
mod target;
mod url;

pub use server::Server;
pub use target::NOTHING;
pub use target::Target;
pub use target::backend;
pub use target::target;
pub use target::validate;
pub use url::Url;
pub use url::url;

/// A host, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// A DNS name, lower case, without a trailing dot.
    Name(String),
    /// An IP address.
    Ip(IpAddr),
    /// A Unix socket of that path.
    Unix(String),
    /// It is decided elsewhere; why, in words.
    Unknown(String),
}

impl Host {
    /// Reads a host; brackets of IPv6 addresses are already gone.
    #[must_use]
    pub fn read(text: &str) -> Self {
        if text.contains(OPEN) {
            return Self::Unknown("the host comes from the environment".to_owned());
        }
        if is_placeholder(text) {
            return Self::Unknown(format!("`{text}` is a placeholder"));
        }
        let bare = text
            .split_once('%')
            .map_or(text, |(address, _zone)| address);
        match bare.parse::<IpAddr>() {
            Ok(address) => Self::Ip(address.to_canonical()),
            Err(_) => Self::Name(text.trim_end_matches('.').to_ascii_lowercase()),
        }
    }

    /// Whether only the own machine is reached or reaches it; `None` when the host is not known.
    #[must_use]
    pub fn is_loopback(&self) -> Option<bool> {
        match self {
            Self::Name(name) => Some(name == "localhost" || name.ends_with(".localhost")),
            Self::Ip(address) => Some(address.is_loopback()),
            Self::Unix(_) => Some(true),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it lies outside the cluster and outside private networks, as far as its name tells: names with a dot that
    /// do not end in `.svc`, `.local` or `.internal`, and addresses outside the private ranges.
    #[must_use]
    pub fn is_public(&self) -> bool {
        match self {
            Self::Ip(IpAddr::V4(address)) => {
                !address.is_private() && !address.is_loopback() && !address.is_link_local()
            }
            Self::Ip(IpAddr::V6(address)) => !address.is_loopback() && !address.is_unique_local(),
            Self::Name(name) => {
                let inside = [".svc", ".local", ".internal", ".localhost"];
                name.contains('.') && !inside.into_iter().any(|suffix| name.ends_with(suffix))
            }
            Self::Unix(_) | Self::Unknown(_) => false,
        }
    }

    /// The host as it is written in an address; `None` when it is not known.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Name(name) => Some(name.clone()),
            Self::Ip(address) => Some(address.to_string()),
            Self::Unix(_) | Self::Unknown(_) => None,
        }
    }
}

/// Whether `text` is something that a person still has to fill in: `<GATEWAY_IP>`, `REPLACE_ME`, `{{ host }}`.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    let angled = text.find('<').is_some_and(|at| text[at..].contains('>'));
    let braced = text.contains("{{") && text.contains("}}");
    let upper = text.to_ascii_uppercase();
    angled
        || braced
        || upper.contains("REPLACE_")
        || upper.contains("CHANGE_ME")
        || upper.contains("CHANGEME")
}

/// Whether `text` is an address with a user and a password in front of the host: `user:password@host`, with or without a
/// scheme.
#[must_use]
pub fn has_password(text: &str) -> bool {
    let Some((before, _)) = text.rsplit_once('@') else {
        return false;
    };
    let pair = before.rsplit_once("//").map_or(before, |(_, pair)| pair);
    let is_pair = pair
        .split_once(':')
        .is_some_and(|(_, password)| !password.is_empty());
    is_pair && !pair.contains(char::is_whitespace)
}

/// `text`, which holds an address, with the user and password in front of the host as `…`.
#[must_use]
pub fn shown(text: &str) -> String {
    let Some(at) = text.rfind('@') else {
        return text.to_owned();
    };
    let from = match text[..at].rfind("//") {
        Some(slashes) => slashes + 2,
        None => text[..at].rfind([' ', '"']).map_or(0, |space| space + 1),
    };
    format!("{}…{}", &text[..from], &text[at..])
}

/// Who is dialled under `host`, as a client is told. A name that is none in other letters than a name's may be a place to
/// be filled in, and is unknown.
///
/// # Errors
/// Go's own words for a name that cannot be looked up.
fn dialled(host: &str) -> Result<Host, String> {
    let read = Host::read(host);
    if !matches!(read, Host::Name(_)) || is_domain_name(host) {
        return Ok(read);
    }
    let is_literal = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    if host.chars().all(is_literal) {
        return Err(format!("lookup {host}: no such host"));
    }
    Ok(Host::Unknown(format!("`{host}` is no host name")))
}

/// Whether DNS can be asked for `host` (Go, net `isDomainName`): not for `10.0.0.300`, `a..b`, `-a` or anything outside ASCII.
fn is_domain_name(host: &str) -> bool {
    let bare = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        !(label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-'))
            && label.bytes().all(allowed)
    };
    bare.len() <= 253
        && bare.split('.').all(is_label)
        && bare.contains(|letter: char| letter.is_ascii_alphabetic() || "_-".contains(letter))
}

/// The port that `text` is (Go, net `parsePort`, which takes a sign and leading zeros).
///
/// # Errors
/// Go's own words for a port that cannot be dialled at `host`.
pub fn port(host: &str, text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(0) => Err(format!("dial tcp {host}:0: connect: connection refused")),
        Ok(port) => Ok(port),
        Err(_) => Err(format!("dial tcp: address {text}: invalid port")),
    }
}

/// Splits `host:port` as net.SplitHostPort does.
///
/// # Errors
/// Go's own words.
pub fn split(address: &str) -> Result<(&str, &str), String> {
    let error = |why: &str| Err(format!("address {address}: {why}"));
    let Some(colon) = address.rfind(':') else {
        return error("missing port in address");
    };
    let (host, rest) = if let Some(inner) = address.strip_prefix('[') {
        let Some(end) = inner.find(']') else {
            return error("missing ']' in address");
        };
        match inner.as_bytes().get(end + 1) {
            None => return error("missing port in address"),
            Some(b':') if end + 2 == colon => {}
            Some(b':') => return error("too many colons in address"),
            Some(_) => return error("missing port in address"),
        }
        (&inner[..end], &inner[end + 1..])
    } else {
        let host = &address[..colon];
        if host.contains(':') {
            return error("too many colons in address");
        }
        (host, &address[colon..])
    };
    if host.contains('[') || rest.contains('[') {
        return error("unexpected '[' in address");
    }
    if host.contains(']') || rest.contains(']') {
        return error("unexpected ']' in address");
    }
    Ok((host, &address[colon + 1..]))
}

/// What a server listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The host to which it binds; every address is `0.0.0.0` or `::`, an empty host becomes `0.0.0.0`.
    pub host: Host,
    /// The port; `None` when it is open, or for a Unix socket.
    pub port: Option<u16>,
}

impl Listen {
    /// Reads the `endpoint` of a server, references masked by [`OPEN`] (Go, net.Listen).
    ///
    /// # Errors
    /// Go's own words; the Collector meets them only when it starts.
    pub fn read(endpoint: &str) -> Result<Self, String> {
        let (host, port) = match split(endpoint) {
            Ok(parts) => parts,
            Err(_) if endpoint.contains(OPEN) => {
                return Ok(Self {
                    host: Host::read(endpoint),
                    port: None,
                });
            }
            Err(said) => return Err(said),
        };
        let host = if host.is_empty() {
            Host::Ip([0, 0, 0, 0].into())
        } else {
            Host::read(host)
        };
        if port.contains(OPEN) || is_placeholder(port) {
            return Ok(Self { host, port: None });
        }
        match port.parse() {
            Ok(port) => Ok(Self {
                host,
                port: Some(port),
            }),
            Err(_) => Err(format!("lookup tcp/{port}: unknown port")),
        }
    }

    /// Whether other machines reach it; `None` when the host is not known.
    #[must_use]
    pub fn is_loopback(&self) -> Option<bool> {
        self.host.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        for (text, expected) in [
            ("https://u:p@gw/x", "https://…@gw/x"),
            ("address u:p@gw: missing port", "address …@gw: missing port"),
            ("https://gw/x", "https://gw/x"),
        ] {
            assert_eq!(shown(text), expected);
        }
        for (text, expected) in [
            ("https://u:p@gw/x", true),
            ("u:p@gw:80", true),
            ("https://gw/x@y", false),
            ("https://u@gw", false),
            ("postgres://u:p@db:5432/x", true),
            ("mail me: at a@b", false),
        ] {
            assert_eq!(has_password(text), expected, "{text}");
        }
    }

    #[test]
    fn names_that_no_resolver_takes() {
        for host in [
            "gw",
            "gw.example.com.",
            "a_b",
            "10.0.0.1",
            "::1",
            "fe80::1%eth0",
            "x1",
        ] {
            let found = dialled(host);
            assert!(matches!(found, Ok(Host::Name(_) | Host::Ip(_))), "{host}");
        }
        for host in ["10.0.0.300", "010.0.0.1", "1", "a..b", "-a", "a-.b"] {
            assert_eq!(dialled(host), Err(format!("lookup {host}: no such host")));
        }
        for host in ["b\u{fc}cher", "a b", "*.a", "${HOST}", "%HOST%", "\u{E000}"] {
            assert!(matches!(dialled(host), Ok(Host::Unknown(_))), "{host}");
        }
    }

    #[test]
    fn servers_listen_as_net_listen_does() {
        let cases = [
            ("0.0.0.0:4317", Ok((Some(false), Some(4317)))),
            (":4317", Ok((Some(false), Some(4317)))),
            ("localhost:4317", Ok((Some(true), Some(4317)))),
            ("127.0.0.1:4317", Ok((Some(true), Some(4317)))),
            ("[::1]:4317", Ok((Some(true), Some(4317)))),
            ("\u{E000}:4317", Ok((None, Some(4317)))),
            (
                "0.0.0.0",
                Err("address 0.0.0.0: missing port in address".to_owned()),
            ),
            (
                "http://0.0.0.0:4318",
                Err("address http://0.0.0.0:4318: too many colons in address".to_owned()),
            ),
        ];
        for (endpoint, expected) in cases {
            let found = Listen::read(endpoint).map(|listen| (listen.is_loopback(), listen.port));
            assert_eq!(found, expected, "{endpoint}");
        }
    }
}
