//! What `service.telemetry` takes over from the declarative configuration of SDKs (opentelemetry-go-contrib,
//! otelconf/v0.3.0/generated_config.go).

use crate::model::collector::shape::Kind;
use crate::model::collector::shape::Kind::Any;
use crate::model::collector::shape::Kind::Bool;
use crate::model::collector::shape::Kind::Float;
use crate::model::collector::shape::Kind::Int;
use crate::model::collector::shape::Kind::List;
use crate::model::collector::shape::Kind::Map;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;

/// The first version (minor of 0.x) that reads the declarative configuration 0.3.
const DECLARATIVE: u16 = 119;

pub(super) static READER: Shape = shape(
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

pub(super) static INCLUDE_EXCLUDE: Shape = shape(
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
pub(super) static PROCESSOR: Shape = shape(
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

pub(super) static SAMPLER: Shape = shape(
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

pub(super) static LIMITS: Shape = shape(
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

pub(super) static VIEW: Shape = shape(
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
