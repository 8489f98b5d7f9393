//! The implementations that are known, and what is taken for given of the others.

use super::ClientVerifier;
use super::Demand;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::agentgateway;
use super::by_standard;
use super::cilium;
use super::contour;
use super::envoy_gateway;
use super::gke;
use super::haproxy;
use super::istio;
use super::kgateway;
use super::kong;
use super::nginx;
use super::specification;
use super::traefik;
use crate::attach::conflict::Distinctness;
use crate::attach::scrutiny::Scrutiny;
use crate::model::GATEWAY_API;

/// A class of which nothing is known but the standard.
pub static UNKNOWN: Profile = NOBODY;

/// What the standard says, where it says something.
pub(super) const NOBODY: Profile = Profile {
    name: "an unknown implementation",
    controllers: &[],
    classes: &[],
    terminate_mode: None,
    demand: |_, _| Demand::Unknown,
    drops_http2: false,
    obeys_client_traffic_policy: false,
    obeys_destination_rules: false,
    certificate_annotation: None,
    takes_secrets_only: false,
    mechanism: "ask for client certificates with `spec.tls.frontend` (Gateway API 1.5), or in the way of this \
                implementation",
    options: &[],
    unknown_option: UnknownOption::Unknown,
    withdrawn_tls: |_, _| None,
    frontend: Support::Unknown,
    verifies_https_only: false,
    per_port_falls_back: false,
    broken_optional: None,
    demands_tls_secret: false,
    pair_keys: &[("tls.crt", "tls.key")],
    authority_keys: &["ca.crt"],
    scrutiny: Scrutiny::Readable,
    max_certificates: usize::MAX,
    max_authorities: usize::MAX,
    authority_kinds: &["ConfigMap", "Secret"],
    authority_grant: str::to_owned,
    kinds: specification::kinds,
    asks_for: |_, _| None,
    group_of_kinds: GATEWAY_API,
    faults: specification::faults,
    distinctness: Distinctness::Specification,
    losers_take_routes: true,
    selects_all_without_selector: false,
    hostname_first: false,
    listener_sets: Support::Unknown,
    adopts_service: false,
    is_inward: false,
    voice: &crate::attach::status::SPECIFICATION,
    verifier: ClientVerifier::Unknown,
    upstream: by_standard,
    reads_port_names: false,
    version: |_| None,
};

/// Every known implementation. Sources stand in the file of each: its own code and conformance reports, read in 2026.
pub static PROFILES: &[Profile] = &[
    istio::GATEWAY,
    istio::WAYPOINT,
    istio::EAST_WEST,
    istio::REMOTE,
    envoy_gateway::PROFILE,
    nginx::PROFILE,
    cilium::PROFILE,
    contour::PROFILE,
    kgateway::PROFILE,
    agentgateway::PROFILE,
    traefik::PROFILE,
    kong::PROFILE,
    gke::PROFILE,
    haproxy::PROFILE,
];
