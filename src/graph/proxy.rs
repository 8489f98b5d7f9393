//! The effective configuration of Istio's proxies: what the injector and the agent really see, from the mesh's defaults,
//! ProxyConfigs, annotations and variables of the container, each with its place.
//!
//! Source: istio 1.31, `pkg/kube/inject/`, `pkg/bootstrap/`, `pilot/cmd/pilot-agent/`,
//! `pilot/pkg/config/kube/gatewaycommon/`.

use std::collections::BTreeMap;

use crate::attach::Attachment;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::model::workload::container::Container;
use crate::settings::Settings;
use crate::settings::Version;
use crate::source::Span;
use crate::source::Spanned;

pub mod chain;
mod gathered;
pub mod inert;
pub mod injection;
pub mod installation;
pub mod interception;
pub mod legacy;
mod managed;
pub mod merging;
pub mod outbound;
mod version;
mod workload;

use inert::Inert;
use injection::Injection;
use legacy::Older;

/// The variable that opens a listener for Envoy's own metrics, with mTLS.
pub const ENVOY_PORT: &str = "ENVOY_SECURE_METRICS_PORT";
/// The variable that opens a listener for the merged metrics, with mTLS.
pub const MERGED_PORT: &str = "ENVOY_SECURE_MERGED_METRICS_PORT";
/// The variable that keeps the metrics in plain text to the Pod itself.
pub const LOCAL_ONLY: &str = "METRICS_LOCALHOST_ACCESS_ONLY";
/// The annotation that tells scrapers the port of the merged metrics.
pub const MERGED_ANNOTATION: &str = "prometheus.istio.io/secure-port";
/// The annotation that tells scrapers the port of Envoy's own metrics.
pub const ENVOY_ANNOTATION: &str = "prometheus.istio.io/secure-envoy-port";

/// Where the merged metrics stand in plain text.
pub const MERGED_PLAIN: i64 = 15020;
/// Where Envoy's own metrics stand in plain text.
pub const ENVOY_PLAIN: i64 = 15090;

/// What a proxy serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A workload, beside it in the Pod.
    Sidecar,
    /// The edge of the mesh, in a Deployment of the user's with a template that is injected.
    Gateway,
    /// A Gateway of Gateway API, in a Deployment that Istio makes.
    Managed,
}

/// Which of the inputs a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `defaultConfig` of the mesh.
    Mesh,
    /// A ProxyConfig.
    ProxyConfig,
    /// The annotation `proxy.istio.io/config`.
    Annotation,
    /// `env` of the container `istio-proxy`.
    Container,
}

/// A variable as a proxy gets it.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Where its name stands.
    pub key: Span,
    /// Its text.
    pub value: Spanned<String>,
    /// What says so.
    pub origin: Origin,
}

/// A proxy of Istio, and what it is told.
#[derive(Debug)]
pub struct Proxy {
    /// The workload whose Pods it is in, as an index into the model; `None` for a managed gateway.
    pub workload: Option<usize>,
    /// The Gateway that it is made for, as an index into the model.
    pub gateway: Option<usize>,
    /// What it serves.
    pub kind: Kind,
    /// Istio's version, where something says it.
    pub version: Option<Version>,
    /// Whether the injector puts it there.
    pub injection: Injection,
    /// The variables of its process, by name.
    pub environment: BTreeMap<String, Variable>,
    /// The entries of its `proxyMetadata`, by name: what the bootstrap reads without asking the environment.
    pub metadata: BTreeMap<String, Variable>,
    /// Variables that are written for it where nobody reads them.
    pub inert: Vec<Inert>,
    /// Secure ports that resources of Istio open on its Pods, as it was done before 1.31.
    pub older: Vec<Older>,
    /// What is laid over its Pods, as indexes into the model: what wins last.
    pub overlays: Vec<usize>,
    /// Whether something is laid over its Pods that was not given, which may set any variable and annotation:
    /// `spec.infrastructure.parametersRef` of its Gateway.
    pub is_overlaid: bool,
}

impl Proxy {
    /// Every proxy that something in the input tells of: of workloads in their order, then of Gateways.
    #[must_use]
    pub fn all(model: &Model, attachment: &Attachment, settings: &Settings) -> Vec<Self> {
        let workloads = model.workloads.iter().enumerate();
        let of_workloads =
            workloads.filter_map(|(index, _)| Self::of_workload(model, settings, index));
        let gateways = (0..model.gateways.len())
            .filter(|gateway| attachment.gateways[*gateway].profile.has_mesh_proxies())
            .filter(|gateway| !managed::is_adopted(model, *gateway));
        let of_gateways = gateways.map(|index| Self::of_gateway(model, settings, index));
        let mut all: Vec<Self> = of_workloads.chain(of_gateways).collect();
        let resources = legacy::Resources::of(model);
        for proxy in &mut all {
            proxy.older = resources.ports(model, proxy);
        }
        all
    }

    /// The port that the variable opens: a number that is not 0 (istio, `pkg/env/var.go`; what is no number is 0).
    #[must_use]
    pub fn port(&self, variable: &str) -> Option<Spanned<i64>> {
        let value = &self.environment.get(variable)?.value;
        let port = value
            .trim()
            .parse()
            .ok()
            .filter(|port| (1..=65535).contains(port))?;
        Some(Spanned::new(port, value.span))
    }

    /// Whether the port that the variable opens, or the one that `told` tells, is written by something else first.
    #[must_use]
    pub fn leaves_open(&self, variable: &str, told: &str) -> bool {
        let own = self.environment.get(variable);
        let is_open = own.is_some_and(|own| inert::is_filled_in_later(&own.value));
        is_open || inert::is_filled_in_later(told)
    }

    /// Both secure ports that are open, merged first: the variable, its port, and the annotation that tells of it.
    pub fn secure_ports(
        &self,
    ) -> impl Iterator<Item = (&'static str, Spanned<i64>, &'static str)> + '_ {
        let both = [
            (MERGED_PORT, MERGED_ANNOTATION),
            (ENVOY_PORT, ENVOY_ANNOTATION),
        ];
        both.into_iter()
            .filter_map(|(variable, annotation)| Some((variable, self.port(variable)?, annotation)))
    }

    /// Whether the merged metrics in plain text are for the Pod alone: from the environment, as Go reads a boolean.
    #[must_use]
    pub fn closes_merged(&self) -> bool {
        let value = self.environment.get(LOCAL_ONLY);
        value.is_some_and(|variable| merging::boolean(&variable.value) == Some(true))
    }

    /// Whether Envoy's own metrics in plain text are for the Pod alone: from `proxyMetadata`, to the letter.
    #[must_use]
    pub fn closes_envoy(&self) -> bool {
        let value = self.metadata.get(LOCAL_ONLY);
        value.is_some_and(|variable| variable.value.value == "true")
    }

    /// The variable that shall keep the metrics in plain text to the Pod, as it has it, or where only Envoy's port hears it.
    #[must_use]
    pub fn switch(&self) -> Option<&Variable> {
        self.environment
            .get(LOCAL_ONLY)
            .or_else(|| self.metadata.get(LOCAL_ONLY))
    }

    /// The annotation of its Pods of that key.
    #[must_use]
    pub fn annotation<'m>(&self, model: &'m Model, key: &str) -> Option<&'m Spanned<String>> {
        let laid = self.overlays.iter().rev();
        let mut laid = laid.filter_map(|at| value(&model.overlays[*at].pod.annotations, key));
        laid.next().or_else(|| value(self.annotations(model), key))
    }

    /// The annotations of its Pods, as far as the user writes them.
    #[must_use]
    pub fn annotations<'m>(&self, model: &'m Model) -> &'m [Pair] {
        match (self.workload, self.gateway) {
            (Some(workload), _) => &model.workloads[workload].pod.annotations,
            (None, Some(gateway)) => model.gateways[gateway].handed_annotations(),
            (None, None) => &[],
        }
    }

    /// The object that the user writes it with.
    #[must_use]
    pub fn object<'m>(&self, model: &'m Model) -> Option<&'m Object> {
        match (self.workload, self.gateway) {
            (Some(workload), _) => Some(&model.workloads[workload].object),
            (None, Some(gateway)) => Some(&model.gateways[gateway].object),
            (None, None) => None,
        }
    }

    /// The name of its workload or Gateway, where `said` does not stand in that: one setting may be for many.
    #[must_use]
    pub fn apart(&self, model: &Model, said: Span) -> Option<Span> {
        let object = self.object(model)?;
        (!object.span.contains(said)).then(|| object.name_span())
    }

    /// Whether a container of its Pods says that it uses the port.
    #[must_use]
    pub fn declares(&self, model: &Model, port: i64) -> bool {
        let pod = self.workload.map(|workload| &model.workloads[workload].pod);
        let containers = pod.into_iter().flat_map(PodTemplate::running);
        let mut ports = containers.flat_map(|container| &container.ports);
        ports.any(|own| own.port.as_ref().is_some_and(|own| own.value == port))
    }

    /// Labels of its Pods.
    #[must_use]
    pub fn labels<'m>(&self, model: &'m Model) -> &'m [Pair] {
        self.workload
            .map_or(&[], |workload| &model.workloads[workload].pod.labels)
    }
}

impl Variable {
    /// Whether it says no, as Go reads a truth value.
    #[must_use]
    pub fn is_no(&self) -> bool {
        merging::boolean(&self.value) == Some(false)
    }

    fn of(pair: &Pair, origin: Origin) -> Self {
        Self {
            key: pair.key.span,
            value: pair.value.clone(),
            origin,
        }
    }
}

/// The container of the proxy, where the Pod writes one itself.
fn proxy_container(pod: &PodTemplate) -> Option<&Container> {
    let mut containers = pod.containers.iter().chain(&pod.init_containers);
    containers.find(|container| {
        let name = container.name.as_ref();
        name.is_some_and(|name| name.value == "istio-proxy")
    })
}

#[cfg(test)]
mod tests;
