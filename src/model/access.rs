//! Policies by which a gateway asks who sends, other than by a client certificate: passwords, tokens, keys, another service.
//!
//! What they ask for is not judged here; that somebody is asked is enough to know.

use std::sync::Arc;

use super::ENVOY_GATEWAY;
use super::object::Named;
use super::object::Object;
use super::policy::targets;
use super::reference::Reference;
use crate::yaml::Node;
use crate::yaml::below;

/// A policy of an implementation that asks who sends.
#[derive(Clone, Debug)]
pub struct AccessPolicy {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.targetRefs` and `spec.targetRef`: what it is for.
    pub targets: Vec<Reference>,
    /// Whether it chooses by label, too, which is not followed here.
    pub selects: bool,
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
    /// `object`, if it is such a policy and asks anybody.
    pub(super) fn read(object: &Arc<Object>) -> Option<Self> {
        let mut kinds = KINDS.iter();
        let (_, _, keys) = kinds
            .find(|(group, kind, _)| object.group() == *group && object.kind.value == *kind)?;
        let spec: Option<Node<'_>> = object.tree.node().get("spec");
        let asks = keys.iter().any(|key| below(spec, &[key]).is_some());
        asks.then(|| Self {
            object: Arc::clone(object),
            targets: targets(spec),
            selects: below(spec, &["targetSelectors"]).is_some(),
        })
    }
}

impl Named for AccessPolicy {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
