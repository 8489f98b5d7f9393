//! Go's judgement of one signature (`CheckSignatureFrom`): issuer, algorithm and key before the arithmetic.

use crate::certificate::Certificate;
use crate::certificate::Signatures;
use crate::certificate::extension::KeyUsage;
use crate::certificate::public_key::KeyKind;
use crate::certificate::signature::Algorithm;
use crate::certificate::signature::Hash;

/// Go's words when an issuer is no CA, or its key may not sign certificates.
pub(super) const CANNOT_SIGN: &str =
    "x509: invalid signature: parent certificate cannot sign this kind of certificate";
const UNIMPLEMENTED: &str = "x509: cannot verify signature: algorithm unimplemented";

/// `CheckSignatureFrom`; the error is Go's words.
pub(super) fn check(
    child: &Certificate,
    issuer: &Certificate,
    signatures: &Signatures,
) -> Result<(), String> {
    let constraints = issuer.extensions.basic_constraints;
    let is_no_ca = issuer.version == 3 && constraints.is_none()
        || constraints.is_some_and(|constraints| !constraints.ca);
    let may_not_sign = issuer
        .extensions
        .key_usage
        .is_some_and(|usage| usage.0 != 0 && !usage.any(KeyUsage::CERT_SIGN));
    if is_no_ca || may_not_sign {
        return Err(CANNOT_SIGN.to_owned());
    }
    let algorithm = child.algorithm;
    match algorithm {
        Algorithm::Unknown | Algorithm::Dsa(_) | Algorithm::RsaPkcs1(Hash::Sha224) => {
            return Err(UNIMPLEMENTED.to_owned());
        }
        Algorithm::Ecdsa(Hash::Sha224) => return Err(UNIMPLEMENTED.to_owned()),
        _ => {}
    }
    if let Some(Hash::Md5 | Hash::Sha1) = algorithm.hash() {
        let name = algorithm.go_name();
        return Err(format!(
            "x509: cannot verify signature: insecure algorithm {name}"
        ));
    }
    let (wanted, words) = match algorithm {
        Algorithm::Ecdsa(_) => ("ECDSA", "x509: ECDSA verification failure"),
        Algorithm::Ed25519 => ("Ed25519", "x509: Ed25519 verification failure"),
        _ => ("RSA", "crypto/rsa: verification error"),
    };
    let kind = issuer.public_key.kind;
    if !algorithm.fits(kind) {
        let found = match kind {
            KeyKind::Rsa(_) => "*rsa.PublicKey",
            KeyKind::Ec(_) => "*ecdsa.PublicKey",
            KeyKind::Ed25519 => "ed25519.PublicKey",
            _ => return Err(UNIMPLEMENTED.to_owned()),
        };
        return Err(format!(
            "x509: signature algorithm specifies an {wanted} public key, but have public key of type {found}"
        ));
    }
    match kind {
        KeyKind::Rsa(bits) if bits < 1024 => Err(format!(
            "crypto/rsa: {bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)"
        )),
        _ if signatures.hold(child, issuer) => Ok(()),
        _ => Err(words.to_owned()),
    }
}
