//! Processors of the core: batch, memory_limiter.

use super::Kind::Duration;
use super::Kind::List;
use super::Kind::Text;
use super::Kind::Unsigned;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::shape;

/// collector, processor/batchprocessor/config.go
pub(super) static BATCH: Shape = shape(
    "batchprocessor.Config",
    &[
        field("timeout", Duration),
        field("send_batch_size", Unsigned),
        field("send_batch_max_size", Unsigned),
        field("metadata_keys", List(&Text)),
        field("metadata_cardinality_limit", Unsigned),
    ],
)
.checked(batch);

fn batch(batch: &Section<'_>, report: &mut Report<'_>) {
    let size = batch.number("send_batch_size").unwrap_or(8192.0);
    let known = !batch.is_open("send_batch_size");
    if known
        && batch
            .number("send_batch_max_size")
            .is_some_and(|maximum| maximum > 0.0 && maximum < size)
    {
        report.value(
            batch.key("send_batch_max_size"),
            format!("`send_batch_max_size` is below `send_batch_size` ({size})"),
            "send_batch_max_size must be greater or equal to send_batch_size",
        );
        report.by_absence();
    }
    if batch.duration("timeout").is_some_and(|timeout| timeout < 0) {
        report.value(
            batch.key("timeout"),
            "`timeout` is negative",
            "timeout must be greater or equal to 0",
        );
    }
}

/// collector, internal/memorylimiter/config.go
pub(super) static MEMORY_LIMITER: Shape = shape(
    "memorylimiter.Config",
    &[
        field("check_interval", Duration),
        field("min_gc_interval_when_soft_limited", Duration).since(121),
        field("min_gc_interval_when_hard_limited", Duration).since(121),
        field("max_gc_interval_when_soft_limited", Duration).since(156),
        field("max_gc_interval_when_hard_limited", Duration).since(156),
        // Release notes of 0.39 (#4365).
        field("ballast_size_mib", Unsigned).moved(39, "GOMEMLIMIT"),
        field("limit_mib", Unsigned),
        field("spike_limit_mib", Unsigned),
        field("limit_percentage", Unsigned),
        field("spike_limit_percentage", Unsigned),
    ],
)
.checked(memory_limiter);

fn memory_limiter(limiter: &Section<'_>, report: &mut Report<'_>) {
    if !limiter.is_open("check_interval") && limiter.duration("check_interval").unwrap_or(0) <= 0 {
        report.value(
            limiter.key("check_interval"),
            "`check_interval` is not set, so nothing would be limited",
            "'check_interval' must be greater than zero",
        );
        report.by_absence();
    }
    let zero = |key| !limiter.is_open(key) && limiter.number(key).unwrap_or(0.0) == 0.0;
    if zero("limit_mib") && zero("limit_percentage") {
        report.value(
            limiter.span,
            "neither `limit_mib` nor `limit_percentage` is set",
            "'limit_mib' or 'limit_percentage' must be greater than zero",
        );
        report.by_absence();
    }
    for key in ["limit_percentage", "spike_limit_percentage"] {
        if limiter
            .number(key)
            .is_some_and(|percentage| percentage > 100.0)
        {
            report.value(
                limiter.key(key),
                format!("`{key}` is above 100"),
                "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or \
                 equal to hundred",
            );
        }
    }
    // Soft limits may collect every 10s by default, hard ones always.
    let hard = limiter.duration("min_gc_interval_when_hard_limited");
    let soft = match limiter.get("min_gc_interval_when_soft_limited") {
        Some(_) => limiter.duration("min_gc_interval_when_soft_limited"),
        None => Some(10_000_000_000),
    };
    if hard.zip(soft).is_some_and(|(hard, soft)| soft < hard) {
        report.value(
            limiter.key("min_gc_interval_when_hard_limited"),
            "`min_gc_interval_when_hard_limited` is above `min_gc_interval_when_soft_limited`",
            "'min_gc_interval_when_soft_limited' should be larger than 'min_gc_interval_when_hard_limited'",
        );
        report.by_absence();
    }
    for (limit, spike) in [
        ("limit_mib", "spike_limit_mib"),
        ("limit_percentage", "spike_limit_percentage"),
    ] {
        let pair = limiter.number(limit).zip(limiter.number(spike));
        if pair.is_some_and(|(limit, spike)| limit > 0.0 && limit <= spike) {
            report.value(
                limiter.key(spike),
                format!("`{spike}` is not below `{limit}`"),
                format!("'{spike}' must be smaller than '{limit}'"),
            );
        }
    }
}
