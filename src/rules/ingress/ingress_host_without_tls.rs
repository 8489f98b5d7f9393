use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "ingress-host-without-tls",
    severity: Severity::Warning,
    page: page!("ingress/ingress-host-without-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for entrance in &world.graph.entrances {
        let ingress = &world.model.ingresses[entrance.ingress];
        let host = entrance
            .rule
            .and_then(|rule| ingress.rules[rule].host.as_ref());
        let (Some(host), Some(tls)) = (host, ingress.tls.first()) else {
            continue;
        };
        // An entry without hosts stands for every host.
        let is_covered = ingress.tls.iter().any(|entry| {
            entry.hosts.is_empty()
                || entry
                    .hosts
                    .iter()
                    .any(|covered| covers(&covered.value, &host.value))
        });
        if is_covered || !seen.insert(host.span) {
            continue;
        }
        let finding = findings.at(
            host.span,
            format!("no entry of `tls` names the host `{host}`"),
        );
        finding.also(
            tls.hosts.first().map_or(tls.span, |named| named.span),
            "TLS is for these hosts only",
        );
        finding.help("add the host to `tls`; until then it is served in plain text, or with the controller's own certificate");
    }
}

/// A wildcard stands for one label, as in certificates.
fn covers(pattern: &str, host: &str) -> bool {
    let rest = host.split_once('.').map_or("", |(_, rest)| rest);
    pattern == host || pattern.strip_prefix("*.") == Some(rest) && !rest.is_empty()
}
