//! Prometheus as its operator runs it: which monitors it takes, and the Pods that are made for it.
//!
//! Source: prometheus-operator, `pkg/apis/monitoring/v1/prometheus_types.go` (`CommonPrometheusFields`),
//! `pkg/prometheus/server/statefulset.go`; opentelemetry-operator, `spec.targetAllocator`.

use std::sync::Arc;

use super::monitor::MONITORING;
use crate::model::mesh::proxy_settings::ProxySettings;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::pairs;
use crate::model::selector::Selector;
use crate::model::workload::PodTemplate;
use crate::model::workload::Workload;
use crate::model::workload::WorkloadKind;
use crate::model::workload::container::Container;
use crate::model::workload::container::ContainerPort;
use crate::model::workload::container::Security;
use crate::model::workload::container::VolumeMount;
use crate::model::workload::container::entries;
use crate::model::workload::injected::Injected;
use crate::model::workload::volume::Volume;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;

/// The container that scrapes.
const CONTAINER: &str = "prometheus";

/// A Prometheus or PrometheusAgent.
#[derive(Clone, Debug)]
pub struct Prometheus {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// The Pods that the operator makes for it, as an index into [`Model::workloads`](crate::model::Model::workloads).
    pub workload: usize,
    /// Which ServiceMonitors it takes.
    pub service_monitors: Choice,
    /// Which PodMonitors it takes.
    pub pod_monitors: Choice,
    /// `additionalScrapeConfigs`: the Secret and its key.
    pub additional: Option<(Spanned<String>, Spanned<String>)>,
}

/// Which monitors are taken.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `…MonitorSelector`; without one none is taken.
    pub labels: Option<Selector>,
    /// `…MonitorNamespaceSelector`; without one only those of its own namespace are.
    pub namespaces: Option<Selector>,
}

impl Prometheus {
    /// The Prometheus that `object` is, with the Pods made for it; `at` is where these will be filed.
    pub(in crate::model) fn read(object: &Arc<Object>, at: usize) -> Option<(Self, Workload)> {
        let is_one = matches!(object.kind.as_str(), "Prometheus" | "PrometheusAgent");
        if !is_one || object.group() != MONITORING {
            return None;
        }
        let spec = object.tree.node().get("spec");
        let choice = |labels: &str, namespaces: &str| Choice {
            labels: below(spec, &[labels]).map(Selector::read),
            namespaces: below(spec, &[namespaces]).map(Selector::read),
        };
        let additional = below(spec, &["additionalScrapeConfigs"])
            .and_then(|secret| Some((secret.string_at("name")?, secret.string_at("key")?)));
        let prometheus = Self {
            object: Arc::clone(object),
            workload: at,
            service_monitors: choice("serviceMonitorSelector", "serviceMonitorNamespaceSelector"),
            pod_monitors: choice("podMonitorSelector", "podMonitorNamespaceSelector"),
            additional,
        };
        Some((prometheus, workload(object, spec)))
    }
}

/// Whether the operator of OpenTelemetry hands targets of monitors to the Collector that `object` is.
pub(in crate::model) fn allocates(object: &Object) -> bool {
    let spec = object.tree.node().get("spec");
    let path: &[&str] = match object.kind.as_str() {
        "OpenTelemetryCollector" => &["targetAllocator", "prometheusCR"],
        "TargetAllocator" => &["prometheusCR"],
        _ => return false,
    };
    let enabled = below(spec, path).and_then(|monitors| monitors.boolean_at("enabled"));
    enabled.is_some_and(|flag| flag.value)
}

fn workload(object: &Arc<Object>, spec: Option<Node<'_>>) -> Workload {
    let at = object.name_span();
    let labels = [
        ("app.kubernetes.io/name", "prometheus"),
        ("app.kubernetes.io/instance", object.name()),
        ("app.kubernetes.io/managed-by", "prometheus-operator"),
        ("operator.prometheus.io/name", object.name()),
        ("prometheus", object.name()),
    ];
    let labels = labels.map(|(key, value)| pair(key, value, at));
    Workload {
        object: Arc::clone(object),
        kind: WorkloadKind::StatefulSet,
        replicas: spec.and_then(|spec| spec.integer_at("replicas")),
        selector: labels.to_vec(),
        pod: template(object, spec, &labels),
    }
}

fn template(object: &Object, spec: Option<Node<'_>>, own: &[Pair]) -> PodTemplate {
    let metadata = below(spec, &["podMetadata"]);
    let list = |key: &str| {
        metadata
            .map(|metadata| pairs(metadata, key))
            .unwrap_or_default()
    };
    let mut labels = list("labels");
    labels.extend(own.iter().cloned());
    let containers = |key| {
        let read = |node| Some(Container::read(node));
        spec.map(|spec| entries(spec, key, read))
            .unwrap_or_default()
    };
    PodTemplate {
        span: object.span,
        labels,
        annotations: list("annotations"),
        proxy: metadata.and_then(|metadata| ProxySettings::annotated(metadata, "annotations")),
        containers: merged(container(object, spec), containers("containers")),
        init_containers: containers("initContainers"),
        volumes: spec
            .map(|spec| entries(spec, "volumes", Volume::read))
            .unwrap_or_default(),
        host_network: spec.and_then(|spec| spec.boolean_at("hostNetwork")),
        service_account: spec.and_then(|spec| spec.string_at("serviceAccountName")),
        security: Security::read(below(spec, &["securityContext"])),
        injected: Injected::read(below(metadata, &["annotations"])),
    }
}

/// The container of Prometheus itself: `volumeMounts` of the resource are its own.
fn container(object: &Object, spec: Option<Node<'_>>) -> Container {
    let at = object.name_span();
    let name = |text: &str| Some(Spanned::new(text.to_owned(), at));
    let port = spec.and_then(|spec| spec.string_at("portName"));
    Container {
        name: name(CONTAINER),
        ports: vec![ContainerPort {
            span: at,
            name: port.or_else(|| name("web")),
            port: Some(Spanned::new(9090, at)),
            host_port: None,
            protocol: None,
        }],
        mounts: spec
            .map(|spec| entries(spec, "volumeMounts", VolumeMount::read))
            .unwrap_or_default(),
        ..Container::empty(at)
    }
}

/// The operator's container and those of the resource, which patch it where they have its name.
fn merged(mut own: Container, written: Vec<Container>) -> Vec<Container> {
    let is_own = |container: &Container| {
        let name = container.name.as_ref();
        name.is_some_and(|name| name.value == CONTAINER)
    };
    let (patches, others): (Vec<_>, Vec<_>) = written.into_iter().partition(is_own);
    for patch in patches {
        own.mounts.extend(patch.mounts);
        own.env.extend(patch.env);
        own.ports.extend(patch.ports);
    }
    let mut all = vec![own];
    all.extend(others);
    all
}

fn pair(key: &str, value: &str, at: Span) -> Pair {
    Pair {
        key: Spanned::new(key.to_owned(), at),
        value: Spanned::new(value.to_owned(), at),
    }
}
