use crate::certificate::Certificate;
use crate::certificate::KeyUsage;
use crate::certificate::Verifier;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "not-a-ca",
    severity: Severity::Error,
    page: page!("certificate/not-a-ca"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let credentials = &world.attachment.credentials;
    for bundle in &credentials.bundles {
        for certificate in bundle.certificates(world.model) {
            let Some(why) = refusal(certificate) else {
                continue;
            };
            let finding = findings.at(
                certificate.span,
                format!(
                    "`{}` is trusted to issue client certificates, but {why}",
                    certificate.label()
                ),
            );
            finding.also(bundle.said, "clients are admitted by it");
            // Envoy takes any certificate for an anchor, be it that of a client itself.
            if bundle.verifier != Some(Verifier::OpensslVerifiesClient)
                && !may_not_sign(certificate)
            {
                finding.severity(Severity::Warning);
            }
            finding.help("trust the certificate of the CA that issues the client certificates");
        }
    }
    for pair in credentials.served() {
        let chain = pair.certificates(world.model);
        for (at, issuer) in chain.iter().enumerate().skip(1) {
            let Some(why) = refusal(issuer) else {
                continue;
            };
            if issuer.issued(&chain[at - 1], &credentials.signatures) {
                findings
                    .at(
                        issuer.span,
                        format!(
                            "`{}` issued the certificate before it, but {why}",
                            issuer.label()
                        ),
                    )
                    .help("have the certificate issued by a CA: every client refuses this chain");
            }
        }
    }
}

/// Why a certificate may not issue others; old ones (X.509 v1) that signed themselves may.
fn refusal(certificate: &Certificate) -> Option<&'static str> {
    let is_old_root = certificate.version == 1 && certificate.is_self_issued();
    match certificate.extensions.basic_constraints {
        _ if may_not_sign(certificate) => Some("its key usage has no `keyCertSign`"),
        Some(constraints) if !constraints.ca => Some("it says `CA:FALSE`"),
        None if !is_old_root => Some("it does not say `CA:TRUE`"),
        _ => None,
    }
}

fn may_not_sign(certificate: &Certificate) -> bool {
    let usage = certificate.extensions.key_usage;
    usage.is_some_and(|usage| !usage.any(KeyUsage::CERT_SIGN)) && certificate.is_ca()
}
