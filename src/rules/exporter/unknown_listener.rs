use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-listener",
    severity: Severity::Error,
    page: page!("exporter/unknown-listener"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (_, flaw) in world.graph.flaws() {
        let FlawKind::UnknownListener { gateway, port } = &flaw.kind else {
            continue;
        };
        let gateway = &world.model.gateways[*gateway];
        let ports: Vec<String> = gateway
            .listeners
            .iter()
            .filter_map(|listener| Some(listener.port.as_ref()?.to_string()))
            .collect();
        findings
            .at(
                flaw.at,
                format!("{} does not listen on port {port}", gateway.object.title()),
            )
            .also(
                gateway.object.name_span(),
                "the endpoint leads to this Gateway",
            )
            .help(format!("it listens on {}", ports.join(", ")));
    }
}
