//! Keys that are no field, or none in that version.

use super::Field;
use super::Kind;
use super::Report;
use super::Shape;
use super::field;
use super::typed::go_type;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::Later;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::fault::nearest;
use crate::model::collector::value::Entry;
use crate::model::collector::value::Value;
use crate::source::Span;

/// Records a key that is no field.
pub(super) fn unknown(
    value: &Value,
    entry: &Entry,
    shape: &'static Shape,
    report: &mut Report<'_>,
) {
    if shape.takes_rest() {
        return rest(entry, report);
    }
    let (name, span) = (entry.key.as_str(), entry.key.span);
    let mut names = Vec::new();
    shape.names(&mut names);
    // What is there already was not meant.
    names.retain(|name| value.get(name).is_none());
    let near = nearest(name, names.into_iter());
    if shape.takes_others() && near.is_none() && entry.value.map().is_some() {
        return;
    }
    let said = invalid_keys(name, shape, report);
    let message = format!("`{}` has no field `{name}`", report.name());
    let drops = report.drops;
    let fault = report.refuse(FaultKind::Unknown, span, message, said);
    (fault.versions, fault.later) = match drops {
        true => (0..DROPPING_SINCE, Later::Dropped),
        // A slip of the pen stays one.
        false if near.is_some() => (0..NEWEST + 1, Later::Unsure),
        false => (0..NEWEST + 1, Later::Taken),
    };
    fault.near = near;
}

fn invalid_keys(name: &str, shape: &'static Shape, report: &Report<'_>) -> String {
    let decoded = report.decoded();
    let owner = if decoded.is_empty() {
        shape.go
    } else {
        &decoded
    };
    format!("'{owner}' has invalid keys: {name}")
}

/// A key that is no field of a section which hands all other keys on, as mappings.
fn rest(entry: &Entry, report: &mut Report<'_>) {
    let value = &entry.value;
    if value.map().is_some() || value.is_null() || value.is_open() {
        return;
    }
    let message = format!(
        "`{}` has no field `{}`, and takes others only as maps",
        report.name(),
        entry.key.value
    );
    let said = format!(
        "'{}[<interface {{}} Value>]' expected type 'map[string]interface {{}}', got unconvertible type '{}'",
        report.decoded(),
        go_type(value)
    );
    report.refuse(FaultKind::Unknown, entry.key.span, message, said);
}

/// The first version in which sections that read only what they know exist (collector, config/confighttp 0.160.0).
const DROPPING_SINCE: u16 = 160;

/// What every optional section takes (collector, CHANGELOG 0.140.0).
pub(super) const ENABLED: Field = field("enabled", Kind::Bool).since(140);

/// Records a field that older or newer versions do not have.
pub(super) fn misdated(field: &Field, span: Span, shape: &'static Shape, report: &mut Report<'_>) {
    let (since, until) = (field.since, field.until);
    if since == 0 && until == u16::MAX {
        return;
    }
    let owner = report.name();
    let said = invalid_keys(field.name, shape, report);
    if since > 0 {
        let message = format!("`{owner}` has no field `{}` before 0.{since}", field.name);
        report
            .refuse(FaultKind::Unknown, span, message, said.clone())
            .versions = 0..since;
    }
    if until < u16::MAX {
        let message = format!(
            "`{owner}` has no field `{}` any more since 0.{until}",
            field.name
        );
        let drops = report.drops;
        let fault = report.refuse(FaultKind::Unknown, span, message, said);
        (fault.versions, fault.later) = match drops {
            true => (until..DROPPING_SINCE, Later::Dropped),
            false => (until..u16::MAX, Later::Taken),
        };
        fault.instead = (!field.instead.is_empty()).then_some(field.instead);
    }
}
