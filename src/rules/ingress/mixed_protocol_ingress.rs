use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::entrance::Grpc;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "mixed-protocol-ingress",
    severity: Severity::Error,
    page: page!("ingress/mixed-protocol-ingress"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for entrance in &world.graph.entrances {
        let Grpc::Object(annotation) = entrance.grpc else {
            continue;
        };
        if entrance.transport != Transport::Http || !seen.insert(entrance.at) {
            continue;
        }
        findings
            .at(
                entrance.at,
                "this backend takes OTLP/HTTP, and the whole Ingress is set to gRPC",
            )
            .also(annotation, "this holds for every backend of the Ingress")
            .help("write two Ingresses, one for gRPC and one for HTTP");
    }
}
