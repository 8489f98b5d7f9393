//! What a user lays over the Pods that Istio makes for a Gateway: `spec.infrastructure.parametersRef`.
//!
//! Source: istio 1.31, `pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go`: a ConfigMap, its key `deployment` a
//! strategic merge patch of the Deployment.

use std::sync::Arc;

use crate::model::object::Named;
use crate::model::object::Object;
use crate::model::workload::PodTemplate;
use crate::yaml;
use crate::yaml::Dialect;

/// A patch of the Deployment of a Gateway.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The ConfigMap that holds it.
    pub object: Arc<Object>,
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
            pod: PodTemplate::read(Some(template), template.span()),
        })
    }
}

impl Named for Overlay {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
