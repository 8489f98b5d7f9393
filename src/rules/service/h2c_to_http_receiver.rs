use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::model::collector::receiver::Transport;
use crate::model::collector::section::Presence;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "h2c-to-http-receiver",
    severity: Severity::Error,
    page: page!("service/h2c-to-http-receiver"),
    check,
};

/// What gateways take for HTTP/2 in plain text; the bare `grpc` by Istio and Envoy Gateway.
const HTTP2: &[&str] = &["kubernetes.io/h2c", "grpc", "http2"];

fn check(world: &World<'_>, findings: &mut Findings) {
    for landing in &world.graph.landings {
        let port = &world.model.services[landing.service].ports[landing.port];
        let Some(protocol) = port
            .app_protocol
            .as_ref()
            .filter(|word| HTTP2.contains(&word.as_str()))
        else {
            continue;
        };
        let plain = landing.receivers().find_map(|(_, run, receiver, server)| {
            let server = &world.model.runs[run].collector.receivers[receiver].servers[server];
            let is_plain =
                server.transport == Transport::Http && matches!(server.tls, Presence::Absent);
            is_plain.then_some(server)
        });
        let Some(server) = plain else { continue };
        let edit = Edit {
            span: protocol.span,
            text: "http".to_owned(),
        };
        let fix = Fix {
            title: "say `http`".to_owned(),
            safety: Safety::Safe,
            edits: vec![edit],
        };
        findings
            .at(protocol.span, format!("`{protocol}` asks for HTTP/2, and the OTLP/HTTP receiver behind the port speaks HTTP/1.1"))
            .also(server.span, "it has no TLS, and without TLS it knows no HTTP/2")
            .help("say `appProtocol: http`, or send gRPC to the gRPC port")
            .fix(fix);
    }
}
