use std::sync::Arc;

use crate::attach::credential::Pair;
use crate::certificate::Cause;
use crate::certificate::Certificate;
use crate::certificate::Question;
use crate::certificate::Signatures;
use crate::certificate::Trust;
use crate::certificate::Verdict;
use crate::certificate::Verifier;
use crate::finding::Findings;
use crate::model::pem::Holder;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "broken-chain",
    severity: Severity::Error,
    page: page!("certificate/broken-chain"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let credentials = &world.attachment.credentials;
    for pair in credentials.served() {
        let chain: Vec<_> = pair
            .certificates(world.model)
            .iter()
            .map(|one| Arc::clone(&one.value))
            .collect();
        let roots = roots_beside(world, pair);
        let question = Question {
            chain: &chain,
            trust: Trust::Given(&roots),
            name: None,
            now: world.settings.now,
        };
        let verdict = Verifier::GoVerifiesServer.path(&question, &credentials.signatures);
        let Verdict::Fail(failure) = verdict else {
            continue;
        };
        // Whether anybody trusts the chain is not known here, and what has its own rule is left to it.
        let is_broken = matches!(
            failure.cause,
            Cause::PathLength
                | Cause::NameConstraint
                | Cause::Policy
                | Cause::CriticalExtension
                | Cause::Limit
        ) || failure.cause == Cause::Signature
            && is_forged(&chain, &credentials.signatures);
        if let (true, Some(leaf)) = (is_broken, pair.leaf(world.model)) {
            let finding = findings.at(
                leaf.span,
                format!(
                    "no Collector accepts this chain, because of the certificate of `{}`",
                    failure.certificate
                ),
            );
            for service in pair.served.iter().take(3) {
                finding.also(service.said, "this listener shows it");
            }
            finding.help(format!("clients say `{}`", failure.reason));
            finding.help("put the certificates here that really issued one another");
        }
    }
}

/// Whether an issuer of the right name follows, whose key did not sign.
fn is_forged(chain: &[Arc<Certificate>], signatures: &Signatures) -> bool {
    chain.iter().any(|child| {
        let mut named = chain
            .iter()
            .filter(|issuer| issuer.subject.der() == child.issuer.der())
            .peekable();
        named.peek().is_some() && !named.any(|issuer| issuer.issued(child, signatures))
    })
}

/// The roots in the same Secret, which tell what the chain was meant to end in.
fn roots_beside(world: &World<'_>, pair: &Pair) -> Vec<Arc<Certificate>> {
    let values = world
        .model
        .pem
        .iter()
        .filter(|value| value.holder == Holder::Secret(pair.secret));
    let certificates = values.flat_map(|value| &value.bundle.certificates);
    certificates
        .filter(|certificate| certificate.is_self_issued())
        .map(|certificate| Arc::clone(&certificate.value))
        .collect()
}
