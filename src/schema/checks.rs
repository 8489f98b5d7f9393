//! The cross-field rules that tables name, and where each is written.
//!
//! Gateway API states most of them in CEL, the other APIs in Go or not at all; here each is a few lines over nodes.

use crate::yaml::Node;
use crate::yaml::Shape;

use super::collector;
use super::core;
use super::filter;
use super::gateway;
use super::istio;
use super::object;
use super::policy;
use super::route;
use super::walk::Check;

/// The rule that tables call `name`.
pub(crate) fn named(name: &str) -> Option<Check> {
    let lists = [
        gateway::CHECKS,
        route::CHECKS,
        filter::CHECKS,
        policy::CHECKS,
        object::CHECKS,
        core::CHECKS,
        collector::CHECKS,
        istio::CHECKS,
    ];
    let found = lists
        .iter()
        .flat_map(|list| list.iter())
        .find(|(known, _)| *known == name);
    found.map(|(_, check)| *check)
}

/// A scalar field's text, or what the API server fills in.
pub(crate) fn text_or(node: Node<'_>, key: &str, default: &str) -> String {
    let value = node.get(key).filter(|value| value.shape() == Shape::Scalar);
    value.map_or_else(|| default.to_owned(), |value| value.text().into_owned())
}

/// A scalar field's text; `None` when absent, null or empty: to CEL rules of Gateway API the same.
pub(crate) fn text_at(node: Node<'_>, key: &str) -> Option<String> {
    let value = node
        .get(key)
        .filter(|value| value.shape() == Shape::Scalar)?;
    Some(value.text().into_owned()).filter(|text| !text.is_empty())
}

/// Entries of a list or map field; none when it is something else.
pub(crate) fn size(node: Node<'_>, key: &str) -> usize {
    node.get(key).map_or(0, |value| match value.shape() {
        Shape::Sequence => value.items().count(),
        Shape::Mapping => value.entries().count(),
        _ => 0,
    })
}

/// The mappings in a list field.
pub(crate) fn objects<'n>(node: Node<'n>, key: &str) -> Vec<Node<'n>> {
    let list = node
        .get(key)
        .filter(|value| value.shape() == Shape::Sequence);
    list.map_or_else(Vec::new, mappings)
}

/// The mappings in a list.
pub(crate) fn mappings(list: Node<'_>) -> Vec<Node<'_>> {
    list.items()
        .filter(|item| item.shape() == Shape::Mapping)
        .collect()
}
