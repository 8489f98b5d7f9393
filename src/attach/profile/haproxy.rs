//! HAProxy Ingress (jcmoraisjr) 0.17. Source: its documentation: HTTPRoute, TLSRoute and TCPRoute, no GRPCRoute.

use super::ClientVerifier;
use super::Profile;
use super::Support;
use super::specification;
use super::table::NOBODY;

pub(super) const PROFILE: Profile = Profile {
    name: "HAProxy Ingress",
    controllers: &["haproxy-ingress.github.io/controller"],
    classes: &["haproxy"],
    mechanism: "HAProxy Ingress asks for client certificates only by annotations of its own; with Gateway API pass TLS \
                through to the collector with protocol `TLS`, mode `Passthrough` and a TLSRoute, and set \
                `client_ca_file` there",
    frontend: Support::Never,
    kinds: specification::kinds_without_grpc,
    verifier: ClientVerifier::OpenSsl,
    version: |assume| assume.haproxy,
    ..NOBODY
};
