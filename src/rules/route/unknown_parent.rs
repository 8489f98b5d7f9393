use crate::attach::Absent;
use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-parent",
    severity: Severity::Error,
    page: page!("route/unknown-parent"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for parent in &world.attachment.parents {
        let ParentOutcome::Absent(absent) = parent.outcome else {
            continue;
        };
        let route = &world.model.routes[parent.route];
        let reference = &route.parents[parent.parent];
        let namespace = reference.namespace_or(route.object.namespace());
        let near = world.model.gateways.similar(namespace, reference.name());
        let message = format!(
            "there is no Gateway `{}` in the namespace `{namespace}`",
            reference.name()
        );
        match (absent, near) {
            (Absent::Missing, near) => {
                let finding = findings.at(reference.name_span(), message);
                finding.also(route.object.name_span(), "this route gets no traffic");
                if let Some(near) = near {
                    finding.meant(near.object.name());
                }
            }
            (Absent::Outside, Some(near)) => {
                findings
                    .at(
                        reference.name_span(),
                        format!(
                            "no Gateway `{}` was given, but one of nearly that name",
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
