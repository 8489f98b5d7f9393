//! What gRPC makes of the endpoint of a client: what is refused, whom it dials, and how the channel is called.
//!
//! Collector, config/configgrpc/configgrpc.go `Validate` and `sanitizedEndpoint`, exporter/otlpexporter/config.go; grpc-go,
//! clientconn.go `initParsedTargetAndResolverBuilder`, `initAuthority` and `encodeAuthority`, internal/resolver/{dns,unix,
//! passthrough}. Measured with the Collector 0.159.0.

use std::net::IpAddr;

use super::Host;
use super::Url;
use super::dialled;
use super::is_placeholder;
use super::port;
use super::split;
use super::url;
use crate::model::collector::phrase::OPEN;

/// Where a gRPC client dials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether the endpoint begins with `https://`; gRPC itself never sees it.
    pub is_https: bool,
    /// The host.
    pub host: Host,
    /// The port; `None` when it is open, or for a Unix socket.
    pub port: Option<u16>,
    /// What gRPC calls the channel: `host:port`, as written; `localhost` for a Unix socket.
    pub name: String,
}

/// The resolvers that every build has.
const RESOLVERS: [&str; 4] = ["dns", "passthrough", "unix", "unix-abstract"];

/// Prefixes that no build has a resolver for: other protocols, and resolvers of gRPC for C and Java alone.
const FOREIGN: [&str; 10] = [
    "http", "https", "tcp", "udp", "grpc", "grpcs", "ipv4", "ipv6", "vsock", "otlp",
];

/// What the otlp_grpc exporter says of an endpoint that names nothing.
pub const NOTHING: &str = "requires a non-empty \"endpoint\"";

/// Reads the `endpoint` of a gRPC client, references masked by [`OPEN`].
///
/// # Errors
/// Why the Collector refuses it, or why every export fails, in its own words.
pub fn target(endpoint: &str) -> Result<Target, String> {
    validate(endpoint)?;
    backend(endpoint)
}

/// Reads an endpoint that somebody else has put together, so that nothing validates it: load_balancing, for each backend.
///
/// # Errors
/// Why every export fails, in gRPC's own words.
pub fn backend(endpoint: &str) -> Result<Target, String> {
    let is_https = endpoint.starts_with("https://");
    let dialled = without_protocol(endpoint).unwrap_or(endpoint);
    let parsed = url(dialled).ok().flatten();
    if let Some(url) = parsed
        .as_ref()
        .filter(|url| RESOLVERS.contains(&url.scheme.as_str()))
    {
        return resolved(url, is_https);
    }
    let scheme = parsed.as_ref().map_or("", |url| url.scheme.as_str());
    if dialled.contains("://") && !scheme.is_empty() && !FOREIGN.contains(&scheme) {
        return Ok(Target {
            is_https,
            host: Host::Unknown(format!("not every build has a resolver for `{scheme}`")),
            port: None,
            name: dialled.to_owned(),
        });
    }
    match url(&format!("dns:///{dialled}"))? {
        Some(url) => resolved(&url, is_https),
        None => Err(NOTHING.to_owned()),
    }
}

/// What the configuration is refused for.
///
/// # Errors
/// The Collector's own words.
pub fn validate(endpoint: &str) -> Result<(), String> {
    if let Some(path) = endpoint.strip_prefix("unix://") {
        return if path.is_empty() {
            Err("unix socket path cannot be empty".to_owned())
        } else {
            Ok(())
        };
    }
    let bare = match without_protocol(endpoint) {
        Some(bare) => bare.to_owned(),
        None if endpoint.contains("://") => match url(endpoint) {
            Ok(Some(url)) => without_slash(&url.path()).to_owned(),
            Ok(None) => return Ok(()),
            Err(_) => endpoint.to_owned(),
        },
        None => endpoint.to_owned(),
    };
    if !bare.is_empty() {
        return checked(&bare);
    }
    let is_dns = endpoint
        .strip_prefix("dns://")
        .is_some_and(|rest| without_slash(rest).is_empty());
    if is_dns || endpoint.is_empty() || without_protocol(endpoint).is_some() {
        return Err(NOTHING.to_owned());
    }
    Ok(())
}

/// `host:port`, whose port strconv.Atoi takes.
fn checked(address: &str) -> Result<(), String> {
    match split(address) {
        Ok((_, port)) => {
            let is_number = port.parse::<i64>().is_ok() || is_open(port);
            is_number
                .then_some(())
                .ok_or_else(|| format!("invalid port \"{port}\""))
        }
        // What is open may bring the port along.
        Err(_) if address.contains(OPEN) => Ok(()),
        Err(said) => Err(said),
    }
}

fn without_protocol(endpoint: &str) -> Option<&str> {
    endpoint
        .strip_prefix("http://")
        .or_else(|| endpoint.strip_prefix("https://"))
}

fn without_slash(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

fn is_open(text: &str) -> bool {
    text.contains(OPEN) || is_placeholder(text)
}

/// Asks the resolver that `url` names.
fn resolved(url: &Url, is_https: bool) -> Result<Target, String> {
    let path = match url.path() {
        path if path.is_empty() => url.opaque.clone(),
        path => path,
    };
    if url.scheme.starts_with("unix") {
        if !url.authority.is_empty() {
            return Err(format!("invalid (non-empty) authority: {}", url.authority));
        }
        let mark = if url.scheme == "unix" { "" } else { "@" };
        return Ok(Target {
            is_https,
            host: Host::Unix(format!("{mark}{path}")),
            port: None,
            name: "localhost".to_owned(),
        });
    }
    let endpoint = without_slash(&path);
    let (host, number) = if url.scheme == "dns" {
        looked_up(endpoint)
    } else {
        passed(endpoint)
    }?;
    let dialled = dialled(&host)?;
    let port = if is_open(&number) {
        None
    } else {
        Some(port(&host, &number)?)
    };
    let here = if endpoint.starts_with(':') {
        "localhost"
    } else {
        ""
    };
    Ok(Target {
        is_https,
        host: dialled,
        port,
        name: format!("{here}{}", encoded(endpoint)),
    })
}

/// Host and port, as the resolver `dns` reads them.
fn looked_up(endpoint: &str) -> Result<(String, String), String> {
    const PORT: &str = "443";
    let pair = |host: &str, port: &str| Ok((host.to_owned(), port.to_owned()));
    if endpoint.is_empty() {
        return Err("dns resolver: missing address".to_owned());
    }
    if endpoint.parse::<IpAddr>().is_ok() {
        return pair(endpoint, PORT);
    }
    match split(endpoint) {
        Ok((_, "")) => Err("dns resolver: missing port after port-separator colon".to_owned()),
        Ok(("", port)) => pair("localhost", port),
        Ok((host, port)) => pair(host, port),
        Err(_) if endpoint.contains(OPEN) => pair(endpoint, &OPEN.to_string()),
        Err(_) => match split(&format!("{endpoint}:{PORT}")) {
            Ok((host, port)) => pair(host, port),
            Err(said) => Err(format!(
                "invalid target address {endpoint}, error info: {said}"
            )),
        },
    }
}

/// Host and port, as net.Dial reads what `passthrough` hands on.
fn passed(endpoint: &str) -> Result<(String, String), String> {
    if endpoint.is_empty() {
        return Err("passthrough: received empty target in Build()".to_owned());
    }
    match split(endpoint) {
        Ok(("", port)) => Ok(("localhost".to_owned(), port.to_owned())),
        Ok((host, port)) => Ok((host.to_owned(), port.to_owned())),
        Err(_) if endpoint.contains(OPEN) => Ok((endpoint.to_owned(), OPEN.to_string())),
        Err(said) => Err(format!("dial tcp: {said}")),
    }
}

/// What may not stand in an authority is written as `%2F`.
fn encoded(endpoint: &str) -> String {
    let mut name = String::with_capacity(endpoint.len());
    for letter in endpoint.chars() {
        let is_allowed = letter.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]@".contains(letter);
        if is_allowed || letter == OPEN {
            name.push(letter);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grpc_endpoints_as_configgrpc_and_grpc_take_them() {
        let good = [
            ("gw.example.com:4317", "gw.example.com:4317", Some(4317)),
            ("https://gw:4317", "gw:4317", Some(4317)),
            ("http://gw:4317", "gw:4317", Some(4317)),
            ("dns:///gw:4317", "gw:4317", Some(4317)),
            ("dns://8.8.8.8/gw:4317", "gw:4317", Some(4317)),
            ("dns:///gw:4317?a#b", "gw:4317", Some(4317)),
            ("dns:///g%77:4317", "gw:4317", Some(4317)),
            ("passthrough:///10.0.0.1:4317", "10.0.0.1:4317", Some(4317)),
            ("[::1]:4317", "[::1]:4317", Some(4317)),
            (":4317", "localhost:4317", Some(4317)),
            ("gw:+4317", "gw:+4317", Some(4317)),
            ("gw:04317", "gw:04317", Some(4317)),
            ("<GATEWAY_IP>:4317", "%3CGATEWAY_IP%3E:4317", Some(4317)),
            ("unix:///run/otel.sock", "localhost", None),
            ("\u{E000}", "\u{E000}", None),
            ("gw:\u{E000}", "gw:\u{E000}", None),
            ("\u{E000}://gw:4317", "\u{E000}:%2F%2Fgw:4317", None),
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
            ("unix:/run/otel.sock", "invalid port \"/run/otel.sock\""),
            ("unix://run/otel.sock", "invalid (non-empty) authority: run"),
            ("::1:4317", "address ::1:4317: too many colons in address"),
            ("[::1]", "address [::1]: missing port in address"),
            ("dns://gw:4317", "dns resolver: missing address"),
            (
                "passthrough:///",
                "passthrough: received empty target in Build()",
            ),
            ("gw:0", "dial tcp gw:0: connect: connection refused"),
            ("gw:65536", "dial tcp: address 65536: invalid port"),
            ("10.0.0.300:4317", "lookup 10.0.0.300: no such host"),
            ("gw..:4317", "lookup gw..: no such host"),
            (
                "grpc://gw:4317",
                "invalid target address grpc://gw:4317, error info: address grpc://gw:4317:443: too many colons in address",
            ),
        ];
        for (endpoint, said) in bad {
            assert_eq!(target(endpoint), Err(said.to_owned()), "{endpoint}");
        }
    }

    #[test]
    fn backends_are_dialled_unvalidated() {
        let port = |endpoint: &str| backend(endpoint).map(|target| (target.name, target.port));
        assert_eq!(port("gw"), Ok(("gw".to_owned(), Some(443))));
        assert_eq!(
            port("2001:db8::1"),
            Ok(("2001:db8::1".to_owned(), Some(443)))
        );
        assert!(port("gw:").is_err());
    }

    #[test]
    fn a_resolver_that_some_builds_have_is_unknown() {
        let found = target("xds:///gw:4317").expect("a target");
        assert!(matches!(found.host, Host::Unknown(_)));
    }
}
