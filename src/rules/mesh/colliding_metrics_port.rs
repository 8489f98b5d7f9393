use crate::finding::Findings;
use crate::graph::proxy::Kind;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::graph::scrape::merges;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "colliding-metrics-port",
    severity: Severity::Error,
    page: page!("mesh/colliding-metrics-port"),
    check,
};

/// Ports of Istio's proxies (istio.io, application requirements).
const RESERVED: &[(i64, &str)] = &[
    (15000, "Envoy's administration"),
    (15001, "outbound traffic"),
    (15002, "the agent's probe of ports"),
    (15004, "the debug port of the agent"),
    (15006, "inbound traffic"),
    (15008, "HBONE"),
    (15020, "the merged metrics in plain text"),
    (15021, "health"),
    (15053, "DNS"),
    (15090, "Envoy's metrics in plain text"),
];

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        if matches!(proxy.injection, Injection::No(..)) {
            continue;
        }
        let mut open: Vec<Spanned<i64>> = Vec::new();
        for (variable, port, _) in proxy.secure_ports() {
            if let Some((at, whose)) = taken(world, proxy, &port, &open) {
                let finding = findings.at(
                    port.span,
                    format!("`{variable}` takes port {}, which is {whose}", port.value),
                );
                if let Some(at) = at {
                    finding.also(at, "it is taken here");
                }
                finding.help(
                    "Envoy cannot listen twice: take a free port; 15091 and 15092 are the custom",
                );
            }
            open.push(port);
        }
        merged(world, proxy, findings);
    }
}

/// Who else has the port, and where that is said.
fn taken(
    world: &World<'_>,
    proxy: &Proxy,
    port: &Spanned<i64>,
    open: &[Spanned<i64>],
) -> Option<(Option<Span>, String)> {
    if let Some(other) = open.iter().find(|other| other.value == port.value) {
        return Some((Some(other.span), "the other secure port's, too".to_owned()));
    }
    if let Some((_, whose)) = RESERVED.iter().find(|(number, _)| *number == port.value) {
        return Some((None, format!("Istio's own, for {whose}")));
    }
    if let Some(workload) = proxy.workload {
        let containers = &world.model.workloads[workload].pod.containers;
        let mut ports = containers.iter().flat_map(|container| {
            let name = container.name.as_ref().map_or("", |name| name.as_str());
            container.ports.iter().map(move |port| (name, port))
        });
        let own = ports.find(|(name, own)| {
            let number = own.port.as_ref().map(|own| own.value);
            *name != "istio-proxy" && number == Some(port.value)
        });
        return own.map(|(name, own)| (Some(own.span), format!("the container `{name}`'s, too")));
    }
    let gateway = &world.model.gateways[proxy.gateway?];
    let listener = gateway
        .listeners
        .iter()
        .find_map(|listener| listener.port.as_ref().filter(|own| own.value == port.value))?;
    Some((
        Some(listener.span),
        "a listener's of this Gateway, too".to_owned(),
    ))
}

/// The port that merging reads the application's metrics from may be none of the proxy's.
fn merged(world: &World<'_>, proxy: &Proxy, findings: &mut Findings) {
    let Some(written) = proxy.annotation(world.model, "prometheus.io/port") else {
        return;
    };
    let has_targets = proxy
        .annotation(world.model, "prometheus.istio.io/scrape-targets")
        .is_some();
    if proxy.kind != Kind::Sidecar || has_targets || !merges(world.model, proxy) {
        return;
    }
    let number = written.value.trim().parse::<i64>().ok();
    let secure = proxy
        .secure_ports()
        .find(|(_, port, _)| Some(port.value) == number);
    if let Some((_, port, _)) = secure {
        findings
            .at(
                written.span,
                format!(
                    "the application's metrics are read in plain text from {}, which speaks TLS",
                    port.value
                ),
            )
            .also(port.span, "the proxy serves its own metrics there")
            .help(
                "name the port of the application; the proxy's own are merged with them on 15020",
            );
    } else if let Some((_, whose)) = RESERVED
        .iter()
        .find(|(port, _)| Some(*port) == number && *port != 15020 && *port != 15002)
    {
        findings
            .at(written.span, format!("the application's metrics are read from {}, which is Istio's own, for {whose}", written.value))
            .help("name the port of the application: since Istio 1.31 the Pod is refused with this one");
    }
}
