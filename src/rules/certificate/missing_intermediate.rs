use std::collections::BTreeMap;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::finding::Findings;
use crate::model::Model;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "missing-intermediate",
    severity: Severity::Error,
    page: page!("certificate/missing-intermediate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let credentials = &world.attachment.credentials;
    let issued =
        |child: &Certificate, issuer: &Certificate| issuer.issued(child, &credentials.signatures);
    let intermediates = intermediates(world.model);
    let served = credentials.served();
    for pair in served {
        let Some(leaf) = pair.leaf(world.model) else {
            continue;
        };
        let top = top(leaf, pair.certificates(world.model), issued);
        if top.is_self_issued() {
            continue;
        }
        let known = intermediates.get(top.issuer.folded());
        let mut known = known.into_iter().flatten().copied();
        if let Some(issuer) = known.find(|issuer| issued(top, issuer)) {
            let finding = findings.at(
                top.span,
                format!(
                    "the chain ends before the intermediate `{}`",
                    issuer.label()
                ),
            );
            finding.also(
                issuer.span,
                format!("it issued the certificate of `{}`", top.label()),
            );
            for service in pair.served.iter().take(3) {
                finding.also(service.said, "this listener shows the chain");
            }
            finding.help(
                "append the intermediate after this certificate: clients trust the root only",
            );
        }
    }
}

/// Every intermediate authority that was given, by its subject.
fn intermediates(model: &Model) -> BTreeMap<&[u8], Vec<&Given>> {
    let mut by_subject: BTreeMap<&[u8], Vec<&Given>> = BTreeMap::new();
    let certificates = model.certificates();
    for certificate in certificates.filter(|own| own.is_ca() && !own.is_self_issued()) {
        let subject = certificate.subject.folded();
        by_subject.entry(subject).or_default().push(certificate);
    }
    by_subject
}

/// The last certificate on the way up from `leaf`, as far as `chain` goes.
fn top<'c>(
    leaf: &'c Given,
    chain: &'c [Given],
    issued: impl Fn(&Certificate, &Certificate) -> bool,
) -> &'c Given {
    let mut top = leaf;
    for _ in chain {
        let is_above =
            |issuer: &&Given| issuer.fingerprint != top.fingerprint && issued(top, issuer);
        match chain.iter().find(is_above) {
            Some(issuer) => top = issuer,
            None => break,
        }
    }
    top
}

/// A certificate and its place.
type Given = Spanned<Arc<Certificate>>;
