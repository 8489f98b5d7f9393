//! Ingresses: the older way in, judged where it leads to a Collector.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::service::PortRef;
use super::service::balanced;
use super::workload::container::entries;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// A `networking.k8s.io` Ingress, v1 or one of the removed beta versions.
#[derive(Clone, Debug)]
pub struct Ingress {
    /// What it is called and where it stands; its annotations are settings here.
    pub object: Arc<Object>,
    /// Where `spec` stands.
    pub spec_span: Option<Span>,
    /// `spec.ingressClassName`.
    pub class: Option<Spanned<String>>,
    /// `spec.tls`.
    pub tls: Vec<IngressTls>,
    /// Where `spec.tls` stands.
    pub tls_span: Option<Span>,
    /// `spec.defaultBackend`.
    pub default_backend: Option<IngressBackend>,
    /// `spec.rules`.
    pub rules: Vec<IngressRule>,
    /// `status.loadBalancer.ingress` of an object read from a cluster: where its controller answers.
    pub addresses: Vec<Spanned<String>>,
}

/// One entry of `spec.tls`.
#[derive(Clone, Debug)]
pub struct IngressTls {
    /// The whole entry.
    pub span: Span,
    /// `hosts`; none means every host of the rules.
    pub hosts: Vec<Spanned<String>>,
    /// `secretName`.
    pub secret: Option<Spanned<String>>,
}

/// One entry of `spec.rules`.
#[derive(Clone, Debug)]
pub struct IngressRule {
    /// The whole entry.
    pub span: Span,
    /// `host`; `None` means every host.
    pub host: Option<Spanned<String>>,
    /// `http.paths`.
    pub paths: Vec<IngressPath>,
}

/// One entry of `http.paths`.
#[derive(Clone, Debug)]
pub struct IngressPath {
    /// `path`; `/` when absent.
    pub path: Option<Spanned<String>>,
    /// `pathType`.
    pub kind: Option<Spanned<String>>,
    /// `backend`; `None` when it is not a Service.
    pub backend: Option<IngressBackend>,
}

/// A Service and its port.
#[derive(Clone, Debug)]
pub struct IngressBackend {
    /// The whole `backend`.
    pub span: Span,
    /// Name of the Service, in the Ingress's namespace.
    pub service: Spanned<String>,
    /// Its port, by number or name.
    pub port: Option<PortRef>,
}

impl Ingress {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let backend =
            spec.and_then(|spec| spec.get("defaultBackend").or_else(|| spec.get("backend")));
        Self {
            object: Arc::clone(object),
            spec_span: spec.map(Node::span),
            class: spec.and_then(|spec| spec.string_at("ingressClassName")),
            tls: spec
                .map(|spec| entries(spec, "tls", IngressTls::read))
                .unwrap_or_default(),
            tls_span: spec.and_then(|spec| spec.get("tls")).map(Node::span),
            default_backend: backend.and_then(IngressBackend::read),
            rules: spec
                .map(|spec| entries(spec, "rules", IngressRule::read))
                .unwrap_or_default(),
            addresses: balanced(object),
        }
    }

    /// Whether an annotation shows that TLS is set up outside the Ingress: by the certificates of a cloud's load
    /// balancer, or by the controller's own entry points.
    #[must_use]
    pub fn may_get_tls_elsewhere(&self) -> bool {
        const KEYS: &[&str] = &[
            "alb.ingress.kubernetes.io/certificate-arn",
            "alb.ingress.kubernetes.io/listen-ports",
            "ingress.gcp.kubernetes.io/pre-shared-cert",
            "networking.gke.io/managed-certificates",
            "networking.gke.io/certmap",
            "traefik.ingress.kubernetes.io/router.tls",
            "traefik.ingress.kubernetes.io/router.entrypoints",
            "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
            "nginx.ingress.kubernetes.io/ssl-passthrough",
            "route.openshift.io/termination",
        ];
        KEYS.iter().any(|key| self.object.annotation(key).is_some())
    }

    /// Every backend, with the index of the rule that leads to it; the default one has none.
    pub fn backends(&self) -> impl Iterator<Item = (Option<usize>, &IngressBackend)> {
        let of_rules = self.rules.iter().enumerate().flat_map(|(at, rule)| {
            let backends = rule.paths.iter().filter_map(|path| path.backend.as_ref());
            backends.map(move |backend| (Some(at), backend))
        });
        let default = self.default_backend.iter().map(|backend| (None, backend));
        default.chain(of_rules)
    }
}

impl Named for Ingress {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl IngressTls {
    /// Whether it is for connections to `name`; an entry without hosts is for all.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|host| matches(host, name))
    }

    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            hosts: node.strings_at("hosts"),
            secret: node.string_at("secretName"),
        })
    }
}

/// Whether `host` of an Ingress means `name`; `*.` stands for exactly one label (Kubernetes, Ingress, "Hostname wildcards").
#[must_use]
pub fn matches(host: &str, name: &str) -> bool {
    match host.strip_prefix("*.") {
        Some(suffix) => name
            .split_once('.')
            .is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(suffix)),
        None => host.eq_ignore_ascii_case(name),
    }
}

impl IngressRule {
    fn read(node: Node<'_>) -> Option<Self> {
        let http = node.get("http");
        Some(Self {
            span: node.span(),
            host: node.string_at("host").filter(|host| !host.value.is_empty()),
            paths: http
                .map(|http| entries(http, "paths", IngressPath::read))
                .unwrap_or_default(),
        })
    }
}

impl IngressPath {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            path: node.string_at("path"),
            kind: node.string_at("pathType"),
            backend: node.get("backend").and_then(IngressBackend::read),
        })
    }
}

impl IngressBackend {
    /// Both spellings: `service.name` with `service.port` (v1), and `serviceName` with `servicePort` (v1beta1).
    fn read(node: Node<'_>) -> Option<Self> {
        let (service, port) = match node.get("service") {
            Some(service) => {
                let port = service.get("port");
                let port = port.and_then(|port| port.get("number").or_else(|| port.get("name")));
                (service.string_at("name")?, port)
            }
            None => (node.string_at("serviceName")?, node.get("servicePort")),
        };
        Some(Self {
            span: node.span(),
            service,
            port: port.and_then(PortRef::read),
        })
    }
}
