//! RBAC: what a service account may do, as far as Collectors and route developers are concerned.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::workload::container::entries;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

pub mod grant;

/// A `rbac.authorization.k8s.io` Role or ClusterRole; `object.kind` says which.
#[derive(Clone, Debug)]
pub struct Role {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `rules`: what it allows, added up.
    pub rules: Vec<PolicyRule>,
    /// Where `rules` stands, else the name.
    pub rules_span: Span,
    /// Whether `aggregationRule` lets a controller fill in rules from other roles.
    pub is_aggregated: bool,
}

/// One entry of `rules`.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    /// The whole entry.
    pub span: Span,
    /// `apiGroups`; `*` means all.
    pub groups: Vec<Spanned<String>>,
    /// `resources`; `*` means all.
    pub resources: Vec<Spanned<String>>,
    /// `verbs`; `*` means all.
    pub verbs: Vec<Spanned<String>>,
    /// `resourceNames`; when not empty the rule does not cover lists or watches of the whole kind.
    pub names: Vec<Spanned<String>>,
}

/// A RoleBinding or ClusterRoleBinding; `object.kind` says which.
#[derive(Clone, Debug)]
pub struct RoleBinding {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `roleRef.kind`: Role or ClusterRole.
    pub role_kind: Option<Spanned<String>>,
    /// `roleRef.name`.
    pub role: Option<Spanned<String>>,
    /// `subjects`.
    pub subjects: Vec<Subject>,
}

/// One entry of `subjects`.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The whole entry.
    pub span: Span,
    /// `kind`: ServiceAccount, User or Group.
    pub kind: Spanned<String>,
    /// `name`.
    pub name: Spanned<String>,
    /// `namespace`; a ServiceAccount cannot do without.
    pub namespace: Option<Spanned<String>>,
}

/// A `v1` ServiceAccount.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
}

impl Role {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let node = object.tree.node();
        Self {
            object: Arc::clone(object),
            rules: entries(node, "rules", PolicyRule::read),
            rules_span: node
                .key("rules")
                .map_or_else(|| object.name_span(), Node::span),
            is_aggregated: node.get("aggregationRule").is_some(),
        }
    }

    /// Whether it holds for the whole cluster rather than for one namespace.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.object.kind.value == "ClusterRole"
    }

    /// Whether some rule allows `verb` on all `resource` of `group`.
    #[must_use]
    pub fn allows(&self, group: &str, resource: &str, verb: &str) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.allows(group, resource, verb))
    }
}

impl PolicyRule {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            groups: node.strings_at("apiGroups"),
            resources: node.strings_at("resources"),
            verbs: node.strings_at("verbs"),
            names: node.strings_at("resourceNames"),
        })
    }

    /// Whether it allows `verb` on all `resource` of `group`.
    #[must_use]
    pub fn allows(&self, group: &str, resource: &str, verb: &str) -> bool {
        let has = |list: &[Spanned<String>], wanted: &str| {
            list.iter()
                .any(|entry| entry.value == "*" || entry.value == wanted)
        };
        // `*/scale` means that subresource of everything.
        let every = resource
            .split_once('/')
            .map(|(_, part)| format!("*/{part}"));
        let is_resource = has(&self.resources, resource)
            || every.is_some_and(|every| self.resources.iter().any(|own| own.value == every));
        self.names.is_empty() && has(&self.groups, group) && is_resource && has(&self.verbs, verb)
    }
}

impl RoleBinding {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let node = object.tree.node();
        let role = node.get("roleRef");
        Self {
            object: Arc::clone(object),
            role_kind: role.and_then(|role| role.string_at("kind")),
            role: role.and_then(|role| role.string_at("name")),
            subjects: entries(node, "subjects", Subject::read),
        }
    }

    /// Whether it binds in the whole cluster rather than in its own namespace.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.object.kind.value == "ClusterRoleBinding"
    }

    /// Whether it gives its role to that service account, by name or by one of the groups it belongs to.
    #[must_use]
    pub fn binds(&self, namespace: &str, account: &str) -> bool {
        self.subjects
            .iter()
            .any(|subject| subject.is(namespace, account, self))
    }
}

impl Subject {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            kind: node.string_at("kind")?,
            name: node.string_at("name")?,
            namespace: node.string_at("namespace"),
        })
    }

    fn is(&self, namespace: &str, account: &str, binding: &RoleBinding) -> bool {
        match self.kind.value.as_str() {
            "ServiceAccount" => {
                let own = (!binding.is_cluster()).then(|| binding.object.namespace());
                let home = self
                    .namespace
                    .as_ref()
                    .map(|home| home.value.as_str())
                    .or(own);
                self.name.value == account && home == Some(namespace)
            }
            "Group" => {
                self.name.value == "system:serviceaccounts"
                    || self.name.value == "system:authenticated"
                    || self.name.value.strip_prefix("system:serviceaccounts:") == Some(namespace)
            }
            "User" => {
                let user = self.name.value.strip_prefix("system:serviceaccount:");
                user.and_then(|user| user.split_once(':')) == Some((namespace, account))
            }
            _ => false,
        }
    }
}

impl ServiceAccount {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        Self {
            object: Arc::clone(object),
        }
    }
}

impl Named for Role {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for RoleBinding {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for ServiceAccount {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
