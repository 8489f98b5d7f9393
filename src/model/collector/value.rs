//! A configuration as the Collector sees it: one tree of values after merge, each with the place that says so.

use std::collections::BTreeMap;

use super::phrase::Phrase;
use crate::source::Span;
use crate::source::Spanned;

mod read;

/// One value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Where it is written; of a key without a value the empty place after it.
    pub span: Span,
    /// What it is.
    pub content: Content,
    /// How it was written where it came out of `${…}` and is no text: what a field that takes text gets.
    pub original: Option<Phrase>,
}

/// What a value is, as go-yaml v3 reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A date, with or without a time: no text.
    Time,
    /// Text, and what is neither of the above.
    Text(Phrase),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping.
    Map(Map),
}

/// A mapping in the order of its keys; of a key written twice the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key as written; references are never expanded in keys.
    pub key: Spanned<String>,
    /// Its value.
    pub value: Value,
}

impl Value {
    /// A value as it is written.
    pub(super) const fn new(span: Span, content: Content) -> Self {
        Self {
            span,
            content,
            original: None,
        }
    }

    /// An empty mapping at `span`.
    #[must_use]
    pub const fn empty(span: Span) -> Self {
        let entries = Vec::new();
        Self::new(span, Content::Map(Map { entries }))
    }

    /// Whether a `$` stands in one of its texts.
    pub(super) fn has_dollar(&self) -> bool {
        match &self.content {
            Content::Text(phrase) => phrase.as_written().contains('$'),
            Content::List(items) => items.iter().any(Self::has_dollar),
            Content::Map(map) => map.entries.iter().any(|entry| entry.value.has_dollar()),
            _ => false,
        }
    }

    /// Whether it is a number past 64 signed bits.
    pub(super) fn is_too_large(&self) -> bool {
        matches!(self.content, Content::Integer(number) if i64::try_from(number).is_err())
    }

    /// The mapping, or `None` when it is something else.
    #[must_use]
    pub const fn map(&self) -> Option<&Map> {
        match &self.content {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items; of anything but a sequence none.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The entries; of anything but a mapping none.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.map().map_or(&[], |map| &map.entries)
    }

    /// The value under `key`, null included; `None` when it is absent or this is no mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.get(key)
    }

    /// The value under a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// Whether it is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }

    /// Whether it is a number.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self.content, Content::Integer(_) | Content::Float(_))
    }

    /// Whether it is one whole `${…}`, which may become anything.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        matches!(&self.content, Content::Text(phrase) if phrase.is_reference())
    }

    /// The text, or `None` when it is no string. Numbers and bools are not weakly taken for strings, unless they came out
    /// of `${…}`.
    #[must_use]
    pub const fn phrase(&self) -> Option<&Phrase> {
        match &self.content {
            Content::Text(phrase) => Some(phrase),
            _ => self.original.as_ref(),
        }
    }

    /// Whether it is a string, and did not only look like one before it was filled in.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.content, Content::Text(_))
    }

    /// Whether it is a string in which something is left to be filled in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(&self.content, Content::Text(phrase) if phrase.known().is_none())
    }

    /// The text and its place.
    #[must_use]
    pub fn text(&self) -> Option<Spanned<Phrase>> {
        self.phrase()
            .map(|phrase| Spanned::new(phrase.clone(), self.span))
    }

    /// The text under `key` and its place.
    #[must_use]
    pub fn text_at(&self, key: &str) -> Option<Spanned<Phrase>> {
        self.get(key)?.text()
    }

    /// The bool under `key` and its place.
    #[must_use]
    pub fn bool_at(&self, key: &str) -> Option<Spanned<bool>> {
        let value = self.get(key)?;
        match value.content {
            Content::Bool(flag) => Some(Spanned::new(flag, value.span)),
            _ => None,
        }
    }

    /// The whole number under `key` and its place.
    #[must_use]
    pub fn integer_at(&self, key: &str) -> Option<Spanned<i64>> {
        let value = self.get(key)?;
        match value.content {
            Content::Integer(number) => Some(Spanned::new(i64::try_from(number).ok()?, value.span)),
            _ => None,
        }
    }

    /// The texts of a list, or of one string split at its commas, as the Collector decodes a list of strings
    /// (collector, confmap/internal/decoder.go).
    #[must_use]
    pub fn texts(&self) -> Vec<Spanned<Phrase>> {
        match &self.content {
            Content::List(items) => items.iter().filter_map(Self::text).collect(),
            Content::Text(phrase) if phrase.known().is_some_and(|text| text.contains(',')) => {
                phrase
                    .as_written()
                    .split(',')
                    .map(|part| Spanned::new(Phrase::literal(part), self.span))
                    .collect()
            }
            Content::Text(phrase) if !phrase.as_written().is_empty() => {
                vec![Spanned::new(phrase.clone(), self.span)]
            }
            _ => Vec::new(),
        }
    }

    /// Lays `later` over this one: mappings merge key by key, everything else is replaced, by null too
    /// (collector, confmap/internal/conf.go and README.md).
    pub fn overlay(&mut self, later: Self) {
        match (&mut self.content, later.content) {
            (Content::Map(map), Content::Map(over)) => map.merge(over.entries),
            (own, content) => {
                *own = content;
                self.span = later.span;
                self.original = later.original;
            }
        }
    }

    /// Says of this value and all in it that they stand at `span`.
    pub(super) fn stand_at(&mut self, span: Span) {
        self.span = span;
        match &mut self.content {
            Content::List(items) => items.iter_mut().for_each(|item| item.stand_at(span)),
            Content::Map(map) => map.entries.iter_mut().for_each(|entry| {
                entry.key.span = span;
                entry.value.stand_at(span);
            }),
            _ => {}
        }
    }

    /// What it is, for messages: `a string`, `a number`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self.content {
            Content::Null => "null",
            Content::Bool(_) => "a bool",
            Content::Integer(_) | Content::Float(_) => "a number",
            Content::Time => "a date",
            Content::Text(_) => "a string",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}

impl Map {
    /// The value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of `key`; of one written twice the last.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rfind(|entry| *entry.key == key)
    }

    /// Every entry, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same keys, each with what `read` makes of its value.
    pub(super) fn map(&self, mut read: impl FnMut(&Value) -> Value) -> Self {
        let entries = self.entries.iter();
        let entries = entries.map(|entry| Entry {
            key: entry.key.clone(),
            value: read(&entry.value),
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// Lays `later` over the entries, through an index so that the cost stays linear in both.
    fn merge(&mut self, later: Vec<Entry>) {
        let mut index: BTreeMap<String, usize> = self
            .entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (entry.key.value.clone(), at))
            .collect();
        for entry in later {
            if let Some(own) = index
                .get(&entry.key.value)
                .and_then(|at| self.entries.get_mut(*at))
            {
                own.value.overlay(entry.value);
            } else {
                index.insert(entry.key.value.clone(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }
}
