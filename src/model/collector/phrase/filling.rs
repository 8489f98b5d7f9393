//! A string on its way from what is written to what the Collector decodes, one `${…}` after the other.
//!
//! Source: collector, confmap/expand.go `findURI`, `findAndExpandURI`; confmap/resolver.go `escapeDollarSigns`.

use std::ops::Range;

use super::Phrase;
use super::Reference;

/// Around the number of a reference that stays open: noncharacters of Unicode, which no text may hold.
const MARKS: [char; 2] = ['\u{FDD0}', '\u{FDD1}'];

/// A string that is being filled in.
pub(in crate::model::collector) struct Filling {
    text: String,
    /// What stays open, as it is written, by number.
    open: Vec<String>,
}

impl Filling {
    /// The string as it is written.
    pub(in crate::model::collector) fn new(raw: &str) -> Self {
        Self {
            text: raw.replace(MARKS, ""),
            open: Vec::new(),
        }
    }

    /// The `${…}` that is filled in next, as the text has it; `None` when none is left. The first `}` ends it, so it is an
    /// innermost one. One behind an odd number of `$` is escaped, and so is all that follows it.
    pub(in crate::model::collector) fn next(&self) -> Option<String> {
        let mut from = 0;
        loop {
            let close = from + self.text.get(from..)?.find('}')?;
            let Some(open) = self.text[from..close].rfind("${") else {
                from = close + 1;
                continue;
            };
            let before = self.text[from..from + open].bytes().rev();
            let dollars = before.take_while(|byte| *byte == b'$').count();
            return dollars
                .is_multiple_of(2)
                .then(|| self.text[from + open..=close].to_owned());
        }
    }

    /// How long the text is by now, in bytes.
    pub(in crate::model::collector) const fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether the whole text is `written`.
    pub(in crate::model::collector) fn is_only(&self, written: &str) -> bool {
        self.text == written
    }

    /// Whether something in `written` stays open, so that nobody knows what it asks for.
    pub(in crate::model::collector) fn is_open(written: &str) -> bool {
        written.contains(MARKS)
    }

    /// Leaves `written` open, wherever it stands.
    pub(in crate::model::collector) fn leave(&mut self, written: &str) {
        let mark = format!("{}{}{}", MARKS[0], self.open.len(), MARKS[1]);
        self.text = self.text.replace(written, &mark);
        let written = self.restored(written);
        self.open.push(written);
    }

    /// Puts `content` where `written` stands.
    pub(in crate::model::collector) fn put(&mut self, written: &str, content: &str) {
        self.text = self.text.replace(written, content);
    }

    /// The string once nothing is left to fill in.
    pub(in crate::model::collector) fn finish(self) -> Phrase {
        let mut phrase = Phrase::literal("");
        let mut rest = self.text.as_str();
        while let Some((known, number, after)) = marked(rest) {
            phrase.push_literal(known);
            if let Some(written) = self.open.get(number) {
                phrase.push_open(written);
            }
            rest = after;
        }
        phrase.push_literal(rest);
        phrase
    }

    /// `text` with the references that it holds as they are written.
    fn restored(&self, mut text: &str) -> String {
        let mut restored = String::with_capacity(text.len());
        while let Some((known, number, after)) = marked(text) {
            restored.push_str(known);
            restored.push_str(self.open.get(number).map_or("", String::as_str));
            text = after;
        }
        restored.push_str(text);
        restored
    }
}

/// What stands before the first mark of `text`, its number, and what stands behind it.
fn marked(text: &str) -> Option<(&str, usize, &str)> {
    let (known, rest) = text.split_once(MARKS[0])?;
    let (number, after) = rest.split_once(MARKS[1])?;
    Some((known, number.parse().ok()?, after))
}

impl Phrase {
    /// Appends text in which `$$` is a literal `$`.
    fn push_literal(&mut self, mut rest: &str) {
        while let Some(at) = rest.find('$') {
            self.text.push_str(&rest[..at]);
            self.text.push('$');
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("$$") {
                rest = after;
            } else {
                rest = &rest[1..];
                let start = self.text.len();
                let name = super::variable(rest);
                self.bare
                    .extend(name.map(|length| start - 1..start + length));
            }
        }
        self.text.push_str(rest);
    }

    /// Appends a `${…}` that stays open.
    fn push_open(&mut self, written: &str) {
        let start = self.text.len();
        self.text.push_str(written);
        let range: Range<usize> = start..self.text.len();
        let inside = written
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'));
        self.references
            .push(Reference::read(inside.unwrap_or(written), range));
    }
}
