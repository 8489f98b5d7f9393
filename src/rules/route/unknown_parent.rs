use crate::attach::Absent;
use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::model::gateway::Gateway;
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
            (Absent::Outside, None) => {
                if let Some(kin) = unrouted_kin(world, namespace, reference.name()) {
                    findings
                        .at(
                            reference.name_span(),
                            format!(
                                "no Gateway `{}` was given, but `{}`, which no route names",
                                reference.name(),
                                kin.object.name()
                            ),
                        )
                        .severity(Severity::Warning)
                        .also(kin.object.name_span(), "this one was")
                        .meant(kin.object.name());
                }
            }
        }
    }
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
