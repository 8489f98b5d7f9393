use crate::finding::Findings;
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
}
