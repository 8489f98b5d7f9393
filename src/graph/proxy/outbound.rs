//! What happens to a connection that leaves a Pod with a sidecar: whether the proxy takes it, and where it then may go.
//!
//! Source: istio 1.31, `tools/istio-iptables`, `files/injection-template.yaml` of the chart,
//! `pilot/pkg/model/sidecar.go` (`OutboundTrafficPolicy`).

use super::installation;
use super::interception::is_off;
use crate::model::Model;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::source::Span;

/// The annotation with the addresses to which Pods go through their sidecar.
pub const RANGES: &str = "traffic.sidecar.istio.io/includeOutboundIPRanges";

/// Whether the proxy in the Pods that `object` makes of `pod` leaves alone where they connect to.
#[must_use]
pub fn is_free(model: &Model, object: &Object, pod: &PodTemplate) -> bool {
    let told = installation::values(model, object);
    let default = told.and_then(|told| told.outbound_ranges.as_ref());
    let ranges = value(&pod.annotations, RANGES).or(default);
    let excluded = value(
        &pod.annotations,
        "traffic.sidecar.istio.io/excludeOutboundIPRanges",
    );
    is_off(model, object, pod)
        || ranges.is_some_and(|ranges| ranges.trim().is_empty())
        || excluded.is_some_and(|ranges| ranges.contains("0.0.0.0/0"))
}

/// What keeps the Pods with `labels` that `object` makes to what the mesh knows, `REGISTRY_ONLY`: a Sidecar that is for
/// them, else the mesh.
#[must_use]
pub fn registry_only(model: &Model, object: &Object, labels: &[Pair]) -> Option<Span> {
    let here = |namespace| model.sidecars.seen_in(namespace, object);
    let home = object.namespace();
    let own = here(home).find(|sidecar| selects(&sidecar.selector, labels));
    let mut wide = here(home).chain(here(ROOT_NAMESPACE));
    let sidecar = own.or_else(|| wide.find(|sidecar| sidecar.selector.is_empty()));
    let said = sidecar.and_then(|sidecar| sidecar.outbound.as_ref());
    let mesh = || installation::config(model, object)?.outbound.as_ref();
    let mode = said.or_else(mesh)?;
    (mode.value == "REGISTRY_ONLY").then_some(mode.span)
}
