//! From which namespaces something is taken: routes by a listener, ListenerSets by a Gateway.

use super::index::Index;
use crate::model::gateway::Namespaces;
use crate::model::object::Object;

/// The label that every Namespace carries (Kubernetes 1.21).
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// `from` and `selector`, and what fills them in.
pub(super) struct Rule<'r> {
    pub(super) namespaces: &'r Namespaces,
    /// What an absent `from` means: `Same` for routes, `None` for ListenerSets.
    pub(super) default: &'r str,
    /// The namespace of the Gateway or ListenerSet.
    pub(super) owner: &'r str,
    /// Whether `from: Selector` without a selector means every namespace.
    pub(super) selects_all_without_selector: bool,
}

impl Rule<'_> {
    /// Whether what stands in `namespace` is taken; `None` when the Namespace was not given and its labels decide.
    pub(super) fn admits(&self, index: &Index<'_>, namespace: &str) -> Option<bool> {
        let from = self.namespaces.from.as_ref();
        match from.map_or(self.default, |from| from.as_str()) {
            "All" => Some(true),
            "Same" => Some(self.owner == namespace),
            "Selector" => self.selects(index, namespace),
            _ => Some(false),
        }
    }

    fn selects(&self, index: &Index<'_>, namespace: &str) -> Option<bool> {
        let Some(selector) = &self.namespaces.selector else {
            return Some(self.selects_all_without_selector);
        };
        if !selector.is_valid() {
            return Some(false);
        }
        let given = index.namespace(namespace);
        let asks_more = selector
            .labels
            .iter()
            .any(|pair| pair.key.value != NAME_LABEL)
            || selector.expressions.iter().any(|expression| {
                expression
                    .key
                    .as_ref()
                    .is_none_or(|key| key.value != NAME_LABEL)
            });
        let is_missing = given.is_none() && index.settings.closed.covers("Namespace");
        if given.is_none() && asks_more && !is_missing {
            return None;
        }
        Some(selector.holds(&|key| label(given, namespace, key)))
    }
}

fn label<'l>(given: Option<&'l Object>, namespace: &'l str, key: &str) -> Option<&'l str> {
    if key == NAME_LABEL {
        return Some(namespace);
    }
    given?.label(key).map(|label| label.value.as_str())
}
