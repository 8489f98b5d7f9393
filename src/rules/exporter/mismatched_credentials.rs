use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "mismatched-credentials",
    severity: Severity::Error,
    page: page!("exporter/mismatched-credentials"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::Credentials { why, guard, advice } = &flaw.kind else {
            continue;
        };
        if !seen.insert((flaw.at, *guard)) {
            continue;
        }
        findings
            .at(flaw.at, why.clone())
            .also(*guard, "what they are held against")
            .along(&journey.trail)
            .help(format!(
                "the receiver answers UNAUTHENTICATED or 401: {advice}"
            ));
    }
}
