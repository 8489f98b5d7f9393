//! Istio's resources around a proxy: who must speak mTLS to it, what it listens on, what it is told.
//!
//! Source: istio.io/api 1.32, `security/v1`, `networking/v1`, `mesh/v1alpha1`.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::object::Pair;
use super::object::pairs;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

pub mod authorization;
pub mod config;
pub mod overlay;
pub mod proxy_settings;
pub mod values;

use authorization::AuthorizationPolicy;
use authorization::RequestAuthentication;

/// The namespace whose policies hold for the whole mesh, unless the installation says otherwise.
pub const ROOT_NAMESPACE: &str = "istio-system";

/// A PeerAuthentication: whether a workload takes plain text.
#[derive(Clone, Debug)]
pub struct PeerAuthentication {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.selector.matchLabels`; empty means the namespace, or the mesh in the root namespace.
    pub selector: Vec<Pair>,
    /// `spec.mtls.mode`: `STRICT`, `PERMISSIVE`, `DISABLE`, `UNSET`.
    pub mode: Option<Spanned<String>>,
    /// `spec.portLevelMtls`: ports of the container, each with its mode.
    pub ports: Vec<(Spanned<i64>, Spanned<String>)>,
}

/// A Sidecar: what the proxy of a workload listens on.
#[derive(Clone, Debug)]
pub struct Sidecar {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.workloadSelector.labels`; empty means the whole namespace.
    pub selector: Vec<Pair>,
    /// `spec.ingress`.
    pub ingress: Vec<SidecarIngress>,
    /// `spec.outboundTrafficPolicy.mode`: `REGISTRY_ONLY`, `ALLOW_ANY`.
    pub outbound: Option<Spanned<String>>,
}

/// One entry of `spec.ingress` of a Sidecar.
#[derive(Clone, Debug)]
pub struct SidecarIngress {
    /// The whole entry.
    pub span: Span,
    /// `port.number`.
    pub port: Option<Spanned<i64>>,
    /// `port.name`.
    pub name: Option<Spanned<String>>,
    /// `port.protocol`.
    pub protocol: Option<Spanned<String>>,
    /// `defaultEndpoint`: `127.0.0.1:15020`.
    pub endpoint: Option<Spanned<String>>,
}

/// A Gateway of `networking.istio.io`: what an injected gateway listens on.
#[derive(Clone, Debug)]
pub struct MeshGateway {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.selector`: labels of the gateway's Pods.
    pub selector: Vec<Pair>,
    /// `spec.servers`.
    pub servers: Vec<MeshServer>,
}

/// One entry of `spec.servers`.
#[derive(Clone, Debug)]
pub struct MeshServer {
    /// The whole entry.
    pub span: Span,
    /// `port.number`.
    pub port: Option<Spanned<i64>>,
    /// `port.name`.
    pub name: Option<Spanned<String>>,
    /// `port.protocol`.
    pub protocol: Option<Spanned<String>>,
    /// `tls.mode`.
    pub mode: Option<Spanned<String>>,
}

/// A VirtualService, as far as it leads from a gateway to a host.
#[derive(Clone, Debug)]
pub struct VirtualService {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.gateways`: `name` or `namespace/name`; empty means the mesh.
    pub gateways: Vec<Spanned<String>>,
    /// `spec.http[]`.
    pub routes: Vec<VirtualRoute>,
}

/// One entry of `spec.http`.
#[derive(Clone, Debug)]
pub struct VirtualRoute {
    /// The whole entry.
    pub span: Span,
    /// `match[].uri.prefix` and `.exact`; empty means every path.
    pub paths: Vec<Spanned<String>>,
    /// `route[].destination.host`, with `port.number`.
    pub destinations: Vec<(Spanned<String>, Option<Spanned<i64>>)>,
}

/// A ServiceEntry.
#[derive(Clone, Debug)]
pub struct ServiceEntry {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.hosts`.
    pub hosts: Vec<Spanned<String>>,
    /// `spec.ports[].number`, with `targetPort`.
    pub ports: Vec<(Spanned<i64>, Option<Spanned<i64>>)>,
    /// `spec.endpoints[].address`.
    pub addresses: Vec<Spanned<String>>,
    /// Whether an endpoint has `ports` of its own.
    pub has_endpoint_ports: bool,
}

/// A ProxyConfig: variables for the proxies that it selects.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.selector.matchLabels`; empty means the namespace, or the mesh in the root namespace.
    pub selector: Vec<Pair>,
    /// `spec.environmentVariables`.
    pub variables: Vec<Pair>,
}

impl PeerAuthentication {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let ports = below(spec, &["portLevelMtls"]).into_iter();
        let ports = ports.flat_map(Node::entries).filter_map(|(key, value)| {
            let port = key.text().parse().ok()?;
            Some((Spanned::new(port, key.span()), value.string_at("mode")?))
        });
        Self {
            object: Arc::clone(object),
            selector: selector(spec),
            mode: below(spec, &["mtls"]).and_then(|mtls| mtls.string_at("mode")),
            ports: ports.collect(),
        }
    }
}

impl Sidecar {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let ingress = |node: Node<'_>| SidecarIngress {
            span: node.span(),
            port: below(Some(node), &["port"]).and_then(|port| port.integer_at("number")),
            name: below(Some(node), &["port"]).and_then(|port| port.string_at("name")),
            protocol: below(Some(node), &["port"]).and_then(|port| port.string_at("protocol")),
            endpoint: node.string_at("defaultEndpoint"),
        };
        Self {
            object: Arc::clone(object),
            selector: below(spec, &["workloadSelector"])
                .map(|selector| pairs(selector, "labels"))
                .unwrap_or_default(),
            ingress: spec
                .map(|spec| list(spec, "ingress", ingress))
                .unwrap_or_default(),
            outbound: below(spec, &["outboundTrafficPolicy"])
                .and_then(|policy| policy.string_at("mode")),
        }
    }
}

impl MeshGateway {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let server = |node: Node<'_>| MeshServer {
            span: node.span(),
            port: below(Some(node), &["port"]).and_then(|port| port.integer_at("number")),
            name: below(Some(node), &["port"]).and_then(|port| port.string_at("name")),
            protocol: below(Some(node), &["port"]).and_then(|port| port.string_at("protocol")),
            mode: below(Some(node), &["tls"]).and_then(|tls| tls.string_at("mode")),
        };
        Self {
            object: Arc::clone(object),
            selector: spec.map(|spec| pairs(spec, "selector")).unwrap_or_default(),
            servers: spec
                .map(|spec| list(spec, "servers", server))
                .unwrap_or_default(),
        }
    }
}

impl VirtualService {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            gateways: spec
                .map(|spec| spec.strings_at("gateways"))
                .unwrap_or_default(),
            routes: spec
                .map(|spec| list(spec, "http", VirtualRoute::read))
                .unwrap_or_default(),
        }
    }
}

impl VirtualRoute {
    fn read(node: Node<'_>) -> Self {
        let uris = node.get("match").into_iter().flat_map(Node::items);
        let paths = uris.filter_map(|item| {
            let uri = item.get("uri")?;
            uri.string_at("prefix").or_else(|| uri.string_at("exact"))
        });
        let routes = node.get("route").into_iter().flat_map(Node::items);
        let destinations = routes.filter_map(|item| {
            let destination = item.get("destination")?;
            let port = destination.get("port");
            Some((
                destination.string_at("host")?,
                port.and_then(|port| port.integer_at("number")),
            ))
        });
        Self {
            span: node.span(),
            paths: paths.collect(),
            destinations: destinations.collect(),
        }
    }
}

impl ServiceEntry {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let each = |key: &str| spec.and_then(|spec| spec.get(key)).into_iter();
        let ports = each("ports").flat_map(Node::items);
        let endpoints = each("endpoints").flat_map(Node::items);
        Self {
            object: Arc::clone(object),
            hosts: spec
                .map(|spec| spec.strings_at("hosts"))
                .unwrap_or_default(),
            ports: ports
                .filter_map(|port| {
                    Some((port.integer_at("number")?, port.integer_at("targetPort")))
                })
                .collect(),
            has_endpoint_ports: each("endpoints")
                .flat_map(Node::items)
                .any(|endpoint| endpoint.get("ports").is_some()),
            addresses: endpoints
                .filter_map(|endpoint| endpoint.string_at("address"))
                .collect(),
        }
    }
}

impl ProxyConfig {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            selector: selector(spec),
            variables: spec
                .map(|spec| pairs(spec, "environmentVariables"))
                .unwrap_or_default(),
        }
    }
}

fn selector(spec: Option<Node<'_>>) -> Vec<Pair> {
    below(spec, &["selector"])
        .map(|selector| pairs(selector, "matchLabels"))
        .unwrap_or_default()
}

macro_rules! named {
    ($($kind:ty),*) => {
        $(impl Named for $kind {
            fn object(&self) -> &Arc<Object> {
                &self.object
            }
        })*
    };
}

named!(
    PeerAuthentication,
    Sidecar,
    MeshGateway,
    VirtualService,
    ServiceEntry,
    ProxyConfig,
    AuthorizationPolicy,
    RequestAuthentication
);
