use crate::finding::Findings;
use crate::graph::landing::Target;
use crate::model::workload::WorkloadKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "split-sampling",
    severity: Severity::Warning,
    page: page!("service/split-sampling"),
    check,
};

/// Exporters that send all spans of a trace to one instance.
const BALANCERS: &[&str] = &["loadbalancing", "load_balancing"];

fn check(world: &World<'_>, findings: &mut Findings) {
    let runs = &world.model.runs;
    let is_balanced = runs
        .iter()
        .flat_map(|run| &run.collector.exporters)
        .any(|exporter| BALANCERS.contains(&exporter.id.kind.as_str()));
    if is_balanced {
        return;
    }
    for run in runs {
        let Some(workload) = run.workload(world.model) else {
            continue;
        };
        let stages = run.collector.pipelines.iter();
        let mut stages = stages.flat_map(|pipeline| &pipeline.processors);
        let Some(sampler) = stages.find(|id| id.kind == "tail_sampling") else {
            continue;
        };
        let mut autoscalers = world.model.autoscalers.iter();
        let autoscaler = autoscalers.find(|autoscaler| autoscaler.scales(workload, world.model));
        // What an autoscaler allows stands above `spec.replicas`, which it overwrites.
        let written = autoscaler.map_or(workload.replicas.as_ref(), |scaled| scaled.most.as_ref());
        let is_split = match workload.kind {
            WorkloadKind::DaemonSet => true,
            _ if autoscaler.is_some() => written.is_some_and(|most| most.value > 1),
            _ => workload.copies().is_some_and(|copies| copies > 1),
        };
        if !is_split || run.workload.is_some_and(|at| is_told_apart(world, at)) {
            continue;
        }
        let finding = findings.at(
            sampler.span,
            "the spans of one trace reach several instances, and each decides about its part alone",
        );
        match written {
            Some(written) if workload.kind != WorkloadKind::DaemonSet => {
                let said = match autoscaler {
                    Some(scaled) if written.span == scaled.object.kind.span => {
                        format!("up to {written} instances share the traces, as nothing says fewer")
                    }
                    Some(_) => "up to so many instances share the traces".to_owned(),
                    None => "so many instances share the traces".to_owned(),
                };
                finding.also(written.span, said);
            }
            _ => {
                finding.also(
                    workload.object.kind.span,
                    "every node has an instance of its own",
                );
            }
        }
        finding.help(
            "put a collector with the `load_balancing` exporter and `routing_key: traceID` in front, or run one instance",
        );
    }
}

/// Whether somebody wrote a headless Service for these Pods: so that senders tell them apart, as a `load_balancing` exporter
/// does, which may be elsewhere. The operator writes one for each collector.
fn is_told_apart(world: &World<'_>, workload: usize) -> bool {
    world.graph.landings.iter().any(|landing| {
        let service = &world.model.services[landing.service];
        let Target::Pods(pods) = &landing.target else {
            return false;
        };
        service.is_headless()
            && !service.is_operated()
            && pods.iter().any(|pod| pod.workload == workload)
    })
}
