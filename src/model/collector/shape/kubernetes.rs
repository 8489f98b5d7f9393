//! The k8s_attributes processor (contrib, processor/k8sattributesprocessor/config.go).

use super::Kind;
use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Float;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::Value;
use super::field;
use super::shape;

/// contrib, internal/k8sconfig/config.go
const AUTH_TYPE: Kind = Kind::Choice(
    &["none", "serviceAccount", "kubeConfig", "tls"],
    "invalid authType for kubernetes: {}",
);

/// contrib, processor/k8sattributesprocessor/config.go
pub(super) static K8S_ATTRIBUTES: Shape = shape(
    "k8sattributesprocessor.Config",
    &[
        field("auth_type", AUTH_TYPE),
        field("context", Text),
        field("kube_api_qps", Float).since(150),
        field("kube_api_burst", Int).since(150),
        field("passthrough", Bool),
        field("extract", Inner(&EXTRACT)),
        field("filter", Inner(&FILTER)),
        field("pod_association", List(&Inner(&ASSOCIATION))),
        field("exclude", Inner(&EXCLUDE)),
        field("wait_for_metadata", Bool).since(112),
        field("wait_for_metadata_timeout", Duration).since(112),
        field("watch_sync_period", Duration).since(152),
        field("pod_delete_grace_period", Duration).since(154),
    ],
);

static EXTRACT: Shape = shape(
    "",
    &[
        field("metadata", List(&Text)),
        field("annotations", List(&Inner(&EXTRACTION))),
        field("labels", List(&Inner(&EXTRACTION))),
        field("otel_annotations", Bool).since(124),
        field("deployment_name_from_replicaset", Bool)
            .since(139)
            .until(160),
    ],
);

static EXTRACTION: Shape = shape(
    "",
    &[
        field("tag_name", Text),
        field("key", Text),
        field("key_regex", Text),
        field("regex", Text).until(121),
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
)
.checked(extraction);

fn extraction(rule: &Section<'_>, report: &mut Report<'_>) {
    if rule.says("key") && rule.says("key_regex") {
        report.value(
            rule.key("key_regex"),
            "both `key` and `key_regex` are given",
            "Out of Key or KeyRegex only one option is expected to be configured at a time",
        );
    }
}

static FILTER: Shape = shape(
    "",
    &[
        field("node", Text),
        field("node_from_env_var", Text),
        field("namespace", Any),
        field("fields", List(&Inner(&FIELD_FILTER))),
        field("labels", List(&Inner(&LABEL_FILTER))),
    ],
);

/// What a filter that compares says of another operation.
const OPERATION: &str = "'{}' is not a valid label filter operation";

static FIELD_FILTER: Shape = shape(
    "",
    &[
        field("key", Text),
        field("value", Text),
        field("op", Kind::Choice(&["", "equals", "not-equals"], OPERATION)),
    ],
);

static LABEL_FILTER: Shape = shape(
    "",
    &[
        field("key", Text),
        field("value", Text),
        field(
            "op",
            Kind::Choice(
                &["", "equals", "not-equals", "exists", "does-not-exist"],
                OPERATION,
            ),
        ),
    ],
);

static ASSOCIATION: Shape = shape(
    "",
    &[
        field("from", Text),
        field("name", Text),
        field("sources", List(&Inner(&SOURCE))),
    ],
)
.checked(association);

/// How many attributes may know one Pod (contrib, processor/k8sattributesprocessor/internal/kube/kube.go).
const IDENTIFIERS: usize = 4;

fn association(rule: &Section<'_>, report: &mut Report<'_>) {
    let sources = rule.get("sources").map_or(&[][..], Value::items);
    if let Some(more) = sources.get(IDENTIFIERS) {
        report.value(
            more.span,
            format!("more than {IDENTIFIERS} `sources` in one association"),
            format!("too many association sources. limit is {IDENTIFIERS}"),
        );
    }
}

static SOURCE: Shape = shape("", &[field("from", Text), field("name", Text)]);

static EXCLUDE: Shape = shape("", &[field("pods", List(&Inner(&EXCLUDED)))]);

static EXCLUDED: Shape = shape("", &[field("name", Text)]);
