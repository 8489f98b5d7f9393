//! What TLS layers object to beside the path: key usage, kinds and sizes of keys.

use super::Cause;
use super::Failure;
use super::Question;
use super::Verifier;
use crate::certificate::Certificate;
use crate::certificate::extension::KeyUsage;
use crate::certificate::public_key::Curve;
use crate::certificate::public_key::KeyKind;

/// The longest RSA key that Go takes in a handshake (go crypto/tls handshake_client.go, checkKeySize).
const GO_MAX_RSA_BITS: u64 = 8192;

/// The least RSA key that Envoy presents (envoy source/common/tls/context_impl.cc).
const ENVOY_MIN_RSA_BITS: u64 = 2048;

/// What the TLS layer of `verifier` has against a chain, whatever the path says.
pub(super) fn objection(verifier: Verifier, question: &Question<'_>) -> Option<Failure> {
    match verifier {
        Verifier::GoVerifiesServer => go("certificate from server", "server", question),
        Verifier::GoVerifiesClient => go("client certificate", "client", question),
        Verifier::EnvoyVerifiesClient => envoy(question.chain.first()?),
        Verifier::OpensslVerifiesClient => None,
    }
}

fn go(what: &str, who: &str, question: &Question<'_>) -> Option<Failure> {
    let mut sent = question.chain.iter().enumerate();
    sent.find_map(|(depth, certificate)| {
        if let Some(words) = &certificate.refused_by_go {
            let words = format!("tls: failed to parse {what}: {words}");
            return Some(Failure::new(Cause::Unreadable, words, depth, certificate));
        }
        match certificate.public_key.kind {
            KeyKind::Rsa(bits) if bits > GO_MAX_RSA_BITS => {
                let words = format!(
                    "tls: {who} sent certificate containing RSA key larger than {GO_MAX_RSA_BITS} bits"
                );
                Some(Failure::new(Cause::WeakKey, words, depth, certificate))
            }
            _ => None,
        }
    })
}

/// BoringSSL wants `digitalSignature` of a client (ssl_x509.cc, `ssl_cert_check_key_usage`), and Envoy's default list of
/// signature algorithms has neither Ed25519 nor, under TLS 1.3, P-521: Go's client gives up by itself.
fn envoy(leaf: &Certificate) -> Option<Failure> {
    let fail = |cause, words: &str| Some(Failure::new(cause, words, 0, leaf));
    let usage = leaf.extensions.key_usage;
    match leaf.public_key.kind {
        KeyKind::Ed25519 | KeyKind::Ec(Curve::P521) => fail(
            Cause::WeakKey,
            "tls: peer doesn't support any of the certificate's signature algorithms",
        ),
        KeyKind::Ec(Curve::P224) => {
            fail(Cause::WeakKey, "tls: unsupported certificate curve (P-224)")
        }
        _ if usage.is_some_and(|usage| !usage.any(KeyUsage::DIGITAL_SIGNATURE)) => {
            fail(Cause::Usage, "KEY_USAGE_BIT_INCORRECT")
        }
        _ => None,
    }
}

/// Why Envoy refuses to load a certificate as its own, in its words; `None` when it takes it.
#[must_use]
pub fn refusal_to_load(leaf: &Certificate) -> Option<&'static str> {
    let usage = leaf.extensions.key_usage;
    match leaf.public_key.kind {
        KeyKind::Rsa(bits) if bits < ENVOY_MIN_RSA_BITS => {
            Some("only RSA certificates with 2048-bit or larger keys are supported")
        }
        KeyKind::Ec(Curve::P224) | KeyKind::OtherCurve => {
            Some("only P-256, P-384 or P-521 ECDSA certificates are supported")
        }
        KeyKind::Ec(_) if usage.is_some_and(|usage| !usage.any(KeyUsage::DIGITAL_SIGNATURE)) => {
            Some("KEY_USAGE_BIT_INCORRECT")
        }
        _ if leaf.extensions.must_staple() => {
            Some("OCSP response is required for must-staple certificate")
        }
        _ => None,
    }
}
