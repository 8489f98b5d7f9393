//! What Istio's sidecar in a Pod asks of who connects to a port: an identity of the mesh, a JWT, a rule that lets him in.
//!
//! Source: Istio, "PeerAuthentication", "RequestAuthentication" and "Authorization Policy": those of the root namespace, of the
//! namespace, and those that select the Pod all hold.

use super::proxy::injection::Injection;
use super::proxy::interception;
use super::proxy::interception::Mode;
use super::screen;
use crate::model::Model;
use crate::model::kinds::Kinds;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::object::Named;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::reference::Reference;
use crate::model::workload::Workload;
use crate::source::Span;

/// What the sidecar in the Pods of a workload asks at one port.
#[derive(Debug)]
pub struct Sidecar {
    /// Whether there certainly is one.
    pub is_certain: bool,
    /// What makes it take mutual TLS of the mesh and nothing else.
    pub strict: Option<Span>,
    /// AuthorizationPolicies, as indexes into the model; whether each is for these Pods and not for all around.
    pub authorizations: Vec<(usize, bool)>,
    /// RequestAuthentications, as indexes into the model.
    pub authentications: Vec<usize>,
}

impl Sidecar {
    /// What it asks at `port` of the Pods of `workload`, an index into the model; `None` where there is none, or nothing is
    /// asked.
    #[must_use]
    pub fn of(model: &Model, workload: usize, port: i64) -> Option<Self> {
        let own = &model.workloads[workload];
        let authorizations = chosen(&model.authorization_policies, own, |policy| {
            (&policy.selector, &policy.targets)
        });
        let authentications = chosen(&model.request_authentications, own, |policy| {
            (&policy.selector, &policy.targets)
        });
        let strict = match Mode::of(model, &own.object, &own.pod.labels, port) {
            Mode::Strict(said) => Some(said),
            Mode::Permissive(_) | Mode::Disable(_) => None,
        };
        let is_idle = authorizations.is_empty() && authentications.is_empty() && strict.is_none();
        if is_idle || !interception::takes(model, &own.object, &own.pod, port) {
            return None;
        }
        let injection = Injection::of(model, &own.object, &own.pod);
        (!matches!(injection, Injection::No(..))).then(|| Self {
            is_certain: matches!(injection, Injection::Yes(_)),
            strict,
            authorizations,
            authentications: authentications.into_iter().map(|(at, _)| at).collect(),
        })
    }

    /// Whether a policy of its looks at requests, and not at connections alone.
    #[must_use]
    pub fn looks_at_requests(&self) -> bool {
        !self.authorizations.is_empty() || !self.authentications.is_empty()
    }

    /// Whether it keeps outsiders from the port; `by_gateway` when they come through one, which has an identity of the mesh
    /// in their place.
    #[must_use]
    pub fn guards(&self, model: &Model, by_gateway: bool) -> bool {
        let policies = self.authorizations.iter();
        let policies = policies.map(|(at, _)| &model.authorization_policies[*at]);
        self.strict.is_some() && !by_gateway || screen::authorize(policies, by_gateway)
    }
}

/// Which of `policies` are for the Pods of `workload`, as indexes; whether each selects them.
fn chosen<'m, T: Named>(
    policies: &'m Kinds<T>,
    workload: &Workload,
    parts: impl Fn(&'m T) -> (&'m Vec<Pair>, &'m Vec<Reference>),
) -> Vec<(usize, bool)> {
    let home = workload.object.namespace();
    let found = policies.iter().enumerate().filter_map(|(at, policy)| {
        let (selector, targets) = parts(policy);
        let object = policy.object();
        let namespace = object.namespace();
        let is_near =
            || policies.nearest_index(namespace, object.name(), &workload.object) == Some(at);
        let is_here = namespace == home || namespace == ROOT_NAMESPACE;
        let is_own = selects(selector, &workload.pod.labels);
        let is_meant = is_here && targets.is_empty() && (selector.is_empty() || is_own);
        (is_meant && is_near()).then_some((at, is_own))
    });
    found.collect()
}
