//! The prometheus receiver (contrib, receiver/prometheusreceiver/config.go). What lies under `config` is read by
//! Prometheus' own YAML reader: its names differ from the Collector's (`server_name`, not `server_name_override`),
//! and a number is taken where a string is wanted.

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::List;
use super::Kind::Map;
use super::Kind::Optional;
use super::Kind::Scalar;
use super::Kind::Section as Inner;
use super::Shape;
use super::field;
use super::http;
use super::shape;

/// `prometheus`
pub(super) static PROMETHEUS: Shape = shape(
    "prometheusreceiver.Config",
    &[
        field("config", Inner(&CONFIG)),
        field("trim_metric_suffixes", Bool),
        field("use_start_time_metric", Bool).until(143),
        field("start_time_metric_regex", Scalar).until(143),
        field("report_extra_scrape_metrics", Bool).until(149),
        field("discovery_reload_on_startup", Bool).since(155),
        field("initial_scrape_offset", Kind::Duration).since(155),
        field("scrape_on_shutdown", Bool).since(155),
        field("target_allocator", Optional(&TARGET_ALLOCATOR)),
        field("api_server", Any).since(122),
    ],
);

static TARGET_ALLOCATOR: Shape = shape(
    "targetallocator.Config",
    &[
        field("interval", Kind::Duration),
        field("collector_id", Kind::Text),
        field("http_sd_config", Any),
        field("http_scrape_config", Any),
    ],
)
.with(&[("clientconfig", &http::CLIENT)]);

static CONFIG: Shape = shape(
    "",
    &[
        field("global", Inner(&GLOBAL)),
        field("scrape_configs", List(&Inner(&SCRAPE))),
        field("scrape_config_files", List(&Scalar)),
        field("runtime", Any),
        field("storage", Any),
        field("tracing", Any),
        field("otlp", Any),
        field("rule_files", Any),
        field("alerting", Any),
        field("remote_write", Any),
        field("remote_read", Any),
    ],
);

static LIMITS: Shape = shape(
    "",
    &[
        field("scrape_interval", Scalar),
        field("scrape_timeout", Scalar),
        field("scrape_protocols", List(&Scalar)),
        field("scrape_native_histograms", Bool).since(140),
        field("body_size_limit", Scalar),
        field("sample_limit", Scalar),
        field("target_limit", Scalar),
        field("label_limit", Scalar),
        field("label_name_length_limit", Scalar),
        field("label_value_length_limit", Scalar),
        field("keep_dropped_targets", Scalar),
        field("scrape_failure_log_file", Scalar),
        field("metric_name_validation_scheme", Scalar).since(112),
        field("metric_name_escaping_scheme", Scalar),
        field("convert_classic_histograms_to_nhcb", Bool).since(112),
        field("always_scrape_classic_histograms", Bool).since(112),
        field("extra_scrape_metrics", Bool).since(140),
    ],
);

static GLOBAL: Shape = shape(
    "",
    &[
        field("evaluation_interval", Scalar),
        field("rule_query_offset", Scalar),
        field("query_log_file", Scalar),
        field("external_labels", Map(&Scalar)),
    ],
)
.with(&[("limits", &LIMITS)]);

static CLIENT: Shape = shape(
    "",
    &[
        field("basic_auth", Any),
        field("authorization", Any),
        field("oauth2", Any),
        field("bearer_token", Scalar),
        field("bearer_token_file", Scalar),
        field("tls_config", Inner(&TLS)),
        field("follow_redirects", Bool),
        field("enable_http2", Bool),
        field("proxy_url", Scalar),
        field("no_proxy", Scalar),
        field("proxy_from_environment", Bool),
        field("proxy_connect_header", Any),
        field("http_headers", Any),
    ],
);

static TLS: Shape = shape(
    "",
    &[
        field("ca", Scalar),
        field("ca_file", Scalar),
        field("ca_ref", Scalar),
        field("cert", Scalar),
        field("cert_file", Scalar),
        field("cert_ref", Scalar),
        field("key", Scalar),
        field("key_file", Scalar),
        field("key_ref", Scalar),
        field("server_name", Scalar),
        field("insecure_skip_verify", Bool),
        field("min_version", Scalar),
        field("max_version", Scalar),
    ],
);

static SCRAPE: Shape = Shape {
    suffix: "_sd_configs",
    ..shape(
        "",
        &[
            field("job_name", Scalar),
            field("honor_labels", Bool),
            field("honor_timestamps", Bool),
            field("track_timestamps_staleness", Bool),
            field("params", Any),
            field("metrics_path", Scalar),
            field("scheme", Scalar),
            field("enable_compression", Bool),
            field("fallback_scrape_protocol", Scalar).since(112),
            field("scrape_classic_histograms", Bool).until(139),
            field("native_histogram_bucket_limit", Scalar),
            field("native_histogram_min_bucket_factor", Scalar),
            field("static_configs", List(&Inner(&TARGETS))),
            field("relabel_configs", List(&Inner(&RELABEL))),
            field("metric_relabel_configs", List(&Inner(&RELABEL))),
        ],
    )
    .with(&[("limits", &LIMITS), ("client", &CLIENT)])
};

static TARGETS: Shape = shape(
    "",
    &[
        field("targets", List(&Scalar)),
        field("labels", Map(&Scalar)),
    ],
);

static RELABEL: Shape = shape(
    "",
    &[
        field("source_labels", List(&Scalar)),
        field("separator", Scalar),
        field("target_label", Scalar),
        field("regex", Scalar),
        field("modulus", Scalar),
        field("replacement", Scalar),
        field("action", Scalar),
        field("labels", Any),
        field("if", Scalar),
    ],
);
