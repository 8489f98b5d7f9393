use crate::finding::Findings;
use crate::graph::entrance::Grpc;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "ingress-without-grpc",
    severity: Severity::Error,
    page: page!("ingress/ingress-without-grpc"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for entrance in &world.graph.entrances {
        let Some(controller) = entrance.controller else {
            continue;
        };
        if entrance.transport != Transport::Grpc || entrance.grpc != Grpc::Unsaid {
            continue;
        }
        let ingress = &world.model.ingresses[entrance.ingress];
        let finding = findings.at(
            entrance.at,
            format!(
                "{} speaks HTTP/1.1 to this port, and OTLP/gRPC needs HTTP/2",
                controller.name
            ),
        );
        finding
            .also(ingress.object.name_span(), "no annotation asks for gRPC")
            .help(controller.advice);
    }
}
