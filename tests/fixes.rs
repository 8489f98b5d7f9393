//! What fixes write, where the pages have no example of it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The text after `arguments`; the file stands alone in a folder of its own.
fn fixed(name: &str, text: &str, arguments: &[&str]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("fixed")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("a.yaml");
    fs::write(&file, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(["--isolated", "--now", "2026-06-01"])
        .args(arguments)
        .arg(&file)
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(2), "{name}: {output:?}");
    fs::read_to_string(file).unwrap()
}

/// A configuration that is fine, to be spoilt in one place.
const CONFIG: &str = "\
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
        auth: {authenticator: basicauth/in}
processors:
  batch: {}
exporters:
  debug: {}
extensions:
  basicauth/in:
    htpasswd: {file: /etc/users}
  health_check: {}
service:
  extensions: [health_check, basicauth/in]
  pipelines:
    traces: {receivers: [otlp], processors: [batch], exporters: [debug]}
";

/// `text` with each of `changes` made in it.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

#[test]
fn one_place_is_mended_and_no_other() {
    // What the configuration says besides, and what is spoilt in it.
    type Changes = &'static [(&'static str, &'static str)];
    let cases: [(&str, Changes, Changes); 5] = [
        ("list", &[], &[(", basicauth/in]", "]")]),
        (
            "lines",
            &[(
                " [health_check, basicauth/in]",
                "\n    - health_check # first\n    - basicauth/in",
            )],
            &[("\n    - basicauth/in", "")],
        ),
        (
            "component",
            &[("batch: {}", "batch: {}   # kept")],
            &[("batch: {}", "bacth: {}"), ("[batch]", "[bacth]")],
        ),
        (
            "endpoint",
            &[
                (
                    "debug: {}",
                    "otlp_http: {endpoint: \"https://a.example.com:4318\"}",
                ),
                ("[debug]", "[otlp_http]"),
            ],
            &[(":4318", ":4318/v1/traces")],
        ),
        (
            "variable",
            &[("0.0.0.0:4317", "0.0.0.0:${env:PORT}")],
            &[("${env:PORT}", "$PORT")],
        ),
    ];
    for (name, besides, spoilt) in cases {
        let right = with(CONFIG, besides);
        let wrong = with(&right, spoilt);
        assert_eq!(fixed(name, &wrong, &["--unsafe-fixes"]), right, "{name}");
    }
}

#[test]
fn a_component_is_renamed_wherever_it_is_named() {
    let old = CONFIG
        .replace(
            "  debug: {}",
            "  otlp/a: &a {endpoint: \"b.example.com:4317\"}\n  'otlp/b': *a",
        )
        .replace("[debug]", "[otlp/a, 'otlp/b']");
    let new = old.replace("otlp/", "otlp_grpc/");
    let assumed = ["--fix", "--assume", "collector=0.159"];
    assert_eq!(fixed("renamed", &old, &assumed), new);
    // Something has the new name.
    let taken = old
        .replace("'otlp/b': *a", "otlp_grpc/a: *a")
        .replace("'otlp/b'", "otlp_grpc/a");
    assert_eq!(fixed("taken", &taken, &assumed), taken);
}

#[test]
fn a_listener_is_named_as_its_gateway_has_it() {
    let text = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g}
spec:
  gatewayClassName: istio
  listeners:
    - {name: otlp-grpc, port: 80, protocol: HTTP}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: r}
spec:
  parentRefs:
    - name: g
      sectionName: otlp-grpc  # the one
  rules:
    - backendRefs: [{name: s, port: 4317}]
";
    let spoilt = text.replace("sectionName: otlp-grpc", "sectionName: otlp-gprc");
    assert_eq!(fixed("section", &spoilt, &["--unsafe-fixes"]), text);
    assert_eq!(fixed("section", &spoilt, &["--fix"]), spoilt);
}

#[test]
fn what_would_not_parse_is_left_alone() {
    // A brace would end the mapping.
    let text = CONFIG
        .replace("  debug: {}", "  otlp_grpc: {endpoint: $HOST:4317}")
        .replace("[debug]", "[otlp_grpc]");
    assert_eq!(fixed("brace", &text, &["--unsafe-fixes"]), text);
}

#[test]
fn no_key_is_written_twice() {
    let text = with(
        CONFIG,
        &[("debug: {}", "debug: {verbosity: basic, verBosity: basic}")],
    );
    assert_eq!(fixed("twice", &text, &["--unsafe-fixes"]), text);
    let object = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {a: b}, selctor: {a: b}}\n";
    assert_eq!(fixed("object", object, &["--unsafe-fixes"]), object);
}

#[test]
fn a_version_that_is_written_otherwise_is_left_to_people() {
    let text = "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\nmetadata: {name: a}\nspec: {config: \"\"}\n";
    assert_eq!(fixed("version", text, &["--unsafe-fixes"]), text);
}
