//! What a Gateway or a ListenerSet listens on.

use super::Namespaces;
use super::Validation;
use super::list;
use crate::model::object::Pair;
use crate::model::object::pairs;
use crate::model::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// One listener of a Gateway.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The whole entry.
    pub span: Span,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `hostname`; every name when absent.
    pub hostname: Option<Spanned<String>>,
    /// `port`.
    pub port: Option<Spanned<i64>>,
    /// `protocol`.
    pub protocol: Option<Spanned<String>>,
    /// `tls`.
    pub tls: Option<ListenerTls>,
    /// `allowedRoutes`.
    pub allowed: AllowedRoutes,
}

/// `listeners[].tls`.
#[derive(Clone, Debug)]
pub struct ListenerTls {
    /// The key `tls` and all below it.
    pub span: Span,
    /// `mode`; `Terminate` when absent.
    pub mode: Option<Spanned<String>>,
    /// `certificateRefs`.
    pub certificates: Vec<Reference>,
    /// `options`: what the specification leaves to implementations.
    pub options: Vec<Pair>,
    /// `frontendValidation`, the experimental field of bundles 1.1 to 1.3.
    pub frontend_validation: Option<Validation>,
}

/// `listeners[].allowedRoutes`.
#[derive(Clone, Debug, Default)]
pub struct AllowedRoutes {
    /// `namespaces`; `from: Same` when absent.
    pub namespaces: Namespaces,
    /// `kinds[].kind` with their groups.
    pub kinds: Vec<Reference>,
}

impl Listener {
    pub(super) fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            name: node.string_at("name"),
            hostname: node.string_at("hostname"),
            port: node.integer_at("port"),
            protocol: node.string_at("protocol"),
            tls: node.get("tls").map(ListenerTls::read),
            allowed: node
                .get("allowedRoutes")
                .map(AllowedRoutes::read)
                .unwrap_or_default(),
        }
    }

    /// Where its name is written; the whole entry when it has none.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.name.as_ref().map_or(self.span, |name| name.span)
    }

    /// `name`, empty when missing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.as_str())
    }

    /// `protocol`, empty when missing.
    #[must_use]
    pub fn protocol(&self) -> &str {
        self.protocol
            .as_ref()
            .map_or("", |protocol| protocol.as_str())
    }

    /// `hostname`; `None`: every name.
    #[must_use]
    pub fn hostname(&self) -> Option<&str> {
        let hostname = self.hostname.as_ref().map(|hostname| hostname.as_str());
        hostname.filter(|hostname| !hostname.is_empty())
    }

    /// Whether it hands TLS through to the backend.
    #[must_use]
    pub fn passes_through(&self) -> bool {
        let mode = self.tls.as_ref().and_then(|tls| tls.mode.as_ref());
        mode.is_some_and(|mode| mode.value == "Passthrough")
    }
}

impl ListenerTls {
    fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            mode: node.string_at("mode"),
            certificates: list(node, "certificateRefs", Reference::read),
            options: pairs(node, "options"),
            frontend_validation: node.get("frontendValidation").map(Validation::read),
        }
    }
}

impl AllowedRoutes {
    fn read(node: Node<'_>) -> Self {
        Self {
            namespaces: node
                .get("namespaces")
                .map(Namespaces::read)
                .unwrap_or_default(),
            kinds: list(node, "kinds", Reference::read),
        }
    }
}
