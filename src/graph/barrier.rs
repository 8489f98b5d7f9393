//! NetworkPolicies that keep every gateway from the collector that its routes lead to.

use std::collections::BTreeSet;

use super::delivery::Delivery;
use super::landing::Landing;
use super::landing::Target;
use super::policy::Policies;
use super::policy::may_select;
use super::policy::opens;
use crate::attach::Attachment;
use crate::model::Model;
use crate::model::network_policy::NetworkPolicy;
use crate::model::network_policy::Peer;
use crate::model::network_policy::PolicyRule;

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

impl Barrier {
    /// Every barrier, workload by workload, once for each port.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        landings: &[Landing],
        deliveries: &[Delivery],
    ) -> Vec<Self> {
        let guards = Policies::of(model);
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
                let policies = guards.guarding(workload.object.namespace(), &workload.pod.labels);
                if policies.is_empty() || workload.pod.on_host_network() {
                    continue;
                }
                let caller = Caller { model, home };
                let admitting: Vec<&PolicyRule> = guards
                    .rules(&policies)
                    .filter(|(policy, rule)| caller.may_be_among(rule, policy))
                    .map(|(_, rule)| rule)
                    .collect();
                if admitting
                    .iter()
                    .any(|rule| opens(rule, Some(&workload.pod), port))
                {
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
                candidates.any(|namespace| may_select(self.model, namespaces, namespace))
            }
            (None, Some(_)) => own == self.home || PROXY_NAMESPACES.contains(&own),
            // An address block may hold anything.
            (None, None) => true,
        }
    }
}

#[cfg(test)]
mod tests;
