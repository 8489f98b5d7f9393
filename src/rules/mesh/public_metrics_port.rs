use crate::finding::Findings;
use crate::graph::proxy::ENVOY_PLAIN;
use crate::graph::proxy::MERGED_PLAIN;
use crate::graph::proxy::injection::Injection;
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
    for (at, service) in world.model.services.iter().enumerate() {
        let Some(kind) = service.kind.as_ref().filter(|_| service.is_public()) else {
            continue;
        };
        for port in &service.ports {
            let Some(number) = metrics(port) else {
                continue;
            };
            // Those that are known to be internal have a rule of their own.
            let mut published = world.graph.published.iter();
            let is_known = published.any(|own| port.span.contains(own.port));
            if is_known || !is_of_mesh(world, at, port) {
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

/// Whether a proxy of Istio is behind the Service, or, where its Pods were not given, something says so: other programs
/// may have such a port.
fn is_of_mesh(world: &World<'_>, service: usize, port: &ServicePort) -> bool {
    let behind = world.graph.behind(service);
    if !behind.is_empty() {
        let mut proxies = world.graph.proxies.iter();
        return proxies.any(|proxy| {
            let is_in = !matches!(proxy.injection, Injection::No(..));
            is_in && proxy.workload.is_some_and(|own| behind.contains(&own))
        });
    }
    let service = &world.model.services[service];
    let tells = |text: &str| {
        ["istio", "gateway", "mesh"]
            .iter()
            .any(|word| text.contains(word))
    };
    let selector = service.selector.iter();
    let mut selector = selector.flat_map(|pair| [&pair.key, &pair.value]);
    let name = port.name.as_ref().map_or("", |name| name.as_str());
    tells(service.object.name())
        || selector.any(|text| tells(text))
        || ["metric", "prom", "stat", "envoy"]
            .iter()
            .any(|word| name.contains(word))
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
