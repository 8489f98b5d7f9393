//! Every text that was given, and where things are in it.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::ops::Range;
use std::sync::Arc;

/// Which of the given sources something lies in: its index in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A stretch of bytes in one source, `start..end`; it knows its file.
///
/// Both ends lie on character borders of the source's text. Ordered by source, then by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// Offset of the first byte, 0-based.
    pub start: u32,
    /// Offset of the byte after the last one.
    pub end: u32,
}

impl Span {
    /// The stretch of `range` (bytes, 0-based, half open) in `source`.
    #[must_use]
    pub const fn new(source: SourceId, range: Range<u32>) -> Self {
        Self {
            source,
            start: range.start,
            end: range.end,
        }
    }

    /// Whether `other` lies wholly inside this stretch of the same source.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The smallest stretch that holds both; `self` when they lie in different sources.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        Self {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A value and the place where it was written.
///
/// Two are equal when their values are equal, wherever they stand.
#[derive(Clone, Copy)]
pub struct Spanned<T> {
    /// What was written, as its reader understands it.
    pub value: T,
    /// The scalar that says so.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another reading of its value.
    pub fn map<U>(self, read: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: read(self.value),
            span: self.span,
        }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} at {}..{}",
            self.value, self.span.start, self.span.end
        )
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl Borrow<str> for Spanned<String> {
    fn borrow(&self) -> &str {
        &self.value
    }
}

/// What a source holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// Valid UTF-8, a byte order mark included if there was one.
    Text(Arc<str>),
    /// Anything else: a DER certificate, an image, a text in another encoding.
    Bytes(Arc<[u8]>),
}

/// One file, or standard input.
#[derive(Clone, Debug)]
pub struct Source {
    /// How the user named it: the path as given, with `/`; `-` for standard input.
    pub name: String,
    /// What it holds.
    pub content: Content,
    lines: Vec<u32>,
    origin: Origin,
}

/// Who made a source.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// Somebody wrote it: a file, or standard input.
    Written,
    /// A file that is there and could not be read, and why.
    Unread(String),
    /// A program rendered it.
    Rendered,
    /// A cluster holds it.
    Cluster,
}

/// A place as people and editors count it: both 1-based, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, 1-based.
    pub line: u32,
    /// Column, 1-based, in characters (Unicode scalar values), not bytes.
    pub column: u32,
}

impl Source {
    /// A source of that name; text if `bytes` is UTF-8.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let lines = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', &bytes).map(|at| offset(at + 1)))
            .collect();
        let content = match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text.into()),
            Err(error) => Content::Bytes(error.into_bytes().into()),
        };
        Self {
            name: name.into(),
            content,
            lines,
            origin: Origin::Written,
        }
    }

    /// A source that another program made: no file holds it, so nothing can be mended in it.
    #[must_use]
    pub fn made(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            origin: Origin::Rendered,
            ..Self::new(name, bytes)
        }
    }

    /// An object of a cluster.
    #[must_use]
    pub fn of_cluster(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            origin: Origin::Cluster,
            ..Self::new(name, bytes)
        }
    }

    /// A file that is there and cannot be read, and why.
    #[must_use]
    pub fn unread(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            content: Content::Bytes(Vec::new().into()),
            origin: Origin::Unread(reason.into()),
            ..Self::new(name, Vec::new())
        }
    }

    /// Why it could not be read; `None` where it was.
    #[must_use]
    pub fn unread_reason(&self) -> Option<&str> {
        match &self.origin {
            Origin::Unread(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether a program rendered it: its lines are those of no file.
    #[must_use]
    pub fn is_rendered(&self) -> bool {
        self.origin == Origin::Rendered
    }

    /// Whether it is an object of a cluster.
    #[must_use]
    pub fn is_of_cluster(&self) -> bool {
        self.origin == Origin::Cluster
    }

    /// Whether no file holds it, since another program made it.
    #[must_use]
    pub const fn is_made(&self) -> bool {
        matches!(self.origin, Origin::Rendered | Origin::Cluster)
    }

    /// The text, or `None` when the source is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Bytes(_) => None,
        }
    }

    /// The raw bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// Line and column of the byte at `at`; past the end means the end.
    #[must_use]
    pub fn position(&self, at: u32) -> Position {
        let line = self.lines.partition_point(|start| *start <= at).max(1) - 1;
        let start = self.lines[line] as usize;
        let end = (at as usize).min(self.bytes().len()).max(start);
        let column = match self.text() {
            Some(text) => text
                .get(start..end)
                .map_or(end - start, |head| head.chars().count()),
            None => end - start,
        };
        Position {
            line: offset(line) + 1,
            column: offset(column) + 1,
        }
    }

    /// Where line `line` (0-based) lies, its line break left out; `None` past the last line.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<Range<u32>> {
        let start = *self.lines.get(line as usize)?;
        let end = match self.lines.get(line as usize + 1) {
            Some(next) => next - 1,
            None => offset(self.bytes().len()),
        };
        let carriage_return = end > start && self.bytes()[end as usize - 1] == b'\r';
        Some(start..if carriage_return { end - 1 } else { end })
    }
}

/// All sources of one run, in the order they were given.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// No sources yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `source` and says which one it is.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId(offset(self.0.len() - 1))
    }

    /// The source of that id.
    ///
    /// # Panics
    /// When `id` comes from another `Sources`.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// Every source with its id, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (SourceId, &Source)> {
        self.0
            .iter()
            .enumerate()
            .map(|(at, source)| (SourceId(offset(at)), source))
    }

    /// The text at `span`; empty when its source is not text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let text = self.get(span.source).text();
        text.and_then(|text| text.get(span.start as usize..span.end as usize))
            .unwrap_or_default()
    }

    /// Line and column of the first byte of `span`.
    #[must_use]
    pub fn start(&self, span: Span) -> Position {
        self.get(span.source).position(span.start)
    }

    /// Line and column of the byte after `span`.
    #[must_use]
    pub fn end(&self, span: Span) -> Position {
        self.get(span.source).position(span.end)
    }
}

/// A length or offset as spans keep it. `input` refuses sources of 4 GiB and more, so nothing is lost.
pub(crate) const fn offset(at: usize) -> u32 {
    at as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines_from_one() {
        let source = Source::new("a.yaml", "a: é\nb: ü!".as_bytes().to_vec());
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(5), Position { line: 1, column: 5 });
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.position(11), Position { line: 2, column: 5 });
        assert_eq!(source.position(99), Position { line: 2, column: 6 });
    }

    #[test]
    fn lines_leave_their_breaks_out() {
        let source = Source::new("a.yaml", b"a\r\nbc\n".to_vec());
        assert_eq!(source.line(0), Some(0..1));
        assert_eq!(source.line(1), Some(3..5));
        assert_eq!(source.line(2), Some(6..6));
        assert_eq!(source.line(3), None);
    }
}
