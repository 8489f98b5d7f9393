use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "common-name-only",
    severity: Severity::Error,
    page: page!("certificate/common-name-only"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let served = world.attachment.credentials.served();
    for pair in served {
        let Some(leaf) = pair.leaf(world.model) else {
            continue;
        };
        let names = leaf.extensions.alternative_names.as_ref();
        if names.is_some_and(|names| !names.dns.is_empty() || !names.ip.is_empty()) {
            continue;
        }
        let finding = findings.at(
            leaf.span,
            format!(
                "the certificate names its host in no SAN, only as `{}`",
                leaf.label()
            ),
        );
        for service in pair.served.iter().take(3) {
            finding.also(service.said, "this listener shows it");
        }
        finding.help(
            "issue it anew with `subjectAltName=DNS:HOST`: Go never looks at the common name",
        );
    }
}
