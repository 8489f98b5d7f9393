use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "unknown-listener",
    severity: Severity::Error,
    page: page!("exporter/unknown-listener"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (_, flaw) in world.graph.flaws() {
        let (gateway, port) = match flaw.kind {
            FlawKind::UnknownListener { gateway, port } => (gateway, port),
            FlawKind::UnknownServicePort { service, port } => {
                service_port(world, flaw.at, (service, port), findings);
                continue;
            }
            _ => continue,
        };
        let gateway = &world.model.gateways[gateway];
        let ports: Vec<String> = gateway
            .listeners
            .iter()
            .filter_map(|listener| Some(listener.port.as_ref()?.to_string()))
            .collect();
        findings
            .at(
                flaw.at,
                format!("{} does not listen on port {port}", gateway.object.title()),
            )
            .also(
                gateway.object.name_span(),
                "the endpoint leads to this Gateway",
            )
            .help(format!("it listens on {}", ports.join(", ")));
    }
}

/// A Service that has no such port.
fn service_port(
    world: &World<'_>,
    at: Span,
    (service, port): (usize, u16),
    findings: &mut Findings,
) {
    let service = &world.model.services[service];
    let object = &service.object;
    let ports: Vec<String> = service
        .ports
        .iter()
        .filter_map(|entry| Some(entry.port.as_ref()?.to_string()))
        .collect();
    findings
        .at(
            at,
            format!(
                "the Service {}/{} has no port {port}",
                object.namespace(),
                object.name()
            ),
        )
        .also(object.name_span(), "the endpoint leads to this Service")
        .help(if ports.is_empty() {
            "add the port to the Service".to_owned()
        } else {
            format!("it has {}", ports.join(", "))
        });
}
