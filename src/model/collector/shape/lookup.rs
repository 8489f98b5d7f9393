//! Which section describes a component, and which signals it takes.

use crate::model::collector::id::Role;
use crate::model::collector::id::Signal;

use super::Shape;
use super::auth;
use super::balancing;
use super::exporter;
use super::extension;
use super::kubernetes;
use super::processor;
use super::prometheus;
use super::receiver;
use super::sampling;

/// The section that describes a component of that type; `None` when its body is not known here.
pub(in crate::model::collector) fn of(role: Role, kind: &str) -> Option<&'static Shape> {
    Some(match (role, kind) {
        (Role::Receiver, "otlp") => &receiver::OTLP,
        (Role::Receiver, "prometheus") => &prometheus::PROMETHEUS,
        (Role::Processor, "batch") => &processor::BATCH,
        (Role::Processor, "memory_limiter") => &processor::MEMORY_LIMITER,
        (Role::Processor, "k8s_attributes" | "k8sattributes") => &kubernetes::K8S_ATTRIBUTES,
        (Role::Processor, "tail_sampling") => &sampling::TAIL_SAMPLING,
        (Role::Exporter, "otlp" | "otlp_grpc") => &exporter::OTLP_GRPC,
        (Role::Exporter, "otlphttp" | "otlp_http") => &exporter::OTLP_HTTP,
        (Role::Exporter, "debug") => &exporter::DEBUG,
        (Role::Exporter, "load_balancing" | "loadbalancing") => &balancing::LOAD_BALANCING,
        (Role::Extension, "basicauth") => &auth::BASIC,
        (Role::Extension, "bearertokenauth") => &auth::BEARER,
        (Role::Extension, "oidc") => &auth::OIDC,
        (Role::Extension, "oauth2client") => &auth::OAUTH2,
        (Role::Extension, "headers_setter") => &auth::HEADERS_SETTER,
        (Role::Extension, "health_check") => &extension::HEALTH_CHECK,
        (Role::Extension, "pprof") => &extension::PPROF,
        (Role::Extension, "zpages") => &extension::ZPAGES,
        _ => return None,
    })
}

const TRACES: &[Signal] = &[Signal::Traces];
const METRICS: &[Signal] = &[Signal::Metrics];
const LOGS: &[Signal] = &[Signal::Logs];

/// The signals that a component of that type supports, from the `status.stability` of its metadata.yaml; `None`
/// when it is not known here, or when it supports all of them. Only types that take one signal are listed: a type
/// that gains a signal in a later version must not be accused.
pub(in crate::model::collector) fn signals(role: Role, kind: &str) -> Option<&'static [Signal]> {
    Some(match (role, kind) {
        (Role::Receiver, "jaeger" | "zipkin") => TRACES,
        (
            Role::Receiver,
            "prometheus" | "prometheus_simple" | "kubeletstats" | "kubelet_stats" | "docker_stats"
            | "redis" | "nginx" | "httpcheck" | "http_check",
        ) => METRICS,
        (
            Role::Receiver,
            "filelog" | "file_log" | "journald" | "syslog" | "tcplog" | "tcp_log" | "udplog"
            | "udp_log" | "fluentforward" | "fluent_forward" | "k8s_events",
        ) => LOGS,
        (Role::Processor, "tail_sampling" | "groupbytrace") => TRACES,
        (
            Role::Processor,
            "metricstransform"
            | "metrics_transform"
            | "metricsgeneration"
            | "cumulativetodelta"
            | "cumulative_to_delta"
            | "deltatocumulative"
            | "delta_to_cumulative"
            | "deltatorate"
            | "delta_to_rate",
        ) => METRICS,
        (Role::Processor, "logdedup" | "log_dedup") => LOGS,
        (Role::Exporter, "zipkin") => TRACES,
        (Role::Exporter, "prometheus" | "prometheusremotewrite" | "prometheus_remote_write") => {
            METRICS
        }
        _ => return None,
    })
}
