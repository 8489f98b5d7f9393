use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "duplicate-listener",
    severity: Severity::Error,
    page: page!("gateway/duplicate-listener"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::DuplicateListener) {
        findings.report(problem);
    }
}
