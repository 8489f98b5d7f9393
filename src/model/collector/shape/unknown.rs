//! Keys that are no field, or none in that version.

use super::Field;
use super::Kind;
use super::Report;
use super::Shape;
use super::Value;
use super::field;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::Later;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::fault::nearest;
use crate::model::collector::value::Entry;
use crate::source::Span;

/// Records a key that is no field.
pub(super) fn unknown(
    value: &Value,
    entry: &Entry,
    shape: &'static Shape,
    root: bool,
    report: &mut Report<'_>,
) {
    let (name, span) = (entry.key.as_str(), entry.key.span);
    let mut names = Vec::new();
    shape.names(&mut names);
    // What is there already was not meant.
    names.retain(|name| value.get(name).is_none());
    let near = nearest(name, names.into_iter());
    if shape.takes_others() && near.is_none() && entry.value.map().is_some() {
        return;
    }
    let owner = report.name();
    let struct_name = if root && !shape.go.is_empty() {
        shape.go
    } else {
        owner.as_str()
    };
    let said = format!("'{struct_name}' has invalid keys: {name}");
    let message = format!("`{owner}` has no field `{name}`");
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

/// The first version in which sections that read only what they know exist (collector, config/confighttp 0.160.0).
const DROPPING_SINCE: u16 = 160;

/// What every optional section takes (collector, CHANGELOG 0.140.0).
pub(super) const ENABLED: Field = field("enabled", Kind::Bool).since(140);

/// Records a field that older or newer versions do not have.
pub(super) fn misdated(field: &Field, span: Span, report: &mut Report<'_>) {
    let (since, until) = (field.since, field.until);
    if since == 0 && until == u16::MAX {
        return;
    }
    let owner = report.name();
    let said = format!("'{owner}' has invalid keys: {}", field.name);
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
