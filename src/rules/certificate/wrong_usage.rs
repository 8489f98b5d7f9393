use crate::attach::profile::ClientVerifier;
use crate::certificate::Verifier;
use crate::certificate::refusal_to_load;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "wrong-usage",
    severity: Severity::Error,
    page: page!("certificate/wrong-usage"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let (model, attachment) = (world.model, world.attachment);
    for pair in &attachment.credentials.pairs {
        let Some(service) = pair.served.first() else {
            continue;
        };
        for certificate in pair.certificates(model) {
            if !certificate.extensions.allows_serving() && !certificate.is_self_issued() {
                findings
                    .at(
                        certificate.span,
                        format!(
                            "the extended key usage of `{}` has no `serverAuth`",
                            certificate.label()
                        ),
                    )
                    .also(service.said, "this listener shows it")
                    .help("issue it anew with `extendedKeyUsage=serverAuth`");
            }
        }
        let gateway = attachment.listeners[service.listener].gateway;
        let is_envoy = attachment.gateways[gateway].profile.verifier == ClientVerifier::Envoy;
        let leaf = pair.leaf(model).filter(|_| is_envoy);
        if let Some((leaf, KEY_USAGE)) = leaf.and_then(|leaf| Some((leaf, refusal_to_load(leaf)?)))
        {
            findings
                .at(
                    leaf.span,
                    format!(
                        "the key usage of `{}` has no `digitalSignature`",
                        leaf.label()
                    ),
                )
                .also(service.said, "Envoy refuses to load it for this listener")
                .help("issue it anew with `keyUsage=digitalSignature`");
        }
    }
    for bundle in &attachment.credentials.bundles {
        // Envoy never looks at the usage of an anchor.
        if bundle.verifier != Some(Verifier::OpensslVerifiesClient) {
            continue;
        }
        for certificate in bundle.certificates(model) {
            if !certificate.extensions.allows_sending() {
                findings
                    .at(
                        certificate.span,
                        format!(
                            "the extended key usage of the CA `{}` has no `clientAuth`",
                            certificate.label()
                        ),
                    )
                    .also(bundle.said, "clients are admitted by it")
                    .help("issue the CA anew without extended key usage, or with `clientAuth`");
            }
        }
    }
}

/// What Envoy says of an elliptic-curve certificate whose key may not sign.
const KEY_USAGE: &str = "KEY_USAGE_BIT_INCORRECT";
