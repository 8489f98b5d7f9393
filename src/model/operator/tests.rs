//! What the operator makes of small resources.

use time::macros::datetime;

use super::ConfigState;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

fn model(manifest: &str) -> Model {
    let mut sources = Sources::new();
    sources.add(Source::new("c.yaml", manifest.as_bytes().to_vec()));
    Model::read(&sources, &Settings::new(datetime!(2026-11-20 0:00 UTC)))
}

const GATEWAY: &str = "
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: {name: gw, namespace: otel}
spec:
  mode: statefulset
  replicas: 2
  image: otel/opentelemetry-collector-contrib:0.150.0
  ports: [{name: otlp-http, port: 9000}, {port: 9411}]
  configmaps: [{name: rules, mountpath: /etc/x}]
  volumes: [{name: tls, secret: {secretName: s}}]
  volumeMounts: [{name: tls, mountPath: /tls}]
  config:
    receivers:
      otlp: {protocols: {grpc: {endpoint: '0.0.0.0:14317'}, http: }}
      zipkin: {}
      jaeger/unused: {protocols: {grpc: }}
      otlp/basicauth: {protocols: {grpc: {endpoint: '0.0.0.0:${env:P}'}}}
    exporters: {debug: }
    service:
      pipelines: {traces: {receivers: [otlp, otlp/basicauth, zipkin], exporters: [debug]}}
";

#[test]
fn services_open_the_ports_of_receivers_in_use() {
    let model = model(GATEWAY);
    let service = model
        .services
        .named("otel", "gw-collector")
        .expect("a Service");
    let ports: Vec<String> = service
        .ports
        .iter()
        .map(|port| {
            let app = port
                .app_protocol
                .as_ref()
                .map_or("-", |protocol| protocol.value.as_str());
            let name = port.name.as_ref().map_or("", |name| name.value.as_str());
            format!(
                "{name} {} {app}",
                port.port.as_ref().map_or(0, |port| port.value)
            )
        })
        .collect();
    let expected = [
        "otlp-grpc 14317 grpc",
        "port-4318 4318 http",
        "port-4317 4317 grpc",
        "otlp-http 9000 -",
        "port-9411 9411 -",
    ];
    assert_eq!(ports, expected);
    let names = ["gw-collector-headless", "gw-collector-monitoring"];
    assert!(
        names
            .iter()
            .all(|name| model.services.named("otel", name).is_some())
    );
}

#[test]
fn metrics_and_extensions_have_services_of_their_own() {
    let config = "service:
      telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 0.0.0.0, port: 9999}}}}]}}
      extensions: [jaeger_query, jaeger_query/other]";
    let text = GATEWAY.replace("service:", config).replace(
        "    exporters: {debug: }",
        "    exporters: {debug: }\n    extensions: {jaeger_query: {http: {endpoint: '0.0.0.0:16000'}}, jaeger_query/other: , jaeger_query/idle: }",
    );
    let model = model(&text);
    let ports = |name: &str| -> Vec<i64> {
        let service = model.services.named("otel", name);
        let ports = service.iter().flat_map(|service| &service.ports);
        ports
            .filter_map(|port| Some(port.port.as_ref()?.value))
            .collect()
    };
    assert_eq!(ports("gw-collector-monitoring"), [9999]);
    assert_eq!(ports("gw-collector-extension"), [16000, 16686]);
}

#[test]
fn autoscalers_may_name_the_resource() {
    let scaled = "---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: a, namespace: otel}
spec:
  scaleTargetRef: {apiVersion: opentelemetry.io/v1beta1, kind: OpenTelemetryCollector, name: NAME}
  maxReplicaCount: 7
";
    let scales = |name: &str| {
        let model = model(&format!("{GATEWAY}{}", scaled.replace("NAME", name)));
        let workload = model
            .workloads
            .named("otel", "gw-collector")
            .expect("a workload");
        model.autoscalers[0].scales(workload, &model)
    };
    assert!(scales("gw"));
    assert!(!scales("other"));
}

#[test]
fn pods_carry_what_services_select_and_mount_what_is_asked_for() {
    let model = model(GATEWAY);
    let workload = model
        .workloads
        .named("otel", "gw-collector")
        .expect("a workload");
    assert_eq!(workload.copies(), Some(2));
    let service = model
        .services
        .named("otel", "gw-collector")
        .expect("a Service");
    assert!(crate::model::object::selects(
        &service.selector,
        &workload.pod.labels
    ));
    let paths: Vec<&str> = workload.pod.containers[0]
        .mounts
        .iter()
        .map(|mount| mount.path.value.as_str())
        .collect();
    assert_eq!(paths, ["/tls", "/var/conf/etc/x/configmap-rules"]);
    let names: Vec<&str> = workload
        .pod
        .volumes
        .iter()
        .map(|volume| volume.name.value.as_str())
        .collect();
    assert_eq!(names, ["tls", "configmap-rules"]);
}

#[test]
fn sidecars_have_no_services() {
    let model = model(&GATEWAY.replace("statefulset", "sidecar"));
    assert!(model.services.is_empty());
    assert_eq!(model.workloads[0].copies(), None);
}

#[test]
fn long_names_are_cut_before_the_suffix() {
    let long = "x".repeat(60);
    let model = model(&GATEWAY.replace("name: gw", &format!("name: {long}")));
    let expected = format!("{}-collector", "x".repeat(53));
    assert!(model.services.named("otel", &expected).is_some());
}

#[test]
fn strings_that_do_not_parse_are_lost() {
    let state = |config: &str| {
        let model = model(&format!(
            "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\nmetadata: {{name: c}}\nspec:\n  config: |\n    {config}\n"
        ));
        model.operated[0].config.clone().expect("a config").1
    };
    assert_eq!(state("receivers: {otlp: }"), ConfigState::Read);
    assert!(matches!(state("a: \"<b: \"c\">\""), ConfigState::Lost(..)));
    assert!(matches!(state("just words"), ConfigState::Lost(..)));
}
