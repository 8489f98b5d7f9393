use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unfilled-placeholder",
    severity: Severity::Error,
    page: page!("input/unfilled-placeholder"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::UnfilledPlaceholder) {
        let place = world.model.place(problem.span);
        // The API server takes any text there; whether it works is up to whoever reads it. A collector reads it literally.
        let data = place.is_some_and(|place| {
            ["Secret ", "ConfigMap "]
                .iter()
                .any(|kind| place.resource.starts_with(kind))
        });
        let read = world
            .model
            .collectors
            .iter()
            .any(|collector| collector.span.contains(problem.span));
        let finding = findings.report(problem);
        if data && !read {
            finding.severity(Severity::Warning);
        }
    }
}
