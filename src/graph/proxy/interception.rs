//! What happens to a connection before it reaches a port of a Pod with a sidecar: whether the proxy takes it, and which
//! TLS it then asks for.
//!
//! Source: istio 1.31, `tools/istio-iptables`, `pilot/pkg/networking/core/filterchain_options.go`; istio.io/api,
//! PeerAuthentication.

use crate::model::Model;
use crate::model::mesh::PeerAuthentication;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::source::Span;

/// Ports that are never taken: health, merged metrics and Envoy's metrics.
const ALWAYS_FREE: &[i64] = &[15020, 15021, 15090];

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

/// Whether the proxy of `pod` takes connections to `port`, as its annotations have it.
#[must_use]
pub fn takes(pod: &PodTemplate, port: i64) -> bool {
    if ALWAYS_FREE.contains(&port) {
        return false;
    }
    let captures = value(&pod.annotations, "sidecar.istio.io/interceptionMode");
    if captures.is_some_and(|mode| mode.value == "NONE") {
        return false;
    }
    let lists = |key: &str| {
        let annotation = value(&pod.annotations, key)?;
        let mut ports = annotation.split(',').map(str::trim);
        Some(ports.any(|own| own == "*" || own == port.to_string()))
    };
    let is_included = lists("traffic.sidecar.istio.io/includeInboundPorts").unwrap_or(true);
    let is_excluded = lists("traffic.sidecar.istio.io/excludeInboundPorts").unwrap_or(false);
    is_included && !is_excluded
}

impl Mode {
    /// The mode for `port` of the Pods with `labels` that `object` makes: the policy of the workload, else of the
    /// namespace, else of the mesh; of policies that were not given nothing is assumed, and without any the mode is
    /// permissive.
    #[must_use]
    pub fn of(model: &Model, object: &Object, labels: &[Pair], port: i64) -> Self {
        let policies = || model.peer_authentications.iter();
        let of_workload = policies().filter(|policy| {
            policy.object.namespace() == object.namespace() && selects(&policy.selector, labels)
        });
        let of = |namespace: &'static str, own: bool| {
            policies().filter(move |policy| {
                let home = if own { object.namespace() } else { namespace };
                policy.selector.is_empty() && policy.object.namespace() == home
            })
        };
        let all = of_workload
            .chain(of("", true))
            .chain(of(ROOT_NAMESPACE, false));
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
