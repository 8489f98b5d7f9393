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
        let exporter = &world.model.runs[journey.run].collector.exporters[journey.exporter];
        let Some(client) = &exporter.client else {
            continue;
        };
        if client.transport == Transport::Http {
            let mut headers = client.headers.iter();
            let is_other = |name: &str| name.eq_ignore_ascii_case("host") && name != "Host";
            if let Some(header) = headers.find(|header| is_other(&header.name.value)) {
                let label =
                    "only a header that is called exactly `Host` replaces the host of the URL";
                finding.also(header.name.span, label);
            }
            finding.help("dial the name that is served, or send it in a header `Host`: `server_name_override` changes the certificate's name only");
        } else if client.speaks_plaintext() {
            finding.help("dial the name that is served, or name it in `authority`");
        } else {
            finding.help("dial the name that is served, or name it in `tls.server_name_override`");
        }
    }
}
