//! The tail_sampling processor (contrib, processor/tailsamplingprocessor/config.go).

use std::collections::BTreeSet;

use super::Field;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Float;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Kind::Unsigned;
use super::Report;
use super::Section;
use super::Shape;
use super::Value;
use super::field;
use super::shape;
use crate::model::collector::fault::nearest;

/// contrib, processor/tailsamplingprocessor/config.go
pub(super) static TAIL_SAMPLING: Shape = shape(
    "tailsamplingprocessor.Config",
    &[
        field("decision_wait", Duration),
        field("decision_wait_after_root_received", Duration).since(144),
        field("num_traces", Unsigned),
        field("block_on_overflow", Bool).since(133),
        field("expected_new_traces_per_sec", Unsigned),
        field("maximum_trace_size_bytes", Unsigned).since(145),
        field("drop_pending_traces_on_shutdown", Bool).since(140),
        field("sample_on_first_match", Bool).since(127),
        field("sampling_strategy", Text).since(149),
        field("tail_storage", Any).since(150),
        field("num_shards", Unsigned).since(159),
        field("decision_cache", Inner(&DECISION_CACHE)),
        field("policies", List(&Inner(&POLICY))),
    ],
)
.checked(tail_sampling);

fn tail_sampling(sampler: &Section<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for policy in sampler.get("policies").map_or(&[][..], Value::items) {
        let Some(name) = policy.get("name") else {
            continue;
        };
        let Some(text) = name.phrase().and_then(|name| name.known()) else {
            continue;
        };
        if !seen.insert(text) {
            report.value(
                name.span,
                format!("two policies are called `{text}`"),
                format!("duplicate policy name \"{text}\""),
            );
        }
    }
}

static DECISION_CACHE: Shape = shape(
    "",
    &[
        field("sampled_cache_size", Int),
        field("non_sampled_cache_size", Int).since(115),
    ],
);

static SIMPLE_POLICY: Shape = Shape {
    is_open: true,
    ..shape("", SIMPLE_POLICY_FIELDS)
};

/// The first version in which extensions may bring policies: it takes any mapping, those of later versions too.
const EXTENSIONS: u16 = 137;

const SIMPLE_POLICY_FIELDS: &[Field] = &[
    field("name", Text),
    field("type", Text),
    field("latency", Inner(&LATENCY)),
    field("numeric_attribute", Inner(&NUMERIC)),
    field("probabilistic", Inner(&PROBABILISTIC)),
    field("status_code", Inner(&STATUS)),
    field("string_attribute", Inner(&STRING)),
    field("rate_limiting", Inner(&RATE)),
    field("bytes_limiting", Inner(&BYTES)).since(EXTENSIONS),
    field("span_count", Inner(&COUNT)),
    field("trace_state", Inner(&TRACE_STATE)),
    field("boolean_attribute", Inner(&BOOLEAN)),
    field("ottl_condition", Inner(&OTTL)),
];

static POLICY: Shape = shape(
    "",
    &[
        field("composite", Inner(&COMPOSITE)),
        field("and", Inner(&AND)),
        field("not", Any).since(EXTENSIONS),
        field("drop", Inner(&DROP)).since(126),
    ],
)
.with(&[&SIMPLE_POLICY])
.checked(policy);

static COMPOSITE: Shape = shape(
    "",
    &[
        field("max_total_spans_per_second", Int),
        field("policy_order", List(&Text)),
        field("composite_sub_policy", List(&Inner(&COMPOSITE_POLICY))),
        field("rate_allocation", List(&Inner(&ALLOCATION))),
    ],
);

static COMPOSITE_POLICY: Shape = shape("", &[field("and", Inner(&AND))]).with(&[&SIMPLE_POLICY]);

static ALLOCATION: Shape = shape("", &[field("policy", Text), field("percent", Int)]);

static AND: Shape = shape("", &[field("and_sub_policy", List(&Inner(&SIMPLE_POLICY)))]);

static DROP: Shape = shape(
    "",
    &[field("drop_sub_policy", List(&Inner(&SIMPLE_POLICY)))],
);

static LATENCY: Shape = shape(
    "",
    &[field("threshold_ms", Int), field("upper_threshold_ms", Int)],
);

static NUMERIC: Shape = shape(
    "",
    &[
        field("key", Text),
        field("min_value", Int),
        field("max_value", Int),
        field("invert_match", Bool),
    ],
);

static PROBABILISTIC: Shape = shape(
    "",
    &[
        field("hash_salt", Text),
        field("sampling_percentage", Float),
    ],
);

static STATUS: Shape = shape("", &[field("status_codes", List(&Text))]);

static STRING: Shape = shape(
    "",
    &[
        field("key", Text),
        field("values", List(&Text)),
        field("enabled_regex_matching", Bool),
        field("cache_max_size", Int),
        field("invert_match", Bool),
    ],
);

static RATE: Shape = shape(
    "",
    &[
        field("spans_per_second", Int),
        field("burst_capacity", Int).since(153),
    ],
);

static BYTES: Shape = shape(
    "",
    &[field("bytes_per_second", Int), field("burst_capacity", Int)],
);

static COUNT: Shape = shape("", &[field("min_spans", Int), field("max_spans", Int)]);

static TRACE_STATE: Shape = shape("", &[field("key", Text), field("values", List(&Text))]);

static BOOLEAN: Shape = shape(
    "",
    &[
        field("key", Text),
        field("value", Bool),
        field("invert_match", Bool),
    ],
);

static OTTL: Shape = shape(
    "",
    &[
        field("error_mode", Text),
        field("span", List(&Text)),
        field("spanevent", List(&Text)),
    ],
);

const POLICY_TYPES: [&str; 17] = [
    "always_sample",
    "latency",
    "numeric_attribute",
    "probabilistic",
    "status_code",
    "string_attribute",
    "rate_limiting",
    "bytes_limiting",
    "composite",
    "span_count",
    "trace_state",
    "trace_flags",
    "boolean_attribute",
    "ottl_condition",
    "and",
    "not",
    "drop",
];

fn policy(policy: &Section<'_>, report: &mut Report<'_>) {
    if !policy.says("type") {
        report.value(
            policy.span,
            "a policy without `type`",
            "unknown sampling policy type ",
        );
    }
    // Extensions bring types of their own, so only a slip of the pen is certain.
    if let Some(kind) = policy
        .text("type")
        .filter(|kind| !POLICY_TYPES.contains(kind))
        && let Some(near) = nearest(kind, POLICY_TYPES.into_iter())
    {
        let place = policy
            .value
            .get("type")
            .map_or(policy.span, |kind| kind.span);
        report.value(
            place,
            format!("`{kind}` is no type of policy"),
            format!("unknown sampling policy type {kind}"),
        );
        report.near(near);
    }
}
