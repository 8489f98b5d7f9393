use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::proxy::Kind;
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

pub(super) static RULE: Rule = Rule {
    name: "intercepted-scrape",
    severity: Severity::Error,
    page: page!("mesh/intercepted-scrape"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        for (_, port, _) in proxy.secure_ports() {
            match intercepted(world.model, proxy, port.value) {
                Some(Flaw::Strict(said)) => {
                    findings
                        .at(port.span, format!("the sidecar takes scrapes of {} and ends their mTLS itself: the connection is reset", port.value))
                        // Read in Istio's code, not run.
                        .severity(Severity::Warning)
                        .also(said, "in this mode it asks for the mesh's own mTLS and hands on plain text")
                        .help("add `traffic.sidecar.istio.io/excludeInboundPorts: \"15091,15092\"` to the annotations of the Pod, or let \
                               `portLevelMtls` of a policy with a selector make these ports `PERMISSIVE`");
                }
                Some(Flaw::Denied(policy)) => {
                    findings
                        .at(port.span, format!("scrapes of {} pass the sidecar without an identity, and no policy lets such in", port.value))
                        .severity(Severity::Warning)
                        .also(policy, "this policy asks who the peer is")
                        .help("add `traffic.sidecar.istio.io/excludeInboundPorts` with this port, or a rule for it without `source`");
                }
                _ => {}
            }
        }
    }
    legacy_sidecars(world, findings);
    refused(world, findings);
}

/// Jobs in plain text for ports that the mesh makes `STRICT`, such as a collector's own metrics: once a job and port.
fn refused(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for scrape in world
        .graph
        .scrapes
        .iter()
        .filter(|scrape| scrape.is_certain)
    {
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
