use crate::rule::Rule;

mod unannotated_secure_port;
mod mismatched_secure_port;
mod inert_secure_port;
mod colliding_metrics_port;
mod open_plaintext_metrics;
mod stranded_plaintext_scrape;
mod intercepted_scrape;
mod uncertified_scraper;
mod wrong_metrics_path;
mod broken_metrics_chain;
mod namespace_wide_sidecar;
mod public_metrics_port;
mod uninjected_namespace;
mod conflicting_injection;
mod mesh_tls_conflict;
mod obsolete_alpha_flag;

pub(super) static RULES: &[&Rule] = &[
    &unannotated_secure_port::RULE,
    &mismatched_secure_port::RULE,
    &inert_secure_port::RULE,
    &colliding_metrics_port::RULE,
    &open_plaintext_metrics::RULE,
    &stranded_plaintext_scrape::RULE,
    &intercepted_scrape::RULE,
    &uncertified_scraper::RULE,
    &wrong_metrics_path::RULE,
    &broken_metrics_chain::RULE,
    &namespace_wide_sidecar::RULE,
    &public_metrics_port::RULE,
    &uninjected_namespace::RULE,
    &conflicting_injection::RULE,
    &mesh_tls_conflict::RULE,
    &obsolete_alpha_flag::RULE,
];
