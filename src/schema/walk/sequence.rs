//! To compare a list: how many entries, and whether they can be told apart.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

use super::super::table::Type;
use super::super::wording;
use super::Extent;
use super::Step;
use super::Walk;
use super::head;

impl Walk<'_> {
    pub(super) fn sequence(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        let mut count = 0;
        for (at, item) in node.items().enumerate() {
            count += 1;
            let Some(element) = of.element else { continue };
            self.path.push(Step::Index(at));
            self.value(element, item, None);
            self.path.pop();
        }
        self.count(of, node, key, count);
        if of.set {
            self.unique(
                node,
                |item| (item.shape() == Shape::Scalar).then(|| item.text().into_owned()),
                "value",
            );
        } else if !of.keys.is_empty() && !of.judged {
            let keys = &of.keys;
            let name = keys
                .iter()
                .map(|key| format!("`{key}`"))
                .collect::<Vec<_>>()
                .join(" and ");
            self.unique(node, |item| identity(item, keys), &name);
        }
    }

    /// No two entries of a list may be told apart by nothing.
    pub(crate) fn unique(
        &mut self,
        list: Node<'_>,
        of: impl Fn(Node<'_>) -> Option<String>,
        what: &str,
    ) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for item in list.items() {
            let Some(identity) = of(item) else { continue };
            let span = head(item);
            if let Some(first) = seen.get(&identity) {
                let name = self.name();
                let shown = wording::short(&identity.replace('\u{1}', ", ")).into_owned();
                let first = *first;
                self.refuse(
                    span,
                    format!("two entries of `{name}` have the same {what}: `{shown}`"),
                )
                .related
                .push((first, "the first one".to_owned()));
            } else {
                seen.insert(identity, span);
            }
        }
    }

    pub(super) fn count(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>, count: usize) {
        let many = count as f64;
        let span = key.map_or_else(|| head(node), Node::span);
        if let Some(low) = of
            .low
            .filter(|low| many < *low && self.extent == Extent::Whole)
        {
            let name = self.name();
            let message = if count == 0 {
                format!(
                    "`{name}` is empty, and needs at least {}",
                    wording::entries(low)
                )
            } else {
                format!(
                    "`{name}` has {}, and needs at least {low}",
                    wording::entries(many)
                )
            };
            self.refuse(span, message);
        }
        if let Some(high) = of.high.filter(|high| many > *high) {
            let name = self.name();
            let there = wording::entries(many);
            let are = if high == 1.0 { "is" } else { "are" };
            self.refuse(
                span,
                format!("`{name}` has {there}, and at most {high} {are} taken"),
            );
        }
    }
}

/// What tells an entry apart; `None` when a key is missing (that is another problem) or no scalar.
fn identity(item: Node<'_>, keys: &[Cow<'static, str>]) -> Option<String> {
    let mut parts = Vec::new();
    for key in keys {
        let value = item.get(key).filter(|value| value.shape() == Shape::Scalar);
        match value {
            Some(value) => parts.push(value.text().into_owned()),
            None if keys.len() == 1 => return None,
            None => parts.push(String::new()),
        }
    }
    Some(parts.join("\u{1}"))
}
