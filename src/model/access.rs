//! Policies by which a gateway asks who sends, other than by a client certificate: passwords, tokens, keys, another service.

use std::sync::Arc;

use super::ENVOY_GATEWAY;
use super::object::Named;
use super::object::Object;
use super::policy::targets;
use super::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

/// A policy of an implementation that may ask who sends.
#[derive(Clone, Debug)]
pub struct AccessPolicy {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.targetRefs` and `spec.targetRef`: what it is for.
    pub targets: Vec<Reference>,
    /// Whether it chooses by label, too, which is not followed here.
    pub selects: bool,
    /// Whether it is one of Envoy Gateway's, of which the one for the smallest target counts.
    pub is_exclusive: bool,
    /// Whether it adds to the one for a greater target: `spec.mergeType`.
    pub merges: bool,
    /// What it asks for, all of it; nothing where it is for something else, such as CORS.
    pub asks: Vec<Asked>,
}

/// One thing that a policy asks for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// `basicAuth` of Envoy Gateway: a user and a password.
    Basic {
        /// Where it is asked.
        span: Span,
        /// The Secret that holds the lines, under `.htpasswd`: one, if any.
        secrets: Vec<Reference>,
    },
    /// `apiKeyAuth` of Envoy Gateway: a key.
    Keys {
        /// Where it is asked.
        span: Span,
        /// The Secrets whose values are the keys.
        secrets: Vec<Reference>,
        /// The headers in which it is looked for.
        headers: Vec<Spanned<String>>,
        /// Whether it is looked for elsewhere, too.
        elsewhere: bool,
        /// Whether it is taken out of the request.
        hides: bool,
    },
    /// `jwt` of Envoy Gateway: a JWT.
    Jwt {
        /// Where it is asked.
        span: Span,
        /// Whether who shows none comes in as well.
        optional: bool,
        /// Whether it is looked for elsewhere than behind `Bearer` in `Authorization`.
        elsewhere: bool,
    },
    /// Something that is not judged here.
    Other(Span),
}

impl Asked {
    /// Where it is asked.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Basic { span, .. }
            | Self::Keys { span, .. }
            | Self::Jwt { span, .. }
            | Self::Other(span) => *span,
        }
    }

    /// Whether it keeps anybody out.
    #[must_use]
    pub const fn guards(&self) -> bool {
        !matches!(self, Self::Jwt { optional: true, .. })
    }

    /// What stands under `key` of a SecurityPolicy of Envoy Gateway.
    fn read(key: &str, span: Span, node: Node<'_>) -> Self {
        match key {
            "basicAuth" => Self::Basic {
                span,
                secrets: node.get("users").map(Reference::read).into_iter().collect(),
            },
            "apiKeyAuth" => {
                let from = || node.get("extractFrom").into_iter().flat_map(Node::items);
                Self::Keys {
                    span,
                    secrets: list(node, "credentialRefs", Reference::read),
                    headers: from().flat_map(|one| one.strings_at("headers")).collect(),
                    elsewhere: from()
                        .any(|one| one.get("params").is_some() || one.get("cookies").is_some()),
                    hides: node.boolean_at("sanitize").is_some_and(|flag| flag.value),
                }
            }
            "jwt" => {
                let mut providers = node.get("providers").into_iter().flat_map(Node::items);
                Self::Jwt {
                    span,
                    optional: node.boolean_at("optional").is_some_and(|flag| flag.value),
                    elsewhere: providers.any(|one| one.get("extractFrom").is_some()),
                }
            }
            _ => Self::Other(span),
        }
    }
}

/// The kinds that may ask, and the keys of `spec` under which they do. Sources: Envoy Gateway 1.9,
/// `api/v1alpha1/securitypolicy_types.go`; kgateway 2.4, `api/v1alpha1/kgateway/traffic_policy_types.go`; agentgateway 1.0,
/// `AgentgatewayPolicy`; Kuadrant 1.3, AuthPolicy.
const KINDS: &[(&str, &str, &[&str])] = &[
    (
        ENVOY_GATEWAY,
        "SecurityPolicy",
        &[
            "apiKeyAuth",
            "authorization",
            "basicAuth",
            "extAuth",
            "jwt",
            "oidc",
        ],
    ),
    (
        "gateway.kgateway.dev",
        "TrafficPolicy",
        &[
            "apiKeyAuth",
            "apiKeyAuthentication",
            "basicAuth",
            "extAuth",
            "jwt",
            "jwtAuth",
            "rbac",
        ],
    ),
    ("agentgateway.dev", "AgentgatewayPolicy", &["traffic"]),
    (
        "kuadrant.io",
        "AuthPolicy",
        &["defaults", "overrides", "rules"],
    ),
];

impl AccessPolicy {
    /// `object`, if it is such a policy.
    pub(super) fn read(object: &Arc<Object>) -> Option<Self> {
        let mut kinds = KINDS.iter();
        let (group, _, keys) = kinds
            .find(|(group, kind, _)| object.group() == *group && object.kind.value == *kind)?;
        let is_exclusive = *group == ENVOY_GATEWAY;
        let spec: Option<Node<'_>> = object.tree.node().get("spec");
        let asks = keys.iter().filter_map(|key| {
            let (written, node) = spec?.entries().find(|(own, _)| own.text() == *key)?;
            Some(match is_exclusive {
                true => Asked::read(key, written.span(), node),
                false => Asked::Other(written.span()),
            })
        });
        Some(Self {
            object: Arc::clone(object),
            targets: targets(spec),
            selects: below(spec, &["targetSelectors"]).is_some(),
            is_exclusive,
            merges: below(spec, &["mergeType"]).is_some(),
            asks: asks.collect(),
        })
    }
}

impl Named for AccessPolicy {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
