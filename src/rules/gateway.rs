use crate::rule::Rule;

mod misshapen_listener_tls;
mod plaintext_listener;
mod unknown_tls_option;
mod unknown_tls_mode;
mod missing_client_ca;
mod unauthenticated_listener;

pub(super) static RULES: &[&Rule] = &[
    &misshapen_listener_tls::RULE,
    &plaintext_listener::RULE,
    &unknown_tls_option::RULE,
    &unknown_tls_mode::RULE,
    &missing_client_ca::RULE,
    &unauthenticated_listener::RULE,
];
