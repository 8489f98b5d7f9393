//! What exporters share: timeout, queue, batches and retries (collector, exporter/exporterhelper; config/configretry).

use std::collections::BTreeSet;

use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Float;
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
use super::shape;

/// `timeout`
pub(super) static TIMEOUT: Shape = shape("", &[field("timeout", Duration)]).checked(timeout);

const SIZER: Kind = Kind::Choice(&["requests", "items", "bytes"], "invalid sizer: \"{}\"");

/// collector, exporter/exporterhelper/internal/queuebatch/config.go
pub(super) static QUEUE: Shape = shape(
    "queuebatch.Config",
    &[
        field("enabled", Bool),
        field("wait_for_result", Bool).since(123),
        field("sizer", SIZER).since(123),
        field("queue_size", Int),
        field("block_on_overflow", Bool).since(123),
        field("blocking", Bool).since(118).until(129),
        field("storage", Kind::Id),
        field("num_consumers", Int),
        field("batch", Optional(&BATCH)).since(123),
    ],
)
.checked(queue);

static BATCH: Shape = shape(
    "queuebatch.BatchConfig",
    &[
        field("enabled", Bool),
        field("flush_timeout", Duration),
        field("sizer", SIZER).since(130),
        field("min_size", Int),
        field("max_size", Int),
        field("partition", Inner(&PARTITION)).since(147),
    ],
)
.checked(batch);

static PARTITION: Shape = shape(
    "queuebatch.PartitionConfig",
    &[
        field("metadata_keys", List(&Text)),
        field("cache_size", Int).since(162),
        field("idle_timeout", Duration).since(162),
    ],
)
.checked(partition);

/// collector, config/configretry/backoff.go
pub(super) static RETRY: Shape = shape(
    "configretry.BackOffConfig",
    &[
        field("enabled", Bool),
        field("initial_interval", Duration),
        field("randomization_factor", Float),
        field("multiplier", Float),
        field("max_interval", Duration),
        field("max_elapsed_time", Duration),
    ],
)
.checked(retry);

fn timeout(section: &Section<'_>, report: &mut Report<'_>) {
    if section
        .duration("timeout")
        .is_some_and(|timeout| timeout < 0)
    {
        report.value(
            section.key("timeout"),
            "`timeout` is negative",
            "'timeout' must be non-negative",
        );
    }
}

fn queue(queue: &Section<'_>, report: &mut Report<'_>) {
    if queue.is("enabled", false) {
        return;
    }
    for key in ["num_consumers", "queue_size"] {
        if queue.number(key).is_some_and(|number| number <= 0.0) {
            report.value(
                queue.key(key),
                format!("`{key}` is not positive"),
                format!("`{key}` must be positive"),
            );
        }
    }
    if queue.says("storage") && queue.is("wait_for_result", true) {
        report.value(
            queue.key("wait_for_result"),
            "`wait_for_result` with a persistent queue",
            "`wait_for_result` is not supported with a persistent queue configured with `storage`",
        );
    }
    let inherits = queue.text("sizer") == Some("requests")
        && queue.get("batch").is_some_and(|batch| {
            !batch.entries().is_empty()
                && batch.get("sizer").is_none()
                && batch.bool_at("enabled").is_none_or(|on| *on)
        });
    smallest_batch(queue, report);
    unmeasured_batch(queue, report);
    if inherits {
        report.value(
            queue.key("batch"),
            "a batch cannot be measured in `requests`, which it takes from the queue's `sizer`",
            "`batch` supports only `items` or `bytes` sizer, found \"requests\"",
        );
    }
}

/// Before 0.130 a batch has no `sizer` of its own, and the queue's is `requests` unless it says otherwise.
fn unmeasured_batch(queue: &Section<'_>, report: &mut Report<'_>) {
    if queue.get("batch").is_some() && queue.get("sizer").is_none() {
        let message = "a batch needs `sizer: items` beside it";
        let said = "`batch` supports only `items` or `bytes` sizer";
        let at = report.faults.len();
        report.value(queue.key("batch"), message, said);
        report.only_in(at, 123..130);
    }
}

/// A batch that is measured as the queue is must fit into it.
fn smallest_batch(queue: &Section<'_>, report: &mut Report<'_>) {
    let (Some(batch), Some(sizer)) = (queue.get("batch"), queue.text("sizer")) else {
        return;
    };
    let own = batch
        .get("sizer")
        .map(|own| own.phrase().and_then(|own| own.known()));
    let is_same = own.is_none_or(|own| own == Some(sizer));
    let least = batch.integer_at("min_size");
    let room = queue.number("queue_size");
    if let Some((least, room)) = least.zip(room).filter(|_| is_same)
        && least.value as f64 > room
    {
        report.value(
            least.span,
            format!("`min_size` is above `queue_size` ({room}): the queue never holds a batch"),
            "`min_size` must be less than or equal to `queue_size`",
        );
    }
}

fn partition(partition: &Section<'_>, report: &mut Report<'_>) {
    let idle = partition.duration("idle_timeout").map(|idle| idle as f64);
    for (key, amount) in [
        ("cache_size", partition.number("cache_size")),
        ("idle_timeout", idle),
    ] {
        if amount.is_some_and(|amount| amount <= 0.0) {
            report.value(
                partition.key(key),
                format!("`{key}` is not positive"),
                format!("`{key}` must be positive"),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for key in partition.get("metadata_keys").map_or(&[][..], Value::items) {
        let Some(name) = key.phrase().and_then(|name| name.known()) else {
            continue;
        };
        let name = name.to_lowercase();
        if seen.contains(&name) {
            report.value(
                key.span,
                format!("`{name}` is given twice, whatever its capitals"),
                format!("duplicate entry in metadata_keys: \"{name}\" (case-insensitive)"),
            );
        }
        seen.insert(name);
    }
}

fn batch(batch: &Section<'_>, report: &mut Report<'_>) {
    if batch.is("enabled", false) {
        return;
    }
    // An empty batch has defaults since 0.138 (collector, CHANGELOG).
    if batch.get("flush_timeout").is_none() {
        let at = report.faults.len();
        let message = "a batch needs a `flush_timeout`";
        report.value(batch.span, message, "`flush_timeout` must be positive");
        report.only_in(at, 123..138);
    }
    if batch.text("sizer") == Some("requests") {
        report.value(
            batch.key("sizer"),
            "a batch cannot be measured in `requests`",
            "`batch` supports only `items` or `bytes` sizer, found \"requests\"",
        );
    }
    if batch
        .duration("flush_timeout")
        .is_some_and(|timeout| timeout <= 0)
    {
        report.value(
            batch.key("flush_timeout"),
            "`flush_timeout` is not positive",
            "`flush_timeout` must be positive",
        );
    }
    for key in ["min_size", "max_size"] {
        if batch.number(key).is_some_and(|size| size < 0.0) {
            report.value(
                batch.key(key),
                format!("`{key}` is negative"),
                format!("`{key}` must be non-negative"),
            );
        }
    }
    if let Some((minimum, maximum)) = batch.number("min_size").zip(batch.number("max_size"))
        && maximum > 0.0
        && maximum < minimum
    {
        report.value(
            batch.key("max_size"),
            "`max_size` is below `min_size`",
            format!("`max_size` ({maximum}) must be greater or equal to `min_size` ({minimum})"),
        );
    }
}

/// What does not retry is held to the same since 0.156 (collector, CHANGELOG).
fn retry(retry: &Section<'_>, report: &mut Report<'_>) {
    if retry.is_open("enabled") {
        return;
    }
    let at = report.faults.len();
    intervals(retry, report);
    if retry.is("enabled", false) {
        report.only_in(at, 156..u16::MAX);
    }
}

fn intervals(retry: &Section<'_>, report: &mut Report<'_>) {
    for key in ["initial_interval", "max_interval", "max_elapsed_time"] {
        if retry.duration(key).is_some_and(|duration| duration < 0) {
            report.value(
                retry.key(key),
                format!("`{key}` is negative"),
                format!("'{key}' must be non-negative"),
            );
        }
    }
    if retry
        .number("randomization_factor")
        .is_some_and(|factor| !(0.0..=1.0).contains(&factor))
    {
        report.value(
            retry.key("randomization_factor"),
            "`randomization_factor` is not between 0 and 1",
            "'randomization_factor' must be within [0, 1]",
        );
    }
    if retry
        .number("multiplier")
        .is_some_and(|multiplier| multiplier < 0.0)
    {
        report.value(
            retry.key("multiplier"),
            "`multiplier` is negative",
            "'multiplier' must be non-negative",
        );
    }
    // Defaults: 5s, 30s, 5m.
    let or = |key: &str, default: i128| match retry.get(key) {
        Some(_) => retry.duration(key),
        None => Some(default * 1_000_000_000),
    };
    let Some(elapsed) = or("max_elapsed_time", 300).filter(|elapsed| *elapsed > 0) else {
        return;
    };
    for (key, default) in [("initial_interval", 5), ("max_interval", 30)] {
        if or(key, default).is_some_and(|interval| elapsed < interval) {
            report.value(
                retry.key("max_elapsed_time"),
                format!("`max_elapsed_time` is less than `{key}`"),
                format!("'max_elapsed_time' must not be less than '{key}'"),
            );
            report.by_absence();
        }
    }
}
