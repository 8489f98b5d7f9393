use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::model::collector::receiver::Server;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "eager-keepalive",
    severity: Severity::Warning,
    page: page!("exporter/eager-keepalive"),
    check,
};

/// How often a gRPC server lets itself be pinged unless it is told otherwise: once in five minutes
/// (grpc-go, internal/transport/http2_server.go).
const DEFAULT_MINIMUM: u64 = 300;

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    // A gateway in between answers the pings itself.
    for journey in world
        .graph
        .journeys
        .iter()
        .filter(|journey| journey.listener.is_none())
    {
        let Some(landed) = journey.landed else {
            continue;
        };
        let exporter = &world.model.runs[journey.run].collector.exporters[journey.exporter];
        let Some(client) = exporter
            .client
            .as_ref()
            .filter(|client| client.transport == Transport::Grpc)
        else {
            continue;
        };
        let Some(keepalive) = client.keepalive.given() else {
            continue;
        };
        let server = &world.model.runs[landed.run].collector.receivers[landed.receiver].servers
            [landed.server];
        let (Some(own), Some(least)) = (keepalive.seconds(), minimum(server)) else {
            continue;
        };
        if own >= least || !seen.insert(keepalive.span) {
            continue;
        }
        let at = keepalive
            .time
            .as_ref()
            .map_or(keepalive.span, |time| time.span);
        let finding = findings.at(
            at,
            format!(
                "the exporter `{}` pings every {own} s, the receiver allows one ping in {least} s",
                exporter.id.value
            ),
        );
        finding
            .also(
                server
                    .keepalive_minimum
                    .as_ref()
                    .map_or(server.span, |minimum| minimum.span),
                "the receiver that it pings",
            )
            .along(&journey.trail)
            .help(
                "ping less often, or lower `keepalive.enforcement_policy.min_time` of the receiver",
            );
    }
}

fn minimum(server: &Server) -> Option<u64> {
    match &server.keepalive_minimum {
        Some(written) => written.seconds(),
        None => Some(DEFAULT_MINIMUM),
    }
}
