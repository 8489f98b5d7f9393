//! What the operator's target allocator changes.

use crate::model::collector::Collector;
use crate::model::collector::Origin;
use crate::model::collector::fault::Fault;
use crate::model::collector::shape;
use crate::model::object::Object;

impl Collector {
    /// Takes back what the operator mends: it writes the address of its target allocator into the receivers that scrape.
    pub(super) fn take_back(&mut self) {
        if let Origin::Operator(object) = &self.origin
            && hands_out_targets(object)
        {
            let is_idle = |fault: &Fault| fault.said.ends_with(shape::IDLE);
            self.faults.retain(|fault| !is_idle(fault));
        }
    }
}

/// Whether a target allocator of the operator belongs to the Collector: its own, or one that its label names
/// (opentelemetry-operator, docs of `TargetAllocator`).
fn hands_out_targets(object: &Object) -> bool {
    let node = object.tree.node();
    let own = node
        .get("spec")
        .and_then(|spec| spec.get("targetAllocator"));
    let labels = node
        .get("metadata")
        .and_then(|metadata| metadata.get("labels"));
    own.is_some() || labels.is_some_and(|labels| labels.has("opentelemetry.io/target-allocator"))
}
