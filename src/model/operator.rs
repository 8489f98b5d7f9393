//! What the OpenTelemetry operator makes of an OpenTelemetryCollector: Services, Pods, and the ways in.
//!
//! Source: opentelemetry-operator 0.158, `internal/manifests/collector`, `internal/naming`, `apis/v1beta1`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Model;
use super::collector::Collector;
use super::ingress::Ingress;
use super::object::Named;
use super::object::Object;
use super::object::ObjectId;
use super::route::Route;
use super::service::Service;
use super::workload::Workload;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

mod entry;
mod pod;
mod port;

pub use entry::OperatorHttpRoute;
pub use entry::OperatorIngress;
pub use port::Port;

/// An `opentelemetry.io` OpenTelemetryCollector, v1alpha1 or v1beta1.
#[derive(Clone, Debug)]
pub struct OpenTelemetryCollector {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// How it runs.
    pub mode: Mode,
    /// `spec.config`: the key, and what is made of it.
    pub config: Option<(Span, ConfigState)>,
    /// The ports that its Services open: those of the receivers in use, then `spec.ports`.
    pub ports: Vec<Port>,
    /// `spec.ingress`, when its `type` is `ingress`.
    pub ingress: Option<OperatorIngress>,
    /// `spec.httpRoute`, when it is enabled.
    pub http_route: Option<OperatorHttpRoute>,
    /// `spec.serviceAccount`; the operator makes `<name>-collector` when absent.
    pub service_account: Option<Spanned<String>>,
}

/// How the operator runs a Collector: `spec.mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `deployment`, the default.
    Deployment,
    /// `daemonset`.
    DaemonSet,
    /// `statefulset`.
    StatefulSet,
    /// `sidecar`: injected into other Pods, without Services.
    Sidecar,
}

/// What the operator makes of `spec.config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigState {
    /// A configuration.
    Read,
    /// A string (v1alpha1) that does not parse: the conversion to v1beta1 makes an empty configuration of it. Where and
    /// why.
    Lost(Span, String),
}

/// An OpenTelemetryCollector with the objects that the operator makes of it.
struct Expansion {
    resource: OpenTelemetryCollector,
    services: Vec<Service>,
    workload: Workload,
    ingress: Option<Ingress>,
    routes: Vec<Route>,
}

impl Model {
    /// Adds what the operator makes of its resources.
    pub(super) fn expand_operated(&mut self) {
        let is_operated = |object: &&Arc<Object>| {
            object.group() == "opentelemetry.io" && object.kind.value == "OpenTelemetryCollector"
        };
        let configured: BTreeMap<ObjectId, &Collector> = self
            .collectors
            .iter()
            .filter(|collector| collector.is_operated())
            .filter_map(|collector| Some((collector.object()?.id, collector)))
            .collect();
        let expanded: Vec<_> = self
            .objects
            .iter()
            .filter(is_operated)
            .map(|object| expand(object, configured.get(&object.id).copied()))
            .collect();
        // A dump of a cluster holds what the operator made, too. What it makes in another environment that stands beside
        // this one is no such thing.
        let (mut workloads, mut services) = (Vec::new(), Vec::new());
        let (mut ingresses, mut routes) = (Vec::new(), Vec::new());
        for expansion in expanded {
            self.operated.push(expansion.resource);
            let workload = &expansion.workload.object;
            let given = self.workloads.named(workload.namespace(), workload.name());
            if given.is_none_or(|given| given.object.kind.value != workload.kind.value) {
                workloads.push(expansion.workload);
            }
            let made = expansion.services.into_iter();
            services.extend(made.filter(|service| {
                let own = &service.object;
                self.services.named(own.namespace(), own.name()).is_none()
            }));
            ingresses.extend(expansion.ingress.filter(|ingress| {
                let (namespace, name) = (ingress.object.namespace(), ingress.object.name());
                self.ingresses.named(namespace, name).is_none()
            }));
            routes.extend(expansion.routes.into_iter().filter(|route| {
                let (namespace, name) = (route.object.namespace(), route.object.name());
                self.routes.named(namespace, name).is_none()
            }));
        }
        workloads
            .into_iter()
            .for_each(|workload| self.workloads.push(workload));
        services
            .into_iter()
            .for_each(|service| self.services.push(service));
        ingresses
            .into_iter()
            .for_each(|ingress| self.ingresses.push(ingress));
        routes.into_iter().for_each(|route| self.routes.push(route));
    }
}

/// Expands `object`; `collector` is its configuration, as far as it could be read.
fn expand(object: &Arc<Object>, collector: Option<&Collector>) -> Expansion {
    let node = object.tree.node();
    let spec = node.get("spec");
    let mode = spec.and_then(|spec| spec.string_at("mode"));
    let mode = Mode::of(mode.as_ref().map(|mode| mode.value.as_str()));
    let ports = port::ports(spec, collector);
    let resource = OpenTelemetryCollector {
        object: Arc::clone(object),
        mode,
        config: spec.and_then(|spec| config_state(spec, collector)),
        ingress: spec.and_then(OperatorIngress::read),
        http_route: spec.and_then(OperatorHttpRoute::read),
        service_account: spec.and_then(|spec| spec.string_at("serviceAccount")),
        ports,
    };
    let workload = pod::workload(&resource, spec);
    let services = if mode == Mode::Sidecar {
        Vec::new()
    } else {
        services(&resource, &workload, collector)
    };
    let has_ways = mode != Mode::Sidecar;
    let ingress = resource.ingress.as_ref().filter(|_| has_ways);
    let route = resource.http_route.as_ref().filter(|_| has_ways);
    Expansion {
        ingress: ingress.map(|ingress| ingress.made_for(&resource)),
        routes: route
            .map(|route| route.made_for(&resource))
            .unwrap_or_default(),
        resource,
        services,
        workload,
    }
}

impl Mode {
    fn of(word: Option<&str>) -> Self {
        match word {
            Some("daemonset") => Self::DaemonSet,
            Some("statefulset") => Self::StatefulSet,
            Some("sidecar") => Self::Sidecar,
            _ => Self::Deployment,
        }
    }
}

impl Named for OpenTelemetryCollector {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

/// A string that is no mapping is not refused but becomes an empty configuration (operator,
/// internal/webhook/collector_conversion.go; deliberate).
fn config_state(spec: Node<'_>, collector: Option<&Collector>) -> Option<(Span, ConfigState)> {
    let config = spec.get("config")?;
    let key = spec.key("config").map_or_else(|| config.span(), Node::span);
    if config.shape() != Shape::Scalar {
        return Some((key, ConfigState::Read));
    }
    let stream = crate::yaml::parse(config.inner(), crate::yaml::Dialect::Collector);
    let state = match stream.faults().first() {
        Some(fault) => ConfigState::Lost(fault.span, fault.message.clone()),
        None if collector.is_none() && !config.text().trim().is_empty() => {
            ConfigState::Lost(config.span(), "it is not a mapping".to_owned())
        }
        None => ConfigState::Read,
    };
    Some((key, state))
}

/// The object that the operator makes of `made_from` under another name; its places are those of the resource.
fn made_object(made_from: &Arc<Object>, name: &str) -> Arc<Object> {
    let mut object = Object::clone(made_from);
    object.name = Some(Spanned::new(name.to_owned(), made_from.name_span()));
    Arc::new(object)
}

/// `<name>-collector` and the names derived from it, cut to 63 characters with the suffix kept
/// (internal/naming/main.go, triming.go, dns.go).
fn made_name(name: &str, suffix: &str) -> String {
    let room = LONGEST_NAME.saturating_sub(suffix.len());
    let kept: String = name.chars().take(room).collect();
    format!("{kept}{suffix}").replace(
        |letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'),
        "-",
    )
}

/// Characters in a DNS label.
const LONGEST_NAME: usize = 63;

/// The port of the collector's own metrics when the configuration names none.
const METRICS_PORT: i64 = 8888;

/// `<name>-collector` and its headless twin with every port, and the ones for the collector's own metrics and for
/// extensions that serve people. Without ports the operator makes only those.
fn services(
    resource: &OpenTelemetryCollector,
    workload: &Workload,
    collector: Option<&Collector>,
) -> Vec<Service> {
    let object = &resource.object;
    let made = |suffix: &str, ports: Vec<_>, cluster_ip: Option<&str>| Service {
        object: made_object(object, &made_name(object.name(), suffix)),
        kind: None,
        selector: workload.selector.clone(),
        selector_span: Some(object.name_span()),
        ports,
        cluster_ip: cluster_ip.map(|address| Spanned::new(address.to_owned(), object.name_span())),
        external_name: None,
        families: Vec::new(),
        source_ranges: Vec::new(),
        addresses: Vec::new(),
    };
    let ports = || {
        resource
            .ports
            .iter()
            .map(Port::to_service_port)
            .collect::<Vec<_>>()
    };
    let metrics = Port {
        span: object.name_span(),
        name: "monitoring".to_owned(),
        number: metrics_port(collector),
        app_protocol: None,
        protocol: None,
        host_port: None,
    };
    let mut services = Vec::new();
    if !resource.ports.is_empty() {
        services.push(made("-collector", ports(), None));
        services.push(made("-collector-headless", ports(), Some("None")));
    }
    services.push(made(
        "-collector-monitoring",
        vec![metrics.to_service_port()],
        None,
    ));
    let extensions: Vec<_> = collector
        .map(port::extensions)
        .unwrap_or_default()
        .iter()
        .map(Port::to_service_port)
        .collect();
    if !extensions.is_empty() {
        services.push(made("-collector-extension", extensions, None));
    }
    services
}

/// The port of the first reader for scrapers.
fn metrics_port(collector: Option<&Collector>) -> i64 {
    let servers = collector.and_then(|collector| collector.metrics_servers(None));
    let first = servers.and_then(|servers| servers.first().map(|server| server.port));
    first.map_or(METRICS_PORT, i64::from)
}

#[cfg(test)]
mod tests;
