//! Services: the names and ports behind which Pods stand.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::object::Pair;
use super::object::pairs;
use super::object::value;
use super::workload::Workload;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;

/// A `v1` Service.
#[derive(Clone, Debug)]
pub struct Service {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.type`; `ClusterIP` when absent.
    pub kind: Option<Spanned<String>>,
    /// `spec.selector`; empty when the Service selects nothing.
    pub selector: Vec<Pair>,
    /// Where the selector stands.
    pub selector_span: Option<Span>,
    /// `spec.ports`.
    pub ports: Vec<ServicePort>,
    /// `spec.clusterIP`; see [`Service::is_headless`].
    pub cluster_ip: Option<Spanned<String>>,
    /// `spec.externalName`.
    pub external_name: Option<Spanned<String>>,
    /// `spec.ipFamilies`.
    pub families: Vec<Spanned<String>>,
    /// `spec.loadBalancerSourceRanges`.
    pub source_ranges: Vec<Spanned<String>>,
    /// `spec.loadBalancerIP`, `spec.externalIPs`, and what a load balancer got, of an object read from a cluster.
    pub addresses: Vec<Spanned<String>>,
}

/// One entry of `spec.ports`.
#[derive(Clone, Debug)]
pub struct ServicePort {
    /// The whole entry.
    pub span: Span,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `port`.
    pub port: Option<Spanned<i64>>,
    /// `targetPort`; the `port` itself when absent.
    pub target: Option<PortRef>,
    /// `nodePort`.
    pub node_port: Option<Spanned<i64>>,
    /// `protocol`; `TCP` when absent.
    pub protocol: Option<Spanned<String>>,
    /// `appProtocol`.
    pub app_protocol: Option<Spanned<String>>,
}

/// A port by number or by the name that a container gives it (Kubernetes IntOrString).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortRef {
    /// By number.
    Number(Spanned<i64>),
    /// By a container port's name.
    Name(Spanned<String>),
}

impl PortRef {
    /// The number or name that `node` holds; `None` for any other type.
    pub(in crate::model) fn read(node: Node<'_>) -> Option<Self> {
        node.integer()
            .map(Self::Number)
            .or_else(|| node.string().map(Self::Name))
    }

    /// Where it is written.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Number(number) => number.span,
            Self::Name(name) => name.span,
        }
    }
}

impl Service {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let string = |key| spec.and_then(|spec| spec.string_at(key));
        let ports = spec.and_then(|spec| spec.get("ports"));
        Self {
            object: Arc::clone(object),
            kind: string("type"),
            selector: spec.map(|spec| pairs(spec, "selector")).unwrap_or_default(),
            selector_span: spec.and_then(|spec| spec.get("selector")).map(Node::span),
            ports: ports
                .map(|ports| ports.items().map(ServicePort::read).collect())
                .unwrap_or_default(),
            cluster_ip: string("clusterIP"),
            external_name: string("externalName"),
            families: spec
                .map(|spec| spec.strings_at("ipFamilies"))
                .unwrap_or_default(),
            source_ranges: spec
                .map(|spec| spec.strings_at("loadBalancerSourceRanges"))
                .unwrap_or_default(),
            addresses: string("loadBalancerIP")
                .into_iter()
                .chain(
                    spec.map(|spec| spec.strings_at("externalIPs"))
                        .unwrap_or_default(),
                )
                .chain(balanced(object))
                .collect(),
        }
    }

    /// Whether it says that the first address of Pods is of IPv6.
    #[must_use]
    pub fn is_ipv6(&self) -> bool {
        self.families
            .first()
            .is_some_and(|family| family.value == "IPv6")
    }

    /// Whether its name leads to the Pods themselves, all of them, and to no address of its own: `clusterIP: None`.
    #[must_use]
    pub fn is_headless(&self) -> bool {
        self.cluster_ip
            .as_ref()
            .is_some_and(|address| address.value == "None")
    }

    /// Whether the operator makes it of an OpenTelemetryCollector, where its places then are.
    #[must_use]
    pub fn is_operated(&self) -> bool {
        self.object.kind.value == "OpenTelemetryCollector"
    }

    /// Whether its type opens it to the outside of the cluster; load balancers inside a private network do not, and source
    /// ranges are somebody's care.
    #[must_use]
    pub fn is_public(&self) -> bool {
        let is_kept_in = |key: &str, value: &str| match key {
            "networking.gke.io/load-balancer-type" | "cloud.google.com/load-balancer-type" => {
                value == "Internal"
            }
            "service.beta.kubernetes.io/aws-load-balancer-scheme" => value == "internal",
            "service.beta.kubernetes.io/aws-load-balancer-internal"
            | "service.beta.kubernetes.io/azure-load-balancer-internal" => value != "false",
            _ => false,
        };
        let mut annotations = self.object.annotations.iter();
        let kind = self.kind.as_ref().map_or("", |kind| kind.as_str());
        matches!(kind, "LoadBalancer" | "NodePort")
            && self.source_ranges.is_empty()
            && !annotations.any(|pair| is_kept_in(&pair.key.value, &pair.value.value))
    }

    /// A label of a Pod template in the same namespace that the selector misses by a slip of the hand: the same key, and
    /// at most two edits between values of some length. Another number is no slip but another version.
    #[must_use]
    pub fn near_miss<'w>(&self, workloads: &'w [Workload]) -> Option<&'w Pair> {
        let there = workloads
            .iter()
            .filter(|workload| workload.object.namespace() == self.object.namespace());
        let mut labels = there.flat_map(|workload| &workload.pod.labels);
        labels.find(|label| {
            let wanted = value(&self.selector, &label.key);
            wanted.is_some_and(|wanted| is_slip(wanted, &label.value))
        })
    }

    /// The index of the entry that `port` names, as an Ingress does.
    #[must_use]
    pub fn position(&self, port: &PortRef) -> Option<usize> {
        self.ports.iter().position(|entry| match port {
            PortRef::Number(number) => entry.port.as_ref() == Some(number),
            PortRef::Name(name) => entry.name.as_ref() == Some(name),
        })
    }

    /// The entry for `port`.
    #[must_use]
    pub fn port(&self, port: i64) -> Option<&ServicePort> {
        self.ports.iter().find(|entry| {
            entry
                .port
                .as_ref()
                .is_some_and(|number| number.value == port)
        })
    }
}

/// Whether one of two values of a label is the other with a slip of the hand.
fn is_slip(one: &str, other: &str) -> bool {
    let letters = |value: &str| value.replace(|c: char| c.is_ascii_digit(), "");
    let shortest = one.len().min(other.len());
    shortest > 3 && letters(one) != letters(other) && strsim::damerau_levenshtein(one, other) <= 2
}

/// What a cloud gave a load balancer: `status.loadBalancer.ingress[]`, `ip` and `hostname`.
pub(super) fn balanced(object: &Object) -> Vec<Spanned<String>> {
    let status = below(
        object.tree.node().get("status"),
        &["loadBalancer", "ingress"],
    );
    let entries = status.into_iter().flat_map(Node::items);
    entries
        .flat_map(|entry| [entry.string_at("ip"), entry.string_at("hostname")])
        .flatten()
        .collect()
}

impl ServicePort {
    fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            name: node.string_at("name"),
            port: node.integer_at("port"),
            target: node.get("targetPort").and_then(PortRef::read),
            node_port: node.integer_at("nodePort"),
            protocol: node.string_at("protocol"),
            app_protocol: node.string_at("appProtocol"),
        }
    }
}

impl Named for Service {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn a_slip_is_no_other_version() {
        for (selector, label, expected) in [
            ("collector", "colector", true),
            ("otel-collector", "otel-collecotr", true),
            ("collector", "gateway", false),
            ("v1", "v2", false),
            ("release-1.4", "release-1.5", false),
            ("a", "b", false),
            ("collector", "collector", false),
        ] {
            assert_eq!(is_slip(selector, label), expected, "{selector} {label}");
        }
    }
}
