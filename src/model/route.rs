//! Routes: where they attach, what their rules match, and where these lead.
//!
//! Source: Gateway API v1.6, `apis/v1/httproute_types.go` and `grpcroute_types.go`.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

mod filter;

pub use filter::Filter;
pub use filter::HeaderModifier;
pub use filter::PathModifier;
pub use filter::Redirect;
pub use filter::Rewrite;

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
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `matches`; everything when empty.
    pub matches: Vec<Match>,
    /// `backendRefs`.
    pub backends: Vec<Reference>,
    /// `backendRefs[].filters`, one entry a backend.
    pub backend_filters: Vec<Vec<Filter>>,
    /// `filters`.
    pub filters: Vec<Filter>,
    /// `sessionPersistence.idleTimeout`, which no data plane behind Envoy knows.
    pub idle_timeout: Option<Span>,
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
    /// The HTTP method that is asked for.
    pub http_method: Option<Spanned<String>>,
    /// How many headers are asked for.
    pub headers: usize,
    /// How many query parameters are asked for.
    pub query_parameters: usize,
    /// Every value that is to be understood as a regular expression.
    pub patterns: Vec<Spanned<String>>,
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
            name: node.string_at("name"),
            matches: list(node, "matches", Match::read),
            backends: list(node, "backendRefs", Reference::read),
            backend_filters: list(node, "backendRefs", |backend| {
                list(backend, "filters", Filter::read)
            }),
            filters: list(node, "filters", Filter::read),
            idle_timeout: below(Some(node), &["sessionPersistence", "idleTimeout"]).map(Node::span),
        }
    }
}

impl Rule {
    /// A rule that takes everything, leads nowhere and stands at `span`.
    pub(super) const fn at(span: Span) -> Self {
        Self {
            span,
            name: None,
            matches: Vec::new(),
            backends: Vec::new(),
            backend_filters: Vec::new(),
            filters: Vec::new(),
            idle_timeout: None,
        }
    }
}

impl Match {
    /// A match that takes everything and stands at `span`.
    pub(super) const fn at(span: Span) -> Self {
        Self {
            span,
            path: None,
            method: None,
            narrowed: false,
            http_method: None,
            headers: 0,
            query_parameters: 0,
            patterns: Vec::new(),
        }
    }
}

impl Match {
    /// The value that tells most: that of the path, the service or the method; else the whole entry.
    #[must_use]
    pub fn value_span(&self) -> Span {
        let path = self.path.as_ref().and_then(|path| path.value.as_ref());
        let method = self.method.as_ref();
        let service = method.and_then(|method| method.service.as_ref());
        let name = method.and_then(|method| method.method.as_ref());
        let telling = path.or(service).or(name);
        telling.map_or(self.span, |value| value.span)
    }

    fn read(node: Node<'_>) -> Self {
        let method = node.get("method");
        let count = |key| node.get(key).into_iter().flat_map(Node::items).count();
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
            http_method: method.and_then(Node::string),
            headers: count("headers"),
            query_parameters: count("queryParams"),
            patterns: patterns(node),
        }
    }
}

/// The values of a match whose `type` is `RegularExpression`.
fn patterns(node: Node<'_>) -> Vec<Spanned<String>> {
    let lists = ["headers", "queryParams"].into_iter();
    let parts = lists.filter_map(|key| node.get(key)).flat_map(Node::items);
    let parts = parts.chain([node.get("path"), node.get("method")].into_iter().flatten());
    let parts = parts.filter(|part| {
        part.string_at("type")
            .is_some_and(|kind| kind.value == "RegularExpression")
    });
    let values =
        parts.flat_map(|part| ["value", "service", "method"].map(|key| part.string_at(key)));
    values.flatten().collect()
}

impl Named for Route {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
