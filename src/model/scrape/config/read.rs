//! To hold a value to its Go type, as go-yaml v2 does with what the Collector writes down for it: texts that look like
//! something else are quoted.

use super::grammar::Field;
use super::grammar::Struct;
use super::grammar::Takes;
use super::grammar::Wrong;
use super::view::Reading;
use super::view::View;
use super::view::scalar;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::Later;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::fault::nearest;
use crate::model::collector::value::Content;
use crate::model::collector::value::Entry;
use crate::model::collector::value::Value;
use crate::source::Span;

/// Holds `value`, which stands under the key at `span`, to a struct.
pub(super) fn structure(
    value: &Value,
    span: Span,
    form: &'static Struct,
    reading: &mut Reading<'_>,
) {
    if value.is_null() || value.is_open() {
        return;
    }
    if value.map().is_none() {
        return wrong(value, "a map", form.go, reading);
    }
    for entry in value.entries() {
        let name = entry.key.value.as_str();
        match (form.field(name), form.entries) {
            (Some(field), _) => {
                if reading.is_strict {
                    misdated(field, entry, form, reading);
                }
                reading.under(name, |reading| {
                    decode(&entry.value, entry.key.span, field.takes, reading);
                });
            }
            (None, Some(takes)) => reading.under(name, |reading| {
                decode(&entry.value, entry.key.span, takes, reading);
            }),
            (None, None) if !form.suffix.is_empty() && name.ends_with(form.suffix) => {}
            (None, None) if !reading.is_strict => {}
            (None, None) => unknown(value, entry, form, reading),
        }
    }
    form.run(&View { value, span }, reading);
}

fn decode(value: &Value, key: Span, takes: Takes, reading: &mut Reading<'_>) {
    if value.is_null() || value.is_open() {
        return;
    }
    match takes {
        Takes::Any => {}
        Takes::Struct(form) => structure(value, key, form, reading),
        Takes::Bool => match &value.content {
            Content::Bool(_) => {}
            _ => wrong(value, "`true` or `false`", "bool", reading),
        },
        Takes::Int(go) => number(value, go, i64::MIN.into(), i64::MAX.into(), reading),
        Takes::Uint(go) => number(value, go, 0, u64::MAX.into(), reading),
        Takes::Float if value.is_number() => {}
        Takes::Float => wrong(value, "a number", "float64", reading),
        Takes::Text(go) => {
            if is_nested(value) {
                wrong(value, "a string", go, reading);
            }
        }
        Takes::Parsed(go, parse) => match scalar(value).map(|text| parse(&text)) {
            None if is_nested(value) => wrong(value, "a string", go, reading),
            Some(Err(wrong)) => refused(value, wrong, reading),
            _ => {}
        },
        Takes::List(go, item) => match &value.content {
            Content::List(items) => {
                for (at, one) in items.iter().enumerate() {
                    reading.under(&at.to_string(), |reading| {
                        decode(one, one.span, *item, reading);
                    });
                }
            }
            _ => wrong(value, "a list", go, reading),
        },
        Takes::Map(go, item) => match &value.content {
            Content::Map(map) => {
                for entry in map.entries() {
                    reading.under(&entry.key, |reading| {
                        decode(&entry.value, entry.key.span, *item, reading);
                    });
                }
            }
            _ => wrong(value, "a map", go, reading),
        },
    }
}

const fn is_nested(value: &Value) -> bool {
    matches!(value.content, Content::List(_) | Content::Map(_))
}

/// A whole number between `least` and `most`; of a float only its size counts.
fn number(value: &Value, go: &str, least: i128, most: i128, reading: &mut Reading<'_>) {
    let message = match value.content {
        Content::Integer(number) if (least..=most).contains(&number) => return,
        Content::Float(number) if number <= most as f64 => return,
        Content::Integer(number) if number < 0 => "no negative number",
        _ if value.is_number() => "a smaller number",
        _ => "a number",
    };
    wrong(value, message, go, reading);
}

/// A value of another type than the field has.
fn wrong(value: &Value, wanted: &str, go: &str, reading: &mut Reading<'_>) {
    let message = format!(
        "`{}` takes {wanted}, this is {}",
        reading.name(),
        value.type_name()
    );
    let said = format!("{TYPES}cannot unmarshal {} into {go}", tagged(value, go));
    reading.refuse(FaultKind::Type, value.span, message, said);
}

/// What precedes errors of types, which are collected; each comes with its line in a text that nobody sees.
const TYPES: &str = "yaml: unmarshal errors: ";

/// The tag of a value, and as much of it as go-yaml shows; of a text only where a number or bool is wanted: elsewhere it
/// may be a password under the wrong key.
fn tagged(value: &Value, go: &str) -> String {
    let tag = match &value.content {
        Content::List(_) => return "!!seq".to_owned(),
        Content::Map(_) => return "!!map".to_owned(),
        Content::Null => "!!null",
        Content::Bool(_) => "!!bool",
        Content::Integer(_) => "!!int",
        Content::Float(_) => "!!float",
        Content::Time => "!!timestamp",
        Content::Text(_) => "!!str",
    };
    let is_plain = ["bool", "int", "int64", "uint", "uint64", "float64"].contains(&go);
    if tag == "!!str" && !is_plain {
        return tag.to_owned();
    }
    let text = scalar(value).unwrap_or_default();
    match text.char_indices().nth(7) {
        Some((cut, _)) if text.len() > 10 => format!("{tag} `{}...`", &text[..cut]),
        _ => format!("{tag} `{text}`"),
    }
}

/// A text that a field does not take.
fn refused(value: &Value, wrong: Wrong, reading: &mut Reading<'_>) {
    let message = format!("`{}` {}", reading.name(), wrong.message);
    let written = scalar(value).unwrap_or_default();
    let fault = reading.refuse(FaultKind::Value, value.span, message, wrong.said);
    fault.near = nearest(&written, wrong.known.iter().copied());
    if wrong.may_come {
        fault.versions = 0..NEWEST + 1;
    }
}

/// A key that is no field.
fn unknown(value: &Value, entry: &Entry, form: &'static Struct, reading: &mut Reading<'_>) {
    let (name, span) = (entry.key.as_str(), entry.key.span);
    let mut names = Vec::new();
    form.names(&mut names);
    // What is there already was not meant.
    names.retain(|name| value.get(name).is_none());
    let near = nearest(name, names.into_iter());
    let message = format!("`{}` has no field `{name}`", reading.name());
    let fault = reading.refuse(FaultKind::Unknown, span, message, not_found(name, form));
    fault.versions = 0..NEWEST + 1;
    if near.is_some() {
        // A slip of the pen stays one.
        fault.later = Later::Unsure;
    }
    fault.near = near;
}

fn not_found(name: &str, form: &Struct) -> String {
    format!("{TYPES}field {name} not found in type {}", form.go)
}

/// A field that older or newer versions do not have.
fn misdated(field: &Field, entry: &Entry, form: &Struct, reading: &mut Reading<'_>) {
    let owner = reading.name().to_owned();
    let mut refuse = |versions, message| {
        let said = not_found(field.name, form);
        let fault = reading.refuse(FaultKind::Unknown, entry.key.span, message, said);
        fault.versions = versions;
    };
    let (name, since, until) = (field.name, field.since, field.until);
    if since > 0 {
        refuse(
            0..since,
            format!("`{owner}` has no field `{name}` before 0.{since}"),
        );
    }
    if until < u16::MAX {
        let message = format!("`{owner}` has no field `{name}` any more since 0.{until}");
        refuse(until..u16::MAX, message);
    }
}
