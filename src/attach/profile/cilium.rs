//! Cilium up to 1.20. Source: cilium/cilium, Documentation/helm-values.rst, the issues named below.

use super::Backend;
use super::ClientVerifier;
use super::H2C;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::Wire;
use super::table::NOBODY;
use crate::attach::listener::Transport;
use crate::model::route::RouteKind;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "Cilium",
    controllers: &["io.cilium/gateway-controller"],
    classes: &["cilium"],
    mechanism: "no released Cilium asks clients for certificates (cilium/cilium#34359): pass TLS through to the \
                collector with protocol `TLS`, mode `Passthrough` and a TLSRoute, and set `client_ca_file` there",
    unknown_option: UnknownOption::Ignored,
    // cilium/cilium#34359 and #45783 are open; the report of 1.20.0 does not claim it.
    frontend: Support::Never,
    asks_for,
    verifier: ClientVerifier::Envoy,
    upstream,
    version: |assume| assume.cilium,
    ..NOBODY
};

/// Without v1alpha2 of TLSRoute the operator of 1.19 turns Gateway API off altogether (cilium/cilium#44920).
fn asks_for(kind: RouteKind, version: Option<Version>) -> Option<&'static str> {
    let is_concerned = kind == RouteKind::Tls && version == Some(Version::new(1, 19));
    is_concerned.then_some("v1alpha2")
}

/// Where TLS ends at the listener, gRPC clients want ALPN, which is off unless `gatewayAPI.enableAlpn` is set; with it
/// Cilium goes by `appProtocol`, and speaks HTTP/1.1 to a port that does not say `kubernetes.io/h2c`, whatever the kind of
/// route (cilium/cilium#39484, #40260, Documentation/network/servicemesh/gateway-api/grpc.rst). In plain text it speaks
/// what the client spoke, unless `gatewayAPI.enableAppProtocol` is set.
fn upstream(backend: &Backend<'_>) -> Wire {
    match (backend.protocol(), backend.transport) {
        _ if backend.is_raw() => Wire::Raw,
        (Some(H2C), _) => Wire::H2c,
        (_, Transport::Terminate) => Wire::Http1,
        _ => Wire::Unknown,
    }
}
