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
];
