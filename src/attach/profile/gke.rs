//! GKE. Source: its conformance report for Gateway API 1.6 (1.36.2-gke.2154000): HTTP profile, standard channel.

use super::Backend;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::Wire;
use super::specification;
use super::table::NOBODY;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "GKE",
    controllers: &["networking.gke.io/gateway"],
    classes: &[
        "gke-l7-global-external-managed",
        "gke-l7-regional-external-managed",
        "gke-l7-rilb",
        "gke-l7-gxlb",
    ],
    mechanism: "ask for client certificates with `spec.tls.frontend` (GKE 1.35.2)",
    unknown_option: UnknownOption::Ignored,
    frontend: Support::Since(Version::new(1, 35)),
    // docs.cloud.google.com, "Secure a Gateway": a certificate map, with listeners without `tls`.
    certificate_annotation: Some("networking.gke.io/certmap"),
    kinds: specification::kinds_without_grpc,
    listener_sets: Support::Never,
    upstream,
    ..NOBODY
};

/// The report does not claim HTTPRouteBackendProtocolH2C: what is spoken goes by GKE's own reading of `appProtocol`.
fn upstream(backend: &Backend<'_>) -> Wire {
    match backend.is_raw() {
        true => Wire::Raw,
        false => Wire::Unknown,
    }
}
