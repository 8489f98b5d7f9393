use std::collections::BTreeSet;

use crate::attach::listener::Transport as Transported;
use crate::finding::Findings;
use crate::graph::journey::End;
use crate::graph::journey::Flaw;
use crate::graph::journey::FlawKind;
use crate::graph::journey::Gate;
use crate::graph::journey::Journey;
use crate::model::collector::dial;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "crossed-protocol",
    severity: Severity::Error,
    page: page!("exporter/crossed-protocol"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        match &flaw.kind {
            FlawKind::CrossedProtocol { sent, server } => {
                crossed(journey, flaw, *sent, *server, findings);
            }
            FlawKind::TlsToPlaintext {
                gate: Gate::Receiver(landed),
            } if !is_passed_through(world, journey) => {
                let server = landed.server(world.model);
                let finding = findings
                    .at(flaw.at, "this exporter speaks TLS to a receiver in plain text")
                    .also(server.span, "this receiver has no `tls`")
                    .along(&journey.trail)
                    .help("set `tls.insecure: true` where the way to it is safe, or give the receiver `tls` with a certificate");
                if dials_http(world, journey) {
                    finding.help("`http://` turns TLS off for OTLP/HTTP only: gRPC leaves it out and speaks TLS");
                }
            }
            FlawKind::TlsVersions { gate, own, asked } => {
                let (own_words, noun) = (own.words(), gate.noun());
                let message = format!(
                    "this exporter speaks {own_words} to a {noun} that speaks {}",
                    asked.words()
                );
                let said = match own.most < asked.least {
                    true => asked.least_said,
                    false => asked.most_said,
                };
                let said = said.unwrap_or_else(|| gate.said(world.model, world.attachment));
                findings
                    .at(flaw.at, message)
                    .also(said, format!("this {noun}"))
                    .along(&journey.trail)
                    .help("let both speak 1.2 and 1.3, as they do when nothing is said")
                    .help(
                        "the exporter will say `remote error: tls: protocol version not supported`",
                    );
            }
            FlawKind::NoHttp2 { listener, other } => {
                let facts = &world.attachment.listeners[*listener];
                let message = "this exporter sends gRPC to a listener that offers HTTP/1.1 only";
                let finding = findings
                    .at(flaw.at, message)
                    .also(
                        facts.written(world.model).name_span(),
                        "its certificate is good for names of another listener on this port",
                    )
                    .also(*other, "this listener")
                    .along(&journey.trail);
                world.show_class(finding, facts.gateway);
                finding.help("give each listener a certificate for its own name, or set `tls.alpnProtocols` by a ClientTrafficPolicy");
            }
            _ => {}
        }
    }
    by_convention(world, findings);
}

/// Exporters that dial the port of the other protocol where nobody knows what listens there.
fn by_convention(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for journey in &world.graph.journeys {
        if journey.landed.is_some()
            || journey.listener.is_some()
            || !matches!(journey.end, End::Unknown(_))
        {
            continue;
        }
        let collector = &world.model.runs[journey.run].collector;
        let exporter = &collector.exporters[journey.exporter];
        let Ok(dial) = dial::dial(collector, exporter, journey.signal) else {
            continue;
        };
        let (sends, takes, own) = match (dial.transport, dial.port) {
            (Transport::Grpc, Some(4318)) => ("OTLP/gRPC", "OTLP/HTTP", 4317),
            (Transport::Http, Some(4317)) => ("OTLP/HTTP", "OTLP/gRPC", 4318),
            _ => continue,
        };
        let port = dial.port.unwrap_or_default();
        if seen.insert(dial.endpoint) {
            let message =
                format!("this exporter sends {sends} to port {port}, which is that of {takes}");
            findings
                .at(dial.endpoint, message)
                .severity(Severity::Warning)
                .help(format!("dial port {own}, or use the exporter for {takes}"));
        }
    }
}

/// gRPC meets HTTP, or the reverse.
fn crossed(journey: &Journey, flaw: &Flaw, sent: Transport, server: Span, findings: &mut Findings) {
    let (sends, takes) = match sent {
        Transport::Grpc => ("OTLP/gRPC", "OTLP/HTTP"),
        Transport::Http => ("OTLP/HTTP", "OTLP/gRPC"),
    };
    let message = format!("this exporter sends {sends} to a receiver that takes {takes}");
    findings
        .at(flaw.at, message)
        .also(server, format!("this server takes {takes}"))
        .along(&journey.trail)
        .help(format!(
            "dial the port of the {sends} receiver, or use the exporter for {takes}"
        ));
}

/// Whether a listener passes TLS through on the way: `passthrough-mismatch` speaks of it.
fn is_passed_through(world: &World<'_>, journey: &Journey) -> bool {
    let listener = journey.listener.map(|at| &world.attachment.listeners[at]);
    listener.is_some_and(|listener| listener.transport == Transported::Passthrough)
}

/// Whether the endpoint is written as if its scheme decided.
fn dials_http(world: &World<'_>, journey: &Journey) -> bool {
    let exporter = &world.model.runs[journey.run].collector.exporters[journey.exporter];
    let client = exporter.client.as_ref();
    let endpoint = client.and_then(|client| client.endpoint(journey.signal));
    endpoint.is_some_and(|endpoint| endpoint.as_written().starts_with("http://"))
}
