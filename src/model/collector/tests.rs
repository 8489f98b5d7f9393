//! What `otelcol validate` accepts and refuses, as tables.

use super::fault::FaultKind;
use super::id::Role;
use super::*;
use crate::source::Source;
use crate::source::Sources;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Text;

mod component;
mod grammar;
mod hostile;
mod measured;
mod permission;
mod scrape;
mod validate;
mod version;

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
        ["'tls.insecure' expected type 'bool', got unconvertible type 'string'"]
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
fn only_what_is_named_runs() {
    let text = with(
        "endpoint: gw:4317",
        "protocols:\n  grpc:\n    auth: {authenticator: oidc}",
    );
    let text = text.replace(
        "exporters:\n",
        "exporters:\n  otlp_grpc/spare: {endpoint: gw:4317, auth: {authenticator: oidc}}\n",
    );
    let running = |text: &str| {
        let collector = read(text).expect("a configuration");
        let asked = collector.live_askings().count();
        (collector.running_exporters().count(), asked)
    };
    assert_eq!(running(&text), (1, 1));
    // Another source may name the rest.
    let open = text.replace("exporters: [otlp_grpc]", "exporters: ['${env:WHERE}']");
    assert_eq!(running(&open), (2, 2));
    let part = text.split("service:").next().expect("the first part");
    assert_eq!(running(part), (2, 2));
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
            "protocols: {thrift: {endpoint: 'localhost:1234'}}",
            Some(Extent::Fragment),
        ),
        ("protocols: {thrift_http: {endpoint: 'localhost:1'}}", None),
        ("protocols: {ssh: {port: 22}}", None),
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
        // One section alone, of components that there are.
        ("exporters: {debug: , zipkin/a: }", Some(Extent::Part)),
        ("exporters: {csv: , pdf: }", None),
        ("receivers: [debug]", None),
        // Bodies without names, by what no other program calls its fields; a slip of the hand does not hide them.
        ("check_interval: 1s\nlimit_mib: 100", Some(Extent::Fragment)),
        (
            "send_batch_sise: 10\nsend_batch_max_size: 20",
            Some(Extent::Fragment),
        ),
        ("timeout: 1s\nbatch_size: 10", None),
        (
            "htpasswd: {inline: 'a:b'}\nclient_auth: {}",
            Some(Extent::Fragment),
        ),
        ("username: a\npassword: b", None),
        (
            "auth_type: none\nextract: {metadata: [k8s.pod.name]}",
            Some(Extent::Fragment),
        ),
        ("extract: {format: json}\nfilter: {}", None),
        ("traces: {processors: []}", Some(Extent::Fragment)),
        ("metrics: {configs: []}\nlogs: {configs: []}", None),
        // Bodies under their ids.
        (
            "debug/loud: {verbosity: detailed}\nbatch:",
            Some(Extent::Fragment),
        ),
        ("otlp: {protocols: {grpc: }}", Some(Extent::Fragment)),
        ("otlp: {endpoint: 'collector:4317'}", None),
        ("prometheus: {endpoint: '0.0.0.0:9464'}", None),
        ("batch/v1: {enabled: true}", None),
        ("debug: true\nbatch: 5", None),
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
