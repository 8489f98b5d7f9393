//! Where something stands in words that survive edits above it: which resource, which field.

use std::fmt::Write;

use super::object::Object;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

/// A resource and a field of it. Fingerprints and baselines are made of places, never of byte offsets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `Gateway otel/edge`.
    pub resource: String,
    /// `spec.listeners[0].port`; empty for the whole resource.
    pub field: String,
}

impl Place {
    /// The field of `object` that `span` lies in: the deepest one that holds all of it.
    pub(super) fn inside(object: &Object, span: Span) -> Self {
        Self {
            resource: object.title(),
            field: path(object.tree.node(), span),
        }
    }
}

/// Keys joined by dots, items in brackets: `a.b[2].c`.
fn path(root: Node<'_>, span: Span) -> String {
    let mut path = String::new();
    let mut node = root;
    while let Some((step, child)) = step(node, span) {
        match step {
            Step::Key(key) if path.is_empty() => path.push_str(&key),
            Step::Key(key) => {
                path.push('.');
                path.push_str(&key);
            }
            // Writing to a String cannot fail.
            Step::Item(index) => drop(write!(path, "[{index}]")),
        }
        node = child;
    }
    path
}

enum Step {
    Key(String),
    Item(usize),
}

/// One level down towards `span`; aliases are not entered, since what they name stands elsewhere.
fn step(node: Node<'_>, span: Span) -> Option<(Step, Node<'_>)> {
    if node.anchored().is_some() {
        return None;
    }
    match node.shape() {
        Shape::Mapping => node
            .entries()
            .find(|(key, value)| key.span().contains(span) || value.span().contains(span))
            .map(|(key, value)| (Step::Key(key.text().into_owned()), value)),
        Shape::Sequence => node
            .items()
            .enumerate()
            .find(|(_, item)| item.span().contains(span))
            .map(|(index, item)| (Step::Item(index), item)),
        Shape::Null | Shape::Scalar => None,
    }
}
