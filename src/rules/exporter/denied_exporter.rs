use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "denied-exporter",
    severity: Severity::Error,
    page: page!("exporter/denied-exporter"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::Denied {
            why,
            policy,
            answer,
            advice,
        } = &flaw.kind
        else {
            continue;
        };
        if !seen.insert((flaw.at, *policy)) {
            continue;
        }
        findings
            .at(flaw.at, why.clone())
            .also(*policy, "this asks")
            .along(&journey.trail)
            .help(format!(
                "the answer is {answer}, and the receiver sees nothing: {advice}"
            ));
    }
}
