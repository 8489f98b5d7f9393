//! How well a mapping fits a section: what its keys tell of which component it is the body.

use crate::model::collector::fault::nearest;
use crate::yaml::Node;
use crate::yaml::Shape as Form;

use super::Kind;
use super::Shape;

/// How deep, and how many keys of a mapping, are looked at.
const DEPTH: usize = 3;
const KEYS: usize = 40;

/// Names that other programs' files are full of: they tell nothing, and neither does what stands below them.
const COMMON: &[&str] = &[
    "address",
    "auth",
    "compression",
    "enabled",
    "endpoint",
    "filter",
    "headers",
    "host",
    "labels",
    "level",
    "metadata",
    "name",
    "path",
    "password",
    "policies",
    "port",
    "sampling",
    "timeout",
    "tls",
    "token",
    "type",
    "username",
];

/// How much the keys of `body` tell of `shape`, in points; `None` when one of the keys at the top is neither a field of it
/// nor a slip of the hand away from one.
pub(in crate::model::collector) fn fit(shape: &Shape, body: Node<'_>) -> Option<usize> {
    if body.shape() != Form::Mapping {
        return None;
    }
    let mut names = Vec::new();
    shape.names(&mut names);
    let is_meant =
        |key: &str| shape.field(key).is_some() || nearest(key, names.iter().copied()).is_some();
    let mut keys = body.entries().take(KEYS).map(|(key, _)| key.text());
    keys.all(|key| is_meant(&key))
        .then(|| points(shape, body, DEPTH))
}

/// The same of what stands below the keys of `body`: `None` when one of the mappings there does not fit.
pub(in crate::model::collector) fn fit_below(shape: &Shape, body: Node<'_>) -> Option<usize> {
    let mut all = 0;
    for (key, value) in body.entries().take(KEYS) {
        if let Kind::Section(inner) | Kind::Optional(inner) | Kind::Pointer(inner) =
            shape.field(&key.text())?.kind
        {
            all += fit(inner, value)?;
        }
    }
    Some(all)
}

/// Whether a key of `body` is a field of `shape`.
pub(in crate::model::collector) fn shares(shape: &Shape, body: Node<'_>) -> bool {
    let mut keys = body.entries().take(KEYS).map(|(key, _)| key.text());
    keys.any(|key| shape.field(&key).is_some())
}

fn points(shape: &Shape, body: Node<'_>, depth: usize) -> usize {
    let entries = body.entries().take(KEYS);
    let told = entries.filter_map(|(key, value)| {
        let field = shape.field(&key.text())?;
        let below = match field.kind {
            Kind::Section(inner) | Kind::Optional(inner) | Kind::Pointer(inner)
                if depth > 0 && tells(field.name) > 0 =>
            {
                points(inner, value, depth - 1)
            }
            _ => 0,
        };
        Some(tells(field.name) + below)
    });
    told.sum()
}

/// What a name tells: the longer it is, the fewer programs know it.
fn tells(name: &str) -> usize {
    let words = name.split('_').count();
    match words {
        _ if COMMON.contains(&name) => 0,
        1 if name.len() < 8 => 1,
        1 => 2,
        words => words,
    }
}
