use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unrouted-listener",
    severity: Severity::Note,
    page: page!("gateway/unrouted-listener"),
    check,
};

/// The kinds of route; only when all of them were given is a listener known to be unused.
const ROUTES: &[&str] = &["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

fn check(world: &World<'_>, findings: &mut Findings) {
    let attachment = world.attachment;
    let mut carries = vec![false; attachment.listeners.len()];
    // A Gateway of which some routes were given is taken for one of which all were.
    let mut is_shown = vec![false; attachment.gateways.len()];
    let mut is_open = vec![false; attachment.gateways.len()];
    for parent in &attachment.parents {
        let Some(gateway) = parent.gateway else {
            continue;
        };
        match &parent.outcome {
            ParentOutcome::Attached(accepted) => {
                is_shown[gateway] = true;
                accepted
                    .iter()
                    .for_each(|accepted| carries[accepted.listener] = true);
            }
            // A rule of its own speaks, or nothing can be said.
            _ => is_open[gateway] = true,
        }
    }
    let is_closed = ROUTES.iter().all(|kind| world.settings.closed.covers(kind));
    for (facts, carries) in attachment.listeners.iter().zip(carries) {
        let is_known = is_closed || is_shown[facts.gateway];
        let is_usable = facts.conflict.is_none() && !facts.kinds.is_empty();
        if carries || is_open[facts.gateway] || !is_known || !is_usable {
            continue;
        }
        let listener = facts.written(world.model);
        let message = format!("no route attaches to the listener `{}`", listener.name());
        findings
            .at(listener.name_span(), message)
            .help("attach a route, or take the listener out");
    }
}
