use crate::finding::Findings;
use crate::graph::proxy::injection::LABEL;
use crate::model::object::value;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "conflicting-injection",
    severity: Severity::Warning,
    page: page!("mesh/conflicting-injection"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for namespace in &world.model.namespaces {
        let injection = namespace.label("istio-injection");
        let revision = namespace.label("istio.io/rev");
        if let (Some(injection), Some(revision)) = (injection, revision) {
            findings
                .at(revision.span, "`istio-injection` wins over the revision, which counts for nothing here")
                .also(injection.span, "this label decides")
                .help("take one of both away: the revision picks a control plane, `istio-injection` the default one");
        }
        let ambient = namespace
            .label("istio.io/dataplane-mode")
            .filter(|mode| mode.value == "ambient");
        let sidecars = injection
            .filter(|label| label.value == "enabled")
            .or(revision);
        if let (Some(ambient), Some(sidecars)) = (ambient, sidecars) {
            findings
                .at(ambient.span, "this namespace is ambient and gets sidecars: Pods with a sidecar are left out of ambient")
                .also(sidecars.span, "sidecars are asked for here")
                .help("choose one of both");
        }
    }
    for workload in &world.model.workloads {
        let pod = &workload.pod;
        let label = value(&pod.labels, LABEL);
        let annotation = value(&pod.annotations, LABEL);
        if let (Some(label), Some(annotation)) = (label, annotation)
            && label.value != annotation.value
        {
            findings
                .at(
                    annotation.span,
                    format!(
                        "the annotation says `{}`, the label `{}`: the label decides",
                        annotation.value, label.value
                    ),
                )
                .also(label.span, "the webhook asks this label")
                .help("take the annotation away");
        }
        let revision = value(&pod.labels, "istio.io/rev");
        if let (Some(label), Some(revision)) =
            (label.filter(|label| label.value == "false"), revision)
        {
            findings
                .at(
                    revision.span,
                    "this asks for a sidecar of a revision, and the Pod opts out of sidecars",
                )
                .also(label.span, "it opts out here")
                .help("take one of both away");
        }
    }
}
