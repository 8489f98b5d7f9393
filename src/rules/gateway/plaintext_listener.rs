use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "plaintext-listener",
    severity: Severity::Error,
    page: page!("gateway/plaintext-listener"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let listener = &world.attachment.listeners[delivery.listener];
        let carries = delivery.carries_otlp(world.model, world.graph);
        if listener.transport != Transport::Plain || !carries || !seen.insert(delivery.listener) {
            continue;
        }
        let written = listener.written(world.model);
        let protocol = written
            .protocol
            .as_ref()
            .map_or(written.span, |protocol| protocol.span);
        findings
            .at(
                protocol,
                "telemetry is taken in plain text: anyone on the way reads it, and anyone may send",
            )
            .also(
                world.model.routes[delivery.route].object.name_span(),
                "this route leads from here to an OTLP port",
            )
            .help("use protocol `HTTPS` with a certificate, and ask clients for theirs");
    }
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::TlsToPlaintext { listener } = flaw.kind else {
            continue;
        };
        if !seen.insert(listener) {
            continue;
        }
        let written = world.attachment.listeners[listener].written(world.model);
        let protocol = written
            .protocol
            .as_ref()
            .map_or(written.span, |protocol| protocol.span);
        findings
            .at(
                protocol,
                "this listener is in plain text, and an exporter speaks TLS to it",
            )
            .also(flaw.at, "this exporter speaks TLS")
            .along(&journey.trail)
            .help("use protocol `HTTPS` with a certificate");
    }
}
