//! Password hashes of crypt by SHA-256 and SHA-512 (U. Drepper, "Unix crypt using SHA-256 and SHA-512", 0.6), and the base 64
//! in which crypt writes bytes.

use sha2::Digest;

/// The most rounds that are computed here, ten times what is usual: each costs about a microsecond.
const MOST_ROUNDS: u32 = 50_000;

/// Bytes of a password beyond which nothing is computed: the cost grows with their square.
const LONGEST: usize = 256;

/// In which order the bytes of a digest are written: three at a time, then what is left.
pub(super) type Order = &'static [&'static [usize]];

pub(super) const ORDER_256: Order = &[
    &[0, 10, 20],
    &[21, 1, 11],
    &[12, 22, 2],
    &[3, 13, 23],
    &[24, 4, 14],
    &[15, 25, 5],
    &[6, 16, 26],
    &[27, 7, 17],
    &[18, 28, 8],
    &[9, 19, 29],
    &[31, 30],
];

pub(super) const ORDER_512: Order = &[
    &[0, 21, 42],
    &[22, 43, 1],
    &[44, 2, 23],
    &[3, 24, 45],
    &[25, 46, 4],
    &[47, 5, 26],
    &[6, 27, 48],
    &[28, 49, 7],
    &[50, 8, 29],
    &[9, 30, 51],
    &[31, 52, 10],
    &[53, 11, 32],
    &[12, 33, 54],
    &[34, 55, 13],
    &[56, 14, 35],
    &[15, 36, 57],
    &[37, 58, 16],
    &[59, 17, 38],
    &[18, 39, 60],
    &[40, 61, 19],
    &[62, 20, 41],
    &[63],
];

/// Whether `password` makes `hash`, which is `[rounds=N$]salt$digest`; `None` when that is not computed here. Rounds that the
/// server raises fit nothing, unless they are written in as many digits (go-htpasswd, cryptsha.go `shaCrypt`).
pub(super) fn fits<D: Digest>(hash: &str, password: &[u8], order: Order) -> Option<bool> {
    let (rounds, rest) = match hash.strip_prefix("rounds=") {
        Some(rest) => {
            let (rounds, rest) = rest.split_once('$')?;
            let number = rounds.parse::<u32>().ok()?.max(1000);
            if rounds.len() != number.to_string().len() {
                return Some(false);
            }
            (number, rest)
        }
        None => (5000, hash),
    };
    let (salt, digest) = rest.split_once('$')?;
    let salt = &salt.as_bytes()[..salt.len().min(16)];
    if rounds > MOST_ROUNDS || password.len() > LONGEST {
        return None;
    }
    Some(written(&hashed::<D>(password, salt, rounds), order) == digest)
}

fn hashed<D: Digest>(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    let other = digest::<D>(&[password, salt, password]);
    let stretched = stretch(&other, password.len());
    let mut parts: Vec<&[u8]> = vec![password, salt, &stretched];
    let mut bits = password.len();
    while bits > 0 {
        parts.push(if bits & 1 == 1 { &other } else { password });
        bits >>= 1;
    }
    let mut last = digest::<D>(&parts);
    let by_password = stretch(
        &digest::<D>(&vec![password; password.len()]),
        password.len(),
    );
    let times = 16 + usize::from(last.first().copied().unwrap_or_default());
    let by_salt = stretch(&digest::<D>(&vec![salt; times]), salt.len());
    for round in 0..rounds {
        let is_odd = round % 2 == 1;
        let mut parts: Vec<&[u8]> = vec![if is_odd { &by_password } else { &last }];
        if round % 3 != 0 {
            parts.push(&by_salt);
        }
        if round % 7 != 0 {
            parts.push(&by_password);
        }
        parts.push(if is_odd { &last } else { &by_password });
        last = digest::<D>(&parts);
    }
    last
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().to_vec()
}

/// `bytes` over and over, cut to `length`.
fn stretch(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(length).collect()
}

fn written(digest: &[u8], order: Order) -> String {
    let byte = |at: &usize| u32::from(digest.get(*at).copied().unwrap_or_default());
    let mut text = String::new();
    for group in order {
        let word = group.iter().fold(0, |word, at| word << 8 | byte(at));
        spell(word, group.len() + 1, &mut text);
    }
    text
}

/// Writes the lowest six bits of `word` first, `letters` times.
pub(super) fn spell(mut word: u32, letters: usize, into: &mut String) {
    const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for _ in 0..letters {
        into.push(char::from(ALPHABET[(word & 63) as usize]));
        word >>= 6;
    }
}
