//! `service:` (collector, service/config.go) and `service.telemetry`
//! (service/telemetry/otelconftelemetry/config.go).

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Id;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Map;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::shape;

/// `service`
pub(in crate::model::collector) static SERVICE: Shape = shape(
    "service",
    &[
        field("telemetry", Inner(&TELEMETRY)),
        field("extensions", List(&Id)),
        field("pipelines", Map(&Inner(&PIPELINE))),
    ],
);

static PIPELINE: Shape = shape(
    "pipelines.PipelineConfig",
    &[
        field("receivers", List(&Id)),
        field("processors", List(&Id)),
        field("exporters", List(&Id)),
    ],
);

/// `service.telemetry`
pub(in crate::model::collector) static TELEMETRY: Shape = shape(
    "telemetry",
    &[
        field("logs", Inner(&LOGS)),
        field("metrics", Inner(&METRICS)),
        field("traces", Inner(&TRACES)),
        field("resource", Any),
    ],
)
.checked(telemetry);

static LOGS: Shape = shape(
    "",
    &[
        field("level", Text),
        field("development", Bool),
        field(
            "encoding",
            Kind::Choice(
                &["", "console", "json"],
                "no encoder registered for name \"{}\"",
            ),
        ),
        field("disable_caller", Bool),
        field("disable_stacktrace", Bool),
        field("disable_zap_resource", Bool),
        field("sampling", Inner(&SAMPLING)),
        field("output_paths", List(&Text)),
        field("error_output_paths", List(&Text)),
        field("initial_fields", Any),
        field("processors", Any),
    ],
)
.checked(logs);

static SAMPLING: Shape = shape(
    "",
    &[
        field("enabled", Bool),
        field("tick", Duration),
        field("initial", Int),
        field("thereafter", Int),
    ],
);

/// A tracer provider of an SDK, and what the Collector adds.
static TRACES: Shape = Shape {
    is_open: true,
    ..shape(
        "",
        &[
            field("level", Text),
            field(
                "propagators",
                List(&Kind::Choice(
                    &["tracecontext", "b3"],
                    "unsupported trace propagator",
                )),
            ),
            field("processors", Any),
            field("sampler", Any),
            field("limits", Any),
        ],
    )
};

static METRICS: Shape = shape(
    "",
    &[
        field("level", Text),
        field("address", Text).until(128),
        field("readers", Any),
        field("views", Any),
    ],
)
.checked(metrics);

fn telemetry(telemetry: &Section<'_>, report: &mut Report<'_>) {
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
        report.value(
            telemetry.key("metrics"),
            "no `readers` are given though `level` is not `none`",
            "collector telemetry metrics reader should exist when metric level is not none",
        );
    }
}

fn logs(logs: &Section<'_>, report: &mut Report<'_>) {
    let Some(level) = logs.text("level") else {
        return;
    };
    let levels = [
        "", "debug", "info", "warn", "error", "dpanic", "panic", "fatal",
    ];
    if !levels.contains(&level.to_lowercase().as_str()) {
        report.value(
            logs.value
                .get("level")
                .map_or(logs.span, |value| value.span),
            "`level` takes one of `debug`, `info`, `warn`, `error`, `dpanic`, `panic`, `fatal`",
            format!("unrecognized level: \"{level}\""),
        );
    }
}

fn metrics(metrics: &Section<'_>, report: &mut Report<'_>) {
    let Some(level) = metrics.text("level") else {
        return;
    };
    if !["", "none", "basic", "normal", "detailed"].contains(&level.to_lowercase().as_str()) {
        report.value(
            metrics
                .value
                .get("level")
                .map_or(metrics.span, |value| value.span),
            "`level` takes one of `none`, `basic`, `normal`, `detailed`",
            format!("unknown metrics level \"{level}\""),
        );
    }
}
