use crate::finding::Findings;
use crate::graph::scrape::ENVOY_PATH;
use crate::graph::scrape::Flaw;
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
    let mut seen = Vec::new();
    for scrape in &world.graph.scrapes {
        let paths = scrape.flaws.iter().filter_map(|flaw| match flaw {
            Flaw::Path(at, path) => Some((*at, path)),
            _ => None,
        });
        for (at, path) in paths {
            if seen.contains(&(at, scrape.job)) {
                continue;
            }
            seen.push((at, scrape.job));
            let job = &world.model.jobs[scrape.job];
            let finding = findings.at(
                at,
                format!("`{path}` is not served on this port: every scrape ends in 404"),
            );
            if at != job.name.span {
                finding.also(job.name.span, "this job asks for it");
            }
            finding.help(format!(
                "ask for `{ENVOY_PATH}`, which both secure ports serve"
            ));
        }
    }
}
