//! A string of the configuration, and what substitution leaves open in it.
//!
//! Collector, confmap/resolver.go and confmap/expand.go: `${URI}` is expanded in values (never in keys), innermost
//! first; without a `:` the scheme `env` is put in front; `$$` is a literal `$`; `$VAR` is literal since 0.104.

use std::fmt;
use std::ops::Range;

mod filling;

pub(super) use filling::Filling;

/// How often the Collector fills something in before it gives up (collector, confmap/expand.go).
pub(super) const ROUNDS: usize = 1000;

/// What stands in for an open reference when the text around it is parsed. A private use character, so that no
/// endpoint, path or name can hold it by chance.
pub const OPEN: char = '\u{E000}';

/// A string as written, and the references in it that are filled in only when the Collector starts.
///
/// Not printed by `Debug`: it may be a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Phrase {
    text: String,
    references: Vec<Reference>,
    bare: Vec<Range<usize>>,
}

/// One `${…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands in the text after `$$` became `$`: bytes, 0-based.
    pub range: Range<usize>,
    /// `env`, `file`, `yaml`, `https` …
    pub scheme: String,
    /// What follows the scheme, a default left out: the variable's name, the file's path.
    pub target: String,
    /// What stands after `:-` of an `env` reference.
    pub default: Option<String>,
}

impl Phrase {
    /// Text in which nothing is open, and in which `$` means nothing: of a scalar, before anything is filled in.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            references: Vec::new(),
            bare: Vec::new(),
        }
    }

    /// Reads `raw`, the cooked text of a scalar, and leaves every reference in it open.
    #[must_use]
    pub fn read(raw: &str) -> Self {
        let mut filling = Filling::new(raw);
        for _ in 0..ROUNDS {
            let Some(written) = filling.next() else { break };
            filling.leave(&written);
        }
        filling.finish()
    }

    /// A text of which nothing is known, since the Collector refuses what `raw` asks for.
    pub(super) fn refused(raw: &str) -> Self {
        let mut filling = Filling::new(raw);
        filling.leave(raw);
        filling.finish()
    }

    /// The whole text when nothing is open in it.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.references.is_empty().then_some(self.text.as_str())
    }

    /// The text with its references as they are written; for messages about values that are no secrets.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.text
    }

    /// The first `$VARIABLE` without braces, which has been literal since 0.104; its name. Only names in capitals count:
    /// `$1` and `$name` mean things of their own in patterns and templates.
    #[must_use]
    pub fn bare_variable(&self) -> Option<&str> {
        let first = self.bare.first()?;
        self.text.get(first.start + 1..first.end)
    }

    /// Whole seconds of a Go duration; `None` when it is open or is none.
    #[must_use]
    pub fn seconds(&self) -> Option<u64> {
        let nanoseconds = super::shape::duration(self.known()?).ok()?;
        u64::try_from(nanoseconds / 1_000_000_000).ok()
    }

    /// What is open in it, in order.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Whether the whole text is one reference: such a value may become a map, a list or a number.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        matches!(self.references.as_slice(), [one] if one.range == (0..self.text.len()))
    }

    /// The text with each reference replaced by [`OPEN`], so that what surrounds it can be parsed. So is `$VARIABLE`: older
    /// versions fill it in, and so does whoever prepares the text; taken literally it fits nowhere.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut masked = String::with_capacity(self.text.len());
        let mut from = 0;
        let references = self.references.iter().map(|reference| &reference.range);
        let mut open: Vec<_> = references.chain(&self.bare).collect();
        open.sort_by_key(|range| range.start);
        for range in open {
            masked.push_str(&self.text[from..range.start]);
            masked.push(OPEN);
            from = range.end;
        }
        masked.push_str(&self.text[from..]);
        masked
    }

    /// The text when every reference in it has a default and takes it; `None` when one has none.
    #[must_use]
    pub fn by_default(&self) -> Option<String> {
        let mut filled = String::with_capacity(self.text.len());
        let mut from = 0;
        for reference in &self.references {
            filled.push_str(&self.text[from..reference.range.start]);
            filled.push_str(reference.default.as_deref()?);
            from = reference.range.end;
        }
        filled.push_str(&self.text[from..]);
        Some(filled)
    }

    /// The text when the variables that `value` knows are filled in; `None` when something stays open.
    #[must_use]
    pub fn filled(&self, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let mut filled = String::with_capacity(self.text.len());
        let mut from = 0;
        for reference in self.references.iter() {
            if reference.scheme != "env" {
                return None;
            }
            filled.push_str(&self.text[from..reference.range.start]);
            filled.push_str(&value(&reference.target).or_else(|| reference.default.clone())?);
            from = reference.range.end;
        }
        filled.push_str(&self.text[from..]);
        Some(filled)
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Phrase({} bytes, {} open)",
            self.text.len(),
            self.references.len()
        )
    }
}

impl Reference {
    fn read(inside: &str, range: Range<usize>) -> Self {
        let (scheme, opaque) = inside.split_once(':').unwrap_or(("env", inside));
        let (target, default) = match opaque.split_once(":-") {
            Some((name, default)) if scheme == "env" => (name, Some(default.to_owned())),
            _ => (opaque, None),
        };
        Self {
            range,
            scheme: scheme.to_owned(),
            target: target.to_owned(),
            default,
        }
    }
}

/// The length of the name of an environment variable that `text` starts with: capitals, digits and underscores, at least
/// two.
fn variable(text: &str) -> Option<usize> {
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let length = text.bytes().take_while(|byte| is_name(byte)).count();
    let after = text.as_bytes().get(length);
    let starts = text.starts_with(|first: char| first.is_ascii_uppercase());
    let ends = !after
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"./$".contains(byte) && length > 20);
    (starts && length >= 2 && ends).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_in_a_string() {
        let cases = [
            ("plain", Some("plain"), "plain"),
            ("$HOME", Some("$HOME"), "\u{E000}"),
            (
                "$HOST:${env:PORT}/$PATH",
                None,
                "\u{E000}:\u{E000}/\u{E000}",
            ),
            ("$2y$05$abc", Some("$2y$05$abc"), "$2y$05$abc"),
            ("$$2y$$05", Some("$2y$05"), "$2y$05"),
            ("$${X}", Some("${X}"), "${X}"),
            ("$$${X}", None, "$\u{E000}"),
            ("${X}", None, "\u{E000}"),
            ("${env:HOST}:${env:PORT:-4317}", None, "\u{E000}:\u{E000}"),
            ("${env:${Y}}", None, "\u{E000}"),
            ("${unclosed", Some("${unclosed"), "${unclosed"),
            ("${a ${b} c", None, "${a \u{E000} c"),
            ("$${a ${b}", None, "${a \u{E000}"),
            // Behind an escaped one nothing is filled in.
            ("$${a} ${b}", Some("${a} ${b}"), "${a} ${b}"),
            ("${b} $${a}", None, "\u{E000} ${a}"),
            ("${a ${b} ${c}}} d", None, "\u{E000}} d"),
            ("a$", Some("a$"), "a$"),
        ];
        for (raw, known, masked) in cases {
            let phrase = Phrase::read(raw);
            assert_eq!(phrase.known(), known, "{raw}");
            assert_eq!(phrase.masked(), masked, "{raw}");
        }
    }

    #[test]
    fn defaults_and_given_variables_fill_a_string() {
        let phrase = Phrase::read("${env:HOST:-localhost}:4317");
        assert_eq!(phrase.by_default().as_deref(), Some("localhost:4317"));
        let given = |name: &str| (name == "HOST").then(|| "10.0.0.1".to_owned());
        assert_eq!(phrase.filled(&given).as_deref(), Some("10.0.0.1:4317"));
        assert_eq!(Phrase::read("${env:X}").by_default(), None);
        assert_eq!(Phrase::read("${file:/x}").filled(&|_| None), None);
    }

    #[test]
    fn bare_variables_are_seen() {
        let bare = |raw| Phrase::read(raw).bare_variable().map(str::to_owned);
        assert_eq!(bare("$GATEWAY:4317").as_deref(), Some("GATEWAY"));
        assert_eq!(bare("http://$MY_HOST_2/").as_deref(), Some("MY_HOST_2"));
        for raw in [
            "${GATEWAY}",
            "$$GATEWAY",
            "$1",
            "$2y$05$ABcdef",
            "cost: 5$",
            "$name",
        ] {
            assert_eq!(bare(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_phrase_does_not_print_itself() {
        assert!(!format!("{:?}", Phrase::read("hunter2")).contains("hunter2"));
    }
}
