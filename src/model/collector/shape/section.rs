//! A section as checks see it: what is written under its keys, and what an absent or null key stands for.

use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::source::Span;

use super::duration;

/// A section under check: its value, and where its name stands.
pub(in crate::model::collector) struct Section<'v> {
    pub(super) value: &'v Value,
    /// The key that names it; the value itself at the root.
    pub(super) span: Span,
}

impl<'v> Section<'v> {
    /// The value under `key` unless it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<&'v Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    /// Where `key` stands; the section's own name when it is absent.
    pub(super) fn key(&self, key: &str) -> Span {
        let entry = self.value.map().and_then(|map| map.entry(key));
        entry.map_or(self.span, |entry| entry.key.span)
    }

    /// Whether `key` says something: not absent, not null, not the empty string.
    pub(super) fn says(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| {
            value
                .phrase()
                .is_none_or(|phrase| !phrase.as_written().is_empty())
        })
    }

    /// The string under `key`, if nothing is open in it.
    pub(super) fn text(&self, key: &str) -> Option<&'v str> {
        self.get(key)?.phrase()?.known()
    }

    /// The `int64` that decoding makes of the number under `key`.
    pub(super) fn whole(&self, key: &str) -> Option<i64> {
        whole(self.get(key)?)
    }

    /// The `uint32` that decoding makes of the number under `key`.
    pub(super) fn count(&self, key: &str) -> Option<u32> {
        Some(self.whole(key)? as u32)
    }

    /// The number under `key`, of a field that holds floats.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)?.content {
            Content::Integer(number) => Some(number as f64),
            Content::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The duration under `key` in nanoseconds.
    pub(super) fn duration(&self, key: &str) -> Option<i128> {
        match &self.get(key)?.content {
            Content::Text(phrase) => duration(phrase.known()?).ok(),
            _ => Some(i128::from(self.whole(key)?)),
        }
    }

    /// Whether `key` is open: it holds a `${…}` whose value decides.
    pub(super) fn is_open(&self, key: &str) -> bool {
        self.get(key)
            .and_then(Value::phrase)
            .is_some_and(|phrase| phrase.known().is_none())
    }

    /// Whether the bool under `key` is written and is `wanted`.
    pub(super) fn is(&self, key: &str, wanted: bool) -> bool {
        self.value
            .bool_at(key)
            .is_some_and(|flag| flag.value == wanted)
    }

    /// As [`Self::whole`]: `default` when it is absent, 0 when it is null, `None` when it is open or no number.
    pub(super) fn whole_or(&self, key: &str, default: i64) -> Option<i64> {
        self.or(key, default, 0, |section| section.whole(key))
    }

    /// As [`Self::count`], otherwise as [`Self::whole_or`].
    pub(super) fn count_or(&self, key: &str, default: u32) -> Option<u32> {
        self.or(key, default, 0, |section| section.count(key))
    }

    /// The duration under `key` in nanoseconds, `default` being in seconds; otherwise as [`Self::whole_or`].
    pub(super) fn duration_or(&self, key: &str, default: i128) -> Option<i128> {
        self.or(key, default * 1_000_000_000, 0, |section| {
            section.duration(key)
        })
    }

    /// The string under `key`; otherwise as [`Self::whole_or`].
    pub(super) fn text_or(&self, key: &str, default: &'v str) -> Option<&'v str> {
        self.or(key, default, "", |section| section.text(key))
    }

    /// The bool under `key`; otherwise as [`Self::whole_or`].
    pub(super) fn flag_or(&self, key: &str, default: bool) -> Option<bool> {
        self.or(key, default, false, |section| {
            section.value.bool_at(key).map(|flag| flag.value)
        })
    }

    fn or<T>(
        &self,
        key: &str,
        default: T,
        zero: T,
        written: impl FnOnce(&Self) -> Option<T>,
    ) -> Option<T> {
        match self.value.get(key) {
            None => Some(default),
            Some(value) if value.is_null() => Some(zero),
            Some(_) => written(self),
        }
    }
}

/// What Go makes of a number where it wants an `int64`: a fraction is cut off, what is beyond wraps around (uint64) or
/// becomes the least of all (float64, on amd64).
fn whole(value: &Value) -> Option<i64> {
    let float = |number: f64| match number {
        number if (-9.3e18..9.2e18).contains(&number) => number as i64,
        _ => i64::MIN,
    };
    match value.content {
        Content::Integer(number) => Some(match (i64::try_from(number), u64::try_from(number)) {
            (Ok(number), _) => number,
            (_, Ok(number)) => number as i64,
            _ => float(number as f64),
        }),
        Content::Float(number) => Some(float(number)),
        _ => None,
    }
}
