use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::model::collector::Extent;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unwired-receiver",
    severity: Severity::Error,
    page: page!("receiver/unwired-receiver"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for landing in &world.graph.landings {
        for (_, run, receiver, _) in landing.receivers() {
            let collector = &world.model.runs[run].collector;
            let id = &collector.receivers[receiver].id;
            let is_open = collector.pipelines.iter().any(|pipeline| pipeline.is_open);
            let unwired = collector.extent == Extent::Whole
                && !is_open
                && collector.readers(id).next().is_none();
            if !unwired || collector.pipelines.is_empty() || !seen.insert(id.span) {
                continue;
            }
            let service = &world.model.services[landing.service];
            findings
                .at(
                    id.span,
                    format!(
                        "no pipeline reads the receiver `{}`, so it opens no port",
                        id.value
                    ),
                )
                .also(
                    service.ports[landing.port].span,
                    "this port of a Service leads to it",
                )
                .help("name it under `receivers` of a pipeline");
        }
    }
}
