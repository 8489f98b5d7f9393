use crate::finding::Findings;
use crate::graph::landing::Listening;
use crate::graph::landing::Pod;
use crate::graph::landing::Target;
use crate::model::service::PortRef;
use crate::model::service::ServicePort;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unreachable-port",
    severity: Severity::Error,
    page: page!("service/unreachable-port"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for landing in &world.graph.landings {
        let service = &world.model.services[landing.service];
        let port = &service.ports[landing.port];
        let Target::Pods(pods) = &landing.target else {
            continue;
        };
        if pods.is_empty() || service.is_operated() {
            continue;
        }
        if pods
            .iter()
            .all(|pod| pod.port.is_none() && runs_collector(world, pod))
        {
            unnamed(world, port, pods, findings);
        } else if is_meant_for_otlp(port, pods) {
            unheard(world, port, pods, findings);
        }
    }
}

/// No container gives the name that the Service asks for.
fn unnamed(world: &World<'_>, port: &ServicePort, pods: &[Pod], findings: &mut Findings) {
    let Some(PortRef::Name(name)) = &port.target else {
        return;
    };
    let workload = &world.model.workloads[pods[0].workload];
    let message = format!(
        "no container of {} has a port called `{name}`",
        workload.object.title()
    );
    let finding = findings.at(name.span, message);
    let ports: Vec<_> = workload
        .pod
        .running()
        .flat_map(|container| &container.ports)
        .collect();
    if let Some(first) = ports.first() {
        let names: Vec<String> = ports
            .iter()
            .filter_map(|port| port.name.as_ref().map(|name| format!("`{name}`")))
            .collect();
        let label = if names.is_empty() {
            "its ports have no names".to_owned()
        } else {
            format!("it has {}", names.join(", "))
        };
        finding.also(first.span, label);
    }
    finding.help("use one of those names, or the number on which the receiver listens");
}

/// Nothing in the configuration listens on the port.
fn unheard(world: &World<'_>, port: &ServicePort, pods: &[Pod], findings: &mut Findings) {
    let nobody = pods.iter().map(|pod| match pod.listening {
        Listening::Nobody { run } => Some(run),
        _ => None,
    });
    let Some(runs) = nobody.collect::<Option<Vec<usize>>>() else {
        return;
    };
    let Some(number) = pods[0].port else { return };
    let at = port
        .target
        .as_ref()
        .map(PortRef::span)
        .or(port.port.as_ref().map(|port| port.span));
    let finding = findings.at(
        at.unwrap_or(port.span),
        format!("no receiver of the collector behind this port listens on {number}"),
    );
    let mut listens = Vec::new();
    for receiver in &world.model.runs[runs[0]].collector.receivers {
        for server in &receiver.servers {
            let Ok(listen) = server.listens_in_operator() else {
                continue;
            };
            let Some(own) = listen.port else { continue };
            let at = server
                .endpoint
                .as_ref()
                .map_or(server.span, |endpoint| endpoint.span);
            finding.also(at, format!("`{}` listens on {own}", receiver.id.value));
            listens.push(own.to_string());
        }
    }
    if listens.is_empty() {
        finding.help("give the receiver a protocol under `protocols`");
    } else {
        finding.help(format!(
            "set `targetPort` to {}, or change the receiver's endpoint",
            listens.join(" or ")
        ));
    }
}

fn runs_collector(world: &World<'_>, pod: &Pod) -> bool {
    world
        .model
        .runs
        .iter()
        .any(|run| run.workload == Some(pod.workload))
}

/// Whether the port is OTLP's by its number or its name; any other may be heard by something that is not in the
/// configuration.
fn is_meant_for_otlp(port: &ServicePort, pods: &[Pod]) -> bool {
    let is_otlp = |number: i64| matches!(number, 4317 | 4318);
    let own = port
        .port
        .as_ref()
        .is_some_and(|number| is_otlp(number.value));
    let behind = pods.iter().any(|pod| pod.port.is_some_and(is_otlp));
    let named = port
        .name
        .as_ref()
        .is_some_and(|name| name.value.contains("otlp"));
    own || behind || named
}
