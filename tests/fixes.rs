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

/// A collector in Kubernetes: its configuration, its Deployment, and a Service that leads to it.
const WORKLOAD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: collector}
data:
  collector.yaml: |
    receivers:
      otlp:
        protocols:
          grpc:
            endpoint: 0.0.0.0:4317
    processors:
      memory_limiter: {check_interval: 1s, limit_mib: 400}
      batch: {}
    exporters:
      debug: {}
    service:
      pipelines:
        traces:
          receivers: [otlp]
          processors: [memory_limiter, batch]
          exporters: [debug]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: collector}
spec:
  selector: {matchLabels: {app: collector}}
  template:
    metadata: {labels: {app: collector}}
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.150.0
          args: [--config=/conf/collector.yaml]
          ports: [{containerPort: 4317}]
          volumeMounts:
            - name: configuration  # the one below
              mountPath: /conf
      volumes:
        - name: configuration
          configMap: {name: collector}
---
apiVersion: v1
kind: Service
metadata: {name: collector}
spec:
  selector: {app: collector}
  ports: [{name: otlp, port: 4317, appProtocol: kubernetes.io/h2c}]
";

#[test]
fn a_workload_is_mended_where_it_is_wrong() {
    let lines = WORKLOAD.replace(
        "[memory_limiter, batch]",
        "\n            - memory_limiter\n            - batch",
    );
    for (name, right, from, to) in [
        (
            "loopback",
            WORKLOAD,
            "endpoint: 0.0.0.0:4317",
            "endpoint: localhost:4317",
        ),
        (
            "loopback-address",
            WORKLOAD,
            "endpoint: 0.0.0.0:4317",
            "endpoint: 127.0.0.1:4317",
        ),
        (
            "mount",
            WORKLOAD,
            "- name: configuration  #",
            "- name: configuraton  #",
        ),
        (
            "order",
            WORKLOAD,
            "[memory_limiter, batch]",
            "[batch, memory_limiter]",
        ),
        (
            "order-lines",
            lines.as_str(),
            "- memory_limiter\n            - batch",
            "- batch\n            - memory_limiter",
        ),
    ] {
        let wrong = with(right, &[(from, to)]);
        assert_eq!(fixed(name, &wrong, &["--unsafe-fixes"]), right, "{name}");
    }
    // Words at one processor would come to stand at another.
    let commented = WORKLOAD.replace(
        "[memory_limiter, batch]",
        "\n            - batch # first\n            - memory_limiter",
    );
    let kept = fixed("order-commented", &commented, &["--unsafe-fixes"]);
    assert_eq!(kept, commented);
}

#[test]
fn a_suppression_that_silences_nothing_is_taken_out() {
    let manifest = |comment: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  a: b{comment}\n")
    };
    let unused = "  # otel-lint: ignore[duplicate-key] a test";
    let found = fixed("unused", &manifest(unused), &["--unsafe-fixes"]);
    assert_eq!(found, manifest(""));
    // Another input may have what this one has not.
    let found = fixed("unused-safe", &manifest(unused), &["--fix"]);
    assert_eq!(found, manifest(unused));
    let alone = manifest(&format!("\n{unused}\n  c: d"));
    let found = fixed("unused-alone", &alone, &["--unsafe-fixes"]);
    assert_eq!(found, manifest("\n  c: d"));
    let half = "\n  c: 1 # otel-lint: ignore[duplicate-key, unquoted-string, invalid-value] a test";
    let found = fixed("unused-half", &manifest(half), &["--unsafe-fixes"]);
    let rest = "\n  c: 1 # otel-lint: ignore[unquoted-string] a test";
    assert_eq!(found, manifest(rest));
}

#[test]
fn clients_are_verified_under_the_right_key() {
    for (tls, expected) in [
        (
            "{cert_file: a.crt, key_file: a.key, ca_file: ca.crt}",
            "{cert_file: a.crt, key_file: a.key, client_ca_file: ca.crt}",
        ),
        (
            "{cert_file: a.crt, key_file: a.key, \"ca_file\": ca.crt}",
            "{cert_file: a.crt, key_file: a.key, \"client_ca_file\": ca.crt}",
        ),
        (
            "\n          cert_file: a.crt\n          key_file: a.key\n          ca_file: ca.crt # ours",
            "\n          cert_file: a.crt\n          key_file: a.key\n          client_ca_file: ca.crt # ours",
        ),
    ] {
        let of = |tls: &str| {
            with(
                CONFIG,
                &[(
                    "        auth: {authenticator: basicauth/in}",
                    &format!("        auth: {{authenticator: basicauth/in}}\n        tls: {tls}"),
                )],
            )
        };
        assert_eq!(
            fixed("client-ca", &of(tls), &["--unsafe-fixes"]),
            of(expected)
        );
        assert_eq!(fixed("client-ca", &of(tls), &["--fix"]), of(tls));
    }
}

/// A program of that name in a folder of its own, which prints `text`; the folder.
#[cfg(unix)]
fn stand_in(program: &str, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("rendered")
        .join(program);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("rendered"), text).unwrap();
    let script = folder.join(program);
    fs::write(
        &script,
        "#!/bin/sh\nexec cat \"$(dirname \"$0\")/rendered\"\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// What a program rendered is in no file: whoever writes it anew would take the fix back.
#[cfg(unix)]
#[test]
fn what_was_rendered_is_left_to_where_it_comes_from() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n";
    for (program, flag) in [("kubectl", "-k"), ("helm", "--helm")] {
        let folder = stand_in(program, text);
        let path = std::env::var("PATH").unwrap_or_default();
        let run = |arguments: &[&str]| {
            Command::new(env!("CARGO_BIN_EXE_otel-lint"))
                .current_dir(&folder)
                .env("PATH", format!("{}:{path}", folder.display()))
                .args(["--isolated", flag, "chart", "--format", "json"])
                .args(arguments)
                .output()
                .unwrap()
        };
        let before: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        let output = run(&["--unsafe-fixes"]);
        assert_eq!(output.status.code(), Some(1), "{program}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["findings"][0]["rule"], "unquoted-string");
        assert!(report["findings"][0]["fix"].is_null(), "{program}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("applied 0 fixes in 0 files"), "{told}");
        let diff = run(&["--diff"]);
        assert_eq!((diff.status.code(), diff.stdout.len()), (Some(0), 0));
        let after: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(before, after, "{program}");
        assert_eq!(fs::read_to_string(folder.join("rendered")).unwrap(), text);
    }
}
