use std::collections::BTreeSet;

use crate::attach::Absent;
use crate::attach::listener::Transport;
use crate::attach::profile::Wire;
use crate::finding::Findings;
use crate::graph::delivery::Delivery;
use crate::model::collector::receiver::Server;
use crate::model::collector::section::Presence;
use crate::model::route::RouteKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "backend-tls-mismatch",
    severity: Severity::Error,
    page: page!("route/backend-tls-mismatch"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let facts = &world.attachment.listeners[delivery.listener];
        let landing = &world.graph.landings[delivery.landing];
        let route = &world.model.routes[delivery.route];
        let ends_tls = matches!(facts.transport, Transport::Plain | Transport::Terminate);
        let is_web = matches!(route.kind, RouteKind::Http | RouteKind::Grpc);
        if !ends_tls || !is_web || is_ruled(world, delivery) || !seen.insert(delivery.landing) {
            continue;
        }
        let policy = world
            .attachment
            .backend_policies
            .get(&(landing.service, landing.port))
            .map(|policy| &world.model.backend_tls_policies[*policy]);
        let Some(server) = landing
            .receivers()
            .next()
            .map(|(_, run, receiver, server)| {
                &world.model.runs[run].collector.receivers[receiver].servers[server]
            })
        else {
            continue;
        };
        let reference = world.attachment.backends[delivery.backend].written(world.model);
        match (policy, speaks_tls(server)) {
            (None, Some(false)) if delivery.wire == Wire::Tls => {
                unasked(world, delivery, server, findings);
            }
            (None, Some(true)) if delivery.wire != Wire::Tls => {
                let namespace =
                    reference.namespace_or(world.model.routes[delivery.route].object.namespace());
                let absent = Absent::of("BackendTLSPolicy", namespace, world.settings);
                let finding = findings.at(
                    reference.name_span(),
                    "the gateway speaks plain text to a receiver that speaks TLS",
                );
                finding.also(server.span, "this receiver has `tls`");
                finding.help("add a BackendTLSPolicy for the Service, or take `tls` out");
                if absent == Absent::Outside {
                    finding.severity(Severity::Warning);
                }
            }
            (Some(policy), Some(false)) => {
                findings
                    .at(
                        policy.object.name_span(),
                        "this policy makes the gateway speak TLS to a receiver in plain text",
                    )
                    .also(server.span, "this receiver has no `tls`")
                    .help("give the receiver `tls` with a certificate, or take the policy out");
            }
            (Some(_), Some(true)) => {
                let gateway = &world.model.gateways[facts.gateway];
                let authority = server
                    .tls
                    .given()
                    .and_then(|tls| tls.client_ca_file.as_ref());
                if let Some(authority) = authority.filter(|_| gateway.client_certificate.is_none())
                {
                    findings
                        .at(
                            gateway.object.name_span(),
                            "this Gateway shows backends no certificate, and the receiver demands one",
                        )
                        .also(authority.span, "it is demanded here")
                        .help("name one in `spec.tls.backend.clientCertificateRef`");
                }
            }
            _ => {}
        }
    }
}

/// The implementation speaks TLS to the port, although no policy asks for it.
fn unasked(world: &World<'_>, delivery: &Delivery, server: &Server, findings: &mut Findings) {
    let landing = &world.graph.landings[delivery.landing];
    let port = &world.model.services[landing.service].ports[landing.port];
    let listener = &world.attachment.listeners[delivery.listener];
    let name = world.attachment.gateways[listener.gateway].profile.name;
    let (at, why) = match &port.app_protocol {
        Some(protocol) => (protocol.span, format!("with `appProtocol: {protocol}`")),
        None => (
            port.port.as_ref().map_or(port.span, |port| port.span),
            "without `appProtocol` behind an HTTPS listener".to_owned(),
        ),
    };
    let message = format!("{name} speaks TLS to a port {why}, and the receiver takes plain text");
    let finding = findings.at(at, message);
    finding.also(server.span, "this receiver has no `tls`");
    finding.help("set `appProtocol: kubernetes.io/h2c`");
}

/// Whether a receiver speaks TLS; `None` when that is not certain.
fn speaks_tls(server: &Server) -> Option<bool> {
    match &server.tls {
        Presence::Absent | Presence::Null(_) => Some(false),
        Presence::Given(_) => Some(true),
        _ => None,
    }
}

/// Whether a DestinationRule says what is spoken to the Service.
fn is_ruled(world: &World<'_>, delivery: &Delivery) -> bool {
    let landing = &world.graph.landings[delivery.landing];
    let service = &world.model.services[landing.service].object;
    let mut rules = world.model.destination_rules.iter();
    rules.any(|rule| rule.is_about(service.namespace(), service.name()))
}
