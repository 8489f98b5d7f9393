//! To hold one value to its kind: the types that Go has, and what is said of a value of another one.

use std::collections::BTreeSet;

use super::Kind;
use super::Levels;
use super::Report;
use super::SECRET;
use super::Section;
use super::Shape;
use super::decode::optional;
use super::decode::section;
use super::duration::duration;
use super::field;
use super::prometheus;
use super::report::Sort;
use super::shape;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::fault::nearest;
use crate::model::collector::id::ComponentId;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::source::Span;

/// Holds `value` to `kind`; `key` is where its name stands.
pub(super) fn decode(value: &Value, key: Span, kind: Kind, report: &mut Report<'_>) {
    match kind {
        Kind::Named(inner, go) => typed(value, key, *inner, go, report),
        Kind::Bool => typed(value, key, kind, "bool", report),
        Kind::Int => typed(value, key, kind, "int", report),
        Kind::Unsigned => typed(value, key, kind, "uint32", report),
        Kind::Float => typed(value, key, kind, "float64", report),
        Kind::Duration => typed(value, key, kind, "time.Duration", report),
        Kind::Map(_) => typed(value, key, kind, "map[string]interface {}", report),
        _ => typed(value, key, kind, "string", report),
    }
}

/// Holds `value` to `kind`, whose Go type is called `go`.
fn typed(value: &Value, key: Span, kind: Kind, go: &str, report: &mut Report<'_>) {
    match kind {
        Kind::Any => {}
        Kind::Section(shape) => section(value, key, shape, report),
        Kind::Optional(shape) => optional(value, key, shape, report),
        _ if value.is_open() => {}
        Kind::Choice(names, said) => {
            let said = format!("'{}' {said}", report.decoded());
            choice(value, &Names::exact(names, said), go, report);
        }
        Kind::Caseless(names, said) => {
            let said = format!("'{}' {said}", report.decoded());
            choice(value, &Names::caseless(names, said), go, report);
        }
        _ if value.is_null() => {}
        Kind::Level(levels) => level(value, levels, report),
        Kind::Known(names, said) => {
            choice(value, &Names::exact(names, said.to_owned()), go, report);
        }
        Kind::Pointer(shape) => section(value, key, shape, report),
        Kind::Named(inner, go) => typed(value, key, *inner, go, report),
        Kind::Bool if matches!(value.content, Content::Bool(_)) => {}
        Kind::Bool => wrong_type(value, "`true` or `false`", go, report),
        Kind::Int | Kind::Float if value.is_number() => {}
        Kind::Int | Kind::Float => wrong_type(value, "a number", go, report),
        Kind::Unsigned => unsigned(value, go, report),
        Kind::Text if value.phrase().is_some() => {}
        Kind::Text => wrong_type(value, "a string", go, report),
        Kind::Duration => duration_field(value, go, report),
        Kind::Parsed(inner) => {
            if is_parsed(value, "a string", report) {
                typed(value, key, *inner, go, report);
            }
        }
        Kind::List(item) => list(value, key, *item, report),
        Kind::Map(inner) => map(value, *inner, go, report),
        Kind::Headers => headers(value, report),
        Kind::Id => id(value, report),
        Kind::Prometheus(root) => prometheus::read(value, key, root, report),
    }
}

/// The Go type of what YAML holds.
pub(super) fn go_type(value: &Value) -> &'static str {
    match value.content {
        Content::List(_) => "[]interface {}",
        Content::Map(_) => "map[string]interface {}",
        Content::Time => "time.Time",
        _ => go_kind(value),
    }
}

/// The kind (reflect.Kind) of what YAML holds.
fn go_kind(value: &Value) -> &'static str {
    match value.content {
        Content::Null => "nil",
        Content::Bool(_) => "bool",
        Content::Integer(number) if i64::try_from(number).is_ok() => "int",
        Content::Integer(number) if u64::try_from(number).is_ok() => "uint64",
        Content::Integer(_) | Content::Float(_) => "float64",
        Content::Time => "struct",
        Content::Text(_) => "string",
        Content::List(_) => "slice",
        Content::Map(_) => "map",
    }
}

fn wrong_type(value: &Value, wanted: &str, go: &str, report: &mut Report<'_>) {
    let found = go_type(value);
    let said = format!(
        "'{}' expected type '{go}', got unconvertible type '{found}'",
        report.decoded()
    );
    refuse_type(value, wanted, said, report);
}

pub(super) fn no_map(value: &Value, inner: &str, report: &mut Report<'_>) {
    let found = go_kind(value);
    let said = format!(
        "'{}'{inner} expected a map or struct, got \"{found}\"",
        report.decoded()
    );
    refuse_type(value, "a map", said, report);
}

fn refuse_type(value: &Value, wanted: &str, said: String, report: &mut Report<'_>) {
    let name = report.name();
    let message = format!("`{name}` takes {wanted}, this is {}", value.type_name());
    report.refuse(FaultKind::Type, value.span, message, said);
}

fn unsigned(value: &Value, go: &str, report: &mut Report<'_>) {
    let number = match value.content {
        Content::Integer(number) if number < 0 => number.to_string(),
        Content::Float(number) if number < 0.0 => format!("{number:.6}"),
        _ if value.is_number() => return,
        _ => return wrong_type(value, "a number", go, report),
    };
    let said = format!(
        "'{}' cannot parse value as '{go}': {number} overflows uint",
        report.decoded()
    );
    let message = format!("`{}` takes no negative number", report.name());
    report.refuse(FaultKind::Value, value.span, message, said);
}

fn duration_field(value: &Value, go: &str, report: &mut Report<'_>) {
    let said = match &value.content {
        Content::Text(phrase) => match duration(phrase.as_written()) {
            Ok(_) => return,
            // The last word, which is what was written, is cut off (mapstructure, errors.go).
            Err(said) if said.starts_with("time: unknown unit") => "time: unknown unit".to_owned(),
            Err(said) => said
                .rsplit_once(' ')
                .map_or(said.as_str(), |cut| cut.0)
                .to_owned(),
        },
        // A bare number decodes into the int64 below, as nanoseconds: published configurations rely on it.
        _ if value.is_number() => return,
        _ => return wrong_type(value, "a duration such as `10s`", go, report),
    };
    let said = format!("'{}' {said}", report.decoded());
    let message = format!(
        "`{}` takes a duration with a unit, such as `10s`",
        report.name()
    );
    report.refuse(FaultKind::Value, value.span, message, said);
}

fn level(value: &Value, levels: &Levels, report: &mut Report<'_>) {
    if !value.is_number() {
        let said = format!("'{}' {}", report.decoded(), levels.said);
        let known = Names::caseless(levels.names, said);
        choice(value, &known, levels.go, report);
    }
}

/// The strings that a field takes, and what decoding says of others.
struct Names {
    names: &'static [&'static str],
    /// With `{}` for the string.
    said: String,
    caseless: bool,
}

impl Names {
    const fn exact(names: &'static [&'static str], said: String) -> Self {
        let caseless = false;
        Self {
            names,
            said,
            caseless,
        }
    }

    const fn caseless(names: &'static [&'static str], said: String) -> Self {
        let caseless = true;
        Self {
            names,
            said,
            caseless,
        }
    }
}

fn choice(value: &Value, known: &Names, go: &str, report: &mut Report<'_>) {
    let Names {
        names,
        said,
        caseless,
    } = known;
    let written = match (value.phrase(), value.is_null()) {
        (Some(phrase), _) => phrase.as_written(),
        (None, true) => "",
        (None, false) => return wrong_type(value, "a string", go, report),
    };
    let is_one = |name: &&str| *name == written || *caseless && name.eq_ignore_ascii_case(written);
    if names.iter().any(is_one) {
        return;
    }
    let some: Vec<_> = names
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| format!("`{name}`"))
        .collect();
    let message = format!("`{}` takes one of {}", report.name(), some.join(", "));
    let said = said.replace("{}", written);
    let fault = report.refuse(FaultKind::Value, value.span, message, said);
    fault.near = nearest(
        written,
        names.iter().copied().filter(|name| !name.is_empty()),
    );
    // A later version may take more.
    fault.versions = 0..NEWEST + 1;
}

/// Whether `value` is text, of which a struct is made; anything else is refused as where a struct is wanted.
fn is_parsed(value: &Value, wanted: &str, report: &mut Report<'_>) -> bool {
    if value.phrase().is_some() {
        return true;
    }
    match value.entries() {
        [] if value.map().is_some() || matches!(value.content, Content::Time) => {}
        [] => {
            let found = go_kind(value);
            let said = format!(
                "'{}' expected a map or struct, got \"{found}\"",
                report.decoded()
            );
            refuse_type(value, wanted, said, report);
        }
        [first, ..] => {
            let said = format!("'{}' has invalid keys: ", report.decoded());
            let message = format!("`{}` takes {wanted}, this is a map", report.name());
            report.refuse(FaultKind::Type, first.key.span, message, said);
        }
    }
    false
}

fn map(value: &Value, inner: Kind, go: &str, report: &mut Report<'_>) {
    if value.map().is_none() {
        return wrong_type(value, "a map", go, report);
    }
    for entry in value.entries() {
        report.under(Sort::Entry, &entry.key, |report| {
            decode(&entry.value, entry.key.span, inner, report);
        });
    }
}

fn list(value: &Value, key: Span, item: Kind, report: &mut Report<'_>) {
    let split;
    let items = match &value.content {
        Content::List(items) => items,
        Content::Text(phrase)
            if matches!(item, Kind::Text | Kind::Choice(..) | Kind::Known(..)) =>
        {
            split = parts(phrase, value.span);
            &split
        }
        _ => return no_list(value, report),
    };
    for (at, one) in items.iter().enumerate() {
        report.under(Sort::Item, &at.to_string(), |report| {
            decode(one, key, item, report);
        });
    }
}

/// What a string is where a list is wanted: its parts between commas, none of the empty one.
fn parts(phrase: &Phrase, span: Span) -> Vec<Value> {
    let parts = phrase.as_written().split(',');
    let part = |text: &str| Value::new(span, Content::Text(Phrase::read(text)));
    match phrase.as_written() {
        "" => Vec::new(),
        _ => parts.map(part).collect(),
    }
}

fn no_list(value: &Value, report: &mut Report<'_>) {
    let said = format!(
        "'{}' source data must be an array or slice, got {}",
        report.decoded(),
        go_kind(value)
    );
    refuse_type(value, "a list", said, report);
}

fn id(value: &Value, report: &mut Report<'_>) {
    if !is_parsed(value, "the id of a component", report) {
        return;
    }
    let Some(phrase) = value.phrase() else { return };
    if let Err(said) = ComponentId::read(phrase.as_written()) {
        let message = format!("`{}` is no component id", phrase.as_written());
        let said = format!("'{}' {said}", report.decoded());
        report.refuse(FaultKind::Id, value.span, message, said);
    }
}

/// The last version that is known to take headers as a map only; 0.139 takes a list.
const HEADER_LISTS_AFTER: u16 = 124;

fn headers(value: &Value, report: &mut Report<'_>) {
    match &value.content {
        Content::Map(_) => report.opened(|report| {
            map(value, SECRET, "map[string]configopaque.String", report);
        }),
        Content::List(items) => {
            let message = format!(
                "`{}` takes a list only in later versions, and a map in all",
                report.name()
            );
            let said = format!("'{}' expected a map, got 'slice'", report.decoded());
            report
                .refuse(FaultKind::Type, value.span, message, said)
                .versions = 0..HEADER_LISTS_AFTER + 1;
            list(value, value.span, Kind::Section(&HEADER), report);
            repeated(items, report);
        }
        _ => no_list(value, report),
    }
}

/// One header of a list (collector, config/configopaque/maplist.go).
static HEADER: Shape = shape(
    "configopaque.Pair",
    &[field("name", Kind::Text), field("value", super::SECRET)],
);

fn repeated(items: &[Value], report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for item in items {
        let value = Section {
            value: item,
            span: item.span,
        };
        let Some(name) = value.text_or("name", "") else {
            continue;
        };
        if !seen.insert(name) {
            report.value(
                item.span,
                format!("the header `{name}` is given twice"),
                format!("duplicate keys in map-style list: [{name}]"),
            );
        }
    }
}
