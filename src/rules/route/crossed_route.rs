use std::collections::BTreeSet;

use crate::attach::profile::Wire;
use crate::finding::Findings;
use crate::graph::delivery::Delivery;
use crate::model::collector::receiver::Transport;
use crate::model::route::RouteKind;
use crate::model::route::Rule as RouteRule;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "crossed-route",
    severity: Severity::Error,
    page: page!("route/crossed-route"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let route = &world.model.routes[delivery.route];
        let rule = &route.rules[delivery.rule];
        let Some((transport, said)) = receiver(world, delivery) else {
            continue;
        };
        let message = match (route.kind, transport) {
            (RouteKind::Grpc, Transport::Http) => {
                "this GRPCRoute leads to an OTLP/HTTP receiver, which answers gRPC with 404"
            }
            (RouteKind::Http, Transport::Grpc) if names_path(rule) => {
                "OTLP/HTTP is routed to the OTLP/gRPC receiver, which does not understand it"
            }
            // To HTTP/2 a gRPC call is a request like any other; over HTTP/1.1 `http1-backend` speaks.
            (RouteKind::Http, Transport::Grpc) if delivery.wire == Wire::Unknown => {
                "an HTTPRoute leads to the OTLP/gRPC receiver: whether gRPC gets through depends on the implementation"
            }
            _ => continue,
        };
        if !seen.insert(delivery.backend) {
            continue;
        }
        let written = world.attachment.backends[delivery.backend].written(world.model);
        let span = written.port.as_ref().map_or(written.span, |port| port.span);
        let finding = findings.at(span, message);
        let kind_span = route.object.kind.span;
        finding.also(kind_span, format!("a {} goes there", route.kind.name()));
        if let Some(said) = said {
            finding.also(said, "this receiver listens there");
        }
        if route.kind == RouteKind::Http && !names_path(rule) {
            finding.severity(Severity::Warning);
        }
        finding.help(match transport {
            Transport::Http => "use an HTTPRoute, or the port of OTLP/gRPC, 4317",
            Transport::Grpc => "use a GRPCRoute, or the port of OTLP/HTTP, 4318",
        });
    }
}

/// What all receivers behind a delivery take, and where the first is written; where none is known, what the registered
/// numbers say.
fn receiver(world: &World<'_>, delivery: &Delivery) -> Option<(Transport, Option<Span>)> {
    let landing = &world.graph.landings[delivery.landing];
    let servers = landing.receivers().map(|(_, run, receiver, server)| {
        &world.model.runs[run].collector.receivers[receiver].servers[server]
    });
    let servers: Vec<_> = servers.collect();
    if let Some(first) = servers.first() {
        let agree = servers.iter().all(|own| own.transport == first.transport);
        return agree.then_some((first.transport, Some(first.span)));
    }
    let port = &world.model.services[landing.service].ports[landing.port];
    let number = port.port.as_ref()?.value;
    let transports = [Transport::Grpc, Transport::Http];
    let mut transports = transports.into_iter();
    let transport = transports.find(|own| i64::from(own.port()) == number)?;
    Some((transport, None))
}

/// Whether a rule asks for paths of OTLP/HTTP.
fn names_path(rule: &RouteRule) -> bool {
    let mut paths = rule
        .matches
        .iter()
        .filter_map(|wanted| wanted.path.as_ref());
    paths.any(|path| {
        let value = path.value.as_ref();
        value.is_some_and(|value| value.starts_with("/v1/"))
    })
}
