//! NetworkPolicies: who may open a connection to which Pods.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::object::Pair;
use super::object::pairs;
use super::object::value;
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
    pub pods: LabelSelector,
    /// `spec.policyTypes`; empty when absent.
    pub types: Vec<Spanned<String>>,
    /// `spec.ingress`; `None` when absent.
    pub ingress: Option<Vec<PolicyRule>>,
    /// Where `spec.ingress` stands, else `spec.podSelector`, else the name.
    pub ingress_span: Span,
    /// Whether `spec.egress` is present.
    pub has_egress: bool,
}

/// One entry of `spec.ingress`.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    /// The whole entry.
    pub span: Span,
    /// `from`; empty means everybody.
    pub from: Vec<Peer>,
    /// `ports`; empty means every port.
    pub ports: Vec<PolicyPort>,
}

/// One entry of `from`.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The whole entry.
    pub span: Span,
    /// `podSelector`.
    pub pods: Option<LabelSelector>,
    /// `namespaceSelector`; `None` with `podSelector` means the policy's own namespace.
    pub namespaces: Option<LabelSelector>,
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

/// A label selector (meta/v1): all of its parts must hold; without parts it selects everything.
#[derive(Clone, Debug)]
pub struct LabelSelector {
    /// Where it stands.
    pub span: Span,
    /// `matchLabels`.
    pub labels: Vec<Pair>,
    /// `matchExpressions`.
    pub expressions: Vec<Requirement>,
}

/// One entry of `matchExpressions`.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// `key`.
    pub key: Spanned<String>,
    /// `operator`: In, NotIn, Exists, DoesNotExist.
    pub operator: Spanned<String>,
    /// `values`.
    pub values: Vec<Spanned<String>>,
}

impl NetworkPolicy {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let at = |key| spec.and_then(|spec| spec.get(key));
        let key = |key| spec.and_then(|spec| spec.key(key));
        let span = key("ingress")
            .or_else(|| key("podSelector"))
            .map_or_else(|| object.name_span(), Node::span);
        Self {
            object: Arc::clone(object),
            pods: at("podSelector")
                .map_or_else(|| LabelSelector::everything(span), LabelSelector::read),
            types: spec
                .map(|spec| spec.strings_at("policyTypes"))
                .unwrap_or_default(),
            ingress: at("ingress").and_then(|_| Some(entries(spec?, "ingress", PolicyRule::read))),
            ingress_span: span,
            has_egress: spec.is_some_and(|spec| spec.has("egress")),
        }
    }

    /// Whether it limits who may connect to its Pods. Without `policyTypes` it always does (networking/v1,
    /// NetworkPolicySpec, policyTypes).
    #[must_use]
    pub fn guards_ingress(&self) -> bool {
        self.types.is_empty() || self.types.iter().any(|kind| kind.value == "Ingress")
    }
}

impl Named for NetworkPolicy {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl PolicyRule {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            from: entries(node, "from", Peer::read),
            ports: entries(node, "ports", PolicyPort::read),
        })
    }
}

impl Peer {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            pods: node.get("podSelector").map(LabelSelector::read),
            namespaces: node.get("namespaceSelector").map(LabelSelector::read),
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

impl LabelSelector {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            labels: pairs(node, "matchLabels"),
            expressions: entries(node, "matchExpressions", Requirement::read),
        }
    }

    pub(in crate::model) const fn everything(span: Span) -> Self {
        Self {
            span,
            labels: Vec::new(),
            expressions: Vec::new(),
        }
    }

    /// Whether it says nothing, and so selects everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// Whether something with `labels` is selected; an operator that does not exist selects nothing.
    #[must_use]
    pub fn selects(&self, labels: &[Pair]) -> bool {
        let equal = |wanted: &Pair| {
            value(labels, &wanted.key).is_some_and(|label| label.value == wanted.value.value)
        };
        self.labels.iter().all(equal)
            && self
                .expressions
                .iter()
                .all(|requirement| requirement.holds(labels))
    }
}

impl Requirement {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            key: node.string_at("key")?,
            operator: node.string_at("operator")?,
            values: node.strings_at("values"),
        })
    }

    fn holds(&self, labels: &[Pair]) -> bool {
        let label = value(labels, &self.key);
        let listed = || {
            label.is_some_and(|label| self.values.iter().any(|value| value.value == label.value))
        };
        match self.operator.value.as_str() {
            "In" => listed(),
            "NotIn" => !listed(),
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::source::SourceId;
    use crate::yaml;
    use crate::yaml::Dialect;
    use crate::yaml::Text;

    #[test]
    fn selectors_ask_for_all_of_their_parts() {
        for (selector, expected) in [
            ("{}", true),
            ("{matchLabels: {app: otel}}", true),
            ("{matchLabels: {app: otel, tier: x}}", false),
            (
                "{matchExpressions: [{key: app, operator: In, values: [a, otel]}]}",
                true,
            ),
            (
                "{matchExpressions: [{key: app, operator: NotIn, values: [otel]}]}",
                false,
            ),
            (
                "{matchExpressions: [{key: tier, operator: NotIn, values: [otel]}]}",
                true,
            ),
            ("{matchExpressions: [{key: app, operator: Exists}]}", true),
            (
                "{matchExpressions: [{key: app, operator: DoesNotExist}]}",
                false,
            ),
            ("{matchExpressions: [{key: app, operator: Near}]}", false),
            (
                "{matchLabels: {app: otel}, matchExpressions: [{key: app, operator: DoesNotExist}]}",
                false,
            ),
        ] {
            let text = format!("selector: {selector}\nlabels: {{app: otel}}\n");
            let source = Source::new("p.yaml", text.into_bytes());
            let text = Text::whole(SourceId(0), &source).expect("UTF-8");
            let stream = yaml::parse(text, Dialect::Kubernetes);
            let root = stream.documents().next().expect("a document");
            let read = LabelSelector::read(root.get("selector").expect("a selector"));
            assert_eq!(read.selects(&pairs(root, "labels")), expected, "{selector}");
        }
    }
}
