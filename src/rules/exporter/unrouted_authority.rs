use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::graph::journey::Taker;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unrouted-authority",
    severity: Severity::Error,
    page: page!("exporter/unrouted-authority"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::UnroutedAuthority { authority, taker } = &flaw.kind else {
            continue;
        };
        let message = match taker {
            Taker::Route(_) => format!(
                "requests are sent for `{authority}`, and no route on this listener serves that name"
            ),
            Taker::Ingress(_) => format!(
                "requests are sent for `{authority}`, and no rule of the Ingress serves that name"
            ),
        };
        let finding = findings.at(flaw.at, message).along(&journey.trail);
        for hostname in taker.hostnames(world.model) {
            finding.also(
                hostname.span,
                format!("the {} serves this name", taker.noun()),
            );
        }
        let dial = world.model.runs[journey.run].collector.exporters[journey.exporter]
            .client
            .as_ref();
        let is_http = dial.is_some_and(|client| client.transport == Transport::Http);
        finding.help(if is_http {
            "dial the name that is served: `server_name_override` changes the certificate's name, not the `Host` header"
        } else {
            "dial the name that is served, or name it in `tls.server_name_override`"
        });
    }
}
