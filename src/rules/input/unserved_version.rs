use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unserved-version",
    severity: Severity::Error,
    page: page!("input/unserved-version"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::UnservedVersion) {
        findings.report(problem);
    }
    for problem in world.model.problems_of(ProblemKind::DeprecatedVersion) {
        findings.report(problem).severity(Severity::Warning);
    }
}
