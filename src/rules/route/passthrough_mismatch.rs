use std::collections::BTreeSet;

use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::model::collector::section::Presence;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "passthrough-mismatch",
    severity: Severity::Error,
    page: page!("route/passthrough-mismatch"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let facts = &world.attachment.listeners[delivery.listener];
        if facts.transport != Transport::Passthrough {
            continue;
        }
        let landing = &world.graph.landings[delivery.landing];
        let plain = landing.receivers().find_map(|(_, run, receiver, server)| {
            let receiver = &world.model.runs[run].collector.receivers[receiver];
            let server = &receiver.servers[server];
            matches!(server.tls, Presence::Absent | Presence::Null(_)).then_some(server)
        });
        let Some(server) = plain.filter(|_| seen.insert(delivery.backend)) else {
            continue;
        };
        let written = facts.written(world.model);
        let mode = written.tls.iter().find_map(|tls| tls.mode.as_ref());
        let reference = world.attachment.backends[delivery.backend].written(world.model);
        findings
            .at(
                reference.name_span(),
                "TLS goes through to a receiver that speaks plain text: no handshake succeeds",
            )
            .also(
                mode.map_or(written.name_span(), |mode| mode.span),
                "this listener does not end TLS",
            )
            .also(server.span, "this receiver has no `tls`")
            .help("give the receiver `tls` with a certificate, or let the listener terminate");
    }
    for misnamed in &world.graph.misnamed {
        findings
            .at(
                misnamed.at,
                "TLS goes through to a receiver whose certificate is not for this name",
            )
            .also(misnamed.certificate, "the receiver presents this one")
            .help(format!("clients say `{}`", misnamed.words))
            .help("issue the receiver's certificate for this name, too");
    }
}
