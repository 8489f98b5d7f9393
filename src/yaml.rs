//! Text to trees that know their spans.
//!
//! A [`Stream`] holds all documents of one [`Text`] as a tape; a [`Node`] is a view into it, a [`Tree`] a view that may
//! be kept. A text may stand inside another file (a block scalar, a quoted string, base64): its nodes carry spans of the
//! outer file from birth, so nobody after this module knows that embedding exists.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::source::Span;
use crate::source::Spanned;

mod scalar;
mod tape;
mod text;

pub use scalar::Dialect;
pub use scalar::Scalar;
pub use scalar::resolve;
pub use text::Decoded;
pub use text::Text;

use tape::Entry;
use tape::Kind;
use tape::Typed;

/// How many merges (`<<`) are followed one inside the other; anchors name what stands before them, so a chain this long
/// is written on purpose.
const MAX_MERGES: u8 = 16;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `word`.
    Plain,
    /// `'word'`.
    Single,
    /// `"word"`.
    Double,
    /// `|`, its content indented by so many columns.
    Literal(u8),
    /// `>`.
    Folded,
}

/// What a node is, its scalar read in the node's dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `null`, `~` or nothing.
    Null,
    /// Any other scalar.
    Scalar,
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
}

impl Shape {
    /// Whether there is a text to read.
    #[must_use]
    pub const fn is_scalar(self) -> bool {
        matches!(self, Self::Scalar)
    }
}

/// Why a document, or a value inside it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it went wrong.
    pub span: Span,
    range: Range<u32>,
    document: Range<u32>,
    /// What went wrong, in the words of the parser.
    pub message: String,
    /// Whether kubectl's reader, which is more lenient, takes the document all the same.
    pub accepted_by_kubectl: bool,
}

/// All documents of one text.
#[derive(Debug)]
pub struct Stream {
    text: Text,
    dialect: Dialect,
    entries: Vec<Entry>,
    /// The values of scalars that do not stand in the text as they are, by index.
    cooked: Vec<(u32, Box<str>)>,
    roots: Vec<u32>,
    comments: Vec<Range<u32>>,
    faults: Vec<Fault>,
}

/// Reads all documents of `text`, to be understood as `dialect` does. Never fails: a document that does not parse is a
/// [`Fault`], and reading goes on at the next `---`.
#[must_use]
pub fn parse(text: Text, dialect: Dialect) -> Arc<Stream> {
    tape::read(text, dialect)
}

impl Stream {
    /// The root of each document that holds anything, in order.
    pub fn documents(self: &Arc<Self>) -> impl Iterator<Item = Node<'_>> {
        let nodes = self
            .roots
            .iter()
            .map(|root| Node::new(self, *root, self.dialect));
        nodes.filter(|node| node.shape() != Shape::Null)
    }

    /// What could not be read, in order.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Where each faulty document stands, whole; in the order of [`faults`](Self::faults).
    pub fn unread(&self) -> impl Iterator<Item = Span> {
        self.faults
            .iter()
            .map(|fault| self.text.span(fault.document.clone()))
    }

    /// Every comment, from its `#` to the end of its line, in order.
    pub fn comments(&self) -> impl Iterator<Item = Span> {
        self.comments
            .iter()
            .map(|range| self.text.span(range.clone()))
    }

    /// The text that was read.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.text
    }
}

/// One node, aliases followed; a view that is copied freely.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    stream: &'t Arc<Stream>,
    /// The node itself; of an alias the node that it names.
    at: u32,
    /// The node as it is written here; of an alias the alias.
    written: u32,
    dialect: Dialect,
}

/// A node that may be kept: it owns its share of the stream.
#[derive(Clone)]
pub struct Tree {
    stream: Arc<Stream>,
    at: u32,
    written: u32,
    dialect: Dialect,
}

impl Tree {
    /// The node.
    #[must_use]
    pub fn node(&self) -> Node<'_> {
        Node {
            stream: &self.stream,
            at: self.at,
            written: self.written,
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
    fn new(stream: &'t Arc<Stream>, written: u32, dialect: Dialect) -> Self {
        let mut at = written;
        while let Some(entry) = stream
            .entries
            .get(at as usize)
            .filter(|entry| entry.kind == Kind::Alias)
        {
            at = entry.next;
        }
        Self {
            stream,
            at,
            written,
            dialect,
        }
    }

    fn entry(self) -> Entry {
        self.stream.entries[self.at as usize]
    }

    /// Where it stands: of an alias the alias, of a quoted scalar the quotes included, of a block scalar from its first
    /// to its last content byte, of an absent value the empty place after its `:` or `-`.
    #[must_use]
    pub fn span(self) -> Span {
        let entry = self.stream.entries[self.written as usize];
        self.stream.text.span(entry.start..entry.end)
    }

    /// Of an alias: where the node that it names stands.
    #[must_use]
    pub fn anchored(self) -> Option<Span> {
        let entry = self.entry();
        (self.at != self.written).then(|| self.stream.text.span(entry.start..entry.end))
    }

    /// Who reads it.
    #[must_use]
    pub const fn dialect(self) -> Dialect {
        self.dialect
    }

    /// The same node as `dialect` reads it, with all below it.
    #[must_use]
    pub const fn with(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// What it is.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self.entry().kind {
            Kind::Sequence => Shape::Sequence,
            Kind::Mapping => Shape::Mapping,
            Kind::Scalar(_) | Kind::Alias if matches!(self.scalar(), Scalar::Null) => Shape::Null,
            Kind::Scalar(_) | Kind::Alias => Shape::Scalar,
        }
    }

    /// How it is written; plain for what is no scalar.
    #[must_use]
    pub fn style(self) -> Style {
        match self.entry().kind {
            Kind::Scalar(style) => style,
            _ => Style::Plain,
        }
    }

    /// The text of a scalar, escapes and folds undone, whatever type it resolves to; empty for what is no scalar.
    #[must_use]
    pub fn text(self) -> Cow<'t, str> {
        let entry = self.entry();
        let Kind::Scalar(style) = entry.kind else {
            return Cow::Borrowed("");
        };
        if let Ok(found) = self
            .stream
            .cooked
            .binary_search_by_key(&self.at, |(at, _)| *at)
        {
            return Cow::Borrowed(&self.stream.cooked[found].1);
        }
        Cow::Borrowed(
            tape::verbatim(self.stream.text.as_str(), style, entry.start..entry.end)
                .unwrap_or_default(),
        )
    }

    /// The scalar as its reader understands it; `Null` for what is no scalar.
    #[must_use]
    pub fn scalar(self) -> Scalar<'t> {
        let entry = self.entry();
        let Kind::Scalar(style) = entry.kind else {
            return Scalar::Null;
        };
        if style == Style::Plain && entry.typed == Typed::Untyped {
            return resolve(self.text(), self.dialect);
        }
        Scalar::String(self.text())
    }

    /// Keys and values of a mapping as written, duplicates kept, then what it merges (`<<`) and does not say itself.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let has_merge = self.written_entries().any(|(key, _)| key.is_merge());
        let merged = if has_merge {
            self.merged(0)
        } else {
            Vec::new()
        };
        self.written_entries()
            .filter(|(key, _)| !key.is_merge())
            .chain(merged)
    }

    /// Keys and values as they stand, `<<` among them.
    fn written_entries(self) -> impl Iterator<Item = (Self, Self)> {
        let entry = self.entry();
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            if entry.kind != Kind::Mapping || at >= entry.next {
                return None;
            }
            let key = Self::new(self.stream, at, self.dialect);
            at = self.after(at);
            let value = Self::new(self.stream, at, self.dialect);
            at = self.after(at);
            Some((key, value))
        })
    }

    /// The index after the node at `at` and all below it.
    fn after(self, at: u32) -> u32 {
        let entry = self.stream.entries[at as usize];
        if entry.kind == Kind::Alias {
            at + 1
        } else {
            entry.next
        }
    }

    fn is_merge(self) -> bool {
        self.style() == Style::Plain && self.text() == "<<"
    }

    /// What the merge keys of this mapping add, the first of several winning.
    fn merged(self, depth: u8) -> Vec<(Self, Self)> {
        let mut added: BTreeMap<Cow<'t, str>, (Self, Self)> = BTreeMap::new();
        let mut order = Vec::new();
        if depth > MAX_MERGES {
            return Vec::new();
        }
        let own: Vec<_> = self
            .written_entries()
            .filter(|(key, _)| !key.is_merge())
            .map(|(key, _)| key.text())
            .collect();
        for (_, value) in self.written_entries().filter(|(key, _)| key.is_merge()) {
            let sources: Vec<Self> = match value.shape() {
                Shape::Sequence => value.items().collect(),
                _ => vec![value],
            };
            for source in sources {
                let said = source.written_entries().filter(|(key, _)| !key.is_merge());
                for (key, value) in said.chain(source.merged(depth + 1)) {
                    let name = key.text();
                    if !own.contains(&name) && !added.contains_key(&name) {
                        order.push(name.clone());
                        added.insert(name, (key, value));
                    }
                }
            }
        }
        order
            .into_iter()
            .filter_map(|name| added.remove(&name))
            .collect()
    }

    /// The items of a sequence.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let entry = self.entry();
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            if entry.kind != Kind::Sequence || at >= entry.next {
                return None;
            }
            let item = Self::new(self.stream, at, self.dialect);
            at = self.after(at);
            Some(item)
        })
    }

    /// The value under `key`, of a key written twice the last one; `None` also when it is null (see [`has`](Self::has)).
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.find(key)
            .map(|(_, value)| value)
            .filter(|value| value.shape() != Shape::Null)
    }

    /// The key `key` itself.
    #[must_use]
    pub fn key(self, key: &str) -> Option<Self> {
        self.find(key).map(|(key, _)| key)
    }

    /// The value under `key`, null or not.
    #[must_use]
    pub fn value(self, key: &str) -> Option<Self> {
        self.find(key).map(|(_, value)| value)
    }

    /// Whether `key` is there, even with a null value.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        self.find(key).is_some()
    }

    fn find(self, name: &str) -> Option<(Self, Self)> {
        let written = self
            .written_entries()
            .filter(|(key, _)| key.text() == name)
            .last();
        written.or_else(|| {
            let has_merge = self.written_entries().any(|(key, _)| key.is_merge());
            has_merge
                .then(|| {
                    self.merged(0)
                        .into_iter()
                        .find(|(key, _)| key.text() == name)
                })
                .flatten()
        })
    }

    /// Each key that a mapping writes again: where it stood first, and where it stands again.
    pub fn duplicates(self) -> impl Iterator<Item = (Self, Self)> {
        let mut seen: BTreeMap<Cow<'t, str>, Self> = BTreeMap::new();
        let mut again = Vec::new();
        for (key, _) in self.written_entries().filter(|(key, _)| !key.is_merge()) {
            match seen.get(&key.text()) {
                Some(first) => again.push((*first, key)),
                None => drop(seen.insert(key.text(), key)),
            }
        }
        again.into_iter()
    }

    /// The scalar, if it is a string to its reader.
    #[must_use]
    pub fn string(self) -> Option<Spanned<String>> {
        match self.scalar() {
            Scalar::String(text) => Some(Spanned::new(text.into_owned(), self.span())),
            _ => None,
        }
    }

    /// The scalar, if it is an integer to its reader.
    #[must_use]
    pub fn integer(self) -> Option<Spanned<i64>> {
        match self.scalar() {
            Scalar::Int(value) => Some(Spanned::new(i64::try_from(value).ok()?, self.span())),
            _ => None,
        }
    }

    /// The scalar, if it is a boolean to its reader.
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

    /// The integer under `key`.
    #[must_use]
    pub fn integer_at(self, key: &str) -> Option<Spanned<i64>> {
        self.get(key)?.integer()
    }

    /// The boolean under `key`.
    #[must_use]
    pub fn boolean_at(self, key: &str) -> Option<Spanned<bool>> {
        self.get(key)?.boolean()
    }

    /// The strings of the sequence under `key`; what is no string is left out.
    #[must_use]
    pub fn strings_at(self, key: &str) -> Vec<Spanned<String>> {
        self.get(key)
            .into_iter()
            .flat_map(Self::items)
            .filter_map(Self::string)
            .collect()
    }

    /// The same node, to be kept.
    #[must_use]
    pub fn keep(self) -> Tree {
        Tree {
            stream: Arc::clone(self.stream),
            at: self.at,
            written: self.written,
            dialect: self.dialect,
        }
    }

    /// The stream that it is a part of.
    #[must_use]
    pub const fn stream(self) -> &'t Arc<Stream> {
        self.stream
    }

    /// The text of a scalar as a text of its own, whose bytes stand where they stand in the file: byte for byte where
    /// the scalar is literal, plain or quoted on one line; otherwise all of it where the scalar stands.
    #[must_use]
    pub fn inner(self) -> Text {
        let entry = self.entry();
        let outer = &self.stream.text;
        let cooked = self.text();
        let raw = &outer.as_str()[entry.start as usize..entry.end as usize];
        match self.style() {
            Style::Literal(indent) => {
                Text::literal(outer, entry.start..entry.end, usize::from(indent), &cooked)
            }
            Style::Plain if raw == cooked => Text::verbatim(outer, entry.start..entry.end),
            Style::Single | Style::Double if raw.len() >= 2 && !raw.contains('\n') => Text::quoted(
                outer,
                entry.start + 1..entry.end - 1,
                &cooked,
                self.style() == Style::Double,
            ),
            _ => Text::at(outer.span(entry.start..entry.end), &*cooked),
        }
    }

    /// What the scalar stands for in base64, each byte with its place.
    ///
    /// # Errors
    /// A [`Fault`] at the first letter that is not base64.
    pub fn decoded(self) -> Result<Decoded, Fault> {
        let text = self.inner();
        Decoded::base64(&text).map_err(|(range, message)| Fault {
            span: text.span(range.clone()),
            document: range.clone(),
            range,
            message,
            accepted_by_kubectl: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::source::Sources;

    fn read(text: &str) -> (Sources, Arc<Stream>) {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("test.yaml", text.as_bytes().to_vec()));
        let text = Text::whole(id, sources.get(id)).expect("test texts are UTF-8");
        (sources, parse(text, Dialect::Kubernetes))
    }

    #[test]
    fn spans_are_exact_in_every_style() {
        let text = "plain: word # c\nsingle: 'it''s'\ndouble: \"a\\tb\"\nliteral: |\n  one\n  two\nfolded: >-\n  a\n  b\n\
                    flow: {x: 1, y: [2, ü]}\nnothing:\n- item\n";
        let text = text.replace("nothing:\n- item", "nothing:\nlist:\n- item");
        let (sources, stream) = read(&text);
        let root = stream.documents().next().expect("one document");
        let slice = |key: &str| {
            sources
                .slice(root.value(key).expect("key").span())
                .to_owned()
        };
        assert_eq!(slice("plain"), "word");
        assert_eq!(slice("single"), "'it''s'");
        assert_eq!(slice("double"), "\"a\\tb\"");
        assert_eq!(slice("literal"), "one\n  two");
        assert_eq!(slice("folded"), "a\n  b");
        assert_eq!(slice("flow"), "{x: 1, y: [2, ü]}");
        assert_eq!(slice("nothing"), "");
        assert_eq!(slice("list"), "- item");
        assert_eq!(
            root.value("single").map(Node::text).as_deref(),
            Some("it's")
        );
        assert_eq!(
            root.value("literal").map(Node::text).as_deref(),
            Some("one\ntwo\n")
        );
        assert_eq!(
            stream
                .comments()
                .map(|span| sources.slice(span))
                .collect::<Vec<_>>(),
            ["# c"]
        );
    }

    #[test]
    fn aliases_have_their_own_place_and_the_anchors() {
        let (sources, stream) = read("base: &b {a: 1, b: 2}\nuse: *b\nmerge:\n  <<: *b\n  a: 3\n");
        let root = stream.documents().next().expect("one document");
        let alias = root.get("use").expect("use");
        assert_eq!(sources.slice(alias.span()), "*b");
        assert_eq!(
            alias.anchored().map(|span| sources.slice(span)),
            Some("{a: 1, b: 2}")
        );
        let merge = root.get("merge").expect("merge");
        let entries: Vec<_> = merge
            .entries()
            .map(|(key, value)| format!("{}={}", key.text(), value.text()))
            .collect();
        assert_eq!(entries, ["a=3", "b=2"]);
        assert_eq!(merge.integer_at("b").map(|value| value.value), Some(2));
    }

    #[test]
    fn embedded_texts_keep_their_outer_places() {
        let text = "data:\n  a.yaml: |\n\n    x:\n      y: ü\n    z: 1\n  b: \"k: v\\nl: \\u00fc\"\n  c: azogdg==\n";
        let (sources, stream) = read(text);
        let data = stream
            .documents()
            .next()
            .and_then(|root| root.get("data"))
            .expect("data");
        let inner = parse(
            data.get("a.yaml").expect("a.yaml").inner(),
            Dialect::Collector,
        );
        let root = inner.documents().next().expect("inner document");
        let y = root.get("x").and_then(|x| x.get("y")).expect("y");
        assert_eq!(sources.slice(y.span()), "ü");
        assert_eq!(sources.slice(root.get("z").expect("z").span()), "1");
        let quoted = parse(data.get("b").expect("b").inner(), Dialect::Collector);
        let root = quoted.documents().next().expect("quoted document");
        assert_eq!(sources.slice(root.get("k").expect("k").span()), "v");
        assert_eq!(sources.slice(root.get("l").expect("l").span()), "\\u00fc");
        let decoded = data.get("c").expect("c").decoded().expect("base64");
        assert_eq!(&*decoded.bytes, b"k: v");
        assert_eq!(sources.slice(decoded.span(3..4)), "dg");
        assert_eq!(sources.slice(decoded.span(0..4)), "azogdg");
    }

    #[test]
    fn a_fault_costs_its_own_document_only() {
        let (sources, stream) = read("a: 1\n---\nb: [1\n---\nc: 2\n");
        let roots: Vec<_> = stream
            .documents()
            .map(|root| sources.slice(root.span()).to_owned())
            .collect();
        assert_eq!(roots, ["a: 1", "c: 2"]);
        assert_eq!(stream.faults().len(), 1);
    }

    #[test]
    fn aliases_do_not_explode() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        let (_, stream) = read(&text);
        assert_eq!(stream.documents().count(), 0);
        assert!(stream.faults()[0].message.contains("aliases"));
    }
}
