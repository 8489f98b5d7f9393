use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "invalid-setting",
    severity: Severity::Error,
    page: page!("input/invalid-setting"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in &world.settings.problems {
        findings.report(problem);
    }
}
