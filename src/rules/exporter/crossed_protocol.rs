use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "crossed-protocol",
    severity: Severity::Error,
    page: page!("exporter/crossed-protocol"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::CrossedProtocol { sent, server } = &flaw.kind else {
            continue;
        };
        let (sends, takes) = match sent {
            Transport::Grpc => ("OTLP/gRPC", "OTLP/HTTP"),
            Transport::Http => ("OTLP/HTTP", "OTLP/gRPC"),
        };
        findings
            .at(
                flaw.at,
                format!("this exporter sends {sends} to a receiver that takes {takes}"),
            )
            .also(*server, format!("this server takes {takes}"))
            .along(&journey.trail)
            .help(format!(
                "dial the port of the {sends} receiver, or use the exporter for {takes}"
            ));
    }
}
