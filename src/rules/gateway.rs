use crate::rule::Rule;

mod unexpected_status;
mod unknown_gateway_class;
mod duplicate_listener;
mod conflicting_listeners;
mod misshapen_listener_tls;
mod plaintext_listener;
mod unknown_tls_option;
mod unknown_tls_mode;
mod unauthenticated_listener;
mod optional_client_certificate;
mod missing_client_ca;
mod dropped_client_validation;
mod ineffective_client_validation;
mod weak_listener_tls;
mod mesh_certificate_listener;
mod client_auth_bypass;
mod coalescing_bypass;
mod open_route_namespaces;
mod listener_without_hostname;
mod unrouted_listener;
mod unpublished_port;
mod unsupported_field;
mod misplaced_cert_manager_annotation;

pub(super) static RULES: &[&Rule] = &[
    &unknown_gateway_class::RULE,
    &duplicate_listener::RULE,
    &conflicting_listeners::RULE,
    &misshapen_listener_tls::RULE,
    &plaintext_listener::RULE,
    &unknown_tls_option::RULE,
    &unknown_tls_mode::RULE,
    &unauthenticated_listener::RULE,
    &optional_client_certificate::RULE,
    &missing_client_ca::RULE,
    &dropped_client_validation::RULE,
    &ineffective_client_validation::RULE,
    &weak_listener_tls::RULE,
    &mesh_certificate_listener::RULE,
    &client_auth_bypass::RULE,
    &coalescing_bypass::RULE,
    &open_route_namespaces::RULE,
    &listener_without_hostname::RULE,
    &unrouted_listener::RULE,
    &unpublished_port::RULE,
    &unsupported_field::RULE,
    &misplaced_cert_manager_annotation::RULE,
    &unexpected_status::RULE,
];
