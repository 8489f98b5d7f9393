use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::finding::removal;
use crate::model::ingress::Ingress;
use crate::model::object::Pair;
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
                // Of two controllers that are named only people know which one it is.
                if class.value == pair.value.value
                    && let Some(edit) =
                        removal::entry(world.sources, pair.key.span, pair.value.span)
                {
                    finding.fix(Fix::one("remove the annotation", Safety::Safe, edit));
                }
            } else {
                finding.help(format!(
                    "write `ingressClassName: {}` under `spec`",
                    pair.value
                ));
                finding.fix = moved(world, ingress, pair);
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

/// The class in its new place. That an IngressClass of this name is there nobody promises.
fn moved(world: &World<'_>, ingress: &Ingress, pair: &Pair) -> Option<Fix> {
    let class = addition::scalar(&pair.value);
    let added = addition::key(
        world.sources,
        ingress.spec_span?,
        "ingressClassName",
        &class,
    )?;
    let removed = removal::entry(world.sources, pair.key.span, pair.value.span)?;
    Some(Fix {
        title: "move the class to `ingressClassName`".to_owned(),
        safety: Safety::Unsafe,
        edits: vec![removed, added],
    })
}
