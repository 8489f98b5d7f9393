use crate::finding::Findings;
use crate::model::collector::fault::FaultKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "connector-cycle",
    severity: Severity::Error,
    page: page!("receiver/connector-cycle"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for fault in world.model.faults(|kind| kind == FaultKind::Cycle) {
        findings.refuse(fault);
    }
}
