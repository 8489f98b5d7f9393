use std::collections::BTreeSet;

use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::graph::landing::Target;
use crate::graph::proxy::ENVOY_ANNOTATION;
use crate::graph::proxy::ENVOY_PORT;
use crate::graph::proxy::MERGED_ANNOTATION;
use crate::graph::proxy::MERGED_PORT;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::legacy;
use crate::graph::scrape::fault::Cause;
use crate::graph::scrape::fault::Stage;
use crate::graph::scrape::may_judge;
use crate::model::object::Object;
use crate::model::scrape::relabel::Relabel;
use crate::model::service::PortRef;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "mismatched-secure-port",
    severity: Severity::Error,
    page: page!("mesh/mismatched-secure-port"),
    check,
};

/// What is served, by which variable it is opened, and by which annotation it is told.
const PORTS: [(&str, &str, &str); 2] = [
    ("the merged metrics", MERGED_PORT, MERGED_ANNOTATION),
    ("Envoy's own metrics", ENVOY_PORT, ENVOY_ANNOTATION),
];

fn check(world: &World<'_>, findings: &mut Findings) {
    annotations(world, findings);
    jobs(world, findings);
    services(world, findings);
}

fn annotations(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        // What is inert has a rule of its own, and opens nothing that could differ.
        if matches!(proxy.injection, Injection::No(..)) || !proxy.inert.is_empty() {
            continue;
        }
        for (what, variable, annotation) in PORTS {
            let Some(written) = proxy.annotation(world.model, annotation) else {
                continue;
            };
            if proxy.leaves_open(variable, written) {
                continue;
            }
            match proxy.port(variable) {
                Some(port) if written.value.trim() == port.value.to_string() => {}
                Some(port) => differs(proxy, (what, variable), written, &port, findings),
                None => closed(world, proxy, (what, variable), written, findings),
            }
        }
    }
}

fn differs(
    proxy: &Proxy,
    (what, variable): (&str, &str),
    written: &Spanned<String>,
    port: &Spanned<i64>,
    findings: &mut Findings,
) {
    if is_older(proxy, written) {
        return;
    }
    let other = PORTS.iter().find(|(_, other, _)| {
        *other != variable
            && proxy
                .port(other)
                .is_some_and(|port| port.value.to_string() == written.value)
    });
    let said = match other {
        Some((other, ..)) => format!(
            "scrapers are told {}, where {other} are; {what} are on {}",
            written.value, port.value
        ),
        None => format!(
            "scrapers are told {}, and {what} are served on {}",
            written.value, port.value
        ),
    };
    let finding = findings.at(written.span, said);
    finding.also(port.span, "the port is opened here");
    finding.help(format!(
        "write `\"{}\"`, or open the port that is told",
        port.value
    ));
    finding.fix(Fix {
        title: format!("tell scrapers {}", port.value),
        safety: Safety::Unsafe,
        edits: vec![Edit {
            span: written.span,
            text: format!("\"{}\"", port.value),
        }],
    });
}

/// Whether a resource of Istio opens the port that is told.
fn is_older(proxy: &Proxy, written: &Spanned<String>) -> bool {
    let mut ports = proxy.older.iter().map(|older| older.port.value);
    ports.any(|port| port.to_string() == written.trim())
}

/// The port is told and opened by nothing.
fn closed(
    world: &World<'_>,
    proxy: &Proxy,
    (what, variable): (&str, &str),
    written: &Spanned<String>,
    findings: &mut Findings,
) {
    if is_older(proxy, written) || !may_judge(world.model, proxy) {
        return;
    }
    let finding = findings.at(
        written.span,
        format!(
            "scrapers are told that {what} are on {}, and no port is opened for them",
            written.value
        ),
    );
    for (_, port, _) in proxy.secure_ports() {
        finding.also(port.span, "the only secure port is opened here");
    }
    finding.help(format!(
        "set `{variable}: \"{}\"` in `proxyMetadata`, or take the annotation away",
        written.value
    ));
}

/// Jobs that know a port of their own, which the Pods do not open, and those that cannot write an address of IPv6.
fn jobs(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for scrape in world.graph.certain_scrapes() {
        let job = scrape.written(world.model);
        let pods = scrape.pod.object(world.model);
        let fault = scrape.fault(Stage::Listener);
        let closed = fault.and_then(|fault| match fault.cause {
            // What an annotation of the Pods tells is judged with them.
            Cause::Closed { port } if !pods.span.contains(fault.at) => Some((fault.at, port)),
            _ => None,
        });
        if let Some((at, port)) = closed.filter(|(at, _)| seen.insert(*at)) {
            let message = format!(
                "this job goes to port {port}, which {} does not open",
                pods.title()
            );
            let finding = findings.at(at, message);
            let mut proxies = world.graph.proxies.iter();
            let proxy = proxies.find(|proxy| {
                proxy
                    .object(world.model)
                    .is_some_and(|own| own.id == pods.id)
            });
            for (_, port, _) in proxy.into_iter().flat_map(Proxy::secure_ports) {
                finding.also(port.span, "it opens this one");
            }
            finding.help("take the port from the annotation of the Pods that tells it, or name the one that they open");
        }
        if let Some(at) = job
            .address()
            .map(Relabel::written)
            .filter(|at| scrape.breaks_ipv6 && seen.insert(*at))
        {
            findings
                .at(at, "the address that this makes is none where Pods have addresses of IPv6: these need brackets")
                .severity(Severity::Warning)
                .also(job.name.span, "this job scrapes secure ports with it")
                .help("add a second relabeling for addresses with a `:`, with the replacement `'[$1]:$2'`");
        }
    }
}

/// Services that lead to a secure port which the Pods do not open.
fn services(world: &World<'_>, findings: &mut Findings) {
    for landing in &world.graph.landings {
        let Target::Pods(pods) = &landing.target else {
            continue;
        };
        let closed = pods.iter().find_map(|pod| {
            let port = pod
                .port
                .filter(|port| legacy::SECURE_BY_CUSTOM.contains(port))?;
            let mut proxies = world.graph.proxies.iter();
            let proxy = proxies.find(|proxy| proxy.workload == Some(pod.workload))?;
            is_closed(world, proxy, port).then_some((port, proxy))
        });
        let Some((port, proxy)) = closed else {
            continue;
        };
        let service = &world.model.services[landing.service];
        let entry = &service.ports[landing.port];
        let at = entry.target.as_ref().map(PortRef::span);
        let at = at.or(entry.port.as_ref().map(|port| port.span));
        let title = proxy
            .object(world.model)
            .map_or(String::new(), Object::title);
        let message = format!("this leads to port {port}, which {title} does not open");
        let finding = findings.at(at.unwrap_or(entry.span), message);
        for (_, port, _) in proxy.secure_ports() {
            finding.also(port.span, "it opens this one");
        }
        finding.help("name the port that the Pods open");
    }
}

fn is_closed(world: &World<'_>, proxy: &Proxy, port: i64) -> bool {
    let is_out = matches!(proxy.injection, Injection::No(..)) || !proxy.inert.is_empty();
    let mut open = proxy.secure_ports().map(|(_, open, _)| open.value);
    let is_open = open.any(|own| own == port);
    let is_open = is_open || proxy.older.iter().any(|older| older.port.value == port);
    !is_out && !is_open && may_judge(world.model, proxy) && !proxy.declares(world.model, port)
}
