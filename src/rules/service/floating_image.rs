use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "floating-image",
    severity: Severity::Warning,
    page: page!("service/floating-image"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let running: BTreeSet<(usize, usize)> = world
        .model
        .runs
        .iter()
        .filter_map(|run| Some((run.workload?, run.container)))
        .collect();
    for (at, workload) in world.model.workloads.iter().enumerate() {
        for (index, container) in workload.pod.containers.iter().enumerate() {
            let Some(image) = container.image.as_ref().filter(|image| image.floats()) else {
                continue;
            };
            if image.distribution().is_none() && !running.contains(&(at, index)) {
                continue;
            }
            let message = match &image.tag {
                Some(tag) => format!("the tag `{tag}` names another collector tomorrow"),
                None => "an image without a tag names another collector tomorrow".to_owned(),
            };
            findings
                .at(image.span, message)
                .help("name a version, such as `:0.150.0`: components are renamed and removed from release to release");
        }
    }
}
