//! The Pods that the operator makes: the collector's container around what the resource asks for.

use super::Mode;
use super::OpenTelemetryCollector;
use super::Port;
use super::made_name;
use super::made_object;
use crate::model::mesh::proxy_settings::ProxySettings;
use crate::model::object::Pair;
use crate::model::object::pairs;
use crate::model::workload::PodTemplate;
use crate::model::workload::Workload;
use crate::model::workload::WorkloadKind;
use crate::model::workload::container::Container;
use crate::model::workload::container::Security;
use crate::model::workload::container::VolumeMount;
use crate::model::workload::container::entries;
use crate::model::workload::injected::Injected;
use crate::model::workload::volume::KeyVolume;
use crate::model::workload::volume::Volume;
use crate::model::workload::volume::VolumeSource;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// The container of the collector (internal/naming/main.go).
const CONTAINER: &str = "otc-container";

/// Where `spec.configmaps` are mounted, each under `<mountpath>/configmap-<name>` (manifests/collector/container.go).
const CONFIG_MAPS: &str = "/var/conf";

pub(super) fn workload(resource: &OpenTelemetryCollector, spec: Option<Node<'_>>) -> Workload {
    let object = &resource.object;
    let selector = selector(resource);
    let autoscaler = spec.and_then(|spec| spec.get("autoscaler"));
    let most = autoscaler.and_then(|autoscaler| autoscaler.integer_at("maxReplicas"));
    // v1alpha1 has it beside `replicas`.
    let most = most.or_else(|| spec.and_then(|spec| spec.integer_at("maxReplicas")));
    let kind = match resource.mode {
        Mode::Deployment => WorkloadKind::Deployment,
        Mode::DaemonSet => WorkloadKind::DaemonSet,
        Mode::StatefulSet => WorkloadKind::StatefulSet,
        Mode::Sidecar => WorkloadKind::Sidecar,
    };
    let mut labels = object.labels.clone();
    labels.extend(selector.iter().cloned());
    let name = made_name(object.name(), "-collector");
    labels.push(pair("app.kubernetes.io/name", &name, object.name_span()));
    Workload {
        object: made_object(object, &made_name(object.name(), "-collector")),
        kind,
        replicas: most.or_else(|| spec.and_then(|spec| spec.integer_at("replicas"))),
        selector,
        pod: template(resource, spec, labels),
    }
}

fn template(
    resource: &OpenTelemetryCollector,
    spec: Option<Node<'_>>,
    labels: Vec<Pair>,
) -> PodTemplate {
    let containers = |key| {
        let read = |node| Some(Container::read(node));
        spec.map(|spec| entries(spec, key, read))
            .unwrap_or_default()
    };
    let config_maps = spec
        .map(|spec| entries(spec, "configmaps", ConfigMapMount::read))
        .unwrap_or_default();
    let mut container = collector_container(resource, spec);
    container
        .mounts
        .extend(config_maps.iter().map(ConfigMapMount::mount));
    let mut volumes = spec
        .map(|spec| entries(spec, "volumes", Volume::read))
        .unwrap_or_default();
    volumes.extend(config_maps.iter().map(ConfigMapMount::volume));
    volumes.extend(
        spec.map(|spec| entries(spec, "volumeClaimTemplates", Volume::claimed))
            .unwrap_or_default(),
    );
    let mut all = vec![container];
    all.extend(containers("additionalContainers"));
    let object = &resource.object;
    let account = made_name(object.name(), "-collector");
    PodTemplate {
        span: object.span,
        labels,
        annotations: spec
            .map(|spec| pairs(spec, "podAnnotations"))
            .unwrap_or_default(),
        proxy: spec.and_then(|spec| ProxySettings::annotated(spec, "podAnnotations")),
        containers: all,
        init_containers: containers("initContainers"),
        volumes,
        host_network: spec.and_then(|spec| spec.boolean_at("hostNetwork")),
        service_account: resource
            .service_account
            .clone()
            .or_else(|| Some(Spanned::new(account, object.name_span()))),
        security: Security::read(spec.and_then(|spec| spec.get("podSecurityContext"))),
        injected: Injected::read(spec.and_then(|spec| spec.get("podAnnotations"))),
    }
}

/// The fields of the resource's `spec` that describe the container have the names that a container gives them; its
/// arguments are a map, and a `config` among them is dropped.
fn collector_container(resource: &OpenTelemetryCollector, spec: Option<Node<'_>>) -> Container {
    let span = resource.object.name_span();
    let ports = resource.ports.iter().map(Port::to_container_port).collect();
    let name = Some(Spanned::new(CONTAINER.to_owned(), span));
    match spec {
        Some(spec) => Container {
            name,
            ports,
            args: None,
            command: None,
            command_span: span,
            ..Container::read(spec)
        },
        None => Container {
            name,
            ports,
            ..Container::empty(span)
        },
    }
}

/// What the operator's Services select by (internal/manifests/manifestutils/labels.go).
fn selector(resource: &OpenTelemetryCollector) -> Vec<Pair> {
    let object = &resource.object;
    let at = object.name_span();
    let instance = format!("{}.{}", object.namespace(), object.name());
    [
        ("app.kubernetes.io/component", "opentelemetry-collector"),
        ("app.kubernetes.io/instance", &instance),
        ("app.kubernetes.io/managed-by", "opentelemetry-operator"),
        ("app.kubernetes.io/part-of", "opentelemetry"),
    ]
    .into_iter()
    .map(|(key, value)| pair(key, value, at))
    .collect()
}

fn pair(key: &str, value: &str, at: Span) -> Pair {
    Pair {
        key: Spanned::new(key.to_owned(), at),
        value: Spanned::new(value.to_owned(), at),
    }
}

/// One entry of `spec.configmaps`.
struct ConfigMapMount {
    span: Span,
    name: Spanned<String>,
    path: Spanned<String>,
}

impl ConfigMapMount {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            name: node.string_at("name")?,
            path: node.string_at("mountpath")?,
        })
    }

    fn volume_name(&self) -> Spanned<String> {
        Spanned::new(format!("configmap-{}", self.name), self.name.span)
    }

    fn volume(&self) -> Volume {
        let keys = KeyVolume {
            name: Some(self.name.clone()),
            items: None,
            default_mode: None,
            optional: false,
        };
        Volume {
            span: self.span,
            name: self.volume_name(),
            source: VolumeSource::ConfigMap(keys),
        }
    }

    fn mount(&self) -> VolumeMount {
        let folder = self.path.value.trim_matches('/');
        let path = format!("{CONFIG_MAPS}/{folder}/configmap-{}", self.name);
        VolumeMount {
            span: self.span,
            name: self.volume_name(),
            path: Spanned::new(path, self.path.span),
            sub_path: None,
            sub_path_expression: None,
            read_only: None,
        }
    }
}
