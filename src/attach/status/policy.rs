//! BackendTLSPolicies: which of them speaks for a backend, on which way to it, and whether its authorities are there.
//!
//! Source: Gateway API v1.6, `apis/v1/backendtlspolicy_types.go`.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Target;
use super::View;
use super::condition::Condition;
use super::reason::Reason;
use crate::attach::Attachment;
use crate::attach::route::BackendFacts;
use crate::attach::scrutiny;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::reference::Reference;

/// The policies that aim at each Service, by namespace and name, the strongest first.
#[derive(Debug)]
pub(super) struct Policies<'m> {
    by_service: BTreeMap<(&'m str, &'m str), Vec<Aim<'m>>>,
    /// The backends that name a Service, by its namespace and name, as indexes into the attachment.
    backends: BTreeMap<(&'m str, &'m str), Vec<usize>>,
}

/// One target of one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aim<'m> {
    pub(super) policy: usize,
    /// The name of a Service port; `None`: all of them.
    pub(super) section: Option<&'m str>,
}

/// One way that leads from a Gateway to a Service that a policy aims at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) gateway: usize,
    /// The parentRef that leads there, as an index into the attachment's parents.
    pub(super) parent: usize,
    /// Whether the policy speaks there; otherwise an older one does.
    pub(super) wins: bool,
}

impl<'m> Policies<'m> {
    pub(super) fn of(model: &'m Model, attachment: &Attachment) -> Self {
        let policies = &model.backend_tls_policies;
        let mut order: Vec<usize> = (0..policies.len()).collect();
        // The oldest wins, then the first by name (Gateway API v1.6, `PolicyReasonConflicted`).
        order.sort_by_cached_key(|at| {
            let object = &policies[*at].object;
            (
                object.created(),
                object.namespace().to_owned(),
                object.name().to_owned(),
            )
        });
        let mut by_service: BTreeMap<_, Vec<Aim<'m>>> = BTreeMap::new();
        for policy in order {
            let namespace = policies[policy].object.namespace();
            let services = policies[policy].targets.iter();
            for target in services.filter(|target| is_service(target)) {
                let section = target.section.as_ref().map(|section| section.as_str());
                let aims = by_service.entry((namespace, target.name())).or_default();
                aims.push(Aim { policy, section });
            }
        }
        let mut backends: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, facts) in attachment.backends.iter().enumerate() {
            let (written, route) = (facts.written(model), &model.routes[facts.route]);
            let namespace = written.namespace_or(route.object.namespace());
            let service = (namespace, written.name());
            backends.entry(service).or_default().push(at);
        }
        Self {
            by_service,
            backends,
        }
    }

    /// The policies that aim at exactly that section of a Service, the strongest first.
    pub(super) fn aiming(
        &self,
        namespace: &str,
        service: &str,
        section: Option<&str>,
    ) -> Vec<usize> {
        let aims = self.by_service.get(&(namespace, service));
        let aims = aims
            .into_iter()
            .flatten()
            .filter(|aim| aim.section == section);
        let mut policies: Vec<usize> = aims.map(|aim| aim.policy).collect();
        policies.dedup();
        policies
    }

    /// The policies that compete for a port of a Service: those for the port, else those for all ports.
    pub(super) fn competing(
        &self,
        namespace: &str,
        service: &str,
        port: Option<&str>,
    ) -> Vec<usize> {
        let special = port.map(|port| self.aiming(namespace, service, Some(port)));
        let special = special.filter(|special| !special.is_empty());
        special.unwrap_or_else(|| self.aiming(namespace, service, None))
    }
}

fn is_service(target: &Reference) -> bool {
    target.group_or("").is_empty() && target.kind_or("Service") == "Service"
}

/// The name of the port that a backend reference means.
pub(super) fn port_name<'v>(
    view: &'v View<'_>,
    namespace: &str,
    reference: &Reference,
) -> Option<&'v str> {
    let service = view.model().services.named(namespace, reference.name())?;
    let port = service.port(reference.port.as_ref()?.value)?;
    port.name.as_ref().map(|name| name.as_str())
}

/// Every way on which the policy could speak: route by route, parent by parent.
pub(super) fn uses(view: &View<'_>, policy: usize) -> Vec<Use> {
    let own = &view.model().backend_tls_policies[policy];
    let namespace = own.object.namespace();
    let mut uses = Vec::new();
    for facts in backends_of(view, policy) {
        let reference = facts.written(view.model());
        if !is_service(reference) {
            continue;
        }
        let port = port_name(view, namespace, reference);
        let competing = view.policies.competing(namespace, reference.name(), port);
        let Some(rank) = competing.iter().position(|competing| *competing == policy) else {
            continue;
        };
        for parent in view.parents[facts.route].clone() {
            let parents = &view.attachment.parents[parent];
            if let Some(gateway) = parents.gateway {
                uses.push(Use {
                    gateway,
                    parent,
                    wins: rank == 0,
                });
            }
        }
    }
    uses.sort_by_key(|one| (one.gateway, one.parent, !one.wins));
    uses.dedup_by_key(|one| (one.gateway, one.parent));
    uses
}

/// The backends that name a Service which the policy aims at.
pub(super) fn backends_of<'v>(view: &'v View<'_>, policy: usize) -> Vec<&'v BackendFacts> {
    let own = &view.model().backend_tls_policies[policy];
    let namespace = own.object.namespace();
    let services = own.targets.iter().filter(|target| is_service(target));
    let named = services
        .filter_map(|target| view.policies.backends.get(&(namespace, target.name())))
        .flatten();
    let named: BTreeSet<usize> = named.copied().collect();
    named
        .into_iter()
        .map(|at| &view.attachment.backends[at])
        .collect()
}

/// Whether every authority of the policy is there.
///
/// # Errors
/// The reason for `ResolvedRefs` of the first that is not, and whether any other is there.
pub(super) fn authorities(
    view: &View<'_>,
    policy: usize,
    kinds: &[&str],
    keys: &[&str],
) -> Result<(), (Reason, bool)> {
    let own = &view.model().backend_tls_policies[policy];
    let judged: Vec<_> = own
        .authorities
        .iter()
        .map(|reference| authority(view, own.object.namespace(), reference, kinds, keys))
        .collect();
    let any = judged.iter().any(Result::is_ok);
    match judged.into_iter().find_map(Result::err) {
        Some(reason) => Err((reason, any)),
        None => Ok(()),
    }
}

fn authority(
    view: &View<'_>,
    namespace: &str,
    reference: &Reference,
    kinds: &[&str],
    keys: &[&str],
) -> Result<(), Reason> {
    let (kind, name) = (reference.kind_or(""), reference.name());
    if !kinds.contains(&kind) {
        return Err((
            "InvalidKind",
            format!("the CA is of kind `{kind}`, which is not supported"),
        ));
    }
    let (model, invalid) = (view.model(), "InvalidCACertificateRef");
    let entries = match kind {
        "ConfigMap" => model
            .config_maps
            .named(namespace, name)
            .map(|map| &map.entries),
        "Secret" => model
            .secrets
            .named(namespace, name)
            .map(|secret| &secret.entries),
        // What else holds authorities is a ClusterTrustBundle, which has no namespace.
        _ => {
            let given = view
                .index
                .other("certificates.k8s.io", kind, "default", name);
            let missing = || (invalid, format!("there is no {kind} `{name}`"));
            return given.map(|_| ()).ok_or_else(missing);
        }
    };
    let entries = entries.ok_or_else(|| (invalid, format!("there is no {kind} `{name}`")))?;
    let judged = scrutiny::authority(entries, keys);
    judged
        .map(|_| ())
        .map_err(|defect| (invalid, format!("{kind} `{name}` {defect}")))
}

/// The conditions of a policy that speaks, by its authorities.
pub(super) fn judged(authorities: &Result<(), (Reason, bool)>) -> Vec<Condition> {
    match authorities {
        Ok(()) => vec![
            Condition::yes("Accepted", "Accepted", "the policy is in force"),
            Condition::resolved(),
        ],
        Err(((reason, words), any)) => {
            let accepted = match any {
                true => Condition::yes("Accepted", "Accepted", "one CA at least can be used"),
                false => Condition::no("Accepted", "NoValidCACertificate", words.clone()),
            };
            vec![
                accepted,
                Condition::no("ResolvedRefs", *reason, words.clone()),
            ]
        }
    }
}

/// The condition of a policy that an older one overrules.
pub(super) fn conflicted() -> Condition {
    Condition::no("Accepted", "Conflicted", "an older policy aims at the same")
}

/// A Gateway as it stands in a status.
pub(super) fn gateway_target(view: &View<'_>, gateway: usize) -> Target {
    let object = &view.model().gateways[gateway].object;
    Target {
        group: Some(GATEWAY_API.to_owned()),
        kind: Some("Gateway".to_owned()),
        namespace: object
            .namespace
            .as_ref()
            .map(|namespace| namespace.value.clone()),
        name: object.name().to_owned(),
        section: None,
        port: None,
    }
}
