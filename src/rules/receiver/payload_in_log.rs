use std::collections::BTreeSet;

use super::exposed;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "payload-in-log",
    severity: Severity::Note,
    page: page!("receiver/payload-in-log"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (exposure, pipeline) in exposed(world) {
        let collector = &world.model.runs[exposure.run].collector;
        for exporter in pipeline
            .exporters
            .iter()
            .filter_map(|id| collector.exporter(id))
        {
            let verbosity = exporter
                .body
                .text_at("verbosity")
                .filter(|_| exporter.id.kind == "debug");
            let Some(verbosity) = verbosity.filter(|text| {
                text.known()
                    .is_some_and(|text| text.eq_ignore_ascii_case("detailed"))
            }) else {
                continue;
            };
            if seen.insert(verbosity.span) {
                let finding = findings
                    .at(verbosity.span, "every span, point and record from outside is printed in full")
                    .also(exposure.said, exposure.way.label())
                    .help("take `verbosity: detailed` away: what others send does not belong in a log");
                finding.fix(Fix::replace(verbosity.span, "basic"));
            }
        }
    }
}
