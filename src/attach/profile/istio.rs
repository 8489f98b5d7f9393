//! Istio's own ways.

use super::Demand;
use super::Wire;
use super::specification;
use crate::attach::listener::Fault;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;
use crate::model::service::ServicePort;
use crate::settings::Version;

/// A gateway speaks HTTP/2 only to ports whose protocol says so: `appProtocol` if there is one, else the part of the
/// port's name before the first `-`. The kind of route does not matter (istio 1.31, `pkg/config/kube/conversion.go`,
/// `cluster_builder.go` `setUpstreamProtocol`).
pub(super) fn upstream(kind: RouteKind, port: &ServicePort) -> Wire {
    if matches!(kind, RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp) {
        return Wire::Raw;
    }
    let word = match (&port.app_protocol, &port.name) {
        (Some(protocol), _) if protocol.value == "kubernetes.io/h2c" => return Wire::H2c,
        (Some(protocol), _) => protocol.as_str(),
        (None, Some(name)) => name.as_str(),
        (None, None) => "",
    };
    let word = word.to_ascii_lowercase();
    let is_http2 =
        word.starts_with("grpc-web") || matches!(word.split('-').next(), Some("grpc" | "http2"));
    if is_http2 { Wire::H2c } else { Wire::Http1 }
}

/// Written words are taken as they are: a TLS listener is taken for terminating only when it says so
/// (istio 1.32, `gatewaycommon/conversion.go`).
pub(super) fn kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "UDP" => None,
        "TLS" if listener.passes_through() || listener.tls.is_none() => Some(&[RouteKind::Tls]),
        _ => specification::kinds(listener),
    }
}

/// A waypoint has one listener, for the mesh's own tunnel, to which no route attaches (istio 1.32,
/// `gateway/conversion.go`, `unexpectedWaypointListener`).
pub(super) fn waypoint_kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    let is_port = listener
        .port
        .as_ref()
        .is_some_and(|port| port.value == 15008);
    (listener.protocol() == "HBONE" && is_port).then_some(&[])
}

/// As any gateway, and the mesh's own tunnel.
pub(super) fn east_west_kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "HBONE" => Some(&[]),
        _ => kinds(listener),
    }
}

/// A ListenerSet's HTTPS listener without TLS is refused; that of a Gateway is passed over with a line in the log, as is
/// everything else that the specification forbids (istio 1.32, `gateway/conversion.go`).
pub(super) fn faults(listener: &Listener) -> Vec<Fault> {
    let faults = specification::faults(listener).into_iter();
    faults.filter(|fault| *fault == Fault::NoTls).collect()
}

/// For a client CA the name that is compared carries a suffix (istio 1.32, `pilot/pkg/model/credentials`).
pub(super) fn authority_grant(name: &str) -> String {
    format!("{name}-cacert")
}

/// Upper case only, `OPTIONAL_MUTUAL` since 1.27; anything else is one-way TLS (istio 1.32, `gateway/conversion.go`,
/// `buildTLS`).
pub(super) fn demand(value: &str, version: Option<Version>) -> Demand {
    match value {
        "MUTUAL" => Demand::Verified,
        "OPTIONAL_MUTUAL" if version.is_none_or(|version| version >= Version::new(1, 27)) => {
            Demand::Optional
        }
        "ISTIO_MUTUAL" => Demand::Mesh,
        "ISTIO_SIMPLE" => Demand::Nobody,
        _ => Demand::Unknown,
    }
}
