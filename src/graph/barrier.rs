//! NetworkPolicies that keep every gateway from the collector that its routes lead to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::delivery::Delivery;
use super::landing::Landing;
use super::landing::Target;
use crate::attach::Attachment;
use crate::model::Model;
use crate::model::network_policy::LabelSelector;
use crate::model::network_policy::NetworkPolicy;
use crate::model::network_policy::Peer;
use crate::model::network_policy::PolicyPort;
use crate::model::network_policy::PolicyRule;
use crate::model::object::Pair;
use crate::model::service::PortRef;
use crate::model::workload::Workload;
use crate::source::Spanned;

/// A collector that no gateway can reach.
#[derive(Debug)]
pub struct Barrier {
    /// The policies that select its Pods, as indexes into the model; never empty.
    pub policies: Vec<usize>,
    /// The workload, as an index into the model.
    pub workload: usize,
    /// What a gateway would hand to it, as an index into the graph.
    pub delivery: usize,
    /// The port of the Pod.
    pub port: i64,
    /// Whether some rule lets a gateway in, but not to that port.
    pub only_other_ports: bool,
}

/// Namespaces in which implementations run their proxies when they do not run them beside the Gateway.
const PROXY_NAMESPACES: &[&str] = &[
    "cilium",
    "contour",
    "envoy-gateway-system",
    "gateway-system",
    "haproxy-controller",
    "istio-gateway",
    "istio-ingress",
    "istio-system",
    "kgateway-system",
    "kong",
    "kube-system",
    "nginx-gateway",
    "projectcontour",
    "traefik",
];

/// The label that every namespace has, with its own name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

impl Barrier {
    /// Every barrier, workload by workload, once for each port.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        landings: &[Landing],
        deliveries: &[Delivery],
    ) -> Vec<Self> {
        let mut by_namespace: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, policy) in model.network_policies.iter().enumerate() {
            if policy.guards_ingress() {
                by_namespace
                    .entry(policy.object.namespace())
                    .or_default()
                    .push(at);
            }
        }
        let mut seen = BTreeSet::new();
        let mut barriers = Vec::new();
        for (at, delivery) in deliveries.iter().enumerate() {
            let Target::Pods(pods) = &landings[delivery.landing].target else {
                continue;
            };
            let gateway = attachment.listeners[delivery.listener].gateway;
            let home = model.gateways[gateway].object.namespace();
            for pod in pods {
                let Some(port) = pod.port.filter(|port| seen.insert((pod.workload, *port))) else {
                    continue;
                };
                let workload = &model.workloads[pod.workload];
                let own = by_namespace.get(workload.object.namespace());
                let policies: Vec<usize> = own
                    .into_iter()
                    .flatten()
                    .copied()
                    .filter(|policy| {
                        model.network_policies[*policy]
                            .pods
                            .selects(&workload.pod.labels)
                    })
                    .collect();
                if policies.is_empty() || workload.pod.on_host_network() {
                    continue;
                }
                let caller = Caller { model, home };
                let rules = || {
                    policies
                        .iter()
                        .flat_map(|policy| model.network_policies[*policy].ingress.iter().flatten())
                };
                let lets_in = |rule: &&PolicyRule| {
                    caller.may_be_among(rule, &model.network_policies[policies[0]])
                };
                let admitting: Vec<&PolicyRule> = rules().filter(lets_in).collect();
                if admitting.iter().any(|rule| opens(rule, workload, port)) {
                    continue;
                }
                let only_other_ports = !admitting.is_empty();
                barriers.push(Self {
                    policies,
                    workload: pod.workload,
                    delivery: at,
                    port,
                    only_other_ports,
                });
            }
        }
        barriers
    }
}

/// A gateway's proxy, as far as its place can be known: beside its Gateway, or where the implementation runs.
struct Caller<'m> {
    model: &'m Model,
    home: &'m str,
}

impl Caller<'_> {
    fn may_be_among(&self, rule: &PolicyRule, policy: &NetworkPolicy) -> bool {
        rule.from.is_empty()
            || rule
                .from
                .iter()
                .any(|peer| self.may_be(peer, policy.object.namespace()))
    }

    fn may_be(&self, peer: &Peer, own: &str) -> bool {
        match (&peer.namespaces, &peer.pods) {
            (Some(namespaces), _) => {
                let mut candidates =
                    std::iter::once(self.home).chain(PROXY_NAMESPACES.iter().copied());
                candidates.any(|namespace| self.may_select(namespaces, namespace))
            }
            (None, Some(_)) => own == self.home || PROXY_NAMESPACES.contains(&own),
            // An address block may hold anything.
            (None, None) => true,
        }
    }

    /// Whether the selector may select that namespace. The labels of one that was not given are not known, but for its
    /// name.
    fn may_select(&self, selector: &LabelSelector, namespace: &str) -> bool {
        match self.model.namespace(namespace) {
            Some(object) => {
                let mut labels = object.labels.clone();
                labels.push(name_label(namespace, object.span));
                selector.selects(&labels)
            }
            None => {
                let mut known = selector.clone();
                known.labels.retain(|pair| pair.key.value == NAME_LABEL);
                known
                    .expressions
                    .retain(|requirement| requirement.key.value == NAME_LABEL);
                known.selects(&[name_label(namespace, selector.span)])
            }
        }
    }
}

fn name_label(namespace: &str, at: crate::source::Span) -> Pair {
    Pair {
        key: Spanned::new(NAME_LABEL.to_owned(), at),
        value: Spanned::new(namespace.to_owned(), at),
    }
}

/// Whether `rule` is about that port of the Pods.
fn opens(rule: &PolicyRule, workload: &Workload, port: i64) -> bool {
    rule.ports.is_empty() || rule.ports.iter().any(|entry| names(entry, workload, port))
}

fn names(entry: &PolicyPort, workload: &Workload, port: i64) -> bool {
    if entry
        .protocol
        .as_ref()
        .is_some_and(|protocol| protocol.value != "TCP")
    {
        return false;
    }
    match &entry.port {
        None => true,
        Some(PortRef::Number(first)) => {
            let last = entry.end.as_ref().map_or(first.value, |end| end.value);
            (first.value..=last).contains(&port)
        }
        Some(PortRef::Name(name)) => {
            let mut ports = workload
                .pod
                .running()
                .flat_map(|container| &container.ports);
            ports.any(|own| {
                own.name.as_ref() == Some(name)
                    && own.port.as_ref().is_some_and(|own| own.value == port)
            })
        }
    }
}

#[cfg(test)]
mod tests;
