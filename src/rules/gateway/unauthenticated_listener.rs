use crate::attach::listener::Clients;
use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::graph::delivery::Delivery;
use crate::model::collector::receiver::Server;
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
        let behind = behind(world, delivery);
        let is_open = match listener.transport {
            Transport::Terminate => matches!(listener.clients, Clients::Anyone),
            Transport::Passthrough => behind.is_some(),
            _ => false,
        };
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
        let route = &world.model.routes[delivery.route].object;
        let passed = behind.filter(|_| listener.transport == Transport::Passthrough);
        let message = match passed {
            Some(_) => {
                "anyone may send telemetry here: TLS goes through to a receiver that asks for no client certificate"
            }
            None => "anyone may send telemetry here: no client certificate is asked for",
        };
        let finding = findings.at(written.name_span(), message);
        finding.also(
            route.name_span(),
            "this route leads from here to an OTLP port",
        );
        if let Some(server) = passed {
            finding
                .also(
                    server.span,
                    "clients are not asked here: there is no `client_ca_file`",
                )
                .help("set `client_ca_file` in the receiver's `tls`");
        } else {
            world.show_class(finding, listener.gateway);
            let profile = world.attachment.gateways[listener.gateway].profile;
            finding.help(profile.mechanism);
        }
        finding.help("or guard the receiver with an authenticator, such as `basicauth`");
    }
}

/// The first receiver behind a delivery, where all of them speak TLS.
fn behind<'w>(world: &World<'w>, delivery: &Delivery) -> Option<&'w Server> {
    let landing = &world.graph.landings[delivery.landing];
    let servers = landing.receivers().map(|(_, run, receiver, server)| {
        &world.model.runs[run].collector.receivers[receiver].servers[server]
    });
    let mut servers = servers.peekable();
    let first = servers.peek().copied();
    first.filter(|_| servers.all(|server| server.tls.given().is_some()))
}
