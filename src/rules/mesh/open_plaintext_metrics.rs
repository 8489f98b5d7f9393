use crate::finding::Findings;
use crate::graph::proxy::Kind;
use crate::graph::proxy::LOCAL_ONLY;
use crate::graph::proxy::Origin;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "open-plaintext-metrics",
    severity: Severity::Warning,
    page: page!("mesh/open-plaintext-metrics"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        if matches!(proxy.injection, Injection::No(..)) || proxy.is_overlaid {
            continue;
        }
        let secure = proxy.secure_ports().next().map(|(_, port, _)| port.span);
        match (proxy.closes_merged(), proxy.closes_envoy(), secure) {
            (true, true, _) | (false, false, None) => {}
            (false, false, Some(secure)) => open(proxy, secure, findings),
            (true, false, _) => half(proxy, "15090 stays open in plain text", secure, findings),
            (false, true, _) => half(proxy, "15020 stays open in plain text", secure, findings),
        }
    }
}

/// Both ports are open: nobody closes them, or somebody means to.
fn open(proxy: &Proxy, secure: Span, findings: &mut Findings) {
    let switch = proxy.switch().filter(|switch| !switch.is_no());
    if switch.is_some() {
        return half(
            proxy,
            "15020 and 15090 stay open in plain text",
            Some(secure),
            findings,
        );
    }
    findings
        .at(
            secure,
            "the same metrics are open in plain text on 15020 and 15090",
        )
        .severity(Severity::Note)
        .help(format!(
            "once nobody scrapes those, set `{LOCAL_ONLY}: \"true\"` in `proxyMetadata`"
        ));
}

fn half(proxy: &Proxy, open: &str, secure: Option<Span>, findings: &mut Findings) {
    let Some(switch) = proxy.switch() else { return };
    let message = format!("`{LOCAL_ONLY}` is set so that {open}");
    let finding = findings.at(switch.value.span, message);
    if let Some(secure) = secure {
        finding.also(secure, "the same metrics are served with mTLS here");
    }
    finding.help(advice(proxy, switch.origin));
}

/// What closes both: Envoy's port asks `proxyMetadata` to the letter, the agent's asks the environment.
fn advice(proxy: &Proxy, origin: Origin) -> &'static str {
    match (proxy.kind, origin) {
        (Kind::Managed, Origin::Annotation) => {
            "set it by a ProxyConfig or for the whole mesh: of a Gateway's annotation only one of both readers hears"
        }
        (_, Origin::Container) => {
            "set it to `\"true\"` in `proxyMetadata` instead: Envoy's port does not ask the environment"
        }
        _ => "write `\"true\"`, to the letter: Envoy's port takes no other word",
    }
}
