//! What happens to a connection before it reaches a port of a Pod with a sidecar: whether the proxy takes it, and which
//! TLS it then asks for.
//!
//! Source: istio 1.31, `tools/istio-iptables`, `files/injection-template.yaml` of the chart, `pilot/pkg/networking/core/filterchain_options.go`; istio.io/api,
//! PeerAuthentication.

use super::installation;
use crate::model::Model;
use crate::model::mesh::PeerAuthentication;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::source::Span;
use crate::source::Spanned;

/// Ports that are never taken: health, merged metrics and Envoy's metrics.
const ALWAYS_FREE: &[i64] = &[15020, 15021, 15090];

/// The annotation with the ports that a sidecar takes.
pub const INCLUDED_PORTS: &str = "traffic.sidecar.istio.io/includeInboundPorts";
/// The annotation with the ports that a sidecar leaves alone.
pub const EXCLUDED_PORTS: &str = "traffic.sidecar.istio.io/excludeInboundPorts";

/// What a policy asks of connections to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// mTLS of the mesh and nothing else; what says so.
    Strict(Span),
    /// mTLS of the mesh, other TLS and plain text; what says so, if anything does.
    Permissive(Option<Span>),
    /// Plain text; what says so.
    Disable(Span),
}

/// Whether the proxy in the Pods that `object` makes of `pod` takes connections to `port`: as their annotations have it,
/// else the values of the charts.
#[must_use]
pub fn takes(model: &Model, object: &Object, pod: &PodTemplate, port: i64) -> bool {
    if ALWAYS_FREE.contains(&port) || is_off(model, object, pod) {
        return false;
    }
    let told = installation::values(model, object);
    let lists = |key: &str, default: Option<&Spanned<String>>| {
        let ports = value(&pod.annotations, key).or(default)?;
        let mut ports = ports.split(',').map(str::trim);
        Some(ports.any(|own| own == "*" || own == port.to_string()))
    };
    let included = told.and_then(|told| told.included_ports.as_ref());
    let excluded = told.and_then(|told| told.excluded_ports.as_ref());
    let is_included = lists(INCLUDED_PORTS, included).unwrap_or(true);
    let is_excluded = lists(EXCLUDED_PORTS, excluded).unwrap_or(false);
    is_included && !is_excluded
}

/// Whether the proxy takes no connection at all: mode `NONE`.
pub(super) fn is_off(model: &Model, object: &Object, pod: &PodTemplate) -> bool {
    let of_mesh = || {
        let mesh = installation::config(model, object)?;
        mesh.defaults.interception.as_ref()
    };
    let of_pod = pod
        .proxy
        .as_ref()
        .and_then(|told| told.interception.as_ref());
    let mode = value(&pod.annotations, "sidecar.istio.io/interceptionMode");
    let mode = mode.or(of_pod).or_else(of_mesh);
    mode.is_some_and(|mode| mode.value == "NONE")
}

impl Mode {
    /// The mode for `port` of the Pods with `labels` that `object` makes: the policy of the workload, else of the
    /// namespace, else of the mesh; of policies that were not given nothing is assumed, and without any the mode is
    /// permissive.
    #[must_use]
    pub fn of(model: &Model, object: &Object, labels: &[Pair], port: i64) -> Self {
        let here = |namespace| model.peer_authentications.seen_in(namespace, object);
        let home = object.namespace();
        let of_workload = here(home).filter(|policy| selects(&policy.selector, labels));
        let wide = here(home).chain(here(ROOT_NAMESPACE));
        let all = of_workload.chain(wide.filter(|policy| policy.selector.is_empty()));
        let mut modes = all.filter_map(|policy| Self::said(policy, port));
        modes.next().unwrap_or(Self::Permissive(None))
    }

    /// What `policy` says of `port`; `None` when it leaves it to the next.
    fn said(policy: &PeerAuthentication, port: i64) -> Option<Self> {
        let mut ports = policy.ports.iter();
        // Modes of ports count for selected workloads only.
        let of_port = ports
            .find(|(own, _)| own.value == port && !policy.selector.is_empty())
            .map(|(_, mode)| mode)
            .filter(|mode| mode.value != "UNSET");
        let mode = of_port.or(policy.mode.as_ref())?;
        match mode.value.as_str() {
            "STRICT" => Some(Self::Strict(mode.span)),
            "PERMISSIVE" => Some(Self::Permissive(Some(mode.span))),
            "DISABLE" => Some(Self::Disable(mode.span)),
            _ => None,
        }
    }
}
