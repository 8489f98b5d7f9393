//! NetworkPolicies: who may open a connection to which Pods, and where these may connect to.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::selector::Selector;
use super::service::PortRef;
use super::workload::container::entries;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// A `networking.k8s.io/v1` NetworkPolicy.
#[derive(Clone, Debug)]
pub struct NetworkPolicy {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.podSelector`: the Pods that it guards, in its own namespace.
    pub pods: Selector,
    /// `spec.policyTypes`; empty when absent.
    pub types: Vec<Spanned<String>>,
    /// `spec.ingress`; `None` when absent.
    pub ingress: Option<Vec<PolicyRule>>,
    /// Where `spec.ingress` stands, else `spec.podSelector`, else the name.
    pub ingress_span: Span,
    /// `spec.egress`; `None` when absent.
    pub egress: Option<Vec<PolicyRule>>,
    /// Where `spec.egress` stands, else `spec.podSelector`, else the name.
    pub egress_span: Span,
}

/// One entry of `spec.ingress` or `spec.egress`.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    /// The whole entry.
    pub span: Span,
    /// `from` or `to`; empty means everybody.
    pub peers: Vec<Peer>,
    /// `ports`; empty means every port.
    pub ports: Vec<PolicyPort>,
}

/// One entry of `from` or `to`.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The whole entry.
    pub span: Span,
    /// `podSelector`.
    pub pods: Option<Selector>,
    /// `namespaceSelector`; `None` with `podSelector` means the policy's own namespace.
    pub namespaces: Option<Selector>,
    /// `ipBlock.cidr`.
    pub cidr: Option<Spanned<String>>,
}

/// One entry of `ports`.
#[derive(Clone, Debug)]
pub struct PolicyPort {
    /// `port`, of the Pod; `None` means all.
    pub port: Option<PortRef>,
    /// `endPort`: the last of a range that starts at `port`.
    pub end: Option<Spanned<i64>>,
    /// `protocol`; TCP when absent.
    pub protocol: Option<Spanned<String>>,
}

impl NetworkPolicy {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let at = |key| spec.and_then(|spec| spec.get(key));
        let key = |key| spec.and_then(|spec| spec.key(key));
        let span = |direction| {
            key(direction)
                .or_else(|| key("podSelector"))
                .map_or_else(|| object.name_span(), Node::span)
        };
        let rules = |direction, peers: &'static str| {
            at(direction)?;
            let read = |rule| PolicyRule::read(rule, peers);
            Some(entries(spec?, direction, read))
        };
        Self {
            object: Arc::clone(object),
            pods: at("podSelector")
                .map_or_else(|| Selector::everything(span("ingress")), Selector::read),
            types: spec
                .map(|spec| spec.strings_at("policyTypes"))
                .unwrap_or_default(),
            ingress: rules("ingress", "from"),
            ingress_span: span("ingress"),
            egress: rules("egress", "to"),
            egress_span: span("egress"),
        }
    }

    /// Whether it limits who may connect to its Pods. Without `policyTypes` it always does (networking/v1,
    /// NetworkPolicySpec, policyTypes).
    #[must_use]
    pub fn guards_ingress(&self) -> bool {
        self.types.is_empty() || self.types.iter().any(|kind| kind.value == "Ingress")
    }

    /// Whether it limits where its Pods may connect to. Without `policyTypes` it does where it has rules for that (the
    /// same).
    #[must_use]
    pub fn guards_egress(&self) -> bool {
        let has_rules = self.egress.as_ref().is_some_and(|rules| !rules.is_empty());
        self.types.iter().any(|kind| kind.value == "Egress") || self.types.is_empty() && has_rules
    }
}

impl Named for NetworkPolicy {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl PolicyRule {
    fn read(node: Node<'_>, peers: &str) -> Option<Self> {
        Some(Self {
            span: node.span(),
            peers: entries(node, peers, Peer::read),
            ports: entries(node, "ports", PolicyPort::read),
        })
    }
}

impl Peer {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            pods: node.get("podSelector").map(Selector::read),
            namespaces: node.get("namespaceSelector").map(Selector::read),
            cidr: node
                .get("ipBlock")
                .and_then(|block| block.string_at("cidr")),
        })
    }
}

impl PolicyPort {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            port: node.get("port").and_then(PortRef::read),
            end: node.integer_at("endPort"),
            protocol: node.string_at("protocol"),
        })
    }
}
