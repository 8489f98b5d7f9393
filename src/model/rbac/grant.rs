//! What one service account may do, as far as it was given.

use super::Role;
use super::RoleBinding;
use crate::model::Model;
use crate::model::collector::permission::Permission;
use crate::model::collector::permission::Reach;
use crate::source::Span;

/// The roles of a service account.
#[derive(Debug)]
pub struct Grants<'m> {
    bound: Vec<Bound<'m>>,
}

/// A role as a binding gives it.
#[derive(Debug)]
struct Bound<'m> {
    role: &'m Role,
    binding: &'m RoleBinding,
}

impl Bound<'_> {
    /// Whether it holds in `namespace`; `None`: in all of them at once. Where the binding stands is open when it does not
    /// say so itself.
    fn holds(&self, namespace: Option<&str>) -> bool {
        let own = self.binding.object.namespace.as_ref();
        let is_there = |namespace: &str| own.is_none_or(|own| own.value == namespace);
        self.binding.is_cluster() || namespace.is_some_and(is_there)
    }
}

impl<'m> Grants<'m> {
    /// The roles of `account` in `namespace`; `None` when no binding of it was given, or one of a role that was not, or
    /// whose rules a controller adds up.
    #[must_use]
    pub fn of(model: &'m Model, namespace: &str, account: &str) -> Option<Self> {
        let bindings = model.role_bindings.iter();
        let bindings = bindings.filter(|binding| is_meant(binding, namespace, account));
        let bound: Option<Vec<Bound<'_>>> = bindings
            .map(|binding| role(model, binding).map(|role| Bound { role, binding }))
            .collect();
        let bound = bound?;
        let is_known = !bound.is_empty() && bound.iter().all(|bound| !bound.role.is_aggregated);
        is_known.then_some(Self { bound })
    }

    /// Whether all that `permission` asks for is allowed wherever it asks, or all of something that does as well.
    #[must_use]
    pub fn allow(&self, permission: &Permission) -> bool {
        match &permission.reach {
            Reach::Cluster => self.grant(permission, |bound| bound.holds(None)),
            Reach::Within(namespaces) => namespaces
                .iter()
                .all(|namespace| self.grant(permission, |bound| bound.holds(Some(namespace)))),
            Reach::Open => self.allow_somewhere(permission),
        }
    }

    /// The same, in whichever namespace.
    #[must_use]
    pub fn allow_somewhere(&self, permission: &Permission) -> bool {
        self.grant(permission, |_| true)
    }

    fn grant(&self, permission: &Permission, counts: impl Fn(&Bound<'_>) -> bool) -> bool {
        let allows = |group: &str, resource: &str| {
            permission.verbs.iter().all(|verb| {
                let mut bound = self.bound.iter().filter(|bound| counts(bound));
                bound.any(|bound| bound.role.allows(group, resource, verb))
            })
        };
        let mut others = permission.or.iter();
        allows(&permission.group, &permission.resource)
            || others.any(|(group, resource)| allows(group, resource))
    }

    /// Where the rules of its roles stand, and in which namespace each holds; `None`: in all of them.
    pub fn places(&self) -> impl Iterator<Item = (Span, Option<&str>)> {
        self.bound.iter().map(|bound| {
            let object = &bound.binding.object;
            let namespace = (!bound.binding.is_cluster()).then(|| object.namespace());
            (bound.role.rules_span, namespace)
        })
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
