use std::collections::BTreeMap;

use crate::finding::Findings;
use crate::graph::proxy::injection::Injection;
use crate::graph::scrape::Scrape;
use crate::graph::scrape::fault::Cause;
use crate::graph::scrape::fault::Fault;
use crate::graph::scrape::fault::Stage;
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

/// How many of the closed Pods that a job finds are shown.
const SHOWN: usize = 3;

fn check(world: &World<'_>, findings: &mut Findings) {
    shut(world, findings);
    jobs(world, findings);
}

/// Proxies that nobody can scrape any more.
fn shut(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        let is_out = matches!(proxy.injection, Injection::No(..));
        // Of one port alone another rule tells.
        let is_closed = proxy.closes_merged() && proxy.closes_envoy();
        let Some(switch) = proxy.switch().filter(|_| is_closed && !is_out) else {
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
    }
}

/// Jobs in plain text that find closed Pods: once a job and port.
fn jobs(world: &World<'_>, findings: &mut Findings) {
    let mut by_job: BTreeMap<_, Vec<(&Scrape, &Fault)>> = BTreeMap::new();
    for scrape in world.graph.certain_scrapes() {
        let (Some(port), Some(fault)) = (scrape.port, scrape.fault(Stage::Listener)) else {
            continue;
        };
        if matches!(fault.cause, Cause::Forbidden | Cause::Loopback { .. }) {
            let stranded = by_job
                .entry((scrape.scraping, scrape.job, port))
                .or_default();
            stranded.push((scrape, fault));
        }
    }
    for ((_, _, port), stranded) in by_job {
        let Some((scrape, fault)) = stranded.first() else {
            continue;
        };
        let job = scrape.written(world.model);
        let answer = match fault.cause {
            Cause::Forbidden => "answers 403 to everybody but its own Pod",
            _ => "is open to its own Pod only",
        };
        let message =
            format!("this job scrapes port {port}, which {answer}: the targets are down for ever");
        let finding = findings.at(job.name.span, message);
        for (_, fault) in stranded.iter().take(SHOWN) {
            finding.also.extend(fault.also.iter().cloned());
        }
        if stranded.len() > SHOWN {
            finding.help(format!(
                "{} more Pods are closed like that",
                stranded.len() - SHOWN
            ));
        }
        finding.help(
            "scrape the secure port, and drop Pods with `prometheus.istio.io/secure-port` from this job, or do without it",
        );
    }
}
