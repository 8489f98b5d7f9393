use crate::finding::Findings;
use crate::model::collector::dial;
use crate::model::collector::dial::Failure;
use crate::model::collector::dial::NoDial;
use crate::model::collector::id::Signal;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "conflicting-authority",
    severity: Severity::Error,
    page: page!("exporter/conflicting-authority"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for run in &world.model.runs {
        for exporter in run.collector.running_exporters() {
            // The same for every signal: gRPC has one endpoint.
            let Err(NoDial::Fails {
                failure: Failure::Authority,
                span,
                said,
                related,
            }) = dial::dial(&run.collector, exporter, Signal::Traces)
            else {
                continue;
            };
            let finding = findings.at(span, "`authority` and `server_name_override` differ");
            finding.also.extend(related);
            finding
                .help("give one of them: either is sent as `:authority`, asked for as server name and verified")
                .help(format!("the Collector does not start: {said}"));
        }
    }
}
