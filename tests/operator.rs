//! What the OpenTelemetry operator refuses of its own resources is refused here (internal/webhook/collector_webhook.go).

use otel_lint::model::Model;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::OffsetDateTime;

/// What is wrong with a collector whose `spec` begins so, with the line of each.
fn problems(spec: &str) -> Vec<String> {
    let config = "config: {receivers: {nop: }, exporters: {nop: }, service: {pipelines: {logs: {receivers: [nop], exporters: [nop]}}}}";
    let text = format!(
        "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {{name: c}}\nspec:\n  {}\n  {config}\n",
        spec.replace("; ", "\n  ")
    );
    let mut sources = Sources::new();
    sources.add(Source::new("c.yaml", text.into_bytes()));
    let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    let words = model.problems.iter().map(|problem| {
        let line = sources.start(problem.span).line;
        format!("{line}: {}", problem.message)
    });
    words.collect()
}

#[test]
fn what_the_webhook_refuses() {
    for (spec, said) in [
        (
            "mode: sidecar; affinity: {nodeAffinity: {}}",
            "6: a collector of mode `sidecar` cannot have `affinity`",
        ),
        (
            "mode: sidecar; tolerations: [{key: a}]",
            "6: a collector of mode `sidecar` cannot have `tolerations`",
        ),
        (
            "mode: sidecar; priorityClassName: a",
            "6: a collector of mode `sidecar` cannot have `priorityClassName`",
        ),
        (
            "mode: sidecar; additionalContainers: [{name: a}]",
            "6: a collector of mode `sidecar` cannot have `additionalContainers`",
        ),
        (
            "volumeClaimTemplates: [{metadata: {name: a}}]",
            "5: a collector of mode `deployment` cannot have `volumeClaimTemplates`",
        ),
        (
            "mode: daemonset; persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain}",
            "6: a collector of mode `daemonset` cannot have `persistentVolumeClaimRetentionPolicy`",
        ),
        (
            "daemonSetUpdateStrategy: {type: RollingUpdate}",
            "5: a collector of mode `deployment` cannot have `daemonSetUpdateStrategy`",
        ),
        (
            "mode: daemonset; deploymentUpdateStrategy: {type: Recreate}",
            "6: a collector of mode `daemonset` cannot have `deploymentUpdateStrategy`",
        ),
        (
            "mode: sidecar; ingress: {type: ingress}",
            "6: a collector of mode `sidecar` cannot have an `ingress`",
        ),
        (
            "ingress: {type: ingress, ruleType: subdomain}",
            "5: `ruleType: subdomain` needs a `hostname`",
        ),
        (
            "ingress: {type: ingress, ruleType: subdomain, hostname: '*'}",
            "5: `ruleType: subdomain` needs a `hostname`",
        ),
        (
            "autoscaler: {minReplicas: 2}",
            "5: `minReplicas` without `maxReplicas`",
        ),
        (
            "autoscaler: {minReplicas: 3, maxReplicas: 2}",
            "5: `minReplicas` is above `maxReplicas`",
        ),
        (
            "replicas: 5; autoscaler: {maxReplicas: 2}",
            "5: `replicas` is above `maxReplicas`",
        ),
        (
            "targetAllocator: {enabled: true}",
            "5: a collector of mode `deployment` cannot have a `targetAllocator`",
        ),
        (
            "mode: daemonset; targetAllocator: {enabled: true}",
            "6: a collector of mode `daemonset` needs `allocationStrategy: per-node`",
        ),
        (
            "mode: statefulset; targetAllocator: {enabled: true, allocationStrategy: per-node}",
            "6: `per-node` allocation needs a collector of mode `daemonset`",
        ),
    ] {
        assert_eq!(problems(spec), [said], "{spec}");
    }
}

#[test]
fn what_the_webhook_takes() {
    for spec in [
        "mode: sidecar; tolerations: []; priorityClassName: ''",
        "mode: statefulset; volumeClaimTemplates: [{metadata: {name: a}}]",
        "mode: daemonset; daemonSetUpdateStrategy: {type: OnDelete}",
        "deploymentUpdateStrategy: {type: Recreate}",
        "deploymentUpdateStrategy: {}; mode: daemonset",
        "ingress: {type: ingress, ruleType: subdomain, hostname: example.com}",
        "ingress: {type: ingress}",
        "replicas: 2; autoscaler: {minReplicas: 2, maxReplicas: 2}",
        "mode: statefulset; targetAllocator: {enabled: true}",
        "mode: daemonset; targetAllocator: {enabled: true, allocationStrategy: per-node}",
        "targetAllocator: {enabled: false}",
    ] {
        assert_eq!(problems(spec), Vec::<String>::new(), "{spec}");
    }
}
