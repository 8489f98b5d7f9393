use crate::rule::Rule;

mod undefined_component;
mod unused_component;
mod unlisted_authenticator;
mod wrong_authenticator_role;
mod guarded_twin;
mod empty_tls_section;
mod ineffective_client_ca;
mod invalid_component_id;
mod invalid_pipeline;
mod one_sided_connector;
mod connector_cycle;

pub(super) static RULES: &[&Rule] = &[
    &undefined_component::RULE,
    &unused_component::RULE,
    &unlisted_authenticator::RULE,
    &wrong_authenticator_role::RULE,
    &guarded_twin::RULE,
    &empty_tls_section::RULE,
    &ineffective_client_ca::RULE,
    &invalid_component_id::RULE,
    &invalid_pipeline::RULE,
    &one_sided_connector::RULE,
    &connector_cycle::RULE,
];
