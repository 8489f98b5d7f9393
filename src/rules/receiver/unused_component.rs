use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Role;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

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
        if !collector.knows_all_users() {
            continue;
        }
        for (role, id, _) in collector.components() {
            let is_used = collector.users(role, id).next().is_some();
            if role == Role::Extension || is_used || reached.contains(&id.span) {
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
