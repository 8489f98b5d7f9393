use crate::finding::Findings;
use crate::graph::proxy::ENVOY_PLAIN;
use crate::graph::proxy::LOCAL_ONLY;
use crate::graph::proxy::MERGED_PLAIN;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::graph::scrape::Aim;
use crate::model::scrape::Monitor;
use crate::model::service::PortRef;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "stranded-plaintext-scrape",
    severity: Severity::Error,
    page: page!("mesh/stranded-plaintext-scrape"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        let is_out = matches!(proxy.injection, Injection::No(..));
        let switch = proxy
            .environment
            .get(LOCAL_ONLY)
            .or_else(|| proxy.metadata.get(LOCAL_ONLY));
        let is_closed = proxy.closes_merged() || proxy.closes_envoy();
        let Some(switch) = switch.filter(|_| is_closed && !is_out) else {
            continue;
        };
        if proxy.secure_ports().next().is_none() && proxy.inert.is_empty() {
            findings
                .at(
                    switch.value.span,
                    "the metrics in plain text are closed, and no secure port is open instead",
                )
                .severity(Severity::Warning)
                .help("open one: `ENVOY_SECURE_MERGED_METRICS_PORT: \"15092\"` in `proxyMetadata`");
        }
        for (_, endpoint) in monitors(world, proxy) {
            let closed = match &endpoint.port {
                Some(PortRef::Number(port)) => {
                    port.value == MERGED_PLAIN && proxy.closes_merged()
                        || port.value == ENVOY_PLAIN && proxy.closes_envoy()
                }
                Some(PortRef::Name(name)) => name.ends_with("-envoy-prom") && proxy.closes_envoy(),
                None => false,
            };
            if closed {
                findings
                    .at(endpoint.span, "this scrapes a port that answers its own Pod only: the target is down for ever")
                    .also(switch.value.span, "it is closed to others here")
                    .help("scrape the secure port, with the certificates of the mesh, and take this endpoint away");
            }
        }
    }
    jobs(world, findings);
}

/// Jobs in plain text that find closed Pods: once a job, with the first Pod as its example.
fn jobs(world: &World<'_>, findings: &mut Findings) {
    let mut last = None;
    for scrape in &world.graph.scrapes {
        let proxy = &world.graph.proxies[scrape.proxy];
        let is_closed = scrape.aim == Aim::Plain && proxy.closes_merged();
        let switch = proxy.environment.get(LOCAL_ONLY).filter(|_| is_closed);
        let Some(switch) = switch.filter(|_| last != Some(scrape.job)) else {
            continue;
        };
        last = Some(scrape.job);
        let job = &world.model.jobs[scrape.job];
        findings
            .at(job.name.span, "this job finds Pods by `prometheus.io/scrape`, and their port in plain text is closed: the \
                 targets are down for ever")
            .also(switch.value.span, "it is closed to others here; merging announces it all the same")
            .help("drop Pods with `prometheus.istio.io/secure-port` from this job, or do without it");
    }
}

/// The endpoints of PodMonitors that choose the Pods of `proxy`.
fn monitors<'w>(
    world: &World<'w>,
    proxy: &Proxy,
) -> Vec<(&'w Monitor, &'w crate::model::scrape::Endpoint)> {
    let Some(object) = proxy.object(world.model) else {
        return Vec::new();
    };
    let labels = proxy.labels(world.model);
    let value =
        |key: &str| crate::model::object::value(labels, key).map(|label| label.value.clone());
    let monitors = world.model.monitors.iter().filter(|monitor| {
        let is_near = monitor.is_everywhere
            || monitor
                .namespaces
                .iter()
                .any(|own| own.value == object.namespace())
            || monitor.namespaces.is_empty() && monitor.object.namespace() == object.namespace();
        let chooses = monitor
            .selector
            .as_ref()
            .is_none_or(|selector| selector.selects(&value));
        monitor.is_of_pods && proxy.workload.is_some() && is_near && chooses
    });
    monitors
        .flat_map(|monitor| {
            monitor
                .endpoints
                .iter()
                .map(move |endpoint| (monitor, endpoint))
        })
        .collect()
}
