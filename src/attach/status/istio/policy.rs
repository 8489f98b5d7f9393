//! What Istio writes about BackendTLSPolicies (istio 1.32, `gateway/backend_policies.go`).

use std::collections::BTreeSet;

use super::super::Entry;
use super::super::Target;
use super::super::View;
use super::super::condition::Condition;
use super::super::policy;
use super::NETWORKING;
use super::route::is_pool;
use crate::attach::route::ParentOutcome;
use crate::model::reference::Reference;

/// The controller that speaks for what a policy aims at.
const MESH_CONTROLLER: &str = "istio.io/mesh-controller";

/// The controller that speaks for Gateways.
const GATEWAY_CONTROLLER: &str = "istio.io/gateway-controller";

/// What Istio says of a policy: of each thing that it aims at, then of each Gateway that leads there.
pub(super) fn policies(view: &View<'_>, at: usize) -> Vec<Entry> {
    let own = &view.model().backend_tls_policies[at];
    let namespace = own.object.namespace();
    let authorities = policy::authorities(view, at, &["ConfigMap"], view.profile.authority_keys);
    let is_ignored = own.object.annotation("istio.io/ignore-policy-attachment");
    let is_ignored = is_ignored.is_some_and(|value| value.value == "true");
    let mut entries = Vec::new();
    let mut last = policy::judged(&authorities);
    for target in &own.targets {
        let mut conditions = policy::judged(&authorities);
        let section = target.section.as_ref().map(|section| section.as_str());
        let refusal = if is_ignored {
            Some((
                "IgnoredByIstio",
                "an annotation tells Istio to pass over it",
            ))
        } else if !is_target(view, namespace, target) {
            Some(("TargetNotFound", "what it aims at does not exist"))
        } else if is_overruled(view, at, namespace, target.name(), section) {
            Some(("Conflicted", "an older policy aims at the same"))
        } else {
            None
        };
        if let Some((reason, words)) = refusal {
            conditions[0] = Condition::no("Accepted", reason, words);
        }
        last.clone_from(&conditions);
        entries.push(Entry {
            target: Target {
                namespace: None,
                ..Target::of(target)
            },
            controller: MESH_CONTROLLER.to_owned(),
            conditions,
        });
    }
    // A Gateway is told what was found last.
    entries.extend(gateways(view, at).into_iter().map(|gateway| Entry {
        target: Target {
            namespace: None,
            ..policy::gateway_target(view, gateway)
        },
        controller: GATEWAY_CONTROLLER.to_owned(),
        conditions: last.clone(),
    }));
    entries.truncate(super::super::MAX_ANCESTORS);
    entries
}

/// The Gateways of Istio whose routes lead to what a policy aims at, in the order of the input.
fn gateways(view: &View<'_>, policy: usize) -> BTreeSet<usize> {
    policy::backends_of(view, policy)
        .into_iter()
        .flat_map(|facts| view.parents[facts.route].clone())
        .filter_map(|parent| {
            let facts = &view.attachment.parents[parent];
            let is_attached = matches!(facts.outcome, ParentOutcome::Attached(_));
            facts.gateway.filter(|_| is_attached)
        })
        .filter(|gateway| std::ptr::eq(view.profile_of(*gateway).voice, view.profile.voice))
        .collect()
}

/// Whether what a policy aims at is there, with the port that it names.
fn is_target(view: &View<'_>, namespace: &str, target: &Reference) -> bool {
    let section = target.section.as_ref().map(|section| section.as_str());
    let is_port = |name: Option<&str>| section.is_none_or(|section| name == Some(section));
    match (target.group_or(""), target.kind_or("")) {
        ("", "Service") => {
            let service = view.model().services.named(namespace, target.name());
            service.is_some_and(|service| {
                let mut names = service
                    .ports
                    .iter()
                    .map(|port| port.name.as_ref().map(|name| name.as_str()));
                section.is_none() || names.any(is_port)
            })
        }
        (NETWORKING, "ServiceEntry") => {
            let entry = view
                .index
                .other(NETWORKING, "ServiceEntry", namespace, target.name());
            entry.is_some_and(|entry| {
                let spec = entry.tree.node().get("spec");
                let ports = spec.and_then(|spec| spec.get("ports"));
                let mut ports = ports.into_iter().flat_map(crate::yaml::Node::items);
                section.is_none()
                    || ports.any(|port| {
                        is_port(port.string_at("name").as_ref().map(|name| name.as_str()))
                    })
            })
        }
        (group, kind) if is_pool(group, kind) => view
            .index
            .other(group, kind, namespace, target.name())
            .is_some(),
        _ => false,
    }
}

/// Whether an older policy aims at the same section.
fn is_overruled(
    view: &View<'_>,
    at: usize,
    namespace: &str,
    service: &str,
    section: Option<&str>,
) -> bool {
    let aiming = view.policies.aiming(namespace, service, section);
    aiming.first().is_some_and(|first| *first != at) && aiming.contains(&at)
}
