//! What the components of a Collector ask the API server for, and what its service account may do.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::model::collector::Component;
use crate::model::collector::value::Value;
use crate::model::rbac::Role;
use crate::model::rbac::RoleBinding;
use crate::model::run::Run;
use crate::source::Span;

/// A component that may not do what it needs.
#[derive(Debug)]
pub struct Shortage {
    /// The component, in the pipeline that uses it.
    pub at: Span,
    /// Its id.
    pub component: String,
    /// The service account.
    pub account: String,
    /// What it may not do: resource, and the verbs that are missing.
    pub missing: Vec<(&'static str, Vec<&'static str>)>,
    /// Where the rules of the role stand that it is bound to; `None` when no binding takes effect.
    pub rules: Option<Span>,
    /// Subjects that name the account without a namespace, so that the binding binds nobody.
    pub homeless: Vec<Span>,
}

/// A kind of object that a component lists and watches.
struct Need {
    group: &'static str,
    resource: &'static str,
}

const VERBS: &[&str] = &["get", "list", "watch"];

impl Shortage {
    /// Every shortage. Only accounts that some binding of the input names are judged; and not those that the operator
    /// makes, as it gives them what they need.
    #[must_use]
    pub fn all(model: &Model) -> Vec<Self> {
        let mut shortages = Vec::new();
        let mut seen = BTreeSet::new();
        for run in &model.runs {
            let Some(workload) = run.workload(model) else {
                continue;
            };
            let account = match &workload.pod.service_account {
                Some(account)
                    if !workload.is_operated()
                        || is_written(model, workload.object.id, account.span) =>
                {
                    account
                }
                _ => continue,
            };
            let namespace = workload.object.namespace();
            let bindings: Vec<&RoleBinding> = model
                .role_bindings
                .iter()
                .filter(|binding| names(binding, namespace, &account.value))
                .collect();
            if bindings.is_empty() {
                continue;
            }
            for (at, processor) in used_processors(run) {
                let needs = needs(processor);
                if needs.is_empty() || !seen.insert(at) {
                    continue;
                }
                let shortage = judge(model, &bindings, namespace, &account.value, &needs);
                let Some(mut shortage) = shortage else {
                    continue;
                };
                shortage.at = at;
                shortage.component = processor.id.value.to_string();
                shortages.push(shortage);
            }
        }
        shortages
    }
}

/// Whether the account stands in the resource, rather than being made by the operator under the resource's name.
fn is_written(model: &Model, id: crate::model::object::ObjectId, at: Span) -> bool {
    at != model.object(id).name_span()
}

fn used_processors(run: &Run) -> impl Iterator<Item = (Span, &Component)> {
    let used = run
        .collector
        .pipelines
        .iter()
        .flat_map(|pipeline| &pipeline.processors);
    used.filter_map(|id| {
        let mut all = run.collector.processors.iter();
        Some((
            id.span,
            all.find(|processor| processor.id.value == id.value)?,
        ))
    })
}

/// contrib, processor/k8sattributesprocessor/README.md, "Role-based access control".
fn needs(processor: &Component) -> Vec<Need> {
    if !matches!(
        processor.id.kind.as_str(),
        "k8sattributes" | "k8s_attributes"
    ) {
        return Vec::new();
    }
    let body = &processor.body;
    let is = |key, word: &str| {
        body.text_at(key)
            .is_some_and(|text| text.known() == Some(word))
    };
    let passes_through = body.bool_at("passthrough").is_some_and(|flag| flag.value);
    if passes_through
        || is("auth_type", "none")
        || is("auth_type", "kubeConfig")
        || body.is_reference()
    {
        return Vec::new();
    }
    let mut needs = vec![
        Need {
            group: "",
            resource: "pods",
        },
        Need {
            group: "",
            resource: "namespaces",
        },
    ];
    let named_by_set = body
        .at(&["extract", "deployment_name_from_replicaset"])
        .is_some_and(|value| {
            matches!(
                value.content,
                crate::model::collector::value::Content::Bool(true)
            )
        });
    if extracts_deployment(body) && !named_by_set {
        needs.push(Need {
            group: "apps",
            resource: "replicasets",
        });
    }
    needs
}

/// `k8s.deployment.name` is extracted unless `extract.metadata` lists other things.
fn extracts_deployment(body: &Value) -> bool {
    let Some(metadata) = body.at(&["extract", "metadata"]) else {
        return true;
    };
    metadata.texts().iter().any(|text| {
        text.known()
            .is_none_or(|text| text.starts_with("k8s.deployment."))
    })
}

/// Whether a subject is the account, or would be if it named its namespace.
fn names(binding: &RoleBinding, namespace: &str, account: &str) -> bool {
    binding.binds(namespace, account)
        || binding
            .subjects
            .iter()
            .any(|subject| subject.is_homeless(account))
}

fn judge(
    model: &Model,
    bindings: &[&RoleBinding],
    namespace: &str,
    account: &str,
    needs: &[Need],
) -> Option<Shortage> {
    let mut roles: Vec<&Role> = Vec::new();
    let mut homeless = Vec::new();
    for binding in bindings {
        homeless.extend(
            binding
                .subjects
                .iter()
                .filter(|subject| subject.is_homeless(account))
                .map(|subject| subject.span),
        );
        if !binding.binds(namespace, account) {
            continue;
        }
        let is_cluster = binding
            .role_kind
            .as_ref()
            .is_some_and(|kind| kind.value == "ClusterRole");
        let name = binding.role.as_ref()?;
        // A role that was not given may allow everything.
        let role = model.roles.iter().find(|role| {
            role.object.name() == name.value
                && role.is_cluster() == is_cluster
                && (is_cluster || role.object.namespace() == binding.object.namespace())
        })?;
        if role.is_aggregated {
            return None;
        }
        roles.push(role);
    }
    let allowed = |need: &Need, verb: &str| {
        roles
            .iter()
            .any(|role| role.allows(need.group, need.resource, verb))
    };
    let missing: Vec<(&'static str, Vec<&'static str>)> = needs
        .iter()
        .map(|need| {
            let verbs = VERBS.iter().copied().filter(|verb| !allowed(need, verb));
            (need.resource, verbs.collect())
        })
        .filter(|(_, verbs): &(_, Vec<_>)| !verbs.is_empty())
        .collect();
    (!missing.is_empty()).then(|| Shortage {
        at: bindings[0].object.name_span(),
        component: String::new(),
        account: account.to_owned(),
        missing,
        rules: roles.first().map(|role| role.rules_span),
        homeless,
    })
}
