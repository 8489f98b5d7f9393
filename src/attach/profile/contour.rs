//! Contour up to 1.33, built on Gateway API 1.3. Source: its code, internal/dag and internal/gatewayapi.

use super::Backend;
use super::ClientVerifier;
use super::H2C;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::Wire;
use super::specification;
use super::table::NOBODY;
use crate::attach::conflict::Distinctness;
use crate::attach::listener::Transport;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;

pub(super) const PROFILE: Profile = Profile {
    name: "Contour",
    controllers: &["projectcontour.io/gateway-controller"],
    classes: &["contour"],
    mechanism: "Contour asks for client certificates only in an HTTPProxy (`tls.clientValidation.caSecret`); with Gateway \
                API pass TLS through to the collector with protocol `TLS`, mode `Passthrough` and a TLSRoute, and set \
                `client_ca_file` there",
    unknown_option: UnknownOption::Ignored,
    // The field came with Gateway API 1.4.
    frontend: Support::Never,
    // ListenerSet came with Gateway API 1.5.
    listener_sets: Support::Never,
    // internal/dag/gatewayapi_processor.go: exactly one, of type kubernetes.io/tls or Opaque (internal/dag/secret.go).
    max_certificates: 1,
    kinds,
    // Its client is that of v1alpha2 (internal/k8s, Gateway API 1.3).
    asks_for: |kind, _| (kind == RouteKind::Tls).then_some("v1alpha2"),
    distinctness: Distinctness::Contour,
    verifier: ClientVerifier::Envoy,
    upstream,
    version: |assume| assume.contour,
    ..NOBODY
};

/// Its own protocol beside those of the standard, and no UDP (internal/gatewayapi/listeners.go).
fn kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "projectcontour.io/https" => Some(specification::WEB),
        "UDP" => None,
        _ => specification::kinds(listener),
    }
}

/// By `appProtocol`, else by the Service's annotations; a GRPCRoute without either gets what its listener speaks: HTTP/2 in
/// plain text behind HTTP, HTTP/2 in TLS behind HTTPS (internal/dag/gatewayapi_processor.go, `setDefaultServiceProtocol`;
/// internal/dag/accessors.go, `upstreamProtocol`).
fn upstream(backend: &Backend<'_>) -> Wire {
    let mut annotations = backend.service.object.annotations.iter();
    let is_annotated = annotations.any(|own| own.key.starts_with(UPSTREAM_PROTOCOL));
    match (backend.kind, backend.protocol()) {
        _ if backend.is_raw() => Wire::Raw,
        (_, Some(H2C | "projectcontour.io/h2c")) => Wire::H2c,
        (_, Some("https" | "projectcontour.io/tls" | "projectcontour.io/h2")) => Wire::Tls,
        (_, None) if is_annotated => Wire::Unknown,
        (RouteKind::Grpc, None) => match backend.transport {
            Transport::Plain => Wire::H2c,
            Transport::Terminate => Wire::Tls,
            _ => Wire::Unknown,
        },
        (_, None | Some("http" | "kubernetes.io/ws")) => Wire::Http1,
        // Another word: the reference is not resolved (`UnsupportedProtocol`).
        _ => Wire::Unknown,
    }
}

/// `projectcontour.io/upstream-protocol.h2c: "4317"`.
const UPSTREAM_PROTOCOL: &str = "projectcontour.io/upstream-protocol.";
