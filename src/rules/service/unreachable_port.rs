use crate::finding::Findings;
use crate::graph::landing::Listening;
use crate::graph::landing::Pod;
use crate::graph::landing::Target;
use crate::graph::probe::Cause;
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
    unanswered(world, findings);
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

/// The probes of a Collector's container ask a port on which nothing answers.
fn unanswered(world: &World<'_>, findings: &mut Findings) {
    for unanswered in &world.graph.unanswered {
        let run = &world.model.runs[unanswered.run];
        let Some(container) = run.container(world.model) else {
            continue;
        };
        let mut probes = unanswered.probes.iter().map(|at| &container.probes[*at]);
        let Some(first) = probes.next() else { continue };
        let (kind, port) = (first.kind.as_str(), unanswered.port);
        let why = match &unanswered.cause {
            Cause::Nobody => "and no `health_check` is started that would answer".to_owned(),
            Cause::OtherPort(server) => format!("and `health_check` listens on {}", server.port),
            Cause::Loopback(_) => {
                "and `health_check` takes connections from its own Pod only".to_owned()
            }
        };
        let message = format!("the {kind} probe asks port {port}, {why}");
        let finding = findings.at(first.port.span(), message);
        for probe in probes {
            let label = format!("so does the {} probe", probe.kind.as_str());
            finding.also(probe.port.span(), label);
        }
        match &unanswered.cause {
            Cause::Nobody => {
                finding.help(format!(
                    "list `health_check` under `service.extensions`, and give it `endpoint: 0.0.0.0:{port}`"
                ));
            }
            Cause::OtherPort(server) => {
                finding.also(server.span, "the health check");
                finding.help(format!("ask port {}", server.port));
            }
            Cause::Loopback(server) => {
                let label = if server.by_default {
                    "without an endpoint it listens on localhost"
                } else {
                    "it listens here"
                };
                finding.also(server.span, label);
                finding.help(format!(
                    "set `endpoint: 0.0.0.0:{port}`, or `${{env:MY_POD_IP}}` with the Pod's address"
                ));
                if server.by_default && run.may_be_old(world.model) {
                    finding.severity(Severity::Warning).help(
                        "it did so on every address before 0.104, and the version of the Collector is not known here: \
                         `assume: {collector: …}` says it",
                    );
                }
            }
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
