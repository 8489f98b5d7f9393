use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-field",
    severity: Severity::Error,
    page: page!("input/unknown-field"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::UnknownField) {
        let finding = findings.report(problem);
        if problem.hangs_on_version {
            finding.severity(Severity::Warning).help(
                "the version of the Collector is not known here: `assume: {collector: …}` says it",
            );
        }
    }
    for problem in world.model.problems_of(ProblemKind::DisputedField) {
        findings.report(problem).severity(Severity::Warning);
    }
}
