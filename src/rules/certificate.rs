use std::collections::BTreeSet;

use crate::attach::credential::Role;
use crate::certificate::Certificate;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;

mod missing_secret;
mod misshapen_secret;
mod malformed_pem;
mod mismatched_key;
mod encrypted_key;
mod unsupported_key;
mod expired_certificate;
mod future_certificate;
mod expiring_certificate;
mod uncovered_hostname;
mod common_name_only;
mod broken_chain;
mod missing_intermediate;
mod disordered_chain;
mod not_a_ca;
mod ca_as_leaf;
mod wrong_usage;
mod weak_key;
mod weak_signature;
mod unversioned_certificate;
mod self_signed_server;
mod long_lived_certificate;
mod shared_ca;
mod public_client_ca;
mod exposed_ca_key;
mod committed_private_key;
mod reused_key;
mod certificate_drift;

pub(super) static RULES: &[&Rule] = &[
    &missing_secret::RULE,
    &misshapen_secret::RULE,
    &malformed_pem::RULE,
    &mismatched_key::RULE,
    &encrypted_key::RULE,
    &unsupported_key::RULE,
    &expired_certificate::RULE,
    &future_certificate::RULE,
    &expiring_certificate::RULE,
    &uncovered_hostname::RULE,
    &common_name_only::RULE,
    &broken_chain::RULE,
    &missing_intermediate::RULE,
    &disordered_chain::RULE,
    &not_a_ca::RULE,
    &ca_as_leaf::RULE,
    &wrong_usage::RULE,
    &weak_key::RULE,
    &weak_signature::RULE,
    &unversioned_certificate::RULE,
    &self_signed_server::RULE,
    &long_lived_certificate::RULE,
    &shared_ca::RULE,
    &public_client_ca::RULE,
    &exposed_ca_key::RULE,
    &committed_private_key::RULE,
    &reused_key::RULE,
    &certificate_drift::RULE,
];

/// Finds what `message` says of each certificate in use, once a place; `help` says what to do.
fn lifetimes(
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
