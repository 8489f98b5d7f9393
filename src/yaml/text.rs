//! Texts to parse, and where each of their bytes stands in its source.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;

/// A text, and where each of its bytes stands in its source. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Text {
    content: Arc<str>,
    origin: Arc<Origin>,
}

/// How offsets in a text become offsets in its source.
#[derive(Clone, Debug)]
enum Origin {
    /// The text is the source.
    Source(SourceId),
    /// The text was cut out of its source in pieces: block scalars lose their indentation, quoted ones their escapes.
    Pieces(SourceId, Vec<Piece>),
    /// No byte has a place of its own; all stand where the scalar stands.
    Scalar(Span),
    /// Each byte was written as a part of a base64 text.
    Base64(Text, Vec<Line>),
}

/// A stretch of the text from `inner` to the next piece.
#[derive(Clone, Copy, Debug)]
struct Piece {
    inner: u32,
    outer: u32,
    /// 0: the bytes stand one by one. Else the whole piece is one escape that takes so many bytes.
    escape: u32,
}

/// A line of base64: the `letter`th letter of all stands at `at` of the text.
#[derive(Clone, Copy, Debug)]
struct Line {
    letter: u32,
    at: u32,
}

/// The bytes that a base64 scalar stands for, each with its place.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    origin: Arc<Origin>,
}

impl Text {
    /// The whole of `source`, or `None` when it is not UTF-8.
    #[must_use]
    pub fn whole(id: SourceId, source: &Source) -> Option<Self> {
        let content = Arc::clone(source.text()?);
        Some(Self {
            content,
            origin: Arc::new(Origin::Source(id)),
        })
    }

    /// A text all of which stands at `span`.
    #[must_use]
    pub fn at(span: Span, content: impl Into<Arc<str>>) -> Self {
        Self {
            content: content.into(),
            origin: Arc::new(Origin::Scalar(span)),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Where the bytes of `range` (0-based, half open) stand in the source.
    #[must_use]
    pub fn span(&self, range: Range<u32>) -> Span {
        self.origin.span(range)
    }

    /// The source that the text stands in.
    #[must_use]
    pub fn source(&self) -> SourceId {
        self.origin.span(0..0).source
    }

    /// The content of a literal block scalar: `raw` (from its first content byte) with the indentation taken off each
    /// line, which gives `cooked`.
    pub(super) fn literal(outer: &Self, raw: Range<u32>, indent: usize, cooked: &str) -> Self {
        let slice = &outer.as_str()[raw.start as usize..raw.end as usize];
        let mut pieces = Vec::new();
        // Blank lines before the first content byte stand before `raw`; they hold nothing to point at.
        let mut inner = cooked.len() - cooked.trim_start_matches('\n').len();
        let mut at = 0;
        for (number, line) in slice.split_inclusive('\n').enumerate() {
            let skip = if number == 0 {
                0
            } else {
                line.bytes()
                    .take(indent)
                    .take_while(|byte| *byte == b' ')
                    .count()
            };
            pieces.push((inner, at + skip));
            inner += line
                .trim_end_matches(['\r', '\n'])
                .len()
                .saturating_sub(skip)
                + 1;
            at += line.len();
        }
        Self::cut(
            outer,
            raw.start,
            cooked,
            pieces.into_iter().map(|(inner, at)| (inner, at, 0)),
        )
    }

    /// The content of a quoted scalar on one line; `raw` is what stands between the quotes.
    pub(super) fn quoted(outer: &Self, raw: Range<u32>, cooked: &str, double: bool) -> Self {
        let slice = &outer.as_str()[raw.start as usize..raw.end as usize];
        let mut pieces = vec![(0, 0, 0)];
        let (mut at, mut inner) = (0, 0);
        while let Some(letter) = slice[at..].chars().next() {
            let width = escape_width(&slice[at..], double);
            if width == 0 {
                at += letter.len_utf8();
                inner += letter.len_utf8();
                continue;
            }
            let Some(made) = cooked.get(inner..).and_then(|rest| rest.chars().next()) else {
                break;
            };
            pieces.push((inner, at, width));
            at += width;
            inner += made.len_utf8();
            pieces.push((inner, at, 0));
        }
        Self::cut(outer, raw.start, cooked, pieces.into_iter())
    }

    /// The content of a scalar that stands as it is at `raw`.
    pub(super) fn verbatim(outer: &Self, raw: Range<u32>) -> Self {
        let content = outer.as_str()[raw.start as usize..raw.end as usize].to_owned();
        Self::cut(outer, raw.start, &content, std::iter::once((0, 0, 0)))
    }

    /// `cooked`, made of pieces `(inner, offset from base, escape width)` of `outer`.
    fn cut(
        outer: &Self,
        base: u32,
        cooked: &str,
        pieces: impl Iterator<Item = (usize, usize, usize)>,
    ) -> Self {
        let mut source = None;
        let pieces = pieces
            .map(|(inner, at, escape)| {
                let start = base + at as u32;
                let place = outer.span(start..start + (escape.max(1) as u32).min(u32::MAX - start));
                source = Some(place.source);
                let escape = if escape == 0 {
                    0
                } else {
                    place.end - place.start
                };
                Piece {
                    inner: inner as u32,
                    outer: place.start,
                    escape,
                }
            })
            .collect();
        let origin = match (&*outer.origin, source) {
            (Origin::Scalar(span), _) => Origin::Scalar(*span),
            (_, Some(source)) => Origin::Pieces(source, pieces),
            (_, None) => Origin::Scalar(outer.span(base..base)),
        };
        Self {
            content: cooked.into(),
            origin: Arc::new(origin),
        }
    }
}

/// How many bytes the escape at the start of `rest` takes; 0 when there is none.
fn escape_width(rest: &str, double: bool) -> usize {
    let bytes = rest.as_bytes();
    match (bytes, double) {
        ([b'\'', b'\'', ..], false) => 2,
        ([b'\\', b'x', ..], true) => 4,
        // A surrogate pair is one character written as two escapes.
        (
            [
                b'\\',
                b'u',
                b'd' | b'D',
                b'8' | b'9' | b'a' | b'b' | b'A' | b'B',
                ..,
            ],
            true,
        ) => 12,
        ([b'\\', b'u', ..], true) => 6,
        ([b'\\', b'U', ..], true) => 10,
        ([b'\\', _, ..], true) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        _ => 0,
    }
    .min(rest.len())
}

impl Origin {
    fn span(&self, range: Range<u32>) -> Span {
        match self {
            Self::Source(source) => Span::new(*source, range),
            Self::Scalar(span) => *span,
            Self::Pieces(source, pieces) => {
                let start = piece(pieces, range.start).map_or(0, |piece| piece.start(range.start));
                let end = match range.end.checked_sub(1) {
                    Some(last) if range.end > range.start => {
                        piece(pieces, last).map_or(start, |piece| piece.end(last))
                    }
                    _ => start,
                };
                Span::new(*source, start..end.max(start))
            }
            Self::Base64(text, lines) => {
                let letter = |byte: u32| byte / 3 * 4 + byte % 3;
                let start = letter_at(lines, letter(range.start));
                let end = match range.end.checked_sub(1) {
                    Some(last) if range.end > range.start => letter_at(lines, letter(last) + 1) + 1,
                    _ => start,
                };
                let length = text.as_str().len() as u32;
                text.span(start.min(length)..end.min(length).max(start.min(length)))
            }
        }
    }
}

impl Piece {
    const fn start(self, inner: u32) -> u32 {
        if self.escape == 0 {
            self.outer + (inner - self.inner)
        } else {
            self.outer
        }
    }

    const fn end(self, last: u32) -> u32 {
        if self.escape == 0 {
            self.outer + (last - self.inner) + 1
        } else {
            self.outer + self.escape
        }
    }
}

fn piece(pieces: &[Piece], inner: u32) -> Option<Piece> {
    let after = pieces.partition_point(|piece| piece.inner <= inner);
    let piece = *pieces.get(after.saturating_sub(1))?;
    // What stands before the first piece (blank lines of a block scalar) is shown at its start.
    Some(if inner < piece.inner {
        Piece { inner, ..piece }
    } else {
        piece
    })
}

fn letter_at(lines: &[Line], letter: u32) -> u32 {
    let after = lines.partition_point(|line| line.letter <= letter);
    lines
        .get(after.saturating_sub(1))
        .map_or(0, |line| line.at + letter.saturating_sub(line.letter))
}

impl Decoded {
    /// The bytes of `text` as they are.
    #[must_use]
    pub fn plain(text: &Text) -> Self {
        Self {
            bytes: text.as_str().as_bytes().into(),
            origin: Arc::clone(&text.origin),
        }
    }

    /// What `text` stands for in standard base64 (RFC 4648 section 4), white space between the letters allowed as Go's
    /// decoder allows line breaks.
    ///
    /// # Errors
    /// Where in the text, as a byte range, the first fault stands, and what it is.
    pub(super) fn base64(text: &Text) -> Result<Self, (Range<u32>, String)> {
        let mut letters = Vec::with_capacity(text.as_str().len());
        let mut lines: Vec<Line> = Vec::new();
        let mut gap = true;
        for (at, byte) in text.as_str().bytes().enumerate() {
            if byte.is_ascii_whitespace() {
                gap = true;
                continue;
            }
            if gap {
                lines.push(Line {
                    letter: letters.len() as u32,
                    at: at as u32,
                });
                gap = false;
            }
            letters.push(byte);
        }
        let bytes = STANDARD.decode(&letters).map_err(|error| {
            let letter = match error {
                base64::DecodeError::InvalidByte(at, _)
                | base64::DecodeError::InvalidLastSymbol(at, _) => at,
                base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => {
                    letters.len().max(1) - 1
                }
            };
            let mut start = letter_at(&lines, letter as u32) as usize;
            while !text.as_str().is_char_boundary(start) {
                start -= 1;
            }
            let width = text.as_str()[start..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
            (
                start as u32..(start + width) as u32,
                "the value is not base64".to_owned(),
            )
        })?;
        Ok(Self {
            bytes: bytes.into(),
            origin: Arc::new(Origin::Base64(text.clone(), lines)),
        })
    }

    /// Where the bytes of `range` (0-based, half open) were written.
    #[must_use]
    pub fn span(&self, range: Range<u32>) -> Span {
        self.origin.span(range)
    }

    /// The bytes as text; `None` when they are not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let content = std::str::from_utf8(&self.bytes).ok()?.into();
        Some(Text {
            content,
            origin: Arc::clone(&self.origin),
        })
    }
}
