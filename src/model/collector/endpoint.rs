//! Addresses as the Collector takes them: gRPC targets, URLs, and what a server listens on.

use std::net::IpAddr;

use super::phrase::OPEN;

mod url;

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
        match bare.parse() {
            Ok(address) => Self::Ip(address),
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

/// Where a gRPC client dials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `https` or `http` if the endpoint began so; gRPC itself never sees it.
    pub scheme: Option<String>,
    /// The resolver, if the endpoint names one: `dns`, `passthrough`, `xds`, `unix`.
    pub resolver: Option<String>,
    /// The host.
    pub host: Host,
    /// The port; `None` when it is open, or for a Unix socket.
    pub port: Option<u16>,
    /// What gRPC calls the endpoint part: `host:port`, as written; `localhost` for a Unix socket.
    pub name: String,
}

/// Reads the endpoint of a gRPC client, references masked by [`OPEN`] (collector, config/configgrpc/configgrpc.go
/// `Validate` and `sanitizedEndpoint`, exporter/otlpexporter/config.go).
///
/// # Errors
/// The Collector's own words for an endpoint that it refuses.
pub fn target(endpoint: &str) -> Result<Target, String> {
    for prefix in ["unix://", "unix:"] {
        if let Some(path) = endpoint.strip_prefix(prefix) {
            if path.is_empty() {
                return Err("unix socket path cannot be empty".to_owned());
            }
            return Ok(Target {
                scheme: None,
                resolver: Some("unix".to_owned()),
                host: Host::Unix(path.to_owned()),
                port: None,
                name: "localhost".to_owned(),
            });
        }
    }
    let (scheme, resolver, rest) = unprefixed(endpoint);
    if rest.is_empty() {
        return Err("requires a non-empty \"endpoint\"".to_owned());
    }
    let named = |host: &str, port| Target {
        scheme: scheme.map(str::to_owned),
        resolver: resolver.map(str::to_owned),
        host: Host::read(host),
        port,
        name: rest.to_owned(),
    };
    let (host, port) = match split(rest) {
        Ok(parts) => parts,
        // What is open may bring the port along.
        Err(_) if rest.contains(OPEN) => return Ok(named(rest, None)),
        Err(said) => return Err(said),
    };
    if port.contains(OPEN) || is_placeholder(port) {
        return Ok(named(host, None));
    }
    // strconv.Atoi takes a sign and any size; a port beyond 65,535 fails when dialling.
    if port.parse::<i64>().is_err() {
        return Err(format!("invalid port \"{port}\""));
    }
    match port.parse::<u16>() {
        Ok(port) => Ok(named(host, Some(port))),
        Err(_) => Err(format!("dial tcp: address {port}: invalid port")),
    }
}

/// Takes `http://`, `https://` or `resolver://authority/` off an endpoint.
fn unprefixed(endpoint: &str) -> (Option<&str>, Option<&str>, &str) {
    for scheme in ["http", "https"] {
        if let Some(rest) = endpoint
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"))
        {
            return (Some(scheme), None, rest);
        }
    }
    let resolver = endpoint
        .split_once("://")
        .filter(|(scheme, _)| is_scheme(scheme));
    match resolver.and_then(|(scheme, rest)| Some((scheme, rest.split_once('/')?.1))) {
        Some((scheme, rest)) => (None, Some(scheme), rest),
        None => (None, None, endpoint),
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

/// `[a-zA-Z][a-zA-Z0-9+.-]*`
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
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
    fn grpc_endpoints_as_configgrpc_takes_them() {
        let good = [
            ("gw.example.com:4317", "gw.example.com:4317", Some(4317)),
            ("https://gw:4317", "gw:4317", Some(4317)),
            ("http://gw:4317", "gw:4317", Some(4317)),
            ("dns:///gw:4317", "gw:4317", Some(4317)),
            ("dns://8.8.8.8/gw:4317", "gw:4317", Some(4317)),
            ("passthrough:///10.0.0.1:4317", "10.0.0.1:4317", Some(4317)),
            ("[::1]:4317", "[::1]:4317", Some(4317)),
            ("<GATEWAY_IP>:4317", "<GATEWAY_IP>:4317", Some(4317)),
            ("unix:///run/otel.sock", "localhost", None),
            ("\u{E000}", "\u{E000}", None),
            ("gw:\u{E000}", "gw:\u{E000}", None),
        ];
        for (endpoint, name, port) in good {
            let found = target(endpoint).map(|target| (target.name, target.port));
            assert_eq!(found, Ok((name.to_owned(), port)), "{endpoint}");
        }
        let bad = [
            ("", "requires a non-empty \"endpoint\""),
            ("https://", "requires a non-empty \"endpoint\""),
            ("http://", "requires a non-empty \"endpoint\""),
            ("dns:///", "requires a non-empty \"endpoint\""),
            ("gw", "address gw: missing port in address"),
            ("gw:port", "invalid port \"port\""),
            ("https://gw:443/path", "invalid port \"443/path\""),
            ("unix://", "unix socket path cannot be empty"),
            ("::1:4317", "address ::1:4317: too many colons in address"),
            ("[::1]", "address [::1]: missing port in address"),
        ];
        for (endpoint, said) in bad {
            assert_eq!(target(endpoint), Err(said.to_owned()), "{endpoint}");
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
