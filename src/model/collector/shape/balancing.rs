//! The load_balancing exporter (contrib, exporter/loadbalancingexporter).

use super::INT32;
use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::List;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::grpc;
use super::sending::QUEUE;
use super::sending::RETRY;
use super::sending::RETRY_FROM_NOTHING;
use super::sending::TIMEOUT;
use super::shape;
use crate::model::collector::fault::nearest;
use crate::model::collector::id::Signal;
use crate::model::collector::value::Entry;
use crate::model::collector::value::Value;

/// contrib, exporter/loadbalancingexporter/config.go
pub(super) static LOAD_BALANCING: Shape = shape(
    "loadbalancingexporter.Config",
    &[
        field("protocol", Inner(&PROTOCOL)),
        field("resolver", Inner(&RESOLVER)),
        field("routing_key", Text),
        field("routing_attributes", List(&Text)).since(122),
        field("sending_queue", Optional(&QUEUE)).since(115),
        field("retry_on_failure", Inner(&RETRY_FROM_NOTHING)).since(115),
    ],
)
.with(&[("timeoutsettings", &TIMEOUT)])
.checked(load_balancing);

static PROTOCOL: Shape = shape(
    "loadbalancingexporter.Protocol",
    &[field("otlp", Inner(&BACKEND))],
);

/// The exporter of which each backend gets a copy; its endpoint is overwritten, and has a stand-in by default.
static BACKEND: Shape = shape(
    "otlpexporter.Config",
    &[
        field("sending_queue", Optional(&QUEUE)),
        field("retry_on_failure", Inner(&RETRY)),
    ],
)
.with(&[("timeoutconfig", &TIMEOUT), ("clientconfig", &grpc::CLIENT)])
.checked(backend);

fn backend(backend: &Section<'_>, report: &mut Report<'_>) {
    if backend.value.get("endpoint").is_some() {
        super::exporter::otlp_grpc(backend, report);
    }
}

static RESOLVER: Shape = shape(
    "loadbalancingexporter.ResolverSettings",
    &[
        field("static", Optional(&STATIC)),
        field("dns", Optional(&DNS)),
        field("k8s", Optional(&K8S)),
        field("aws_cloud_map", Optional(&CLOUD_MAP)),
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
    ],
);

static K8S: Shape = shape(
    "loadbalancingexporter.K8sSvcResolver",
    &[
        field("service", Text),
        field("ports", List(&INT32)),
        field("timeout", Duration),
        field("return_hostnames", Bool).since(116),
    ],
);

static CLOUD_MAP: Shape = shape(
    "loadbalancingexporter.AWSCloudMapResolver",
    &[
        field("namespace", Text),
        field("service_name", Text),
        field(
            "health_status",
            Kind::Named(&Text, "types.HealthStatusFilter"),
        ),
        field("interval", Duration),
        field("timeout", Duration),
        field("port", Kind::Named(&Kind::Unsigned, "uint16")),
        field("owner_account", Text),
    ],
);

/// contrib, exporter/loadbalancingexporter/loadbalancer.go and the resolvers beside it.
fn load_balancing(exporter: &Section<'_>, report: &mut Report<'_>) {
    routing(exporter, report);
    let resolver = exporter.get("resolver");
    if resolver.is_some_and(Value::is_reference) || !report.is_created() {
        return;
    }
    let is_on = |value: &Value| !value.is_null() && value.bool_at("enabled").is_none_or(|on| *on);
    let given: Vec<_> = resolver
        .map_or(&[][..], Value::entries)
        .iter()
        .filter(|entry| is_on(&entry.value))
        .collect();
    if given.is_empty() {
        report.creation(
            exporter.key("resolver"),
            "the exporter has no `resolver`, so it knows nobody to send to",
            "no resolvers specified for the exporter",
        );
        report.by_absence();
    }
    for entry in &given {
        nobody(entry, report);
    }
    if given.len() > 1 {
        report.creation(
            exporter.key("resolver"),
            "more than one resolver is given",
            "only one resolver should be specified",
        );
    }
}

/// What each kind of resolver cannot do without.
fn nobody(entry: &Entry, report: &mut Report<'_>) {
    let needs: &[(&str, &str)] = match entry.key.as_str() {
        "static" => &[(
            "hostnames",
            "no endpoints specified for the static resolver",
        )],
        "dns" => &[("hostname", "no hostname specified to resolve the backends")],
        "k8s" => &[("service", "no service specified to resolve the backends")],
        "aws_cloud_map" => &[
            (
                "namespace",
                "no Cloud Map namespace specified to resolve the backends",
            ),
            (
                "service_name",
                "no Cloud Map service_name specified to resolve the backends",
            ),
        ],
        _ => return,
    };
    for (key, said) in needs {
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
            report.creation(entry.key.span, message, *said);
            report.by_absence();
        }
    }
}

fn routing(exporter: &Section<'_>, report: &mut Report<'_>) {
    let Some(key) = exporter.text_or("routing_key", "") else {
        return;
    };
    let attributes = exporter.get("routing_attributes");
    if attributes.is_some_and(Value::is_open) {
        return;
    }
    let attributes = attributes.filter(|list| !list.texts().is_empty() || !list.items().is_empty());
    match (key, attributes) {
        ("attributes", None) => {
            report.value(
                exporter.key("routing_key"),
                "`routing_key` is `attributes`, and no `routing_attributes` are given",
                "routing_attributes must be specified when routing_key is \"attributes\"",
            );
            report.by_absence();
        }
        ("attributes", Some(_)) => {}
        (key, Some(list)) => {
            report.value(
                list.span,
                "`routing_attributes` count only with `routing_key: attributes`",
                format!(
                    "routing_attributes can only be used when routing_key is \"attributes\"; got {key:?}"
                ),
            );
            report.by_absence();
        }
        (key, None) => routed(exporter, key, report),
    }
}

/// Holds a routing key to what the exporter of each signal takes.
fn routed(exporter: &Section<'_>, key: &str, report: &mut Report<'_>) {
    let takes = |signal: &Signal| match signal {
        Signal::Traces => &["", "traceID", "service"][..],
        Signal::Metrics => &["", "service", "resource", "metric", "streamID"],
        Signal::Logs => &["", "service", "traceID", "resource"],
        Signal::Profiles => &[],
    };
    let refuses = |signal: &Signal| *signal != Signal::Profiles && !takes(signal).contains(&key);
    let is_refused = match report.signals() {
        Some(signals) => signals.iter().any(refuses),
        None => [Signal::Traces, Signal::Metrics, Signal::Logs]
            .iter()
            .all(refuses),
    };
    if is_refused {
        report.creation(
            exporter.key("routing_key"),
            format!("`{key}` is no `routing_key` of the signals that are sent"),
            "unsupported routing_key: ",
        );
        report.near(nearest(
            key,
            [
                "traceID",
                "service",
                "attributes",
                "resource",
                "metric",
                "streamID",
            ]
            .into_iter(),
        ));
    }
}
