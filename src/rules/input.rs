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
];
