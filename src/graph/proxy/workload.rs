//! The proxy in the Pods of a workload.

use super::Kind;
use super::Origin;
use super::Proxy;
use super::gathered::Gathered;
use super::inert;
use super::injection::Injection;
use super::proxy_container;
use super::version;
use crate::model::Model;
use crate::model::mesh::ProxyConfig;
use crate::model::object::selects;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::settings::Settings;

impl Proxy {
    /// The proxy of the workload at `index`; `None` when nothing tells of one.
    pub(super) fn of_workload(model: &Model, settings: &Settings, index: usize) -> Option<Self> {
        let workload = &model.workloads[index];
        let (object, pod) = (&workload.object, &workload.pod);
        // Istio made it for a Gateway, which is judged itself.
        if value(&pod.labels, "gateway.istio.io/managed").is_some() {
            return None;
        }
        let container = proxy_container(pod);
        let injection = Injection::of(model, object, pod);
        let is_meant = pod.proxy.is_some() || container.is_some();
        if !is_meant && !matches!(injection, Injection::Yes(_)) {
            return None;
        }
        let mut variables = Gathered::default();
        variables.mesh(model, object);
        variables.proxy_configs(model, object, |config| config.selector.is_empty());
        if let Some(told) = &pod.proxy {
            variables.metadata(&told.variables, Origin::Annotation);
        }
        let selected = |config: &ProxyConfig| selects(&config.selector, &pod.labels);
        variables.proxy_configs(model, object, selected);
        variables.container(container);
        let version = version::of_pod(model, settings, object, pod);
        let mut inert = inert::strays(pod.proxy.as_ref());
        let written = pod.proxy.iter().flat_map(|told| &told.variables);
        inert.extend(inert::unheard(written.map(|pair| &pair.key)));
        let mut proxy = Self {
            workload: Some(index),
            gateway: None,
            kind: if is_gateway(pod) {
                Kind::Gateway
            } else {
                Kind::Sidecar
            },
            version,
            injection,
            environment: variables.environment,
            metadata: variables.metadata,
            inert,
            older: Vec::new(),
            overlays: Vec::new(),
            is_overlaid: false,
        };
        proxy.drop_what_is_too_new();
        Some(proxy)
    }
}

/// Whether the Pod is the edge of the mesh: its only container is the proxy, or it asks for the template of gateways.
fn is_gateway(pod: &PodTemplate) -> bool {
    let asks = value(&pod.annotations, "inject.istio.io/templates");
    let is_alone = pod.containers.len() == 1 && proxy_container(pod).is_some();
    is_alone || asks.is_some_and(|template| template.value == "gateway")
}
