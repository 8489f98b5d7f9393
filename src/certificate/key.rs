//! Private keys: which public key they belong to, and nothing else.
//!
//! No private octet is kept, printed or compared: a key is reduced to its public half while it is read.

use num_bigint::BigUint;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use zeroize::Zeroizing;

use super::der::Reader;
use super::der::tag;
use super::oid;
use super::public_key::PublicKey;

/// What is known of a private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Its public half, computed from the private one.
    Public(PublicKey),
    /// It is encrypted: no proxy and no Collector can use it without its pass phrase.
    Encrypted,
    /// It cannot be used; why.
    Unsupported(String),
}

impl Key {
    /// Reads PKCS#1, PKCS#8 or SEC 1, in Go's order (go crypto/tls tls.go, parsePrivateKey), whatever the label says.
    pub(super) fn read(der: &[u8]) -> Self {
        if is_encrypted(der) {
            return Self::Encrypted;
        }
        match pkcs1(der)
            .or_else(|| pkcs8(der))
            .or_else(|| sec1(der, None))
        {
            Some(Ok(key)) => Self::Public(key),
            Some(Err(why)) => Self::Unsupported(why),
            None => Self::Unsupported("neither PKCS#1 nor PKCS#8 nor SEC 1".to_owned()),
        }
    }

    /// The public half, when there is one.
    #[must_use]
    pub const fn public(&self) -> Option<&PublicKey> {
        match self {
            Self::Public(key) => Some(key),
            Self::Encrypted | Self::Unsupported(_) => None,
        }
    }
}

/// What a form of key says: a public key, or why it cannot be used. `None`: it is another form.
type Reading = Option<Result<PublicKey, String>>;

/// PKCS#8's `EncryptedPrivateKeyInfo` (RFC 5958, 3): an algorithm where the version should be, then an octet string.
fn is_encrypted(der: &[u8]) -> bool {
    let fields = |der| {
        let mut fields = Reader(der).sequence()?;
        fields.sequence()?.oid()?;
        fields.tagged(tag::OCTET_STRING)?;
        Some(fields.is_empty())
    };
    fields(der).unwrap_or(false)
}

/// RFC 8017, A.1.2.
fn pkcs1(der: &[u8]) -> Reading {
    let mut fields = Reader(der).sequence()?;
    if fields.integer()? != [0] {
        return None;
    }
    let mut number = || fields.integer().map(BigUint::from_bytes_be);
    let (modulus, exponent, _private) = (number()?, number()?, number()?);
    let (p, q) = (number()?, number()?);
    if p * q != modulus {
        return Some(Err("its primes do not make its modulus".to_owned()));
    }
    Some(Ok(PublicKey::rsa(
        &modulus.to_bytes_be(),
        &exponent.to_bytes_be(),
    )))
}

/// RFC 5958, 2.
fn pkcs8(der: &[u8]) -> Reading {
    let mut fields = Reader(der).sequence()?;
    fields.integer()?;
    let mut algorithm = fields.sequence()?;
    let identifier = algorithm.oid()?;
    let inner = fields.tagged(tag::OCTET_STRING)?;
    match identifier {
        oid::RSA => pkcs1(inner),
        oid::EC => sec1(inner, algorithm.oid()),
        oid::ED25519 => ed25519(inner),
        other => Some(Err(format!("its algorithm is {}", oid::dotted(other)))),
    }
}

/// RFC 5915, 3; `curve` is the one that a PKCS#8 wrapping names. The public point inside is not trusted but computed.
fn sec1(der: &[u8], curve: Option<&[u8]>) -> Reading {
    let mut fields = Reader(der).sequence()?;
    if fields.integer()? != [1] {
        return None;
    }
    let scalar = fields.tagged(tag::OCTET_STRING)?;
    let own = match fields.peek() {
        Some(next) if next == tag::constructed(0) => Reader(fields.tagged(next)?).oid(),
        _ => None,
    };
    let curve = curve.or(own)?;
    let point = match curve {
        oid::P224 => p224::SecretKey::from_slice(&padded::<28>(scalar)?)
            .ok()
            .map(|key| key.public_key().to_encoded_point(false).as_bytes().to_vec()),
        oid::P256 => p256::SecretKey::from_slice(&padded::<32>(scalar)?)
            .ok()
            .map(|key| key.public_key().to_encoded_point(false).as_bytes().to_vec()),
        oid::P384 => p384::SecretKey::from_slice(&padded::<48>(scalar)?)
            .ok()
            .map(|key| key.public_key().to_encoded_point(false).as_bytes().to_vec()),
        oid::P521 => p521::SecretKey::from_slice(&padded::<66>(scalar)?)
            .ok()
            .map(|key| key.public_key().to_encoded_point(false).as_bytes().to_vec()),
        other => return Some(Err(format!("its curve is {}", oid::dotted(other)))),
    };
    let invalid = || "its scalar is out of range".to_owned();
    Some(
        point
            .map(|point| PublicKey::ec(curve, &point))
            .ok_or_else(invalid),
    )
}

/// The scalar in exactly `N` octets; leading zeros are added or taken off, as Go does.
fn padded<const N: usize>(scalar: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let zeros = scalar.iter().take_while(|octet| **octet == 0).count();
    let digits = &scalar[zeros..];
    let mut padded = Zeroizing::new(vec![0; N]);
    let start = N.checked_sub(digits.len())?;
    padded[start..].copy_from_slice(digits);
    Some(padded)
}

/// RFC 8410, 7: the seed in an octet string of its own.
fn ed25519(inner: &[u8]) -> Reading {
    let seed = Reader(inner).tagged(tag::OCTET_STRING)?;
    let Ok(seed) = <[u8; 32]>::try_from(seed).map(Zeroizing::new) else {
        return Some(Err("its seed has another length than 32".to_owned()));
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
    Some(Ok(PublicKey::ed25519(&key.to_bytes())))
}
