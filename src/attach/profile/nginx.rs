//! NGINX Gateway Fabric 2.3 to 2.6. Source: its code at e55bfe339 and the conformance reports of its releases.

use super::ALWAYS;
use super::ClientVerifier;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::by_route;
use super::table::NOBODY;
use crate::attach::conflict::Distinctness;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "NGINX Gateway Fabric",
    controllers: &["gateway.nginx.org/nginx-gateway-controller"],
    classes: &["nginx"],
    mechanism: "ask for client certificates with `spec.tls.frontend` (NGINX Gateway Fabric 2.6)",
    // internal/controller/state/graph/gateway_listener.go, here and below.
    options: &[
        ("nginx.org/ssl-protocols", ALWAYS),
        ("nginx.org/ssl-ciphers", ALWAYS),
        ("nginx.org/ssl-prefer-server-ciphers", ALWAYS),
        ("nginx.org/ssl-session-cache", ALWAYS),
        ("nginx.org/ssl-session-timeout", ALWAYS),
        ("nginx.org/ssl-ecdh-curve", Version::new(2, 4)),
    ],
    withdrawn_tls,
    // The only implementation that says so: `Accepted: False`, `UnsupportedValue`.
    unknown_option: UnknownOption::Refused,
    // 2.3 to 2.5 accept the Gateway, say that the field is not supported, and ask nobody for a certificate.
    frontend: Support::Since(Version::new(2, 6)),
    per_port_falls_back: true,
    // internal/controller/state/resolver/secrets.go.
    demands_tls_secret: true,
    takes_secrets_only: true,
    distinctness: Distinctness::Nginx,
    verifier: ClientVerifier::OpenSsl,
    // `grpc_pass` for a GRPCRoute; for an HTTPRoute `proxy_http_version 2` when `appProtocol` says h2c
    // (docs.nginx.com, "Configure upstream HTTP/2 through Service appProtocol").
    upstream: by_route,
    version: |assume| assume.nginx_gateway_fabric,
    ..NOBODY
};

/// `nginx.org/ssl-protocols` is handed on to `ssl_protocols`, whatever OpenSSL still knows.
fn withdrawn_tls(key: &str, value: &str) -> Option<&'static str> {
    let withdrawn = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];
    let mut versions = withdrawn
        .into_iter()
        .filter(|_| key == "nginx.org/ssl-protocols");
    versions.find(|version| value.split_whitespace().any(|word| word == *version))
}
