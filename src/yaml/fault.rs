//! What could not be read, in words; and whether kubectl would have read it.

use std::ops::Range;

use serde::Deserialize as _;

use crate::source::Span;
use crate::source::offset;

mod words;

pub(super) use words::Words;
pub(super) use words::words;

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
