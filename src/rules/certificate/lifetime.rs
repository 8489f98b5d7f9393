//! What the rules about lifetimes have in common: every certificate that somebody shows, sends or trusts.

use std::collections::BTreeSet;

use crate::attach::credential::Role;
use crate::certificate::Certificate;
use crate::finding::Findings;
use crate::rule::World;

/// Finds what `message` says of each certificate in use, once a place; `help` says what to do.
pub(super) fn judge(
    world: &World<'_>,
    findings: &mut Findings,
    help: &str,
    message: impl Fn(&Certificate) -> Option<String>,
) {
    let mut seen = BTreeSet::new();
    for one in world.attachment.credentials.in_use(world.model) {
        seen.insert(one.certificate.fingerprint);
        let Some(words) = message(one.certificate) else {
            continue;
        };
        let finding = findings.at(one.certificate.span, words);
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
        finding.help(help);
    }
    for listed in &world.graph.inventory {
        let mut uses = listed.uses.iter().filter(|what| what.is_collector());
        let (Some(what), Some(place)) = (uses.next(), listed.places.first()) else {
            continue;
        };
        if !seen.contains(&listed.certificate.fingerprint)
            && let Some(words) = message(&listed.certificate)
        {
            let finding = findings.at(place.span, words);
            finding.help(format!("it is {what}")).help(help);
        }
    }
}
