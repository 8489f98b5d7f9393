use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::scrape::fault::Cause;
use crate::graph::scrape::fault::Stage;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "wrong-metrics-path",
    severity: Severity::Error,
    page: page!("mesh/wrong-metrics-path"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for scrape in world.graph.certain_scrapes() {
        let Some(fault) = scrape.fault(Stage::Path) else {
            continue;
        };
        let Cause::NotServed { port, path } = &fault.cause else {
            continue;
        };
        // The right path, and a route of Istio's that leaves it out: that has a rule of its own.
        if path.starts_with("/stats/prometheus") {
            continue;
        }
        let job = scrape.written(world.model);
        if !seen.insert((fault.at, job.name.span)) {
            continue;
        }
        let finding = findings.at(
            fault.at,
            format!("`{path}` is not served on port {port}: every scrape ends in 404"),
        );
        if fault.at != job.name.span {
            finding.also(job.name.span, "this job asks for it");
        }
        if let Some(said) = scrape.said.first() {
            finding.also(*said, "and takes the port from here");
        }
        finding.help("ask for `/stats/prometheus`");
    }
}
