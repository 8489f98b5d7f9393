use crate::attach::owner::Owner;
use crate::attach::route::ParentOutcome;
use crate::finding::Finding;
use crate::finding::Findings;
use crate::model::gateway::Listener;
use crate::model::reference::Reference;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "unknown-section",
    severity: Severity::Error,
    page: page!("route/unknown-section"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for parent in &world.attachment.parents {
        let ParentOutcome::NoListener { owner } = parent.outcome else {
            continue;
        };
        let route = &world.model.routes[parent.route];
        let reference = &route.parents[parent.parent];
        let (object, listeners) = (owner.object(world.model), owner.listeners(world.model));
        // One that is there and lost its port is a matter of its own.
        if listeners.iter().any(|own| is_asked(own, reference)) {
            continue;
        }
        let (at, message) = wording(reference, &object.kind);
        let finding = findings.at(at, message);
        finding
            .also(
                object.name_span(),
                format!("the {} that is named", object.kind),
            )
            .also(route.object.name_span(), "this route gets no traffic");
        if let Owner::Gateway(gateway) = owner
            && in_a_set(world, gateway, reference, finding)
        {
            continue;
        }
        advise(reference, listeners, finding);
    }
}

/// Whether a listener has the name and the port that are asked for.
fn is_asked(listener: &Listener, reference: &Reference) -> bool {
    let (section, port) = (&reference.section, &reference.port);
    section
        .as_ref()
        .is_none_or(|section| section.value == listener.name())
        && port
            .as_ref()
            .is_none_or(|port| listener.port.as_ref() == Some(port))
}

/// What is not there, and where it is asked for.
fn wording(reference: &Reference, kind: &str) -> (Span, String) {
    match (&reference.section, &reference.port) {
        (Some(section), None) => (
            section.span,
            format!("the {kind} has no listener `{section}`"),
        ),
        (None, Some(port)) => (
            port.span,
            format!("the {kind} has no listener on port {port}"),
        ),
        (Some(section), Some(port)) => (
            section.span,
            format!("the {kind} has no listener `{section}` on port {port}"),
        ),
        (None, None) => (reference.name_span(), format!("the {kind} has no listener")),
    }
}

/// Whether the listener stands in a ListenerSet, which has to be named itself.
fn in_a_set(
    world: &World<'_>,
    gateway: usize,
    reference: &Reference,
    finding: &mut Finding,
) -> bool {
    let served = world.attachment.gateways[gateway].served.clone();
    let mut listeners = world.attachment.listeners[served].iter();
    let there =
        listeners.find(|own| own.set.is_some() && is_asked(own.written(world.model), reference));
    let Some(there) = there else { return false };
    let set = there.owner(world.model);
    let name = there.written(world.model).name_span();
    finding.also(
        name,
        format!("it stands in the {} `{}`", set.kind, set.name()),
    );
    finding.help(format!(
        "name the {} as the parent: `kind: {}`, `name: {}`",
        set.kind,
        set.kind,
        set.name()
    ));
    true
}

/// Which listeners there are, and which of them was meant.
fn advise(reference: &Reference, listeners: &[Listener], finding: &mut Finding) {
    let names = listeners.iter().map(Listener::name);
    if let (Some(section), None) = (&reference.section, &reference.port) {
        let distance = |name: &str| strsim::osa_distance(name, section);
        let near = names.clone().min_by_key(|name| distance(name));
        if let Some(near) = near.filter(|near| distance(near) <= 2) {
            finding.meant(near);
        }
    }
    let all: Vec<_> = listeners
        .iter()
        .map(|own| match &own.port {
            Some(port) if reference.port.is_some() => format!("`{}` on port {port}", own.name()),
            _ => format!("`{}`", own.name()),
        })
        .collect();
    if !all.is_empty() {
        finding.help(format!("it has {}", all.join(", ")));
    }
}
