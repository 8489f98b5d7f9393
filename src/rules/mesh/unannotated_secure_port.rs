use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::graph::proxy::ENVOY_PORT;
use crate::graph::proxy::Kind;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "unannotated-secure-port",
    severity: Severity::Error,
    page: page!("mesh/unannotated-secure-port"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        if matches!(proxy.injection, Injection::No(..)) || proxy.is_overlaid(world.model) {
            continue;
        }
        let told = |annotation| proxy.annotation(world.model, annotation).is_some();
        // The injector writes the annotation of the merged port, and no other.
        let is_injected = |variable| variable != ENVOY_PORT && proxy.kind != Kind::Managed;
        let untold: Vec<_> = proxy
            .secure_ports()
            .filter(|(variable, _, annotation)| !told(annotation) && !is_injected(*variable))
            .collect();
        let is_found = proxy.secure_ports().count() > untold.len();
        for (variable, port, annotation) in untold {
            say(
                world,
                proxy,
                (variable, annotation),
                &port,
                is_found,
                findings,
            );
        }
    }
}

fn say(
    world: &World<'_>,
    proxy: &Proxy,
    (variable, annotation): (&str, &str),
    port: &Spanned<i64>,
    is_found: bool,
    findings: &mut Findings,
) {
    let what = if variable == ENVOY_PORT {
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
    let place = match proxy.kind {
        Kind::Managed => "`spec.infrastructure.annotations` of the Gateway",
        Kind::Sidecar | Kind::Gateway => "the annotations of the Pod template",
    };
    finding.help(format!("add `{annotation}: \"{}\"` to {place}", port.value));
    if is_found {
        finding.severity(Severity::Warning);
        finding
            .help("the merged metrics hold Envoy's own, too: this port may not be needed at all");
    }
    let first = proxy.annotations(world.model).first();
    if let Some(pair) = first.filter(|pair| pair.key.span.source == port.span.source) {
        let value = format!("\"{}\"", port.value);
        let edit = addition::key(world.sources, pair.key.span, annotation, &value);
        finding.fix = edit.map(|edit| Fix::one("add the annotation", Safety::Safe, edit));
    }
}
