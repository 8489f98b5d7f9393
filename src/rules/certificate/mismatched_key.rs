use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "mismatched-key",
    severity: Severity::Error,
    page: page!("certificate/mismatched-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for pair in &world.attachment.credentials.pairs {
        let (Some(leaf), Some(key)) = (pair.leaf(world.model), pair.key(world.model)) else {
            continue;
        };
        let Some(public) = key.public() else {
            continue;
        };
        let chain = pair.certificates(world.model);
        // Of a later certificate: the chain is in the wrong order.
        if chain
            .iter()
            .any(|certificate| certificate.public_key == *public)
        {
            continue;
        }
        let (kind, wanted) = (public.kind, leaf.public_key.kind);
        let words = if std::mem::discriminant(&kind) == std::mem::discriminant(&wanted) {
            "the private key is not that of the certificate".to_owned()
        } else {
            format!("the private key is {kind}, the certificate's is {wanted}")
        };
        findings
            .at(key.span, words)
            .also(leaf.span, format!("the certificate of `{}`", leaf.label()))
            .help("put the key here from which the certificate was requested, or issue the certificate anew");
    }
}
