//! Ingress controllers: by which classes they are known, and how each is told that a backend speaks gRPC.

use crate::model::ingress::Ingress;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::service::Service;
use crate::source::Span;

/// An Ingress controller, as far as gRPC is concerned.
#[derive(Debug)]
pub struct Controller {
    /// What people call it.
    pub name: &'static str,
    /// A part of the class names that it is usually given.
    class: &'static str,
    /// What the keys of its annotations begin with.
    prefixes: &'static [&'static str],
    /// How it is told of gRPC.
    settings: &'static [Setting],
    /// Whether it reads `appProtocol: kubernetes.io/h2c`.
    reads_app_protocol: bool,
    /// What to write, in the words of a help.
    pub advice: &'static str,
}

/// One annotation that tells a controller of gRPC.
#[derive(Debug)]
struct Setting {
    holder: Holder,
    /// The key; with a trailing `.` or `-` only its beginning.
    key: &'static str,
    /// Values that mean gRPC or HTTP/2, in lower case; empty means any that names the Service or is not empty.
    values: &'static [&'static str],
}

/// What carries an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// The Ingress: it holds for every backend in it.
    Ingress,
    /// The Service.
    Service,
}

/// What a controller is told of gRPC for one backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grpc {
    /// An annotation of the Ingress says gRPC for every backend in it, here.
    Object(Span),
    /// It is said for this backend alone.
    Backend,
    /// Nothing says it.
    Unsaid,
    /// The controller, or the Service that would say it, was not given.
    Unknown,
}

/// Parts of the keys by which controllers are told to ask who a client is: `auth-tls-secret`, `auth-url`, `auth-type`
/// (ingress-nginx, haproxy-ingress), `client-ca` and `auth-secret` (haproxytech), `router.tls.options` and
/// `router.middlewares` (Traefik), `plugins` (Kong), `whitelist-source-range`, `basic-auth-secret`, `jwt-key` and `policies`
/// (F5).
const GUARDS: &[&str] = &[
    "/auth-",
    "/basic-auth",
    "nginx.com/jwt-",
    "nginx.org/policies",
    "/client-ca",
    "/router.tls.options",
    "/router.middlewares",
    "konghq.com/plugins",
    "-source-range",
    "/allow-list",
];

/// The annotation of an Ingress in which F5's controller is told which Services speak gRPC.
const SERVICES: &str = "nginx.org/grpc-services";

const GRPC: &[&str] = &["grpc", "grpcs"];

const fn on_ingress(key: &'static str, values: &'static [&'static str]) -> Setting {
    Setting {
        holder: Holder::Ingress,
        key,
        values,
    }
}

const fn on_service(key: &'static str, values: &'static [&'static str]) -> Setting {
    Setting {
        holder: Holder::Service,
        key,
        values,
    }
}

/// The known ones. `nginx` is the class of two controllers, so either one's setting counts for both. Sources: each project's
/// documentation of its annotations, read in 2026.
const CONTROLLERS: &[Controller] = &[
    Controller {
        name: "ingress-nginx",
        class: "nginx",
        prefixes: &["nginx.ingress.kubernetes.io/", "nginx.org/"],
        settings: &[
            on_ingress("nginx.ingress.kubernetes.io/backend-protocol", GRPC),
            on_service(SERVICES, &[]),
        ],
        reads_app_protocol: false,
        advice: "set `nginx.ingress.kubernetes.io/backend-protocol: GRPC` (ingress-nginx) or `nginx.org/grpc-services` (F5)",
    },
    Controller {
        name: "Traefik",
        class: "traefik",
        prefixes: &["traefik.ingress.kubernetes.io/"],
        settings: &[on_service(
            "traefik.ingress.kubernetes.io/service.serversscheme",
            &["h2c", "https"],
        )],
        reads_app_protocol: true,
        advice: "set `traefik.ingress.kubernetes.io/service.serversscheme: h2c` on the Service",
    },
    Controller {
        name: "HAProxy",
        class: "haproxy",
        prefixes: &["haproxy.org/", "haproxy-ingress.github.io/"],
        settings: &[
            on_ingress("haproxy.org/server-proto", &["h2"]),
            on_service("haproxy.org/server-proto", &["h2"]),
            on_ingress(
                "haproxy-ingress.github.io/backend-protocol",
                &["grpc", "grpcs", "h2", "h2-ssl"],
            ),
            on_service(
                "haproxy-ingress.github.io/backend-protocol",
                &["grpc", "grpcs", "h2", "h2-ssl"],
            ),
        ],
        reads_app_protocol: false,
        advice: "set `haproxy.org/server-proto: h2` on the Service",
    },
    Controller {
        name: "Contour",
        class: "contour",
        prefixes: &["projectcontour.io/"],
        settings: &[on_service("projectcontour.io/upstream-protocol.", &[])],
        reads_app_protocol: true,
        advice: "set `projectcontour.io/upstream-protocol.h2c` on the Service to its port",
    },
    Controller {
        name: "the AWS Load Balancer Controller",
        class: "alb",
        prefixes: &["alb.ingress.kubernetes.io/"],
        settings: &[
            on_ingress(
                "alb.ingress.kubernetes.io/backend-protocol-version",
                &["grpc", "http2"],
            ),
            on_service(
                "alb.ingress.kubernetes.io/backend-protocol-version",
                &["grpc", "http2"],
            ),
        ],
        reads_app_protocol: false,
        advice: "set `alb.ingress.kubernetes.io/backend-protocol-version: GRPC` on the Service",
    },
    Controller {
        name: "GKE Ingress",
        class: "gce",
        prefixes: &["networking.gke.io/", "ingress.gcp.kubernetes.io/"],
        settings: &[on_service("cloud.google.com/app-protocols", &[])],
        reads_app_protocol: false,
        advice: "set `cloud.google.com/app-protocols` on the Service to HTTP2 for the port, with a receiver that has TLS",
    },
    Controller {
        name: "Kong",
        class: "kong",
        prefixes: &["konghq.com/"],
        settings: &[on_service("konghq.com/protocol", GRPC)],
        reads_app_protocol: false,
        advice: "set `konghq.com/protocol: grpc` on the Service and `konghq.com/protocols: grpcs` on the Ingress",
    },
];

impl Controller {
    /// Whether an annotation of `ingress` asks clients who they are: for a certificate, a password or a token. Of the
    /// annotations that refer to settings elsewhere the benefit of the doubt is given.
    #[must_use]
    pub fn asks_clients(ingress: &Ingress) -> bool {
        let mut annotations = ingress.object.annotations.iter();
        annotations.any(|pair| GUARDS.iter().any(|guard| pair.key.contains(guard)))
    }

    /// Whether such an annotation may ask for a certificate; the others look at requests alone.
    #[must_use]
    pub(super) fn may_ask_for_certificates(ingress: &Ingress) -> bool {
        const CERTIFICATES: [&str; 4] = [
            "/auth-tls",
            "/client-ca",
            "/router.tls.options",
            "nginx.org/policies",
        ];
        let mut annotations = ingress.object.annotations.iter();
        annotations.any(|pair| CERTIFICATES.iter().any(|guard| pair.key.contains(guard)))
    }

    /// The annotation that makes the controller of `ingress` look at who sends a request, or where from.
    pub(super) fn looks_at_requests(ingress: &Ingress) -> Option<&Pair> {
        let mut annotations = ingress.object.annotations.iter();
        annotations.find(|pair| {
            let asks = GUARDS.iter().any(|guard| pair.key.contains(guard));
            let certificates = ["/auth-tls", "/client-ca", "/router.tls.options"];
            asks && !certificates.iter().any(|guard| pair.key.contains(guard))
        })
    }

    /// Who serves `ingress`: by its class, else by whose annotations it carries.
    pub(super) fn of(ingress: &Ingress) -> Option<&'static Self> {
        let object = &ingress.object;
        let class = ingress
            .class
            .as_ref()
            .or_else(|| object.annotation("kubernetes.io/ingress.class"));
        if let Some(class) = class {
            return CONTROLLERS
                .iter()
                .find(|controller| class.value.contains(controller.class));
        }
        CONTROLLERS.iter().find(|controller| {
            let carries = |key: &str| {
                controller
                    .prefixes
                    .iter()
                    .any(|prefix| key.starts_with(prefix))
            };
            object
                .annotations
                .iter()
                .any(|pair| carries(&pair.key.value))
        })
    }

    /// What `controller` is told of gRPC for port `port` of `service`.
    pub(super) fn grpc(
        controller: Option<&Self>,
        ingress: &Ingress,
        service: Option<&Service>,
        port: Option<usize>,
    ) -> Grpc {
        let Some(controller) = controller else {
            return Grpc::Unknown;
        };
        match controller.said(ingress, service) {
            Some((Holder::Ingress, said)) => return Grpc::Object(said.value.span),
            Some((Holder::Service, _)) => return Grpc::Backend,
            None => {}
        }
        let app_protocol = service
            .zip(port)
            .and_then(|(service, port)| service.ports[port].app_protocol.as_ref());
        if controller.reads_app_protocol
            && app_protocol.is_some_and(|word| word.value == "kubernetes.io/h2c")
        {
            return Grpc::Backend;
        }
        let by_service = controller
            .settings
            .iter()
            .any(|setting| setting.holder == Holder::Service);
        let needs_service = by_service && controller.class != "nginx";
        if needs_service && service.is_none() {
            Grpc::Unknown
        } else {
            Grpc::Unsaid
        }
    }

    /// The annotation that tells it of gRPC for `service`, and what it holds for.
    pub(super) fn said<'m>(
        &self,
        ingress: &'m Ingress,
        service: Option<&'m Service>,
    ) -> Option<(Holder, &'m Pair)> {
        self.settings.iter().find_map(|setting| {
            let is_object = setting.holder == Holder::Ingress;
            let names_services = setting.key == SERVICES;
            let holder = match service {
                _ if is_object || names_services => &ingress.object,
                Some(service) => &service.object,
                None => return None,
            };
            let pair = setting.says_grpc(holder, names_services, service)?;
            Some((setting.holder, pair))
        })
    }
}

impl Setting {
    /// The annotation with which `holder` says gRPC.
    fn says_grpc<'m>(
        &self,
        holder: &'m Object,
        names_services: bool,
        service: Option<&Service>,
    ) -> Option<&'m Pair> {
        let pair = holder.annotations.iter().find(|pair| {
            let key = pair.key.value.as_str();
            if self.key.ends_with('.') {
                key.starts_with(self.key)
            } else {
                key == self.key
            }
        })?;
        let value = pair.value.value.to_ascii_lowercase();
        let holds = if names_services {
            let name = service.map_or("", |service| service.object.name());
            service.is_none() || value.split(',').any(|listed| listed.trim() == name)
        } else if self.values.is_empty() {
            !value.is_empty()
        } else {
            self.values.contains(&value.as_str())
        };
        holds.then_some(pair)
    }
}

#[cfg(test)]
mod tests;
