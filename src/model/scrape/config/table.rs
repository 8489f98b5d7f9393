//! The keys of a configuration, of its jobs and of their relabelings.

use super::client::CLIENT;
use super::client::LIST_HEADERS;
use super::discovery;
use super::grammar::Field;
use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes;
use super::grammar::Takes::Any;
use super::grammar::Takes::Bool;
use super::grammar::Takes::Float;
use super::grammar::Takes::List;
use super::grammar::Takes::Map;
use super::grammar::Takes::Parsed;
use super::grammar::Takes::Struct as Inner;
use super::grammar::Takes::Text;
use super::grammar::Takes::Uint;
use super::grammar::field;
use super::grammar::structure;
use super::grammar::text;
use super::job;
use super::server;
use super::text as parse;

/// A duration of Prometheus.
pub(super) const DURATION: Takes = Parsed("string", parse::duration_field);

pub(super) const BYTES: Takes = Parsed("units.Base2Bytes", parse::bytes);

/// The whole configuration (`Config`).
pub(super) static CONFIG: Struct = structure(
    "config.plain",
    &[
        field("global", Inner(&GLOBAL)),
        field(
            "scrape_configs",
            List("[]*config.ScrapeConfig", &Inner(&JOB)),
        ),
        field("scrape_config_files", TEXTS),
        field("runtime", Inner(&server::RUNTIME)),
        field("storage", Inner(&server::STORAGE)),
        field("tracing", Inner(&server::TRACING)),
        field("otlp", Inner(&server::OTLP)),
        field("rule_files", TEXTS),
        field("alerting", Inner(&server::ALERTING)),
        field("remote_write", List("[]*config.RemoteWriteConfig", &Any)),
        field("remote_read", List("[]*config.RemoteReadConfig", &Any)),
    ],
)
.checked(job::config);

/// What stands in `global` and in a job alike.
static LIMITS: Struct = structure(
    "",
    &[
        field("scrape_interval", DURATION),
        field("scrape_timeout", DURATION),
        field(
            "scrape_protocols",
            List("[]config.ScrapeProtocol", &Text("config.ScrapeProtocol")),
        ),
        field("scrape_native_histograms", Bool).since(140),
        field("body_size_limit", BYTES),
        limit("sample_limit"),
        limit("target_limit"),
        limit("label_limit"),
        limit("label_name_length_limit"),
        limit("label_value_length_limit"),
        limit("keep_dropped_targets"),
        text("scrape_failure_log_file").since(117),
        field(
            "metric_name_validation_scheme",
            Parsed("string", parse::validation_scheme),
        )
        .since(117),
        text("metric_name_escaping_scheme").since(117),
        field("convert_classic_histograms_to_nhcb", Bool).since(117),
        field("always_scrape_classic_histograms", Bool).since(117),
        field("extra_scrape_metrics", Bool).since(140),
    ],
);

const fn limit(name: &'static str) -> Field {
    field(name, Uint("uint"))
}

/// `global` (`GlobalConfig`).
static GLOBAL: Struct = structure(
    "config.plain",
    &[
        field("evaluation_interval", DURATION),
        field("rule_query_offset", DURATION),
        text("query_log_file"),
        field("external_labels", Map("map[string]string", &Text("string"))),
    ],
)
.with(&[&LIMITS])
.checked(job::global);

/// One of `scrape_configs` (`ScrapeConfig`).
static JOB: Struct = Struct {
    suffix: "_sd_configs",
    ..structure(
        "config.ScrapeConfig",
        &[
            text("job_name"),
            field("honor_labels", Bool),
            field("honor_timestamps", Bool),
            field("track_timestamps_staleness", Bool),
            field("params", LIST_HEADERS),
            text("metrics_path"),
            text("scheme"),
            field("enable_compression", Bool),
            field("fallback_scrape_protocol", Text("config.ScrapeProtocol")).since(117),
            field("scrape_classic_histograms", Bool).until(139),
            limit("native_histogram_bucket_limit"),
            field("native_histogram_min_bucket_factor", Float),
            field(
                "static_configs",
                List("[]*targetgroup.Group", &Inner(&TARGETS)),
            ),
            field("relabel_configs", RELABELS),
            field("metric_relabel_configs", RELABELS),
        ],
    )
    .with(&[&LIMITS, &CLIENT, &discovery::DISCOVERIES])
    .checked(job::job)
};

/// One of `static_configs` (`targetgroup.Group`).
static TARGETS: Struct = structure(
    "struct { Targets []string \"yaml:\\\"targets\\\"\"; Labels model.LabelSet \"yaml:\\\"labels\\\"\" }",
    &[
        field("targets", TEXTS),
        field("labels", Map("model.LabelSet", &Text("model.LabelValue"))),
    ],
)
.checked(job::targets);

const RELABELS: Takes = List("[]*relabel.Config", &Inner(&RELABEL));

/// One step of relabeling (`relabel.Config`).
static RELABEL: Struct = structure(
    "relabel.plain",
    &[
        field(
            "source_labels",
            List("model.LabelNames", &Parsed("string", parse::label_name)),
        ),
        text("separator"),
        text("target_label"),
        field("regex", Parsed("string", parse::regex)),
        field("modulus", Uint("uint64")),
        text("replacement"),
        field("action", Parsed("string", parse::action)),
    ],
);
