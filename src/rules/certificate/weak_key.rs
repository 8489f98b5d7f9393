use crate::attach::credential::Role;
use crate::attach::profile::ClientVerifier;
use crate::certificate::KeyKind;
use crate::certificate::Verifier;
use crate::certificate::refusal_to_load;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "weak-key",
    severity: Severity::Error,
    page: page!("certificate/weak-key"),
    check,
};

/// RSA keys below are refused by Envoy as its own and by OpenSSL at security level 2 (NIST SP 800-57: 112 bits).
const LEAST_RSA_BITS: u64 = 2048;

/// RSA keys below are refused by Go, whoever shows them (go crypto/rsa, Minimum key size).
const LEAST_FOR_GO: u64 = 1024;

fn check(world: &World<'_>, findings: &mut Findings) {
    let attachment = world.attachment;
    for one in attachment.credentials.in_use(world.model) {
        let certificate = one.certificate;
        let refused = match one.role {
            Role::Shown(pair) => {
                let Some(service) = pair.served.first() else {
                    continue;
                };
                let gateway = attachment.listeners[service.listener].gateway;
                let is_envoy =
                    attachment.gateways[gateway].profile.verifier == ClientVerifier::Envoy;
                let is_leaf = pair
                    .leaf(world.model)
                    .is_some_and(|leaf| leaf.span == certificate.span);
                let words = refusal_to_load(certificate).filter(|_| is_envoy && is_leaf);
                words.filter(|words| words.starts_with("only "))
            }
            Role::Trusted(bundle) => (bundle.verifier == Some(Verifier::OpensslVerifiesClient))
                .then_some("CA certificate key too weak"),
        };
        let kind = certificate.public_key.kind;
        let short = matches!(kind, KeyKind::Rsa(bits) if bits < LEAST_RSA_BITS);
        let hopeless = matches!(kind, KeyKind::Rsa(bits) if bits < LEAST_FOR_GO);
        let is_uncommon = matches!(one.role, Role::Shown(_)) && refused.is_some();
        if !short && !is_uncommon {
            continue;
        }
        let finding = findings.at(
            certificate.span,
            format!("the key of `{}` is {kind}", certificate.label()),
        );
        match refused {
            Some(words) => {
                finding.help(format!("the gateway says `{words}`"));
            }
            None if hopeless => {
                finding.help("clients say `crypto/rsa: …-bit keys are insecure`");
            }
            None => {
                finding.severity(Severity::Warning);
            }
        }
        finding.help("use EC P-256, or RSA with 2048 bits or more");
    }
}
