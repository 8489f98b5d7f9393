//! A reference from one object to another, by group, kind, namespace and name.

use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// What one object says to name another; what it leaves out is filled in by the field that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The whole reference.
    pub span: Span,
    /// `group`.
    pub group: Option<Spanned<String>>,
    /// `kind`.
    pub kind: Option<Spanned<String>>,
    /// `namespace`; that of the object itself when absent.
    pub namespace: Option<Spanned<String>>,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `sectionName`: a listener, or the name of a Service port.
    pub section: Option<Spanned<String>>,
    /// `port`.
    pub port: Option<Spanned<i64>>,
    /// `weight` of a backend; 1 when absent.
    pub weight: Option<Spanned<i64>>,
}

impl Reference {
    pub(super) fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            group: node.string_at("group"),
            kind: node.string_at("kind"),
            namespace: node.string_at("namespace"),
            name: node.string_at("name"),
            section: node.string_at("sectionName"),
            port: node.integer_at("port"),
            weight: node.integer_at("weight"),
        }
    }

    /// The reference that `node` is, wherever it stands.
    #[must_use]
    pub fn of(node: Node<'_>) -> Self {
        Self::read(node)
    }

    /// The group, `default` when none is written.
    #[must_use]
    pub fn group_or<'r>(&'r self, default: &'r str) -> &'r str {
        self.group.as_ref().map_or(default, |group| group.as_str())
    }

    /// The kind, `default` when none is written.
    #[must_use]
    pub fn kind_or<'r>(&'r self, default: &'r str) -> &'r str {
        self.kind.as_ref().map_or(default, |kind| kind.as_str())
    }

    /// The namespace, `own` when none is written.
    #[must_use]
    pub fn namespace_or<'r>(&'r self, own: &'r str) -> &'r str {
        self.namespace
            .as_ref()
            .map_or(own, |namespace| namespace.as_str())
    }

    /// The name, empty when missing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.as_str())
    }

    /// Where the name is written; the whole reference when it has none.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.name.as_ref().map_or(self.span, |name| name.span)
    }
}
