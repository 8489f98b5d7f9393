//! The otlp receiver (collector, receiver/otlpreceiver/config.go).

use crate::model::collector::endpoint;
use crate::model::collector::fault::FaultKind;

use super::Kind;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::grpc;
use super::http;
use super::report::Sort;
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

const PATH: Kind = Kind::Named(&Text, "otlpreceiver.SanitizedURLPath");

static HTTP: Shape = shape(
    "otlpreceiver.HTTPConfig",
    &[
        field("traces_url_path", PATH),
        field("metrics_url_path", PATH),
        field("logs_url_path", PATH),
    ],
)
.with(&[("serverconfig", &http::SERVER)])
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
        report.under(Sort::Key, key, |report| {
            let said = format!(
                "'{}' invalid HTTP URL path set for signal: {said}",
                report.decoded()
            );
            report.refuse(
                FaultKind::Value,
                http.value.get(key).map_or(http.span, |value| value.span),
                format!("`{key}` is no URL path"),
                said,
            );
        });
    }
}
