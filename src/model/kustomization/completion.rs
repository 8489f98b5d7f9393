//! What kustomizations add to the files that they take as resources: labels with their selectors, and a namespace. Such a
//! file is not whole before.
//!
//! Source: kustomize, <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/>: `commonLabels` and `labels`
//! with `includeSelectors` write `spec.selector` and the labels of the template; `namespace` also goes into the subjects that
//! name a service account of the same build.

use std::collections::BTreeSet;

use super::is_kustomization;
use crate::model::comparison::join;
use crate::yaml::Node;
use crate::yaml::Shape;

/// One kustomization: where it stands, what it takes, and what it adds.
#[derive(Debug)]
pub(in crate::model) struct Completion {
    folder: String,
    /// Files, and folders with kustomizations of their own, as paths like its own.
    resources: Vec<String>,
    adds_labels: bool,
    adds_namespace: bool,
}

/// The files that some kustomization completes, by name, over however many others it takes them.
#[derive(Clone, Debug, Default)]
pub struct Completed {
    /// They get labels, and selectors for them.
    pub labelled: BTreeSet<String>,
    /// They get a namespace.
    pub placed: BTreeSet<String>,
}

impl Completion {
    /// What the kustomization `name` (its path) with these documents does; `None` when the file is none.
    pub(in crate::model) fn read(name: &str, roots: &[Node<'_>]) -> Option<Self> {
        let (folder, _) = name.rsplit_once('/').unwrap_or(("", name));
        let root = roots.first().filter(|_| is_kustomization(name))?;
        let list = |key: &str| root.get(key).into_iter().flat_map(Node::items);
        let resources = ["resources", "bases", "components"]
            .into_iter()
            .flat_map(list)
            .filter_map(Node::string)
            .map(|path| join(folder, &path))
            .collect();
        let common = root.get("commonLabels");
        let mut labels = list("labels");
        let adds_labels = common.is_some_and(|labels| labels.shape() == Shape::Mapping)
            || labels.any(|entry| {
                let selects = entry.boolean_at("includeSelectors");
                selects.is_some_and(|selects| selects.value)
            });
        Some(Self {
            folder: join("", folder),
            resources,
            adds_labels,
            adds_namespace: root.string_at("namespace").is_some(),
        })
    }
}

impl Completed {
    /// What `all` kustomizations together complete.
    pub(in crate::model) fn by(all: &[Completion]) -> Self {
        let mut completed = Self::default();
        for own in all {
            if own.adds_labels {
                completed.labelled.extend(files(own, all));
            }
            if own.adds_namespace {
                completed.placed.extend(files(own, all));
            }
        }
        completed
    }
}

/// The files that `own` takes, and those of the kustomizations that it takes.
fn files(own: &Completion, all: &[Completion]) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![own];
    while let Some(next) = waiting.pop() {
        if !seen.insert(&next.folder) {
            continue;
        }
        for resource in &next.resources {
            match all.iter().find(|other| other.folder == *resource) {
                Some(other) => waiting.push(other),
                None => drop(files.insert(resource.clone())),
            }
        }
    }
    files
}
