//! The k8s_attributes processor (contrib, processor/k8sattributesprocessor/config.go).

use crate::model::collector::fault::nearest;
use crate::model::collector::phrase::Phrase;
use crate::regexp;
use crate::source::Spanned;

use super::FLOAT32;
use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::shape;
use crate::model::collector::value::Value;

/// contrib, processor/k8sattributesprocessor/config.go
pub(super) static K8S_ATTRIBUTES: Shape = shape(
    "k8sattributesprocessor.Config",
    &[
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
)
.with(&[("apiconfig", &API)])
.checked(processor);

/// contrib, internal/k8sconfig/config.go
static API: Shape = shape(
    "k8sconfig.APIConfig",
    &[
        field("auth_type", Kind::Named(&Text, "k8sconfig.AuthType")),
        field("context", Text),
        field("kube_api_qps", FLOAT32).since(150),
        field("kube_api_burst", Int).since(150),
    ],
);

static EXTRACT: Shape = shape(
    "k8sattributesprocessor.ExtractConfig",
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
    "k8sattributesprocessor.FieldExtractConfig",
    &[
        field("tag_name", Text),
        field("key", Text),
        field("key_regex", Text),
        field("regex", Text).until(121),
        field("from", Text),
    ],
);

static FILTER: Shape = shape(
    "k8sattributesprocessor.FilterConfig",
    &[
        field("node", Text),
        field("node_from_env_var", Text),
        field("namespace", Text),
        field("fields", List(&Inner(&FIELD_FILTER))),
        field("labels", List(&Inner(&FIELD_FILTER))),
    ],
);

static FIELD_FILTER: Shape = shape(
    "k8sattributesprocessor.FieldFilterConfig",
    &[field("key", Text), field("value", Text), field("op", Text)],
);

static ASSOCIATION: Shape = shape(
    "k8sattributesprocessor.PodAssociationConfig",
    &[field("sources", List(&Inner(&SOURCE)))],
);

static SOURCE: Shape = shape(
    "k8sattributesprocessor.PodAssociationSourceConfig",
    &[field("from", Text), field("name", Text)],
);

static EXCLUDE: Shape = shape(
    "k8sattributesprocessor.ExcludeConfig",
    &[field("pods", List(&Inner(&EXCLUDED)))],
);

static EXCLUDED: Shape = shape(
    "k8sattributesprocessor.ExcludePodConfig",
    &[field("name", Text)],
);

/// How many attributes may know one Pod (contrib, processor/k8sattributesprocessor/internal/kube/kube.go).
const IDENTIFIERS: usize = 4;

/// Where an extraction may take its value from.
const ORIGINS: [&str; 8] = [
    "",
    "pod",
    "namespace",
    "node",
    "deployment",
    "statefulset",
    "daemonset",
    "job",
];

/// How a filter may compare a field; the last two only of labels.
const OPERATIONS: [&str; 5] = ["", "equals", "not-equals", "exists", "does-not-exist"];

/// contrib, processor/k8sattributesprocessor/config.go `Validate`: the processor speaks for all that lies under it.
fn processor(processor: &Section<'_>, report: &mut Report<'_>) {
    api(processor, report);
    for key in ["watch_sync_period", "pod_delete_grace_period"] {
        if processor.duration(key).is_some_and(|period| period < 0) {
            report.value(
                processor.key(key),
                format!("`{key}` is negative"),
                format!("{key} must be greater than or equal to 0"),
            );
        }
    }
    for rule in list(processor, &["pod_association"]) {
        association(rule, report);
    }
    for key in ["labels", "annotations"] {
        for rule in list(processor, &["extract", key]) {
            extraction(rule, report);
        }
    }
    for name in processor
        .value
        .at(&["extract", "metadata"])
        .map(Value::texts)
        .unwrap_or_default()
    {
        metadata(&name, report);
    }
    for (key, known) in [("labels", 5), ("fields", 3)] {
        for filter in list(processor, &["filter", key]) {
            operation(filter, &OPERATIONS[..known], report);
        }
    }
}

fn list<'v>(section: &Section<'v>, path: &[&str]) -> &'v [Value] {
    section.value.at(path).map_or(&[], Value::items)
}

fn text_at<'v>(value: &'v Value, key: &str) -> Option<(&'v str, &'v Value)> {
    let value = value.get(key)?;
    Some((value.phrase()?.known()?, value))
}

fn api(processor: &Section<'_>, report: &mut Report<'_>) {
    const TYPES: [&str; 4] = ["none", "serviceAccount", "kubeConfig", "tls"];
    let kind = processor.text_or("auth_type", "serviceAccount");
    if let Some(kind) = kind.filter(|kind| !TYPES.contains(kind)) {
        report.value(
            processor.key("auth_type"),
            "`auth_type` takes one of `none`, `serviceAccount`, `kubeConfig`, `tls`",
            format!("invalid authType for kubernetes: {kind}"),
        );
        report.near(nearest(kind, TYPES.into_iter()));
    }
    let is_negative = [
        (
            "kube_api_qps",
            processor
                .number("kube_api_qps")
                .is_some_and(|number| number < 0.0),
        ),
        (
            "kube_api_burst",
            processor
                .whole("kube_api_burst")
                .is_some_and(|number| number < 0),
        ),
    ];
    for (key, is_negative) in is_negative {
        if is_negative {
            report.value(
                processor.key(key),
                format!("`{key}` is negative"),
                format!("{key} must be greater than 0"),
            );
        }
    }
}

fn association(rule: &Value, report: &mut Report<'_>) {
    let sources = rule.get("sources").map_or(&[][..], Value::items);
    if let Some(more) = sources.get(IDENTIFIERS) {
        report.value(
            more.span,
            format!("more than {IDENTIFIERS} `sources` in one association"),
            format!("too many association sources. limit is {IDENTIFIERS}"),
        );
    }
}

fn extraction(rule: &Value, report: &mut Report<'_>) {
    let key = text_at(rule, "key").filter(|(key, _)| !key.is_empty());
    let pattern = text_at(rule, "key_regex").filter(|(pattern, _)| !pattern.is_empty());
    if let Some(((key, _), (pattern, value))) = key.zip(pattern) {
        report.value(
            value.span,
            "both `key` and `key_regex` are given",
            format!(
                "Out of Key or KeyRegex only one option is expected to be configured at a time, currently Key:{key} and \
                 KeyRegex:{pattern}"
            ),
        );
    }
    if let Some((pattern, value)) = pattern
        && let Err(said) = regexp::check(&format!("^(?:{pattern})$"))
    {
        let message = "`key_regex` is no regular expression that Go takes";
        report.value(value.span, message, said);
    }
    if let Some((origin, value)) = text_at(rule, "from").filter(|(from, _)| !ORIGINS.contains(from))
    {
        report.value(
            value.span,
            "`from` takes one of `pod`, `namespace`, `node`, `deployment`, `statefulset`, `daemonset`, `job`",
            format!(
                "{origin} is not a valid choice for From. Must be one of: pod, namespace, deployment, statefulset, daemonset, \
                 job, node"
            ),
        );
        report.near(nearest(origin, ORIGINS.into_iter()));
    }
}

fn operation(filter: &Value, known: &[&'static str], report: &mut Report<'_>) {
    let Some((operation, value)) = text_at(filter, "op") else {
        return;
    };
    if known.contains(&operation) {
        return;
    }
    let some: Vec<_> = known
        .iter()
        .skip(1)
        .map(|name| format!("`{name}`"))
        .collect();
    report.value(
        value.span,
        format!("`op` takes one of {}", some.join(", ")),
        format!("'{operation}' is not a valid label filter operation for key="),
    );
    report.near(nearest(operation, known.iter().copied()));
}

/// The attributes that can be extracted, as of 0.159. A newer version may know more, so that only what is no attribute
/// of those that Kubernetes, containers and services have is certain.
const METADATA: [&str; 31] = [
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.pod.hostname",
    "k8s.pod.start_time",
    "k8s.pod.ip",
    "k8s.deployment.name",
    "k8s.deployment.uid",
    "k8s.replicaset.name",
    "k8s.replicaset.uid",
    "k8s.daemonset.name",
    "k8s.daemonset.uid",
    "k8s.statefulset.name",
    "k8s.statefulset.uid",
    "k8s.job.name",
    "k8s.job.uid",
    "k8s.cronjob.name",
    "k8s.cronjob.uid",
    "k8s.node.name",
    "k8s.node.uid",
    "k8s.container.name",
    "container.id",
    "container.image.name",
    "container.image.tag",
    "container.image.tags",
    "container.image.repo_digests",
    "service.namespace",
    "service.name",
    "service.version",
    "service.instance.id",
    "k8s.cluster.uid",
];

fn metadata(name: &Spanned<Phrase>, report: &mut Report<'_>) {
    let Some(written) = name.value.known() else {
        return;
    };
    if METADATA.contains(&written) {
        return;
    }
    report.value(
        name.span,
        format!("`{written}` is no attribute that can be extracted"),
        format!("\"{written}\" is not a supported metadata field"),
    );
    report.near(nearest(written, METADATA.into_iter()));
}
