use crate::rule::Rule;

mod http1_backend;
mod h2c_to_http_receiver;
mod selectorless_backend;
mod unreachable_port;
mod public_collector;
mod public_internals;
mod blocked_by_network_policy;
mod unread_config;
mod unmounted_file;
mod unreadable_key_file;
mod floating_image;
mod missing_collector_rbac;
mod split_sampling;
mod empty_converted_config;

pub(super) static RULES: &[&Rule] = &[
    &http1_backend::RULE,
    &h2c_to_http_receiver::RULE,
    &selectorless_backend::RULE,
    &unreachable_port::RULE,
    &public_collector::RULE,
    &public_internals::RULE,
    &blocked_by_network_policy::RULE,
    &unread_config::RULE,
    &unmounted_file::RULE,
    &unreadable_key_file::RULE,
    &floating_image::RULE,
    &missing_collector_rbac::RULE,
    &split_sampling::RULE,
    &empty_converted_config::RULE,
];
