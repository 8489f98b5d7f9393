//! Which namespaces something is taken from: routes by a listener, ListenerSets by a Gateway.
//!
//! Source: Gateway API v1.6, `RouteNamespaces` and `ListenerNamespaces`.

use crate::model::selector::Selector;
use crate::source::Spanned;
use crate::yaml::Node;

/// Which namespaces something is taken from.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {
    /// `from`.
    pub from: Option<Spanned<String>>,
    /// `selector`.
    pub selector: Option<Selector>,
}

impl Namespaces {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        Self {
            from: node.string_at("from"),
            selector: node.get("selector").map(Selector::read),
        }
    }
}
