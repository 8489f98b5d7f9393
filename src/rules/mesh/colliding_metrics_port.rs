use crate::finding::Findings;
use crate::graph::proxy::Kind;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::merging::Obstacle;
use crate::graph::proxy::merging::RESERVED;
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
                if proxy.kind == Kind::Managed && at.is_some() {
                    // What Envoy makes of a listener beside its own was not tried.
                    finding.severity(Severity::Warning);
                }
                finding.help(
                    "two cannot listen on one port: take a free one; 15091 and 15092 are the custom",
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

/// The ports that merging reads the application's metrics from may be none of the proxy's.
fn merged(world: &World<'_>, proxy: &Proxy, findings: &mut Findings) {
    let refused = if proxy.refuses_ports() {
        "since Istio 1.31 the Pod is refused with this one"
    } else {
        "the agent merges nothing from this one"
    };
    for target in proxy.unmergeable(world.model) {
        let port = &target.port;
        let message = match target.why {
            Obstacle::Secure(_) => {
                format!(
                    "the application's metrics are read in plain text from {port}, which speaks TLS"
                )
            }
            Obstacle::Reserved(whose) => {
                format!(
                    "the application's metrics are read from {port}, which is Istio's own, for {whose}"
                )
            }
            Obstacle::NoPort => {
                format!("the application's metrics are read from `{port}`, which is no port")
            }
        };
        let finding = findings.at(target.at, message);
        // Read in Istio's code, not run.
        finding.severity(Severity::Warning);
        match target.why {
            Obstacle::Secure(at) => finding.also(at, "the proxy serves its own metrics there").help(
                "name the port of the application; the proxy's own are merged with them on 15020",
            ),
            Obstacle::Reserved(_) => {
                finding.help(format!("name the port of the application: {refused}"))
            }
            Obstacle::NoPort => finding.help(format!("write a number from 1 to 65535: {refused}")),
        };
    }
}
