//! Which NetworkPolicies guard a Pod, and whom they let in to which of its ports.
//!
//! Source: networking.k8s.io/v1, `NetworkPolicySpec`: once a policy selects a Pod, only what some rule allows comes in.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::network_policy::NetworkPolicy;
use crate::model::network_policy::PolicyPort;
use crate::model::network_policy::PolicyRule;
use crate::model::object::Pair;
use crate::model::selector::Selector;
use crate::model::service::PortRef;
use crate::model::workload::PodTemplate;
use crate::source::Spanned;

/// The label that every namespace has, with its own name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The policies that limit who may connect, by namespace and by a label that they ask for.
pub(super) struct Policies<'m> {
    model: &'m Model,
    /// By the first label of their selector.
    by_label: BTreeMap<(&'m str, &'m str, &'m str), Vec<usize>>,
    /// Those whose selector names no label.
    unlabelled: BTreeMap<&'m str, Vec<usize>>,
}

impl<'m> Policies<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut policies = Self {
            model,
            by_label: BTreeMap::new(),
            unlabelled: BTreeMap::new(),
        };
        for (at, policy) in model.network_policies.iter().enumerate() {
            let namespace = policy.object.namespace();
            match policy.pods.labels.first() {
                _ if !policy.guards_ingress() => {}
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

    /// The policies that guard Pods with `labels` in `namespace`, as indexes into the model, in order.
    pub(super) fn guarding(&self, namespace: &str, labels: &[Pair]) -> Vec<usize> {
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

    /// The rules of those policies.
    pub(super) fn rules(
        &self,
        policies: &[usize],
    ) -> impl Iterator<Item = (&'m NetworkPolicy, &'m PolicyRule)> {
        let model = self.model;
        policies.iter().flat_map(move |policy| {
            let policy = &model.network_policies[*policy];
            let rules = policy.ingress.iter().flatten();
            rules.map(move |rule| (policy, rule))
        })
    }
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

fn name_label(namespace: &str, at: crate::source::Span) -> Pair {
    Pair {
        key: Spanned::new(NAME_LABEL.to_owned(), at),
        value: Spanned::new(namespace.to_owned(), at),
    }
}

/// Whether `rule` is about that port of the Pods; `pod` says which ports have names.
pub(super) fn opens(rule: &PolicyRule, pod: Option<&PodTemplate>, port: i64) -> bool {
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
