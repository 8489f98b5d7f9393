//! To hold a value to its section strictly, as the Collector's decoder does (confmap/internal/decoder.go).

use super::Kind;
use super::Levels;
use super::Report;
use super::Section;
use super::Shape;
use super::duration::duration;
use super::unknown::ENABLED;
use super::unknown::misdated;
use super::unknown::unknown;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::fault::nearest;
use crate::model::collector::id::ComponentId;
use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::source::Span;

/// Holds `value` to `shape`, as the root of a component or of the service; `span` is the key that names it.
pub(in crate::model::collector) fn check(
    value: &Value,
    span: Span,
    shape: &'static Shape,
    report: &mut Report<'_>,
) {
    section(value, span, shape, false, true, report);
}

/// Holds a body that is not known here to what holds for all: no component takes a negative `timeout`.
pub(in crate::model::collector) fn check_opaque(value: &Value, report: &mut Report<'_>) {
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

/// Optional sections are decoded by themselves, and strictly; plain ones as what is around them.
fn section(
    value: &Value,
    span: Span,
    shape: &'static Shape,
    optional: bool,
    root: bool,
    report: &mut Report<'_>,
) {
    let outer = report.drops;
    report.drops = shape.drops || outer && !optional;
    let before = report.faults.len();
    strict(value, span, shape, optional, root, report);
    for fault in report.faults.iter_mut().skip(before) {
        fault.versions.start = fault.versions.start.max(shape.since);
    }
    report.drops = outer;
}

fn strict(
    value: &Value,
    span: Span,
    shape: &'static Shape,
    optional: bool,
    root: bool,
    report: &mut Report<'_>,
) {
    match &value.content {
        // A date is a struct to Go, whose fields nobody sees.
        Content::Map(_) | Content::Null | Content::Time => {}
        _ if value.is_open() => return,
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
            misdated(&ENABLED, entry.key.span, report);
            report.under(name, |report| {
                decode(&entry.value, entry.key.span, Kind::Bool, report)
            });
        } else if !shape.takes_any && (shape.suffix.is_empty() || !name.ends_with(shape.suffix)) {
            unknown(value, entry, shape, root, report);
        }
    }
    let section = Section { value, span };
    let off = optional && (section.is("enabled", false) || section.is_open("enabled"));
    if !off && (!optional || !value.is_null()) {
        shape.run_checks(&section, report);
    }
}

fn decode(value: &Value, key: Span, kind: Kind, report: &mut Report<'_>) {
    let open = value.is_open();
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
        Kind::Level(levels) => level(value, levels, report),
        Kind::List(item) => list(value, key, *item, report),
        Kind::Map(inner) => {
            if value.map().is_none() {
                let go = match inner {
                    Kind::Any => "map[string]interface {}",
                    _ => "map",
                };
                wrong_type(value, "a map", go, report);
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
    let name = report.name();
    let found = match value.content {
        Content::Null => "nil",
        Content::Bool(_) => "bool",
        Content::Integer(_) if value.is_too_large() => "uint64",
        Content::Integer(_) => "int",
        Content::Time => "time.Time",
        Content::Float(_) => "float64",
        Content::Text(_) => "string",
        Content::List(_) => "[]interface {}",
        Content::Map(_) => "map[string]interface {}",
    };
    let said = match go {
        "map" => format!(
            "'{name}' expected a map or struct, got \"{}\"",
            go_kind(value)
        ),
        _ => format!("'{name}' expected type '{go}', got unconvertible type '{found}'"),
    };
    let message = format!("`{name}` takes {wanted}, this is {}", value.type_name());
    report.refuse(FaultKind::Type, value.span, message, said);
}

fn unsigned(value: &Value, report: &mut Report<'_>) {
    match value.content {
        Content::Integer(number) if number < 0 => {
            let name = report.name();
            let said = format!("cannot parse '{name}', {number} overflows uint");
            let message = format!("`{name}` takes no negative number");
            report.refuse(FaultKind::Value, value.span, message, said);
        }
        Content::Integer(_) | Content::Float(_) => {}
        _ => wrong_type(value, "a number", "uint", report),
    }
}

fn duration_field(value: &Value, report: &mut Report<'_>) {
    let said = match &value.content {
        // A bare number decodes into the int64 below, as nanoseconds: published configurations rely on it.
        Content::Integer(_) | Content::Float(_) => return,
        Content::Text(phrase) => match duration(phrase.as_written()) {
            Ok(_) => return,
            Err(said) => said,
        },
        _ => return wrong_type(value, "a duration such as `10s`", "time.Duration", report),
    };
    let name = report.name();
    let message = format!("`{name}` takes a duration with a unit, such as `10s`");
    report.refuse(FaultKind::Value, value.span, message, said);
}

fn level(value: &Value, levels: &Levels, report: &mut Report<'_>) {
    let written = match &value.content {
        Content::Text(phrase) => phrase.as_written(),
        Content::Integer(_) | Content::Float(_) => return,
        _ => return wrong_type(value, "a string", levels.go, report),
    };
    if levels.names.contains(&&*written.to_lowercase()) {
        return;
    }
    let some = levels.names.iter().filter(|name| !name.is_empty());
    let some: Vec<_> = some.map(|name| format!("`{name}`")).collect();
    let message = format!("`{}` takes one of {}", report.name(), some.join(", "));
    let said = levels.said.replace("{}", written);
    report
        .refuse(FaultKind::Value, value.span, message, said)
        .near = nearest(
        &written.to_lowercase(),
        levels.names.iter().copied().filter(|name| !name.is_empty()),
    );
}

fn choice(value: &Value, names: &'static [&'static str], said: &str, report: &mut Report<'_>) {
    let Some(phrase) = value.phrase() else {
        return wrong_type(value, "a string", "string", report);
    };
    let written = phrase.as_written();
    if names.contains(&written) {
        return;
    }
    let name = report.name();
    let some: Vec<_> = names
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| format!("`{name}`"))
        .collect();
    let message = format!("`{name}` takes one of {}", some.join(", "));
    let said = said.replace("{}", written);
    let fault = report.refuse(FaultKind::Value, value.span, message, said);
    fault.near = nearest(written, names.iter().copied());
    // A later version may take more.
    fault.versions = 0..NEWEST + 1;
}

fn list(value: &Value, key: Span, item: Kind, report: &mut Report<'_>) {
    match &value.content {
        Content::List(items) => {
            for (at, one) in items.iter().enumerate() {
                report.under(&at.to_string(), |report| decode(one, key, item, report));
            }
        }
        // One string for a list of strings is split at its commas; an id is none to the decoder.
        Content::Text(_) if matches!(item, Kind::Text | Kind::Choice(..) | Kind::Scalar) => {}
        _ => {
            let name = report.name();
            let said = format!(
                "'{name}' source data must be an array or slice, got {}",
                go_kind(value)
            );
            let message = format!("`{name}` takes a list, this is {}", value.type_name());
            report.refuse(FaultKind::Type, value.span, message, said);
        }
    }
}

/// What Go's reflection calls a value.
const fn go_kind(value: &Value) -> &'static str {
    match value.content {
        Content::Null => "invalid",
        Content::Bool(_) => "bool",
        Content::Integer(_) => "int",
        Content::Float(_) => "float64",
        Content::Time => "struct",
        Content::Text(_) => "string",
        Content::List(_) => "slice",
        Content::Map(_) => "map",
    }
}

/// The last version that is known to take headers as a map only; 0.139 takes a list.
const HEADER_LISTS_AFTER: u16 = 124;

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
            let name = report.name();
            let message = format!("`{name}` takes a list only in later versions, and a map in all");
            let said = format!("'{name}' expected a map, got 'slice'");
            report
                .refuse(FaultKind::Type, value.span, message, said)
                .versions = 0..HEADER_LISTS_AFTER + 1;
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
                    report.refuse(
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
    let phrase = match &value.content {
        Content::Text(phrase) => phrase,
        // An empty map leaves an empty id: what is named so is looked for, and not found.
        Content::Map(map) if map.entries().is_empty() => return,
        _ => return wrong_type(value, "the id of a component", "map", report),
    };
    if let Err(said) = ComponentId::read(phrase.as_written()) {
        let message = format!("`{}` is no component id", phrase.as_written());
        report.refuse(FaultKind::Id, value.span, message, said);
    }
}
