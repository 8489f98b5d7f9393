use std::collections::BTreeMap;

use super::exposed;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-memory-limiter",
    severity: Severity::Warning,
    page: page!("receiver/missing-memory-limiter"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut bare: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (exposure, pipeline) in exposed(world) {
        let is_limited = pipeline
            .processors
            .iter()
            .any(|id| id.kind == "memory_limiter");
        if !is_limited && !pipeline.is_open {
            bare.entry(exposure.run)
                .or_default()
                .push((exposure, pipeline));
        }
    }
    for pipelines in bare.into_values() {
        let Some(((exposure, first), rest)) = pipelines.split_first() else {
            continue;
        };
        let names: Vec<_> = pipelines
            .iter()
            .map(|(_, pipeline)| format!("`{}`", pipeline.id.value))
            .collect();
        let message = match rest.len() {
            0 => format!(
                "the pipeline {} takes telemetry from outside without a `memory_limiter`",
                names[0]
            ),
            _ => format!(
                "the pipelines {} take telemetry from outside without a `memory_limiter`",
                names.join(", ")
            ),
        };
        findings
            .at(first.id.span, message)
            .also(exposure.said, exposure.way.label())
            .help("put a `memory_limiter` first among the processors, or one sender can end the Collector");
    }
}
