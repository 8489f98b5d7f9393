//! HorizontalPodAutoscalers and KEDA's ScaledObjects: what decides how many Pods run in place of `spec.replicas`.

use std::sync::Arc;

use super::Model;
use super::object::Named;
use super::object::Object;
use super::reference::Reference;
use super::workload::Workload;
use crate::source::Spanned;

/// An `autoscaling` HorizontalPodAutoscaler, of any version: the fields read here are the same in all of them; or a
/// `keda.sh` ScaledObject, which makes one.
#[derive(Clone, Debug)]
pub struct Autoscaler {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.scaleTargetRef`: what it scales, in its own namespace.
    pub target: Option<Reference>,
    /// `spec.maxReplicas`: how many Pods run at once at most.
    pub most: Option<Spanned<i64>>,
    /// The kind that is scaled when `scaleTargetRef` names none.
    kind: Option<&'static str>,
}

/// What KEDA scales to when `maxReplicaCount` says nothing (KEDA 2.18, ScaledObject specification).
const KEDA_MOST: i64 = 100;

impl Autoscaler {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let target = spec.and_then(|spec| spec.get("scaleTargetRef"));
        Self {
            object: Arc::clone(object),
            target: target.map(Reference::read),
            most: spec.and_then(|spec| spec.integer_at("maxReplicas")),
            kind: None,
        }
    }

    /// The same of a ScaledObject (KEDA 2.18, ScaledObject specification).
    pub(super) fn read_scaled(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let most = spec.and_then(|spec| spec.integer_at("maxReplicaCount"));
        Self {
            most: most.or_else(|| Some(Spanned::new(KEDA_MOST, object.kind.span))),
            kind: Some("Deployment"),
            ..Self::read(object)
        }
    }

    /// Whether it scales `workload`: of several of the same name the one whose folder is nearest to its own.
    #[must_use]
    pub fn scales(&self, workload: &Workload, model: &Model) -> bool {
        let Some(target) = &self.target else {
            return false;
        };
        let namespace = self.object.namespace();
        if target.kind_or("") == "OpenTelemetryCollector" {
            let mut operated = model.operated.iter().map(|resource| &resource.object);
            let is_own = |object: &&Arc<Object>| object.id == workload.object.id;
            let resource = operated.find(is_own);
            return workload.is_operated()
                && resource.is_some_and(|own| {
                    own.name() == target.name() && own.namespace() == namespace
                });
        }
        let meant = model
            .workloads
            .nearest(namespace, target.name(), &self.object);
        let kind = workload.object.kind.as_str();
        let wanted = target.kind_or(self.kind.unwrap_or(kind));
        meant.is_some_and(|meant| std::ptr::eq(meant, workload)) && wanted == kind
    }
}

impl Named for Autoscaler {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
