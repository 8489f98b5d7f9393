//! Whether a password opens an htpasswd line, and what an `Authorization` header really carries. Nothing here prints a
//! password: it lives in [`Password`], which has no way out but a comparison.
//!
//! Contrib, extension/basicauthextension/extension.go and extension/internal/basicauth, which read lines by tg123/go-htpasswd
//! with its default systems: MD5, SHA, bcrypt, salted SHA, crypt's SHA-256 and SHA-512, and everything else as plain text.
//! Measured with that extension of the Collector 0.159.0.

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use md5::Digest;
use sha1::Sha1;
use sha2::Sha256;
use sha2::Sha512;

use super::phrase::Phrase;

mod crypt;
mod md5_crypt;

/// The highest bcrypt cost that is computed here: each step doubles the time, and 12 takes a quarter of a second.
const MAX_COST: u32 = 12;

/// Base 64 as Go reads it: padded, and careless about bits that the last letter has to spare.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

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
    /// `$apr1$`, `$1$`
    Md5,
    /// `{SHA}`
    Sha,
    /// `{SSHA}`
    SaltedSha,
    /// `$5$`
    Sha256,
    /// `$6$`
    Sha512,
}

/// The lines of an htpasswd text; those that the server passes over are left out: without a colon, or with a hash that is
/// none. Comments there are not: what stands behind a `#` is a line for a user of that name.
#[must_use]
pub fn lines(htpasswd: &str) -> Vec<Line> {
    htpasswd
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .filter_map(|(user, hash)| {
            Some(Line {
                user: user.to_owned(),
                scheme: Scheme::of(hash)?,
                hash: Password(hash.to_owned()),
            })
        })
        .collect()
}

impl Scheme {
    /// The first that claims `hash`; `None` when it finds it malformed.
    fn of(hash: &str) -> Option<Self> {
        let bcrypt = ["$2a$", "$2b$", "$2y$", "$2x$"];
        let sha = |encoded| decoded(encoded).map(|bytes| bytes.len());
        if let Some((_, rest)) = md5_parts(hash) {
            rest.contains('$').then_some(Self::Md5)
        } else if let Some(encoded) = hash.strip_prefix("{SHA}") {
            (sha(encoded)? == DIGEST).then_some(Self::Sha)
        } else if bcrypt.into_iter().any(|prefix| hash.starts_with(prefix)) {
            Some(Self::Bcrypt)
        } else if let Some(encoded) = hash.strip_prefix("{SSHA}") {
            (sha(encoded)? >= DIGEST).then_some(Self::SaltedSha)
        } else if let Some(rest) = hash.strip_prefix("$5$") {
            rest.contains('$').then_some(Self::Sha256)
        } else if let Some(rest) = hash.strip_prefix("$6$") {
            rest.contains('$').then_some(Self::Sha512)
        } else {
            Some(Self::Plain)
        }
    }
}

/// Bytes of a SHA-1 digest.
const DIGEST: usize = 20;

/// Prefix and rest of a hash by MD5.
fn md5_parts(hash: &str) -> Option<(&str, &str)> {
    ["$apr1$", "$1$"]
        .into_iter()
        .find_map(|prefix| Some((prefix, hash.strip_prefix(prefix)?)))
}

/// Bytes in base 64, line breaks between them passed over (Go, encoding/base64).
fn decoded(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text.replace(['\r', '\n'], "")).ok()
}

/// Whether `user` and `password` open one of `lines`; of several lines for one user the last counts.
#[must_use]
pub fn opens(lines: &[Line], user: &str, password: &Password) -> Opens {
    let Some(line) = lines.iter().rfind(|line| line.user == user) else {
        return Opens::UnknownUser;
    };
    let (hash, password) = (line.hash.0.as_str(), password.0.as_bytes());
    let fits = match line.scheme {
        Scheme::Plain => {
            let bare = hash.strip_prefix("{PLAIN}").unwrap_or(hash).as_bytes();
            Some(hash.as_bytes() == password || bare == password)
        }
        Scheme::Bcrypt => bcrypt_fits(hash, password),
        Scheme::Md5 => md5_parts(hash).and_then(|(prefix, rest)| {
            let (salt, digest) = rest.split_once('$')?;
            Some(md5_crypt::digest(password, prefix, salt.as_bytes()) == digest)
        }),
        Scheme::Sha => {
            let digest = hash.strip_prefix("{SHA}").and_then(decoded);
            digest.map(|digest| Sha1::digest(password)[..] == digest)
        }
        Scheme::SaltedSha => hash
            .strip_prefix("{SSHA}")
            .and_then(|encoded| salted(encoded, password)),
        Scheme::Sha256 => crypt::fits::<Sha256>(&hash["$5$".len()..], password, crypt::ORDER_256),
        Scheme::Sha512 => crypt::fits::<Sha512>(&hash["$6$".len()..], password, crypt::ORDER_512),
    };
    match fits {
        Some(true) => Opens::Yes,
        Some(false) => Opens::WrongPassword,
        None => {
            Opens::Unknown("the password's hash is of a kind that is not computed here".to_owned())
        }
    }
}

/// What is too short for a hash, or says a cost that there is not, fits nothing (x/crypto, bcrypt `newFromHash`).
fn bcrypt_fits(hash: &str, password: &[u8]) -> Option<bool> {
    const SHORTEST: usize = 59;
    let cost = hash.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
    let Some(cost) = cost.filter(|cost| hash.len() >= SHORTEST && (4..=31).contains(cost)) else {
        return Some(false);
    };
    if cost > MAX_COST {
        return None;
    }
    bcrypt::verify(password, hash).ok()
}

fn salted(encoded: &str, password: &[u8]) -> Option<bool> {
    let bytes = decoded(encoded)?;
    let (digest, salt) = bytes.split_at_checked(DIGEST)?;
    let mut sha = Sha1::new();
    sha1::Digest::update(&mut sha, password);
    sha1::Digest::update(&mut sha, salt);
    Some(sha1::Digest::finalize(sha)[..] == *digest)
}

/// What a `Basic` header carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    /// The user.
    pub user: String,
    /// The password, line break included.
    pub password: Password,
}

/// Reads the value of an `Authorization` header; `None` when it is not `Basic`, exactly one space and base64 of
/// `user:password`, or when there is white space around it, which some transports take away.
#[must_use]
pub fn basic(value: &str) -> Option<Basic> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || value.trim() != value {
        return None;
    }
    let text = String::from_utf8(decoded(encoded)?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Basic {
        user: user.to_owned(),
        password: Password(password.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines made by `htpasswd -nb`, `-nbs`, `-nbB` and `openssl passwd -apr1`, `-1`, `-5`, `-6` for the password `1234`.
    const LINES: &str = "
no colon
plain:1234
braced:{PLAIN}1234
md5:$1$saltsalt$f7LBW3HdNCxweXy3QoJ.A0
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
        let users = [
            "plain", "braced", "md5", "sha", "bcrypt", "apr1", "ssha", "sha256", "sha512",
        ];
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
            "a:$2y$31$ABCDEFGHIJKLMNOPQRSTUuS5tYeDrwGQ8RZg4N1MQmYUvp4cPQIRC\nb:$6$rounds=999999999$salt$x",
        );
        for user in ["a", "b"] {
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
    fn lines_that_are_malformed_are_passed_over() {
        for line in [
            "a:{SHA}abc",
            "a:{SHA}YWJj",
            "a:{SSHA}YWJj",
            "a:$apr1$salt",
            "a:$6$salt",
            "#a:1",
        ] {
            let lines = lines(&format!("a:1234\n{line}"));
            let opened = opens(&lines, "a", &Password::new("1234".to_owned()));
            assert_eq!(opened, Opens::Yes, "{line}");
        }
        let shut = [
            "a:$2y$05$short",
            "a:$2y$03$ABCDEFGHIJKLMNOPQRSTUuUB63TsI0S2GUclpwAxHGfYNoBn5JeOC",
            "a:{SHA256}x",
        ];
        for line in shut {
            let lines = lines(&format!("a:1234\n{line}"));
            let opened = opens(&lines, "a", &Password::new("1234".to_owned()));
            assert_eq!(opened, Opens::WrongPassword, "{line}");
        }
    }

    #[test]
    fn headers_are_read_to_the_letter() {
        for header in ["Basic dToxMjM0", "basic dToxMjM0", "Basic dTox\nMjM0"] {
            assert_eq!(basic(header).map(|basic| basic.user), Some("u".to_owned()));
        }
        for header in [
            "Basic  dToxMjM0",
            "Basic\tdToxMjM0",
            "Basic dToxMjM",
            " Basic dToxMjM0",
        ] {
            assert_eq!(basic(header), None, "{header}");
        }
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
