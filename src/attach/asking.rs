//! Every reference that leaves its namespace: who asks for what, and which of them no grant lets in.

use std::sync::Arc;

use super::Attachment;
use super::grant::Crossing;
use super::grant::Refusal;
use super::index::Index;
use crate::model::Model;
use crate::model::gateway::Listener;
use crate::model::kinds::Kinds;
use crate::model::object::Named;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::source::SourceId;

/// A reference that leaves its namespace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'m> {
    /// Who refers.
    pub(super) owner: &'m Arc<Object>,
    /// What is written.
    pub(super) reference: &'m Reference,
    /// The kind that is meant when none is written.
    kind: &'static str,
    /// The Gateway whose clients it is to verify.
    pub(super) verifies_clients_of: Option<usize>,
}

/// A reference that no grant lets into the namespace of what it refers to.
#[derive(Debug)]
pub struct Refused {
    /// The object that refers.
    pub owner: Arc<Object>,
    /// What is written.
    pub reference: Reference,
    /// Group, kind and namespace of what is referred to.
    pub target: (String, String, String),
    /// The name that a grant may be limited to; `None`: only a grant of every name lets it in everywhere.
    pub name: Option<String>,
    /// The file in which what is referred to stands, if it was given.
    pub file: Option<SourceId>,
    /// Why it is refused.
    pub refusal: Refusal,
}

impl<'m> Asking<'m> {
    /// Every reference that leaves its namespace, object by object.
    pub(super) fn all(model: &'m Model) -> Vec<Self> {
        let mut all = Vec::new();
        let mut ask = |owner: &'m Arc<Object>, reference: &'m Reference, kind, gateway| {
            if reference.namespace_or(owner.namespace()) != owner.namespace() {
                all.push(Self {
                    owner,
                    reference,
                    kind,
                    verifies_clients_of: gateway,
                });
            }
        };
        for route in &model.routes {
            for rule in &route.rules {
                let filters = rule.filters.iter();
                let filters = filters.chain(rule.backend_filters.iter().flatten());
                let mirrors = filters.filter_map(|filter| filter.mirror.as_ref());
                for reference in rule.backends.iter().chain(mirrors) {
                    ask(&route.object, reference, "Service", None);
                }
            }
        }
        for (at, gateway) in model.gateways.iter().enumerate() {
            let shown = gateway.listeners.iter().flat_map(certificates);
            for reference in shown.chain(&gateway.client_certificate) {
                ask(&gateway.object, reference, "Secret", None);
            }
            let frontend = gateway.frontend.iter();
            let validations = frontend.flat_map(|frontend| {
                let ports = frontend.per_port.iter();
                let ports = ports.flat_map(|port| &port.validation);
                frontend.default.iter().chain(ports)
            });
            for reference in validations.flat_map(|validation| &validation.authorities) {
                ask(&gateway.object, reference, "ConfigMap", Some(at));
            }
        }
        for set in &model.listener_sets {
            for reference in set.listeners.iter().flat_map(certificates) {
                ask(&set.object, reference, "Secret", None);
            }
        }
        for policy in &model.client_traffic_policies {
            let validation = policy.validation.iter();
            for reference in validation.flat_map(|validation| &validation.authorities) {
                ask(&policy.object, reference, "Secret", None);
            }
        }
        all
    }

    /// Group, kind and namespace of what is referred to.
    pub(super) fn target(&self) -> (&'m str, &'m str, &'m str) {
        let reference = self.reference;
        (
            reference.group_or(""),
            reference.kind_or(self.kind),
            reference.namespace_or(self.owner.namespace()),
        )
    }

    /// What refuses it, if anything does. Where neither what is referred to nor a grant that comes near was given, the
    /// grant may stand elsewhere, and nobody knows.
    fn refused(&self, index: &Index<'m>, attachment: &Attachment) -> Option<Refused> {
        let (owner, reference) = (self.owner, self.reference);
        let (group, kind, namespace) = self.target();
        let (model, name) = (index.model, reference.name());
        let file = match (group, kind) {
            ("", "Service") => file_of(&model.services, namespace, name, owner),
            ("", "Secret") => file_of(&model.secrets, namespace, name, owner),
            ("", "ConfigMap") => file_of(&model.config_maps, namespace, name, owner),
            _ => return None,
        };
        let gateway = self.verifies_clients_of;
        let profile = gateway.map(|at| attachment.gateways[at].profile);
        let granted = profile.map_or_else(|| name.to_owned(), |of| (of.authority_grant)(name));
        let crossing = Crossing {
            from: (owner.group(), owner.kind.as_str()),
            from_namespace: owner.namespace(),
            to: (group, kind),
            to_namespace: namespace,
            name: &granted,
        };
        let refusal = index.grants.check(&crossing).err()?;
        let is_closed = index.settings.closed.covers_in("ReferenceGrant", namespace);
        (file.is_some() || is_closed || refusal.nearest.is_some()).then(|| Refused {
            owner: Arc::clone(owner),
            reference: reference.clone(),
            target: (group.to_owned(), kind.to_owned(), namespace.to_owned()),
            name: (name == granted).then_some(granted),
            file,
            refusal,
        })
    }
}

/// Every reference of `asked` that is refused.
pub(super) fn refused(
    index: &Index<'_>,
    attachment: &Attachment,
    asked: &[Asking<'_>],
) -> Vec<Refused> {
    let refused = asked.iter();
    refused
        .filter_map(|asking| asking.refused(index, attachment))
        .collect()
}

/// The file of the object of that name that stands nearest to `owner`.
fn file_of<T: Named>(
    kinds: &Kinds<T>,
    namespace: &str,
    name: &str,
    owner: &Object,
) -> Option<SourceId> {
    let found = kinds.nearest(namespace, name, owner)?;
    Some(found.object().source)
}

fn certificates(listener: &Listener) -> impl Iterator<Item = &Reference> {
    listener.tls.iter().flat_map(|tls| &tls.certificates)
}
