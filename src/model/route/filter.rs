//! Filters of rules: what a gateway changes in a request before it hands it on.
//!
//! Source: Gateway API v1.6, `apis/v1/httproute_types.go`, `HTTPRouteFilter`.

use crate::model::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

/// One entry of `filters`, as far as controllers judge it.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The whole entry.
    pub span: Span,
    /// `type`.
    pub kind: Option<Spanned<String>>,
    /// `requestHeaderModifier`.
    pub request_headers: Option<HeaderModifier>,
    /// `responseHeaderModifier`.
    pub response_headers: Option<HeaderModifier>,
    /// `requestMirror.backendRef`.
    pub mirror: Option<Reference>,
    /// `requestRedirect`.
    pub redirect: Option<Redirect>,
    /// `urlRewrite`.
    pub rewrite: Option<Rewrite>,
    /// `extensionRef`.
    pub extension: Option<Reference>,
    /// The keys under which a filter holds its settings, such as `urlRewrite`.
    pub members: Vec<Spanned<String>>,
}

/// `requestHeaderModifier` or `responseHeaderModifier`.
#[derive(Clone, Debug, Default)]
pub struct HeaderModifier {
    /// `add` and `set`: names and values.
    pub written: Vec<(String, String)>,
    /// `remove`.
    pub removed: Vec<String>,
}

/// `requestRedirect`.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// `scheme`.
    pub scheme: Option<Spanned<String>>,
    /// `hostname`.
    pub hostname: Option<Spanned<String>>,
    /// `path`.
    pub path: Option<PathModifier>,
    /// `statusCode`.
    pub status: Option<Spanned<i64>>,
}

/// `urlRewrite`.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// `hostname`.
    pub hostname: Option<Spanned<String>>,
    /// `path`.
    pub path: Option<PathModifier>,
}

/// `path` of a redirect or a rewrite.
#[derive(Clone, Debug)]
pub struct PathModifier {
    /// `type`: `ReplaceFullPath` or `ReplacePrefixMatch`.
    pub kind: Option<Spanned<String>>,
    /// `replaceFullPath`.
    pub full: Option<Spanned<String>>,
    /// `replacePrefixMatch`.
    pub prefix: Option<Spanned<String>>,
}

impl Filter {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        let members = node.entries().filter_map(|(key, _)| key.string());
        Self {
            span: node.span(),
            kind: node.string_at("type"),
            request_headers: node.get("requestHeaderModifier").map(HeaderModifier::read),
            response_headers: node.get("responseHeaderModifier").map(HeaderModifier::read),
            mirror: below(Some(node), &["requestMirror", "backendRef"]).map(Reference::read),
            redirect: node.get("requestRedirect").map(Redirect::read),
            rewrite: node.get("urlRewrite").map(Rewrite::read),
            extension: node.get("extensionRef").map(Reference::read),
            members: members.filter(|key| key.value != "type").collect(),
        }
    }
}

impl Filter {
    /// A filter that does nothing and stands at `span`.
    pub(in crate::model) const fn at(span: Span) -> Self {
        Self {
            span,
            kind: None,
            request_headers: None,
            response_headers: None,
            mirror: None,
            redirect: None,
            rewrite: None,
            extension: None,
            members: Vec::new(),
        }
    }
}

impl HeaderModifier {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        let text = |node: Node<'_>, key| {
            node.string_at(key)
                .map_or_else(String::new, |text| text.value)
        };
        let header = |node: Node<'_>| (text(node, "name"), text(node, "value"));
        let mut written = list(node, "add", header);
        written.extend(list(node, "set", header));
        let removed = node.strings_at("remove").into_iter();
        Self {
            written,
            removed: removed.map(|name| name.value).collect(),
        }
    }
}

impl Redirect {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        Self {
            scheme: node.string_at("scheme"),
            hostname: node.string_at("hostname"),
            path: node.get("path").map(PathModifier::read),
            status: node.integer_at("statusCode"),
        }
    }
}

impl Rewrite {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        Self {
            hostname: node.string_at("hostname"),
            path: node.get("path").map(PathModifier::read),
        }
    }
}

impl PathModifier {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        Self {
            kind: node.string_at("type"),
            full: node.string_at("replaceFullPath"),
            prefix: node.string_at("replacePrefixMatch"),
        }
    }
}
