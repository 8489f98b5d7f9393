//! A struct as its checks see it, and where they record what they refuse.

use std::borrow::Cow;

use super::grammar::Wrong;
use super::text;
use crate::model::collector::endpoint;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::value::Content;
use crate::model::collector::value::Entry;
use crate::model::collector::value::Value;
use crate::source::Span;

/// Where faults are collected, and under which keys we are.
pub(super) struct Reading<'f> {
    path: Vec<String>,
    /// Whether keys that are no fields are refused.
    pub(super) is_strict: bool,
    pub(super) faults: &'f mut Vec<Fault>,
}

impl<'f> Reading<'f> {
    pub(super) const fn new(is_strict: bool, faults: &'f mut Vec<Fault>) -> Self {
        Self {
            path: Vec::new(),
            is_strict,
            faults,
        }
    }

    /// Goes on one step further.
    pub(super) fn under(&mut self, step: &str, inside: impl FnOnce(&mut Self)) {
        self.path.push(step.to_owned());
        inside(self);
        self.path.pop();
    }

    /// The key under which we are; of an item of a list the list's.
    pub(super) fn name(&self) -> &str {
        let mut steps = self.path.iter().rev().map(String::as_str);
        steps
            .find(|step| !step.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or("config")
    }

    pub(super) fn refuse(
        &mut self,
        kind: FaultKind,
        span: Span,
        message: String,
        said: impl Into<String>,
    ) -> &mut Fault {
        let at = self.faults.len();
        self.faults.push(Fault::new(
            kind,
            span,
            self.path.join("::"),
            message,
            said.into(),
        ));
        &mut self.faults[at]
    }

    /// Records a value that is refused.
    pub(super) fn value(
        &mut self,
        span: Span,
        message: impl Into<String>,
        said: impl Into<String>,
    ) {
        self.refuse(FaultKind::Value, span, message.into(), said);
    }

    /// Records that something is not there.
    pub(super) fn absent(
        &mut self,
        span: Span,
        message: impl Into<String>,
        said: impl Into<String>,
    ) {
        let fault = self.refuse(FaultKind::Value, span, message.into(), said);
        fault.by_absence = true;
    }
}

/// A struct under check.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub(super) value: &'v Value,
    /// The key that names it.
    pub(super) span: Span,
}

impl<'v> View<'v> {
    pub(super) fn entry(&self, key: &str) -> Option<&'v Entry> {
        self.value.map()?.entry(key)
    }

    /// The value under `key` unless it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<&'v Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    /// Where `key` stands; the struct's own name when it is absent.
    pub(super) fn key(&self, key: &str) -> Span {
        self.entry(key).map_or(self.span, |entry| entry.key.span)
    }

    /// Where the value of `key` stands.
    pub(super) fn at(&self, key: &str) -> Span {
        self.entry(key).map_or(self.span, |entry| entry.value.span)
    }

    /// The struct under `key` unless it is absent or null.
    pub(super) fn inner(&self, key: &str) -> Option<Self> {
        let entry = self.entry(key)?;
        entry.value.map()?;
        Some(Self {
            value: &entry.value,
            span: entry.key.span,
        })
    }

    /// The text under `key`: `default` when it is absent, nothing when it is null, `None` when it is open or no scalar.
    pub(super) fn text_or(&self, key: &str, default: &'v str) -> Option<Cow<'v, str>> {
        match self.value.get(key) {
            None => Some(Cow::Borrowed(default)),
            Some(value) => scalar(value),
        }
    }

    /// Whether `key` says something for certain.
    pub(super) fn says(&self, key: &str) -> bool {
        self.text_or(key, "").is_some_and(|text| !text.is_empty())
    }

    /// Whether `key` says nothing for certain.
    pub(super) fn lacks(&self, key: &str) -> bool {
        self.text_or(key, "").is_some_and(|text| text.is_empty())
    }

    /// Whether the list under `key` is empty for certain.
    pub(super) fn is_empty(&self, key: &str) -> bool {
        match self.value.get(key).map(|value| &value.content) {
            None | Some(Content::Null) => true,
            Some(Content::List(items)) => items.is_empty(),
            _ => false,
        }
    }

    /// Whether the bool under `key` is `wanted` for certain.
    pub(super) fn is(&self, key: &str, wanted: bool) -> bool {
        match self.value.get(key).map(|value| &value.content) {
            Some(Content::Bool(flag)) => *flag == wanted,
            Some(Content::Null) => !wanted,
            _ => false,
        }
    }

    /// The keys of these that say something for certain.
    pub(super) fn given(&self, keys: &[&'static str]) -> Vec<&'static str> {
        keys.iter().copied().filter(|key| self.says(key)).collect()
    }

    /// Records that of these keys more than one is given.
    pub(super) fn at_most_one(&self, keys: &[&'static str], said: &str, reading: &mut Reading<'_>) {
        if let [first, second, ..] = self.given(keys)[..] {
            exclusive(
                reading,
                (first, self.key(first)),
                (second, self.key(second)),
                said,
            );
        }
    }

    /// Holds the text under `key`, if there is one, to its grammar.
    pub(super) fn parsed(
        &self,
        key: &str,
        parse: fn(&str) -> Result<(), Wrong>,
        reading: &mut Reading<'_>,
    ) {
        let text = self.text_or(key, "").filter(|text| !text.is_empty());
        if let Some(Err(wrong)) = text.map(|text| parse(&text)) {
            reading.value(
                self.at(key),
                format!("`{key}` {}", wrong.message),
                wrong.said,
            );
        }
    }

    /// Holds the URL under `key`, if there is one, to having a scheme and a host.
    pub(super) fn whole_url(&self, key: &str, said: &str, reading: &mut Reading<'_>) {
        let Some(text) = self.text_or(key, "").filter(|text| !text.is_empty()) else {
            return;
        };
        let said = match endpoint::url(&text) {
            Ok(Some(url)) if url.scheme.is_empty() || url.authority.is_empty() => said.to_owned(),
            Ok(_) => return,
            Err(_) => text::url(&text)
                .err()
                .map_or_else(String::new, |wrong| wrong.said),
        };
        reading.value(
            self.at(key),
            format!("`{key}` takes a URL with a scheme and a host"),
            said,
        );
    }

    /// Records that none of a name is given.
    pub(super) fn required(&self, key: &str, said: &str, reading: &mut Reading<'_>) {
        if self.lacks(key) {
            reading.absent(self.key(key), format!("`{key}` is not given"), said);
        }
    }
}

/// Records that two things are given of which one may be.
pub(super) fn exclusive(
    reading: &mut Reading<'_>,
    first: (&str, Span),
    second: (&str, Span),
    said: &str,
) {
    let message = format!("both `{}` and `{}` are given", first.0, second.0);
    let fault = reading.refuse(FaultKind::Value, second.1, message, said);
    fault
        .related
        .push((first.1, format!("`{}` is given here", first.0)));
}

/// A scalar as go-yaml gives it to a string: nothing for null, `None` for what is open or no scalar.
pub(super) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    Some(match &value.content {
        Content::Null => Cow::Borrowed(""),
        Content::Bool(flag) => Cow::Owned(flag.to_string()),
        Content::Integer(number) => Cow::Owned(number.to_string()),
        Content::Float(number) => Cow::Owned(number.to_string()),
        Content::Text(phrase) => Cow::Borrowed(phrase.known()?),
        Content::Time | Content::List(_) | Content::Map(_) => return None,
    })
}
