use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unreadable-document",
    severity: Severity::Error,
    page: page!("input/unreadable-document"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::UnreadableDocument) {
        findings.report(problem);
    }
    for problem in world.model.problems_of(ProblemKind::DisputedDocument) {
        findings.report(problem).severity(Severity::Warning);
    }
}
