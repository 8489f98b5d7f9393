//! Istio's RequestAuthentication and AuthorizationPolicy: which tokens a proxy verifies, and whom it lets in.
//!
//! Source: istio.io/api 1.32, `security/v1`.

use std::sync::Arc;

use super::selector;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::policy::targets;
use crate::model::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

/// A RequestAuthentication: which tokens are verified. Who shows none is let through.
#[derive(Clone, Debug)]
pub struct RequestAuthentication {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.selector.matchLabels`; empty means the namespace, or the mesh in the root namespace.
    pub selector: Vec<Pair>,
    /// `spec.targetRefs`, and the older `spec.targetRef`.
    pub targets: Vec<Reference>,
    /// `spec.jwtRules`.
    pub rules: Vec<JwtRule>,
}

/// One entry of `spec.jwtRules`.
#[derive(Clone, Debug)]
pub struct JwtRule {
    /// The whole entry.
    pub span: Span,
    /// Whether the token is looked for elsewhere than behind `Bearer` in `Authorization`: `fromHeaders`, `fromParams`,
    /// `fromCookies`.
    pub elsewhere: bool,
    /// `forwardOriginalToken`: without it the token is taken out of the request once it is verified.
    pub forwards: bool,
}

/// An AuthorizationPolicy.
#[derive(Clone, Debug)]
pub struct AuthorizationPolicy {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.selector.matchLabels`; empty means the namespace, or the mesh in the root namespace.
    pub selector: Vec<Pair>,
    /// `spec.action`; `ALLOW` when absent.
    pub action: Option<Spanned<String>>,
    /// Whether it is bound to something else than Pods: `spec.targetRefs`.
    pub has_target: bool,
    /// `spec.targetRefs`, and the older `spec.targetRef`.
    pub targets: Vec<Reference>,
    /// `spec.rules`.
    pub rules: Vec<AuthorizationRule>,
}

/// One entry of `spec.rules`.
#[derive(Clone, Debug)]
pub struct AuthorizationRule {
    /// The whole entry.
    pub span: Span,
    /// Whether `from` asks who the peer is, which a connection that is passed through does not tell.
    pub asks_identity: bool,
    /// Whether `from` asks anything.
    pub asks_source: bool,
    /// `to[].operation.ports`; empty means every port, unless `to` asks for what only HTTP tells.
    pub ports: Vec<Spanned<String>>,
    /// Whether `to` or `when` asks for what only HTTP tells.
    pub asks_http: bool,
    /// `from[].source`: any of them has to hold; nothing means everybody.
    pub from: Vec<Vec<Clause>>,
    /// `to[].operation`: any of them has to hold; nothing means everything.
    pub to: Vec<Vec<Clause>>,
    /// `when[].key`: all of them have to hold.
    pub when: Vec<String>,
}

/// One field of a `source` or an `operation`: any of its values has to hold.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The field, such as `principals` or `notPaths`.
    pub field: String,
    /// Its values.
    pub values: Vec<String>,
}

impl AuthorizationPolicy {
    pub(in crate::model) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let has = |key: &str| spec.is_some_and(|spec| spec.get(key).is_some());
        Self {
            object: Arc::clone(object),
            selector: selector(spec),
            action: spec.and_then(|spec| spec.string_at("action")),
            has_target: has("targetRefs") || has("targetRef"),
            targets: targets(spec),
            rules: spec
                .map(|spec| list(spec, "rules", AuthorizationRule::read))
                .unwrap_or_default(),
        }
    }

    /// What it does with what its rules match.
    #[must_use]
    pub fn action(&self) -> &str {
        self.action
            .as_ref()
            .map_or("ALLOW", |action| action.as_str())
    }
}

impl AuthorizationRule {
    fn read(node: Node<'_>) -> Self {
        const IDENTITIES: &[&str] = &[
            "principals",
            "notPrincipals",
            "requestPrincipals",
            "namespaces",
            "notNamespaces",
            "serviceAccounts",
        ];
        let items = |key: &str| node.get(key).into_iter().flat_map(Node::items);
        let asks_identity = items("from").any(|item| {
            let source = item.get("source");
            source.is_some_and(|source| IDENTITIES.iter().any(|key| source.get(key).is_some()))
        });
        let operations = || items("to").filter_map(|item| item.get("operation"));
        let asks_http = operations().any(|operation| {
            let http = [
                "hosts",
                "methods",
                "paths",
                "notHosts",
                "notMethods",
                "notPaths",
            ];
            http.iter().any(|key| operation.get(key).is_some())
        });
        let clauses = |key: &str, inner: &str| {
            items(key)
                .map(|item| item.get(inner).map(clauses).unwrap_or_default())
                .collect()
        };
        Self {
            span: node.span(),
            asks_identity,
            asks_source: items("from").next().is_some(),
            ports: operations()
                .flat_map(|operation| operation.strings_at("ports"))
                .collect(),
            asks_http: asks_http || items("when").next().is_some(),
            from: clauses("from", "source"),
            to: clauses("to", "operation"),
            when: items("when")
                .map(|item| {
                    item.string_at("key")
                        .map_or_else(String::new, |key| key.value)
                })
                .collect(),
        }
    }
}

fn clauses(node: Node<'_>) -> Vec<Clause> {
    let fields = node.entries();
    let fields = fields.map(|(key, _)| {
        let values = node.strings_at(&key.text());
        Clause {
            field: key.text().into_owned(),
            values: values.into_iter().map(|value| value.value).collect(),
        }
    });
    fields.collect()
}

impl RequestAuthentication {
    pub(in crate::model) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            selector: selector(spec),
            targets: targets(spec),
            rules: spec
                .map(|spec| list(spec, "jwtRules", JwtRule::read))
                .unwrap_or_default(),
        }
    }
}

impl JwtRule {
    fn read(node: Node<'_>) -> Self {
        let mut places = ["fromHeaders", "fromParams", "fromCookies"].into_iter();
        Self {
            span: node.span(),
            elsewhere: places.any(|key| below(Some(node), &[key]).is_some()),
            forwards: node
                .boolean_at("forwardOriginalToken")
                .is_some_and(|flag| flag.value),
        }
    }
}
