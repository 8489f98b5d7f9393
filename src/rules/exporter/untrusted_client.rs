use crate::finding::Findings;
use crate::graph::journey::FlawKind;
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
            listener,
            authorities,
            certificate,
        } = &flaw.kind
        else {
            continue;
        };
        let gateway = world.attachment.listeners[*listener].gateway;
        let profile = world.attachment.gateways[gateway].profile;
        let finding = findings
            .at(flaw.at, format!("{} refuses this client certificate: {}", profile.name, failure.reason))
            .also(*authorities, "clients are verified against these authorities")
            .along(&journey.trail)
            .help("use a certificate that one of these authorities issued for clients, or add its issuer to them");
        world.show_class(finding, gateway);
        if *certificate != flaw.at {
            finding.also(*certificate, "this certificate is sent");
        }
    }
}
