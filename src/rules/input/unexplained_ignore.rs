use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unexplained-ignore",
    severity: Severity::Warning,
    page: page!("input/unexplained-ignore"),
    check,
};

/// Which suppressions give no reason is known where they are applied: the report says it.
const fn check(_: &World<'_>, _: &mut Findings) {}
