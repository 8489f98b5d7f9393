//! What one service account may do, as far as it was given.

use super::Role;
use super::RoleBinding;
use crate::model::Model;
use crate::model::collector::permission::Permission;
use crate::source::Span;

/// The roles of a service account.
#[derive(Debug)]
pub struct Grants<'m> {
    roles: Vec<&'m Role>,
}

impl<'m> Grants<'m> {
    /// The roles of `account` in `namespace`; `None` when no binding of it was given, or one of a role that was not, or
    /// whose rules a controller adds up.
    #[must_use]
    pub fn of(model: &'m Model, namespace: &str, account: &str) -> Option<Self> {
        let bindings = model.role_bindings.iter();
        let bindings = bindings.filter(|binding| is_meant(binding, namespace, account));
        let roles: Option<Vec<&Role>> = bindings.map(|binding| role(model, binding)).collect();
        let roles = roles?;
        let is_known = !roles.is_empty() && roles.iter().all(|role| !role.is_aggregated);
        is_known.then_some(Self { roles })
    }

    /// Whether all that `permission` asks for is allowed, or all of something that does as well. In which namespaces is
    /// not asked.
    #[must_use]
    pub fn allow(&self, permission: &Permission) -> bool {
        let allows = |group: &str, resource: &str| {
            let mut verbs = permission.verbs.iter();
            verbs.all(|verb| {
                let mut roles = self.roles.iter();
                roles.any(|role| role.allows(group, resource, verb))
            })
        };
        let mut others = permission.or.iter();
        allows(&permission.group, &permission.resource)
            || others.any(|(group, resource)| allows(group, resource))
    }

    /// Where the rules of its roles stand.
    pub fn places(&self) -> impl Iterator<Item = Span> {
        self.roles.iter().map(|role| role.rules_span)
    }
}

/// Whether the binding is meant for the account; one without a namespace is taken for its own.
fn is_meant(binding: &RoleBinding, namespace: &str, account: &str) -> bool {
    let is_short = |subject: &super::Subject| {
        subject.kind.value == "ServiceAccount"
            && subject.name.value == account
            && subject.namespace.is_none()
    };
    binding.binds(namespace, account) || binding.subjects.iter().any(is_short)
}

/// Of several of one name, as environments side by side have them, the one that stands nearest.
fn role<'m>(model: &'m Model, binding: &RoleBinding) -> Option<&'m Role> {
    let name = binding.role.as_ref()?;
    let kind = binding.role_kind.as_ref();
    let is_cluster = kind.is_some_and(|kind| kind.value == "ClusterRole");
    let named = model
        .roles
        .iter()
        .filter(|role| role.object.name() == name.as_str() && role.is_cluster() == is_cluster);
    named
        .filter(|role| is_cluster || role.object.namespace() == binding.object.namespace())
        .min_by_key(|role| role.object.distance(&binding.object))
}
