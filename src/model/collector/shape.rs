//! What the sections of a configuration may say: field tables, and the strict decoding that holds a value to them.
//!
//! Collector, confmap/internal/decoder.go: unknown keys are errors, keys match case, nothing is weakly typed, a
//! string for a list is split at its commas, and what came whole out of `${…}` may be of any type.

use std::ops::Range;

use crate::source::Span;

use super::fault::Fault;
use super::fault::FaultKind;
use super::value::Content;
use super::value::Value;

mod auth;
mod decode;
mod duration;
mod exporter;
mod extension;
mod fit;
mod grpc;
mod http;
mod kubernetes;
mod lookup;
mod processor;
mod prometheus;
mod receiver;
mod sampling;
mod sending;
mod service;
mod telemetry;
mod tls;
mod unknown;

pub(super) use decode::check;
pub(super) use decode::check_opaque;
pub(super) use duration::duration;
pub(super) use fit::fit;
pub(super) use fit::fit_below;
pub(super) use fit::shares;
pub(super) use lookup::of as lookup;
pub(super) use lookup::signals;
pub(super) use service::SERVICE;
pub(super) use telemetry::TELEMETRY;

/// What a field takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Anything; not looked into.
    Any,
    Bool,
    /// A whole number.
    Int,
    /// A whole number that is not negative.
    Unsigned,
    Float,
    Text,
    /// A string, or any other scalar: what goes through Prometheus' own YAML reader.
    Scalar,
    /// A Go duration.
    Duration,
    /// One of some strings, and what the Collector says of another one, `{}` standing for it.
    Choice(&'static [&'static str], &'static str),
    /// A number, or one of some strings in any case.
    Level(&'static Levels),
    /// A sequence; of strings also one string with commas.
    List(&'static Self),
    /// A mapping with keys of the user's choice.
    Map(&'static Self),
    /// A map or a list of `{name, value}` (collector, config/configopaque/maplist.go).
    Headers,
    /// The id of a component.
    Id,
    /// A struct; null leaves its defaults.
    Section(&'static Shape),
    /// An optional struct, which also takes `enabled` (collector, config/configoptional/optional.go; 0.140).
    Optional(&'static Shape),
}

/// Names that Go keeps as numbers.
pub(super) struct Levels {
    /// In lower case.
    pub(super) names: &'static [&'static str],
    /// The type in Go.
    pub(super) go: &'static str,
    /// What the Collector says of another one, `{}` standing for it.
    pub(super) said: &'static str,
}

/// One key of a section, and in which versions (minor of 0.x) it exists.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) since: u16,
    pub(super) until: u16,
    /// What takes its place when it is gone; empty when nothing does.
    pub(super) instead: &'static str,
}

/// A section: its own fields, those squashed into it, and what its `Validate` refuses.
pub(super) struct Shape {
    /// The name by which the Collector calls it when it is the root of a component; of others the key is used.
    pub(super) go: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) squashed: &'static [&'static Self],
    /// Keys that end so are taken too: `_sd_configs`.
    pub(super) suffix: &'static str,
    /// Whether mappings under other keys are taken too: an extension may read them.
    pub(super) is_open: bool,
    /// Whether anything under other keys is taken: `check` looks at it.
    pub(super) takes_any: bool,
    /// Older versions (minor of 0.x) read it otherwise; what is wrong with it is not wrong there.
    pub(super) since: u16,
    /// Whether unknown keys are dropped since 0.160, here and in the plain structs below: `Unmarshal` of confighttp
    /// reads what it knows and ignores the rest (measured with the Collector 0.160, 0.162 and 0.164).
    pub(super) drops: bool,
    pub(super) check: fn(&Section<'_>, &mut Report<'_>),
}

/// A field that exists in every version.
pub(super) const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: 0,
        until: u16::MAX,
        instead: "",
    }
}

impl Field {
    /// The same, from version 0.`since` on.
    pub(super) const fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }

    /// The same, gone in version 0.`until`.
    pub(super) const fn until(self, until: u16) -> Self {
        Self { until, ..self }
    }

    /// The same, gone in version 0.`until`, where `instead` took its place.
    pub(super) const fn moved(self, until: u16, instead: &'static str) -> Self {
        Self {
            until,
            instead,
            ..self
        }
    }
}

/// A section with these fields.
pub(super) const fn shape(go: &'static str, fields: &'static [Field]) -> Shape {
    Shape {
        go,
        fields,
        squashed: &[],
        suffix: "",
        is_open: false,
        takes_any: false,
        since: 0,
        drops: false,
        check: |_, _| {},
    }
}

impl Shape {
    /// The same with the fields of other sections squashed in.
    pub(super) const fn with(self, squashed: &'static [&'static Self]) -> Self {
        Self { squashed, ..self }
    }

    /// The same with keys of the user's choice besides.
    pub(super) const fn and_any(self) -> Self {
        Self {
            takes_any: true,
            ..self
        }
    }

    /// The same, dropping unknown keys since 0.160.
    pub(super) const fn dropping(self) -> Self {
        Self {
            drops: true,
            ..self
        }
    }

    /// The same for versions from 0.`since` on.
    pub(super) const fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }

    /// The same with a check of its values.
    pub(super) const fn checked(self, check: fn(&Section<'_>, &mut Report<'_>)) -> Self {
        Self { check, ..self }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        let own = self.fields.iter().find(|field| field.name == name);
        own.or_else(|| self.squashed.iter().find_map(|shape| shape.field(name)))
    }

    /// The names that the current version takes.
    fn names(&self, into: &mut Vec<&'static str>) {
        let current = self.fields.iter().filter(|field| field.until == u16::MAX);
        into.extend(current.map(|field| field.name));
        self.squashed.iter().for_each(|shape| shape.names(into));
    }

    fn takes_others(&self) -> bool {
        self.is_open || self.squashed.iter().any(|shape| shape.takes_others())
    }

    fn run_checks(&self, section: &Section<'_>, report: &mut Report<'_>) {
        self.squashed
            .iter()
            .for_each(|shape| shape.run_checks(section, report));
        (self.check)(section, report);
    }
}

/// A section under check: its value, and where its name stands.
pub(super) struct Section<'v> {
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

    /// The number under `key`.
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
            // Past 64 signed bits it wraps.
            Content::Integer(nanoseconds) => Some(i128::from(*nanoseconds as i64)),
            Content::Float(nanoseconds) => Some(*nanoseconds as i128),
            Content::Text(phrase) => duration(phrase.known()?).ok(),
            _ => None,
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
}

/// Where faults are collected, and under which keys we are.
pub(super) struct Report<'f> {
    path: Vec<String>,
    /// Whether unknown keys are dropped here since 0.160.
    drops: bool,
    pub(super) faults: &'f mut Vec<Fault>,
}

impl<'f> Report<'f> {
    /// A report at `path`.
    pub(super) fn new(path: &[&str], faults: &'f mut Vec<Fault>) -> Self {
        Self {
            path: path.iter().map(|&key| key.to_owned()).collect(),
            drops: false,
            faults,
        }
    }

    /// Records a value that is refused; `said` is what `Validate` returns.
    pub(super) fn value(
        &mut self,
        span: Span,
        message: impl Into<String>,
        said: impl Into<String>,
    ) {
        self.push(FaultKind::Value, span, message.into(), said.into());
    }

    /// Records a value over which the Collector crashes, so that it names no path.
    pub(super) fn crash(&mut self, span: Span, message: &str, said: &str) {
        self.refuse(FaultKind::Value, span, message.to_owned(), said.to_owned());
    }

    /// Adds a second place to the last fault.
    pub(super) fn also(&mut self, span: Span, label: &str) {
        if let Some(fault) = self.faults.last_mut() {
            fault.related.push((span, label.to_owned()));
        }
    }

    /// Says of the last fault that it consists in something not being there.
    pub(super) fn by_absence(&mut self) {
        if let Some(fault) = self.faults.last_mut() {
            fault.by_absence = true;
        }
    }

    /// Says of the faults from `at` on that they are some in these versions (minor of 0.x) only.
    pub(super) fn only_in(&mut self, at: usize, versions: Range<u16>) {
        for fault in self.faults.iter_mut().skip(at) {
            fault.versions = versions.clone();
        }
    }

    /// Says of the last fault which name may have been meant.
    pub(super) fn near(&mut self, near: String) {
        if let Some(fault) = self.faults.last_mut() {
            fault.near = Some(near);
        }
    }

    /// Records a fault of another kind; the path is put in front of what the Collector says.
    pub(super) fn push(&mut self, kind: FaultKind, span: Span, message: String, said: String) {
        let path = self.path.join("::");
        let said = if path.is_empty() {
            said
        } else {
            format!("{path}: {said}")
        };
        self.faults
            .push(Fault::new(kind, span, path, message, said));
    }

    /// Records what decoding refuses: the Collector does not name the path there.
    fn refuse(&mut self, kind: FaultKind, span: Span, message: String, said: String) -> &mut Fault {
        let at = self.faults.len();
        self.faults
            .push(Fault::new(kind, span, self.path.join("::"), message, said));
        &mut self.faults[at]
    }

    /// The last key of the path; of an item of a list the list's, with its number.
    fn name(&self) -> String {
        match self.path.as_slice() {
            [.., list, item] if item.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{list}[{item}]")
            }
            path => path.last().cloned().unwrap_or_default(),
        }
    }

    /// Goes on under `key`.
    fn under(&mut self, key: &str, inside: impl FnOnce(&mut Self)) {
        self.path.push(key.to_owned());
        inside(self);
        self.path.pop();
    }
}
