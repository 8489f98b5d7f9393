//! Whether a password opens an htpasswd line, and what an `Authorization` header really carries. Nothing here prints a
//! password: it lives in [`Password`], which has no way out but a comparison.
//!
//! Contrib, extension/basicauthextension/extension.go, which reads lines by tg123/go-htpasswd with its default systems:
//! apr1 MD5, SHA, bcrypt, salted SHA, crypt's SHA-256 and SHA-512, and everything else as plain text.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Digest;
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;
use sha2::Sha512;

use super::phrase::Phrase;

mod crypt;

/// The highest bcrypt cost that is computed here: each step doubles the time, and 12 takes a quarter of a second.
const MAX_COST: u32 = 12;

/// A password or what stands for one.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// Keeps `text`.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The password of a configuration; `None` when a `${…}` or a placeholder stands in it.
    #[must_use]
    pub fn of(phrase: &Phrase) -> Option<Self> {
        phrase
            .known()
            .filter(|text| !super::endpoint::is_placeholder(text))
            .map(|text| Self(text.to_owned()))
    }

    /// Whether it ends in a line break, which a file or `echo` put there.
    #[must_use]
    pub fn ends_in_newline(&self) -> bool {
        self.0.ends_with(['\n', '\r'])
    }
}

/// Whether a user and a password open something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opens {
    /// They do.
    Yes,
    /// No line is for that user.
    UnknownUser,
    /// The line of that user wants another password.
    WrongPassword,
    /// It cannot be told; why, in words.
    Unknown(String),
}

/// One line of an htpasswd text.
#[derive(Clone, Debug)]
pub struct Line {
    /// The user.
    pub user: String,
    /// How the password is kept.
    pub scheme: Scheme,
    hash: Password,
}

/// How a line keeps its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// As it is.
    Plain,
    /// `$2a$`, `$2b$`, `$2y$`
    Bcrypt,
    /// `$apr1$`
    Apr1,
    /// `{SHA}`
    Sha,
    /// `{SSHA}`
    SaltedSha,
    /// `$5$`
    Sha256,
    /// `$6$`
    Sha512,
    /// A scheme that is not computed here.
    Other,
}

/// The lines of an htpasswd text; empty ones and comments are left out.
#[must_use]
pub fn lines(htpasswd: &str) -> Vec<Line> {
    htpasswd
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .map(|(user, hash)| Line {
            user: user.to_owned(),
            scheme: Scheme::of(hash),
            hash: Password(hash.to_owned()),
        })
        .collect()
}

impl Scheme {
    fn of(hash: &str) -> Self {
        let bcrypt = ["$2a$", "$2b$", "$2y$", "$2x$"];
        if bcrypt.into_iter().any(|prefix| hash.starts_with(prefix)) {
            Self::Bcrypt
        } else if hash.starts_with("$apr1$") {
            Self::Apr1
        } else if hash.starts_with("{SHA}") {
            Self::Sha
        } else if hash.starts_with("{SSHA}") {
            Self::SaltedSha
        } else if hash.starts_with("$5$") {
            Self::Sha256
        } else if hash.starts_with("$6$") {
            Self::Sha512
        } else if hash.starts_with("$1$") {
            Self::Other
        } else {
            Self::Plain
        }
    }
}

/// Whether `user` and `password` open one of `lines`; of several lines for one user the last counts.
#[must_use]
pub fn opens(lines: &[Line], user: &str, password: &Password) -> Opens {
    let Some(line) = lines.iter().rfind(|line| line.user == user) else {
        return Opens::UnknownUser;
    };
    let (hash, password) = (line.hash.0.as_str(), password.0.as_bytes());
    let fits = match line.scheme {
        Scheme::Plain => Some(hash.as_bytes() == password),
        Scheme::Bcrypt => bcrypt_fits(hash, password),
        Scheme::Apr1 => hash.rsplit_once('$').map(|(prefix, digest)| {
            apr1(password, prefix.trim_start_matches("$apr1$").as_bytes()) == digest
        }),
        Scheme::Sha => {
            Some(STANDARD.encode(Sha1::digest(password)) == hash.trim_start_matches("{SHA}"))
        }
        Scheme::SaltedSha => salted(hash.trim_start_matches("{SSHA}"), password),
        Scheme::Sha256 => crypt::fits::<Sha256>(&hash["$5$".len()..], password, crypt::ORDER_256),
        Scheme::Sha512 => crypt::fits::<Sha512>(&hash["$6$".len()..], password, crypt::ORDER_512),
        Scheme::Other => None,
    };
    match fits {
        Some(true) => Opens::Yes,
        Some(false) => Opens::WrongPassword,
        None => {
            Opens::Unknown("the password's hash is of a kind that is not computed here".to_owned())
        }
    }
}

fn bcrypt_fits(hash: &str, password: &[u8]) -> Option<bool> {
    let cost: u32 = hash.get(4..6)?.parse().ok()?;
    if cost > MAX_COST {
        return None;
    }
    bcrypt::verify(password, hash).ok()
}

fn salted(encoded: &str, password: &[u8]) -> Option<bool> {
    let bytes = STANDARD.decode(encoded).ok()?;
    let (digest, salt) = bytes.split_at_checked(20)?;
    let mut sha = Sha1::new();
    sha1::Digest::update(&mut sha, password);
    sha1::Digest::update(&mut sha, salt);
    Some(sha1::Digest::finalize(sha)[..] == *digest)
}

/// The digest that follows the salt in an `$apr1$` line (Apache, apr_md5.c `apr_md5_encode`): MD5 a thousand times over,
/// written in base 64 of its own.
fn apr1(password: &[u8], salt: &[u8]) -> String {
    let salt = &salt[..salt.len().min(8)];
    let inner = Md5::new()
        .chain_update(password)
        .chain_update(salt)
        .chain_update(password)
        .finalize();
    let mut context = Md5::new()
        .chain_update(password)
        .chain_update(b"$apr1$")
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
        crypt::spell(word, 4, &mut text);
    }
    crypt::spell(u32::from(digest[11]), 2, &mut text);
    text
}

/// What a `Basic` header carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    /// The user.
    pub user: String,
    /// The password, line break included.
    pub password: Password,
}

/// Reads the value of an `Authorization` header; `None` when it is not `Basic` or not base64 of `user:password`.
#[must_use]
pub fn basic(value: &str) -> Option<Basic> {
    let (scheme, encoded) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Basic {
        user: user.to_owned(),
        password: Password(password.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines made by `htpasswd -nb`, `-nbs`, `-nbB` and `openssl passwd -apr1`, `-5`, `-6` for the password `1234`.
    const LINES: &str = "
# comment
plain:1234
sha:{SHA}cRDtpNCeBiql5KOQsKVyrA0sAiA=
bcrypt:$2y$05$ABCDEFGHIJKLMNOPQRSTUuUB63TsI0S2GUclpwAxHGfYNoBn5JeOC
apr1:$apr1$saltsalt$xTHh70zTZEsccS/UX8/vw1
ssha:{SSHA}OrR2Kn3NOvs8femGv77M8vrZ4yFwZXBwZXI=
sha256:$5$saltsalt$wiWFCEWqey3YrlUTpFtWYuKI1sYlYqRc.E2MX.s1tbC
sha512:$6$saltsalt$/alWecYH7Ry7BmdtYwV3ObFkYwJ96i4zoGSMR09J7xkAoFGB7iwoQytRgpR6rkCCVBVNkvTdkdDjhKYVJ8L2T.
";

    #[test]
    fn each_kind_of_line_opens_to_its_password_only() {
        let lines = lines(LINES);
        let right = Password::new("1234".to_owned());
        let wrong = Password::new("1234\n".to_owned());
        let users = ["plain", "sha", "bcrypt", "apr1", "ssha", "sha256", "sha512"];
        assert_eq!(lines.len(), users.len());
        for user in users {
            assert_eq!(opens(&lines, user, &right), Opens::Yes, "{user}");
            assert_eq!(opens(&lines, user, &wrong), Opens::WrongPassword, "{user}");
        }
        assert_eq!(opens(&lines, "nobody", &right), Opens::UnknownUser);
    }

    #[test]
    fn a_cost_that_takes_for_ever_is_not_paid() {
        let lines = lines(
            "a:$2y$31$ABCDEFGHIJKLMNOPQRSTUuS5tYeDrwGQ8RZg4N1MQmYUvp4cPQIRC\nb:$6$rounds=999999999$salt$x\nc:$1$salt$x",
        );
        for user in ["a", "b", "c"] {
            let opened = opens(&lines, user, &Password::new("x".to_owned()));
            assert!(matches!(opened, Opens::Unknown(_)), "{user}");
        }
        let long = Password::new("x".repeat(100_000));
        assert!(matches!(opens(&lines, "b", &long), Opens::Unknown(_)));
    }

    #[test]
    fn the_last_line_of_a_user_counts() {
        let lines = lines("a:1\na:2\n a : 3 \nno colon\n");
        assert_eq!(
            opens(&lines, "a", &Password::new("2".to_owned())),
            Opens::Yes
        );
        assert_eq!(
            opens(&lines, "a", &Password::new("1".to_owned())),
            Opens::WrongPassword
        );
    }

    #[test]
    fn echo_leaves_a_line_break_in_a_header() {
        let header = basic("Basic dXNlci0xOjEyMzQK").expect("a header");
        assert_eq!(header.user, "user-1");
        assert!(header.password.ends_in_newline());
        assert!(
            !basic("Basic dXNlci0xOjEyMzQ=")
                .expect("a header")
                .password
                .ends_in_newline()
        );
        assert_eq!(basic("Bearer abc"), None);
        assert!(!format!("{header:?}").contains("1234"));
    }
}
