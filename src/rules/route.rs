use crate::rule::Rule;

mod unknown_parent;
mod unknown_section;
mod namespace_not_allowed;
mod kind_not_allowed;
mod disjoint_hostname;
mod unknown_backend;
mod unknown_backend_port;
mod portless_backend;
mod missing_grant;
mod wide_grant;
mod unused_grant;
mod unrouted_signal;
mod crossed_route;
mod shadowed_route;
mod dead_weight;
mod passthrough_mismatch;
mod backend_tls_mismatch;
mod unguarded_gateway_rbac;

pub(super) static RULES: &[&Rule] = &[
    &unknown_parent::RULE,
    &unknown_section::RULE,
    &namespace_not_allowed::RULE,
    &kind_not_allowed::RULE,
    &disjoint_hostname::RULE,
    &unknown_backend::RULE,
    &unknown_backend_port::RULE,
    &portless_backend::RULE,
    &missing_grant::RULE,
    &wide_grant::RULE,
    &unused_grant::RULE,
    &unrouted_signal::RULE,
    &crossed_route::RULE,
    &shadowed_route::RULE,
    &dead_weight::RULE,
    &passthrough_mismatch::RULE,
    &backend_tls_mismatch::RULE,
    &unguarded_gateway_rbac::RULE,
];
