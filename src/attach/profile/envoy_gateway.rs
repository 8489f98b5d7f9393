//! Envoy Gateway 1.6 to 1.9. Source: its code at v1.9.0.

use super::Backend;
use super::ClientVerifier;
use super::H2C;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::Wire;
use super::by_route;
use super::specification;
use super::table::NOBODY;
use crate::attach::conflict::Distinctness;
use crate::attach::scrutiny::Scrutiny;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "Envoy Gateway",
    controllers: &["gateway.envoyproxy.io/gatewayclass-controller"],
    classes: &["eg", "envoy-gateway"],
    mechanism: "ask for client certificates with `spec.tls.frontend` (Envoy Gateway 1.8), or with a ClientTrafficPolicy \
                that has `tls.clientValidation`",
    // No code reads `listeners[].tls.options` (internal/gatewayapi).
    unknown_option: UnknownOption::Ignored,
    // Conformance reports from 1.8 on claim GatewayFrontendClientCertificateValidation.
    frontend: Support::Since(Version::new(1, 8)),
    // internal/gatewayapi/listener.go.
    verifies_https_only: true,
    // internal/gatewayapi/listener.go, `OverlappingTLSConfig`.
    drops_http2: true,
    obeys_client_traffic_policy: true,
    // internal/gatewayapi/validate.go, `validateTerminateModeAndGetTLSSecrets`.
    demands_tls_secret: true,
    takes_secrets_only: true,
    scrutiny: Scrutiny::Valid,
    kinds,
    distinctness: Distinctness::EnvoyGateway,
    voice: &crate::attach::status::ENVOY_GATEWAY,
    verifier: ClientVerifier::Envoy,
    upstream,
    version: |assume| assume.envoy_gateway,
    ..NOBODY
};

/// TLS without a mode carries both kinds (internal/gatewayapi/listener.go).
fn kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "TLS" if listener.passes_through() => Some(&[RouteKind::Tls]),
        "TLS" => Some(&[RouteKind::Tcp, RouteKind::Tls]),
        _ => specification::kinds(listener),
    }
}

/// As the standard says, and the bare `grpc` that the OpenTelemetry operator writes (internal/gatewayapi/route.go).
fn upstream(backend: &Backend<'_>) -> Wire {
    match (backend.kind, backend.protocol()) {
        (RouteKind::Http, Some(H2C | "grpc")) => Wire::H2c,
        _ => by_route(backend),
    }
}
