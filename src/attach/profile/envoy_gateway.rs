//! Envoy Gateway's own ways.

use super::specification;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;

/// TLS without a mode carries both kinds (Envoy Gateway 1.9, `internal/gatewayapi/listener.go`).
pub(super) fn kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "TLS" if listener.passes_through() => Some(&[RouteKind::Tls]),
        "TLS" => Some(&[RouteKind::Tcp, RouteKind::Tls]),
        _ => specification::kinds(listener),
    }
}
