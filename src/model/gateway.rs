//! Gateways and what they listen on.
//!
//! Source: Gateway API v1.6, `apis/v1/gateway_types.go`.

use std::sync::Arc;

use super::mesh::proxy_settings::ProxySettings;
use super::object::Named;
use super::object::Object;
use super::object::Pair;
use super::object::pairs;
use super::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

mod listener;
mod namespaces;

pub use listener::AllowedRoutes;
pub use listener::Listener;
pub use listener::ListenerTls;
pub use namespaces::Namespaces;

/// A GatewayClass: which controller serves the Gateways that name it.
#[derive(Clone, Debug)]
pub struct GatewayClass {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.controllerName`.
    pub controller: Option<Spanned<String>>,
    /// `spec.parametersRef`.
    pub parameters: Option<Reference>,
}

/// A Gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.gatewayClassName`.
    pub class: Option<Spanned<String>>,
    /// `spec.listeners`.
    pub listeners: Vec<Listener>,
    /// `spec.addresses[].value`, and `status.addresses[].value` of an object read from a cluster.
    pub addresses: Vec<Spanned<String>>,
    /// `spec.addresses`: what was asked for.
    pub requested: Vec<Address>,
    /// `spec.tls.frontend`: how clients are verified.
    pub frontend: Option<Frontend>,
    /// `spec.tls.backend.clientCertificateRef` (`spec.backendTLS` of bundles 1.2 and 1.3): what it shows to backends.
    pub client_certificate: Option<Reference>,
    /// `spec.infrastructure.parametersRef`.
    pub parameters: Option<Reference>,
    /// `spec.infrastructure.annotations`: what the objects get that are made for it.
    pub annotations: Vec<Pair>,
    /// `spec.infrastructure.labels`.
    pub labels: Vec<Pair>,
    /// What the annotation `proxy.istio.io/config` among them says, else among the Gateway's own.
    pub proxy: Option<ProxySettings>,
    /// `spec.allowedListeners.namespaces`: which ListenerSets may add listeners.
    pub allowed_listeners: Namespaces,
}

/// A ListenerSet, or an XListenerSet of bundles 1.3 and 1.4: listeners for the Gateway of somebody else.
#[derive(Clone, Debug)]
pub struct ListenerSet {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.parentRef`.
    pub parent: Option<Reference>,
    /// `spec.listeners`.
    pub listeners: Vec<Listener>,
}

/// One entry of `spec.addresses`.
#[derive(Clone, Debug)]
pub struct Address {
    /// `type`; `IPAddress` when absent.
    pub kind: Option<Spanned<String>>,
    /// `value`.
    pub value: Option<Spanned<String>>,
}

/// `spec.tls.frontend` of a Gateway.
#[derive(Clone, Debug)]
pub struct Frontend {
    /// The whole section.
    pub span: Span,
    /// `default.validation`: for every HTTPS listener without an entry of its own.
    pub default: Option<Validation>,
    /// `perPort`: replaces the default on its port, even when it holds no validation.
    pub per_port: Vec<PerPort>,
}

/// One entry of `spec.tls.frontend.perPort`.
#[derive(Clone, Debug)]
pub struct PerPort {
    /// The whole entry.
    pub span: Span,
    /// `port`.
    pub port: Option<Spanned<i64>>,
    /// `tls.validation`.
    pub validation: Option<Validation>,
}

/// How clients' certificates are verified.
#[derive(Clone, Debug)]
pub struct Validation {
    /// The whole section.
    pub span: Span,
    /// `caCertificateRefs`.
    pub authorities: Vec<Reference>,
    /// `mode`; `AllowValidOnly` when absent.
    pub mode: Option<Spanned<String>>,
}

impl GatewayClass {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            controller: spec.and_then(|spec| spec.string_at("controllerName")),
            parameters: spec
                .and_then(|spec| spec.get("parametersRef"))
                .map(Reference::read),
        }
    }
}

impl Gateway {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let node = object.tree.node();
        let spec = node.get("spec");
        let addresses = [spec, node.get("status")]
            .into_iter()
            .flatten()
            .filter_map(|part| part.get("addresses"));
        Self {
            object: Arc::clone(object),
            class: spec.and_then(|spec| spec.string_at("gatewayClassName")),
            listeners: spec
                .map(|spec| list(spec, "listeners", Listener::read))
                .unwrap_or_default(),
            addresses: addresses
                .flat_map(Node::items)
                .filter_map(|item| item.string_at("value"))
                .collect(),
            requested: spec
                .map(|spec| list(spec, "addresses", Address::read))
                .unwrap_or_default(),
            frontend: below(spec, &["tls", "frontend"]).map(Frontend::read),
            client_certificate: below(spec, &["tls", "backend", "clientCertificateRef"])
                .or_else(|| below(spec, &["backendTLS", "clientCertificateRef"]))
                .map(Reference::read),
            parameters: below(spec, &["infrastructure", "parametersRef"]).map(Reference::read),
            annotations: below(spec, &["infrastructure"])
                .map(|infrastructure| pairs(infrastructure, "annotations"))
                .unwrap_or_default(),
            labels: below(spec, &["infrastructure"])
                .map(|infrastructure| pairs(infrastructure, "labels"))
                .unwrap_or_default(),
            proxy: below(spec, &["infrastructure"])
                .filter(|infrastructure| infrastructure.has("annotations"))
                .or_else(|| object.tree.node().get("metadata"))
                .and_then(|written| ProxySettings::annotated(written, "annotations")),
            allowed_listeners: below(spec, &["allowedListeners", "namespaces"])
                .map(Namespaces::read)
                .unwrap_or_default(),
        }
    }

    /// The annotations that Istio gives to what it makes for it: those of its infrastructure, else its own (istio 1.31,
    /// `deploymentcontroller.go`, `extractInfrastructureMetadata`).
    #[must_use]
    pub fn handed_annotations(&self) -> &[Pair] {
        match self.annotations.as_slice() {
            [] => &self.object.annotations,
            own => own,
        }
    }

    /// The labels that Istio gives to what it makes for it, in the same way.
    #[must_use]
    pub fn handed_labels(&self) -> &[Pair] {
        match self.labels.as_slice() {
            [] => &self.object.labels,
            own => own,
        }
    }

    /// What lets the load balancer in front of it end TLS, so that its listeners in plain text take what was encrypted: an
    /// annotation of a cloud with a certificate or with ports for TLS
    /// (`service.beta.kubernetes.io/aws-load-balancer-ssl-cert`, `…/do-loadbalancer-tls-ports`).
    #[must_use]
    pub fn offloads_tls(&self) -> Option<Span> {
        let annotations = self.annotations.iter().chain(&self.object.annotations);
        let mut ends = annotations.filter(|pair| {
            let key = pair.key.as_str();
            let is_balancer = key.contains("load-balancer") || key.contains("loadbalancer");
            is_balancer
                && ["ssl", "tls", "certificate"]
                    .iter()
                    .any(|word| key.contains(word))
        });
        ends.next().map(|pair| pair.key.span)
    }

    /// How clients are verified on `port` where it is written in `spec.tls.frontend`: the entry of that port, else the
    /// default. `Some(None)` is an entry that turns verification off.
    #[must_use]
    pub fn validation(&self, port: i64) -> Option<Option<&Validation>> {
        let frontend = self.frontend.as_ref()?;
        let entry = frontend
            .per_port
            .iter()
            .find(|entry| entry.port.as_ref().is_some_and(|own| own.value == port));
        match entry {
            Some(entry) => Some(entry.validation.as_ref()),
            None => frontend.default.as_ref().map(Some),
        }
    }
}

impl ListenerSet {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            parent: below(spec, &["parentRef"]).map(Reference::read),
            listeners: spec
                .map(|spec| list(spec, "listeners", Listener::read))
                .unwrap_or_default(),
        }
    }
}

impl Address {
    fn read(node: Node<'_>) -> Self {
        Self {
            kind: node.string_at("type"),
            value: node.string_at("value"),
        }
    }
}

impl Frontend {
    fn read(node: Node<'_>) -> Self {
        let per_port = |node: Node<'_>| PerPort {
            span: node.span(),
            port: node.integer_at("port"),
            validation: node
                .get("tls")
                .and_then(|tls| tls.get("validation"))
                .map(Validation::read),
        };
        Self {
            span: node.span(),
            default: node
                .get("default")
                .and_then(|default| default.get("validation"))
                .map(Validation::read),
            per_port: list(node, "perPort", per_port),
        }
    }
}

impl Validation {
    fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            authorities: list(node, "caCertificateRefs", Reference::read),
            mode: node.string_at("mode"),
        }
    }
}

impl Named for GatewayClass {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for ListenerSet {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for Gateway {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
