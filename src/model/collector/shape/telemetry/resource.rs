//! The resource of the Collector's own telemetry: as the declarative configuration has it, or every key an attribute
//! (collector, service/telemetry/otelconftelemetry/config.go).

use super::declarative::INCLUDE_EXCLUDE;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::shape::Kind::Any;
use crate::model::collector::shape::Kind::List;
use crate::model::collector::shape::Kind::Map;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;
use crate::model::collector::value::Value;

/// The first version that reads `resource` as the declarative configuration has it; a map of texts before.
const RESOURCE_SINCE: u16 = 151;

/// The first version whose `detection/development` is a section (collector, CHANGELOG 0.157.0).
const DETECTION_SINCE: u16 = 157;

/// The attributes of the resource: as the declarative configuration has them, or each under a key of its own.
pub(super) static RESOURCE: Shape = shape(
    "",
    &[
        field("schema_url", Text),
        field("attributes", List(&Inner(&ATTRIBUTE))),
        field("attributes_list", Text),
        field("detectors", Inner(&DETECTORS)),
        field("detection/development", Inner(&DETECTION)),
    ],
)
.and_any()
.checked(resource)
.since(RESOURCE_SINCE);

static ATTRIBUTE: Shape = shape(
    "",
    &[
        field("name", Text),
        field("value", Any),
        // A struct without fields: whatever text is given is refused.
        field("type", Inner(&NOTHING)),
    ],
);

static NOTHING: Shape = shape("", &[]);

static DETECTORS: Shape = shape("", &[field("attributes", Inner(&INCLUDE_EXCLUDE))]);

static DETECTION: Shape = shape(
    "",
    &[
        field("attributes", Inner(&INCLUDE_EXCLUDE)),
        field("detectors", List(&Map(&Any))),
    ],
)
.since(DETECTION_SINCE);

fn resource(resource: &Section<'_>, report: &mut Report<'_>) {
    if resource.get("attributes_list").is_some() && !resource.is_open("attributes_list") {
        report.value(
            resource.key("attributes_list"),
            "`attributes_list` is not read: `attributes` is",
            "resource::attributes_list is not currently supported, please use resource::attributes",
        );
    }
    let mut legacy = None;
    for entry in resource.value.entries() {
        let name = entry.key.value.as_str();
        if RESOURCE.fields.iter().any(|field| field.name == name) {
            continue;
        }
        legacy = legacy.or(Some(entry.key.span));
        if entry.value.is_null() || entry.value.is_text() {
            continue;
        }
        report.value(
            entry.value.span,
            format!(
                "the attribute `{name}` takes a string, this is {}",
                entry.value.type_name()
            ),
            format!("legacy resource attribute {name:?} must be string or null"),
        );
    }
    let listed = resource
        .get("attributes")
        .filter(|list| !list.items().is_empty());
    if let Some(legacy) = legacy.filter(|_| listed.is_some()) {
        report.value(
            legacy,
            "attributes stand in `attributes` and beside it",
            "resource::attributes cannot be used together with legacy inline resource attributes",
        );
        report.also(resource.key("attributes"), "the list");
    }
}

/// Before 0.151 every key of the resource is an attribute, and every value a string.
pub(super) fn flat(resource: &Value, report: &mut Report<'_>) {
    for entry in resource.entries() {
        let value = &entry.value;
        if value.is_null() || value.phrase().is_some() {
            continue;
        }
        let name = &entry.key.value;
        let message = format!("`{name}` takes a string, this is {}", value.type_name());
        let said = format!("'resource[{name}]' expected type 'string', got unconvertible type");
        report
            .refuse(FaultKind::Type, value.span, message, said)
            .versions = match name.as_str() {
            "detection/development" => 0..DETECTION_SINCE,
            _ => 0..RESOURCE_SINCE,
        };
    }
}
