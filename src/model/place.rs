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
    /// The same with items by their names, `spec.listeners[otlp].port`, or by nothing: what stands above in the list may
    /// come and go.
    pub stable: String,
}

impl Place {
    /// The field of `object` that `span` lies in: the deepest one that holds all of it.
    pub(super) fn inside(object: &Object, span: Span) -> Self {
        let (field, stable) = paths(object.tree.node(), span);
        Self {
            resource: object.title(),
            field,
            stable,
        }
    }
}

/// Keys joined by dots, items in brackets: `a.b[2].c`; and the same with the names of items.
fn paths(root: Node<'_>, span: Span) -> (String, String) {
    let (mut path, mut stable) = (String::new(), String::new());
    let mut node = root;
    while let Some((step, child)) = step(node, span) {
        match step {
            Step::Key(key) => {
                for path in [&mut path, &mut stable] {
                    let dot = if path.is_empty() { "" } else { "." };
                    path.push_str(dot);
                    path.push_str(&key);
                }
            }
            Step::Item(index) => {
                let name = child.string_at("name");
                let name = name.map(|name| name.value).unwrap_or_default();
                // Writing to a String cannot fail.
                let _ = write!(path, "[{index}]");
                let _ = write!(stable, "[{name}]");
            }
        }
        node = child;
    }
    (path, stable)
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
