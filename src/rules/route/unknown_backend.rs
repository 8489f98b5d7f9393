use crate::attach::Absent;
use crate::attach::route::BackendOutcome;
use crate::finding::Findings;
use crate::model::reference::Reference;
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
    for (route, reference, outcome) in world.attachment.sent_to(world.model) {
        let route = &world.model.routes[route];
        let namespace = reference.namespace_or(route.object.namespace());
        match outcome {
            BackendOutcome::Absent(absent) => {
                service(world, reference, namespace, *absent, findings);
            }
            BackendOutcome::OtherKind => other_kind(reference, findings),
            _ => {}
        }
    }
}

/// The Service is not there.
fn service(
    world: &World<'_>,
    reference: &Reference,
    namespace: &str,
    absent: Absent,
    findings: &mut Findings,
) {
    let name = reference.name();
    let near = world.model.services.similar(namespace, name);
    match (absent, near) {
        (Absent::Missing, near) => {
            let message = format!("there is no Service `{name}` in the namespace `{namespace}`");
            let finding = findings.at(reference.name_span(), message);
            match near {
                Some(near) => finding.meant(near.object.name()),
                None => finding.help("name a Service that is there, with its namespace"),
            };
        }
        (Absent::Outside, Some(near)) => {
            let message = format!("no Service `{name}` was given, but one of nearly that name");
            findings
                .at(reference.name_span(), message)
                .severity(Severity::Warning)
                .also(near.object.name_span(), "this one was")
                .meant(near.object.name());
        }
        (Absent::Outside, None) => {}
    }
}

/// Kinds of Kubernetes itself, other than Services, are for no implementation; those of other groups may be.
fn other_kind(reference: &Reference, findings: &mut Findings) {
    let (Some(kind), "") = (&reference.kind, reference.group_or("")) else {
        return;
    };
    findings
        .at(
            kind.span,
            format!("a route leads to a Service, not to a {kind}"),
        )
        .help(format!("make a Service for the {kind}, and name that"));
}
