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
            return if Controller::may_ask_for_certificates(ingress) {
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

/// What an Ingress asks of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requests<'m> {
    /// Nothing.
    Anything,
    /// A user and a password.
    Basic {
        /// What says so.
        said: Span,
        /// Namespace, name and key of the Secret that holds the lines.
        secret: (&'m str, &'m str, &'m str),
        /// Whether `Authorization` is certain to be taken away then.
        hides: bool,
    },
    /// Something that is not judged; why, in words.
    Unknown(&'static str),
}

impl<'m> Requests<'m> {
    /// What `ingress` asks of the requests for a backend to which its controller speaks gRPC or HTTP.
    ///
    /// Sources: ingress-nginx, annotations "Authentication" and rootfs/etc/nginx/template/nginx.tmpl, which sets `Authorization`
    /// to nothing behind `auth_basic`, by a directive for HTTP; F5, "Support for HTTP Basic Authentication".
    #[must_use]
    pub fn of(ingress: &'m Ingress, is_grpc: bool) -> Self {
        let home = ingress.object.namespace();
        let of = |key: &str| setting(ingress, PREFIXES[0], key);
        let is = |key: &str, wanted: &str| of(key).is_some_and(|value| value.value == wanted);
        let split = |name: &'m str| name.split_once('/').unwrap_or((home, name));
        let basic = of("auth-type").filter(|kind| kind.value == "basic");
        if let (Some(kind), Some(secret), false) =
            (basic, of("auth-secret"), is("auth-secret-type", "auth-map"))
        {
            let (namespace, name) = split(&secret.value);
            return Self::Basic {
                said: kind.span,
                secret: (namespace, name, "auth"),
                hides: !is_grpc,
            };
        }
        if let Some(secret) = ingress.object.annotation("nginx.org/basic-auth-secret") {
            return Self::Basic {
                said: secret.span,
                secret: (home, &secret.value, "htpasswd"),
                hides: false,
            };
        }
        match Controller::looks_at_requests(ingress) {
            Some(_) => Self::Unknown("an annotation of the Ingress may ask who sends"),
            None => Self::Anything,
        }
    }
}

/// Whether the controller may change the headers of requests.
pub fn changes_headers(ingress: &Ingress) -> bool {
    const KEYS: [&str; 5] = [
        "-snippet",
        "set-headers",
        "request-header",
        "/headers",
        "/middlewares",
    ];
    let mut annotations = ingress.object.annotations.iter();
    annotations.any(|pair| KEYS.iter().any(|key| pair.key.contains(key)))
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
