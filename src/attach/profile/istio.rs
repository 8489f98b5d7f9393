//! Istio's own ways.

use super::Wire;
use crate::model::route::RouteKind;
use crate::model::service::ServicePort;

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
