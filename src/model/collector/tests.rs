//! What `otelcol validate` accepts and refuses, as tables.

use super::fault::FaultKind;
use super::id::Role;
use super::*;
use crate::source::Source;
use crate::source::Sources;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Text;

mod hostile;

/// The configuration that `text` is, as a document of its own.
pub(super) fn read(text: &str) -> Option<Collector> {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("config.yaml", text.as_bytes().to_vec()));
    let stream = yaml::parse(Text::whole(id, sources.get(id))?, Dialect::Collector);
    let root = stream.documents().next()?;
    Collector::read_document(root)
}

/// A configuration with one pipeline, whose exporter `otlp_grpc` and receiver `otlp` are as given.
fn with(exporter: &str, receiver: &str) -> String {
    let indent = |text: &str| {
        let lines: Vec<_> = text.lines().map(|line| format!("    {line}")).collect();
        lines.join("\n")
    };
    format!(
        "receivers:\n  otlp:\n{}\nexporters:\n  otlp_grpc:\n{}\nservice:\n  pipelines:\n    traces:\n      \
         receivers: [otlp]\n      exporters: [otlp_grpc]\n",
        indent(receiver),
        indent(exporter)
    )
}

const RECEIVER: &str = "protocols:\n  grpc:";
const EXPORTER: &str = "endpoint: gw:4317";

fn said(text: &str) -> Vec<String> {
    let faults = read(text)
        .map(|collector| collector.faults)
        .unwrap_or_default();
    faults
        .into_iter()
        .filter(|fault| fault.applies(None))
        .map(|fault| fault.said)
        .collect()
}

/// Runs of the real `otelcol validate`, 0.152.
#[test]
fn the_collector_accepts_these() {
    let exporters = [
        EXPORTER,
        "endpoint: <GATEWAY_IP_OR_HOST>:4317",
        "endpoint: http://gw:4317",
        "endpoint: gw:4317\ntls:\n  insecure: true\n  cert_file: a.crt\n  key_file: a.key",
        "endpoint: gw:4317\ntls:\n  ca_file: /no/such/file",
        "endpoint: ${env:GATEWAY}",
        "endpoint: gw:4317\ntls:\n  insecure: ${env:INSECURE}",
        "endpoint: gw:4317\ntls:",
        "endpoint: gw:4317\nsending_queue:\n  batch:",
        "endpoint: gw:4317\nheaders:\n  - name: a\n    value: b",
        "endpoint: gw:4317\nretry_on_failure:\n  enabled: false\n  max_elapsed_time: 1s",
    ];
    for exporter in exporters {
        assert_eq!(
            said(&with(exporter, RECEIVER)),
            Vec::<String>::new(),
            "{exporter}"
        );
    }
    let receivers = [
        RECEIVER,
        "protocols:\n  grpc:\n    tls:\n      cert_file: a\n      key_file: b",
        "protocols:\n  grpc:\n    tls:\n      cert_file: a\n      key_file: b\n      ca_file: c",
        "protocols:\n  grpc:\n    tls:",
        "protocols:\n  http: {}",
        "protocols:\n  grpc:\n    enabled: false\n  http:",
        "protocols:\n  grpc:\n    tls:\n      enabled: false",
        "protocols: ${file:protocols.yaml}",
    ];
    for receiver in receivers {
        assert_eq!(
            said(&with(EXPORTER, receiver)),
            Vec::<String>::new(),
            "{receiver}"
        );
    }
}

/// The same, with the end of what it printed.
#[test]
fn the_collector_refuses_these() {
    let exporters = [
        ("endpoint: gw", "address gw: missing port in address"),
        ("endpoint: ''", "requires a non-empty \"endpoint\""),
        (
            "endpoint: 4317",
            "'endpoint' expected type 'string', got unconvertible type 'int'",
        ),
        (
            "endpoint: gw:4317\ntls:\n  server_name: x",
            "'tls' has invalid keys: server_name",
        ),
        (
            "endpoint: gw:4317\ntsl:\n  insecure: true",
            "'otlpexporter.Config' has invalid keys: tsl",
        ),
        (
            "endpoint: gw:4317\ntls:\n  min_version: TLSv1.2",
            "unsupported TLS version: \"TLSv1.2\"",
        ),
        (
            "endpoint: gw:4317\ntls:\n  min_version: '1.3'\n  max_version: '1.2'",
            "min_version cannot be greater than max_version",
        ),
        (
            "endpoint: gw:4317\ntls:\n  ca_file: a\n  ca_pem: b",
            "provide either a CA file or the PEM-encoded string, but not both",
        ),
        (
            "endpoint: gw:4317\ncompression: brotli",
            "unsupported compression type \"brotli\"",
        ),
        (
            "endpoint: gw:4317\ntls:\n  cert_file: a",
            "TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)",
        ),
        (
            "endpoint: gw:4317\nendpoint: gw:4318",
            "mapping key \"endpoint\" already defined",
        ),
        (
            "endpoint: gw:4317\ntls:\n  insecure: 'true'",
            "'insecure' expected type 'bool', got unconvertible type 'string'",
        ),
        (
            "endpoint: gw:4317\ntimeout: -5s",
            "'timeout' must be non-negative",
        ),
        (
            "endpoint: gw:4317\ntimeout: '5'",
            "time: missing unit in duration \"5\"",
        ),
        (
            "endpoint: gw:4317\nauth:\n  authenticator: a+b",
            "invalid character(s) in type \"a+b\"",
        ),
        (
            "endpoint: ${GW:-gw:4317}",
            "scheme \"GW\" is not supported for uri \"GW:-gw:4317\"",
        ),
    ];
    for (exporter, end) in exporters {
        let said = said(&with(exporter, RECEIVER));
        assert!(
            said.iter().any(|said| said.ends_with(end)),
            "{exporter}: {said:?}"
        );
    }
    let receivers = [
        (
            "protocols:",
            "must specify at least one protocol when using the OTLP receiver",
        ),
        (
            "protocols:\n  grpc:\n  htttp:",
            "'protocols' has invalid keys: htttp",
        ),
        (
            "protocols:\n  grpc:\n    tls: {}",
            "TLS configuration must include both certificate and key for server connections",
        ),
        (
            "protocols:\n  http:\n    metrics_url_path: ':invalid'",
            "invalid HTTP URL path set for signal: parse \":invalid\": missing protocol scheme",
        ),
        (
            "protocols:\n  grpc:\n    enabled: 'no'",
            "'enabled' expected type 'bool', got unconvertible type 'string'",
        ),
    ];
    for (receiver, end) in receivers {
        let said = said(&with(EXPORTER, receiver));
        assert!(
            said.iter().any(|said| said.ends_with(end)),
            "{receiver}: {said:?}"
        );
    }
}

/// otelcol/config.go, service/pipelines/config.go, service/internal/graph/graph.go
#[test]
fn joints_are_judged_all_at_once() {
    let text = "
receivers:
  nop:
  otlp:
    protocols:
      grpc:
  zipkin:
processors:
  batch:
exporters:
  nop:
connectors:
  forward:
  forward/back:
  nop:
  count/one:
service:
  extensions: [health_check]
  pipelines:
    traces:
      receivers: [otpl, forward/back]
      processors: [batch, batch, memory_limiter]
      exporters: [nop, count/one, forward]
    traces/2:
      receivers: [forward]
      exporters: [forward/back]
    metrics:
      receivers: [zipkin]
      exporters: []
    trace:
      receivers: [nop]
      exporters: [nop]
";
    let found: Vec<_> = read(text)
        .map(|collector| collector.faults)
        .unwrap_or_default();
    let found: Vec<(FaultKind, &str)> = found
        .iter()
        .map(|fault| (fault.kind, fault.said.as_str()))
        .collect();
    let expected = [
        (FaultKind::Pipeline, "unknown pipeline signal: \"trace\""),
        (
            FaultKind::Id,
            "connectors::nop: ambiguous ID: Found both \"nop\" receiver and \"nop\" connector. Change one of the \
             components' IDs to eliminate ambiguity",
        ),
        (
            FaultKind::Id,
            "connectors::nop: ambiguous ID: Found both \"nop\" exporter and \"nop\" connector. Change one of the \
             components' IDs to eliminate ambiguity",
        ),
        (
            FaultKind::Undefined(Role::Extension),
            "service::extensions: references extension \"health_check\" which is not configured",
        ),
        (
            FaultKind::Undefined(Role::Receiver),
            "service::pipelines::traces: references receiver \"otpl\" which is not configured",
        ),
        (
            FaultKind::Undefined(Role::Processor),
            "service::pipelines::traces: references processor \"memory_limiter\" which is not configured",
        ),
        (
            FaultKind::Pipeline,
            "service::pipelines::traces: references processor \"batch\" multiple times",
        ),
        (
            FaultKind::Pipeline,
            "service::pipelines::metrics: must have at least one exporter",
        ),
        (
            FaultKind::Signal,
            "failed to create \"zipkin\" receiver for data type \"metrics\": telemetry type is not supported",
        ),
        (
            FaultKind::OneSided,
            "failed to build pipelines: connector \"count/one\" used as exporter in [traces] pipeline but not used in \
             any supported receiver pipeline",
        ),
        (
            FaultKind::Cycle,
            "failed to build pipelines: cycle detected: connector \"forward/back\" (traces to traces)",
        ),
    ];
    for one in expected {
        assert!(found.contains(&one), "{one:?} is missing in {found:#?}");
    }
    let nop = 1; // The connector `nop` stands in `traces` too, where it ends nowhere.
    assert_eq!(found.len(), expected.len() + nop, "{found:#?}");
}

#[test]
fn scalars_are_those_of_the_collector() {
    let text = with(
        "endpoint: gw:4317\ntls:\n  insecure: on\nread_buffer_size: 012\nheaders:\n  a: yes",
        "protocols:\n  http:\n    max_request_body_size: 0x10",
    );
    assert_eq!(
        said(&text),
        ["'insecure' expected type 'bool', got unconvertible type 'string'"]
    );
}

#[test]
fn an_overlay_is_no_whole_and_merging_makes_one() {
    let base = "receivers:\n  otlp:\n    protocols:\n      grpc:\nexporters:\n  debug:\nservice:\n  extensions: [a]\n  \
                pipelines:\n    traces:\n      receivers: [otlp]\n      exporters: [debug]\n";
    let over = "receivers:\n  nop:\nservice:\n  pipelines:\n    traces:\n      receivers: [otlp, nop]\n  extensions: []\n";
    let (Some(base), Some(over)) = (read(base), read(over)) else {
        panic!("both are configurations")
    };
    assert_eq!((base.extent, over.extent), (Extent::Whole, Extent::Part));
    assert_eq!(base.faults.len(), 1);
    assert!(over.faults.is_empty());
    let merged = Collector::merged(&[&base, &over]).expect("two sources");
    assert_eq!(merged.pipelines[0].receivers.len(), 2);
    assert_eq!(merged.pipelines[0].exporters.len(), 1);
    assert!(
        merged.faults.is_empty(),
        "the later list of extensions replaces the first: {:?}",
        merged.faults
    );
}

#[test]
fn what_a_part_lacks_another_may_bring() {
    let part = "processors:\n  memory_limiter:\n    limit_mib: 500\nexporters:\n  otlp_grpc:\n    tls:\n      cert_file: a\n";
    assert_eq!(said(part), Vec::<String>::new());
    let wrong = part.replace("500", "-1");
    assert_eq!(said(&wrong).len(), 1);
}

#[test]
fn keys_with_the_delimiter_are_nested() {
    let text = "receivers::otlp::protocols::grpc::endpoint: 0.0.0.0:4317\nreceivers::nop:\nexporters:\n  debug:\nservice:\n  \
                pipelines:\n    traces:\n      receivers: [otlp, nop]\n      exporters: [debug]\n";
    let collector = read(text).expect("a configuration");
    assert!(collector.faults.is_empty(), "{:?}", collector.faults);
    assert_eq!(collector.receivers[0].servers.len(), 1);
}

#[test]
fn hostile_configurations_cost_little() {
    let mut bomb = "x: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
    for level in 1..12 {
        let below = level - 1;
        bomb.push_str(&format!(
            "x{level}: &a{level} [*a{below},*a{below},*a{below},*a{below},*a{below},*a{below}]\n"
        ));
    }
    bomb.push_str("receivers:\n  nop: *a11\nexporters:\n  nop:\nservice:\n  pipelines:\n    traces:\n      receivers: [nop]\n");
    let mut many =
        "receivers:\n  nop:\nexporters:\n  nop:\nconnectors:\n  forward:\nservice:\n  pipelines:\n"
            .to_owned();
    for at in 0..1000 {
        many.push_str(&format!(
            "    traces/{at}:\n      receivers: [nop, forward]\n      exporters: [nop, forward]\n"
        ));
    }
    let deep = format!(
        "receivers:\n  nop: {}{}\nexporters: {{}}\nservice: {{}}\n",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let cyclic =
        "receivers: &a\n  nop: *a\nexporters:\n  nop:\nservice:\n  pipelines:\n".to_owned();
    for text in [bomb, many, deep, cyclic] {
        // Whatever is made of it, it ends.
        let _ = read(&text);
    }
}

#[test]
fn what_a_document_is_to_the_collector() {
    let kinds = [
        ("receivers: {nop: }\nexporters: {nop: }", Some(Extent::Part)),
        (
            "receivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: [nop], exporters: [nop]}}}",
            Some(Extent::Whole),
        ),
        (
            "service: {pipelines: {traces: {exporters: [debug]}}}",
            Some(Extent::Part),
        ),
        ("protocols: {grpc: }", Some(Extent::Fragment)),
        ("protocols: {thrift_http: , grpc: }", None),
        (
            "endpoint: gw:4317\nsending_queue: {enabled: true}",
            Some(Extent::Fragment),
        ),
        (
            "endpoint: gw:4317\nsending_queue: {enabled: true}\nindex: logs",
            None,
        ),
        (
            "endpoint: https://gw\nretry_on_failure: {}\nencoding: json",
            Some(Extent::Fragment),
        ),
        (
            "logs: {level: info}\nmetrics: {readers: []}",
            Some(Extent::Fragment),
        ),
        ("logs: {driver: json}\nmetrics: {readers: 3}", None),
        // A declarative configuration of an SDK, a resource, Helm values, compose.
        (
            "file_format: '1.0'\ntracer_provider: {processors: []}",
            None,
        ),
        (
            "apiVersion: v1\nkind: Service\nservice: {pipelines: {}}",
            None,
        ),
        (
            "image: x\nreplicas: 1\nservice: {type: ClusterIP}\nreceivers: {}",
            None,
        ),
        ("services: {collector: {image: x}}", None),
        ("- receivers", None),
    ];
    for (text, extent) in kinds {
        assert_eq!(
            read(text).map(|collector| collector.extent),
            extent,
            "{text}"
        );
    }
}
