//! What an Ingress makes its controller ask of clients and speak to a backend.
//!
//! Sources: ingress-nginx, `docs/user-guide/nginx-configuration/annotations.md` ("Client Certificate Authentication", "Backend
//! Protocol", "SSL Passthrough"); haproxy-ingress, "Configuration keys" (`auth-tls-secret`).

use super::controller::Controller;
use super::controller::Grpc;
use crate::graph::delivery::Teller;
use crate::graph::delivery::Upstream;
use crate::model::ingress::Ingress;
use crate::model::object::Pair;
use crate::model::service::Service;
use crate::source::Span;
use crate::source::Spanned;

/// What an Ingress asks of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients<'m> {
    /// No certificate, or none that anyone verifies.
    Anyone,
    /// A certificate that OpenSSL verifies.
    Verified {
        /// What says so.
        said: Span,
        /// Namespace and name of the Secret that holds the authorities under `ca.crt`.
        secret: (&'m str, &'m str),
        /// Whether who shows none comes in as well.
        is_optional: bool,
    },
    /// Something that is not read here.
    Unknown,
}

/// Where ingress-nginx and haproxy-ingress read their settings.
const PREFIXES: &[&str] = &[
    "nginx.ingress.kubernetes.io/",
    "haproxy-ingress.github.io/",
    "ingress.kubernetes.io/",
];

impl<'m> Clients<'m> {
    /// What `ingress` asks.
    #[must_use]
    pub fn of(ingress: &'m Ingress) -> Self {
        let said = PREFIXES.iter().find_map(|prefix| {
            let secret = setting(ingress, prefix, "auth-tls-secret")?;
            Some((secret, setting(ingress, prefix, "auth-tls-verify-client")))
        });
        let Some((secret, mode)) = said else {
            return if Controller::asks_clients(ingress) {
                Self::Unknown
            } else {
                Self::Anyone
            };
        };
        match mode.map_or("on", |mode| mode.as_str()) {
            mode @ ("on" | "optional") => {
                let home = ingress.object.namespace();
                let name = secret
                    .value
                    .split_once('/')
                    .unwrap_or((home, &secret.value));
                Self::Verified {
                    said: secret.span,
                    secret: name,
                    is_optional: mode == "optional",
                }
            }
            "off" | "optional_no_ca" => Self::Anyone,
            _ => Self::Unknown,
        }
    }
}

/// Whether ingress-nginx hands TLS on as it comes.
pub fn passes_tls_through(ingress: &Ingress) -> bool {
    setting(ingress, PREFIXES[0], "ssl-passthrough").is_some_and(|flag| flag.value == "true")
}

/// Whether the controller changes paths, or takes them for regular expressions.
pub fn changes_paths(ingress: &Ingress) -> bool {
    let mut annotations = ingress.object.annotations.iter();
    annotations.any(|pair| {
        let key = pair.key.as_str();
        key.contains("rewrite") || key.contains("/use-regex") || key.ends_with("/strip-path")
    })
}

impl Controller {
    /// What the controller of `ingress` speaks to port `port` of `service`.
    #[must_use]
    pub fn upstream(ingress: &Ingress, service: &Service, port: usize) -> Upstream {
        let controller = Self::of(ingress);
        let said = controller.and_then(|controller| controller.said(ingress, Some(service)));
        let is_secured = SECURED.iter().any(|key| {
            let on = [&ingress.object, &service.object];
            on.iter().any(|object| object.annotation(key).is_some())
        });
        if is_secured {
            return Upstream::Open("whether the controller speaks TLS to the backend is not read");
        }
        if let Some((_, said)) = said {
            return if encrypts(said) {
                Upstream::Tls(Teller::Proxy)
            } else {
                Upstream::H2c
            };
        }
        let protocol = setting(ingress, PREFIXES[0], "backend-protocol");
        let protocol = protocol.map(|protocol| protocol.to_ascii_uppercase());
        match (
            Self::grpc(controller, ingress, Some(service), Some(port)),
            protocol.as_deref(),
        ) {
            (Grpc::Backend, _) => Upstream::H2c,
            (Grpc::Unsaid, Some("HTTPS")) => Upstream::Tls(Teller::Proxy),
            (Grpc::Unsaid, None | Some("HTTP")) => Upstream::Http1,
            _ => Upstream::Open("it is not known what the controller speaks to the backend"),
        }
    }
}

/// Annotations that make controllers speak TLS to a backend, beside what they say of gRPC (F5, haproxytech, AWS).
const SECURED: &[&str] = &[
    "nginx.org/ssl-services",
    "haproxy.org/server-ssl",
    "haproxy-ingress.github.io/secure-backends",
    "alb.ingress.kubernetes.io/backend-protocol",
];

/// Whether an annotation that asks for HTTP/2 asks for TLS, too: `GRPCS`, `https`, `h2-ssl`, Contour's
/// `upstream-protocol.tls` and `.h2`, and what GKE takes from `app-protocols`.
fn encrypts(said: &Pair) -> bool {
    let (key, value) = (said.key.as_str(), said.value.to_ascii_lowercase());
    let by_key = [".tls", ".h2", "/app-protocols"];
    matches!(value.as_str(), "grpcs" | "https" | "h2-ssl")
        || by_key.iter().any(|end| key.ends_with(end))
}

fn setting<'m>(ingress: &'m Ingress, prefix: &str, key: &str) -> Option<&'m Spanned<String>> {
    ingress.object.annotation(&format!("{prefix}{key}"))
}

#[cfg(test)]
mod tests;
