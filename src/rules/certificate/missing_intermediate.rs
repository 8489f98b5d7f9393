use std::collections::BTreeMap;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::finding::Findings;
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
    let mut issuers: BTreeMap<&[u8], Vec<&Spanned<Arc<Certificate>>>> = BTreeMap::new();
    for certificate in world
        .model
        .pem
        .iter()
        .flat_map(|value| &value.bundle.certificates)
    {
        if certificate.is_ca() && !certificate.is_self_issued() {
            issuers
                .entry(certificate.subject.folded())
                .or_default()
                .push(certificate);
        }
    }
    for pair in credentials
        .pairs
        .iter()
        .filter(|pair| !pair.served.is_empty())
    {
        let chain = pair.certificates(world.model);
        let Some(leaf) = pair.leaf(world.model) else {
            continue;
        };
        let issued = |child: &Certificate, issuer: &Certificate| {
            issuer.issued(child, &credentials.signatures)
        };
        // Walk up as far as the chain goes.
        let mut top = leaf;
        for _ in chain {
            match chain
                .iter()
                .find(|issuer| issuer.fingerprint != top.fingerprint && issued(top, issuer))
            {
                Some(issuer) => top = issuer,
                None => break,
            }
        }
        if top.is_self_issued() {
            continue;
        }
        let known = issuers.get(top.issuer.folded()).into_iter().flatten();
        if let Some(issuer) = known.copied().find(|issuer| issued(top, issuer)) {
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
