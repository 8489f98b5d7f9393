use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::wiring::Found;
use crate::graph::wiring::Role;
use crate::model::image::Distribution;
use crate::model::workload::Workload;
use crate::model::workload::container::Container;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unreadable-key-file",
    severity: Severity::Warning,
    page: page!("service/unreadable-key-file"),
    check,
};

const OTHERS_READ: i64 = 0o004;
const GROUP_READS: i64 = 0o040;

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    let (keys, others): (Vec<_>, Vec<_>) = world
        .graph
        .wiring
        .files
        .iter()
        .partition(|file| file.role == Role::Setting("key_file".to_owned()));
    for file in keys.into_iter().chain(others) {
        let Found::Key {
            mode: Some(mode),
            store,
            ..
        } = &file.found
        else {
            continue;
        };
        let workload = &world.model.workloads[file.workload];
        let container = &workload.pod.containers[file.container];
        let Some((user, group)) = process(workload, container) else {
            continue;
        };
        let is_open = mode.value & OTHERS_READ != 0 || user == 0;
        let by_group = mode.value & GROUP_READS != 0 && group != Some(Distribution::Core.user().1);
        let is_shared = workload.pod.security.file_group.is_some() || workload.pod.security.windows;
        if is_open || by_group || is_shared || !seen.insert(mode.span) {
            continue;
        }
        let what = match &file.role {
            Role::Setting(key) => format!("`{key}`"),
            Role::Config | Role::DefaultConfig => "the configuration".to_owned(),
        };
        let finding = findings
            .at(
                mode.span,
                format!(
                    "user {user} cannot read this {}: its files belong to root, with mode {:04o}",
                    store.kind(),
                    mode.value
                ),
            )
            .also(file.said, format!("the collector reads it as {what}"));
        if let Some(said) = &container.security.user.as_ref().or(workload
            .pod
            .security
            .user
            .as_ref())
        {
            finding.also(said.span, "it runs as this user");
        }
        finding.help("set `fsGroup` in the Pod's `securityContext`, which lets that group read, or leave the mode out");
    }
}

/// User and group of the container's process: what the Pod says, else what the project's images say. `None` when the
/// image is another's.
fn process(workload: &Workload, container: &Container) -> Option<(i64, Option<i64>)> {
    let said = container
        .security
        .user
        .as_ref()
        .or(workload.pod.security.user.as_ref());
    let image = container
        .image
        .as_ref()
        .and_then(|image| image.distribution());
    let is_unsaid = container.image.is_none() && workload.is_operated();
    let image = image.or_else(|| is_unsaid.then_some(Distribution::Core));
    let user = said
        .map(|user| user.value)
        .or_else(|| image.map(|image| image.user().0))?;
    let group = container
        .security
        .group
        .as_ref()
        .or(workload.pod.security.group.as_ref());
    let group = match group {
        Some(group) => Some(group.value).filter(|group| *group != 0),
        // A user that the image does not know has the group 0.
        None if said.is_some() => None,
        None => image.map(|image| image.user().1),
    };
    let is_root_group = workload
        .pod
        .security
        .supplemental_groups
        .iter()
        .any(|group| group.value == 0);
    Some((user, group.filter(|_| !is_root_group)))
}
