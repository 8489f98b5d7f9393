//! The implementations that are known.

use super::ClientVerifier;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::by_route;
use super::by_route_or_grpc;
use super::by_standard;
use super::istio;
use crate::settings::Version;

/// A class of which nothing is known but the standard.
pub const UNKNOWN: Profile = Profile {
    name: "an unknown implementation",
    controllers: &[],
    classes: &[],
    terminate_mode: None,
    options: &[],
    unknown_option: UnknownOption::Unknown,
    frontend: Support::Unknown,
    demands_tls_secret: false,
    verifier: ClientVerifier::Unknown,
    upstream: by_standard,
    reads_port_names: false,
    version: |_| None,
};

/// Every known implementation. Sources: each project's own code and conformance report, read in 2026.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "Istio",
        controllers: &["istio.io/gateway-controller"],
        classes: &["istio"],
        terminate_mode: Some("gateway.istio.io/tls-terminate-mode"),
        options: &[
            "gateway.istio.io/tls-terminate-mode",
            "gateway.istio.io/tls-cipher-suites",
        ],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Since(Version::new(1, 28)),
        verifier: ClientVerifier::Envoy,
        upstream: istio::upstream,
        reads_port_names: true,
        version: |assume| assume.istio,
        ..UNKNOWN
    },
    Profile {
        name: "Envoy Gateway",
        controllers: &["gateway.envoyproxy.io/gatewayclass-controller"],
        classes: &["eg", "envoy-gateway"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Since(Version::new(1, 8)),
        demands_tls_secret: true,
        verifier: ClientVerifier::Envoy,
        upstream: by_route_or_grpc,
        version: |assume| assume.envoy_gateway,
        ..UNKNOWN
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
        demands_tls_secret: true,
        verifier: ClientVerifier::OpenSsl,
        upstream: by_route,
        version: |assume| assume.nginx_gateway_fabric,
        ..UNKNOWN
    },
    Profile {
        name: "Cilium",
        controllers: &["io.cilium/gateway-controller"],
        classes: &["cilium"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::Envoy,
        version: |assume| assume.cilium,
        ..UNKNOWN
    },
    Profile {
        name: "Contour",
        controllers: &["projectcontour.io/gateway-controller"],
        classes: &["contour"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::Envoy,
        version: |assume| assume.contour,
        ..UNKNOWN
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
        ..UNKNOWN
    },
    Profile {
        name: "Traefik",
        controllers: &["traefik.io/gateway-controller"],
        classes: &["traefik"],
        unknown_option: UnknownOption::Ignored,
        frontend: Support::Never,
        verifier: ClientVerifier::Go,
        version: |assume| assume.traefik,
        ..UNKNOWN
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
        ..UNKNOWN
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
        ..UNKNOWN
    },
];
