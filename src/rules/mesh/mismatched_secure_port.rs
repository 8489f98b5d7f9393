use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::graph::proxy::ENVOY_ANNOTATION;
use crate::graph::proxy::ENVOY_PORT;
use crate::graph::proxy::MERGED_ANNOTATION;
use crate::graph::proxy::MERGED_PORT;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::legacy;
use crate::graph::scrape::may_judge;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "mismatched-secure-port",
    severity: Severity::Error,
    page: page!("mesh/mismatched-secure-port"),
    check,
};

/// What is served, by which variable it is opened, and by which annotation it is told.
const PORTS: [(&str, &str, &str); 2] = [
    ("the merged metrics", MERGED_PORT, MERGED_ANNOTATION),
    ("Envoy's own metrics", ENVOY_PORT, ENVOY_ANNOTATION),
];

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        // What is inert has a rule of its own, and opens nothing that could differ.
        if matches!(proxy.injection, Injection::No(..)) || !proxy.inert.is_empty() {
            continue;
        }
        for (what, variable, annotation) in PORTS {
            let Some(written) = proxy.annotation(world.model, annotation) else {
                continue;
            };
            match proxy.port(variable) {
                Some(port) if written.value.trim() == port.value.to_string() => {}
                Some(port) => differs(world, proxy, (what, variable), written, &port, findings),
                None => closed(world, proxy, (what, variable), written, findings),
            }
        }
    }
}

fn differs(
    world: &World<'_>,
    proxy: &Proxy,
    (what, variable): (&str, &str),
    written: &Spanned<String>,
    port: &Spanned<i64>,
    findings: &mut Findings,
) {
    let legacy = legacy::ports(world.model, proxy);
    if legacy
        .iter()
        .any(|open| open.value.to_string() == written.value)
    {
        return;
    }
    let other = PORTS.iter().find(|(_, other, _)| {
        *other != variable
            && proxy
                .port(other)
                .is_some_and(|port| port.value.to_string() == written.value)
    });
    let said = match other {
        Some((other, ..)) => format!(
            "scrapers are told {}, where {other} are; {what} are on {}",
            written.value, port.value
        ),
        None => format!(
            "scrapers are told {}, and {what} are served on {}",
            written.value, port.value
        ),
    };
    let finding = findings.at(written.span, said);
    finding.also(port.span, "the port is opened here");
    finding.help(format!(
        "write `\"{}\"`, or open the port that is told",
        port.value
    ));
    finding.fix(Fix {
        title: format!("tell scrapers {}", port.value),
        safety: Safety::Unsafe,
        edits: vec![Edit {
            span: written.span,
            text: format!("\"{}\"", port.value),
        }],
    });
}

/// The port is told and opened by nothing.
fn closed(
    world: &World<'_>,
    proxy: &Proxy,
    (what, variable): (&str, &str),
    written: &Spanned<String>,
    findings: &mut Findings,
) {
    let legacy = legacy::ports(world.model, proxy);
    let is_legacy = legacy
        .iter()
        .any(|open| open.value.to_string() == written.value);
    if is_legacy || !may_judge(world.model, proxy) {
        return;
    }
    let finding = findings.at(
        written.span,
        format!(
            "scrapers are told that {what} are on {}, and no port is opened for them",
            written.value
        ),
    );
    for (_, port, _) in proxy.secure_ports() {
        finding.also(port.span, "the only secure port is opened here");
    }
    finding.help(format!(
        "set `{variable}: \"{}\"` in `proxyMetadata`, or take the annotation away",
        written.value
    ));
}
