use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "dead-weight",
    severity: Severity::Warning,
    page: page!("route/dead-weight"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for rule in world.model.routes.iter().flat_map(|route| &route.rules) {
        let weights = rule.backends.iter();
        let idle = weights
            .filter_map(|backend| backend.weight.as_ref())
            .filter(|weight| weight.value == 0);
        let idle: Vec<_> = idle.collect();
        let Some(first) = idle.first() else { continue };
        if idle.len() == rule.backends.len() {
            let message = "no backend has any weight: every request is answered with 500";
            findings
                .at(first.span, message)
                .help("give one of them a weight, or leave `weight` out, which means 1");
            continue;
        }
        for weight in idle {
            let finding = findings.at(
                weight.span,
                "this backend weighs nothing: it gets no request",
            );
            // Whoever shifts traffic by and by begins, and ends, with nothing.
            finding.severity(Severity::Note);
            finding.help("give it a weight, or take it out");
        }
    }
}
