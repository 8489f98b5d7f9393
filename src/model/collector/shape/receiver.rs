//! The otlp receiver (collector, receiver/otlpreceiver/config.go).

use crate::model::collector::endpoint;

use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::grpc;
use super::http;
use super::shape;

/// `otlp`
pub(super) static OTLP: Shape = shape(
    "otlpreceiver.Config",
    &[field("protocols", Inner(&PROTOCOLS))],
)
.checked(otlp);

static PROTOCOLS: Shape = shape(
    "otlpreceiver.Protocols",
    &[
        field("grpc", Optional(&grpc::SERVER)),
        field("http", Optional(&HTTP)),
    ],
);

static HTTP: Shape = shape(
    "otlpreceiver.HTTPConfig",
    &[
        field("traces_url_path", Text),
        field("metrics_url_path", Text),
        field("logs_url_path", Text),
    ],
)
.with(&[&http::SERVER])
.dropping()
.checked(paths);

fn otlp(receiver: &Section<'_>, report: &mut Report<'_>) {
    let protocols = receiver.value.get("protocols");
    if protocols.is_some_and(|protocols| protocols.is_reference()) {
        return;
    }
    let on = protocols.is_some_and(|protocols| {
        protocols.entries().iter().any(|entry| {
            matches!(entry.key.as_str(), "grpc" | "http")
                && entry.value.bool_at("enabled").is_none_or(|on| *on)
        })
    });
    if !on {
        report.value(
            receiver.key("protocols"),
            "the receiver opens no port: neither `grpc` nor `http` is given under `protocols`",
            "must specify at least one protocol when using the OTLP receiver",
        );
        report.by_absence();
    }
}

fn paths(http: &Section<'_>, report: &mut Report<'_>) {
    for key in ["traces_url_path", "metrics_url_path", "logs_url_path"] {
        let Some(Err(said)) = http.text(key).map(endpoint::url) else {
            continue;
        };
        report.value(
            http.value.get(key).map_or(http.span, |value| value.span),
            format!("`{key}` is no URL path"),
            format!("invalid HTTP URL path set for signal: {said}"),
        );
    }
}
