use crate::finding::Findings;
use crate::graph::internal::Way;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "public-internals",
    severity: Severity::Error,
    page: page!("service/public-internals"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for published in &world.graph.published {
        let way = match published.way {
            Way::Service => "this Service publishes",
            Way::Route => "this route publishes",
            Way::Ingress => "this Ingress publishes",
        };
        let what = published.what;
        let finding = findings.at(
            published.at,
            format!("{way} {} (port {})", what.name, what.number),
        );
        finding
            .also(published.port, what.why)
            .help("take the port out, or reach it by `kubectl port-forward`");
        if what.is_probe {
            finding.severity(Severity::Warning);
        }
    }
}
