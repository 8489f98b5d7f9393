//! What the targets of a ClientTrafficPolicy lead to.
//!
//! Source: Envoy Gateway 1.9, `internal/gatewayapi/clienttrafficpolicy.go`: a policy is for Gateways and ListenerSets of its
//! own namespace, or for one listener of theirs; one that names nothing gets no status.

use std::collections::BTreeMap;

use super::Absent;
use super::Attachment;
use super::index::Index;
use super::owner::Owner;
use crate::model::Model;
use crate::model::policy::ClientTrafficPolicy;
use crate::model::reference::Reference;

/// One target of a ClientTrafficPolicy.
#[derive(Debug)]
pub struct Aim {
    /// The policy.
    pub policy: usize,
    /// Which of its targets.
    pub target: usize,
    /// What it leads to.
    pub outcome: AimOutcome,
}

/// What a target leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AimOutcome {
    /// Listeners of the Gateway, or of the ListenerSet that it takes.
    Met {
        /// The Gateway.
        gateway: usize,
    },
    /// The Gateway is served by somebody who reads no such policies.
    Unread {
        /// The Gateway.
        gateway: usize,
    },
    /// The object has no listener of that name.
    NoListener(Owner),
    /// There is none of that name in the policy's namespace, but a Gateway in another.
    Elsewhere {
        /// That Gateway.
        gateway: usize,
    },
    /// It was not found.
    Absent(Absent),
    /// It may mean any of several, or is of a kind that the API server refuses.
    Unknown,
}

impl Aim {
    /// The target as it is written.
    #[must_use]
    pub fn written<'m>(&self, model: &'m Model) -> &'m Reference {
        &model.client_traffic_policies[self.policy].targets[self.target]
    }

    /// Every target of every policy, in the order of the model.
    pub(super) fn all(index: &Index<'_>, attachment: &Attachment) -> Vec<Self> {
        let gateways = index.model.gateways.iter().enumerate();
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, gateway) in gateways {
            by_name.entry(gateway.object.name()).or_insert(at);
        }
        let policies = index.model.client_traffic_policies.iter().enumerate();
        let targets = policies.flat_map(|(at, policy)| {
            let targets = policy.targets.iter().enumerate();
            targets.map(move |(target, reference)| (at, policy, target, reference))
        });
        targets
            .map(|(at, policy, target, reference)| Self {
                policy: at,
                target,
                outcome: outcome(index, attachment, &by_name, policy, reference),
            })
            .collect()
    }
}

fn outcome(
    index: &Index<'_>,
    attachment: &Attachment,
    by_name: &BTreeMap<&str, usize>,
    policy: &ClientTrafficPolicy,
    reference: &Reference,
) -> AimOutcome {
    let (model, from) = (index.model, &policy.object);
    let (namespace, name) = (from.namespace(), reference.name());
    let is_open = !index.settings.closed.covers_in("Gateway", namespace);
    let (owner, gateway) = match reference.kind_or("") {
        "Gateway" => match model.gateways.nearest_index(namespace, name, from) {
            Some(_) if is_open && model.gateways.is_contested(namespace, name, from) => {
                return AimOutcome::Unknown;
            }
            Some(at) => (Owner::Gateway(at), Some(at)),
            None => {
                let other = by_name.get(name).copied();
                let absent = AimOutcome::Absent(Absent::of("Gateway", namespace, index.settings));
                return other.map_or(absent, |gateway| AimOutcome::Elsewhere { gateway });
            }
        },
        kind @ ("ListenerSet" | "XListenerSet") => {
            let Some(at) = model.listener_sets.nearest_index(namespace, name, from) else {
                return AimOutcome::Absent(Absent::of(kind, namespace, index.settings));
            };
            (Owner::ListenerSet(at), attachment.listener_sets[at].gateway)
        }
        _ => return AimOutcome::Unknown,
    };
    let Some(gateway) = gateway else {
        return AimOutcome::Unknown;
    };
    let profile = attachment.gateways[gateway].profile;
    if profile.is_known() && !profile.obeys_client_traffic_policy {
        return AimOutcome::Unread { gateway };
    }
    let mut listeners = owner.listeners(model).iter();
    match &reference.section {
        Some(section) if !listeners.any(|listener| section.value == listener.name()) => {
            AimOutcome::NoListener(owner)
        }
        _ => AimOutcome::Met { gateway },
    }
}
