use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::proxy::Kind;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::interception::Mode;
use crate::graph::proxy::legacy;
use crate::graph::scrape::Flaw;
use crate::graph::scrape::fault::Cause;
use crate::graph::scrape::fault::Stage;
use crate::graph::scrape::intercepted;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "intercepted-scrape",
    severity: Severity::Error,
    page: page!("mesh/intercepted-scrape"),
    check,
};

/// How many of the workloads that one setting is for are shown.
const SHOWN: usize = 3;

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut stopped: BTreeMap<Span, Vec<(&Proxy, i64, Flaw)>> = BTreeMap::new();
    for proxy in &world.graph.proxies {
        for (_, port, _) in proxy.secure_ports() {
            if let Some(flaw) = intercepted(world.model, proxy, port.value) {
                let all = stopped.entry(port.span).or_default();
                all.push((proxy, port.value, flaw));
            }
        }
    }
    for (at, all) in &stopped {
        say(world, *at, all, findings);
    }
    legacy_sidecars(world, findings);
    refused(world, findings);
    held_back(world, findings);
}

/// What stops scrapes of a port that is opened at `at`: of a setting for the whole mesh once, whoever follows it.
fn say(world: &World<'_>, at: Span, all: &[(&Proxy, i64, Flaw)], findings: &mut Findings) {
    let Some((_, port, flaw)) = all.first() else {
        return;
    };
    let (message, said, label, help) = match flaw {
        Flaw::Strict(said) => (
            format!(
                "the sidecar takes scrapes of {port} and ends their mTLS itself: the connection is reset"
            ),
            *said,
            "in this mode it asks for the mesh's own mTLS and hands on plain text",
            "add `traffic.sidecar.istio.io/excludeInboundPorts: \"15091,15092\"` to the annotations of the Pod, or let \
             `portLevelMtls` of a policy with a selector make these ports `PERMISSIVE`",
        ),
        Flaw::Denied(said) => (
            format!(
                "scrapes of {port} pass the sidecar without an identity, and no policy lets such in"
            ),
            *said,
            "this policy asks who the peer is",
            "add `traffic.sidecar.istio.io/excludeInboundPorts` with this port, or a rule for it without `source`",
        ),
    };
    let finding = findings.at(at, message);
    // Read in Istio's code, not run.
    finding.severity(Severity::Warning).also(said, label);
    let apart = all
        .iter()
        .filter_map(|(proxy, ..)| proxy.apart(world.model, at));
    for name in apart.take(SHOWN) {
        finding.also(name, "these Pods open it");
    }
    finding.help(help);
    if all.len() > SHOWN {
        finding.help(format!("{} more are stopped like that", all.len() - SHOWN));
    }
}

/// Jobs whose own sidecar leads them nowhere: once a job.
fn held_back(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for scrape in world.graph.certain_scrapes() {
        let Some(fault) = scrape.fault(Stage::Outbound) else {
            continue;
        };
        if !seen.insert((scrape.scraping, scrape.job)) {
            continue;
        }
        let pods = scrape.pod.object(world.model);
        let message = format!(
            "the scraper's own sidecar takes this job's connections to {}, and knows no Service there: they are reset",
            pods.title()
        );
        let job = scrape.written(world.model);
        let finding = findings.at(job.name.span, message);
        // Read in Istio's code, not run.
        finding.severity(Severity::Warning).also(
            fault.at,
            "the mesh lets nobody out to what it does not know",
        );
        finding.help(
            "add the annotation `traffic.sidecar.istio.io/includeOutboundIPRanges: \"\"` to the Pod of the scraper",
        );
    }
}

/// Jobs in plain text for ports that the mesh makes `STRICT`, such as a collector's own metrics: once a job and port.
fn refused(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for scrape in world.graph.certain_scrapes() {
        let Some(fault) = scrape.fault(Stage::Interception) else {
            continue;
        };
        let Cause::Refused { port } = fault.cause else {
            continue;
        };
        if !seen.insert((scrape.scraping, scrape.job, port)) {
            continue;
        }
        let job = scrape.written(world.model);
        let pods = scrape.pod.object(world.model);
        let finding = findings.at(
            job.name.span,
            format!("this job scrapes port {port} of {} in plain text, and the sidecar takes mTLS only: the connection is reset", pods.title()),
        );
        finding
            .severity(Severity::Warning)
            .also(fault.at, "in this mode it takes nothing else");
        if let Some(said) = scrape.said.first() {
            finding.also(*said, "the port is told here");
        }
        finding.help(format!(
            "let the agent merge these metrics, or add `traffic.sidecar.istio.io/excludeInboundPorts: \"{port}\"` to the annotations \
             of the Pod"
        ));
    }
}

/// A Sidecar's own port takes the scraper's TLS in mode STRICT only.
fn legacy_sidecars(world: &World<'_>, findings: &mut Findings) {
    let entries = legacy::sidecar_ports(world.model);
    for entry in &entries {
        let mut proxies = world.graph.proxies.iter().filter(|proxy| {
            proxy.kind == Kind::Sidecar
                && !matches!(proxy.injection, Injection::No(..))
                && legacy::is_for(world.model, entry, proxy)
        });
        let found = proxies.find_map(|proxy| {
            let object = proxy.object(world.model)?;
            let mode = Mode::of(
                world.model,
                object,
                proxy.labels(world.model),
                entry.port.value,
            );
            match mode {
                Mode::Strict(_) => None,
                Mode::Permissive(said) => Some((object, said)),
                Mode::Disable(said) => Some((object, Some(said))),
            }
        });
        let Some((object, said)) = found else {
            continue;
        };
        // Without any policy given, the mesh's own may say STRICT.
        if said.is_none() && !world.settings.closed.covers("PeerAuthentication") {
            continue;
        }
        let finding = findings.at(
            entry.port.span,
            format!("this port takes mTLS of sidecars only, which Prometheus does not speak: scrapes of `{}` are reset", object.name()),
        );
        finding.severity(Severity::Warning);
        if let Some(said) = said {
            finding.also(
                said,
                "in this mode TLS without Istio's own protocol name is not taken here",
            );
        }
        finding.help(
            "make this port `STRICT` by `portLevelMtls` of a PeerAuthentication with a selector",
        );
    }
}
