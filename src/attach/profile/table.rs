//! The implementations that are known.

use super::ClientVerifier;
use super::Demand;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::by_route;
use super::by_route_or_grpc;
use super::by_standard;
use super::envoy_gateway;
use super::istio;
use super::specification;
use crate::attach::conflict::Distinctness;
use crate::attach::scrutiny::Scrutiny;
use crate::settings::Version;

/// A class of which nothing is known but the standard.
pub static UNKNOWN: Profile = NOBODY;

const NOBODY: Profile = Profile {
    name: "an unknown implementation",
    controllers: &[],
    classes: &[],
    terminate_mode: None,
    demand: |_, _| Demand::Unknown,
    obeys_client_traffic_policy: false,
    options: &[],
    unknown_option: UnknownOption::Unknown,
    frontend: Support::Unknown,
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
    faults: specification::faults,
    distinctness: Distinctness::Specification,
    losers_take_routes: true,
    selects_all_without_selector: false,
    hostname_first: false,
    serves_listener_sets: true,
    adopts_service: false,
    is_inward: false,
    voice: &crate::attach::status::SPECIFICATION,
    verifier: ClientVerifier::Unknown,
    upstream: by_standard,
    reads_port_names: false,
    version: |_| None,
};

/// Istio's gateways for traffic from outside (istio 1.32, `pilot/pkg/config/kube/gateway`).
const ISTIO: Profile = Profile {
    name: "Istio",
    controllers: &["istio.io/gateway-controller"],
    classes: &["istio"],
    terminate_mode: Some("gateway.istio.io/tls-terminate-mode"),
    demand: istio::demand,
    options: &[
        "gateway.istio.io/tls-terminate-mode",
        "gateway.istio.io/tls-cipher-suites",
    ],
    unknown_option: UnknownOption::Ignored,
    frontend: Support::Since(Version::new(1, 28)),
    broken_optional: Some((Version::new(1, 29), Version::new(1, 32))),
    adopts_service: true,
    pair_keys: &[("cert", "key"), ("tls.crt", "tls.key")],
    authority_keys: &["cacert", "ca.crt"],
    scrutiny: Scrutiny::Matching,
    max_certificates: 2,
    max_authorities: 1,
    authority_grant: istio::authority_grant,
    kinds: istio::kinds,
    faults: istio::faults,
    distinctness: Distinctness::Istio,
    losers_take_routes: false,
    selects_all_without_selector: true,
    hostname_first: true,
    voice: &crate::attach::status::ISTIO,
    verifier: ClientVerifier::Envoy,
    upstream: istio::upstream,
    reads_port_names: true,
    version: |assume| assume.istio,
    ..NOBODY
};

/// Every known implementation. Sources: each project's own code and conformance report, read in 2026.
pub static PROFILES: &[Profile] = &[
    ISTIO,
    Profile {
        name: "Istio (waypoint)",
        controllers: &["istio.io/mesh-controller"],
        classes: &["istio-waypoint"],
        kinds: istio::waypoint_kinds,
        is_inward: true,
        serves_listener_sets: false,
        ..ISTIO
    },
    Profile {
        name: "Istio (east-west gateway)",
        controllers: &["istio.io/eastwest-controller"],
        classes: &["istio-east-west"],
        kinds: istio::east_west_kinds,
        is_inward: true,
        serves_listener_sets: false,
        ..ISTIO
    },
    Profile {
        name: "Istio (remote)",
        controllers: &["istio.io/unmanaged-gateway"],
        classes: &["istio-remote"],
        serves_listener_sets: false,
        voice: &crate::attach::status::ISTIO_REMOTE,
        ..ISTIO
    },
    Profile {
        name: "Envoy Gateway",
        controllers: &["gateway.envoyproxy.io/gatewayclass-controller"],
        classes: &["eg", "envoy-gateway"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Since(Version::new(1, 8)),
        obeys_client_traffic_policy: true,
        demands_tls_secret: true,
        scrutiny: Scrutiny::Valid,
        kinds: envoy_gateway::kinds,
        distinctness: Distinctness::EnvoyGateway,
        voice: &crate::attach::status::ENVOY_GATEWAY,
        verifier: ClientVerifier::Envoy,
        upstream: by_route_or_grpc,
        version: |assume| assume.envoy_gateway,
        ..NOBODY
    },
    Profile {
        name: "NGINX Gateway Fabric",
        controllers: &["gateway.nginx.org/nginx-gateway-controller"],
        classes: &["nginx"],
        options: &[
            "nginx.org/ssl-protocols",
            "nginx.org/ssl-ciphers",
            "nginx.org/ssl-prefer-server-ciphers",
            "nginx.org/ssl-session-cache",
            "nginx.org/ssl-session-timeout",
            "nginx.org/ssl-ecdh-curve",
        ],
        unknown_option: UnknownOption::Refused,
        frontend: Support::Since(Version::new(2, 6)),
        per_port_falls_back: true,
        demands_tls_secret: true,
        distinctness: Distinctness::Nginx,
        verifier: ClientVerifier::OpenSsl,
        upstream: by_route,
        version: |assume| assume.nginx_gateway_fabric,
        ..NOBODY
    },
    Profile {
        name: "Cilium",
        controllers: &["io.cilium/gateway-controller"],
        classes: &["cilium"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::Envoy,
        version: |assume| assume.cilium,
        ..NOBODY
    },
    Profile {
        name: "Contour",
        max_certificates: 1,
        controllers: &["projectcontour.io/gateway-controller"],
        classes: &["contour"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::Envoy,
        version: |assume| assume.contour,
        ..NOBODY
    },
    Profile {
        name: "kgateway",
        controllers: &["kgateway.dev/kgateway"],
        classes: &["kgateway"],
        options: &[
            "kgateway.dev/alpn-protocols",
            "kgateway.dev/cipher-suites",
            "kgateway.dev/ecdh-curves",
            "kgateway.dev/min-tls-version",
            "kgateway.dev/max-tls-version",
            "kgateway.dev/signature-algorithms",
            "kgateway.dev/verify-subject-alt-names",
            "kgateway.dev/verify-certificate-hash",
        ],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Since(Version::new(2, 3)),
        verifier: ClientVerifier::Envoy,
        version: |assume| assume.kgateway,
        ..NOBODY
    },
    Profile {
        name: "Traefik",
        controllers: &["traefik.io/gateway-controller"],
        classes: &["traefik"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::Go,
        version: |assume| assume.traefik,
        ..NOBODY
    },
    Profile {
        name: "Kong",
        controllers: &[
            "konghq.com/kic-gateway-controller",
            "konghq.com/gateway-operator",
        ],
        classes: &["kong"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::OpenSsl,
        version: |assume| assume.kong,
        ..NOBODY
    },
    Profile {
        name: "GKE",
        controllers: &["networking.gke.io/gateway"],
        classes: &[
            "gke-l7-global-external-managed",
            "gke-l7-regional-external-managed",
            "gke-l7-rilb",
            "gke-l7-gxlb",
        ],
        frontend: Support::Since(Version::new(1, 35)),
        kinds: specification::kinds_without_grpc,
        serves_listener_sets: false,
        ..NOBODY
    },
    Profile {
        name: "HAProxy Ingress",
        controllers: &["haproxy-ingress.github.io/controller"],
        classes: &["haproxy"],
        frontend: Support::Never,
        kinds: specification::kinds_without_grpc,
        verifier: ClientVerifier::OpenSsl,
        ..NOBODY
    },
    Profile {
        name: "agentgateway",
        controllers: &["agentgateway.dev/agentgateway"],
        classes: &["agentgateway"],
        frontend: Support::Since(Version::new(1, 0)),
        ..NOBODY
    },
];
