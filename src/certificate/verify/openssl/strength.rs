//! How strong keys and digests are, in the bits by which OpenSSL's security levels are counted.

use crate::certificate::Certificate;
use crate::certificate::public_key::Curve;
use crate::certificate::public_key::KeyKind;
use crate::certificate::signature::Hash;

/// Bits of strength of the key (NIST SP 800-57, table 2, as OpenSSL's `EVP_PKEY_get_security_bits`).
pub(super) fn of_key(certificate: &Certificate) -> Option<u16> {
    match certificate.public_key.kind {
        KeyKind::Rsa(bits) => Some(match bits {
            15_360.. => 256,
            7_680.. => 192,
            3_072.. => 128,
            2_048.. => 112,
            1_024.. => 80,
            _ => 0,
        }),
        KeyKind::Ec(Curve::P224) => Some(112),
        KeyKind::Ec(Curve::P256) | KeyKind::OtherCurve => Some(128),
        KeyKind::Ec(Curve::P384) => Some(192),
        KeyKind::Ec(Curve::P521) => Some(256),
        _ => None,
    }
}

/// Bits of strength of the signature's digest against collisions (OpenSSL, `ossl_x509_init_sig_info`).
pub(super) fn of_digest(certificate: &Certificate) -> u16 {
    match certificate.algorithm.hash() {
        Some(Hash::Md5) => 39,
        Some(Hash::Sha1) => 63,
        Some(Hash::Sha224) => 112,
        Some(Hash::Sha256) | None => 128,
        Some(Hash::Sha384) => 192,
        Some(Hash::Sha512) => 256,
    }
}
