//! Processors known in full: batch, memory_limiter, k8s_attributes, tail_sampling.

use super::Kind;
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
        field("min_gc_interval_when_soft_limited", Duration),
        field("min_gc_interval_when_hard_limited", Duration),
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

/// contrib, processor/k8sattributesprocessor/config.go
pub(super) static K8S_ATTRIBUTES: Shape = shape(
    "k8sattributesprocessor.Config",
    &[
        field("auth_type", Text),
        field("context", Text),
        field("kube_api_qps", Float),
        field("kube_api_burst", Int),
        field("passthrough", Bool),
        field("extract", Inner(&EXTRACT)),
        field("filter", Inner(&FILTER)),
        field("pod_association", List(&Inner(&ASSOCIATION))),
        field("exclude", Inner(&EXCLUDE)),
        field("wait_for_metadata", Bool),
        field("wait_for_metadata_timeout", Duration),
        field("watch_sync_period", Duration),
    ],
);

static EXTRACT: Shape = shape(
    "",
    &[
        field("metadata", List(&Text)),
        field("annotations", List(&Inner(&EXTRACTION))),
        field("labels", List(&Inner(&EXTRACTION))),
        field("otel_annotations", Bool),
        field("deployment_name_from_replicaset", Bool),
    ],
);

static EXTRACTION: Shape = shape(
    "",
    &[
        field("tag_name", Text),
        field("key", Text),
        field("key_regex", Text),
        field("regex", Text),
        field(
            "from",
            Kind::Choice(
                &[
                    "",
                    "pod",
                    "namespace",
                    "node",
                    "deployment",
                    "statefulset",
                    "daemonset",
                    "job",
                ],
                "{} is not a valid choice for From. Must be one of: pod, deployment, statefulset, daemonset, job, namespace, node",
            ),
        ),
    ],
);

static FILTER: Shape = shape(
    "",
    &[
        field("node", Text),
        field("node_from_env_var", Text),
        field("namespace", Any),
        field("fields", List(&Inner(&FIELD_FILTER))),
        field("labels", List(&Inner(&FIELD_FILTER))),
    ],
);

static FIELD_FILTER: Shape = shape(
    "",
    &[field("key", Text), field("value", Text), field("op", Text)],
);

static ASSOCIATION: Shape = shape(
    "",
    &[
        field("from", Text),
        field("name", Text),
        field("sources", List(&Inner(&SOURCE))),
    ],
);

static SOURCE: Shape = shape("", &[field("from", Text), field("name", Text)]);

static EXCLUDE: Shape = shape("", &[field("pods", List(&Inner(&EXCLUDED)))]);

static EXCLUDED: Shape = shape("", &[field("name", Text)]);

/// contrib, processor/tailsamplingprocessor/config.go
pub(super) static TAIL_SAMPLING: Shape = shape(
    "tailsamplingprocessor.Config",
    &[
        field("decision_wait", Duration),
        field("decision_wait_after_root_received", Duration),
        field("num_traces", Unsigned),
        field("block_on_overflow", Bool),
        field("expected_new_traces_per_sec", Unsigned),
        field("maximum_trace_size_bytes", Unsigned),
        field("drop_pending_traces_on_shutdown", Bool),
        field("sample_on_first_match", Bool),
        field("sampling_strategy", Text),
        field("tail_storage", Any),
        field("decision_cache", Inner(&DECISION_CACHE)),
        field("policies", List(&Inner(&POLICY))),
    ],
);

static DECISION_CACHE: Shape = shape(
    "",
    &[
        field("sampled_cache_size", Int),
        field("non_sampled_cache_size", Int),
    ],
);

static SIMPLE_POLICY: Shape = shape(
    "",
    &[
        field("name", Text),
        field("type", Text),
        field("latency", Inner(&LATENCY)),
        field("numeric_attribute", Inner(&NUMERIC)),
        field("probabilistic", Inner(&PROBABILISTIC)),
        field("status_code", Inner(&STATUS)),
        field("string_attribute", Inner(&STRING)),
        field("rate_limiting", Inner(&RATE)),
        field("bytes_limiting", Inner(&BYTES)),
        field("span_count", Inner(&COUNT)),
        field("trace_state", Inner(&TRACE_STATE)),
        field("boolean_attribute", Inner(&BOOLEAN)),
        field("ottl_condition", Inner(&OTTL)),
    ],
);

static POLICY: Shape = shape(
    "",
    &[
        field("composite", Inner(&COMPOSITE)),
        field("and", Inner(&AND)),
        field("not", Any),
        field("drop", Inner(&DROP)),
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

static RATE: Shape = shape("", &[field("spans_per_second", Int)]);

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

fn policy(policy: &Section<'_>, report: &mut Report<'_>) {
    if !policy.says("type") {
        report.value(
            policy.span,
            "a policy without `type`",
            "unknown sampling policy type ",
        );
    }
}
