//! RSA signatures over certificates: public-key arithmetic only, so there is no secret to leak by timing.

use num_bigint::BigUint;

use super::signature::Hash;

/// The largest modulus worked with, in bits: BoringSSL and OpenSSL stop there, too (`OPENSSL_RSA_MAX_MODULUS_BITS`).
pub(super) const MAX_MODULUS_BITS: u64 = 16_384;
/// The largest exponent worked with, in bits: BoringSSL's `kMaxExponentBits`. Without it a hostile key costs seconds.
const MAX_EXPONENT_BITS: u64 = 33;

/// What the signature holds when raised to the public exponent: as many octets as the modulus has.
///
/// `None` when the signature has another length than the modulus, is not below it, or the key is out of bounds.
fn recover(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let (n, e) = (
        BigUint::from_bytes_be(modulus),
        BigUint::from_bytes_be(exponent),
    );
    let octets = usize::try_from(n.bits().div_ceil(8)).ok()?;
    let s = BigUint::from_bytes_be(signature);
    if n.bits() > MAX_MODULUS_BITS
        || e.bits() > MAX_EXPONENT_BITS
        || signature.len() != octets
        || s >= n
    {
        return None;
    }
    let message = s.modpow(&e, &n).to_bytes_be();
    let mut encoded = vec![0; octets.checked_sub(message.len())?];
    encoded.extend(message);
    Some(encoded)
}

/// Whether `signature` is the one of `digest` with PKCS#1 v1.5 padding (RFC 8017, 8.2.2).
pub(super) fn verify_pkcs1(
    (modulus, exponent): (&[u8], &[u8]),
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    let Some(encoded) = recover(modulus, exponent, signature) else {
        return false;
    };
    let prefix = hash.digest_info();
    let Some(padding) = encoded
        .len()
        .checked_sub(prefix.len() + digest.len() + 3)
        .filter(|padding| *padding >= 8)
    else {
        return false;
    };
    let mut expected = vec![0, 1];
    expected.resize(2 + padding, 0xff);
    expected.push(0);
    expected.extend(prefix);
    expected.extend(digest);
    encoded == expected
}

/// Whether `signature` is the one of `digest` with PSS padding, the salt as long as the digest (RFC 8017, 8.1.2).
pub(super) fn verify_pss(
    (modulus, exponent): (&[u8], &[u8]),
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    let Some(encoded) = recover(modulus, exponent, signature) else {
        return false;
    };
    let leading = modulus.first().map_or(0, |octet| octet.leading_zeros());
    check_pss(&encoded, (leading + 1) % 8, hash, digest).is_some()
}

/// RFC 8017, 9.1.2; `spare` is the number of bits that the encoded message leaves unused in its first octet.
fn check_pss(encoded: &[u8], spare: u32, hash: Hash, digest: &[u8]) -> Option<()> {
    let encoded = if spare == 0 {
        // The modulus has 8k + 1 bits: its first octet holds nothing of the message.
        encoded.split_first().filter(|(first, _)| **first == 0)?.1
    } else {
        encoded
    };
    let body = encoded.strip_suffix(&[0xbc])?;
    let (masked, seed) = body.split_at_checked(body.len().checked_sub(digest.len())?)?;
    let salt_at = masked.len().checked_sub(digest.len())?;
    if salt_at == 0 || spare > 0 && masked[0] >> (8 - spare) != 0 {
        return None;
    }
    let mut block: Vec<u8> = masked
        .iter()
        .zip(mask(hash, seed, masked.len()))
        .map(|(octet, mask)| octet ^ mask)
        .collect();
    block[0] &= 0xff >> spare;
    let (padding, salt) = block.split_at(salt_at);
    let (one, zeros) = padding.split_last()?;
    if *one != 1 || zeros.iter().any(|octet| *octet != 0) {
        return None;
    }
    let salted = [&[0; 8][..], digest, salt].concat();
    (hash.digest(&salted)? == seed).then_some(())
}

/// MGF1 (RFC 8017, B.2.1).
fn mask(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length);
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        let input = [seed, &counter.to_be_bytes()].concat();
        match hash.digest(&input) {
            Some(digest) => mask.extend(digest),
            None => break,
        }
    }
    mask.resize(length, 0);
    mask
}
