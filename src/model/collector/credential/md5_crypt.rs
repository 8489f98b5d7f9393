//! Password hashes of `htpasswd -m` and of crypt by MD5, which differ in their prefix only.

use md5::Digest;
use md5::Md5;

use super::crypt::spell;

/// The digest that follows the salt in a line of `prefix` (Apache, apr_md5.c `apr_md5_encode`): MD5 a thousand times over,
/// written in base 64 of its own.
pub(super) fn digest(password: &[u8], prefix: &str, salt: &[u8]) -> String {
    let inner = Md5::new()
        .chain_update(password)
        .chain_update(salt)
        .chain_update(password)
        .finalize();
    let mut context = Md5::new()
        .chain_update(password)
        .chain_update(prefix)
        .chain_update(salt);
    let mut left = password.len();
    while left > 0 {
        context.update(&inner[..left.min(16)]);
        left = left.saturating_sub(16);
    }
    let mut bits = password.len();
    while bits > 0 {
        let first = password.first().copied().unwrap_or_default();
        context.update([if bits & 1 == 1 { 0 } else { first }]);
        bits >>= 1;
    }
    let mut digest = context.finalize();
    for round in 0..1000 {
        let mut next = Md5::new();
        if round % 2 == 1 {
            next.update(password)
        } else {
            next.update(digest)
        }
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        if round % 2 == 1 {
            next.update(digest)
        } else {
            next.update(password)
        }
        digest = next.finalize();
    }
    let triples = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];
    let mut text = String::with_capacity(22);
    for [high, middle, low] in triples {
        let word =
            u32::from(digest[high]) << 16 | u32::from(digest[middle]) << 8 | u32::from(digest[low]);
        spell(word, 4, &mut text);
    }
    spell(u32::from(digest[11]), 2, &mut text);
    text
}
