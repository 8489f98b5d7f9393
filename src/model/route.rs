//! Routes, and the grants that let references cross namespaces.
//!
//! Source: Gateway API v1.6, `apis/v1/httproute_types.go`, `grpcroute_types.go`, `referencegrant_types.go`.

use std::sync::Arc;

use super::gateway::list;
use super::object::Named;
use super::object::Object;
use super::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// A route of any kind.
#[derive(Clone, Debug)]
pub struct Route {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// Which kind of route.
    pub kind: RouteKind,
    /// `spec.parentRefs`.
    pub parents: Vec<Reference>,
    /// `spec.hostnames`; those of the listener when empty.
    pub hostnames: Vec<Spanned<String>>,
    /// `spec.rules`.
    pub rules: Vec<Rule>,
}

/// The kinds of route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// HTTPRoute.
    Http,
    /// GRPCRoute.
    Grpc,
    /// TLSRoute.
    Tls,
    /// TCPRoute.
    Tcp,
    /// UDPRoute.
    Udp,
}

/// One rule of a route.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The whole rule.
    pub span: Span,
    /// `matches`; everything when empty.
    pub matches: Vec<Match>,
    /// `backendRefs`.
    pub backends: Vec<Reference>,
}

/// One entry of `matches`, as far as it tells telemetry from other traffic.
#[derive(Clone, Debug)]
pub struct Match {
    /// The whole entry.
    pub span: Span,
    /// Of an HTTPRoute: `path`.
    pub path: Option<PathMatch>,
    /// Of a GRPCRoute: `method.type`, `method.service` and `method.method`.
    pub method: Option<MethodMatch>,
    /// Whether headers, query parameters or an HTTP method are asked for, too.
    pub narrowed: bool,
}

/// `matches[].path` of an HTTPRoute.
#[derive(Clone, Debug)]
pub struct PathMatch {
    /// `type`: `PathPrefix` when absent, `Exact`, or `RegularExpression`.
    pub kind: Option<Spanned<String>>,
    /// `value`; `/` when absent.
    pub value: Option<Spanned<String>>,
}

/// `matches[].method` of a GRPCRoute.
#[derive(Clone, Debug)]
pub struct MethodMatch {
    /// `type`: `Exact` when absent, or `RegularExpression`.
    pub kind: Option<Spanned<String>>,
    /// `service`.
    pub service: Option<Spanned<String>>,
    /// `method`.
    pub method: Option<Spanned<String>>,
}

/// A ReferenceGrant: who may refer to what stands in its namespace.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.from`.
    pub from: Vec<Reference>,
    /// `spec.to`.
    pub to: Vec<Reference>,
}

impl RouteKind {
    /// The `kind` of its objects.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTPRoute",
            Self::Grpc => "GRPCRoute",
            Self::Tls => "TLSRoute",
            Self::Tcp => "TCPRoute",
            Self::Udp => "UDPRoute",
        }
    }
}

impl Route {
    pub(super) fn read(object: &Arc<Object>, kind: RouteKind) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            kind,
            parents: spec
                .map(|spec| list(spec, "parentRefs", Reference::read))
                .unwrap_or_default(),
            hostnames: spec
                .map(|spec| spec.strings_at("hostnames"))
                .unwrap_or_default(),
            rules: spec
                .map(|spec| list(spec, "rules", Rule::read))
                .unwrap_or_default(),
        }
    }
}

impl Rule {
    fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            matches: list(node, "matches", Match::read),
            backends: list(node, "backendRefs", Reference::read),
        }
    }
}

impl Match {
    fn read(node: Node<'_>) -> Self {
        let method = node.get("method");
        let is_http_method = method.is_some_and(|method| method.string().is_some());
        Self {
            span: node.span(),
            path: node.get("path").map(|path| PathMatch {
                kind: path.string_at("type"),
                value: path.string_at("value"),
            }),
            method: method
                .filter(|_| !is_http_method)
                .map(|method| MethodMatch {
                    kind: method.string_at("type"),
                    service: method.string_at("service"),
                    method: method.string_at("method"),
                }),
            narrowed: node.get("headers").is_some()
                || node.get("queryParams").is_some()
                || is_http_method,
        }
    }
}

impl Grant {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let side = |key| {
            spec.map(|spec| list(spec, key, Reference::read))
                .unwrap_or_default()
        };
        Self {
            object: Arc::clone(object),
            from: side("from"),
            to: side("to"),
        }
    }
}

impl Named for Route {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for Grant {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
