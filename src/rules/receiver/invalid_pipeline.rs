use crate::finding::Findings;
use crate::model::collector::fault::FaultKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "invalid-pipeline",
    severity: Severity::Error,
    page: page!("receiver/invalid-pipeline"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for fault in world
        .model
        .faults(|kind| matches!(kind, FaultKind::Pipeline | FaultKind::Signal))
    {
        let finding = findings.refuse(fault);
        // Later versions may take more signals than are known here.
        if fault.kind == FaultKind::Signal {
            finding.severity(Severity::Warning);
        }
    }
}
