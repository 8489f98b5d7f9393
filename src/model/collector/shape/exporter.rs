//! Exporters known in full: otlp_grpc, otlp_http, debug, load_balancing.

use crate::model::collector::endpoint;
use crate::model::collector::endpoint::Server;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::phrase::OPEN;

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::Value;
use super::field;
use super::grpc;
use super::grpc::brief;
use super::http;
use super::sending::QUEUE;
use super::sending::RETRY;
use super::sending::TIMEOUT;
use super::shape;

/// collector, exporter/otlpexporter/config.go
pub(super) static OTLP_GRPC: Shape = shape(
    "otlpexporter.Config",
    &[
        field("sending_queue", Optional(&QUEUE)),
        field("retry_on_failure", Inner(&RETRY)),
        field("batcher", Any).until(130),
    ],
)
.with(&[&grpc::CLIENT, &TIMEOUT])
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
            Kind::Choice(&["proto", "json"], "invalid encoding type: {}"),
        ),
    ],
)
.with(&[&http::CLIENT])
.dropping()
.checked(otlp_http);

/// collector, exporter/debugexporter/config.go
pub(super) static DEBUG: Shape = shape(
    "debugexporter.Config",
    &[
        field("verbosity", Text),
        field("sampling_initial", Int),
        field("sampling_thereafter", Int),
        field("use_internal_logger", Bool),
        field("output_paths", List(&Text)).since(146),
        field("sending_queue", Optional(&QUEUE)).since(139),
    ],
)
.checked(debug);

/// contrib, exporter/loadbalancingexporter/config.go
pub(super) static LOAD_BALANCING: Shape = shape(
    "loadbalancingexporter.Config",
    &[
        field("protocol", Inner(&PROTOCOL)),
        field("resolver", Inner(&RESOLVER)),
        field("routing_key", Text),
        field("routing_attributes", List(&Text)).since(122),
        field("sending_queue", Optional(&QUEUE)).since(115),
        field("retry_on_failure", Inner(&RETRY)).since(115),
    ],
)
.with(&[&TIMEOUT, &RETRY])
.checked(load_balancing);

static PROTOCOL: Shape = shape(
    "loadbalancingexporter.Protocol",
    &[field("otlp", Inner(&BACKEND))],
);

/// The exporter of which each backend gets a copy; its endpoint is overwritten and so need not be given.
static BACKEND: Shape = shape(
    "otlpexporter.Config",
    &[
        field("sending_queue", Optional(&QUEUE)),
        field("retry_on_failure", Inner(&RETRY)),
    ],
)
.with(&[&grpc::CLIENT, &TIMEOUT]);

static RESOLVER: Shape = shape(
    "loadbalancingexporter.ResolverSettings",
    &[
        field("static", Optional(&STATIC)),
        field("dns", Optional(&DNS)),
        field("k8s", Optional(&K8S)),
        field("aws_cloud_map", Any),
    ],
);

static STATIC: Shape = shape(
    "loadbalancingexporter.StaticResolver",
    &[field("hostnames", List(&Text))],
);

static DNS: Shape = shape(
    "loadbalancingexporter.DNSResolver",
    &[
        field("hostname", Text),
        field("port", Text),
        field("interval", Duration),
        field("timeout", Duration),
        field("quarantine", Any),
    ],
);

static K8S: Shape = shape(
    "loadbalancingexporter.K8sSvcResolver",
    &[
        field("service", Text),
        field("ports", List(&Int)),
        field("timeout", Duration),
        field("return_hostnames", Bool).since(116),
    ],
);

fn otlp_grpc(exporter: &Section<'_>, report: &mut Report<'_>) {
    if !exporter.says("endpoint") {
        report.push(
            FaultKind::Endpoint,
            exporter.key("endpoint"),
            "the exporter has no `endpoint`".to_owned(),
            "requires a non-empty \"endpoint\"".to_owned(),
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
    for key in keys {
        let Some(value) = exporter.get(key) else {
            continue;
        };
        let Some(phrase) = value
            .phrase()
            .filter(|phrase| !phrase.as_written().is_empty())
        else {
            continue;
        };
        let (why, said) = match endpoint::url(&phrase.masked()) {
            Ok(None) => continue,
            Ok(Some(url)) => match Server::of(&url) {
                Ok(_) => continue,
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
        report.push(FaultKind::Endpoint, value.span, message, said);
    }
}

fn debug(debug: &Section<'_>, report: &mut Report<'_>) {
    let Some(level) = debug.text("verbosity") else {
        return;
    };
    let said = match level.to_lowercase().as_str() {
        "basic" | "normal" | "detailed" => return,
        "none" | "" => format!("verbosity level \"{level}\" is not supported"),
        _ => format!("unknown metrics level \"{level}\""),
    };
    report.value(
        debug
            .value
            .get("verbosity")
            .map_or(debug.span, |value| value.span),
        "`verbosity` takes one of `basic`, `normal`, `detailed`",
        said,
    );
}

/// contrib, exporter/loadbalancingexporter/loadbalancer.go and the resolvers beside it.
fn load_balancing(exporter: &Section<'_>, report: &mut Report<'_>) {
    let resolver = exporter.get("resolver");
    if resolver.is_some_and(Value::is_reference) {
        return;
    }
    let given: Vec<_> = resolver
        .map_or(&[][..], Value::entries)
        .iter()
        .filter(|entry| !entry.value.is_null())
        .collect();
    if given.is_empty() {
        report.value(
            exporter.key("resolver"),
            "the exporter has no `resolver`, so it knows nobody to send to",
            "no resolvers specified for the exporter",
        );
        report.by_absence();
    }
    for entry in &given {
        let (key, said) = match entry.key.as_str() {
            "static" => (
                "hostnames",
                "no endpoints specified for the static resolver",
            ),
            "dns" => ("hostname", "no hostname specified to resolve the backends"),
            "k8s" => ("service", "no service specified to resolve the backends"),
            _ => continue,
        };
        let value = entry.value.get(key).filter(|value| !value.is_null());
        let is_empty = value.is_none_or(|value| match value.phrase() {
            Some(phrase) => phrase.as_written().is_empty(),
            None => value.items().is_empty(),
        });
        if is_empty && !entry.value.is_reference() {
            let message = format!(
                "`{}` names nobody to send to: `{key}` is missing",
                entry.key.value
            );
            report.value(entry.key.span, message, said);
            report.by_absence();
        }
    }
    if given.len() > 1 {
        report.value(
            exporter.key("resolver"),
            "more than one resolver is given",
            "only one resolver should be specified",
        );
    }
}
