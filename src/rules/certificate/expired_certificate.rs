use crate::attach::credential::Role;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "expired-certificate",
    severity: Severity::Error,
    page: page!("certificate/expired-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for one in world.attachment.credentials.in_use(world.model) {
        let certificate = one.certificate;
        if world.settings.now > certificate.not_after {
            let finding = findings.at(
                certificate.span,
                format!(
                    "the certificate of `{}` ended on {}",
                    certificate.label(),
                    certificate.not_after.date()
                ),
            );
            match one.role {
                Role::Shown(pair) => {
                    for service in pair.served.iter().take(3) {
                        finding.also(service.said, "this listener shows it");
                    }
                }
                Role::Trusted(bundle) => {
                    finding.also(bundle.said, "clients are admitted by it");
                }
            }
            finding.help("issue it anew, under the same key if peers pin it");
        }
    }
}
