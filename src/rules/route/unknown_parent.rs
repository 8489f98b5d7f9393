use crate::attach::Absent;
use crate::attach::Standing;
use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::model::gateway::Gateway;
use crate::model::gateway::ListenerSet;
use crate::model::reference::Reference;
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
        let (kind, name) = (reference.kind_or("Gateway"), reference.name());
        let is_gateway = kind == "Gateway";
        let near = match is_gateway {
            true => world
                .model
                .gateways
                .similar(namespace, name)
                .map(|own| &own.object),
            false => world
                .model
                .listener_sets
                .similar(namespace, name)
                .map(|own| &own.object),
        };
        match (absent, near) {
            (Absent::Missing, near) => {
                let message = format!("there is no {kind} `{name}` in the namespace `{namespace}`");
                let finding = findings.at(reference.name_span(), message);
                finding.also(route.object.name_span(), "this route gets no traffic");
                match near {
                    Some(near) => finding.meant(near.name()),
                    None => {
                        finding.help(format!("name a {kind} that is there, with its namespace"))
                    }
                };
            }
            (Absent::Outside, Some(near)) => {
                let message = format!("no {kind} `{name}` was given, but one of nearly that name");
                findings
                    .at(reference.name_span(), message)
                    .severity(Severity::Warning)
                    .also(near.name_span(), "this one was")
                    .meant(near.name());
            }
            (Absent::Outside, None) => {
                let kin = unrouted_kin(world, namespace, name);
                if let Some(kin) = kin.filter(|_| is_gateway) {
                    let own = kin.object.name();
                    let message =
                        format!("no Gateway `{name}` was given, but `{own}`, which no route names");
                    findings
                        .at(reference.name_span(), message)
                        .severity(Severity::Warning)
                        .also(kin.object.name_span(), "this one was")
                        .meant(own);
                }
            }
        }
    }
    sets(world, findings);
}

/// The Gateways that ListenerSets name.
fn sets(world: &World<'_>, findings: &mut Findings) {
    for (set, facts) in world
        .model
        .listener_sets
        .iter()
        .zip(&world.attachment.listener_sets)
    {
        match (facts.standing, &set.parent) {
            (Standing::Absent(absent), Some(parent)) => {
                orphan(world, set, parent, absent, findings);
            }
            (Standing::OtherKind, Some(parent)) => {
                if let Some(kind) = parent.kind.as_ref().filter(|kind| kind.value != "Gateway") {
                    let message = format!(
                        "a {} belongs to a Gateway, not to a {kind}",
                        set.object.kind
                    );
                    findings
                        .at(kind.span, message)
                        .also(
                            set.object.name_span(),
                            "nobody serves the listeners of this set",
                        )
                        .help("name the Gateway, and leave `kind` out");
                }
            }
            _ => {}
        }
    }
}

/// A ListenerSet names a Gateway that does not exist.
fn orphan(
    world: &World<'_>,
    set: &ListenerSet,
    parent: &Reference,
    absent: Absent,
    findings: &mut Findings,
) {
    let namespace = parent.namespace_or(set.object.namespace());
    let name = parent.name();
    let near = world.model.gateways.similar(namespace, name);
    let message = match (absent, near) {
        (Absent::Missing, _) => {
            format!("there is no Gateway `{name}` in the namespace `{namespace}`")
        }
        (Absent::Outside, Some(_)) => {
            format!("no Gateway `{name}` was given, but one of nearly that name")
        }
        (Absent::Outside, None) => return,
    };
    let finding = findings.at(parent.name_span(), message);
    if absent == Absent::Outside {
        finding.severity(Severity::Warning);
    }
    finding.also(
        set.object.name_span(),
        "nobody serves the listeners of this set",
    );
    match near {
        Some(near) => finding
            .also(near.object.name_span(), "this one was given")
            .meant(near.object.name()),
        None => finding.help("name a Gateway that is there, with its namespace"),
    };
}

/// The Gateway that a route of that namespace may well mean: the only one there, named by no route, and called so but
/// for a word at the end or at the beginning.
fn unrouted_kin<'w>(world: &World<'w>, namespace: &str, name: &str) -> Option<&'w Gateway> {
    let mut there = world.model.gateways.iter().enumerate();
    let is_there = |own: &Gateway| own.object.namespace() == namespace;
    let (at, only) = there.find(|(_, own)| is_there(own))?;
    let is_only = !there.any(|(_, own)| is_there(own));
    let parents = &world.attachment.parents;
    let is_named = parents.iter().any(|parent| parent.gateway == Some(at));
    let adds_word = |long: &str, short: &str| {
        let rest = long.strip_prefix(short).map(|rest| rest.starts_with('-'));
        let start = long.strip_suffix(short).map(|start| start.ends_with('-'));
        rest.or(start).unwrap_or_default()
    };
    let own = only.object.name();
    let is_kin = adds_word(own, name) || adds_word(name, own);
    (is_only && !is_named && is_kin).then_some(only)
}
