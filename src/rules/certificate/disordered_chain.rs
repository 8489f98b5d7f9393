use std::sync::Arc;

use crate::certificate::Certificate;
use crate::certificate::Signatures;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "disordered-chain",
    severity: Severity::Warning,
    page: page!("certificate/disordered-chain"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let signatures = &world.attachment.credentials.signatures;
    for pair in &world.attachment.credentials.pairs {
        let chain = pair.certificates(world.model);
        let key = pair.key(world.model).and_then(|key| key.public());
        let leaf = match key {
            Some(key) => chain.iter().position(|one| one.public_key == *key),
            None => leaf_by_issuer(chain, signatures),
        };
        match leaf {
            Some(0) => {
                let Some(at) = misplaced(chain, signatures) else {
                    continue;
                };
                findings
                    .at(chain[at].span, "this certificate did not issue the one before it")
                    .help("put each certificate right after the one that it issued; TLS 1.2 clients may insist");
            }
            Some(at) => {
                findings
                    .at(
                        chain[0].span,
                        format!("the chain begins with `{}`, not with the server's certificate", chain[0].label()),
                    )
                    .severity(Severity::Error)
                    .also(chain[at].span, "this one belongs to the private key")
                    .help("put the server's certificate first; peers compare the first one with the key");
            }
            None => {}
        }
    }
}

/// Without a key, the leaf is the one that issued no other, if there is just one.
fn leaf_by_issuer(chain: &[Spanned<Arc<Certificate>>], signatures: &Signatures) -> Option<usize> {
    let issued_some = |issuer: &Certificate| {
        let mut others = chain
            .iter()
            .filter(|child| child.fingerprint != issuer.fingerprint);
        others.any(|child| issuer.issued(child, signatures))
    };
    let mut leaves = (0..chain.len()).filter(|at| !chain[*at].is_ca() && !issued_some(&chain[*at]));
    leaves.next().filter(|_| leaves.next().is_none())
}

/// The first certificate after the leaf that issued another of the chain, but not the one before it.
fn misplaced(chain: &[Spanned<Arc<Certificate>>], signatures: &Signatures) -> Option<usize> {
    (1..chain.len()).find(|at| {
        let issuer = &chain[*at];
        let issued = |child: &Certificate| issuer.issued(child, signatures);
        let mut others = chain
            .iter()
            .filter(|child| child.fingerprint != issuer.fingerprint);
        !issued(&chain[at - 1]) && others.any(|child| issued(child))
    })
}
