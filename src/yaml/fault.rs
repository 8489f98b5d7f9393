//! What could not be read, in words; and whether kubectl would have read it.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::ErrorKind;
use serde::Deserialize as _;

use super::DEPTH;
use crate::source::Span;
use crate::source::offset;

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it shows, which need not be where the mistake is.
    pub span: Span,
    /// What is wrong, in the words of a finding.
    pub message: String,
    /// What to do about it, if that is known.
    pub help: Option<String>,
    /// The whole document that has the fault; none of it is read.
    pub document: Span,
    /// Whether kubectl reads the document all the same: it is no YAML 1.2, but libyaml takes it.
    pub accepted_by_kubectl: bool,
}

impl Fault {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
            document: span,
            accepted_by_kubectl: false,
        }
    }
}

/// A fault in words.
pub(super) struct Words {
    pub(super) message: Cow<'static, str>,
    pub(super) help: Option<&'static str>,
}

/// What a refusal of the parser means to whoever wrote the text.
pub(super) fn words(kind: &ErrorKind) -> Words {
    let (message, help) = match kind {
        ErrorKind::MappingValueNotAllowed => (
            "a `: ` stands where no mapping can begin",
            Some(
                "put the value in quotes if the `: ` belongs to it; else check the indentation of this line and the one above",
            ),
        ),
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed => (
            "a tab stands where YAML takes only spaces",
            Some("indent with spaces"),
        ),
        ErrorKind::UnclosedQuotedScalar => ("a quote is never closed", None),
        ErrorKind::UnknownQuotedScalarEscape => (
            "there is no such escape in double quotes",
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        ErrorKind::UnknownAnchor => (
            "this alias names an anchor that does not stand before it in the document",
            Some("put a value that begins with `*` in quotes"),
        ),
        ErrorKind::RecursionLimitExceeded => {
            return Words {
                message: format!("the document nests deeper than {DEPTH} levels").into(),
                help: None,
            };
        }
        ErrorKind::UnexpectedCharacter { character } if matches!(character, '`' | '@' | '%') => {
            return Words {
                message: format!("no value can begin with `{character}`").into(),
                help: Some("put the value in quotes"),
            };
        }
        ErrorKind::ExpectedBlockMappingKey => (
            "this line is neither a key of the mapping it stands in nor a part of the value above",
            Some("check its indentation, and that the key ends in `: `"),
        ),
        ErrorKind::SimpleKeyExpected => (
            "a key is not followed by `: `",
            Some("write a space after the `:`; put text that is no key in quotes"),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::ExpectedBlockSequenceEntry => (
            "a `- ` stands where no list can go on",
            Some("check the indentation of this line and the one above"),
        ),
        ErrorKind::BomInsideDocument => (
            "a byte order mark stands inside a document",
            Some("remove the three bytes EF BB BF, or put `---` after them"),
        ),
        other => {
            return Words {
                message: other.to_string().into(),
                help: None,
            };
        }
    };
    Words {
        message: message.into(),
        help,
    }
}

/// The character at `at`; nothing at the end of a line, or of the text.
pub(super) fn letter(text: &str, at: usize) -> Range<u32> {
    let mut start = at.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let next = text[start..].chars().next();
    let next = next.filter(|letter| !matches!(letter, '\n' | '\r'));
    offset(start)..offset(start + next.map_or(0, char::len_utf8))
}

/// The length past which kubectl is not asked: the answer only softens a finding, and costs 40 ms a megabyte.
const ASKED: usize = 1 << 20;

/// How many opening brackets may be open when kubectl is asked: libyaml takes quadratic time for deep nesting.
const OPEN: usize = 100;

/// Whether libyaml, of which Go's parsers are a translation, reads `document`.
pub(super) fn accepted_by_kubectl(document: &str) -> bool {
    if document.len() > ASKED || brackets(document) > OPEN {
        return false;
    }
    serde_yaml::Deserializer::from_str(document)
        .all(|document| serde::de::IgnoredAny::deserialize(document).is_ok())
}

/// How many brackets are open at once at most, were all of them syntax.
fn brackets(document: &str) -> usize {
    let mut open: usize = 0;
    let mut most = 0;
    for byte in document.bytes() {
        match byte {
            b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}
