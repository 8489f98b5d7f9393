//! Public keys: which kind, how large, and whether Go takes them.

use std::fmt;

use sha2::Digest;

use super::der::Reader;
use super::der::tag;
use super::oid;

/// A named curve that TLS stacks know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Curve {
    /// secp224r1
    P224,
    /// secp256r1, prime256v1
    P256,
    /// secp384r1
    P384,
    /// secp521r1
    P521,
}

impl Curve {
    pub(super) fn of(oid: &[u8]) -> Option<Self> {
        match oid {
            oid::P224 => Some(Self::P224),
            oid::P256 => Some(Self::P256),
            oid::P384 => Some(Self::P384),
            oid::P521 => Some(Self::P521),
            _ => None,
        }
    }

    /// Whether `point` is an uncompressed point on this curve (SEC 1, 2.3.4).
    fn holds(self, point: &[u8]) -> bool {
        point.first() == Some(&4)
            && match self {
                Self::P224 => p224::PublicKey::from_sec1_bytes(point).is_ok(),
                Self::P256 => p256::PublicKey::from_sec1_bytes(point).is_ok(),
                Self::P384 => p384::PublicKey::from_sec1_bytes(point).is_ok(),
                Self::P521 => p521::PublicKey::from_sec1_bytes(point).is_ok(),
            }
    }
}

/// What kind of key it is, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// RSA with a modulus of so many bits.
    Rsa(u64),
    /// ECDSA on a named curve.
    Ec(Curve),
    /// ECDSA on a curve that is none of [`Curve`].
    OtherCurve,
    /// Ed25519.
    Ed25519,
    /// X25519, which agrees on keys but signs nothing.
    X25519,
    /// DSA.
    Dsa,
    /// Anything else.
    Other,
}

impl KeyKind {
    pub(super) const fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa(_))
    }

    pub(super) const fn is_ec(self) -> bool {
        matches!(self, Self::Ec(_) | Self::OtherCurve)
    }
}

/// `RSA 2048`, `EC P-256`, `Ed25519`.
impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::Ec(Curve::P224) => f.write_str("EC P-224"),
            Self::Ec(Curve::P256) => f.write_str("EC P-256"),
            Self::Ec(Curve::P384) => f.write_str("EC P-384"),
            Self::Ec(Curve::P521) => f.write_str("EC P-521"),
            Self::OtherCurve => f.write_str("EC on an uncommon curve"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::X25519 => f.write_str("X25519"),
            Self::Dsa => f.write_str("DSA"),
            Self::Other => f.write_str("unknown kind"),
        }
    }
}

/// A public key as a certificate carries it, or as a private key implies it.
///
/// Two are equal when algorithm, parameters and key octets are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey {
    /// What kind, how large.
    pub kind: KeyKind,
    pub(super) algorithm: Box<[u8]>,
    /// Whatever follows the algorithm's identifier, in DER.
    pub(super) parameters: Box<[u8]>,
    /// The content of the bit string: a point, an RSA sequence, 32 octets.
    pub(super) octets: Box<[u8]>,
}

impl PublicKey {
    pub(super) fn new(algorithm: &[u8], parameters: &[u8], octets: &[u8]) -> Self {
        Self {
            kind: kind(algorithm, parameters, octets),
            algorithm: algorithm.into(),
            parameters: parameters.into(),
            octets: octets.into(),
        }
    }

    /// An RSA key with that modulus and exponent, both unsigned big-endian.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        let mut pair = integer(modulus);
        pair.extend(integer(exponent));
        Self::new(oid::RSA, NULL, &element(tag::SEQUENCE, &pair))
    }

    /// A key on `curve` with that uncompressed point.
    pub(super) fn ec(curve: &[u8], point: &[u8]) -> Self {
        Self::new(oid::EC, &element(tag::OID, curve), point)
    }

    /// An Ed25519 key.
    pub(super) fn ed25519(key: &[u8; 32]) -> Self {
        Self::new(oid::ED25519, &[], key)
    }

    /// SHA-256 of the key as certificates carry it (SubjectPublicKeyInfo in DER), in lower-case hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut algorithm = element(tag::OID, &self.algorithm);
        algorithm.extend(&*self.parameters);
        let mut info = element(tag::SEQUENCE, &algorithm);
        info.extend(element(tag::BIT_STRING, &[&[0], &*self.octets].concat()));
        let digest = sha2::Sha256::digest(element(tag::SEQUENCE, &info));
        digest.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    /// Modulus and exponent of an RSA key, big-endian.
    pub(super) fn rsa_numbers(&self) -> Option<(&[u8], &[u8])> {
        rsa_numbers(&self.octets).filter(|_| self.kind.is_rsa())
    }

    /// Why Go's parser refuses a certificate with this key (go crypto/x509 parser.go, parsePublicKey).
    pub(super) fn check_as_go(&self) -> Result<(), String> {
        let refuse = |why: &str| Err(format!("x509: {why}"));
        match &*self.algorithm {
            oid::RSA => {
                if &*self.parameters != NULL {
                    return refuse("RSA key missing NULL parameters");
                }
                let Some(mut numbers) = Reader(&self.octets).sequence() else {
                    return refuse("invalid RSA public key");
                };
                let Some(modulus) = numbers.integer() else {
                    return refuse("invalid RSA modulus");
                };
                // Go keeps the exponent in an int.
                let exponent = numbers.integer().filter(|octets| octets.len() <= 8);
                let Some(exponent) = exponent else {
                    return refuse("invalid RSA public exponent");
                };
                let positive = |octets: &[u8]| octets[0] & 0x80 == 0 && octets != [0];
                if !positive(modulus) {
                    return refuse("RSA modulus is not a positive number");
                }
                if !positive(exponent) {
                    return refuse("RSA public exponent is not a positive number");
                }
                Ok(())
            }
            oid::EC => match (Reader(&self.parameters).oid(), self.kind) {
                (None, _) => refuse("invalid ECDSA parameters"),
                (Some(_), KeyKind::Ec(curve)) if curve.holds(&self.octets) => Ok(()),
                (Some(_), KeyKind::Ec(curve)) if self.octets.first() == Some(&4) => {
                    Err(format!("{curve:?} point not on curve"))
                }
                (Some(_), KeyKind::Ec(_)) => {
                    Err("ecdsa: invalid uncompressed public key".to_owned())
                }
                (Some(_), _) => refuse("unsupported elliptic curve"),
            },
            oid::ED25519 if !self.parameters.is_empty() => {
                refuse("Ed25519 key encoded with illegal parameters")
            }
            oid::ED25519 if self.octets.len() != 32 => refuse("wrong Ed25519 public key size"),
            oid::X25519 if !self.parameters.is_empty() => {
                refuse("X25519 key encoded with illegal parameters")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind)
    }
}

/// The parameters of an RSA key: an ASN.1 NULL.
const NULL: &[u8] = &[5, 0];

fn kind(algorithm: &[u8], parameters: &[u8], octets: &[u8]) -> KeyKind {
    match algorithm {
        oid::RSA => rsa_numbers(octets).map_or(KeyKind::Other, |(modulus, _)| {
            let leading = modulus.first().map_or(0, |octet| octet.leading_zeros());
            KeyKind::Rsa(modulus.len() as u64 * 8 - u64::from(leading))
        }),
        oid::EC => Reader(parameters)
            .oid()
            .and_then(Curve::of)
            .map_or(KeyKind::OtherCurve, KeyKind::Ec),
        oid::ED25519 => KeyKind::Ed25519,
        oid::X25519 => KeyKind::X25519,
        oid::DSA => KeyKind::Dsa,
        _ => KeyKind::Other,
    }
}

fn rsa_numbers(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut numbers = Reader(octets).sequence()?;
    let strip = |octets: &[u8]| octets.iter().take_while(|octet| **octet == 0).count();
    let modulus = numbers.integer()?;
    let exponent = numbers.integer()?;
    Some((&modulus[strip(modulus)..], &exponent[strip(exponent)..]))
}

/// An unsigned number as a DER integer.
fn integer(unsigned: &[u8]) -> Vec<u8> {
    let zeros = unsigned.iter().take_while(|octet| **octet == 0).count();
    let mut content = unsigned[zeros..].to_vec();
    if content.first().is_none_or(|octet| octet & 0x80 != 0) {
        content.insert(0, 0);
    }
    element(tag::INTEGER, &content)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut whole = vec![tag];
    if content.len() < 128 {
        whole.push(content.len() as u8);
    } else {
        let length = content.len().to_be_bytes();
        let zeros = length.iter().take_while(|octet| **octet == 0).count();
        whole.push(0x80 | (length.len() - zeros) as u8);
        whole.extend(&length[zeros..]);
    }
    whole.extend(content);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_rsa_key_reads_back() {
        let modulus = [0xff; 256];
        let key = PublicKey::rsa(&modulus, &[1, 0, 1]);
        assert_eq!(key.kind, KeyKind::Rsa(2048));
        assert_eq!(key.rsa_numbers(), Some((&modulus[..], &[1, 0, 1][..])));
        assert_eq!(key.check_as_go(), Ok(()));
    }

    #[test]
    fn a_point_off_its_curve_is_refused() {
        let key = PublicKey::ec(oid::P256, &[4; 65]);
        assert_eq!(key.kind, KeyKind::Ec(Curve::P256));
        let refused = Err("P256 point not on curve".to_owned());
        assert_eq!(key.check_as_go(), refused);
    }
}
