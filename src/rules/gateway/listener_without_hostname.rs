use std::collections::BTreeSet;

use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "listener-without-hostname",
    severity: Severity::Warning,
    page: page!("gateway/listener-without-hostname"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let facts = &world.attachment.listeners[delivery.listener];
        let listener = facts.written(world.model);
        let route = &world.model.routes[delivery.route];
        let is_tls = matches!(
            facts.transport,
            Transport::Terminate | Transport::Passthrough
        );
        if !is_tls || listener.hostname().is_some() || !route.hostnames.is_empty() {
            continue;
        }
        if !delivery.carries_otlp(world.model, world.graph) || !seen.insert(delivery.listener) {
            continue;
        }
        findings
            .at(
                listener.name_span(),
                "telemetry is taken under every name: neither this listener nor its route says which",
            )
            .also(route.object.name_span(), "this route has no `hostnames`")
            .help("set `hostname` to the name that clients dial");
    }
}
