use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::graph::proxy::ENVOY_PORT;
use crate::graph::proxy::Kind;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::model::object::ObjectId;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "unannotated-secure-port",
    severity: Severity::Error,
    page: page!("mesh/unannotated-secure-port"),
    check,
};

/// How many of the workloads that one setting is for are shown.
const SHOWN: usize = 3;

fn check(world: &World<'_>, findings: &mut Findings) {
    let scraped: BTreeSet<(ObjectId, u16)> = world
        .graph
        .scrapes
        .iter()
        .filter_map(|scrape| Some((scrape.pod.object(world.model).id, scrape.port?)))
        .collect();
    // A setting for the whole mesh is one finding, whoever follows it.
    let mut untold: BTreeMap<Span, Vec<Untold<'_>>> = BTreeMap::new();
    for proxy in &world.graph.proxies {
        if matches!(proxy.injection, Injection::No(..)) || proxy.is_overlaid {
            continue;
        }
        let told = |annotation| proxy.annotation(world.model, annotation).is_some();
        // A job may find it in another way, such as by its number.
        let is_scraped = |port: i64| {
            let own = proxy.object(world.model).map(|object| object.id);
            let port = u16::try_from(port).ok();
            own.zip(port)
                .is_some_and(|target| scraped.contains(&target))
        };
        // The injector writes the annotation of the merged port, and no other.
        let is_injected = |variable| variable != ENVOY_PORT && proxy.kind != Kind::Managed;
        let here: Vec<_> = proxy
            .secure_ports()
            .filter(|(variable, _, annotation)| !told(annotation) && !is_injected(*variable))
            .filter(|(_, port, _)| !is_scraped(port.value))
            .collect();
        let is_found = proxy.secure_ports().count() > here.len();
        for (variable, port, annotation) in here {
            untold.entry(port.span).or_default().push(Untold {
                proxy,
                variable,
                annotation,
                port,
                is_found,
            });
        }
    }
    for all in untold.values() {
        say(world, all, findings);
    }
}

/// A port of a proxy that nothing tells of.
struct Untold<'w> {
    proxy: &'w Proxy,
    variable: &'static str,
    annotation: &'static str,
    port: Spanned<i64>,
    /// Whether scrapers find another port of the same proxy.
    is_found: bool,
}

fn say(world: &World<'_>, all: &[Untold<'_>], findings: &mut Findings) {
    let Some(first) = all.first() else { return };
    let (port, annotation) = (&first.port, first.annotation);
    let what = if first.variable == ENVOY_PORT {
        "Envoy's own metrics"
    } else {
        "the merged metrics"
    };
    let finding = findings.at(
        port.span,
        format!(
            "{what} are served on {}, and nothing tells a scraper",
            port.value
        ),
    );
    let apart = all
        .iter()
        .filter_map(|one| one.proxy.apart(world.model, port.span));
    for name in apart.take(SHOWN) {
        finding.also(name, "no annotation of these Pods tells it");
    }
    let place = match first.proxy.kind {
        Kind::Managed => "`spec.infrastructure.annotations` of the Gateway",
        Kind::Sidecar | Kind::Gateway => "the annotations of the Pod template",
    };
    finding.help(format!("add `{annotation}: \"{}\"` to {place}", port.value));
    if all.len() > SHOWN {
        finding.help(format!("{} more are open like that", all.len() - SHOWN));
    }
    if all.iter().all(|one| one.is_found) {
        finding.severity(Severity::Warning);
        finding
            .help("the merged metrics hold Envoy's own, too: this port may not be needed at all");
    }
    let written = first.proxy.annotations(world.model).first();
    if let Some(pair) = written.filter(|pair| pair.key.span.source == port.span.source) {
        let value = format!("\"{}\"", port.value);
        let edit = addition::key(world.sources, pair.key.span, annotation, &value);
        finding.fix = edit.map(|edit| Fix::one("add the annotation", Safety::Safe, edit));
    }
}
