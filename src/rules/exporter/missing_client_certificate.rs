use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::graph::journey::Gate;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-client-certificate",
    severity: Severity::Error,
    page: page!("exporter/missing-client-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::MissingClientCertificate { gate, demanded } = &flaw.kind else {
            continue;
        };
        let who = gate.noun();
        let finding = findings.at(
            flaw.at,
            format!("the {who} demands a client certificate, and this exporter sends none"),
        );
        finding.also(*demanded, "client certificates are demanded here");
        if let Gate::Listener(listener) = gate {
            world.show_class(finding, world.attachment.listeners[*listener].gateway);
        }
        finding
            .along(&journey.trail)
            .help(format!("set `tls.cert_file` and `tls.key_file` to a certificate of an authority that the {who} trusts"));
    }
}
