use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::model::collector::fault::FaultKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "half-key-pair",
    severity: Severity::Error,
    page: page!("exporter/half-key-pair"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for fault in world.model.faults(|kind| kind == FaultKind::KeyPair) {
        findings.refuse(fault);
    }
    let mut seen = BTreeSet::new();
    for (_, flaw) in world.graph.flaws() {
        let FlawKind::MismatchedPair { certificate } = flaw.kind else {
            continue;
        };
        if seen.insert(flaw.at) {
            findings
                .at(flaw.at, "this private key is not that of the certificate")
                .also(certificate, "this certificate is sent")
                .help("name the key from which the certificate was requested, or issue the certificate anew");
        }
    }
}
