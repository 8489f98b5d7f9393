use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "untrusted-server",
    severity: Severity::Error,
    page: page!("exporter/untrusted-server"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::UntrustedServer {
            failure,
            served,
            trust,
        } = &flaw.kind
        else {
            continue;
        };
        let message = match trust {
            Some(_) => "this CA file does not verify the certificate that the listener serves",
            None => {
                "the listener serves a certificate of a private authority, and the exporter trusts public ones only"
            }
        };
        let help = match trust {
            Some(_) => "point `ca_file` to the authority that issued the served certificate",
            None => "set `tls.ca_file` to the authority that issued the served certificate",
        };
        findings
            .at(flaw.at, message)
            .also(*served, "this certificate is served")
            .along(&journey.trail)
            .help(format!("the exporter will say `{}`", failure.reason))
            .help(help);
    }
}
