use crate::rule::Rule;

mod invalid_endpoint;
mod crossed_protocol;
mod unknown_listener;
mod unserved_server_name;
mod unrouted_authority;
mod conflicting_authority;
mod uncovered_server_name;
mod untrusted_server;
mod untrusted_client;
mod missing_client_certificate;
mod half_key_pair;
mod plaintext_exporter;
mod unverified_server;
mod ignored_tls_setting;
mod credentials_without_tls;
mod mismatched_credentials;
mod denied_exporter;
mod newline_in_credentials;
mod missing_signal;
mod proxied_service;
mod eager_keepalive;

pub(super) static RULES: &[&Rule] = &[
    &invalid_endpoint::RULE,
    &crossed_protocol::RULE,
    &unknown_listener::RULE,
    &unserved_server_name::RULE,
    &unrouted_authority::RULE,
    &conflicting_authority::RULE,
    &uncovered_server_name::RULE,
    &untrusted_server::RULE,
    &untrusted_client::RULE,
    &missing_client_certificate::RULE,
    &half_key_pair::RULE,
    &plaintext_exporter::RULE,
    &unverified_server::RULE,
    &ignored_tls_setting::RULE,
    &credentials_without_tls::RULE,
    &mismatched_credentials::RULE,
    &denied_exporter::RULE,
    &newline_in_credentials::RULE,
    &missing_signal::RULE,
    &proxied_service::RULE,
    &eager_keepalive::RULE,
];
