//! To hold a value to its section strictly, as the Collector's decoder does (confmap/internal/decoder.go, and
//! mapstructure under it).

use super::Field;
use super::Report;
use super::Section;
use super::Shape;
use super::report::Sort;
use super::typed::decode;
use super::typed::go_type;
use super::typed::no_map;
use super::unknown::ENABLED;
use super::unknown::misdated;
use super::unknown::unknown;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::value::Content;
use crate::model::collector::value::Entry;
use crate::model::collector::value::Value;
use crate::source::Span;

/// Holds `value` to `shape`, as the root of a component or of the service; `span` is the key that names it.
pub(in crate::model::collector) fn check(
    value: &Value,
    span: Span,
    shape: &'static Shape,
    report: &mut Report<'_>,
) {
    section(value, span, shape, report);
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

pub(super) fn section(value: &Value, span: Span, shape: &'static Shape, report: &mut Report<'_>) {
    let (outer, before) = (report.drops, report.faults.len());
    report.drops |= shape.drops;
    match &value.content {
        // A date is a struct to Go, whose fields nobody sees.
        Content::Map(_) | Content::Null | Content::Time => {
            if shape.begins {
                report.begun(|report| fields(value, shape, false, report));
            } else {
                fields(value, shape, false, report);
            }
            shape.run_checks(&Section { value, span }, report);
        }
        _ if value.is_open() => {}
        _ => no_map(value, "", report),
    }
    began(shape, before, report);
    report.drops = outer;
}

/// An optional section: off, or left at its defaults, when it is null; off by `enabled: false` too. It is decoded by itself,
/// and strictly whatever is around it.
pub(super) fn optional(value: &Value, span: Span, shape: &'static Shape, report: &mut Report<'_>) {
    match &value.content {
        Content::Map(_) => {}
        Content::Null | Content::Time => return,
        _ if value.is_open() => return,
        _ => return no_map(value, " ''", report),
    }
    let enabled = value.map().and_then(|map| map.entry("enabled"));
    if let Some(enabled) = enabled {
        let own = shape.field("enabled").unwrap_or(&ENABLED);
        misdated(own, enabled.key.span, shape, report);
        switch(&enabled.value, report);
    }
    let is_on = enabled.is_none_or(|enabled| matches!(enabled.value.content, Content::Bool(true)));
    let outer = report.drops;
    report.drops = shape.drops;
    let before = report.faults.len();
    report.opened(|report| {
        fields(value, shape, true, report);
        if is_on {
            shape.run_checks(&Section { value, span }, report);
        }
    });
    began(shape, before, report);
    report.drops = outer;
}

/// Says of the faults from `before` on that versions older than the section do not have them.
fn began(shape: &'static Shape, before: usize, report: &mut Report<'_>) {
    for fault in report.faults.iter_mut().skip(before) {
        fault.versions.start = fault.versions.start.max(shape.since);
    }
}

fn switch(enabled: &Value, report: &mut Report<'_>) {
    if matches!(enabled.content, Content::Bool(_)) || enabled.is_open() {
        return;
    }
    let go = match enabled.content {
        Content::Null => "<nil>",
        _ => go_type(enabled),
    };
    let name = report.name();
    let message = format!(
        "`enabled` of `{name}` takes `true` or `false`, this is {}",
        enabled.type_name()
    );
    let said = format!("'{}' unexpected type {go} for 'enabled'", report.decoded());
    report.refuse(FaultKind::Type, enabled.span, message, said);
}

fn fields(value: &Value, shape: &'static Shape, optional: bool, report: &mut Report<'_>) {
    for entry in value.entries() {
        let name = entry.key.value.as_str();
        if optional && name == "enabled" {
            continue;
        }
        if let Some((squashed, field)) = shape.find(name) {
            misdated(field, entry.key.span, shape, report);
            field_of(&squashed, entry, field, report);
        } else if !shape.takes_any && (shape.suffix.is_empty() || !name.ends_with(shape.suffix)) {
            unknown(value, entry, shape, report);
        }
    }
}

/// Goes into a field through the squashed sections that lead to it.
fn field_of(squashed: &[&'static str], entry: &Entry, field: &Field, report: &mut Report<'_>) {
    match squashed {
        [first, rest @ ..] => {
            report.within(first, |report| field_of(rest, entry, field, report));
        }
        [] => report.under(Sort::Key, field.name, |report| {
            decode(&entry.value, entry.key.span, field.kind, report);
        }),
    }
}
