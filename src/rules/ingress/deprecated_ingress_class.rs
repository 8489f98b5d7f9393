use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "deprecated-ingress-class",
    severity: Severity::Warning,
    page: page!("ingress/deprecated-ingress-class"),
    check,
};

const ANNOTATION: &str = "kubernetes.io/ingress.class";

/// The annotations of a controller that is no longer maintained: ingress-nginx, since March 2026.
const RETIRED: &str = "nginx.ingress.kubernetes.io/";

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for entrance in &world.graph.entrances {
        if !seen.insert(entrance.ingress) {
            continue;
        }
        let ingress = &world.model.ingresses[entrance.ingress];
        let annotations = &ingress.object.annotations;
        if let Some(pair) = annotations.iter().find(|pair| pair.key.value == ANNOTATION) {
            let finding = findings.at(
                pair.key.span,
                format!("the annotation `{ANNOTATION}` is deprecated"),
            );
            if let Some(class) = &ingress.class {
                finding.also(class.span, "`ingressClassName` says it, too");
                finding.help("remove the annotation");
            } else {
                finding.help(format!(
                    "write `ingressClassName: {}` under `spec`",
                    pair.value
                ));
            }
        }
        if let Some(pair) = annotations
            .iter()
            .find(|pair| pair.key.value.starts_with(RETIRED))
        {
            findings
                .at(
                    pair.key.span,
                    "ingress-nginx reads this, and is no longer maintained since March 2026",
                )
                .severity(Severity::Note)
                .help("move to another controller, or to Gateway API with a GRPCRoute");
        }
    }
}
