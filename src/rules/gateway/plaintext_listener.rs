use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::graph::journey::Gate;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "plaintext-listener",
    severity: Severity::Error,
    page: page!("gateway/plaintext-listener"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    // One that leads to anyone's door speaks louder than one behind which somebody asks.
    let mut deliveries: Vec<_> = world.graph.deliveries.iter().collect();
    deliveries.sort_by_key(|delivery| delivery.is_guarded(world.model, world.graph));
    for delivery in deliveries {
        let listener = &world.attachment.listeners[delivery.listener];
        let gateway = &world.model.gateways[listener.gateway];
        let is_plain = listener.transport == Transport::Plain && gateway.offloads_tls().is_none();
        let carries = delivery.carries_otlp(world.model, world.graph);
        if !is_plain || !carries || !seen.insert(delivery.listener) {
            continue;
        }
        let is_guarded = delivery.is_guarded(world.model, world.graph);
        let message = match is_guarded {
            true => {
                "telemetry is taken in plain text: anyone on the way reads it, and what senders prove themselves with"
            }
            false => {
                "telemetry is taken in plain text: anyone on the way reads it, and anyone may send"
            }
        };
        let route = &world.model.routes[delivery.route].object;
        let finding = findings.at(protocol(listener, world), message);
        if is_guarded {
            finding.severity(Severity::Warning);
        }
        finding
            .also(
                route.name_span(),
                "this route leads from here to an OTLP port",
            )
            .help("use protocol `HTTPS` with a certificate, and ask clients for theirs");
    }
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::TlsToPlaintext {
            gate: Gate::Listener(listener),
        } = flaw.kind
        else {
            continue;
        };
        if !seen.insert(listener) {
            continue;
        }
        findings
            .at(
                protocol(&world.attachment.listeners[listener], world),
                "this listener is in plain text, and an exporter speaks TLS to it",
            )
            .also(flaw.at, "this exporter speaks TLS")
            .along(&journey.trail)
            .help("use protocol `HTTPS` with a certificate");
    }
}

/// Where a listener says that it speaks in plain text.
fn protocol(listener: &ListenerFacts, world: &World<'_>) -> Span {
    let written = listener.written(world.model);
    let protocol = written.protocol.as_ref();
    protocol.map_or(written.span, |protocol| protocol.span)
}
