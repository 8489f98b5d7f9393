//! What exporters share: timeout, queue, batches and retries (collector, exporter/exporterhelper; config/configretry).

use std::collections::BTreeSet;

use super::Field;
use super::INT64;
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
use super::field;
use super::report::Sort;
use super::shape;
use crate::model::collector::value::Value;

/// `timeout`
pub(super) static TIMEOUT: Shape = shape("", &[field("timeout", Duration)]).checked(timeout);

const SIZER: Kind = Kind::Parsed(&Kind::Choice(
    &["requests", "items", "bytes"],
    "invalid sizer: \"{}\"",
));

/// collector, exporter/exporterhelper/internal/queuebatch/config.go
pub(super) static QUEUE: Shape = shape(
    "queuebatch.Config",
    &[
        field("enabled", Bool),
        field("wait_for_result", Bool).since(123),
        field("sizer", SIZER).since(123),
        field("queue_size", INT64),
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
        field("min_size", INT64),
        field("max_size", INT64),
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
pub(super) static RETRY: Shape = Shape {
    check: retry_by_default,
    ..shape("configretry.BackOffConfig", RETRY_FIELDS)
};

/// The same where no defaults are set.
pub(super) static RETRY_FROM_NOTHING: Shape = Shape {
    check: retry_from_nothing,
    ..shape("configretry.BackOffConfig", RETRY_FIELDS)
};

const RETRY_FIELDS: &[Field] = &[
    field("enabled", Bool),
    field("initial_interval", Duration),
    field("randomization_factor", Float),
    field("multiplier", Float),
    field("max_interval", Duration),
    field("max_elapsed_time", Duration),
];

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
    for (key, default) in [("num_consumers", 10), ("queue_size", 1000)] {
        if queue
            .whole_or(key, default)
            .is_some_and(|number| number <= 0)
        {
            report.value(
                queue.key(key),
                format!("`{key}` is not positive"),
                format!("`{key}` must be positive"),
            );
        }
    }
    if queue.get("storage").is_some() && queue.is("wait_for_result", true) {
        report.value(
            queue.key("wait_for_result"),
            "`wait_for_result` with a persistent queue",
            "`wait_for_result` is not supported with a persistent queue configured with `storage`",
        );
    }
    unmeasured_batch(queue, report);
    let batch = queue.value.map().and_then(|map| map.entry("batch"));
    if let Some(batch) = batch.filter(|batch| !batch.value.is_null() && !batch.value.is_open()) {
        let section = Section {
            value: &batch.value,
            span: batch.key.span,
        };
        smallest_batch(queue, &section, report);
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

/// What a batch is measured in: its own `sizer`; the queue's when only that one is written and the section is no empty
/// mapping (queuebatch/config.go `Unmarshal`); else items. `None` when it is open.
fn batch_sizer<'v>(queue: &Section<'v>, batch: &Section<'v>) -> Option<&'v str> {
    let inherits = queue.get("sizer").is_some() && batch.value.get("sizer").is_none();
    match inherits {
        true => queue.text("sizer"),
        false if batch.get("sizer").is_none() => Some("items"),
        false => batch.text("sizer"),
    }
}

/// A batch that is measured as the queue is must fit into it.
fn smallest_batch(queue: &Section<'_>, batch: &Section<'_>, report: &mut Report<'_>) {
    if batch.is("enabled", false) || batch.is_open("enabled") {
        return;
    }
    let own = batch_sizer(queue, batch);
    let inherited = batch.value.get("sizer").is_none();
    if own == Some("requests") && inherited {
        report.under(Sort::Key, "batch", |report| {
            report.value(
                batch.span,
                "a batch cannot be measured in `requests`, which it takes from the queue's `sizer`",
                "`batch` supports only `items` or `bytes` sizer, found \"requests\"",
            );
        });
    }
    let sizer = queue
        .get("sizer")
        .map_or(Some("requests"), |_| queue.text("sizer"));
    let is_same = own.zip(sizer).is_some_and(|(own, sizer)| own == sizer);
    let least = batch.whole_or("min_size", 8192);
    let room = queue.whole_or("queue_size", 1000);
    if let Some((least, room)) = least.zip(room).filter(|_| is_same)
        && least > room
    {
        report.value(
            batch
                .value
                .get("min_size")
                .map_or(batch.span, |size| size.span),
            format!(
                "`min_size` ({least}) is above `queue_size` ({room}): the queue never holds a batch"
            ),
            "`min_size` must be less than or equal to `queue_size`",
        );
        report.by_absence();
    }
}

fn partition(partition: &Section<'_>, report: &mut Report<'_>) {
    let idle = partition.duration("idle_timeout").map(|idle| idle <= 0);
    for (key, is_nothing) in [
        (
            "cache_size",
            partition.whole("cache_size").map(|size| size <= 0),
        ),
        ("idle_timeout", idle),
    ] {
        if is_nothing == Some(true) {
            report.value(
                partition.key(key),
                format!("`{key}` is not positive"),
                format!("`{key}` must be positive"),
            );
        }
    }
    repeated_keys(partition, report);
}

/// Metadata keys are compared without their capitals.
pub(super) fn repeated_keys(section: &Section<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    let keys = section.get("metadata_keys").map(Value::texts);
    for key in keys.unwrap_or_default() {
        let Some(name) = key.value.known() else {
            continue;
        };
        let name = name.to_lowercase();
        if seen.contains(&name) {
            report.value(
                key.span,
                format!("`{name}` is given twice, whatever its capitals"),
                format!("duplicate entry in metadata_keys: {name:?} (case-insensitive)"),
            );
        }
        seen.insert(name);
    }
}

fn batch(batch: &Section<'_>, report: &mut Report<'_>) {
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
        .duration_or("flush_timeout", 1)
        .is_some_and(|timeout| timeout <= 0)
    {
        report.value(
            batch.key("flush_timeout"),
            "`flush_timeout` is not positive",
            "`flush_timeout` must be positive",
        );
    }
    for key in ["min_size", "max_size"] {
        if batch.whole(key).is_some_and(|size| size < 0) {
            report.value(
                batch.key(key),
                format!("`{key}` is negative"),
                format!("`{key}` must be non-negative"),
            );
        }
    }
    if let Some((minimum, maximum)) = batch
        .whole_or("min_size", 8192)
        .zip(batch.whole("max_size"))
        && maximum > 0
        && maximum < minimum
    {
        let at = report.faults.len();
        report.value(
            batch.key("max_size"),
            format!("`max_size` is below `min_size` ({minimum})"),
            format!("`max_size` ({maximum}) must be greater or equal to `min_size` ({minimum})"),
        );
        report.by_absence();
        if batch.get("min_size").is_none() {
            report.only_in(at, WITH_DEFAULT_SIZE..u16::MAX);
        }
    }
}

/// The version from which on `batch.min_size` is 8192 where nothing is said (collector, CHANGELOG).
const WITH_DEFAULT_SIZE: u16 = 138;

/// What does not retry is held to the same since 0.156 (collector, CHANGELOG).
fn off(retry: &Section<'_>, at: usize, report: &mut Report<'_>) {
    if retry.is("enabled", false) || retry.is_open("enabled") {
        report.only_in(at, 156..u16::MAX);
    }
}

/// collector, config/configretry/generated_config.go
fn limits(retry: &Section<'_>, report: &mut Report<'_>) {
    for key in ["initial_interval", "max_interval", "max_elapsed_time"] {
        if retry.duration(key).is_some_and(|duration| duration < 0) {
            negative(key, retry, report);
        }
    }
    for key in ["randomization_factor", "multiplier"] {
        if retry.number(key).is_some_and(|number| number < 0.0) {
            negative(key, retry, report);
        }
    }
    if retry
        .number("randomization_factor")
        .is_some_and(|factor| factor > 1.0)
    {
        report.value(
            retry.key("randomization_factor"),
            "`randomization_factor` is above 1",
            "randomization_factor value must be less than or equal to 1",
        );
    }
}

fn negative(key: &str, retry: &Section<'_>, report: &mut Report<'_>) {
    report.value(
        retry.key(key),
        format!("`{key}` is negative"),
        format!("{key} value must be greater than or equal to 0"),
    );
}

/// Retries that begin with 5s, wait 30s at most and end after 5m unless something else is written.
fn retry_by_default(retry: &Section<'_>, report: &mut Report<'_>) {
    let at = report.faults.len();
    elapsed(retry, [300, 5, 30], report);
    limits(retry, report);
    off(retry, at, report);
}

/// Retries that are off, with nothing set, unless something else is written.
fn retry_from_nothing(retry: &Section<'_>, report: &mut Report<'_>) {
    let at = report.faults.len();
    elapsed(retry, [0, 0, 0], report);
    limits(retry, report);
    off(retry, at, report);
}

/// `defaults` in seconds: how long in all, the first wait, the longest one.
fn elapsed(retry: &Section<'_>, defaults: [i128; 3], report: &mut Report<'_>) {
    let [all, first, longest] = defaults;
    let elapsed = retry.duration_or("max_elapsed_time", all);
    let Some(elapsed) = elapsed.filter(|elapsed| *elapsed > 0) else {
        return;
    };
    for (key, default) in [("initial_interval", first), ("max_interval", longest)] {
        if retry
            .duration_or(key, default)
            .is_some_and(|interval| elapsed < interval)
        {
            report.value(
                retry.key("max_elapsed_time"),
                format!("`max_elapsed_time` is less than `{key}`"),
                format!("'max_elapsed_time' must not be less than '{key}'"),
            );
            report.by_absence();
            return;
        }
    }
}
