//! Signatures of certificates: which algorithm, and whether they hold.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sha2::Digest;

use super::Certificate;
use super::Fingerprint;
use super::der::Reader;
use super::der::tag;
use super::der::unsigned;
use super::oid;
use super::public_key::Curve;
use super::public_key::KeyKind;
use super::public_key::PublicKey;
use super::rsa;

/// A hash function that signatures use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// MD5, named but never computed: every verifier refuses it.
    Md5,
    /// SHA-1
    Sha1,
    /// SHA-224
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Hash {
    pub(super) fn digest(self, data: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Md5 => None,
            Self::Sha1 => Some(sha1::Sha1::digest(data).to_vec()),
            Self::Sha224 => Some(sha2::Sha224::digest(data).to_vec()),
            Self::Sha256 => Some(sha2::Sha256::digest(data).to_vec()),
            Self::Sha384 => Some(sha2::Sha384::digest(data).to_vec()),
            Self::Sha512 => Some(sha2::Sha512::digest(data).to_vec()),
        }
    }

    /// What stands before the digest in a PKCS#1 v1.5 signature (RFC 8017, 9.2, note 1).
    pub(super) const fn digest_info(self) -> &'static [u8] {
        match self {
            Self::Md5 => &[],
            Self::Sha1 => &[
                0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14,
            ],
            Self::Sha224 => &[
                0x30, 0x2d, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4, 5, 0, 4, 0x1c,
            ],
            Self::Sha256 => &[
                0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
            ],
            Self::Sha384 => &[
                0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 0x30,
            ],
            Self::Sha512 => &[
                0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x40,
            ],
        }
    }
}

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with PKCS#1 v1.5 padding.
    RsaPkcs1(Hash),
    /// RSA with PSS padding, one hash throughout and the salt as long as its digest.
    RsaPss(Hash),
    /// ECDSA.
    Ecdsa(Hash),
    /// Ed25519.
    Ed25519,
    /// DSA, which nobody verifies any more.
    Dsa(Hash),
    /// Anything else.
    Unknown,
}

impl Algorithm {
    /// The algorithm of an identifier and of whatever follows it.
    pub(super) fn of(identifier: &[u8], parameters: &[u8]) -> Self {
        if let Some([number]) = identifier.strip_prefix(oid::PKCS1) {
            return match number {
                4 => Self::RsaPkcs1(Hash::Md5),
                5 => Self::RsaPkcs1(Hash::Sha1),
                10 => pss(parameters).map_or(Self::Unknown, Self::RsaPss),
                11 => Self::RsaPkcs1(Hash::Sha256),
                12 => Self::RsaPkcs1(Hash::Sha384),
                13 => Self::RsaPkcs1(Hash::Sha512),
                14 => Self::RsaPkcs1(Hash::Sha224),
                _ => Self::Unknown,
            };
        }
        if let Some([number]) = identifier.strip_prefix(oid::ECDSA_SHA2) {
            return match number {
                1 => Self::Ecdsa(Hash::Sha224),
                2 => Self::Ecdsa(Hash::Sha256),
                3 => Self::Ecdsa(Hash::Sha384),
                4 => Self::Ecdsa(Hash::Sha512),
                _ => Self::Unknown,
            };
        }
        match identifier {
            oid::ECDSA_SHA1 => Self::Ecdsa(Hash::Sha1),
            oid::ED25519 if parameters.is_empty() => Self::Ed25519,
            oid::DSA_SHA1 => Self::Dsa(Hash::Sha1),
            oid::DSA_SHA256 => Self::Dsa(Hash::Sha256),
            _ => Self::Unknown,
        }
    }

    /// The hash that is signed; `None` for Ed25519 and what is unknown.
    #[must_use]
    pub const fn hash(self) -> Option<Hash> {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss(hash) | Self::Ecdsa(hash) | Self::Dsa(hash) => {
                Some(hash)
            }
            Self::Ed25519 | Self::Unknown => None,
        }
    }

    /// Whether a key of that kind makes such signatures.
    pub(super) const fn fits(self, key: KeyKind) -> bool {
        match self {
            Self::RsaPkcs1(_) | Self::RsaPss(_) => key.is_rsa(),
            Self::Ecdsa(_) => key.is_ec(),
            Self::Ed25519 => matches!(key, KeyKind::Ed25519),
            Self::Dsa(_) => matches!(key, KeyKind::Dsa),
            Self::Unknown => false,
        }
    }

    /// Go's name of the algorithm, as its error texts print it (go crypto/x509 x509.go, signatureAlgorithmDetails).
    #[must_use]
    pub const fn go_name(self) -> &'static str {
        match self {
            Self::RsaPkcs1(Hash::Md5) => "MD5-RSA",
            Self::RsaPkcs1(Hash::Sha1) => "SHA1-RSA",
            Self::RsaPkcs1(Hash::Sha256) => "SHA256-RSA",
            Self::RsaPkcs1(Hash::Sha384) => "SHA384-RSA",
            Self::RsaPkcs1(Hash::Sha512) => "SHA512-RSA",
            Self::RsaPss(Hash::Sha256) => "SHA256-RSAPSS",
            Self::RsaPss(Hash::Sha384) => "SHA384-RSAPSS",
            Self::RsaPss(Hash::Sha512) => "SHA512-RSAPSS",
            Self::Ecdsa(Hash::Sha1) => "ECDSA-SHA1",
            Self::Ecdsa(Hash::Sha256) => "ECDSA-SHA256",
            Self::Ecdsa(Hash::Sha384) => "ECDSA-SHA384",
            Self::Ecdsa(Hash::Sha512) => "ECDSA-SHA512",
            Self::Ed25519 => "Ed25519",
            Self::Dsa(Hash::Sha1) => "DSA-SHA1",
            Self::Dsa(Hash::Sha256) => "DSA-SHA256",
            _ => "0",
        }
    }
}

/// The hash of PSS parameters that Go and BoringSSL take: the same for message and mask, with a salt of its length.
fn pss(parameters: &[u8]) -> Option<Hash> {
    let mut all = Reader(parameters).sequence()?;
    let message = Reader(all.tagged(tag::constructed(0))?).sequence()?.oid()?;
    let mut mask = Reader(all.tagged(tag::constructed(1))?).sequence()?;
    let same = mask.oid()? == oid::MGF1 && mask.sequence()?.oid()? == message;
    let salt = unsigned(Reader(all.tagged(tag::constructed(2))?).integer()?)?;
    let (hash, length) = match message.strip_prefix(oid::NIST_HASH)? {
        [1] => (Hash::Sha256, 32),
        [2] => (Hash::Sha384, 48),
        [3] => (Hash::Sha512, 64),
        _ => return None,
    };
    (same && salt == length).then_some(hash)
}

/// Which signatures were found to hold, so that no verifier computes again what another has computed.
#[derive(Debug, Default)]
pub struct Signatures(Mutex<BTreeMap<(Fingerprint, Fingerprint), bool>>);

impl Signatures {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether `certificate` was signed with the key of `issuer`: arithmetic alone, whatever either says about itself.
    pub(super) fn hold(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let pair = (certificate.fingerprint, issuer.fingerprint);
        let known = self
            .0
            .lock()
            .ok()
            .and_then(|known| known.get(&pair).copied());
        known.unwrap_or_else(|| {
            let holds = verify(certificate, &issuer.public_key);
            if let Ok(mut known) = self.0.lock() {
                known.insert(pair, holds);
            }
            holds
        })
    }
}

fn verify(certificate: &Certificate, key: &PublicKey) -> bool {
    let message = certificate.signed();
    let signature = &certificate.signature;
    let digest = |hash: Hash| hash.digest(message);
    match certificate.algorithm {
        Algorithm::RsaPkcs1(hash) => digest(hash)
            .zip(key.rsa_numbers())
            .is_some_and(|(digest, key)| rsa::verify_pkcs1(key, hash, &digest, signature)),
        Algorithm::RsaPss(hash) => digest(hash)
            .zip(key.rsa_numbers())
            .is_some_and(|(digest, key)| rsa::verify_pss(key, hash, &digest, signature)),
        Algorithm::Ecdsa(hash) => {
            digest(hash).is_some_and(|digest| ecdsa(key, digest, signature).is_some())
        }
        Algorithm::Ed25519 => ed25519(key, message, signature).is_some(),
        Algorithm::Dsa(_) | Algorithm::Unknown => false,
    }
}

/// `Some` when the signature (DER, RFC 3279, 2.2.3) holds. The curve crates refuse digests shorter than half the order,
/// so shorter ones are padded on the left: as numbers they stay the same.
fn ecdsa(key: &PublicKey, digest: Vec<u8>, signature: &[u8]) -> Option<()> {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;

    let KeyKind::Ec(curve) = key.kind else {
        return None;
    };
    let padded = |size: usize| {
        let mut octets = vec![0; size.saturating_sub(digest.len())];
        octets.extend(&digest);
        octets
    };
    let point = &key.octets;
    match curve {
        Curve::P224 => p224::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .ok()?
            .verify_prehash(
                &padded(28),
                &p224::ecdsa::Signature::from_der(signature).ok()?,
            ),
        Curve::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .ok()?
            .verify_prehash(
                &padded(32),
                &p256::ecdsa::Signature::from_der(signature).ok()?,
            ),
        Curve::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .ok()?
            .verify_prehash(
                &padded(48),
                &p384::ecdsa::Signature::from_der(signature).ok()?,
            ),
        Curve::P521 => {
            let numbers = fixed_numbers::<66>(signature)?;
            p521::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .ok()?
                .verify_prehash(
                    &padded(66),
                    &p521::ecdsa::Signature::from_slice(&numbers).ok()?,
                )
        }
    }
    .ok()
}

/// Both numbers of a DER signature, each in `N` octets: what the P-521 crate reads instead of DER.
fn fixed_numbers<const N: usize>(signature: &[u8]) -> Option<Vec<u8>> {
    let mut pair = Reader(signature).sequence()?;
    let mut octets = Vec::with_capacity(2 * N);
    for _ in 0..2 {
        let number = pair.integer()?;
        let number = number.strip_prefix(&[0]).unwrap_or(number);
        octets.resize(octets.len() + N.checked_sub(number.len())?, 0);
        octets.extend(number);
    }
    Some(octets)
}

fn ed25519(key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<()> {
    use ed25519_dalek::Verifier;

    let octets: &[u8; 32] = (*key.octets).try_into().ok()?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(octets).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}
