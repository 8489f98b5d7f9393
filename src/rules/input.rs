use crate::rule::Rule;

mod duplicate_key;
mod duplicate_object;
mod inert_annotation;
mod invalid_value;
mod unfilled_placeholder;
mod unknown_field;
mod unquoted_string;
mod unreadable_document;
mod unrendered_template;
mod unserved_version;
mod unused_ignore;
mod unexplained_ignore;
mod invalid_setting;

pub(super) static RULES: &[&Rule] = &[
    &unreadable_document::RULE,
    &duplicate_key::RULE,
    &unknown_field::RULE,
    &invalid_value::RULE,
    &unquoted_string::RULE,
    &duplicate_object::RULE,
    &unserved_version::RULE,
    &unfilled_placeholder::RULE,
    &unrendered_template::RULE,
    &inert_annotation::RULE,
    &unused_ignore::RULE,
    &unexplained_ignore::RULE,
    &invalid_setting::RULE,
];
