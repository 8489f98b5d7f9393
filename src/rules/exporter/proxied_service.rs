use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::journey::Detour;
use crate::graph::journey::Journey;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "proxied-service",
    severity: Severity::Warning,
    page: page!("exporter/proxied-service"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for journey in &world.graph.journeys {
        let Some(detour) = &journey.detour else {
            continue;
        };
        if let Some(name) = detour.inner.as_ref()
            && seen.insert((detour.proxy.span, name))
        {
            say(world, journey, detour, name, findings);
        }
    }
}

fn say(world: &World<'_>, journey: &Journey, detour: &Detour, name: &str, findings: &mut Findings) {
    let proxy = &detour.proxy;
    let exceptions = world.model.runs[journey.run].proxies.exceptions.as_ref();
    let exceptions = exceptions.filter(|_| proxy.excepts());
    let asked = format!("the proxy `{}` is asked for", proxy.address);
    let finding = match exceptions {
        Some(variable) => findings.at(
            variable.span,
            format!(
                "`{}` leaves out `{name}`: {asked} it, and only the cluster knows that name",
                variable.name
            ),
        ),
        None => findings.at(
            proxy.span,
            format!("{asked} `{name}`, a name that only the cluster knows"),
        ),
    };
    finding.also(
        detour.endpoint,
        "the exporter dials a Service of the cluster",
    );
    if exceptions.is_some() {
        finding.also(proxy.span, format!("`{}` names the proxy", proxy.told));
    }
    let entry = suffix(name).unwrap_or(name);
    finding
        .along(&journey.trail)
        .help(match (exceptions, proxy.excepts()) {
            (Some(variable), _) => format!("add `{entry}` to `{}`", variable.name),
            (None, true) => format!("set `NO_PROXY`, with `{entry}` in it"),
            (None, false) => {
                "leave `proxy_url` out: `NO_PROXY` does not count beside it".to_owned()
            }
        });
}

/// What excepts every Service that is called in that way: `.svc`, `.svc.cluster.local`.
fn suffix(name: &str) -> Option<&str> {
    let (at, _) = name.match_indices('.').nth(1)?;
    Some(&name[at..])
}
