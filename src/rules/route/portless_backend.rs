use crate::attach::route::BackendOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "portless-backend",
    severity: Severity::Error,
    page: page!("route/portless-backend"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for backend in &world.attachment.backends {
        if !matches!(backend.outcome, BackendOutcome::Portless) {
            continue;
        }
        findings
            .at(
                backend.written(world.model).name_span(),
                "this reference to a Service names no port",
            )
            .help("add `port`, that of the Service");
    }
}
