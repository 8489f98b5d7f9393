use crate::finding::Findings;
use crate::model::collector::Extent;
use crate::model::collector::fault::FaultKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "undefined-component",
    severity: Severity::Error,
    page: page!("receiver/undefined-component"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for fault in world
        .model
        .faults(|kind| matches!(kind, FaultKind::Undefined(_)))
    {
        findings.refuse(fault);
    }
    for collector in world.model.runs.iter().map(|run| &run.collector) {
        if collector.extent != Extent::Whole {
            continue;
        }
        for asking in collector.live_askings() {
            let extension = &asking.extension;
            if collector.may_define_extension(extension) {
                continue;
            }
            let noun = asking.purpose.noun();
            let message = format!(
                "no extension `{}` is configured to be the {noun}",
                extension.value
            );
            findings
                .at(extension.span, message)
                .also(asking.component.span, format!("asked for by this {}", asking.role))
                .help(format!(
                    "the Collector does not start: failed to resolve {noun} \"{}\": {noun} not found; `otelcol validate` \
                     does not see it",
                    extension.value
                ));
        }
    }
}
