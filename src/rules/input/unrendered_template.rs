use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unrendered-template",
    severity: Severity::Note,
    page: page!("input/unrendered-template"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::UnrenderedTemplate) {
        findings.report(problem);
    }
}
