use crate::attach::conflict::ConflictReason;
use crate::attach::listener::ListenerFacts;
use crate::finding::Findings;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "conflicting-listeners",
    severity: Severity::Error,
    page: page!("gateway/conflicting-listeners"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::IndistinctListeners) {
        findings.report(problem);
    }
    let all = &world.attachment.listeners;
    for (at, facts) in all.iter().enumerate() {
        let Some(clash) = facts.conflict else {
            continue;
        };
        let other = &all[clash.with];
        if is_refused(facts, other, world) {
            continue;
        }
        let both_lose = other.conflict.is_some_and(|back| back.with == at);
        if both_lose && at < clash.with {
            continue;
        }
        let profile = world.attachment.gateways[facts.gateway].profile;
        let (own, taken) = (facts.written(world.model), other.written(world.model));
        let port = own.port.as_ref().map_or(0, |port| port.value);
        let message = match clash.reason {
            ConflictReason::Hostname => format!(
                "two listeners claim {} on port {port}",
                own.hostname()
                    .map_or("every name".to_owned(), |name| format!("`{name}`"))
            ),
            ConflictReason::Protocol => format!(
                "`{}` and `{}` cannot share port {port}",
                own.protocol(),
                taken.protocol()
            ),
        };
        let fate = match (both_lose, profile.is_known()) {
            (true, true) => format!("{} serves neither of them", profile.name),
            (true, false) => "neither of them is served".to_owned(),
            (false, _) => "this one came first, and only it is served".to_owned(),
        };
        findings
            .at(claim(facts, clash.reason, world), message)
            .also(claim(other, clash.reason, world), fate)
            .help(match clash.reason {
                ConflictReason::Hostname => "give one of them another `hostname` or port",
                ConflictReason::Protocol => "give one of them another port",
            });
    }
}

/// Whether both stand in one object and claim exactly the same: the API server's verdict, which was reported.
fn is_refused(facts: &ListenerFacts, other: &ListenerFacts, world: &World<'_>) -> bool {
    let (own, taken) = (facts.written(world.model), other.written(world.model));
    (facts.gateway, facts.set) == (other.gateway, other.set)
        && own.port == taken.port
        && own.protocol() == taken.protocol()
        && own.hostname() == taken.hostname()
}

/// What a listener claims: its host name or its protocol.
fn claim(facts: &ListenerFacts, reason: ConflictReason, world: &World<'_>) -> Span {
    let own = facts.written(world.model);
    let claimed = match reason {
        ConflictReason::Hostname => &own.hostname,
        ConflictReason::Protocol => &own.protocol,
    };
    claimed
        .as_ref()
        .map_or(own.name_span(), |claimed| claimed.span)
}
