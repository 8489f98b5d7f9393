//! What somebody asks to see under a header, and what he makes of what an exporter shows there. No value is ever put into
//! words: it may be a secret.
//!
//! Sources: contrib, extension/internal/basicauth `ParseBasicAuth`; extension/bearertokenauthextension `Authenticate`, which
//! compares letter by letter; extension/oidcauthextension `Authenticate`, which takes what stands behind one space, whatever
//! stands in front of it, for a JWT. Measured with the Collector 0.159.0.

use super::shown::AUTHORIZATION;
use super::shown::Shown;
use crate::graph::wording::Likeness;
use crate::graph::wording::Wording;
use crate::model::collector::credential;
use crate::model::collector::credential::Line;
use crate::model::collector::credential::Opens;
use crate::model::collector::credential::Password;

/// What somebody asks to see.
#[derive(Debug)]
pub(super) enum Demand {
    /// A user and a password, as `Basic` in `Authorization`.
    Basic {
        /// The pairs; `None` when they were not given.
        lines: Option<Vec<Line>>,
        /// Whether those are all.
        is_whole: bool,
    },
    /// One of these texts, letter by letter.
    Text {
        /// The header.
        header: String,
        /// What stands in front of the token in all of them; `None`: nothing, or it is open.
        scheme: Option<String>,
        /// The texts.
        values: Vec<Wording>,
    },
    /// A JWT.
    Jwt {
        /// The header.
        header: String,
        /// What has to stand in front of it, a space included; `None`: any word.
        prefix: Option<String>,
    },
    /// Something that is not judged; why, in words.
    Open(&'static str),
}

/// What is made of what is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Opinion {
    /// It is taken.
    Taken,
    /// It is refused; why, in words that begin with who refuses.
    Refused(String),
    /// That cannot be told; why, in words.
    Open(String),
}

impl Demand {
    /// The header that it looks at.
    pub(super) fn header(&self) -> &str {
        match self {
            Self::Text { header, .. } | Self::Jwt { header, .. } => header,
            Self::Basic { .. } | Self::Open(_) => AUTHORIZATION,
        }
    }

    /// What to do about a refusal.
    pub(super) const fn advice(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "give both sides the same user and password",
            Self::Text { .. } => "give both sides the same header, scheme and token",
            Self::Jwt { .. } => {
                "let the exporter send a JWT of that issuer, for instance by `oauth2client`"
            }
            Self::Open(_) => "let the exporter send what is asked for",
        }
    }

    /// What `who`, who demands it, makes of `shown`.
    pub(super) fn judge(&self, shown: &Shown, who: &str) -> Opinion {
        if let Self::Open(why) = self {
            return Opinion::Open((*why).to_owned());
        }
        if let Shown::Open(why) = shown {
            return Opinion::Open((*why).to_owned());
        }
        let Some(text) = shown.text() else {
            return Opinion::Refused(self.missed(who, matches!(shown, Shown::Gone(_))));
        };
        if text
            .known()
            .is_some_and(|text| text.ends_with(['\n', '\r']))
        {
            return Opinion::Refused(
                "the credentials end in a line break, which no header may hold".to_owned(),
            );
        }
        // What a header is without the spaces around it, which only some take away.
        if text.known().is_some_and(|text| text.trim() != text) {
            return Opinion::Open("white space around the credentials may get lost".to_owned());
        }
        match self {
            Self::Basic { lines, is_whole } => {
                let lines = lines.as_deref().map(|lines| (lines, *is_whole));
                pair(lines, shown, &text, who)
            }
            Self::Text { scheme, values, .. } => among(values, scheme.as_deref(), &text, who),
            Self::Jwt { prefix, .. } => jwt(prefix.as_deref(), &text, who),
            Self::Open(why) => Opinion::Open((*why).to_owned()),
        }
    }

    /// What is said when nothing stands under the header; `is_gone` when a proxy took it away.
    fn missed(&self, who: &str, is_gone: bool) -> String {
        let header = self.header();
        if is_gone {
            format!("{who} asks for credentials in `{header}`, which is taken away in front of it")
        } else if matches!(self, Self::Jwt { .. }) {
            format!("{who} asks for a JWT in `{header}`, and this exporter sends none")
        } else if header.eq_ignore_ascii_case(AUTHORIZATION) {
            format!("{who} asks for credentials, and this exporter sends none")
        } else {
            format!("{who} asks for a token in `{header}`, and this exporter sends no such header")
        }
    }
}

/// Whether a pair opens one of `lines`, and whether those are all.
fn pair(lines: Option<(&[Line], bool)>, shown: &Shown, text: &Wording, who: &str) -> Opinion {
    if text.lacks("Basic ", true) {
        return other_kind(who, "a user and a password", text);
    }
    let pair = match shown {
        Shown::Pair { user, password, .. } => user.known().map(|user| {
            let password = password.known().map(str::to_owned).map(Password::new);
            (user.to_owned(), password)
        }),
        _ => {
            let basic = text.known().map(credential::basic);
            if let Some(None) = basic {
                return Opinion::Refused(format!("{who} cannot read these credentials"));
            }
            let basic = basic.flatten();
            basic.map(|basic| (basic.user, Some(basic.password)))
        }
    };
    let Some(((lines, is_whole), (user, password))) = lines.zip(pair) else {
        return Opinion::Open(UNKNOWN.to_owned());
    };
    let unknown =
        |why: String| Opinion::Refused(format!("{who} does not know these credentials: {why}"));
    let Some(password) = password else {
        let is_unknown = is_whole && lines.iter().all(|line| line.user != user);
        return match is_unknown {
            true => unknown(format!("no line is for the user `{user}`")),
            false => Opinion::Open(UNKNOWN.to_owned()),
        };
    };
    match credential::opens(lines, &user, &password) {
        Opens::Yes => Opinion::Taken,
        Opens::WrongPassword => unknown(format!("`{user}` has another password there")),
        Opens::UnknownUser if is_whole => unknown(format!("no line is for the user `{user}`")),
        Opens::UnknownUser => Opinion::Open(UNKNOWN.to_owned()),
        Opens::Unknown(why) => Opinion::Open(why),
    }
}

/// Why it is open whether credentials fit.
const UNKNOWN: &str = "whether the credentials fit was not given";

/// Whether `text` is one of `values`, which all begin with `scheme`.
fn among(values: &[Wording], scheme: Option<&str>, text: &Wording, who: &str) -> Opinion {
    let mut is_open = values.is_empty();
    for value in values {
        match value.compare(text) {
            Likeness::Same => return Opinion::Taken,
            Likeness::Open => is_open = true,
            Likeness::Different => {}
        }
    }
    if is_open {
        return Opinion::Open(UNKNOWN.to_owned());
    }
    let front = scheme.map(|scheme| format!("{scheme} "));
    if let Some((scheme, front)) = scheme
        .zip(front)
        .filter(|(_, front)| text.lacks(front, false))
    {
        if !text.lacks(&front, true) {
            return Opinion::Refused(format!(
                "{who} compares letter by letter, and this exporter writes `{scheme}` in other letters"
            ));
        }
        return other_kind(who, &format!("`{scheme}` and a token"), text);
    }
    Opinion::Refused(format!("{who} does not know this token"))
}

/// Whether what stands behind `prefix`, else behind any word, may be a JWT: three parts, all in base64 for URLs.
fn jwt(prefix: Option<&str>, text: &Wording, who: &str) -> Opinion {
    let wrong = || other_kind(who, "a JWT", text);
    let is_basic = text
        .head()
        .get(..6)
        .is_some_and(|head| head.eq_ignore_ascii_case("Basic "));
    if is_basic || prefix.is_some_and(|prefix| text.lacks(prefix, false)) {
        return wrong();
    }
    let Some(known) = text.known() else {
        return Opinion::Open("whether the token is taken was not given".to_owned());
    };
    let token = match prefix {
        Some(prefix) => known.strip_prefix(prefix),
        None => known.split_once(' ').map(|(_, token)| token),
    };
    let is_part = |part: &str| {
        let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || b"-_".contains(&letter);
        !part.is_empty() && part.bytes().all(is_letter)
    };
    let parts = token.map(|token| token.split('.').map(is_part).collect::<Vec<bool>>());
    if parts.as_deref() == Some(&[true; 3]) {
        return Opinion::Open("whether the JWT is taken is not judged".to_owned());
    }
    Opinion::Refused(format!(
        "{who} asks for a JWT, and what this exporter sends is none"
    ))
}

fn other_kind(who: &str, wanted: &str, text: &Wording) -> Opinion {
    Opinion::Refused(format!(
        "{who} asks for {wanted}, and this exporter sends {}",
        kind(text)
    ))
}

/// What `text` is, by its scheme, if that is a known one.
fn kind(text: &Wording) -> String {
    const SCHEMES: [&str; 5] = ["Basic", "Bearer", "Digest", "ApiKey", "Token"];
    let word = text.head().split_once(' ').map(|(word, _)| word);
    let scheme = SCHEMES
        .into_iter()
        .find(|scheme| word.is_some_and(|word| word.eq_ignore_ascii_case(scheme)));
    scheme.map_or_else(
        || "something else".to_owned(),
        |scheme| format!("`{scheme}`"),
    )
}
