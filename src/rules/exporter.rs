use crate::rule::Rule;

mod unserved_server_name;
mod uncovered_server_name;
mod untrusted_server;
mod missing_client_certificate;
mod untrusted_client;
mod plaintext_exporter;
mod unknown_listener;
mod unrouted_authority;
mod missing_signal;
mod crossed_protocol;

pub(super) static RULES: &[&Rule] = &[
    &unserved_server_name::RULE,
    &uncovered_server_name::RULE,
    &untrusted_server::RULE,
    &missing_client_certificate::RULE,
    &untrusted_client::RULE,
    &plaintext_exporter::RULE,
    &unknown_listener::RULE,
    &unrouted_authority::RULE,
    &missing_signal::RULE,
    &crossed_protocol::RULE,
];
