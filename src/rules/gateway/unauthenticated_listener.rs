use crate::attach::listener::Clients;
use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "unauthenticated-listener",
    severity: Severity::Warning,
    page: page!("gateway/unauthenticated-listener"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let listener = &world.attachment.listeners[delivery.listener];
        let is_open = listener.transport == Transport::Terminate
            && matches!(listener.clients, Clients::Anyone);
        if !is_open
            || !delivery.carries_otlp(world.model, world.graph)
            || delivery.is_guarded(world.model, world.graph)
        {
            continue;
        }
        if !seen.insert(delivery.listener) {
            continue;
        }
        let written = listener.written(world.model);
        findings
            .at(
                written.name_span(),
                "anyone may send telemetry here: no client certificate is asked for",
            )
            .also(
                world.model.routes[delivery.route].object.name_span(),
                "this route leads from here to an OTLP port",
            )
            .help(
                world.attachment.gateways[listener.gateway]
                    .profile
                    .mechanism,
            )
            .help("or guard the receiver with an authenticator, such as `basicauth`");
    }
}
