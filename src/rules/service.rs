use crate::rule::Rule;

mod http1_backend;
mod h2c_to_http_receiver;
mod unreachable_port;
mod unread_config;
mod unmounted_file;
mod unreadable_key_file;
mod floating_image;
mod split_sampling;
mod empty_converted_config;
mod selectorless_backend;

pub(super) static RULES: &[&Rule] = &[
    &http1_backend::RULE,
    &h2c_to_http_receiver::RULE,
    &unreachable_port::RULE,
    &unread_config::RULE,
    &unmounted_file::RULE,
    &unreadable_key_file::RULE,
    &floating_image::RULE,
    &split_sampling::RULE,
    &empty_converted_config::RULE,
    &selectorless_backend::RULE,
];
