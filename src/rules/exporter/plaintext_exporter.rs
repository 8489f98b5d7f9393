use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "plaintext-exporter",
    severity: Severity::Error,
    page: page!("exporter/plaintext-exporter"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::Plaintext { gate } = &flaw.kind else {
            continue;
        };
        let exporter = &world.model.runs[journey.run].collector.exporters[journey.exporter];
        let insecure = exporter
            .client
            .as_ref()
            .and_then(|client| client.tls.insecure.span());
        let finding = findings
            .at(
                insecure.unwrap_or(flaw.at),
                format!(
                    "this exporter sends plain text to a {} that speaks TLS",
                    gate.noun()
                ),
            )
            .also(gate.said(world.model, world.attachment), "TLS begins here")
            .along(&journey.trail);
        match insecure {
            Some(_) => finding
                .help("remove `insecure`, and set `ca_file` if the authority is a private one"),
            None => finding.help("write `https://` in the endpoint"),
        };
    }
}
