//! What Prometheus does besides scraping. A Collector reads it, too, and does nothing with it.

use super::client::TLS;
use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes::Any;
use super::grammar::Takes::Bool;
use super::grammar::Takes::Float;
use super::grammar::Takes::Int;
use super::grammar::Takes::List;
use super::grammar::Takes::Map;
use super::grammar::Takes::Struct as Inner;
use super::grammar::Takes::Text;
use super::grammar::field;
use super::grammar::structure;
use super::grammar::text;
use super::table::BYTES;
use super::table::DURATION;

pub(super) static RUNTIME: Struct = structure(
    "config.RuntimeConfig",
    &[field("gogc", Int("int")), text("log_level").since(160)],
);

pub(super) static STORAGE: Struct = structure(
    "config.StorageConfig",
    &[
        field("tsdb", Inner(&TSDB)),
        field("exemplars", Inner(&EXEMPLARS)),
    ],
);

static EXEMPLARS: Struct = structure(
    "config.ExemplarsConfig",
    &[field("max_exemplars", Int("int64"))],
);

static TSDB: Struct = structure(
    "config.plain",
    &[
        field("out_of_order_time_window", DURATION),
        field("stale_series_compaction_threshold", Float).since(140),
        field("retention", Inner(&RETENTION)).since(140),
        field("chunk_encoding", Any).since(140),
        field("outofordertimewindow", Any),
    ],
);

static RETENTION: Struct = structure(
    "config.plain",
    &[
        field("time", DURATION),
        field("size", BYTES),
        field("percentage", Float),
    ],
);

pub(super) static TRACING: Struct = structure(
    "config.plain",
    &[
        text("client_type"),
        text("endpoint"),
        field("sampling_fraction", Float),
        field("insecure", Bool),
        field("tls_config", Inner(&TLS)),
        field("headers", Map("map[string]string", &Text("string"))),
        text("compression"),
        field("timeout", DURATION),
    ],
)
.checked(|tracing, reading| {
    let said = "tracing endpoint must be set";
    tracing.required("endpoint", said, reading);
});

pub(super) static OTLP: Struct = structure(
    "config.plain",
    &[
        field("promote_all_resource_attributes", Bool).since(117),
        field("promote_resource_attributes", TEXTS),
        field("ignore_resource_attributes", TEXTS).since(117),
        text("translation_strategy").since(117),
        field("keep_identifying_resource_attributes", Bool).since(117),
        field("convert_histograms_to_nhcb", Bool).since(117),
        field("promote_scope_metadata", Bool).since(117),
        field("label_name_underscore_sanitization", Bool).since(140),
        field("label_name_preserve_multiple_underscores", Bool).since(140),
    ],
);

pub(super) static ALERTING: Struct = structure(
    "config.plain",
    &[
        field("alert_relabel_configs", List("[]*relabel.Config", &Any)),
        field("alertmanagers", List("config.AlertmanagerConfigs", &Any)),
    ],
);
