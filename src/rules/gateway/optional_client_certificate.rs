use crate::attach::listener::Clients;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "optional-client-certificate",
    severity: Severity::Warning,
    page: page!("gateway/optional-client-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let profile = world.attachment.gateways[facts.gateway].profile;
        match facts.clients {
            Clients::Optional { said, .. } => {
                let finding = findings.at(
                    said,
                    "who shows no certificate comes in: it is verified only if one is shown",
                );
                world.show_class(finding, facts.gateway);
                finding.help("demand a certificate, or guard the receiver with an authenticator");
                if profile.breaks_optional(&world.settings.assume) {
                    finding.help(format!(
                        "the assumed version of {} never hands over authorities that stand in the \
                         certificate's own Secret: put them into one of their own",
                        profile.name
                    ));
                }
            }
            Clients::Fallback { said } => {
                let finding = findings.at(
                    said,
                    "anyone comes in: who shows no certificate, and who shows one of any authority",
                );
                world.show_class(finding, facts.gateway);
                finding.help("use `AllowValidOnly`, which is the default");
            }
            Clients::Unproven { said } => {
                let finding = findings.at(
                    said,
                    "any certificate will do: one is asked for, and nobody looks who issued it",
                );
                world.show_class(finding, facts.gateway);
                finding
                    .severity(Severity::Error)
                    .help("use `RequireAndVerify`, which is the default");
            }
            _ => {}
        }
    }
}
