//! Collectors as they run: which container merges which configurations, in which build.
//!
//! A configuration that nobody was seen to read runs alone, in a build that is not known: it may belong to a container
//! that was not given.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use around::Around;
use around::Files;
use merge::Keys;
use merge::Merge;
use merge::Part;

use super::Model;
use super::collector::Build;
use super::collector::Collector;
use super::collector::fault::Fault;
use super::collector::fault::FaultKind;
use super::collector::proxy::Proxies;
use super::compose::Mounted;
use super::workload::Workload;
use super::workload::container::Container;
use crate::source::Sources;
use crate::source::Span;

mod around;
mod gate;
mod merge;
mod ring;
#[cfg(test)]
mod tests;

/// One Collector.
#[derive(Clone, Debug)]
pub struct Run {
    /// The index into [`Model::workloads`] of what makes its Pods; `None` when that was not given.
    pub workload: Option<usize>,
    /// The index of the container in its Pod.
    pub container: usize,
    /// The indices into [`Model::collectors`] of what it merges, in that order.
    pub parts: Vec<usize>,
    /// What it makes of them.
    pub collector: Collector,
    /// Its distribution and version.
    pub build: Build,
    /// What its environment says of proxies.
    pub proxies: Proxies,
}

impl Run {
    /// What makes its Pods.
    #[must_use]
    pub fn workload<'m>(&self, model: &'m Model) -> Option<&'m Workload> {
        model.workloads.get(self.workload?)
    }

    /// Whether it may be of any older version: nothing tells the version, and the image is not one of the project's own
    /// that follows its newest release.
    #[must_use]
    pub fn may_be_old(&self, model: &Model) -> bool {
        let image = self.container(model).and_then(|own| own.image.as_ref());
        let follows = image.is_some_and(|image| image.floats() && image.distribution().is_some());
        self.build.minor.is_none() && !follows
    }

    /// The container that it runs in.
    #[must_use]
    pub fn container<'m>(&self, model: &'m Model) -> Option<&'m Container> {
        self.workload(model)?.pod.containers.get(self.container)
    }
}

/// Every Collector of `model`, in the order of its first configuration; `assumed` is the build where no image says
/// one.
pub(super) fn runs(model: &Model, sources: &Sources, assumed: Build) -> Vec<Run> {
    let files = Files::new(sources);
    let keys = Keys::of(model);
    let mut runs = Vec::new();
    let mut read = vec![false; model.collectors.len()];
    let mut operated = BTreeMap::new();
    for (at, workload) in model.workloads.iter().enumerate() {
        // The operator's own containers read what it writes: their configuration is the resource itself.
        if workload.is_operated() {
            operated.insert(workload.object.id, at);
            continue;
        }
        for (container_at, container) in workload.pod.containers.iter().enumerate() {
            let Some(merge) = Merge::of(model, workload, container, &keys) else {
                continue;
            };
            let given = merge.parts.iter().filter_map(Part::given);
            given.for_each(|part| read[part] = true);
            let build = Build::of(container.image.as_deref(), assumed);
            runs.extend(run(model, &files, merge, build, Some(at), container_at));
        }
    }
    for (at, collector) in model
        .collectors
        .iter()
        .enumerate()
        .filter(|(at, _)| !read[*at])
    {
        let object = collector.object().filter(|_| collector.is_operated());
        let workload = object.and_then(|object| operated.get(&object.id).copied());
        let build = collector.build(assumed);
        runs.extend(run(model, &files, Merge::alone(at), build, workload, 0));
    }
    runs.sort_by_key(|run| run.parts.first().copied());
    runs
}

/// What comes of `merge` in that container of that workload; `None` when nothing is merged.
fn run(
    model: &Model,
    files: &Files<'_>,
    merge: Merge,
    build: Build,
    workload: Option<usize>,
    container: usize,
) -> Option<Run> {
    let parts: Vec<&Collector> = merge
        .parts
        .iter()
        .map(|part| match part {
            Part::Given(at) => &model.collectors[*at],
            Part::Written(collector) => collector,
        })
        .collect();
    let mut collector = match (merge.whole, workload) {
        (true, Some(_)) => Collector::merged(&parts)?,
        // Nobody was seen to read it: there may be more.
        (true, None) => Collector::clone(parts.first()?),
        (false, _) => Collector::merged_in_part(&parts)?,
    };
    let around = match workload.and_then(|at| model.workloads.get(at)) {
        Some(workload) => {
            let container = workload.pod.containers.get(container);
            container.map(|container| Around::container(model, workload, container))
        }
        None => Around::file(model, files, &collector),
    };
    let proxies = match (workload, &around) {
        (Some(_), Some(around)) => around.proxies(),
        _ => Mounted::proxies(model.mounted_as(&collector)),
    };
    if let Some(around) = around {
        judge_in(&around, &mut collector);
    }
    if merge.lacks_profiles && build.minor.is_some_and(gate::is_closed) {
        gate::refuse(&mut collector);
    }
    Some(Run {
        workload,
        container,
        parts: merge.parts.iter().filter_map(Part::given).collect(),
        collector,
        build,
        proxies,
    })
}

/// Judges a Collector by what it finds around it.
fn judge_in(around: &Around<'_>, collector: &mut Collector) {
    collector.judge_in(around);
    let rings = ring::rings(around, &collector.root);
    // They say more than that the Collector gives up there.
    let at: BTreeSet<Span> = rings.iter().map(|fault| fault.span).collect();
    let substitution = |fault: &Fault| fault.kind == FaultKind::Substitution;
    let faults = &mut collector.faults;
    faults.retain(|fault| !(substitution(fault) && at.contains(&fault.span)));
    faults.extend(rings);
}

impl Model {
    /// What the Collector refuses, of the kinds that `wanted` takes: each place once, however many containers read it,
    /// in the order of the runs.
    pub fn faults(&self, wanted: impl Fn(FaultKind) -> bool) -> Vec<&Fault> {
        let mut seen = BTreeSet::new();
        let mut faults = Vec::new();
        for run in &self.runs {
            for fault in &run.collector.faults {
                let mut is_new = || seen.insert((fault.span, fault.said.as_str()));
                if wanted(fault.kind) && fault.applies(run.build.minor) && is_new() {
                    faults.push(fault);
                }
            }
        }
        faults
    }
}
