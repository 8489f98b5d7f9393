//! Which NetworkPolicies guard a Pod, and what they make of a connection to it, or from it.
//!
//! Source: networking.k8s.io/v1, `NetworkPolicySpec`: once a policy selects a Pod, only what some rule allows comes in.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::network_policy::NetworkPolicy;
use crate::model::network_policy::Peer;
use crate::model::network_policy::PolicyPort;
use crate::model::network_policy::PolicyRule;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::value;
use crate::model::selector::Selector;
use crate::model::service::PortRef;
use crate::model::workload::PodTemplate;
use crate::model::workload::Workload;
use crate::source::Span;
use crate::source::Spanned;

/// The label that every namespace has, with its own name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

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

/// Kinds that guard Pods, too, in words of their own; with whether they do so in every namespace.
const OTHERS: &[(&str, &str, bool)] = &[
    ("cilium.io", "CiliumNetworkPolicy", false),
    ("cilium.io", "CiliumClusterwideNetworkPolicy", true),
    ("crd.projectcalico.org", "NetworkPolicy", false),
    ("crd.projectcalico.org", "GlobalNetworkPolicy", true),
    ("projectcalico.org", "NetworkPolicy", false),
    ("projectcalico.org", "GlobalNetworkPolicy", true),
    ("crd.antrea.io", "NetworkPolicy", false),
    ("crd.antrea.io", "ClusterNetworkPolicy", true),
    ("policy.networking.k8s.io", "AdminNetworkPolicy", true),
    (
        "policy.networking.k8s.io",
        "BaselineAdminNetworkPolicy",
        true,
    ),
    ("policy.networking.k8s.io", "ClusterNetworkPolicy", true),
];

/// Which connections of the Pods a policy guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Those that others open to them.
    Ingress,
    /// Those that they open.
    Egress,
}

/// The Pods that policies guard.
#[derive(Clone, Copy)]
pub(super) struct Guarded<'m> {
    pub(super) namespace: &'m str,
    pub(super) labels: &'m [Pair],
    pub(super) is_on_host_network: bool,
}

/// Who is at the other end of a connection, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Party<'m> {
    /// The Pods of that workload.
    Workload(&'m Workload),
    /// The proxy of a Gateway in that namespace: beside it, or where its implementation runs.
    Proxy(&'m str),
    /// Somebody in another namespace, such as the controller of an Ingress.
    Elsewhere,
    /// Somebody outside the cluster.
    Outside,
    /// Anybody.
    Anybody,
}

/// What the policies make of a connection.
#[derive(Debug)]
pub(super) enum Passage {
    /// The Pods are on the node's network, which none guards.
    HostNetwork,
    /// None guards the Pods.
    Unguarded,
    /// A rule lets it through.
    Admitted,
    /// No rule does.
    Barred(Barred),
    /// It may be decided by a policy of this kind, which is not judged.
    Unknown(&'static str),
}

/// The policies that let somebody through nowhere, or on other ports only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// One that selects the Pods, as an index into the model.
    pub first: usize,
    /// The others.
    pub rest: Vec<usize>,
    /// Whether some rule lets the party through, but not to the port.
    pub only_other_ports: bool,
}

/// The policies that limit connections in one direction, by namespace and by a label that they ask for.
pub(super) struct Policies<'m> {
    model: &'m Model,
    direction: Direction,
    /// By the first label of their selector.
    by_label: BTreeMap<(&'m str, &'m str, &'m str), Vec<usize>>,
    /// Those whose selector names no label.
    unlabelled: BTreeMap<&'m str, Vec<usize>>,
    /// Those of other kinds, by namespace; `None` for all namespaces.
    others: BTreeMap<Option<&'m str>, Vec<(&'static str, &'m Object)>>,
}

impl<'m> Policies<'m> {
    pub(super) fn of(model: &'m Model, direction: Direction) -> Self {
        let mut policies = Self {
            model,
            direction,
            by_label: BTreeMap::new(),
            unlabelled: BTreeMap::new(),
            others: BTreeMap::new(),
        };
        for object in &model.objects {
            let known = |(group, kind, _): &&(&str, &str, bool)| {
                *group == object.group() && *kind == object.kind.as_str()
            };
            if let Some((_, kind, is_wide)) = OTHERS
                .iter()
                .find(known)
                .filter(|_| guards(object, direction))
            {
                let namespace = (!is_wide).then(|| object.namespace());
                let others = policies.others.entry(namespace).or_default();
                others.push((kind, object));
            }
        }
        for (at, policy) in model.network_policies.iter().enumerate() {
            let namespace = policy.object.namespace();
            match policy.pods.labels.first() {
                _ if !direction.is_guarded_by(policy) => {}
                Some(pair) => policies
                    .by_label
                    .entry((namespace, pair.key.as_str(), pair.value.as_str()))
                    .or_default()
                    .push(at),
                None => policies.unlabelled.entry(namespace).or_default().push(at),
            }
        }
        policies
    }

    /// What becomes of a connection between Pods that may be guarded and `party`, to a port of one of them; its number,
    /// and the template of the Pods that have it, where one was given, which says what it is called.
    pub(super) fn passage(
        &self,
        guarded: Guarded<'_>,
        (port, named_by): (i64, Option<&PodTemplate>),
        party: Party<'_>,
    ) -> Passage {
        let Guarded {
            namespace, labels, ..
        } = guarded;
        if guarded.is_on_host_network {
            return Passage::HostNetwork;
        }
        // Of some implementations a policy of their own lets through what a NetworkPolicy does not.
        if let Some(kind) = self.other(namespace, labels) {
            return Passage::Unknown(kind);
        }
        let policies = self.guarding(namespace, labels);
        let Some((first, rest)) = policies.split_first() else {
            return Passage::Unguarded;
        };
        let rules = self.rules(&policies);
        let admitting: Vec<&PolicyRule> = rules
            .filter(|(policy, rule)| self.may_admit(policy, rule, party))
            .map(|(_, rule)| rule)
            .collect();
        if admitting.iter().any(|rule| opens(rule, named_by, port)) {
            return Passage::Admitted;
        }
        Passage::Barred(Barred {
            first: *first,
            rest: rest.to_vec(),
            only_other_ports: !admitting.is_empty(),
        })
    }

    /// The policies that guard Pods with `labels` in `namespace`, as indexes into the model, in order.
    fn guarding(&self, namespace: &str, labels: &[Pair]) -> Vec<usize> {
        let labelled = labels.iter().filter_map(|pair| {
            self.by_label
                .get(&(namespace, pair.key.as_str(), pair.value.as_str()))
        });
        let candidates = labelled.chain(self.unlabelled.get(namespace)).flatten();
        let selects = |policy: &usize| self.model.network_policies[*policy].pods.selects(labels);
        let mut found: Vec<usize> = candidates.copied().filter(selects).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The kind of a policy in other words that may guard those Pods.
    fn other(&self, namespace: &str, labels: &[Pair]) -> Option<&'static str> {
        let here = [None, Some(namespace)];
        let others = here.iter().filter_map(|place| self.others.get(place));
        let mut may = others
            .flatten()
            .filter(|(_, object)| may_guard(object, namespace, labels));
        may.next().map(|(kind, _)| *kind)
    }

    /// The rules of those policies.
    fn rules(
        &self,
        policies: &[usize],
    ) -> impl Iterator<Item = (&'m NetworkPolicy, &'m PolicyRule)> {
        let (model, direction) = (self.model, self.direction);
        policies.iter().flat_map(move |policy| {
            let policy = &model.network_policies[*policy];
            let rules = direction.rules(policy).iter().flatten();
            rules.map(move |rule| (policy, rule))
        })
    }

    /// Whether the party may be one of those that `rule` lets through.
    fn may_admit(&self, policy: &NetworkPolicy, rule: &PolicyRule, party: Party<'_>) -> bool {
        let mut peers = rule.peers.iter();
        rule.peers.is_empty() || peers.any(|peer| self.may_be(policy, peer, party))
    }

    fn may_be(&self, policy: &NetworkPolicy, peer: &Peer, party: Party<'_>) -> bool {
        // An address block may hold anything.
        if peer.namespaces.is_none() && peer.pods.is_none() {
            return true;
        }
        let own = policy.object.namespace();
        match party {
            Party::Anybody => true,
            Party::Outside => false,
            Party::Elsewhere => peer.namespaces.is_some(),
            Party::Proxy(home) => match &peer.namespaces {
                Some(namespaces) => std::iter::once(home)
                    .chain(PROXY_NAMESPACES.iter().copied())
                    .any(|namespace| may_select(self.model, namespaces, namespace)),
                None => own == home || PROXY_NAMESPACES.contains(&own),
            },
            Party::Workload(workload) => {
                let home = workload.object.namespace();
                let is_there = match &peer.namespaces {
                    Some(namespaces) => may_select(self.model, namespaces, home),
                    None => own == home,
                };
                let pods = peer.pods.as_ref();
                is_there && pods.is_none_or(|pods| pods.selects(&workload.pod.labels))
            }
        }
    }
}

impl Direction {
    fn is_guarded_by(self, policy: &NetworkPolicy) -> bool {
        match self {
            Self::Ingress => policy.guards_ingress(),
            Self::Egress => policy.guards_egress(),
        }
    }

    fn rules(self, policy: &NetworkPolicy) -> &Option<Vec<PolicyRule>> {
        match self {
            Self::Ingress => &policy.ingress,
            Self::Egress => &policy.egress,
        }
    }

    /// Where a policy says, or fails to say, what it lets through.
    #[must_use]
    pub const fn span(self, policy: &NetworkPolicy) -> Span {
        match self {
            Self::Ingress => policy.ingress_span,
            Self::Egress => policy.egress_span,
        }
    }
}

impl<'m> Guarded<'m> {
    pub(super) fn of(workload: &'m Workload) -> Self {
        Self {
            namespace: workload.object.namespace(),
            labels: &workload.pod.labels,
            is_on_host_network: workload.pod.on_host_network(),
        }
    }
}

/// Whether a policy in other words limits that direction: one that speaks of the other alone does not.
fn guards(object: &Object, direction: Direction) -> bool {
    let Some(spec) = object.tree.node().get("spec") else {
        return false;
    };
    let speaks = |keys: [&str; 2]| keys.iter().any(|key| spec.has(key));
    let (inward, outward) = (["ingress", "ingressDeny"], ["egress", "egressDeny"]);
    match direction {
        Direction::Ingress => speaks(inward) || !speaks(outward),
        Direction::Egress => speaks(outward) || !speaks(inward),
    }
}

/// Whether it may be for Pods with `labels` in `namespace`. Only Cilium's labels are compared, with or without their
/// source (docs.cilium.io, "Endpoints Selector").
fn may_guard(object: &Object, namespace: &str, labels: &[Pair]) -> bool {
    let spec = object.tree.node().get("spec");
    let wanted = spec.and_then(|spec| spec.get("endpointSelector")?.get("matchLabels"));
    let Some(wanted) = wanted else { return true };
    wanted.entries().all(|(key, wanted)| {
        let key = key.text();
        let key = key.rsplit(':').next().unwrap_or_default();
        if key == "io.kubernetes.pod.namespace" {
            return wanted.text() == namespace;
        }
        value(labels, key).is_some_and(|own| own.value == wanted.text())
    })
}

/// Whether the selector may select that namespace. The labels of one that was not given are not known, but for its
/// name.
pub(super) fn may_select(model: &Model, selector: &Selector, namespace: &str) -> bool {
    match model.namespace(namespace) {
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
                .retain(|one| one.key.as_ref().is_some_and(|key| key.value == NAME_LABEL));
            known.selects(&[name_label(namespace, selector.span)])
        }
    }
}

fn name_label(namespace: &str, at: Span) -> Pair {
    Pair {
        key: Spanned::new(NAME_LABEL.to_owned(), at),
        value: Spanned::new(namespace.to_owned(), at),
    }
}

/// Whether `rule` is about that port of the Pods; `pod` says which ports have names.
fn opens(rule: &PolicyRule, pod: Option<&PodTemplate>, port: i64) -> bool {
    rule.ports.is_empty() || rule.ports.iter().any(|entry| names(entry, pod, port))
}

fn names(entry: &PolicyPort, pod: Option<&PodTemplate>, port: i64) -> bool {
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
            let containers = pod.into_iter().flat_map(PodTemplate::running);
            let mut ports = containers.flat_map(|container| &container.ports);
            ports.any(|own| {
                own.name.as_ref() == Some(name)
                    && own.port.as_ref().is_some_and(|own| own.value == port)
            })
        }
    }
}
