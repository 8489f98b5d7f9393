use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::landing::Landing;
use crate::graph::landing::Target;
use crate::model::collector::receiver::Server;
use crate::model::collector::section::Presence;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "public-collector",
    severity: Severity::Warning,
    page: page!("service/public-collector"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let guarded = behind_gateways(world);
    services(world, &guarded, findings);
    pods(world, &guarded, findings);
}

/// Workloads that a Gateway leads to.
fn behind_gateways(world: &World<'_>) -> BTreeSet<usize> {
    let landings = world
        .graph
        .deliveries
        .iter()
        .map(|delivery| &world.graph.landings[delivery.landing]);
    landings
        .filter_map(|landing| match &landing.target {
            Target::Pods(pods) => Some(pods),
            _ => None,
        })
        .flatten()
        .map(|pod| pod.workload)
        .collect()
}

fn services(world: &World<'_>, guarded: &BTreeSet<usize>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for landing in &world.graph.landings {
        let service = &world.model.services[landing.service];
        let Some(kind) = service.kind.as_ref().filter(|_| service.is_public()) else {
            continue;
        };
        let Some((_, run, receiver, server)) = landing.receivers().next() else {
            continue;
        };
        let server = &world.model.runs[run].collector.receivers[receiver].servers[server];
        let past = landing_workloads(landing).any(|workload| guarded.contains(&workload));
        let is_sheltered = landing.is_sheltered(world.model, false);
        if is_sheltered || (!past && !is_open(server)) || !seen.insert(landing.service) {
            continue;
        }
        let message = if past {
            format!("`{kind}` opens the collector to the outside, past the Gateway")
        } else {
            format!(
                "`{kind}` opens the collector to the outside, and the receiver asks nobody who they are"
            )
        };
        findings
            .at(kind.span, message)
            .also(server.span, "this receiver is reached")
            .help("make it `ClusterIP`, and let a Gateway with client authentication lead to it");
    }
}

fn pods(world: &World<'_>, guarded: &BTreeSet<usize>, findings: &mut Findings) {
    for run in &world.model.runs {
        let Some(at) = run.workload.filter(|at| guarded.contains(at)) else {
            continue;
        };
        let pod = &world.model.workloads[at].pod;
        if let Some(flag) = pod.host_network.as_ref().filter(|flag| flag.value) {
            findings
                .at(
                    flag.span,
                    "`hostNetwork` opens the collector on every node, past the Gateway",
                )
                .help("take it away, or keep outsiders from the nodes' ports");
            continue;
        }
        let Some(container) = pod.containers.get(run.container) else {
            continue;
        };
        let ports = container
            .ports
            .iter()
            .filter_map(|port| Some((port, port.host_port.as_ref()?)));
        for (port, host) in ports {
            let servers = run
                .collector
                .receivers
                .iter()
                .flat_map(|receiver| &receiver.servers);
            let is_receiver = servers
                .filter_map(|server| server.listens(run.build.minor).ok()?.port)
                .any(|own| {
                    port.port
                        .as_ref()
                        .is_some_and(|port| port.value == i64::from(own))
                });
            if is_receiver {
                findings
                    .at(
                        host.span,
                        format!(
                            "`hostPort: {host}` opens the collector on every node, past the Gateway"
                        ),
                    )
                    .help("take it away, or keep outsiders from the nodes' ports");
            }
        }
    }
}

fn landing_workloads(landing: &Landing) -> impl Iterator<Item = usize> {
    let pods = match &landing.target {
        Target::Pods(pods) => pods.as_slice(),
        _ => &[],
    };
    pods.iter().map(|pod| pod.workload)
}

/// Whether the receiver takes telemetry from anybody: it asks for no client certificate and no authentication.
fn is_open(server: &Server) -> bool {
    let asks_for_certificate = match &server.tls {
        Presence::Given(tls) => tls.client_ca_file.is_some(),
        Presence::Open(_) => true,
        _ => false,
    };
    !asks_for_certificate && !matches!(server.auth, Presence::Given(_) | Presence::Open(_))
}
