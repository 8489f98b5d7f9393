use crate::finding::Findings;
use crate::graph::proxy::ENVOY_PLAIN;
use crate::graph::proxy::MERGED_PLAIN;
use crate::graph::proxy::legacy::SECURE_BY_CUSTOM;
use crate::model::service::PortRef;
use crate::model::service::ServicePort;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "public-metrics-port",
    severity: Severity::Error,
    page: page!("mesh/public-metrics-port"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for service in &world.model.services {
        let public = ["LoadBalancer", "NodePort"];
        let kind = service
            .kind
            .as_ref()
            .filter(|kind| public.contains(&kind.as_str()));
        let Some(kind) = kind else { continue };
        for port in &service.ports {
            let Some(number) = metrics(port) else {
                continue;
            };
            // Ports of collectors have a rule of their own.
            if world
                .graph
                .published
                .iter()
                .any(|own| own.port == span(port))
            {
                continue;
            }
            let what = if SECURE_BY_CUSTOM.contains(&number) {
                "anybody may try certificates at it"
            } else {
                "anybody may read it in plain text"
            };
            findings
                .at(
                    span(port),
                    format!("port {number}, metrics of the proxy, is published: {what}"),
                )
                .also(kind.span, "this type opens every port of the Service")
                .help("take the port out; scrapers go to the Pods themselves");
        }
    }
}

/// The port of metrics that is behind `port`, or is its own number where its target is a name.
fn metrics(port: &ServicePort) -> Option<i64> {
    let number = match &port.target {
        Some(PortRef::Number(number)) => number.value,
        _ => port.port.as_ref()?.value,
    };
    let is_metrics =
        matches!(number, MERGED_PLAIN | ENVOY_PLAIN) || SECURE_BY_CUSTOM.contains(&number);
    is_metrics.then_some(number)
}

fn span(port: &ServicePort) -> crate::source::Span {
    port.port.as_ref().map_or(port.span, |port| port.span)
}
