use crate::attach::Absent;
use crate::attach::route::BackendOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-backend",
    severity: Severity::Error,
    page: page!("route/unknown-backend"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for backend in &world.attachment.backends {
        let BackendOutcome::Absent(absent) = backend.outcome else {
            continue;
        };
        let reference = backend.written(world.model);
        let route = &world.model.routes[backend.route];
        let namespace = reference.namespace_or(route.object.namespace());
        let near = world.model.services.similar(namespace, reference.name());
        match (absent, near) {
            (Absent::Missing, near) => {
                let finding = findings.at(
                    reference.name_span(),
                    format!(
                        "there is no Service `{}` in the namespace `{namespace}`",
                        reference.name()
                    ),
                );
                if let Some(near) = near {
                    finding.meant(near.object.name());
                }
            }
            (Absent::Outside, Some(near)) => {
                findings
                    .at(
                        reference.name_span(),
                        format!(
                            "no Service `{}` was given, but one of nearly that name",
                            reference.name()
                        ),
                    )
                    .severity(Severity::Warning)
                    .also(near.object.name_span(), "this one was")
                    .meant(near.object.name());
            }
            (Absent::Outside, None) => {}
        }
    }
}
