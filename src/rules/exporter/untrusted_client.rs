use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::graph::journey::Gate;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "untrusted-client",
    severity: Severity::Error,
    page: page!("exporter/untrusted-client"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::UntrustedClient {
            failure,
            gate,
            authorities,
            certificate,
        } = &flaw.kind
        else {
            continue;
        };
        let judge = gate.judge(world.attachment);
        let finding = findings
            .at(flaw.at, format!("{judge} refuses this client certificate: {}", failure.reason))
            .also(*authorities, "clients are verified against these authorities")
            .along(&journey.trail)
            .help("use a certificate that one of these authorities issued for clients, or add its issuer to them");
        if let Gate::Listener(listener) = gate {
            world.show_class(finding, world.attachment.listeners[*listener].gateway);
        }
        if *certificate != flaw.at {
            finding.also(*certificate, "this certificate is sent");
        }
    }
}
