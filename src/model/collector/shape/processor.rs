//! Processors of the core: batch, memory_limiter.

use super::Kind::Duration;
use super::Kind::List;
use super::Kind::Text;
use super::Kind::Unsigned;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::sending::repeated_keys;
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
    if let Some((size, maximum)) = batch
        .count_or("send_batch_size", 8192)
        .zip(batch.count("send_batch_max_size"))
        && maximum > 0
        && maximum < size
    {
        report.value(
            batch.key("send_batch_max_size"),
            format!("`send_batch_max_size` is below `send_batch_size` ({size})"),
            "send_batch_max_size must be greater or equal to send_batch_size",
        );
        report.by_absence();
    }
    repeated_keys(batch, report);
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
    let zero = |key| limiter.count_or(key, 0) == Some(0);
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
            .count(key)
            .is_some_and(|percentage| percentage > 100)
        {
            report.value(
                limiter.key(key),
                format!("`{key}` is above 100"),
                "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or \
                 equal to hundred",
            );
        }
    }
    intervals(limiter, report);
    for (limit, spike) in [
        ("limit_mib", "spike_limit_mib"),
        ("limit_percentage", "spike_limit_percentage"),
    ] {
        let pair = limiter.count(limit).zip(limiter.count_or(spike, 0));
        if pair.is_some_and(|(limit, spike)| limit > 0 && limit <= spike) {
            report.value(
                limiter.key(spike),
                format!("`{spike}` is not below `{limit}`"),
                format!("'{spike}' must be smaller than '{limit}'"),
            );
        }
    }
}

/// The version from which on there are maxima between two collections of garbage.
const WITH_MAXIMUM: u16 = 156;

/// How often garbage may be collected: soft limits no oftener than hard ones, and no maximum below its minimum.
fn intervals(limiter: &Section<'_>, report: &mut Report<'_>) {
    const MIN_SOFT: &str = "min_gc_interval_when_soft_limited";
    const MIN_HARD: &str = "min_gc_interval_when_hard_limited";
    const MAX_SOFT: &str = "max_gc_interval_when_soft_limited";
    const MAX_HARD: &str = "max_gc_interval_when_hard_limited";
    for key in [MAX_SOFT, MAX_HARD] {
        if limiter.duration(key).is_some_and(|interval| interval < 0) {
            report.value(
                limiter.key(key),
                format!("`{key}` is negative"),
                format!("'{key}' must be non-negative"),
            );
        }
    }
    let at_least = "must be greater than or equal to";
    let orders = [
        (MIN_SOFT, 10, MIN_HARD, 0, "should be larger than"),
        (MAX_SOFT, 30, MIN_SOFT, 10, at_least),
        (MAX_HARD, 30, MIN_HARD, 0, at_least),
        (
            MAX_SOFT,
            30,
            MAX_HARD,
            30,
            "should be larger than or equal to",
        ),
    ];
    for (above, default, below, lower, order) in orders {
        let pair = limiter
            .duration_or(above, default)
            .zip(limiter.duration_or(below, lower));
        // A maximum of 0 is none.
        let is_off = |key: &str, interval| key.starts_with("max") && interval <= 0;
        let Some((high, low)) =
            pair.filter(|(high, low)| !is_off(above, *high) && !is_off(below, *low))
        else {
            continue;
        };
        if high < low {
            let at = report.faults.len();
            let place = if limiter.get(below).is_some() {
                below
            } else {
                above
            };
            report.value(
                limiter.key(place),
                format!("`{below}` is above `{above}`"),
                format!("'{above}' {order} '{below}'"),
            );
            report.by_absence();
            if above.starts_with("max") {
                report.only_in(at, WITH_MAXIMUM..u16::MAX);
            }
        }
    }
}
