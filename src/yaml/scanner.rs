//! Ordinary documents to the tape, line by line: ten times as fast as the general parser.
//!
//! It reads the block style in which nearly all manifests are written, and JSON. At anything unusual it gives up and
//! leaves the document to the general parser, so it never has to refuse one. What it accepts it must read exactly as the
//! general parser does; tests compare both over real and damaged files.

use std::ops::Range;

use super::tape::Kind;
use super::tape::Tape;
use crate::source::offset;

mod flow;
mod scalar;

/// How deep collections may nest before the general parser decides. It draws its line at a greater depth, so that no
/// document is accepted here and refused there.
const DEPTH: usize = 100;

/// How long a key may be, in bytes. The general parser stops looking for the `:` after 1024 characters.
const KEY: usize = 1000;

/// Adds the document at `range` of `text` to the tape; leaves the tape as it was and says no when the document is
/// unusual.
pub(super) fn read(text: &str, range: Range<usize>, tape: &mut Tape) -> bool {
    let mark = tape.mark();
    let bytes = &text.as_bytes()[..range.end];
    let plain = !is_unusual(&bytes[range.start..]);
    let mut scanner = Scanner::new(bytes, range.start, tape);
    let read = plain && scanner.document().is_some();
    if !read {
        tape.restore(&mark);
    }
    read
}

/// Whether a document has characters that need the general parser: carriage returns, other controls, byte order marks,
/// and what is no character at all.
fn is_unusual(document: &[u8]) -> bool {
    let control = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || byte == 0x7F;
    // No early exit: so the compiler looks at many bytes at once.
    let controls = document
        .iter()
        .fold(false, |found, byte| found | control(*byte));
    controls
        || memchr::memchr2_iter(0xC2, 0xEF, document).any(|at| is_unusual_letter(&document[at..]))
}

/// A C1 control, a byte order mark, U+FFFE or U+FFFF at the start of `rest`.
fn is_unusual_letter(rest: &[u8]) -> bool {
    matches!(
        rest,
        [0xC2, 0x80..=0x9F, ..] | [0xEF, 0xBB, 0xBF, ..] | [0xEF, 0xBF, 0xBE | 0xBF, ..]
    )
}

/// A block collection that is not yet complete.
struct Open {
    /// The index of its cell.
    at: usize,
    mapping: bool,
    /// The column of its keys or dashes, in bytes: before them stand only spaces, dashes and ASCII.
    column: usize,
    /// Whether a key or a dash waits for its value.
    waits: bool,
}

/// `None` everywhere means: unusual, let the general parser decide.
struct Scanner<'t> {
    /// The text up to the end of the document.
    bytes: &'t [u8],
    tape: &'t mut Tape,
    open: Vec<Open>,
    /// What is read next.
    at: usize,
    /// Where the last node or indicator ends.
    cursor: usize,
    /// The root is still to come.
    empty: bool,
}

impl<'t> Scanner<'t> {
    const fn new(bytes: &'t [u8], at: usize, tape: &'t mut Tape) -> Self {
        Self {
            bytes,
            tape,
            open: Vec::new(),
            at,
            cursor: at,
            empty: true,
        }
    }

    fn document(&mut self) -> Option<()> {
        let explicit = self.bytes[self.at..].starts_with(b"---");
        if explicit {
            self.at += 3;
            self.cursor = self.at;
            self.end_line()?;
        }
        while self.at < self.bytes.len() {
            self.line()?;
        }
        while !self.open.is_empty() {
            self.close();
        }
        if self.empty && explicit {
            self.push(Kind::Plain, self.cursor..self.cursor);
        }
        Some(())
    }

    /// One line, and those that belong to its value.
    fn line(&mut self) -> Option<()> {
        let start = self.at;
        self.skip_spaces();
        let column = self.at - start;
        match self.bytes.get(self.at) {
            None => return Some(()),
            Some(b'\n') => {
                self.at += 1;
                return Some(());
            }
            Some(b'#') => {
                self.comment();
                return Some(());
            }
            Some(b'%' | b'.' | b'-') if column == 0 && self.is_mark() => return None,
            Some(_) => {}
        }
        self.dedent(column);
        self.nodes(column)
    }

    /// Whether a directive or a document mark stands at the start of this line.
    fn is_mark(&self) -> bool {
        let rest = &self.bytes[self.at..];
        rest.starts_with(b"%") || rest.starts_with(b"---") || rest.starts_with(b"...")
    }

    /// The nodes that begin on this line, the first of them in `column`.
    fn nodes(&mut self, column: usize) -> Option<()> {
        let mut column = column;
        while self.is_dash() {
            self.item(column)?;
            let dash = self.at;
            self.at += 1;
            self.cursor = self.at;
            if self.ends_line()? {
                return Some(());
            }
            column += self.at - dash;
        }
        if let Some(key) = self.key()? {
            self.entry(column, key.kind, key.place)?;
            self.at = key.colon + 1;
            self.cursor = self.at;
            if self.ends_line()? {
                return Some(());
            }
            return self.value();
        }
        let may_stand = match self.open.last() {
            Some(top) => top.waits && top.column < column,
            None => self.empty,
        };
        may_stand.then(|| self.value())?
    }

    fn is_dash(&self) -> bool {
        matches!(self.bytes[self.at..], [b'-'] | [b'-', b' ' | b'\n', ..])
    }

    /// A dash in `column` begins the next item.
    fn item(&mut self, column: usize) -> Option<()> {
        match self.open.last() {
            Some(top) if !top.mapping && top.column == column => self.fill(),
            // The items of a list under a key may stand in the column of the key.
            Some(top) if top.waits && top.column + usize::from(!top.mapping) <= column => {
                self.begin(Kind::Sequence, column)?;
            }
            None if self.empty => self.begin(Kind::Sequence, column)?,
            _ => return None,
        }
        self.wait();
        Some(())
    }

    /// A key in `column` begins the next entry.
    fn entry(&mut self, column: usize, kind: Kind, place: Range<usize>) -> Option<()> {
        match self.open.last() {
            Some(top) if top.mapping && top.column == column => self.fill(),
            Some(top) if top.waits && top.column < column => self.begin(Kind::Mapping, column)?,
            None if self.empty => self.begin(Kind::Mapping, column)?,
            _ => return None,
        }
        self.push(kind, place);
        self.wait();
        Some(())
    }

    /// Closes what lines in `column` cannot belong to.
    fn dedent(&mut self, column: usize) {
        while let Some(top) = self.open.last() {
            let ends = top.column == column && !top.mapping && !self.is_dash();
            if top.column <= column && !ends {
                break;
            }
            self.close();
        }
    }

    /// Opens a collection whose first key or dash stands here.
    fn begin(&mut self, kind: Kind, column: usize) -> Option<()> {
        if self.open.len() >= DEPTH {
            return None;
        }
        let at = self.push(kind, self.at..self.at);
        self.open.push(Open {
            at,
            mapping: kind == Kind::Mapping,
            column,
            waits: false,
        });
        Some(())
    }

    fn close(&mut self) {
        self.fill();
        if let Some(open) = self.open.pop() {
            self.tape.close(open.at, self.cursor);
        }
    }

    /// Adds a node, which is what the innermost collection waited for.
    fn push(&mut self, kind: Kind, place: Range<usize>) -> usize {
        let at = self.tape.push(kind, place.start, place.end);
        if let Some(top) = self.open.last_mut() {
            top.waits = false;
        }
        if std::mem::take(&mut self.empty) {
            self.tape.roots.push(offset(at));
        }
        at
    }

    fn wait(&mut self) {
        if let Some(top) = self.open.last_mut() {
            top.waits = true;
        }
    }

    /// Adds the value that the innermost collection waits for as one that is left out.
    fn fill(&mut self) {
        if self.open.last().is_some_and(|top| top.waits) {
            self.push(Kind::Plain, self.cursor..self.cursor);
        }
    }

    fn skip_spaces(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().take_while(|byte| **byte == b' ').count();
    }

    /// Skips blanks and a comment; whether the line ends after them. A comment needs a blank before it.
    fn ends_line(&mut self) -> Option<bool> {
        let start = self.at;
        self.skip_spaces();
        match self.bytes.get(self.at) {
            None => Some(true),
            Some(b'\n') => {
                self.at += 1;
                Some(true)
            }
            Some(b'#') if self.at > start => {
                self.comment();
                Some(true)
            }
            Some(b'\t' | b'#') => None,
            Some(_) => Some(false),
        }
    }

    /// What follows a complete value: nothing on its line but a comment.
    fn end_line(&mut self) -> Option<()> {
        self.ends_line()?.then_some(())
    }

    /// Takes the comment that begins here, and goes to the next line.
    fn comment(&mut self) {
        let end = self.line_end();
        self.tape.comments.push((offset(self.at), offset(end)));
        self.at = (end + 1).min(self.bytes.len());
    }

    fn line_end(&self) -> usize {
        memchr::memchr(b'\n', &self.bytes[self.at..])
            .map_or(self.bytes.len(), |found| self.at + found)
    }
}
