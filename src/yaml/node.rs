//! One node of a stream: what it says, and where.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::Dialect;
use super::Shape;
use super::Style;
use super::cook;
use super::decoded;
use super::decoded::Decoded;
use super::fault::Fault;
use super::scalar;
use super::scalar::Scalar;
use super::stream::Stream;
use super::tape::Cell;
use super::tape::Kind;
use super::tape::Tag;
use super::text::Text;
use crate::source::Span;
use crate::source::Spanned;

mod entries;
mod refusal;

pub use entries::below;
pub use entries::list;

/// One node, aliases followed. Cheap to copy; borrows its stream.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    stream: &'t Arc<Stream>,
    at: u32,
    dialect: Dialect,
}

/// A node that owns its stream together with all others.
#[derive(Clone)]
pub struct Tree {
    stream: Arc<Stream>,
    at: u32,
    dialect: Dialect,
}

impl Tree {
    /// The node.
    #[must_use]
    pub const fn node(&self) -> Node<'_> {
        Node {
            stream: &self.stream,
            at: self.at,
            dialect: self.dialect,
        }
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node().fmt(f)
    }
}

/// Names the place only: what stands there may be secret.
impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = self.span();
        write!(f, "{:?} at {}..{}", self.shape(), span.start, span.end)
    }
}

impl<'t> Node<'t> {
    pub(super) const fn new(stream: &'t Arc<Stream>, at: u32, dialect: Dialect) -> Self {
        Self {
            stream,
            at,
            dialect,
        }
    }

    /// The cell that stands here, perhaps an alias.
    pub(super) fn own(self) -> Cell {
        self.stream.tape.cells[self.at as usize]
    }

    /// The index of the cell that is meant here.
    fn meant(self) -> u32 {
        let own = self.own();
        if own.kind == Kind::Alias {
            own.link
        } else {
            self.at
        }
    }

    fn cell(self) -> Cell {
        self.stream.tape.cells[self.meant() as usize]
    }

    fn span_of(self, cell: &Cell) -> Span {
        self.stream.text.span(cell.start..cell.end)
    }

    /// Where the node stands here: of an alias the alias, of a quoted scalar its quotes too, of a block scalar from
    /// its first character to its last, of a value that is left out an empty stretch just after its `:` or `-`.
    #[must_use]
    pub fn span(self) -> Span {
        self.span_of(&self.own())
    }

    /// Of an alias, where the anchored value stands.
    #[must_use]
    pub fn anchored(self) -> Option<Span> {
        (self.own().kind == Kind::Alias).then(|| self.span_of(&self.cell()))
    }

    /// What kind of node it is.
    #[must_use]
    pub fn shape(self) -> Shape {
        let cell = self.cell();
        match cell.kind {
            Kind::Mapping => Shape::Mapping,
            Kind::Sequence => Shape::Sequence,
            _ if self.is_null(&cell) => Shape::Null,
            _ => Shape::Scalar,
        }
    }

    fn is_null(self, cell: &Cell) -> bool {
        match (cell.tag, cell.kind) {
            (Tag::Null, _) => true,
            (Tag::None, Kind::Plain) => {
                let raw = &self.stream.text.as_str()[cell.start as usize..cell.end as usize];
                scalar::is_null(raw)
            }
            _ => false,
        }
    }

    /// How a scalar is written; plain for anything else.
    #[must_use]
    pub fn style(self) -> Style {
        match self.cell().kind {
            Kind::Single => Style::Single,
            Kind::Double => Style::Double,
            Kind::Literal => Style::Literal,
            Kind::Folded => Style::Folded,
            _ => Style::Plain,
        }
    }

    /// The same node, it and all below it read in another dialect.
    #[must_use]
    pub const fn with(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The dialect it is read in.
    #[must_use]
    pub const fn dialect(self) -> Dialect {
        self.dialect
    }

    /// The text of a scalar, quotes and escapes resolved, whatever type it has; empty for collections.
    #[must_use]
    pub fn text(self) -> Cow<'t, str> {
        cook::cook(self.stream.text.as_str(), &self.cell())
    }

    /// What a scalar says in the node's dialect; collections say nothing.
    #[must_use]
    pub fn scalar(self) -> Scalar<'t> {
        let cell = self.cell();
        match (cell.kind, cell.tag) {
            (Kind::Mapping | Kind::Sequence | Kind::Alias, _) => Scalar::Null,
            (Kind::Plain, Tag::None) => scalar::resolve(self.text(), self.dialect),
            (Kind::Plain, Tag::Bare) if self.dialect == Dialect::Collector => {
                scalar::resolve(self.text(), self.dialect)
            }
            (_, Tag::Binary) => Scalar::String(binary(self.text())),
            (_, tag) => scalar::tagged(tag, self.text(), self.dialect),
        }
    }

    /// A string; `None` when it is anything else, a number or a truth value included.
    #[must_use]
    pub fn string(self) -> Option<Spanned<String>> {
        match self.scalar() {
            Scalar::String(text) => Some(Spanned::new(text.into_owned(), self.span())),
            _ => None,
        }
    }

    /// A whole number of 64 signed bits. For Kubernetes `1e3` is one, too: the API server sees JSON's 1000.
    #[must_use]
    pub fn integer(self) -> Option<Spanned<i64>> {
        let value = match self.scalar() {
            Scalar::Int(value) => i64::try_from(value).ok()?,
            Scalar::Float(value) if self.dialect == Dialect::Kubernetes && is_whole(value) => {
                value as i64
            }
            _ => return None,
        };
        Some(Spanned::new(value, self.span()))
    }

    /// A truth value.
    #[must_use]
    pub fn boolean(self) -> Option<Spanned<bool>> {
        match self.scalar() {
            Scalar::Bool(value) => Some(Spanned::new(value, self.span())),
            _ => None,
        }
    }

    /// The string under `key`.
    #[must_use]
    pub fn string_at(self, key: &str) -> Option<Spanned<String>> {
        self.get(key)?.string()
    }

    /// The whole number under `key`.
    #[must_use]
    pub fn integer_at(self, key: &str) -> Option<Spanned<i64>> {
        self.get(key)?.integer()
    }

    /// The truth value under `key`.
    #[must_use]
    pub fn boolean_at(self, key: &str) -> Option<Spanned<bool>> {
        self.get(key)?.boolean()
    }

    /// The strings of the sequence under `key`; what is no string is left out.
    #[must_use]
    pub fn strings_at(self, key: &str) -> Vec<Spanned<String>> {
        let list = self.get(key).into_iter();
        list.flat_map(Self::items)
            .filter_map(Self::string)
            .collect()
    }

    /// The stream that it is a part of.
    #[must_use]
    pub const fn stream(self) -> &'t Arc<Stream> {
        self.stream
    }

    /// A handle that does not borrow.
    #[must_use]
    pub fn keep(self) -> Tree {
        Tree {
            stream: Arc::clone(self.stream),
            at: self.at,
            dialect: self.dialect,
        }
    }

    /// The text of a scalar as something to parse, whose spans are those of the source.
    #[must_use]
    pub fn inner(self) -> Text {
        let text = &self.stream.text;
        let (cooked, map) = cook::mapped(text.as_str(), &self.cell());
        Text::inside(cooked, text.origin().clone(), map)
    }

    /// The bytes that a base64 scalar says, each with its place.
    ///
    /// # Errors
    /// At the first character that does not belong.
    pub fn decoded(self) -> Result<Decoded, Fault> {
        Decoded::base64(&self.inner())
    }
}

/// Whether a number has no fraction and is small enough for a float to say it exactly.
fn is_whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() <= (1_u64 << f64::MANTISSA_DIGITS) as f64
}

/// What a `!!binary` scalar says; as it is where that is no text.
fn binary(text: Cow<'_, str>) -> Cow<'_, str> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let bytes = decoded::bytes(&digits).ok();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(decoded) => Cow::Owned(decoded),
        None => text,
    }
}
