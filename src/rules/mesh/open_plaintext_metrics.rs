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

pub(super) static RULE: Rule = Rule {
    name: "open-plaintext-metrics",
    severity: Severity::Warning,
    page: page!("mesh/open-plaintext-metrics"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        let is_out = matches!(proxy.injection, Injection::No(..)) || proxy.is_overlaid(world.model);
        let Some((_, port, _)) = proxy.secure_ports().next().filter(|_| !is_out) else {
            continue;
        };
        let closed = (proxy.closes_merged(), proxy.closes_envoy());
        let said = proxy
            .environment
            .get(LOCAL_ONLY)
            .or_else(|| proxy.metadata.get(LOCAL_ONLY));
        match (closed, said) {
            ((true, true), _) => {}
            (_, None) => {
                findings
                    .at(
                        port.span,
                        "the same metrics are open in plain text on 15020 and 15090",
                    )
                    .severity(Severity::Note)
                    .help(format!(
                        "once nobody scrapes those, set `{LOCAL_ONLY}: \"true\"` in `proxyMetadata`"
                    ));
            }
            ((merged, envoy), Some(variable)) => {
                let open = match (merged, envoy) {
                    (true, _) => "15090 stays open in plain text",
                    (_, true) => "15020 stays open in plain text",
                    _ => "15020 and 15090 stay open in plain text",
                };
                findings
                    .at(
                        variable.value.span,
                        format!("`{LOCAL_ONLY}` is set so that {open}"),
                    )
                    .also(port.span, "the same metrics are served with mTLS here")
                    .help(advice(proxy, variable.origin));
            }
        }
    }
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
