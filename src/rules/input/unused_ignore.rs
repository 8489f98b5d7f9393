use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unused-ignore",
    severity: Severity::Warning,
    page: page!("input/unused-ignore"),
    check,
};

/// Which suppressions silence nothing is known when every other rule has spoken: the report says it.
const fn check(_: &World<'_>, _: &mut Findings) {}
