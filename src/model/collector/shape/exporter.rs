//! Exporters known in full: otlp_grpc, otlp_http, debug.

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Levels;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::grpc;
use super::grpc::brief;
use super::http;
use super::sending::QUEUE;
use super::sending::RETRY;
use super::sending::TIMEOUT;
use super::shape;
use crate::model::collector::endpoint;
use crate::model::collector::endpoint::Server;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::id::Signal;
use crate::model::collector::phrase::OPEN;
use crate::model::collector::value::Value;

/// collector, exporter/otlpexporter/config.go
pub(super) static OTLP_GRPC: Shape = shape(
    "otlpexporter.Config",
    &[
        field("sending_queue", Optional(&QUEUE)),
        field("retry_on_failure", Inner(&RETRY)),
        field("batcher", Any).until(130),
    ],
)
.with(&[("timeoutconfig", &TIMEOUT), ("clientconfig", &grpc::CLIENT)])
.checked(otlp_grpc);

/// collector, exporter/otlphttpexporter/config.go
pub(super) static OTLP_HTTP: Shape = shape(
    "otlphttpexporter.Config",
    &[
        field("sending_queue", Optional(&QUEUE)),
        field("retry_on_failure", Inner(&RETRY)),
        field("traces_endpoint", Text),
        field("metrics_endpoint", Text),
        field("logs_endpoint", Text),
        field("profiles_endpoint", Text).since(133),
        field(
            "encoding",
            Kind::Named(
                &Kind::Choice(&["proto", "json"], "invalid encoding type: {}"),
                "otlphttpexporter.EncodingType",
            ),
        ),
    ],
)
.with(&[("clientconfig", &http::CLIENT)])
.dropping()
.checked(otlp_http);

/// collector, exporter/debugexporter/config.go
pub(super) static DEBUG: Shape = shape(
    "debugexporter.Config",
    &[
        field("verbosity", VERBOSITY),
        field("sampling_initial", Int),
        field("sampling_thereafter", Int),
        field("use_internal_logger", Bool),
        field("output_paths", List(&Text)).since(146),
        field("sending_queue", Optional(&QUEUE)).since(139),
    ],
)
.checked(debug);

/// collector, config/configtelemetry/configtelemetry.go
const VERBOSITY: Kind = Kind::Level(&Levels {
    names: &["basic", "normal", "detailed", "none"],
    go: "configtelemetry.Level",
    said: "unknown metrics level \"{}\"",
});

pub(super) fn otlp_grpc(exporter: &Section<'_>, report: &mut Report<'_>) {
    let endpoint = exporter.get("endpoint").and_then(Value::phrase);
    let is_nothing = endpoint.is_none_or(|endpoint| {
        endpoint.as_written().is_empty()
            || endpoint::target(&endpoint.masked()).is_err_and(|said| said == endpoint::NOTHING)
    });
    if is_nothing {
        report.push(
            FaultKind::Endpoint,
            exporter.key("endpoint"),
            "the exporter has no `endpoint`".to_owned(),
            endpoint::NOTHING.to_owned(),
        );
        report.by_absence();
    }
}

fn otlp_http(exporter: &Section<'_>, report: &mut Report<'_>) {
    let keys = [
        "endpoint",
        "traces_endpoint",
        "metrics_endpoint",
        "logs_endpoint",
        "profiles_endpoint",
    ];
    if !keys.into_iter().any(|key| exporter.says(key)) {
        report.push(
            FaultKind::Endpoint,
            exporter.key("endpoint"),
            "the exporter has no `endpoint`".to_owned(),
            "at least one endpoint must be specified".to_owned(),
        );
        report.by_absence();
    }
    for key in needed(exporter, report) {
        base(exporter, key, report);
    }
    if exporter.value.get("compression").is_none() {
        report.within("clientconfig", |report| {
            http::level(exporter, "gzip", report);
        });
    }
}

/// The endpoints that are looked at when the exporter is created: of each signal its own, else the common one.
fn needed(exporter: &Section<'_>, report: &mut Report<'_>) -> Vec<&'static str> {
    let own = |signal| match signal {
        Signal::Traces => "traces_endpoint",
        Signal::Metrics => "metrics_endpoint",
        Signal::Logs => "logs_endpoint",
        Signal::Profiles => "profiles_endpoint",
    };
    let Some(signals) = report.signals() else {
        let all = Signal::ALL.into_iter().map(own);
        return all.chain(["endpoint"]).collect();
    };
    let is_named = exporter.says("endpoint");
    let is_some = Signal::ALL
        .into_iter()
        .any(|signal| exporter.says(own(signal)));
    let mut needed = Vec::new();
    for key in signals.into_iter().map(own) {
        if exporter.says(key) {
            needed.push(key);
        } else if is_named {
            needed.push("endpoint");
        } else if is_some {
            report.refuse(
                FaultKind::Endpoint,
                exporter.span,
                format!("the exporter has neither `endpoint` nor `{key}`, which one of its pipelines needs"),
                format!("either endpoint or {key} must be specified"),
            );
            report.by_absence();
        }
    }
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// Holds one endpoint to what the exporter makes of it when it is created (collector, exporter/otlphttpexporter/factory.go
/// `composeSignalURL`) and to the schemes that it can send by.
fn base(exporter: &Section<'_>, key: &str, report: &mut Report<'_>) {
    let Some(value) = exporter.get(key) else {
        return;
    };
    let Some(phrase) = value
        .phrase()
        .filter(|phrase| !phrase.as_written().is_empty())
    else {
        return;
    };
    let (why, said) = match endpoint::url(&phrase.masked()) {
        Ok(None) => return,
        Ok(Some(url)) => match Server::of(&url) {
            Ok(_) => return,
            Err(said) if said.starts_with("unsupported protocol") => {
                ("has no scheme `http://` or `https://`".to_owned(), said)
            }
            Err(said) => (format!("leads nowhere: {}", brief(&said)), said),
        },
        Err(why) => {
            let lacks_scheme = why.ends_with("cannot contain colon") || why.ends_with("scheme");
            let why = if lacks_scheme {
                "its scheme is missing"
            } else {
                brief(&why)
            };
            (
                format!("is no URL: {why}"),
                format!("{key} must be a valid URL"),
            )
        }
    };
    let message = format!("`{}` {why}", endpoint::shown(phrase.as_written()));
    let said = endpoint::shown(&said.replace(OPEN, "${…}"));
    report.refuse(FaultKind::Endpoint, value.span, message, said);
}

fn debug(debug: &Section<'_>, report: &mut Report<'_>) {
    verbosity(debug, report);
    let Some(internal) = debug.flag_or("use_internal_logger", true) else {
        return;
    };
    let paths = debug.get("output_paths").filter(|paths| !paths.is_open());
    if let Some(paths) = paths.filter(|_| internal) {
        report.value(
            paths.span,
            "`output_paths` count only with `use_internal_logger: false`",
            "output_paths is not supported when use_internal_logger is true",
        );
        report.by_absence();
    } else if let Some(paths) =
        paths.filter(|paths| paths.texts().is_empty() && paths.items().is_empty())
    {
        report.value(
            paths.span,
            "`output_paths` names no path",
            "output_paths must not be empty when use_internal_logger is false",
        );
    }
}

/// What decodes and is still no verbosity: none, and numbers beyond those that stand for one.
fn verbosity(debug: &Section<'_>, report: &mut Report<'_>) {
    let level = match debug.text("verbosity") {
        Some(level) if level.eq_ignore_ascii_case("none") => "None",
        Some(_) => return,
        None => match debug.whole("verbosity").map(|level| level as i32) {
            Some(-1) => "None",
            Some(0..=2) | None => return,
            Some(_) => "",
        },
    };
    report.value(
        debug
            .value
            .get("verbosity")
            .map_or(debug.span, |value| value.span),
        "`verbosity` takes one of `basic`, `normal`, `detailed`",
        format!("verbosity level \"{level}\" is not supported"),
    );
}
