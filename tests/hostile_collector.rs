//! Collector configurations that nobody means are judged to the end, each with the findings that it deserves, at their
//! places; YAML is read as the Collector reads it, not as Kubernetes does.

#![allow(clippy::expect_used)] // a test ends at the first surprise

use std::fmt::Write;

use otel_lint::lint;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::OffsetDateTime;

/// The findings about one file: `line:column rule`, in the order of the file.
fn findings(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    sources.add(Source::new("config.yaml", text.as_bytes().to_vec()));
    let report = lint(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    let places = report.findings.iter().map(|reported| {
        let at = sources.start(reported.finding.at);
        format!("{}:{} {}", at.line, at.column, reported.finding.rule)
    });
    places.collect()
}

const NOTHING: [&str; 0] = [];

/// A configuration whose receiver `otlp` has that body, on lines of its own from the third on.
fn receiving(body: &str) -> String {
    format!(
        "receivers:\n  otlp:\n{body}\nexporters:\n  debug:\nservice:\n  pipelines:\n    traces:\n      receivers: [otlp]\n      exporters: [debug]\n"
    )
}

#[test]
fn bombs_are_one_finding() {
    let mut text = String::from("receivers:\n  nop:\n    a0: &a0 [x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let row = [format!("*a{}", level - 1).as_str(); 8].join(", ");
        let _ = writeln!(text, "    a{level}: &a{level} [{row}]");
    }
    text.push_str(
        "exporters: {nop: }\nservice: {pipelines: {logs: {receivers: [nop], exporters: [nop]}}}\n",
    );
    let found = findings(&text);
    assert!(
        matches!(found.as_slice(), [one] if one.ends_with("unreadable-document")),
        "{found:?}"
    );
    let inner = text.replace('\n', "\n    ");
    let map = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  c.yaml: |\n    {inner}\n"
    );
    let found = findings(&map);
    assert!(
        matches!(found.as_slice(), [one] if one.ends_with("unreadable-document")),
        "{found:?}"
    );
}

#[test]
fn anchors_and_merge_keys_are_followed_to_where_they_are_written() {
    let text = "\
receivers:
  otlp:
    protocols:
      grpc: &server
        endpoint: 0.0.0.0:4317
        tls: &tls {cert_file: a, key_file: b, sever_name: c}
      http:
        <<: *server
        endpoint: 0.0.0.0:4318
  otlp/other:
    protocols:
      grpc: {<<: [*server, {transport: carrier}], endpoint: 'localhost:1', tls: *tls}
exporters:
  debug: {}
service:
  pipelines:
    traces:
      receivers: [otlp, otlp/other]
      exporters: [debug]
";
    // One misspelt key, whoever takes it over; the transport of the second server is its own.
    assert_eq!(
        findings(text),
        ["6:47 unknown-field", "12:40 invalid-value"]
    );
}

#[test]
fn a_thousand_pipelines_are_judged_each() {
    let mut text = String::from("receivers: {nop: }\nexporters: {nop: }\nservice:\n  pipelines:\n");
    for at in 0..1000 {
        let exporter = if at % 100 == 7 { "absent" } else { "nop" };
        let _ = writeln!(
            text,
            "    logs/{at}: {{receivers: [nop], exporters: [{exporter}]}}"
        );
    }
    let found = findings(&text);
    assert_eq!(found.len(), 10, "{found:?}");
    assert_eq!(found[0], "12:44 undefined-component");
    assert_eq!(found[9], "912:46 undefined-component");
}

#[test]
fn a_thousand_connectors_in_a_ring_are_found() {
    let mut text = String::from("receivers: {nop: }\nexporters: {nop: }\nconnectors:\n");
    (0..1000).for_each(|at| {
        let _ = writeln!(text, "  forward/{at}:");
    });
    text.push_str(
        "service:\n  pipelines:\n    logs: {receivers: [nop], exporters: [nop, forward/0]}\n",
    );
    for at in 0..1000 {
        let next = (at + 1) % 1000;
        let _ = writeln!(
            text,
            "    logs/{at}: {{receivers: [forward/{at}], exporters: [forward/{next}]}}"
        );
    }
    let found = findings(&text);
    assert!(
        !found.is_empty() && found.iter().all(|one| one.ends_with("connector-cycle")),
        "{found:?}"
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

/// A container whose configuration and variables refer to each other.
fn referring(value: &str, variables: &str, other: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  c.yaml: |\n    receivers: {{nop: }}\n    exporters: {{debug: '{value}'}}\n    \
         service: {{pipelines: {{logs: {{receivers: [nop], exporters: [debug]}}}}}}\n  other: '{other}'\n---\napiVersion: apps/v1\nkind: Deployment\n\
         metadata: {{name: c}}\nspec:\n  selector: {{matchLabels: {{app: c}}}}\n  template:\n    metadata: {{labels: {{app: c}}}}\n    spec:\n      \
         containers:\n        - name: c\n          image: otel/opentelemetry-collector-contrib:0.150.0\n          args: [--config=/c/c.yaml]\n          \
         env: [{variables}]\n          volumeMounts: [{{name: c, mountPath: /c}}]\n      volumes: [{{name: c, configMap: {{name: c}}}}]\n"
    )
}

#[test]
fn references_that_lead_back_are_found_and_others_left_alone() {
    let variable = |name: &str, value: &str| format!("{{name: {name}, value: '{value}'}}");
    for (value, variables, other, is_ring) in [
        ("${env:A}", variable("A", "${env:A}"), "", true),
        (
            "${env:A}",
            format!(
                "{}, {}",
                variable("A", "x ${env:B}"),
                variable("B", "y ${env:A}")
            ),
            "",
            true,
        ),
        ("${file:/c/other}", String::new(), "${file:/c/other}", true),
        // The configuration itself, and a ring that the first reference only leads to.
        ("${file:/c/c.yaml}", String::new(), "", true),
        (
            "${env:A}",
            variable("A", "${file:/c/other}"),
            "${file:/c/other}",
            true,
        ),
        // Twice is no ring, nor is a comment, a doubled dollar, or what the kubelet fills in.
        ("${env:A}${env:A}", variable("A", "${env:B}"), "", false),
        (
            "${file:/c/other}",
            String::new(),
            "{} # ${file:/c/other}",
            false,
        ),
        (
            "${file:/c/other}",
            String::new(),
            "{use_internal_logger: false, output_paths: [\"$${file:/c/other}\"]}",
            false,
        ),
        (
            "${env:A}",
            variable(
                "A",
                "{use_internal_logger: false, output_paths: [\"$(A)\"]}",
            ),
            "",
            false,
        ),
    ] {
        let found = findings(&referring(value, &variables, other));
        let expected: &[&str] = if is_ring {
            &["7:24 invalid-value"]
        } else {
            &NOTHING
        };
        assert_eq!(found, expected, "{value} {variables} {other}");
    }
}

#[test]
fn references_nested_by_the_thousand_end() {
    // The Collector gives up after a thousand rounds, whatever the variables hold.
    for (depth, expected) in [(900, &[][..]), (2000, &["3:34 invalid-value"])] {
        let deep = format!("{}X{}", "${env:".repeat(depth), "}".repeat(depth));
        let text = receiving(&format!("    protocols: {{grpc: {{endpoint: '{deep}'}}}}"));
        assert_eq!(findings(&text), expected);
    }
    let open = "${env:".repeat(20_000);
    let text = receiving(&format!("    protocols: {{grpc: {{endpoint: '{open}'}}}}"));
    // Nothing is closed, so it is a text, and no address; what is said of it, is said at its place.
    for found in findings(&text) {
        assert!(found.starts_with("3:"), "{found}");
    }
}

#[test]
fn references_that_bring_too_much_are_left_open() {
    let many = "${file:/c/other}".repeat(5000);
    let long = "x".repeat(100_000);
    assert_eq!(findings(&referring(&many, "", &long)), NOTHING);
    let doubling = "{name: A, value: 'x${env:A}${env:B}'}, {name: B, value: '${env:A}${env:A}'}";
    assert_eq!(
        findings(&referring("${env:A}", doubling, "")),
        ["7:24 invalid-value"]
    );
}

#[test]
fn tabs_are_a_finding_where_they_stand() {
    let text = receiving("    protocols:\n\t  grpc:");
    let found = findings(&text);
    assert!(
        found
            .iter()
            .any(|one| one.starts_with("4:") && one.ends_with("unreadable-document")),
        "{found:?}"
    );
    // In a ConfigMap it stops the Collector as well; in the values of other programs it is nobody's business.
    let held = |key: &str, text: &str| {
        let text = text.replace('\n', "\n    ");
        findings(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  {key}: |\n    {text}\n"
        ))
    };
    let found = held("c.yaml", &text);
    assert!(
        matches!(found.as_slice(), [one] if one.starts_with("9:") && one.ends_with("unreadable-document")),
        "{found:?}"
    );
    assert_eq!(
        held("notes.txt", "receivers are\n\tmany: [\nservice: {"),
        NOTHING
    );
    assert_eq!(
        held("c.tmpl", &text.replace("debug:", "{{ .Exporter }}:")),
        NOTHING
    );
    // Between a key and its value a tab is white space.
    assert_eq!(
        findings(&receiving(
            "    protocols:\n      grpc:\n        endpoint:\t0.0.0.0:4317"
        )),
        NOTHING
    );
}

/// go-yaml v3: `on` and `yes` are texts, `012` and `0o14` are twelve, `1_000` is a thousand; Kubernetes reads them otherwise.
#[test]
fn scalars_are_those_of_the_collector() {
    for (body, expected) in [
        ("include_metadata: true", ""),
        ("include_metadata: on", "invalid-value"),
        ("include_metadata: yes", "invalid-value"),
        ("include_metadata: 'true'", "invalid-value"),
        ("include_metadata: TRUE", ""),
        ("max_recv_msg_size_mib: 012", ""),
        ("max_recv_msg_size_mib: 0o14", ""),
        ("max_recv_msg_size_mib: 0x10", ""),
        ("max_recv_msg_size_mib: 1_000", ""),
        ("max_recv_msg_size_mib: '12'", "invalid-value"),
        ("max_recv_msg_size_mib: ten", "invalid-value"),
        ("endpoint: on", ""),
        ("endpoint: 012", "invalid-value"),
        ("endpoint: 2001-12-14", "invalid-value"),
        ("endpoint: ~", ""),
    ] {
        let found = findings(&receiving(&format!(
            "    protocols:\n      grpc:\n        {body}"
        )));
        let value = body.find(": ").expect("a value") + 2 + 9;
        let expected: Vec<String> = if expected.is_empty() {
            Vec::new()
        } else {
            vec![format!("5:{value} {expected}")]
        };
        assert_eq!(found, expected, "{body}");
    }
}
