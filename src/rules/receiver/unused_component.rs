use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Role;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "unused-component",
    severity: Severity::Warning,
    page: page!("receiver/unused-component"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    // A receiver that something sends to is accused of more than that, as unwired.
    let reached: BTreeSet<Span> = world
        .graph
        .landings
        .iter()
        .flat_map(|landing| landing.receivers())
        .map(|(_, run, receiver, _)| world.model.runs[run].collector.receivers[receiver].id.span)
        .collect();
    for collector in world.model.runs.iter().map(|run| &run.collector) {
        let is_open = collector.pipelines.iter().any(|pipeline| pipeline.is_open);
        if collector.extent != Extent::Whole || is_open || collector.pipelines.is_empty() {
            continue;
        }
        for (role, id) in unused(collector) {
            if reached.contains(&id.span) {
                continue;
            }
            let finding = findings.at(
                id.span,
                format!("no pipeline uses the {role} `{}`", id.value),
            );
            finding.help(
                "the Collector does not even build it: name it in a pipeline, or take it away",
            );
            // People keep one at hand for the day on which they need it.
            if role == Role::Exporter && matches!(id.kind.as_str(), "debug" | "logging") {
                finding.severity(Severity::Note);
            }
        }
        let asked: BTreeSet<ComponentId> = collector
            .askings()
            .into_iter()
            .map(|asking| asking.extension.value)
            .collect();
        for extension in &collector.extensions {
            let id = &extension.id;
            if !collector.may_start(id) && !asked.contains(&id.value) {
                findings
                    .at(
                        id.span,
                        format!(
                            "`service.extensions` does not start the extension `{}`",
                            id.value
                        ),
                    )
                    .help("list it there, or take it away");
            }
        }
    }
}

/// Components of pipelines that stand in none.
fn unused(collector: &Collector) -> Vec<(Role, &Spanned<ComponentId>)> {
    let pipelines = || collector.pipelines.iter();
    let receivers: BTreeSet<_> = pipelines()
        .flat_map(|pipeline| &pipeline.receivers)
        .map(|id| &id.value)
        .collect();
    let processors: BTreeSet<_> = pipelines()
        .flat_map(|pipeline| &pipeline.processors)
        .map(|id| &id.value)
        .collect();
    let exporters: BTreeSet<_> = pipelines()
        .flat_map(|pipeline| &pipeline.exporters)
        .map(|id| &id.value)
        .collect();
    let receiver = collector
        .receivers
        .iter()
        .map(|one| (Role::Receiver, &one.id, &receivers));
    let processor = collector
        .processors
        .iter()
        .map(|one| (Role::Processor, &one.id, &processors));
    let exporter = collector
        .exporters
        .iter()
        .map(|one| (Role::Exporter, &one.id, &exporters));
    // A connector that stands on one side only is another rule's.
    let connectors: BTreeSet<_> = receivers.union(&exporters).copied().collect();
    let connector = collector
        .connectors
        .iter()
        .map(|one| (Role::Connector, &one.id, &connectors));
    receiver
        .chain(processor)
        .chain(exporter)
        .chain(connector)
        .filter(|(_, id, used)| !used.contains(&id.value))
        .map(|(role, id, _)| (role, id))
        .collect()
}
