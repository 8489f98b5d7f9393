//! What the sections of a configuration may say: field tables, and the strict decoding that holds a value to them.
//!
//! Collector, confmap/internal/decoder.go: unknown keys are errors, keys match case, nothing is weakly typed, a
//! string for a list is split at its commas, and what came whole out of `${…}` may be of any type.

use crate::source::Span;

use super::fault::Fault;
use super::fault::FaultKind;
use super::fault::nearest;
use super::id::ComponentId;
use super::value::Content;
use super::value::Value;

mod auth;
mod exporter;
mod extension;
mod grpc;
mod http;
mod lookup;
mod processor;
mod prometheus;
mod receiver;
mod service;
mod tls;

pub(super) use lookup::of as lookup;
pub(super) use lookup::signals;
pub(super) use service::SERVICE;
pub(super) use service::TELEMETRY;

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

/// One key of a section, and in which versions (minor of 0.x) it exists.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) since: u16,
    pub(super) until: u16,
}

/// A section: its own fields, those squashed into it, and what its `Validate` refuses.
pub(super) struct Shape {
    /// The name by which the Collector calls it when it is the root of a component; of others the key is used.
    pub(super) go: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) squashed: &'static [&'static Self],
    /// Keys that end so are taken too: `_sd_configs`.
    pub(super) suffix: &'static str,
    pub(super) check: fn(&Section<'_>, &mut Report<'_>),
}

/// A field that exists in every version.
pub(super) const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: 0,
        until: u16::MAX,
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
}

/// A section with these fields.
pub(super) const fn shape(go: &'static str, fields: &'static [Field]) -> Shape {
    Shape {
        go,
        fields,
        squashed: &[],
        suffix: "",
        check: |_, _| {},
    }
}

impl Shape {
    /// The same with the fields of other sections squashed in.
    pub(super) const fn with(self, squashed: &'static [&'static Self]) -> Self {
        Self { squashed, ..self }
    }

    /// The same with a check of its values.
    pub(super) const fn checked(self, check: fn(&Section<'_>, &mut Report<'_>)) -> Self {
        Self { check, ..self }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        let own = self.fields.iter().find(|field| field.name == name);
        own.or_else(|| self.squashed.iter().find_map(|shape| shape.field(name)))
    }

    fn names(&self, into: &mut Vec<&'static str>) {
        into.extend(self.fields.iter().map(|field| field.name));
        self.squashed.iter().for_each(|shape| shape.names(into));
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
            Content::Integer(nanoseconds) => Some(*nanoseconds),
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
    pub(super) faults: &'f mut Vec<Fault>,
}

impl<'f> Report<'f> {
    /// A report at `path`.
    pub(super) fn new(path: &[&str], faults: &'f mut Vec<Fault>) -> Self {
        Self {
            path: path.iter().map(|&key| key.to_owned()).collect(),
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
    fn decode(&mut self, kind: FaultKind, span: Span, message: String, said: String) -> &mut Fault {
        let at = self.faults.len();
        self.faults
            .push(Fault::new(kind, span, self.path.join("::"), message, said));
        &mut self.faults[at]
    }

    /// The last key of the path.
    fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Goes on under `key`.
    fn under(&mut self, key: &str, inside: impl FnOnce(&mut Self)) {
        self.path.push(key.to_owned());
        inside(self);
        self.path.pop();
    }
}

/// Holds `value` to `shape`, as the root of a component or of the service; `span` is the key that names it.
pub(super) fn check(value: &Value, span: Span, shape: &'static Shape, report: &mut Report<'_>) {
    section(value, span, shape, false, true, report);
}

/// Holds a body that is not known here to what holds for all: no component takes a negative `timeout`.
pub(super) fn check_opaque(value: &Value, report: &mut Report<'_>) {
    let section = Section {
        value,
        span: value.span,
    };
    if section
        .duration("timeout")
        .is_some_and(|timeout| timeout < 0)
    {
        report.value(
            section.key("timeout"),
            "`timeout` is negative",
            "timeout cannot be negative",
        );
    }
}

fn section(
    value: &Value,
    span: Span,
    shape: &'static Shape,
    optional: bool,
    root: bool,
    report: &mut Report<'_>,
) {
    match &value.content {
        Content::Map(_) | Content::Null => {}
        Content::Text(phrase) if phrase.known().is_none() => return,
        // An empty string where a map is wanted decodes as null would (mapstructure, zero input).
        _ => {
            wrong_type(value, "a map", "map", report);
            return;
        }
    }
    for entry in value.entries() {
        let name = entry.key.value.as_str();
        if let Some(field) = shape.field(name) {
            misdated(field, entry.key.span, report);
            report.under(name, |report| {
                decode(&entry.value, entry.key.span, field.kind, report)
            });
        } else if optional && name == "enabled" {
            report.under(name, |report| {
                decode(&entry.value, entry.key.span, Kind::Bool, report)
            });
        } else if shape.suffix.is_empty() || !name.ends_with(shape.suffix) {
            unknown(name, entry.key.span, shape, root, report);
        }
    }
    let section = Section { value, span };
    let off = optional && (section.is("enabled", false) || section.is_open("enabled"));
    if !off && (!optional || !value.is_null()) {
        shape.run_checks(&section, report);
    }
}

fn unknown(name: &str, span: Span, shape: &'static Shape, root: bool, report: &mut Report<'_>) {
    let mut names = Vec::new();
    shape.names(&mut names);
    let near = nearest(name, names.into_iter());
    let owner = report.name().to_owned();
    let struct_name = if root && !shape.go.is_empty() {
        shape.go
    } else {
        owner.as_str()
    };
    let said = format!("'{struct_name}' has invalid keys: {name}");
    let message = format!("`{owner}` has no field `{name}`");
    report.decode(FaultKind::Unknown, span, message, said).near = near;
}

/// Records a field that older or newer versions do not have.
fn misdated(field: &Field, span: Span, report: &mut Report<'_>) {
    let (since, until) = (field.since, field.until);
    if since == 0 && until == u16::MAX {
        return;
    }
    let owner = report.name().to_owned();
    let said = format!("'{owner}' has invalid keys: {}", field.name);
    if since > 0 {
        let message = format!(
            "`{owner}` has a field `{}` only since 0.{since}",
            field.name
        );
        report
            .decode(FaultKind::Unknown, span, message, said.clone())
            .versions = 0..since;
    }
    if until < u16::MAX {
        let message = format!(
            "`{owner}` has no field `{}` any more since 0.{until}",
            field.name
        );
        report
            .decode(FaultKind::Unknown, span, message, said)
            .versions = until..u16::MAX;
    }
}

fn decode(value: &Value, key: Span, kind: Kind, report: &mut Report<'_>) {
    let open = matches!(&value.content, Content::Text(phrase) if phrase.known().is_none());
    if value.is_null() && !matches!(kind, Kind::Section(_)) {
        return;
    }
    match kind {
        Kind::Any => {}
        Kind::Section(shape) => section(value, key, shape, false, false, report),
        Kind::Optional(shape) => section(value, key, shape, true, false, report),
        _ if open => {}
        Kind::Bool => {
            if !matches!(value.content, Content::Bool(_)) {
                wrong_type(value, "`true` or `false`", "bool", report);
            }
        }
        Kind::Int | Kind::Float => {
            if !matches!(value.content, Content::Integer(_) | Content::Float(_)) {
                wrong_type(
                    value,
                    "a number",
                    if matches!(kind, Kind::Int) {
                        "int"
                    } else {
                        "float64"
                    },
                    report,
                );
            }
        }
        Kind::Unsigned => unsigned(value, report),
        Kind::Text => {
            if value.phrase().is_none() {
                wrong_type(value, "a string", "string", report);
            }
        }
        Kind::Scalar => {
            if matches!(value.content, Content::List(_) | Content::Map(_)) {
                wrong_type(value, "a string", "string", report);
            }
        }
        Kind::Duration => duration_field(value, report),
        Kind::Choice(names, said) => choice(value, names, said, report),
        Kind::List(item) => list(value, key, *item, report),
        Kind::Map(inner) => {
            if value.map().is_none() {
                wrong_type(value, "a map", "map", report);
            }
            for entry in value.entries() {
                report.under(&entry.key, |report| {
                    decode(&entry.value, entry.key.span, *inner, report)
                });
            }
        }
        Kind::Headers => headers(value, report),
        Kind::Id => id(value, report),
    }
}

fn wrong_type(value: &Value, wanted: &str, go: &str, report: &mut Report<'_>) {
    let name = report.name().to_owned();
    let found = match value.content {
        Content::Null => "nil",
        Content::Bool(_) => "bool",
        Content::Integer(_) => "int",
        Content::Float(_) => "float64",
        Content::Text(_) => "string",
        Content::List(_) => "[]interface {}",
        Content::Map(_) => "map[string]interface {}",
    };
    let said = match go {
        "map" => format!("'{name}' expected a map or struct, got \"{found}\""),
        _ => format!("'{name}' expected type '{go}', got unconvertible type '{found}'"),
    };
    let message = format!("`{name}` takes {wanted}, this is {}", value.type_name());
    report.decode(FaultKind::Type, value.span, message, said);
}

fn unsigned(value: &Value, report: &mut Report<'_>) {
    match value.content {
        Content::Integer(number) if number < 0 => {
            let name = report.name().to_owned();
            let said = format!("cannot parse '{name}', {number} overflows uint");
            let message = format!("`{name}` takes no negative number");
            report.decode(FaultKind::Value, value.span, message, said);
        }
        Content::Integer(_) | Content::Float(_) => {}
        _ => wrong_type(value, "a number", "uint", report),
    }
}

fn duration_field(value: &Value, report: &mut Report<'_>) {
    let said = match &value.content {
        // A bare number decodes into the int64 below, as nanoseconds: published configurations rely on it.
        Content::Integer(_) => return,
        Content::Text(phrase) => match duration(phrase.as_written()) {
            Ok(_) => return,
            Err(said) => said,
        },
        _ => return wrong_type(value, "a duration such as `10s`", "time.Duration", report),
    };
    let name = report.name().to_owned();
    let message = format!("`{name}` takes a duration with a unit, such as `10s`");
    report.decode(FaultKind::Value, value.span, message, said);
}

fn choice(value: &Value, names: &'static [&'static str], said: &str, report: &mut Report<'_>) {
    let Some(phrase) = value.phrase() else {
        return wrong_type(value, "a string", "string", report);
    };
    let written = phrase.as_written();
    if names.contains(&written) {
        return;
    }
    let name = report.name().to_owned();
    let some: Vec<_> = names
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| format!("`{name}`"))
        .collect();
    let message = format!("`{name}` takes one of {}", some.join(", "));
    let said = said.replace("{}", written);
    report
        .decode(FaultKind::Value, value.span, message, said)
        .near = nearest(written, names.iter().copied());
}

fn list(value: &Value, key: Span, item: Kind, report: &mut Report<'_>) {
    match &value.content {
        Content::List(items) => {
            for (at, one) in items.iter().enumerate() {
                report.under(&at.to_string(), |report| decode(one, key, item, report));
            }
        }
        Content::Text(_)
            if matches!(
                item,
                Kind::Text | Kind::Id | Kind::Choice(..) | Kind::Scalar
            ) => {}
        _ => {
            let name = report.name().to_owned();
            let said = format!(
                "'{name}' source data must be an array or slice, got {}",
                value.type_name()
            );
            let message = format!("`{name}` takes a list, this is {}", value.type_name());
            report.decode(FaultKind::Type, value.span, message, said);
        }
    }
}

fn headers(value: &Value, report: &mut Report<'_>) {
    match &value.content {
        Content::Map(map) => {
            for entry in map.entries() {
                report.under(&entry.key, |report| {
                    decode(&entry.value, entry.key.span, Kind::Text, report)
                });
            }
        }
        Content::List(items) => {
            let mut seen: Vec<&str> = Vec::new();
            for item in items {
                let Some(name) = item
                    .get("name")
                    .and_then(Value::phrase)
                    .map(|name| name.as_written())
                else {
                    continue;
                };
                if seen.contains(&name) {
                    let said = format!("duplicate keys in map-style list: [{name}]");
                    report.decode(
                        FaultKind::Value,
                        item.span,
                        format!("the header `{name}` is given twice"),
                        said,
                    );
                }
                // A hostile list of headers must not cost its square.
                if seen.len() < 256 {
                    seen.push(name);
                }
            }
        }
        _ => wrong_type(value, "a map", "map", report),
    }
}

fn id(value: &Value, report: &mut Report<'_>) {
    let Some(phrase) = value.phrase() else {
        return wrong_type(value, "the id of a component", "component.ID", report);
    };
    if let Err(said) = ComponentId::read(phrase.as_written()) {
        let message = format!("`{}` is no component id", phrase.as_written());
        report.push(FaultKind::Id, value.span, message, said);
    }
}

/// Nanoseconds of a Go duration (time.ParseDuration).
pub(super) fn duration(text: &str) -> Result<i128, String> {
    let invalid = || format!("time: invalid duration \"{text}\"");
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().map_err(|_| invalid())?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "" => return Err(format!("time: missing unit in duration \"{text}\"")),
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            other => {
                return Err(format!(
                    "time: unknown unit \"{other}\" in duration \"{text}\""
                ));
            }
        };
        total += number * unit;
        rest = &rest[letters..];
    }
    let total = total as i128;
    Ok(if negative { -total } else { total })
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_read_as_go_does() {
        let good = [
            ("10s", 10_000_000_000),
            ("0", 0),
            ("-5s", -5_000_000_000),
            ("1.5ms", 1_500_000),
            ("1h2m", 3_720_000_000_000),
        ];
        for (text, nanoseconds) in good {
            assert_eq!(duration(text), Ok(nanoseconds), "{text}");
        }
        let bad = [
            ("5", "time: missing unit in duration \"5\""),
            ("", "time: invalid duration \"\""),
            ("s", "time: invalid duration \"s\""),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
        ];
        for (text, said) in bad {
            assert_eq!(duration(text), Err(said.to_owned()), "{text}");
        }
    }
}
