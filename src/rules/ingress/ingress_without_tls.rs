use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "ingress-without-tls",
    severity: Severity::Error,
    page: page!("ingress/ingress-without-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for entrance in &world.graph.entrances {
        let ingress = &world.model.ingresses[entrance.ingress];
        if ingress.tls_span.is_some()
            || ingress.may_get_tls_elsewhere()
            || !seen.insert(entrance.ingress)
        {
            continue;
        }
        findings
            .at(
                ingress.object.name_span(),
                "telemetry comes in through this Ingress without TLS",
            )
            .also(entrance.at, "here it is handed to the collector")
            .help("give it `tls` with the hosts and a Secret of type `kubernetes.io/tls`");
    }
}
