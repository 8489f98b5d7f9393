//! The prometheus receiver (contrib, receiver/prometheusreceiver/config.go). What lies under `config` is read by
//! Prometheus' own YAML reader: its names differ from the Collector's (`server_name`, not `server_name_override`),
//! and a number is taken where a string is wanted.

use crate::model::collector::endpoint;
use crate::model::collector::value::Value;
use crate::model::scrape::config;
use crate::model::scrape::config::Root;
use crate::source::Span;

use super::Kind;
use super::Kind::Bool;
use super::Kind::Optional;
use super::Kind::Prometheus;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::http;
use super::shape;
use super::typed::no_map;

/// `prometheus`
pub(super) static PROMETHEUS: Shape = shape(
    "prometheusreceiver.Config",
    &[
        field("config", Prometheus(Root::Config)),
        field("trim_metric_suffixes", Bool),
        field("use_start_time_metric", Bool).until(143),
        field("start_time_metric_regex", Kind::Text).until(143),
        field("report_extra_scrape_metrics", Bool).until(149),
        field("discovery_reload_on_startup", Bool).since(155),
        field("initial_scrape_offset", Kind::Duration).since(155),
        field("scrape_on_shutdown", Bool).since(155),
        field("target_allocator", Optional(&TARGET_ALLOCATOR)),
        field("api_server", Kind::Section(&API_SERVER)).since(122),
    ],
)
.checked(receiver);

/// contrib, receiver/prometheusreceiver/internal/apiserver/config.go
static API_SERVER: Shape = shape(
    "apiserver.Config",
    &[
        field("enabled", Bool),
        field("max_connections", Kind::Int).since(156),
        field("server_config", Kind::Section(&http::SERVER)),
    ],
);

static TARGET_ALLOCATOR: Shape = shape(
    "targetallocator.Config",
    &[
        field("interval", Kind::Duration),
        field("collector_id", Kind::Text),
        field("http_sd_config", Prometheus(Root::HttpDiscovery)),
        field("http_scrape_config", Prometheus(Root::Client)),
    ],
)
.with(&[("clientconfig", &http::CLIENT)])
.checked(target_allocator);

/// Reads what Prometheus reads; empty it is left alone.
pub(super) fn read(value: &Value, key: Span, root: Root, report: &mut Report<'_>) {
    if value.map().is_none() {
        return no_map(value, "", report);
    }
    if value.entries().is_empty() {
        return;
    }
    let whose = "prometheus receiver: failed to unmarshal yaml to prometheus config object";
    report.read_by(whose, |faults| config::check(value, key, root, faults));
}

/// What is said of a receiver without targets.
pub(in crate::model::collector) const IDLE: &str =
    "no Prometheus scrape_configs or target_allocator set";

/// `Validate`: targets come from somewhere, and nothing is asked for that only Prometheus itself does.
fn receiver(receiver: &Section<'_>, report: &mut Report<'_>) {
    let config = receiver.get("config");
    let allocator = receiver.get("target_allocator");
    if config.is_some_and(Value::is_open) || allocator.is_some_and(Value::is_open) {
        return;
    }
    let list = |key: &str| config.and_then(|config| config.get(key));
    let has = |key: &str| list(key).is_some_and(|list| list.is_open() || !list.items().is_empty());
    let is_allocated = allocator.is_some_and(|allocator| {
        allocator.map().is_some() && allocator.bool_at("enabled").is_none_or(|on| on.value)
    });
    if !has("scrape_configs") && !has("scrape_config_files") && !is_allocated {
        report.value(
            receiver.key("config"),
            "the receiver scrapes nothing: neither `scrape_configs` nor a `target_allocator` is given",
            IDLE,
        );
        report.by_absence();
    }
    for (key, inner, named) in UNSUPPORTED {
        let section = list(key);
        let found = match inner {
            "" => section,
            inner => section.and_then(|section| section.get(inner)),
        };
        if let Some(found) = found.filter(|found| !found.items().is_empty()) {
            report.within("config", |report| {
                report.value(
                    found.span,
                    format!("the receiver only scrapes, and does nothing with `{key}`"),
                    format!("unsupported features:\n\t{named}"),
                );
            });
        }
    }
}

/// What the receiver refuses if it holds anything: the key, the one in it, and what it is called.
const UNSUPPORTED: [(&str, &str, &str); 5] = [
    ("remote_write", "", "remote_write"),
    ("remote_read", "", "remote_read"),
    ("rule_files", "", "rule_files"),
    (
        "alerting",
        "alert_relabel_configs",
        "alert_config.relabel_configs",
    ),
    ("alerting", "alertmanagers", "alert_config.alertmanagers"),
];

fn target_allocator(allocator: &Section<'_>, report: &mut Report<'_>) {
    if let Some(endpoint) = allocator.text_or("endpoint", "")
        && !is_request_uri(endpoint)
    {
        report.value(
            allocator.key("endpoint"),
            "`endpoint` is no URL",
            format!("TargetAllocator endpoint is not valid: {endpoint}"),
        );
    }
    let id = allocator.text_or("collector_id", "");
    if id.is_some_and(|id| id.is_empty() || id.contains("${")) {
        report.value(
            allocator.key("collector_id"),
            "`collector_id` is not given",
            "CollectorID is not a valid ID",
        );
        report.by_absence();
    }
    if let Some(interval) = allocator.duration_or("interval", 0)
        && interval <= 0
    {
        let at = report.faults.len();
        report.value(
            allocator.key("interval"),
            "`interval` is not above 0",
            "interval must be a positive duration, got",
        );
        report.by_absence();
        // Before, nothing was checked: 0.145 takes it.
        report.only_in(at, 148..u16::MAX);
    }
}

/// Whether Go's `url.ParseRequestURI` takes `text`.
fn is_request_uri(text: &str) -> bool {
    endpoint::url(text)
        .is_ok_and(|url| text.starts_with('/') || url.is_none_or(|url| !url.scheme.is_empty()))
}
