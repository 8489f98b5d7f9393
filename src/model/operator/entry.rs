//! The ways in that the operator makes: one Ingress for all ports, or an HTTPRoute for each port that is not gRPC.
//!
//! Source: opentelemetry-operator 0.158, `internal/manifests/collector/ingress.go`, `httpRoute.go`, `apis/v1beta1/httpRoute.go`.

use std::sync::Arc;

use super::OpenTelemetryCollector;
use super::Port;
use super::made_name;
use super::made_object;
use crate::model::ingress::Ingress;
use crate::model::ingress::IngressBackend;
use crate::model::ingress::IngressPath;
use crate::model::ingress::IngressRule;
use crate::model::ingress::IngressTls;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::pairs;
use crate::model::reference::Reference;
use crate::model::route::Filter;
use crate::model::route::Match;
use crate::model::route::PathMatch;
use crate::model::route::PathModifier;
use crate::model::route::Rewrite;
use crate::model::route::Route;
use crate::model::route::RouteKind;
use crate::model::route::Rule;
use crate::model::service::PortRef;
use crate::model::workload::container::entries;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// `spec.ingress` of type `ingress`: one Ingress for all ports.
#[derive(Clone, Debug)]
pub struct OperatorIngress {
    /// The key `ingress`.
    pub span: Span,
    /// `ruleType`: `path`, the default, or `subdomain`.
    pub rule: Option<Spanned<String>>,
    /// `hostname`.
    pub hostname: Option<Spanned<String>>,
    /// `annotations` for the Ingress.
    pub annotations: Vec<Pair>,
    /// `ingressClassName`.
    pub class: Option<Spanned<String>>,
    /// `tls`.
    pub tls: Vec<IngressTls>,
    /// Where `tls` stands.
    tls_span: Option<Span>,
}

/// `spec.httpRoute`: an HTTPRoute for each port that is not gRPC (operator 0.149).
#[derive(Clone, Debug)]
pub struct OperatorHttpRoute {
    /// The key `httpRoute`.
    pub span: Span,
    /// `gateway`; without it nothing is made.
    pub gateway: Option<Spanned<String>>,
    /// `gatewayNamespace`; the resource's own when absent.
    namespace: Option<Spanned<String>>,
    /// `hostnames`.
    hostnames: Vec<Spanned<String>>,
}

impl OperatorIngress {
    pub(super) fn read(spec: Node<'_>) -> Option<Self> {
        let ingress = spec.get("ingress")?;
        ingress
            .string_at("type")
            .filter(|kind| kind.value == "ingress")?;
        Some(Self {
            span: spec
                .key("ingress")
                .map_or_else(|| ingress.span(), Node::span),
            rule: ingress.string_at("ruleType"),
            hostname: ingress.string_at("hostname"),
            annotations: pairs(ingress, "annotations"),
            class: ingress.string_at("ingressClassName"),
            tls: entries(ingress, "tls", IngressTls::read),
            tls_span: ingress.get("tls").map(Node::span),
        })
    }

    /// The Ingress that the operator makes: for each port a path `/<port name>`, or, by subdomain, a host
    /// `<port name>.<hostname>`.
    pub(super) fn made_for(&self, resource: &OpenTelemetryCollector) -> Ingress {
        let name = resource.object.name();
        let mut object =
            Object::clone(&made_object(&resource.object, &made_name(name, "-ingress")));
        object.annotations.clone_from(&self.annotations);
        object.name = object.name.map(|name| Spanned::new(name.value, self.span));
        let service = made_name(name, "-collector");
        let rules = resource.ports.iter().map(|port| {
            let at = |text: String| Some(Spanned::new(text, self.span));
            let own = |host: &Spanned<String>| {
                Spanned::new(format!("{}.{}", port.name, host.value), host.span)
            };
            let (host, path) = if self.routes_by_path() {
                (self.hostname.clone(), format!("/{}", port.name))
            } else {
                (self.hostname.as_ref().map(own), "/".to_owned())
            };
            let backend = IngressBackend {
                span: port.span,
                service: Spanned::new(service.clone(), port.span),
                port: Some(PortRef::Number(Spanned::new(port.number, port.span))),
            };
            IngressRule {
                span: self.span,
                host,
                paths: vec![IngressPath {
                    path: at(path),
                    kind: at("Prefix".to_owned()),
                    backend: Some(backend),
                }],
            }
        });
        Ingress {
            object: Arc::new(object),
            class: self.class.clone(),
            tls: self.tls.clone(),
            spec_span: None,
            tls_span: self.tls_span,
            default_backend: None,
            rules: rules.collect(),
            addresses: Vec::new(),
        }
    }

    /// Whether every port is put under a path of its name, which the collector does not know.
    #[must_use]
    pub fn routes_by_path(&self) -> bool {
        self.rule
            .as_ref()
            .is_none_or(|rule| rule.value == "path" || rule.value.is_empty())
    }
}

impl OperatorHttpRoute {
    pub(super) fn read(spec: Node<'_>) -> Option<Self> {
        let route = spec.get("httpRoute")?;
        route
            .boolean_at("enabled")
            .filter(|enabled| enabled.value)?;
        Some(Self {
            span: spec
                .key("httpRoute")
                .map_or_else(|| route.span(), Node::span),
            gateway: route
                .string_at("gateway")
                .filter(|gateway| !gateway.value.is_empty()),
            namespace: route.string_at("gatewayNamespace"),
            hostnames: route.strings_at("hostnames"),
        })
    }

    /// The HTTPRoutes that the operator makes: for each port that is not gRPC one that takes `/<port name>` and hands it on
    /// as `/`; none without a Gateway.
    pub(super) fn made_for(&self, resource: &OpenTelemetryCollector) -> Vec<Route> {
        let Some(gateway) = &self.gateway else {
            return Vec::new();
        };
        let ports = resource.ports.iter().filter(|port| !port.is_grpc());
        ports
            .map(|port| self.route(resource, port, gateway))
            .collect()
    }

    fn route(
        &self,
        resource: &OpenTelemetryCollector,
        port: &Port,
        gateway: &Spanned<String>,
    ) -> Route {
        let at = |text: String| Some(Spanned::new(text, self.span));
        let reference = Reference {
            span: gateway.span,
            group: None,
            kind: None,
            namespace: None,
            name: None,
            section: None,
            port: None,
            weight: None,
        };
        let name = resource.object.name();
        let mut object = Object::clone(&resource.object);
        object.api_version = at("gateway.networking.k8s.io/v1".to_owned());
        object.kind = Spanned::new("HTTPRoute".to_owned(), self.span);
        object.name = at(format!("{name}-{}-httproute", port.name));
        let backend = Reference {
            span: port.span,
            name: Some(Spanned::new(made_name(name, "-collector"), port.span)),
            port: Some(Spanned::new(port.number, port.span)),
            ..reference.clone()
        };
        Route {
            object: Arc::new(object),
            kind: RouteKind::Http,
            parents: vec![Reference {
                name: Some(gateway.clone()),
                namespace: self.namespace.clone(),
                ..reference
            }],
            hostnames: self.hostnames.clone(),
            rules: vec![self.rule(port, backend)],
        }
    }

    /// Hands what comes under the name of `port` on to `backend`, without the name.
    fn rule(&self, port: &Port, backend: Reference) -> Rule {
        let at = |text: String| Some(Spanned::new(text, self.span));
        let path = PathMatch {
            kind: at("PathPrefix".to_owned()),
            value: at(format!("/{}", port.name)),
        };
        let rewrite = Filter {
            kind: at("URLRewrite".to_owned()),
            rewrite: Some(Rewrite {
                hostname: None,
                path: Some(PathModifier {
                    kind: at("ReplacePrefixMatch".to_owned()),
                    full: None,
                    prefix: at("/".to_owned()),
                }),
            }),
            ..Filter::at(self.span)
        };
        Rule {
            matches: vec![Match {
                path: Some(path),
                ..Match::at(self.span)
            }],
            backends: vec![backend],
            backend_filters: vec![Vec::new()],
            filters: vec![rewrite],
            ..Rule::at(self.span)
        }
    }
}
