use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::proxy::Kind;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::legacy;
use crate::model::mesh::Sidecar;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "namespace-wide-sidecar",
    severity: Severity::Warning,
    page: page!("mesh/namespace-wide-sidecar"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let entries = legacy::sidecar_ports(world.model);
    let mut seen = BTreeSet::new();
    for entry in &entries {
        let sidecar = &world.model.sidecars[entry.sidecar];
        if !sidecar.selector.is_empty() || !seen.insert(entry.sidecar) {
            continue;
        }
        let robbed = robbed(world, sidecar);
        // Whoever lists the ports of the applications as well means the namespace, unless one is left out.
        let of_metrics = entries.iter().filter(|own| own.sidecar == entry.sidecar);
        if robbed.is_none() && of_metrics.count() < sidecar.ingress.len() {
            continue;
        }
        let finding = findings.at(
            sidecar.object.name_span(),
            format!(
                "this Sidecar is for every workload of namespace `{}`, and takes their own ports from them",
                sidecar.object.namespace()
            ),
        );
        finding.also(
            entry.port.span,
            "a list of ports replaces those of the Services",
        );
        if let Some(port) = robbed {
            finding.also(port, "this port is not in the list");
        }
        finding.help(
            "give it `workloadSelector.labels`, one Sidecar for each workload that is scraped",
        );
    }
}

/// A port of an injected workload in the namespace that the list leaves out.
fn robbed(world: &World<'_>, sidecar: &Sidecar) -> Option<Span> {
    let listed = |port: i64| {
        let mut ports = sidecar
            .ingress
            .iter()
            .filter_map(|entry| entry.port.as_ref());
        ports.any(|own| own.value == port)
    };
    let proxies = world.graph.proxies.iter();
    let injected = proxies.filter(|proxy| matches!(proxy.injection, Injection::Yes(_)));
    let workloads = injected
        .filter(|proxy| proxy.kind == Kind::Sidecar)
        .filter_map(|proxy| proxy.workload)
        .map(|at| &world.model.workloads[at]);
    let near = workloads.filter(|own| own.object.namespace() == sidecar.object.namespace());
    let mut ports = near
        .flat_map(|own| own.pod.running())
        .flat_map(|container| &container.ports);
    let robbed = ports.find(|own| own.port.as_ref().is_some_and(|own| !listed(own.value)));
    robbed.map(|port| port.span)
}
