//! A text, and where each of its bytes stands in the file it comes from.

use std::ops::Range;
use std::sync::Arc;

use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::offset;

/// A text to parse, and where each of its bytes stands in its source. Cheap to clone.
///
/// Either a whole source, or what a scalar of another text says: then its spans are still those of the source.
#[derive(Clone, Debug)]
pub struct Text {
    content: Arc<str>,
    origin: Origin,
}

impl Text {
    /// All of `source`, whose id is `id`; `None` when it is not UTF-8.
    #[must_use]
    pub fn whole(id: SourceId, source: &Source) -> Option<Self> {
        let content = Arc::clone(source.text()?);
        let origin = Origin::Source(id);
        Some(Self { content, origin })
    }

    /// What was read from another text by way of `map`.
    pub(super) fn inside(content: String, outer: Origin, map: Map) -> Self {
        Self::of(content, Origin::inside(outer, map))
    }

    pub(super) fn of(content: impl Into<Arc<str>>, origin: Origin) -> Self {
        let content = content.into();
        Self { content, origin }
    }

    /// The text itself: escapes resolved, lines folded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Where the bytes `range` (0-based, half open) of this text stand in the source.
    ///
    /// What lies past the end means the end. Of an escape or a folded line break, all of it is meant.
    #[must_use]
    pub fn span(&self, range: Range<u32>) -> Span {
        let length = offset(self.content.len());
        let start = range.start.min(length);
        self.origin.span(start..range.end.clamp(start, length))
    }

    /// The bytes `range` as a text of their own, whose places stay those of the source; `None` when the range cuts a
    /// character or goes past the end.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        let content = self.content.get(range.clone())?.to_owned();
        let mut map = Map::new(offset(range.start));
        map.push(
            offset(content.len()),
            offset(range.start)..offset(range.end),
        );
        Some(Self::inside(content, self.origin.clone(), map))
    }

    /// The same text in which `edits`, bytes of it in order, say something else: what is replaced is the place of what stands
    /// there instead.
    #[must_use]
    pub fn with(&self, edits: &[(Range<usize>, String)]) -> Self {
        let written = &*self.content;
        let mut map = Map::new(0);
        let mut content = String::with_capacity(written.len());
        let mut from = 0;
        for (range, text) in edits {
            let kept = written.get(from..range.start).unwrap_or_default();
            map.push(offset(kept.len()), offset(from)..offset(range.start));
            map.push(offset(text.len()), offset(range.start)..offset(range.end));
            content.push_str(kept);
            content.push_str(text);
            from = range.end;
        }
        let rest = written.get(from..).unwrap_or_default();
        map.push(offset(rest.len()), offset(from)..offset(written.len()));
        content.push_str(rest);
        Self::inside(content, self.origin.clone(), map)
    }

    /// The source that the text comes from.
    #[must_use]
    pub fn source(&self) -> SourceId {
        self.origin.source()
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// Where a text comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// It is all of a source.
    Source(SourceId),
    /// It was read from a stretch of another text.
    Inside(Arc<(Self, Map)>),
}

impl Origin {
    pub(super) fn inside(outer: Self, map: Map) -> Self {
        Self::Inside(Arc::new((outer, map)))
    }

    pub(super) fn span(&self, range: Range<u32>) -> Span {
        let mut range = range;
        let mut origin = self;
        loop {
            match origin {
                Self::Source(id) => return Span::new(*id, range),
                Self::Inside(inside) => {
                    range = inside.1.outer(&range);
                    origin = &inside.0;
                }
            }
        }
    }

    fn source(&self) -> SourceId {
        let mut origin = self;
        loop {
            match origin {
                Self::Source(id) => return *id,
                Self::Inside(inside) => origin = &inside.0,
            }
        }
    }
}

/// From the bytes of an inner text to those of the text around it.
#[derive(Clone, Debug)]
pub(super) struct Map {
    pieces: Vec<Piece>,
    /// How far the inner side of the pieces reaches.
    length: u32,
    /// Where the inner text would stand if it has no bytes at all.
    empty: u32,
    unit: Unit,
}

/// What the inner side of the pieces counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// The bytes of the inner text.
    Bytes,
    /// The base64 characters from which the inner bytes were made: four of them are three bytes.
    Base64,
}

/// A run of the inner text, and the stretch of the outer one that says it.
#[derive(Clone, Copy, Debug)]
struct Piece {
    inner: u32,
    start: u32,
    end: u32,
}

impl Map {
    /// A map without pieces; `empty` is the place of a text of no bytes.
    pub(super) const fn new(empty: u32) -> Self {
        Self {
            pieces: Vec::new(),
            length: 0,
            empty,
            unit: Unit::Bytes,
        }
    }

    /// The same map, its pieces taken as runs of base64 characters.
    pub(super) const fn base64(mut self) -> Self {
        self.unit = Unit::Base64;
        self
    }

    /// The next `length` bytes of the inner text are said by `outer`.
    ///
    /// Of equal lengths they correspond byte for byte.
    pub(super) fn push(&mut self, length: u32, outer: Range<u32>) {
        if length == 0 {
            return;
        }
        let inner = self.length;
        self.length += length;
        if let Some(last) = self.pieces.last_mut() {
            let verbatim = inner - last.inner == last.end - last.start;
            if verbatim && length == outer.end - outer.start && last.end == outer.start {
                last.end = outer.end;
                return;
            }
        }
        self.pieces.push(Piece {
            inner,
            start: outer.start,
            end: outer.end,
        });
    }

    fn outer(&self, range: &Range<u32>) -> Range<u32> {
        let range = match self.unit {
            Unit::Bytes => range.clone(),
            Unit::Base64 => {
                let start = scaled(u64::from(range.start) * 4 / 3);
                let end = scaled((u64::from(range.end) * 4).div_ceil(3));
                start..if range.is_empty() { start } else { end }
            }
        };
        let start = self.start(range.start);
        if range.is_empty() {
            return start..start;
        }
        start..self.end(range.end).max(start)
    }

    /// Where the inner byte `at` begins.
    fn start(&self, at: u32) -> u32 {
        if at >= self.length {
            return self.pieces.last().map_or(self.empty, |piece| piece.end);
        }
        self.place(at, |piece| piece.start)
    }

    /// Where the inner byte before `at`, which is not 0, ends.
    fn end(&self, at: u32) -> u32 {
        let last = at.min(self.length).saturating_sub(1);
        self.place(last, |piece| piece.end.saturating_sub(1)) + 1
    }

    /// The outer place of the inner byte `at`: exact in a verbatim piece, else what `whole` says of the piece.
    fn place(&self, at: u32, whole: impl Fn(&Piece) -> u32) -> u32 {
        let index = self.pieces.partition_point(|piece| piece.inner <= at);
        let Some(piece) = index
            .checked_sub(1)
            .and_then(|index| self.pieces.get(index))
        else {
            return self.empty;
        };
        let next = self
            .pieces
            .get(index)
            .map_or(self.length, |next| next.inner);
        if next - piece.inner == piece.end - piece.start {
            piece.start + (at - piece.inner)
        } else {
            whole(piece)
        }
    }
}

/// Saturates: a base64 text as long as spans can say decodes to less, so nothing real is lost.
fn scaled(at: u64) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
