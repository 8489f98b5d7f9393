//! Istio's own ways.

use super::ALWAYS;
use super::Backend;
use super::ClientVerifier;
use super::Demand;
use super::H2C;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::Wire;
use super::specification;
use super::table::NOBODY;
use crate::attach::conflict::Distinctness;
use crate::attach::listener::Fault;
use crate::attach::scrutiny::Scrutiny;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;
use crate::settings::Version;

/// Istio's gateways for traffic from outside (istio 1.32, `pilot/pkg/config/kube/gateway`).
pub(super) const GATEWAY: Profile = Profile {
    name: "Istio",
    controllers: &["istio.io/gateway-controller"],
    classes: &["istio"],
    terminate_mode: Some("gateway.istio.io/tls-terminate-mode"),
    demand,
    mechanism: "ask for client certificates with `spec.tls.frontend` (Istio 1.28), or with the option \
                `gateway.istio.io/tls-terminate-mode: MUTUAL`",
    options: &[
        ("gateway.istio.io/tls-terminate-mode", ALWAYS),
        ("gateway.istio.io/tls-cipher-suites", ALWAYS),
    ],
    unknown_option: UnknownOption::Ignored,
    frontend: Support::Since(Version::new(1, 28)),
    broken_optional: Some((Version::new(1, 29), Version::new(1, 32))),
    obeys_destination_rules: true,
    adopts_service: true,
    takes_secrets_only: true,
    pair_keys: &[("cert", "key"), ("tls.crt", "tls.key")],
    authority_keys: &["cacert", "ca.crt"],
    scrutiny: Scrutiny::Matching,
    max_certificates: 2,
    max_authorities: 1,
    authority_grant,
    kinds,
    asks_for,
    faults,
    distinctness: Distinctness::Istio,
    losers_take_routes: false,
    selects_all_without_selector: true,
    hostname_first: true,
    voice: &crate::attach::status::ISTIO,
    verifier: ClientVerifier::Envoy,
    upstream,
    reads_port_names: true,
    version: |assume| assume.istio,
    ..NOBODY
};

/// A waypoint of the ambient mesh.
pub(super) const WAYPOINT: Profile = Profile {
    name: "Istio (waypoint)",
    controllers: &["istio.io/mesh-controller"],
    classes: &["istio-waypoint"],
    kinds: waypoint_kinds,
    is_inward: true,
    listener_sets: Support::Never,
    ..GATEWAY
};

/// The gateway between networks of one mesh.
pub(super) const EAST_WEST: Profile = Profile {
    name: "Istio (east-west gateway)",
    controllers: &["istio.io/eastwest-controller"],
    classes: &["istio-east-west"],
    kinds: east_west_kinds,
    is_inward: true,
    listener_sets: Support::Never,
    ..GATEWAY
};

/// A gateway that somebody else runs: its listeners are never looked at.
pub(super) const REMOTE: Profile = Profile {
    name: "Istio (remote)",
    controllers: &["istio.io/unmanaged-gateway"],
    classes: &["istio-remote"],
    listener_sets: Support::Never,
    voice: &crate::attach::status::ISTIO_REMOTE,
    ..GATEWAY
};

/// A gateway speaks HTTP/2 only to ports whose protocol says so: `appProtocol` if there is one, else the part of the
/// port's name before the first `-`. The kind of route does not matter (istio 1.31, `pkg/config/kube/conversion.go`,
/// `cluster_builder.go` `setUpstreamProtocol`).
fn upstream(backend: &Backend<'_>) -> Wire {
    let word = match (backend.protocol(), &backend.port.name) {
        _ if backend.is_raw() => return Wire::Raw,
        (Some(H2C), _) => return Wire::H2c,
        (Some(protocol), _) => protocol,
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
fn kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "UDP" => None,
        "TLS" if listener.passes_through() || listener.tls.is_none() => Some(&[RouteKind::Tls]),
        _ => specification::kinds(listener),
    }
}

/// From 1.30 on a TLSRoute is looked at only when a bundle of 1.5 or later is installed, which serves v1
/// (`pkg/config/schema/gatewayapi/minimumversions.go`). What earlier versions do hangs on a flag of istiod.
fn asks_for(kind: RouteKind, version: Option<Version>) -> Option<&'static str> {
    let is_concerned =
        kind == RouteKind::Tls && version.is_some_and(|version| version >= Version::new(1, 30));
    is_concerned.then_some("v1")
}

/// A waypoint has one listener, for the mesh's own tunnel, to which no route attaches (istio 1.32,
/// `gateway/conversion.go`, `unexpectedWaypointListener`).
fn waypoint_kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    let is_port = listener
        .port
        .as_ref()
        .is_some_and(|port| port.value == 15008);
    (listener.protocol() == "HBONE" && is_port).then_some(&[])
}

/// As any gateway, and the mesh's own tunnel.
fn east_west_kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "HBONE" => Some(&[]),
        _ => kinds(listener),
    }
}

/// A ListenerSet's HTTPS listener without TLS is refused; that of a Gateway is passed over with a line in the log, as is
/// everything else that the specification forbids (istio 1.32, `gateway/conversion.go`).
fn faults(listener: &Listener) -> Vec<Fault> {
    let faults = specification::faults(listener).into_iter();
    faults.filter(|fault| *fault == Fault::NoTls).collect()
}

/// For a client CA the name that is compared carries a suffix (istio 1.32, `pilot/pkg/model/credentials`).
fn authority_grant(name: &str) -> String {
    format!("{name}-cacert")
}

/// Upper case only, `OPTIONAL_MUTUAL` since 1.27; anything else is one-way TLS (istio 1.32, `gateway/conversion.go`,
/// `buildTLS`).
fn demand(value: &str, version: Option<Version>) -> Demand {
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
