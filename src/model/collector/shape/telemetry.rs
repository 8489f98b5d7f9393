//! `service.telemetry` (collector, service/telemetry/otelconftelemetry/config.go and internal/migration), and what it takes
//! over from the declarative configuration of SDKs (opentelemetry-go-contrib, otelconf/v0.3.0/generated_config.go).

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Float;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Map;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Levels;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::shape;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::value::Value;

/// The first version (minor of 0.x) that reads the declarative configuration 0.3.
const DECLARATIVE: u16 = 119;

/// The first version that reads `resource` as the declarative configuration has it; a map of texts before.
const RESOURCE_SINCE: u16 = 151;

/// The first version whose `detection/development` is a section (collector, CHANGELOG 0.157.0).
const DETECTION_SINCE: u16 = 157;

/// The first version that is known to ask for `readers`; 0.111 starts without any.
const READERS_SINCE: u16 = 124;

/// `service.telemetry`
pub(in crate::model::collector) static TELEMETRY: Shape = shape(
    "telemetry",
    &[
        field("logs", Inner(&LOGS)),
        field("metrics", Inner(&METRICS)),
        field("traces", Inner(&TRACES)),
        field("resource", Inner(&RESOURCE)),
    ],
)
.checked(telemetry);

static LOGS: Shape = shape(
    "migration.LogsConfigV030",
    &[
        field("level", Kind::Level(&LOG_LEVELS)),
        field("development", Bool),
        field(
            "encoding",
            Kind::Known(
                &["", "console", "json"],
                "no encoder registered for name \"{}\"",
            ),
        ),
        field("disable_caller", Bool),
        field("disable_stacktrace", Bool),
        field("disable_zap_resource", Bool).since(140),
        field("sampling", Inner(&SAMPLING)),
        field("output_paths", List(&Text)),
        field("error_output_paths", List(&Text)),
        field("initial_fields", Map(&Any)),
        field("processors", List(&Inner(&PROCESSOR))).since(112),
    ],
)
.decoding_itself();

static LOG_LEVELS: Levels = Levels {
    names: &[
        "", "debug", "info", "warn", "warning", "error", "dpanic", "panic", "fatal",
    ],
    go: "zapcore.Level",
    said: "unrecognized level: \"{}\"",
};

static SAMPLING: Shape = shape(
    "",
    &[
        field("enabled", Bool),
        field("tick", Duration),
        field("initial", Int),
        field("thereafter", Int),
    ],
);

static TRACES: Shape = shape(
    "migration.TracesConfigV030",
    &[
        field("level", Kind::Level(&LEVELS)),
        field(
            "propagators",
            List(&Kind::Known(
                &["tracecontext", "b3"],
                "unsupported trace propagator",
            )),
        ),
        field("processors", List(&Inner(&PROCESSOR))),
        field("sampler", Inner(&SAMPLER)),
        field("limits", Inner(&LIMITS)),
    ],
)
.decoding_itself();

static METRICS: Shape = shape(
    "migration.MetricsConfigV030",
    &[
        field("level", Kind::Level(&LEVELS)),
        field("address", Text).moved(128, "readers"),
        field("readers", List(&Inner(&READER))),
        field("views", List(&Inner(&VIEW))).since(123),
    ],
)
.decoding_itself();

/// collector, config/configtelemetry/configtelemetry.go
static LEVELS: Levels = Levels {
    names: &["none", "basic", "normal", "detailed"],
    go: "configtelemetry.Level",
    said: "unknown metrics level \"{}\"",
};

static READER: Shape = shape(
    "",
    &[
        field("pull", Inner(&PULL)),
        field("periodic", Inner(&PERIODIC)),
        field("producers", List(&Any)),
    ],
)
.since(DECLARATIVE);

static PULL: Shape = shape("", &[field("exporter", Inner(&PULL_EXPORTER))]);

static PULL_EXPORTER: Shape = shape("", &[field("prometheus", Inner(&PROMETHEUS))]);

static PROMETHEUS: Shape = shape(
    "",
    &[
        field("host", Text),
        field("port", Int),
        field("without_scope_info", Bool),
        field("without_type_suffix", Bool),
        field("without_units", Bool),
        field("with_resource_constant_labels", Inner(&INCLUDE_EXCLUDE)),
    ],
);

static INCLUDE_EXCLUDE: Shape = shape(
    "",
    &[
        field("included", List(&Text)),
        field("excluded", List(&Text)),
    ],
);

static PERIODIC: Shape = shape(
    "",
    &[
        field("interval", Int),
        field("timeout", Int),
        field("exporter", Inner(&PUSH_EXPORTER)),
    ],
);

static PUSH_EXPORTER: Shape = shape(
    "",
    &[
        field("console", Map(&Any)),
        field("otlp", Inner(&OTLP_METRIC)),
    ],
);

static OTLP: Shape = shape(
    "",
    &[
        field("protocol", Text),
        field("endpoint", Text),
        field("certificate", Text),
        field("client_certificate", Text),
        field("client_key", Text),
        field("compression", Text),
        field("timeout", Int),
        field("insecure", Bool),
        // Before 0.3 of the declarative configuration a map, which is still read.
        field("headers", Kind::Headers),
        field("headers_list", Text),
    ],
);

static OTLP_METRIC: Shape = shape(
    "",
    &[
        field("temporality_preference", Text),
        field("default_histogram_aggregation", Text),
    ],
)
.with(&[("otlp", &OTLP)]);

/// A processor of spans or of log records.
static PROCESSOR: Shape = shape(
    "",
    &[
        field("batch", Inner(&BATCH)),
        field("simple", Inner(&SIMPLE)),
    ],
)
.since(DECLARATIVE);

static BATCH: Shape = shape(
    "",
    &[
        field("schedule_delay", Int),
        field("export_timeout", Int),
        field("max_queue_size", Int),
        field("max_export_batch_size", Int),
        field("exporter", Inner(&EXPORTER)),
    ],
)
.checked(batch);

static SIMPLE: Shape = shape("", &[field("exporter", Inner(&EXPORTER))]);

static EXPORTER: Shape = shape(
    "",
    &[
        field("console", Map(&Any)),
        field("otlp", Inner(&OTLP)),
        field("zipkin", Inner(&ZIPKIN)),
    ],
);

static ZIPKIN: Shape = shape("", &[field("endpoint", Text), field("timeout", Int)]);

static SAMPLER: Shape = shape(
    "",
    &[
        field("always_on", Map(&Any)),
        field("always_off", Map(&Any)),
        field("trace_id_ratio_based", Inner(&RATIO)),
        field("parent_based", Inner(&PARENT)),
        field("jaeger_remote", Inner(&JAEGER)),
    ],
)
.since(DECLARATIVE);

static RATIO: Shape = shape("", &[field("ratio", Float)]);

static PARENT: Shape = shape(
    "",
    &[
        field("root", Inner(&SAMPLER)),
        field("remote_parent_sampled", Inner(&SAMPLER)),
        field("remote_parent_not_sampled", Inner(&SAMPLER)),
        field("local_parent_sampled", Inner(&SAMPLER)),
        field("local_parent_not_sampled", Inner(&SAMPLER)),
    ],
);

static JAEGER: Shape = shape(
    "",
    &[
        field("endpoint", Text),
        field("interval", Int),
        field("initial_sampler", Inner(&SAMPLER)),
    ],
);

static LIMITS: Shape = shape(
    "",
    &[
        field("attribute_count_limit", Int),
        field("attribute_value_length_limit", Int),
        field("event_count_limit", Int),
        field("event_attribute_count_limit", Int),
        field("link_count_limit", Int),
        field("link_attribute_count_limit", Int),
    ],
)
.since(DECLARATIVE);

static VIEW: Shape = shape(
    "",
    &[
        field("selector", Inner(&SELECTOR)),
        field("stream", Inner(&STREAM)),
    ],
)
.since(DECLARATIVE);

static SELECTOR: Shape = shape(
    "",
    &[
        field("instrument_name", Text),
        field("instrument_type", Text),
        field("unit", Text),
        field("meter_name", Text),
        field("meter_version", Text),
        field("meter_schema_url", Text),
    ],
);

static STREAM: Shape = shape(
    "",
    &[
        field("name", Text),
        field("description", Text),
        field("aggregation", Inner(&AGGREGATION)),
        field("attribute_keys", Inner(&INCLUDE_EXCLUDE)),
    ],
);

static AGGREGATION: Shape = shape(
    "",
    &[
        field("default", Map(&Any)),
        field("drop", Map(&Any)),
        field("last_value", Map(&Any)),
        field("sum", Map(&Any)),
        field("explicit_bucket_histogram", Inner(&EXPLICIT)),
        field("base2_exponential_bucket_histogram", Inner(&EXPONENTIAL)),
    ],
);

static EXPLICIT: Shape = shape(
    "",
    &[
        field("boundaries", List(&Float)),
        field("record_min_max", Bool),
    ],
);

static EXPONENTIAL: Shape = shape(
    "",
    &[
        field("max_scale", Int),
        field("max_size", Int),
        field("record_min_max", Bool),
    ],
);

/// The attributes of the resource: as the declarative configuration has them, or each under a key of its own.
static RESOURCE: Shape = shape(
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

fn telemetry(telemetry: &Section<'_>, report: &mut Report<'_>) {
    if let Some(resource) = telemetry.get("resource") {
        flat(resource, report);
    }
    readings(telemetry, report);
}

/// Before 0.151 every key of the resource is an attribute, and every value a string.
fn flat(resource: &Value, report: &mut Report<'_>) {
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

fn readings(telemetry: &Section<'_>, report: &mut Report<'_>) {
    let Some(metrics) = telemetry
        .get("metrics")
        .filter(|metrics| metrics.map().is_some())
    else {
        return;
    };
    let level = metrics.get("level").and_then(|level| level.phrase());
    let known = level
        .map_or(Some("normal"), |level| level.known())
        .map(str::to_lowercase);
    let Some(level) = known else { return };
    let views = metrics
        .get("views")
        .filter(|views| !views.is_null() && !views.is_reference());
    if let Some(views) = views.filter(|_| level != "detailed") {
        report.value(
            views.span,
            "`views` are given though `level` is not `detailed`",
            "service::telemetry::metrics::views can only be set when service::telemetry::metrics::level is detailed",
        );
        report.by_absence();
    }
    let none = metrics.get("readers").is_some_and(|readers| {
        readers.map().is_none()
            && readers.items().is_empty()
            && !readers.is_null()
            && !readers.is_reference()
    });
    if none && level != "none" {
        let at = report.faults.len();
        report.value(
            telemetry.key("metrics"),
            "no `readers` are given though `level` is not `none`",
            "collector telemetry metrics reader should exist when metric level is not none",
        );
        report.only_in(at, READERS_SINCE..u16::MAX);
    }
}

/// The Collector crashes over an exporter of batches that sends nowhere.
fn batch(batch: &Section<'_>, report: &mut Report<'_>) {
    let otlp = batch.value.at(&["exporter", "otlp"]);
    let Some(otlp) = otlp.filter(|otlp| otlp.map().is_some()) else {
        return;
    };
    if otlp
        .get("endpoint")
        .is_none_or(|endpoint| endpoint.is_null())
    {
        let said = "runtime error: invalid memory address or nil pointer dereference";
        report.crash(otlp.span, "the exporter has no `endpoint`", said);
    }
}

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
