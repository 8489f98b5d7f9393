//! What `k8s_attributes` asks for (contrib, processor/k8sattributesprocessor/README.md, role-based access control).

use super::Permission;
use super::is_on;
use super::read;
use super::texts;
use crate::model::collector::value::Value;

/// What the body of the processor makes it ask for.
pub(super) fn needs(processor: &Value) -> Vec<Permission> {
    if is_on(processor, "passthrough") {
        return Vec::new();
    }
    let names = texts(processor, &["extract", "metadata"]);
    let asks = |wanted: &str| names.iter().any(|name| name == wanted);
    let takes_from = |wanted: &str| takes_labels_of(processor, wanted);
    let mut needs = vec![read("", "pods", "Pods are what it knows senders by")];
    if takes_from("namespace") || asks("k8s.cluster.uid") {
        let reason = "it takes labels or the uid of namespaces";
        needs.push(read("", "namespaces", reason));
    } else if processor
        .at(&["filter", "namespace"])
        .is_none_or(Value::is_null)
    {
        // Without labels of namespaces it is not read.
        needs.push(Permission {
            is_certain: false,
            ..read("", "namespaces", "its documentation asks for it")
        });
    }
    if asks("k8s.deployment.uid") || names_deployments(processor, &names) {
        let reason = "a Deployment is found by its ReplicaSet";
        needs.push(Permission {
            or: &[("extensions", "replicasets")],
            ..read("apps", "replicasets", reason)
        });
    }
    if takes_from("node") || asks("k8s.node.uid") {
        needs.push(read("", "nodes", "it takes labels or the uid of nodes"));
    }
    if takes_from("job") || asks("k8s.cronjob.uid") {
        let reason = "it takes labels of Jobs, or whose they are";
        needs.push(read("batch", "jobs", reason));
    }
    for (kind, resource) in [
        ("deployment", "deployments"),
        ("statefulset", "statefulsets"),
        ("daemonset", "daemonsets"),
    ] {
        if takes_from(kind) {
            let reason = "it takes their labels or annotations";
            needs.push(read("apps", resource, reason));
        }
    }
    needs
}

/// Whether it takes labels or annotations of objects of that kind.
fn takes_labels_of(processor: &Value, wanted: &str) -> bool {
    let lists = ["labels", "annotations"].map(|key| processor.at(&["extract", key]));
    let mut rules = lists.into_iter().flatten().flat_map(Value::items);
    rules.any(|rule| {
        let from = rule.text_at("from");
        from.is_some_and(|from| from.known() == Some(wanted))
    })
}

/// Whether it names Deployments, as it does by default, and not by the names of their ReplicaSets.
fn names_deployments(processor: &Value, names: &[String]) -> bool {
    let extract = processor.get("extract");
    let by_name = extract.is_some_and(|extract| is_on(extract, "deployment_name_from_replicaset"));
    let by_default = processor
        .at(&["extract", "metadata"])
        .is_none_or(Value::is_null);
    let is_asked = names.iter().any(|name| name == "k8s.deployment.name");
    (by_default || is_asked) && !by_name
}
