//! To compare every object with what its kind may say.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Model;
use super::collector::value::Value;
use super::kustomization::is_kustomization;
use super::object::Object;
use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::schema;
use crate::schema::Schemas;
use crate::settings::Assume;
use crate::source::Sources;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

/// What every object of `model` says that its kind may not, in the order of the input.
///
/// Definitions (CRDs), among the objects or given apart, add kinds, and tell the Gateway API bundle where `assume` does not. Files that a
/// kustomization names as patches, or gives selectors, are compared as patches.
pub(super) fn problems(model: &Model, sources: &Sources, assume: &Assume) -> Vec<Problem> {
    let roots = || {
        let objects = model.objects.iter().map(|object| object.tree.node());
        objects.chain(model.definitions.iter().map(|tree| tree.node()))
    };
    let mut assume = assume.clone();
    if let Some((version, channel)) = schema::assume_from_crds(roots()) {
        assume.gateway_api = assume.gateway_api.or(Some(version));
        assume.channel = assume.channel.or(Some(channel));
    }
    let schemas = Schemas::new(&assume).with_definitions(roots());
    let compare = |index: usize| {
        let object = &model.objects[index];
        let node = object.tree.node();
        if schema::is_run_together(node) {
            return Vec::new();
        }
        let file = &sources.get(object.source).name;
        if model.patches.contains(file) || model.completed.labelled.contains(file) {
            schemas.validate_patch(node)
        } else {
            schemas.validate(node)
        }
    };
    let mut found: Vec<Problem> = (0..model.objects.len())
        .into_par_iter()
        .flat_map_iter(compare)
        .collect();
    if model.objects.iter().any(|object| is_substitution(object)) {
        found.retain(|problem| {
            problem.kind != ProblemKind::UnfilledPlaceholder
                || schema::placeholder::is_more_than_a_variable(sources.slice(problem.span))
        });
    }
    found
}

/// Whether Flux fills in `${NAME}` in what it applies: a Kustomization of its own that says so, or that patches others
/// so that they do. Which files it applies is not followed.
fn is_substitution(object: &Object) -> bool {
    let Some(spec) = object.tree.node().get("spec") else {
        return false;
    };
    let mut patches = spec.get("patches").into_iter().flat_map(Node::items);
    object.group() == "kustomize.toolkit.fluxcd.io"
        && (spec.has("postBuild")
            || patches.any(|patch| {
                let patch = patch.string_at("patch");
                patch.is_some_and(|patch| patch.contains("postBuild"))
            }))
}

/// What somebody was to fill in in the configurations of collectors, where `${…}` is a reference and no placeholder; the
/// endpoints that are recorded already left out.
pub(super) fn unfilled(model: &Model) -> Vec<Problem> {
    let known: BTreeSet<Span> = model
        .problems_of(ProblemKind::UnfilledPlaceholder)
        .map(|problem| problem.span)
        .collect();
    let texts = model
        .collectors
        .iter()
        .flat_map(|collector| placeholders(&collector.root))
        .filter(|found| !known.contains(&found.span));
    let mut problems: Vec<Problem> = texts
        .map(|found| {
            let message = format!("`{}` has not been filled in", found.value);
            Problem::new(ProblemKind::UnfilledPlaceholder, found.span, message)
                .help("fill in the value, or take it from the environment: `${env:NAME}`")
        })
        .collect();
    problems.sort_by_key(|problem| problem.span);
    problems.dedup();
    problems
}

fn placeholders(value: &Value) -> Vec<Spanned<String>> {
    let written = value.text().into_iter().filter_map(|text| {
        let known = text.known()?;
        let found = schema::placeholder::find_in_script(known)
            .filter(|_| !known.trim_end().contains('\n'))?;
        Some(Spanned::new(found.to_owned(), text.span))
    });
    let inner = value
        .entries()
        .iter()
        .map(|entry| &entry.value)
        .chain(value.items());
    written.chain(inner.flat_map(placeholders)).collect()
}

/// The files that the kustomization `name` (its path) with these documents takes as patches, as paths like `name`.
pub(super) fn patches<'t>(name: &str, roots: impl Iterator<Item = Node<'t>>) -> Vec<String> {
    let (folder, _) = name.rsplit_once('/').unwrap_or(("", name));
    if !is_kustomization(name) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for root in roots {
        for key in ["patches", "patchesStrategicMerge", "patchesJson6902"] {
            for patch in root.get(key).into_iter().flat_map(Node::items) {
                let path = match patch.shape() {
                    Shape::Mapping => patch.string_at("path"),
                    _ => patch.string(),
                };
                found.extend(path.map(|path| join(folder, &path)));
            }
        }
    }
    found
}

/// `path` as seen from `folder`, `.` and `..` resolved.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if folder.starts_with('/') {
        format!("/{joined}")
    } else {
        joined
    }
}
