use crate::rule::Rule;

mod unreadable_document;

pub(super) static RULES: &[&Rule] = &[&unreadable_document::RULE];
