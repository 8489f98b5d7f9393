//! What a user lays over the Pods that Istio makes for a Gateway: for every Gateway of a class by the label
//! `gateway.istio.io/defaults-for-class`, then for one by `spec.infrastructure.parametersRef`.
//!
//! Source: istio 1.31, `pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go` (`render`): ConfigMaps, their key
//! `deployment` a strategic merge patch of the Deployment. `spec.parametersRef` of a GatewayClass is not read.

use std::sync::Arc;

use crate::model::object::Named;
use crate::model::object::Object;
use crate::model::workload::PodTemplate;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;

/// The label of a ConfigMap that says for which class it is.
const CLASS: &str = "gateway.istio.io/defaults-for-class";

/// A patch of the Deployment of a Gateway.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The ConfigMap that holds it.
    pub object: Arc<Object>,
    /// The class whose Gateways it is laid over, if it is one for a class.
    pub class: Option<Spanned<String>>,
    /// What it says of the Pod; everything else stays as Istio makes it.
    pub pod: PodTemplate,
}

impl Overlay {
    /// The patch that the ConfigMap `object` holds.
    pub(in crate::model) fn read(object: &Arc<Object>) -> Option<Self> {
        if object.kind.value != "ConfigMap" {
            return None;
        }
        let text = object.tree.node().get("data")?.get("deployment")?;
        let stream = yaml::parse(text.inner(), Dialect::Kubernetes);
        let template = stream.documents().next()?.get("spec")?.get("template")?;
        Some(Self {
            object: Arc::clone(object),
            class: object.label(CLASS).cloned(),
            pod: PodTemplate::read(Some(template), template.span()),
        })
    }
}

impl Named for Overlay {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
