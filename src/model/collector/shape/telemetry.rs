//! `service.telemetry` (collector, service/telemetry/otelconftelemetry/config.go and internal/migration).

use declarative::LIMITS;
use declarative::PROCESSOR;
use declarative::READER;
use declarative::SAMPLER;
use declarative::VIEW;
use resource::RESOURCE;

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Duration;
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

mod declarative;
mod resource;

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

fn telemetry(telemetry: &Section<'_>, report: &mut Report<'_>) {
    if let Some(resource) = telemetry.get("resource") {
        resource::flat(resource, report);
    }
    readings(telemetry, report);
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
