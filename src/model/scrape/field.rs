//! One value of a configuration of Prometheus, be it in a text of its own or in a Collector's, where `$` is doubled.

use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

/// A value, read the same way from both.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    /// In a text of its own.
    Node(Node<'a>),
    /// In the `prometheus` receiver, references already known to be open or not.
    Value(&'a Value),
}

impl<'a> Field<'a> {
    pub(super) fn span(self) -> Span {
        match self {
            Self::Node(node) => node.span(),
            Self::Value(value) => value.span,
        }
    }

    /// The value under `key`; `None` also when it is null.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        match self {
            Self::Node(node) => node.get(key).map(Field::Node),
            Self::Value(value) => value
                .get(key)
                .filter(|value| !value.is_null())
                .map(Field::Value),
        }
    }

    pub(super) fn items(self) -> Vec<Self> {
        match self {
            Self::Node(node) => node.items().map(Field::Node).collect(),
            Self::Value(value) => value.items().iter().map(Field::Value).collect(),
        }
    }

    /// Keys and values of a mapping.
    pub(super) fn entries(self) -> Vec<(Spanned<String>, Self)> {
        match self {
            Self::Node(node) => node
                .entries()
                .map(|(key, value)| {
                    let name = Spanned::new(key.text().into_owned(), key.span());
                    (name, Field::Node(value))
                })
                .collect(),
            Self::Value(value) => value
                .entries()
                .iter()
                .map(|entry| (entry.key.clone(), Field::Value(&entry.value)))
                .collect(),
        }
    }

    /// The text of a scalar, whatever type it resolves to; `None` for anything else, and for a text with a `${…}` that
    /// is filled in only when the Collector starts.
    pub(super) fn text(self) -> Option<Spanned<String>> {
        let text = match self {
            Self::Node(node) => (node.shape() == Shape::Scalar).then(|| node.text().into_owned()),
            Self::Value(value) => match &value.content {
                Content::Text(phrase) => phrase.known().map(str::to_owned),
                Content::Bool(flag) => Some(flag.to_string()),
                Content::Integer(number) => Some(number.to_string()),
                Content::Float(number) => Some(number.to_string()),
                _ => None,
            },
        };
        text.map(|text| Spanned::new(text, self.span()))
    }

    pub(super) fn text_at(self, key: &str) -> Option<Spanned<String>> {
        self.get(key)?.text()
    }

    pub(super) fn texts_at(self, key: &str) -> Vec<Spanned<String>> {
        let items = self.get(key).map(Field::items).unwrap_or_default();
        items.into_iter().filter_map(Field::text).collect()
    }

    pub(super) fn flag_at(self, key: &str) -> Option<Spanned<bool>> {
        let text = self.text_at(key)?;
        let flag = match text.value.as_str() {
            "true" | "True" | "TRUE" => true,
            "false" | "False" | "FALSE" => false,
            _ => return None,
        };
        Some(Spanned::new(flag, text.span))
    }

    /// Whether a text in it is filled in only when the Collector starts.
    pub(super) fn is_open(self) -> bool {
        match self {
            Self::Node(_) => false,
            Self::Value(value) => is_open(value),
        }
    }
}

/// Values are no deeper than their reader allows.
fn is_open(value: &Value) -> bool {
    match &value.content {
        Content::Text(phrase) => phrase.known().is_none(),
        Content::List(items) => items.iter().any(is_open),
        Content::Map(map) => map.entries().iter().any(|entry| is_open(&entry.value)),
        _ => false,
    }
}
