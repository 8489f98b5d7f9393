use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "duplicate-key",
    severity: Severity::Error,
    page: page!("input/duplicate-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::DuplicateKey) {
        findings.report(problem);
    }
}
