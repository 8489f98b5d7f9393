use crate::finding::Findings;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::injection::LABEL;
use crate::graph::proxy::injection::Reason;
use crate::model::mesh::proxy_settings::ANNOTATION;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "uninjected-namespace",
    severity: Severity::Warning,
    page: page!("mesh/uninjected-namespace"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        let Injection::No(at, reason) = proxy.injection else {
            continue;
        };
        let Some(written) = proxy
            .annotations(world.model)
            .iter()
            .find(|pair| pair.key.value == ANNOTATION)
        else {
            continue;
        };
        // Who scrapes has a rule of its own.
        if proxy.metadata.contains_key("OUTPUT_CERTS") {
            continue;
        }
        let finding = findings.at(
            written.key.span,
            "this is for a sidecar, and no sidecar is injected",
        );
        finding.also(at, reason.words());
        let asks = proxy.annotation(world.model, LABEL);
        if let Some(annotation) = asks.filter(|annotation| annotation.value == "true") {
            finding.also(
                annotation.span,
                "as an annotation this does not ask for one: it has to be a label",
            );
        }
        finding.help(match reason {
            Reason::HostNetwork => "give the Pod a network of its own, or do without the settings",
            Reason::SystemNamespace => "move the workload to a namespace of its own",
            Reason::Annotation => "take that annotation away, or these settings",
            Reason::Namespace => "say `istio-injection: enabled` there: a label of the Pod counts for nothing against it",
            Reason::Label => "take that label away, or these settings",
            Reason::Unasked => "add the label `sidecar.istio.io/inject: \"true\"` to the Pod template, or `istio-injection: enabled` to the Namespace",
        });
    }
}
