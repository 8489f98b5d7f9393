use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::exposed;
use crate::finding::Findings;
use crate::model::collector::id::Role;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "missing-memory-limiter",
    severity: Severity::Warning,
    page: page!("receiver/missing-memory-limiter"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    bare(world, findings);
    too_high(world, findings);
}

/// Pipelines that outsiders fill.
fn bare(world: &World<'_>, findings: &mut Findings) {
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

/// Limiters that would refuse at the earliest where the kernel has ended the container: above `limit_mib` less
/// `spike_limit_mib`, a fifth of it by default (collector, internal/memorylimiter/config.go).
fn too_high(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for run in &world.model.runs {
        let container = run.container(world.model);
        let Some(ended) = container.and_then(|own| own.memory_limit.as_ref()) else {
            continue;
        };
        let limiters = run.collector.processors.iter();
        let limiters = limiters.filter(|processor| {
            let mut users = run.collector.users(Role::Processor, &processor.id);
            processor.id.kind == "memory_limiter" && users.next().is_some()
        });
        for limiter in limiters {
            let Some(limit) = limiter.body.integer_at("limit_mib") else {
                continue;
            };
            let spike = match limiter.body.get("spike_limit_mib") {
                // A `${…}` may say anything.
                Some(_) => limiter.body.integer_at("spike_limit_mib"),
                None => Some(Spanned::new(0, limit.span)),
            };
            let spike = match spike.map(|spike| spike.value) {
                None => continue,
                Some(0) => limit.value / 5,
                Some(spike) => spike,
            };
            let refuses = u64::try_from(limit.value.saturating_sub(spike)).unwrap_or_default();
            if refuses.saturating_mul(MEBIBYTE) < ended.value || !seen.insert(limit.span) {
                continue;
            }
            let most = ended.value / MEBIBYTE;
            findings
                .at(limit.span, format!("this `memory_limiter` refuses nothing below {refuses} MiB, and the container is ended at {most} MiB"))
                .also(ended.span, "where the kernel ends it: `OOMKilled`")
                .help("set `limit_percentage: 80` and `spike_limit_percentage: 25`, which follow the container, or stay well below its limit");
        }
    }
}

/// A MiB in bytes.
const MEBIBYTE: u64 = 1 << 20;
