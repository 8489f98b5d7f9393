use crate::finding::Findings;
use crate::model::Model;
use crate::model::collector::value::Value;
use crate::model::rbac::Role;
use crate::model::rbac::RoleBinding;
use crate::model::workload::Workload;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "missing-collector-rbac",
    severity: Severity::Error,
    page: page!("service/missing-collector-rbac"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    subjects(world, findings);
    for run in &world.model.runs {
        let Some(workload) = run.workload(world.model) else {
            continue;
        };
        if workload.has_made_account() {
            continue;
        }
        let Some(grants) = Grants::of(world.model, workload) else {
            continue;
        };
        for processor in &run.collector.processors {
            let is_used = run.collector.pipelines.iter().any(|pipeline| {
                pipeline
                    .processors
                    .iter()
                    .any(|id| id.value == processor.id.value)
            });
            if !matches!(
                processor.id.kind.as_str(),
                "k8s_attributes" | "k8sattributes"
            ) || !is_used
            {
                continue;
            }
            for need in needs(&processor.body)
                .into_iter()
                .filter(|need| !grants.allow(need))
            {
                let finding = findings.at(
                    processor.id.span,
                    format!(
                        "`{}` may not watch `{}`{}",
                        processor.id.value,
                        need.resource,
                        need.of_group()
                    ),
                );
                finding.also.extend(
                    grants
                        .places
                        .iter()
                        .map(|span| (*span, "what its service account may do".to_owned())),
                );
                finding
                    .help(format!(
                        "add `get`, `list` and `watch` on `{}`{}: {}",
                        need.resource,
                        need.of_group(),
                        need.reason
                    ))
                    .severity(need.severity);
            }
        }
    }
}

/// A ClusterRoleBinding to a service account without a namespace binds nobody.
fn subjects(world: &World<'_>, findings: &mut Findings) {
    for binding in world
        .model
        .role_bindings
        .iter()
        .filter(|binding| binding.is_cluster())
    {
        for subject in &binding.subjects {
            if subject.kind.value != "ServiceAccount" || subject.namespace.is_some() {
                continue;
            }
            findings
                .at(
                    subject.name.span,
                    format!(
                        "the service account `{}` is named without its namespace",
                        subject.name.value
                    ),
                )
                .help("add `namespace`: the API server refuses the binding without it");
        }
    }
}

/// One kind of object that a component reads.
struct Need {
    group: &'static str,
    resource: &'static str,
    reason: &'static str,
    severity: Severity,
}

impl Need {
    fn of_group(&self) -> String {
        if self.group.is_empty() {
            String::new()
        } else {
            format!(" of `{}`", self.group)
        }
    }
}

/// What `k8s_attributes` reads (contrib, processor/k8sattributesprocessor/README.md, role-based access control).
fn needs(processor: &Value) -> Vec<Need> {
    if processor.bool_at("passthrough").is_some_and(|on| on.value) {
        return Vec::new();
    }
    let metadata = processor.at(&["extract", "metadata"]);
    let names: Vec<String> = metadata
        .map(Value::texts)
        .unwrap_or_default()
        .iter()
        .map(|name| name.as_written().to_owned())
        .collect();
    let asks = |wanted: &str| names.iter().any(|name| name == wanted);
    let takes_from = |wanted: &str| {
        let sources = ["labels", "annotations"]
            .into_iter()
            .filter_map(|key| processor.at(&["extract", key]));
        let mut rules = sources.flat_map(|rules| rules.items());
        rules.any(|rule| {
            rule.text_at("from")
                .is_some_and(|from| from.known() == Some(wanted))
        })
    };
    let need = |group, resource, reason| Need {
        group,
        resource,
        reason,
        severity: Severity::Error,
    };
    let mut needs = vec![need("", "pods", "Pods are what it knows senders by")];
    if takes_from("namespace") || asks("k8s.cluster.uid") {
        needs.push(need(
            "",
            "namespaces",
            "it takes labels or the uid of namespaces",
        ));
    } else if processor
        .at(&["filter", "namespace"])
        .is_none_or(Value::is_null)
    {
        // The documentation asks for it; without labels of namespaces it is not read.
        let asked = need("", "namespaces", "its documentation asks for it");
        needs.push(Need {
            severity: Severity::Warning,
            ..asked
        });
    }
    let extract = processor.get("extract");
    let by_name = extract
        .and_then(|extract| extract.bool_at("deployment_name_from_replicaset"))
        .is_some_and(|on| on.value);
    let by_default = metadata.is_none_or(Value::is_null);
    let named = (by_default || asks("k8s.deployment.name")) && !by_name;
    if named || asks("k8s.deployment.uid") {
        needs.push(need(
            "apps",
            "replicasets",
            "a Deployment is found by its ReplicaSet",
        ));
    }
    if takes_from("node") || asks("k8s.node.uid") {
        needs.push(need("", "nodes", "it takes labels or the uid of nodes"));
    }
    needs
}

/// What a service account may do, as far as it was given.
struct Grants<'m> {
    roles: Vec<&'m Role>,
    places: Vec<Span>,
}

impl<'m> Grants<'m> {
    /// `None` when no binding of the account was given, or one of a role that was not.
    fn of(model: &'m Model, workload: &Workload) -> Option<Self> {
        let account = workload
            .pod
            .service_account
            .as_ref()
            .map_or("default", |account| account.as_str());
        let namespace = workload.object.namespace();
        let bindings: Vec<&RoleBinding> = model
            .role_bindings
            .iter()
            .filter(|binding| binds(binding, namespace, account))
            .collect();
        let roles: Option<Vec<&Role>> = bindings
            .iter()
            .map(|binding| role(model, binding))
            .collect();
        let roles = roles
            .filter(|roles| !roles.is_empty() && roles.iter().all(|role| !role.is_aggregated))?;
        let places = roles.iter().map(|role| role.rules_span).collect();
        Some(Self { roles, places })
    }

    fn allow(&self, need: &Need) -> bool {
        ["get", "list", "watch"].into_iter().all(|verb| {
            self.roles
                .iter()
                .any(|role| role.allows(need.group, need.resource, verb))
        })
    }
}

/// Whether the binding is meant for the account; one without a namespace is taken for its own.
fn binds(binding: &RoleBinding, namespace: &str, account: &str) -> bool {
    binding.binds(namespace, account)
        || binding.subjects.iter().any(|subject| {
            subject.kind.value == "ServiceAccount"
                && subject.name.value == account
                && subject.namespace.is_none()
        })
}

fn role<'m>(model: &'m Model, binding: &RoleBinding) -> Option<&'m Role> {
    let name = binding.role.as_ref()?;
    let cluster = binding
        .role_kind
        .as_ref()
        .is_some_and(|kind| kind.value == "ClusterRole");
    let mut named = model
        .roles
        .iter()
        .filter(|role| role.object.name() == name.as_str() && role.is_cluster() == cluster);
    named.find(|role| cluster || role.object.namespace() == binding.object.namespace())
}
