//! Traefik Proxy up to 3.8. Source: pkg/provider/kubernetes/gateway, its documentation.

use super::Backend;
use super::ClientVerifier;
use super::H2C;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::Wire;
use super::table::NOBODY;
use crate::model::route::RouteKind;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "Traefik",
    controllers: &["traefik.io/gateway-controller"],
    classes: &["traefik"],
    mechanism: "Traefik asks for client certificates only by a TLSOption called `default` with `clientAuth`, which holds \
                for the whole process (traefik/traefik#11975)",
    // kubernetes.go reads neither options nor `spec.tls.frontend`.
    unknown_option: UnknownOption::Ignored,
    frontend: Support::Never,
    // The documentation of 3.8.
    listener_sets: Support::Since(Version::new(3, 8)),
    // Authorities of a Secret, for backends.
    authority_keys: &["tls.ca", "ca.crt"],
    verifier: ClientVerifier::Go,
    upstream,
    version: |assume| assume.traefik,
    ..NOBODY
};

/// A GRPCRoute means HTTP/2 unless `appProtocol` says otherwise, and any word but these is refused
/// (pkg/provider/kubernetes/gateway/grpcroute.go, `getGRPCServiceProtocol`).
fn upstream(backend: &Backend<'_>) -> Wire {
    match (backend.kind, backend.protocol()) {
        _ if backend.is_raw() => Wire::Raw,
        (_, Some(H2C)) | (RouteKind::Grpc, None) => Wire::H2c,
        (_, Some("https")) => Wire::Tls,
        (RouteKind::Http, None) if !is_taken_for_https(backend) => Wire::Http1,
        _ => Wire::Unknown,
    }
}

/// Whether a port without `appProtocol` is taken for HTTPS by its number or name.
fn is_taken_for_https(backend: &Backend<'_>) -> bool {
    let name = backend.port.name.as_ref();
    let port = backend.port.port.as_ref();
    port.is_some_and(|port| port.value == 443) || name.is_some_and(|name| name.starts_with("https"))
}
