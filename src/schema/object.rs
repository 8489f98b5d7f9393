//! Rules of the metadata that every object has, and of the core kinds.
//!
//! Source: apimachinery `ValidateObjectMeta`, `ValidateLabels`, `ValidateAnnotations`.

use crate::yaml::Node;
use crate::yaml::Shape;

use super::text;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;
use super::wording;

pub(super) const CHECKS: &[(&str, Check)] = &[("names", names)];

/// Kinds whose names are one label.
const LABEL_NAMED: &[&str] = &["Namespace", "Service"];

/// Kinds whose names may hold nearly anything.
const FREELY_NAMED: &[&str] = &["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];

/// Name, namespace, labels and annotations of an object or a pod template.
fn names(walk: &mut Walk<'_>, metadata: Node<'_>) {
    let whole_object = walk.place() == "metadata";
    if whole_object && metadata.get("name").is_none() && metadata.get("generateName").is_none() {
        walk.refuse(
            head(metadata),
            "`metadata` has no `name`, which is required",
        );
    }
    if whole_object && !FREELY_NAMED.contains(&walk.kind) {
        let form = if LABEL_NAMED.contains(&walk.kind) {
            "label"
        } else {
            "subdomain"
        };
        let longest = if form == "label" { 63 } else { 253 };
        name(walk, metadata, "name", form, longest);
    }
    if whole_object {
        name(walk, metadata, "namespace", "label", 63);
    }
    for (key, value) in entries(metadata, "labels") {
        qualified(walk, key, "label");
        let text = value.text();
        let fits =
            text.len() <= 63 && text::form("label-value").is_some_and(|form| (form.fits)(&text));
        if value.shape() == Shape::Scalar && !fits {
            let shown = wording::short(&text).into_owned();
            walk.refuse(value.span(), format!("`{shown}` is no label value")).help = Some(
                "a label value is up to 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit"
                    .to_owned(),
            );
        }
    }
    for (key, _) in entries(metadata, "annotations") {
        qualified(walk, key, "annotation");
    }
}

fn name(walk: &mut Walk<'_>, metadata: Node<'_>, field: &str, form: &str, longest: usize) {
    let Some(form) = text::form(form) else { return };
    let Some(value) = metadata
        .get(field)
        .filter(|value| value.shape() == Shape::Scalar)
    else {
        return;
    };
    let text = value.text();
    if text.len() <= longest && (form.fits)(&text) {
        return;
    }
    let shown = wording::short(&text).into_owned();
    let message = if text.len() > longest {
        format!(
            "the {field} has {} characters, and at most {longest} are taken",
            text.len()
        )
    } else {
        format!("`{shown}` cannot be the {field} of an object")
    };
    walk.refuse(value.span(), message).help = Some(format!("a {field} is of {}", form.words));
}

fn qualified(walk: &mut Walk<'_>, key: Node<'_>, what: &str) {
    let text = key.text();
    if !text::key(&text) {
        let shown = wording::short(&text).into_owned();
        walk.refuse(
            key.span(),
            format!("`{shown}` cannot be the key of {}", wording::an(what)),
        )
        .help = Some(
            "a key is an optional domain and `/`, then up to 63 letters, digits, `-`, `_` and `.`"
                .to_owned(),
        );
    }
}

fn entries<'n>(metadata: Node<'n>, map: &str) -> Vec<(Node<'n>, Node<'n>)> {
    let map = metadata
        .get(map)
        .filter(|map| map.shape() == Shape::Mapping);
    map.into_iter().flat_map(Node::entries).collect()
}
