//! The tail_sampling processor (contrib, processor/tailsamplingprocessor/config.go).

use std::collections::BTreeSet;

use super::Field;
use super::INT32;
use super::INT64;
use super::Kind;
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
use super::UINT64;
use super::field;
use super::shape;
use crate::model::collector::fault::nearest;
use crate::model::collector::value::Value;

/// contrib, processor/tailsamplingprocessor/config.go
pub(super) static TAIL_SAMPLING: Shape = shape(
    "tailsamplingprocessor.Config",
    &[
        field("decision_wait", Duration),
        field("decision_wait_after_root_received", Duration).since(144),
        field("num_traces", UINT64),
        field("block_on_overflow", Bool).since(133),
        field("expected_new_traces_per_sec", UINT64),
        field("maximum_trace_size_bytes", UINT64).since(145),
        field("drop_pending_traces_on_shutdown", Bool).since(140),
        field("sample_on_first_match", Bool).since(127),
        field(
            "sampling_strategy",
            Kind::Named(&Text, "tailsamplingprocessor.samplingStrategy"),
        )
        .since(149),
        field("tail_storage", Kind::Id).since(150),
        field("decision_cache", Inner(&DECISION_CACHE)),
        field("policies", List(&Inner(&POLICY))),
        field("num_shards", Unsigned).since(159),
    ],
)
.checked(tail_sampling);

/// contrib, processor/tailsamplingprocessor/config.go `Validate`; and processor.go `loadSamplingPolicies`, which a
/// Collector does when it starts.
fn tail_sampling(sampler: &Section<'_>, report: &mut Report<'_>) {
    strategy(sampler, report);
    let mut seen = BTreeSet::new();
    for policy in sampler.get("policies").map_or(&[][..], Value::items) {
        let Some(name) = Section {
            value: policy,
            span: policy.span,
        }
        .text_or("name", "") else {
            continue;
        };
        let place = policy.get("name").map_or(policy.span, |name| name.span);
        if name.is_empty() {
            report.creation(
                place,
                "a policy without `name`",
                "policy name cannot be empty",
            );
        } else if !seen.insert(name) {
            report.creation(
                place,
                format!("two policies are called `{name}`"),
                format!("duplicate policy name {name:?}"),
            );
        }
        kind(policy, report);
    }
}

fn strategy(sampler: &Section<'_>, report: &mut Report<'_>) {
    const STRATEGIES: [&str; 2] = ["trace-complete", "span-ingest"];
    let strategy = sampler.text_or("sampling_strategy", STRATEGIES[0]);
    if let Some(strategy) = strategy.filter(|strategy| !STRATEGIES.contains(strategy)) {
        report.value(
            sampler.key("sampling_strategy"),
            "`sampling_strategy` takes `trace-complete` or `span-ingest`",
            format!(
                "invalid sampling_strategy {strategy:?}, expected one of \"trace-complete\" or \"span-ingest\""
            ),
        );
        report.near(nearest(strategy, STRATEGIES.into_iter()));
    }
    let shards = sampler.count("num_shards").unwrap_or_default();
    if shards > 256 {
        report.value(
            sampler.key("num_shards"),
            "`num_shards` is above 256",
            format!("num_shards ({shards}) must not exceed 256"),
        );
    } else if shards > 1 && sampler.get("tail_storage").is_some() {
        report.value(
            sampler.key("num_shards"),
            "more than one shard with `tail_storage`",
            "num_shards greater than 1 is not supported with tail_storage",
        );
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
    takes_rest: true,
    ..shape("", SIMPLE_POLICY_FIELDS)
};

/// The first version in which extensions may bring policies: it takes any mapping, those of later versions too.
const EXTENSIONS: u16 = 137;

const SIMPLE_POLICY_FIELDS: &[Field] = &[
    field("name", Text),
    field(
        "type",
        Kind::Named(&Text, "tailsamplingprocessor.PolicyType"),
    ),
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
        field("not", Inner(&NOT)).since(EXTENSIONS),
        field("drop", Inner(&DROP)).since(126),
    ],
)
.with(&[("sharedpolicycfg", &SIMPLE_POLICY)]);

static COMPOSITE: Shape = shape(
    "",
    &[
        field("max_total_spans_per_second", INT64),
        field("policy_order", List(&Text)),
        field("composite_sub_policy", List(&Inner(&COMPOSITE_POLICY))),
        field("rate_allocation", List(&Inner(&ALLOCATION))),
    ],
);

static COMPOSITE_POLICY: Shape = shape(
    "tailsamplingprocessor.CompositeSubPolicyCfg",
    &[field("and", Inner(&AND))],
)
.with(&[("sharedpolicycfg", &SIMPLE_POLICY)]);

static NOT: Shape = shape(
    "tailsamplingprocessor.NotCfg",
    &[field("not_sub_policy", Inner(&SIMPLE_POLICY))],
);

static AND_POLICY: Shape = shape(
    "tailsamplingprocessor.AndSubPolicyCfg",
    &[field("not", Inner(&NOT))],
)
.with(&[("sharedpolicycfg", &SIMPLE_POLICY)]);

static ALLOCATION: Shape = shape("", &[field("policy", Text), field("percent", INT64)]);

static AND: Shape = shape("", &[field("and_sub_policy", List(&Inner(&AND_POLICY)))]);

static DROP: Shape = shape("", &[field("drop_sub_policy", List(&Inner(&AND_POLICY)))]);

static LATENCY: Shape = shape(
    "",
    &[
        field("threshold_ms", INT64),
        field("upper_threshold_ms", INT64),
    ],
);

static NUMERIC: Shape = shape(
    "",
    &[
        field("key", Text),
        field("min_value", INT64),
        field("max_value", INT64),
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
        field("spans_per_second", INT64),
        field("burst_capacity", INT64).since(153),
    ],
);

static BYTES: Shape = shape(
    "",
    &[
        field("bytes_per_second", INT64),
        field("burst_capacity", INT64),
    ],
);

static COUNT: Shape = shape("", &[field("min_spans", INT32), field("max_spans", INT32)]);

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
        field("error_mode", ERROR_MODE),
        field("span", List(&Text)),
        field("spanevent", List(&Text)),
    ],
);

/// contrib, pkg/ottl/parser.go
const ERROR_MODE: Kind = Kind::Named(
    &Kind::Caseless(&["ignore", "propagate", "silent"], "unknown error mode {}"),
    "ottl.ErrorMode",
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
    "boolean_attribute",
    "ottl_condition",
    "trace_flags",
    "and",
    "not",
    "drop",
];

fn kind(policy: &Value, report: &mut Report<'_>) {
    let policy = Section {
        value: policy,
        span: policy.span,
    };
    let Some(kind) = policy.text_or("type", "") else {
        return;
    };
    let message = if kind.is_empty() {
        "a policy without `type`".to_owned()
    } else {
        format!("`{kind}` is no type of policy")
    };
    // Extensions bring types of their own, so only nothing and a slip of the pen are certain.
    let near = nearest(kind, POLICY_TYPES.into_iter());
    if !kind.is_empty() && (POLICY_TYPES.contains(&kind) || near.is_none()) {
        return;
    }
    let place = policy
        .value
        .get("type")
        .map_or(policy.span, |kind| kind.span);
    report.creation(
        place,
        message,
        format!("unknown sampling policy type {kind}"),
    );
    report.near(near);
}
