use std::collections::BTreeSet;

use crate::attach::profile::Backend;
use crate::attach::profile::UNKNOWN;
use crate::attach::profile::Wire;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::graph::delivery::Delivery;
use crate::graph::landing::Listening;
use crate::graph::landing::Target;
use crate::model::collector::receiver::Transport;
use crate::model::route::RouteKind;
use crate::model::service::ServicePort;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "http1-backend",
    severity: Severity::Error,
    page: page!("service/http1-backend"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        if delivery.wire == Wire::H2c && seen.insert(delivery.landing) {
            check_name_only(world, delivery, findings);
            continue;
        }
        let is_http1 = delivery.wire == Wire::Http1 && carries_grpc(world, delivery);
        if !is_http1 || is_upgraded(world, delivery) || !seen.insert(delivery.landing) {
            continue;
        }
        let landing = &world.graph.landings[delivery.landing];
        let service = &world.model.services[landing.service];
        let port = &service.ports[landing.port];
        let name = port.name.as_ref();
        let said = port.app_protocol.as_ref().or(name);
        let listener = &world.attachment.listeners[delivery.listener];
        let profile = world.attachment.gateways[listener.gateway].profile;
        let message = match (&port.app_protocol, name) {
            (Some(protocol), _) => format!(
                "{} speaks HTTP/1.1 to a port with `appProtocol: {protocol}`, and gRPC needs HTTP/2",
                profile.name
            ),
            (None, Some(name)) => format!(
                "{} speaks HTTP/1.1 to a port called `{name}` without `appProtocol`, and gRPC needs HTTP/2",
                profile.name
            ),
            (None, None) => format!(
                "{} speaks HTTP/1.1 to a port without `appProtocol`, and gRPC needs HTTP/2",
                profile.name
            ),
        };
        let route = &world.model.routes[delivery.route];
        let finding = findings
            .at(said.map_or(port.span, |said| said.span), message)
            .also(
                route.object.name_span(),
                format!("this {} sends gRPC there", route.object.kind),
            );
        if service.is_operated() {
            finding.help(
                "the operator's Service cannot be changed: add the port to `spec.ports` with \
                 `appProtocol: kubernetes.io/h2c`",
            );
        } else {
            finding.help("set `appProtocol: kubernetes.io/h2c`, which every implementation reads");
            finding.fix = speak_h2c(world, port);
        }
    }
}

/// Says of a port that only its name makes HTTP/2: by the standard its `appProtocol` would have to say so.
fn check_name_only(world: &World<'_>, delivery: &Delivery, findings: &mut Findings) {
    let landing = &world.graph.landings[delivery.landing];
    let port = &world.model.services[landing.service].ports[landing.port];
    let listener = &world.attachment.listeners[delivery.listener];
    let profile = world.attachment.gateways[listener.gateway].profile;
    let Some(name) = port.name.as_ref().filter(|_| port.app_protocol.is_none()) else {
        return;
    };
    let by_standard = (UNKNOWN.upstream)(&Backend {
        kind: world.model.routes[delivery.route].kind,
        transport: listener.transport,
        service: &world.model.services[landing.service],
        port,
    });
    if profile.reads_port_names && by_standard != Wire::H2c && carries_grpc(world, delivery) {
        findings
            .at(
                name.span,
                format!(
                    "only {} reads from the name `{name}` that this port takes HTTP/2",
                    profile.name
                ),
            )
            .severity(Severity::Note)
            .help("set `appProtocol: kubernetes.io/h2c`, which every implementation reads");
    }
}

/// What makes the port one for HTTP/2 in plain text; another protocol may have been meant as it stands.
fn speak_h2c(world: &World<'_>, port: &ServicePort) -> Option<Fix> {
    const H2C: &str = "kubernetes.io/h2c";
    match &port.app_protocol {
        Some(protocol) => (protocol.value != H2C).then(|| Fix::replace(protocol.span, H2C)),
        None => {
            let edit = addition::key(world.sources, port.span, "appProtocol", H2C)?;
            Some(Fix::one("add `appProtocol`", Safety::Safe, edit))
        }
    }
}

/// Whether what goes over it is gRPC: the route says so, or the receiver behind it takes nothing else.
fn carries_grpc(world: &World<'_>, delivery: &Delivery) -> bool {
    let Target::Pods(pods) = &world.graph.landings[delivery.landing].target else {
        return world.model.routes[delivery.route].kind == RouteKind::Grpc;
    };
    let is = |transport| {
        pods.iter().any(|pod| match pod.listening {
            Listening::Receiver {
                run,
                receiver,
                server,
                ..
            } => {
                let receiver = &world.model.runs[run].collector.receivers[receiver];
                receiver.servers[server].transport == transport
            }
            _ => false,
        })
    };
    match world.model.routes[delivery.route].kind {
        RouteKind::Grpc => !is(Transport::Http),
        _ => is(Transport::Grpc),
    }
}

/// Whether a DestinationRule lets HTTP/2 be spoken all the same.
fn is_upgraded(world: &World<'_>, delivery: &Delivery) -> bool {
    let landing = &world.graph.landings[delivery.landing];
    let service = &world.model.services[landing.service].object;
    let (namespace, name) = (service.namespace(), service.name());
    let mut rules = world.graph.destinations.about(world.model, namespace, name);
    rules.any(|(_, rule)| rule.may_upgrade)
}
