//! Workloads: which Pods are asked for, with what labels, containers and volumes.

use std::sync::Arc;

use super::mesh::proxy_settings::ProxySettings;
use super::object::Named;
use super::object::Object;
use super::object::Pair;
use super::object::pairs;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

mod amount;
pub mod command;
pub mod container;
pub mod mount;
pub mod probe;
pub mod injected;
pub mod volume;

use container::Container;
use container::Security;
use container::entries;
use injected::Injected;
use volume::Volume;

/// A Pod, or anything that makes Pods from a template.
#[derive(Clone, Debug)]
pub struct Workload {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// Which kind it is.
    pub kind: WorkloadKind,
    /// `spec.replicas`, of an OpenTelemetryCollector with an autoscaler its `maxReplicas`; 1 when absent, without meaning
    /// for kinds that have none.
    pub replicas: Option<Spanned<i64>>,
    /// `spec.selector.matchLabels` of the kinds that have one.
    pub selector: Vec<Pair>,
    /// The Pods.
    pub pod: PodTemplate,
}

/// The kinds that make Pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// `v1` Pod.
    Pod,
    /// `apps/v1` Deployment.
    Deployment,
    /// `apps/v1` StatefulSet.
    StatefulSet,
    /// `apps/v1` DaemonSet.
    DaemonSet,
    /// `apps/v1` ReplicaSet.
    ReplicaSet,
    /// `v1` ReplicationController.
    ReplicationController,
    /// `batch/v1` Job.
    Job,
    /// `batch/v1` CronJob.
    CronJob,
    /// What the operator injects into Pods from an OpenTelemetryCollector in the mode `sidecar`.
    Sidecar,
}

/// A Pod as its template asks for it.
#[derive(Clone, Debug)]
pub struct PodTemplate {
    /// The whole template; of a Pod the whole object.
    pub span: Span,
    /// `metadata.labels`, by which Services and policies select it.
    pub labels: Vec<Pair>,
    /// `metadata.annotations`.
    pub annotations: Vec<Pair>,
    /// What the annotation `proxy.istio.io/config` tells the proxy.
    pub proxy: Option<ProxySettings>,
    /// `containers`.
    pub containers: Vec<Container>,
    /// `initContainers`.
    pub init_containers: Vec<Container>,
    /// `volumes`, with a StatefulSet's claims.
    pub volumes: Vec<Volume>,
    /// `hostNetwork`: every port is a port of the node.
    pub host_network: Option<Spanned<bool>>,
    /// `serviceAccountName`, or the older `serviceAccount`; `default` when absent.
    pub service_account: Option<Spanned<String>>,
    /// `securityContext`.
    pub security: Security,
    /// What annotations add to the proxy that Istio injects.
    pub injected: Injected,
}

impl WorkloadKind {
    /// The kind of that group and name, if it makes Pods.
    #[must_use]
    pub fn of(group: &str, kind: &str) -> Option<Self> {
        Some(match (group, kind) {
            ("", "Pod") => Self::Pod,
            ("apps" | "extensions", "Deployment") => Self::Deployment,
            ("apps", "StatefulSet") => Self::StatefulSet,
            ("apps" | "extensions", "DaemonSet") => Self::DaemonSet,
            ("apps" | "extensions", "ReplicaSet") => Self::ReplicaSet,
            ("", "ReplicationController") => Self::ReplicationController,
            ("batch", "Job") => Self::Job,
            ("batch", "CronJob") => Self::CronJob,
            _ => return None,
        })
    }

    /// Where the Pod, with its `metadata` and `spec`, stands in an object of this kind.
    const fn template(self) -> &'static [&'static str] {
        match self {
            Self::Pod | Self::Sidecar => &[],
            Self::CronJob => &["spec", "jobTemplate", "spec", "template"],
            _ => &["spec", "template"],
        }
    }
}

impl Workload {
    /// The workload that `object` is; `None` when its kind makes no Pods.
    pub(super) fn read(object: &Arc<Object>) -> Option<Self> {
        let kind = WorkloadKind::of(object.group(), &object.kind)?;
        let node = object.tree.node();
        let spec = node.get("spec");
        let mut at = Some(node);
        for key in kind.template() {
            at = at.and_then(|node| node.get(key));
        }
        let mut pod = PodTemplate::read(at, node.span());
        let claims = spec
            .map(|spec| entries(spec, "volumeClaimTemplates", Volume::claimed))
            .unwrap_or_default();
        pod.volumes.extend(claims);
        Some(Self {
            object: Arc::clone(object),
            kind,
            replicas: spec.and_then(|spec| spec.integer_at("replicas")),
            selector: spec
                .and_then(|spec| spec.get("selector"))
                .map(|selector| pairs(selector, "matchLabels"))
                .unwrap_or_default(),
            pod,
        })
    }

    /// Whether the operator makes it of an OpenTelemetryCollector.
    #[must_use]
    pub fn is_operated(&self) -> bool {
        self.object.kind.value == "OpenTelemetryCollector"
    }

    /// Whether the operator makes the service account, too, with all the rights that the components need: the resource
    /// names none.
    #[must_use]
    pub fn has_made_account(&self) -> bool {
        let account = self.pod.service_account.as_ref();
        self.is_operated() && account.is_some_and(|account| account.span == self.object.name_span())
    }

    /// How many Pods run at once at most; `None` where that depends on nodes or on other Pods.
    #[must_use]
    pub fn copies(&self) -> Option<i64> {
        match self.kind {
            WorkloadKind::DaemonSet | WorkloadKind::Sidecar => None,
            WorkloadKind::Pod | WorkloadKind::Job | WorkloadKind::CronJob => Some(1),
            _ => Some(self.replicas.as_ref().map_or(1, |replicas| replicas.value)),
        }
    }
}

impl Named for Workload {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl PodTemplate {
    /// Reads the node that holds a Pod's `metadata` and `spec`; an empty Pod at `span` when there is none.
    pub(super) fn read(node: Option<Node<'_>>, span: Span) -> Self {
        let metadata = node.and_then(|node| node.get("metadata"));
        let spec = node.and_then(|node| node.get("spec"));
        let list = |key| {
            let read = |node| Some(Container::read(node));
            spec.map(|spec| entries(spec, key, read))
                .unwrap_or_default()
        };
        Self {
            span: node.map_or(span, Node::span),
            labels: metadata
                .map(|metadata| pairs(metadata, "labels"))
                .unwrap_or_default(),
            annotations: metadata
                .map(|metadata| pairs(metadata, "annotations"))
                .unwrap_or_default(),
            proxy: metadata.and_then(|metadata| ProxySettings::annotated(metadata, "annotations")),
            containers: list("containers"),
            init_containers: list("initContainers"),
            volumes: spec
                .map(|spec| entries(spec, "volumes", Volume::read))
                .unwrap_or_default(),
            host_network: spec.and_then(|spec| spec.boolean_at("hostNetwork")),
            service_account: spec.and_then(|spec| {
                spec.string_at("serviceAccountName")
                    .or_else(|| spec.string_at("serviceAccount"))
            }),
            security: Security::read(spec.and_then(|spec| spec.get("securityContext"))),
            injected: Injected::read(metadata.and_then(|metadata| metadata.get("annotations"))),
        }
    }

    /// The volume of that name.
    #[must_use]
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.name.value == name)
    }

    /// The name of the volume that is nearest to `name`, when a slip of the hand explains the difference: at most two edits,
    /// and fewer than a third of its letters.
    #[must_use]
    pub fn similar_volume(&self, name: &str) -> Option<String> {
        let names = self.volumes.iter().map(|volume| volume.name.value.as_str());
        let distances = names.map(|own| (strsim::damerau_levenshtein(own, name), own));
        let (distance, near) = distances.min()?;
        ((1..=2).contains(&distance) && distance * 3 < name.len()).then(|| near.to_owned())
    }

    /// The containers that keep running: all but the init containers that end.
    pub fn running(&self) -> impl Iterator<Item = &Container> {
        let sidecars = self.init_containers.iter().filter(|container| {
            container
                .restart_policy
                .as_ref()
                .is_some_and(|policy| policy.value == "Always")
        });
        self.containers.iter().chain(sidecars)
    }

    /// Whether the Pod shares the node's network.
    #[must_use]
    pub fn on_host_network(&self) -> bool {
        self.host_network.as_ref().is_some_and(|flag| flag.value)
    }
}

#[cfg(test)]
mod tests;
