use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::certificate::PublicKey;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "exposed-ca-key",
    severity: Severity::Error,
    page: page!("certificate/exposed-ca-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut authorities: BTreeMap<&PublicKey, &Spanned<Arc<Certificate>>> = BTreeMap::new();
    let mut leaves: BTreeSet<&PublicKey> = BTreeSet::new();
    for certificate in world.model.certificates() {
        if certificate.is_ca() {
            authorities
                .entry(&certificate.public_key)
                .or_insert(certificate);
        }
    }
    // A server's certificate that says it is a CA is a matter of its own.
    for pair in world.attachment.credentials.served() {
        leaves.extend(pair.leaf(world.model).map(|leaf| &leaf.public_key));
    }
    for key in world.model.pem.iter().flat_map(|value| &value.bundle.keys) {
        let Some(public) = key.public().filter(|public| !leaves.contains(public)) else {
            continue;
        };
        if let Some(authority) = authorities.get(public) {
            findings
                .at(key.span, format!("this is the private key of the CA `{}`", authority.label()))
                .also(authority.span, "the certificate of the CA")
                .help("take it out, issue a new CA and replace what this one issued: who has the key can be anybody");
        }
    }
}
