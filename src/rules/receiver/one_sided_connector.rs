use crate::finding::Findings;
use crate::model::collector::fault::FaultKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "one-sided-connector",
    severity: Severity::Error,
    page: page!("receiver/one-sided-connector"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for fault in world.model.faults(|kind| kind == FaultKind::OneSided) {
        findings.refuse(fault);
    }
}
