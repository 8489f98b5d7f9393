//! What users decide: settings, suppressions, baselines; and what is said of mistakes in them.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// A folder of its own with one manifest in which a key stands twice, in line 5.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("decisions")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.yaml"), MANIFEST).unwrap();
    folder
}

const MANIFEST: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  a: 1
";

/// What is found in `folder`, a line each without its message.
fn found(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1780272000")
        .args(["--format", "concise"])
        .args(arguments)
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let heads = text.lines().map(|line| line.split_once("] ").unwrap().0);
    heads.map(|head| format!("{head}]")).collect()
}

#[test]
fn every_mistake_in_settings_has_its_place() {
    let folder = folder("mistakes");
    for (settings, expected) in [
        ("closd: true", "1:1: error[invalid-setting]"),
        (
            "severity:\n  floating-imag: note",
            "2:3: error[invalid-setting]",
        ),
        (
            "severity:\n  floating-image: loud",
            "2:19: error[invalid-setting]",
        ),
        ("severity: note", "1:11: error[invalid-setting]"),
        (
            "ignore:\n  - rule: shared-ca",
            "2:5: error[invalid-setting]",
        ),
        (
            "ignore:\n  - {rule: shared-ca, reason: a, expires: soon}",
            "2:43: error[invalid-setting]",
        ),
        ("ignore: all", "1:9: error[invalid-setting]"),
        ("closed: [Gatway]", "1:10: error[invalid-setting]"),
        ("closed: perhaps", "1:9: error[invalid-setting]"),
        ("assume:\n  istoi: \"1.31\"", "2:10: error[invalid-setting]"),
        ("assume:\n  istio: newest", "2:10: error[invalid-setting]"),
        ("mounts: [a]", "1:9: error[invalid-setting]"),
        (
            "addresses:\n  a/b: 203.0.113.1",
            "2:8: error[invalid-setting]",
        ),
        ("include: a.yaml", "1:10: error[invalid-setting]"),
        ("expiry-window: 2w", "1:16: error[invalid-setting]"),
        ("closed: [", "1:9: error[unreadable-document]"),
        ("closed: true\nclosed: true", "2:1: error[duplicate-key]"),
    ] {
        fs::write(folder.join(".otel-lint.yaml"), format!("{settings}\n")).unwrap();
        let found = found(&folder, &["."]);
        let of_settings = found
            .iter()
            .filter(|line| line.starts_with(".otel-lint.yaml"));
        let of_settings: Vec<&str> = of_settings
            .map(|line| line.split_once(':').unwrap().1)
            .collect();
        assert_eq!(of_settings, [expected], "{settings}");
    }
    // A kind that we do not know may be one all the same.
    fs::write(folder.join(".otel-lint.yaml"), "closed: [Widget]\n").unwrap();
    assert_eq!(
        found(&folder, &["."]),
        ["a.yaml:5:6: error[unquoted-string]"]
    );
}

#[test]
fn settings_are_the_nearest_above_the_input() {
    let folder = folder("nearest");
    fs::create_dir_all(folder.join("deep/deeper")).unwrap();
    fs::rename(folder.join("a.yaml"), folder.join("deep/deeper/a.yaml")).unwrap();
    let off = "severity: {unquoted-string: off}\n";
    let nothing: [&str; 0] = [];
    fs::write(folder.join(".otel-lint.yaml"), off).unwrap();
    assert_eq!(found(&folder, &["deep"]), nothing);
    assert_eq!(found(&folder, &["deep/deeper/a.yaml"]), nothing);
    // The nearer one counts, alone.
    fs::write(folder.join("deep/.otel-lint.yaml"), "closed: false\n").unwrap();
    assert_eq!(found(&folder, &["deep/deeper"]).len(), 1);
    fs::remove_file(folder.join("deep/.otel-lint.yaml")).unwrap();
    // Above the root of a repository is another one's business.
    fs::create_dir(folder.join("deep/.git")).unwrap();
    assert_eq!(found(&folder, &["deep/deeper"]).len(), 1);
}

#[test]
fn a_comment_silences_its_line_or_the_next() {
    let folder = folder("comments");
    let unquoted = "error[unquoted-string]";
    let unused = "warning[unused-ignore]";
    let unexplained = "warning[unexplained-ignore]";
    let cases: [(&str, &[&str]); 12] = [
        ("  a: 1 # otel-lint: ignore[unquoted-string] a test", &[]),
        ("  a: 1 #otel-lint:ignore[unquoted-string] a test", &[]),
        ("  # otel-lint: ignore[unquoted-string] a test\n  a: 1", &[]),
        // What is said above may be said over several lines.
        (
            "  # otel-lint: ignore[unquoted-string] a test\n  # of comments\n\n  a: 1",
            &[],
        ),
        (
            "  a: 1 # otel-lint: ignore[unquoted-string]",
            &[unexplained],
        ),
        (
            "  a: 1 # otel-lint: ignore[unquoted-string, duplicate-key] a test",
            &[unused],
        ),
        (
            "  a: 1 # otel-lint: ignore[duplicate-key] a test",
            &[unquoted, unused],
        ),
        (
            "  a: 1 # otel-lint: ignore[unquoted-strin] a test",
            &[unquoted, unused],
        ),
        ("  a: 1 # otel-lint: ignore[] a test", &[unquoted, unused]),
        (
            "  a: 1 # otel-lint: ignore unquoted-string",
            &[unquoted, unused],
        ),
        (
            "  a: 1 # otel-lint: disable[unquoted-string]",
            &[unquoted, unused],
        ),
        ("  a: 1 # otel-lint: this is one for it", &[unquoted]),
    ];
    for (line, expected) in cases {
        let text = MANIFEST.replace("  a: 1", line);
        fs::write(folder.join("a.yaml"), text).unwrap();
        let found = found(&folder, &["."]);
        let rules: Vec<&str> = found
            .iter()
            .map(|line| line.rsplit_once(": ").unwrap().1)
            .collect();
        assert_eq!(rules, expected, "{line}");
    }
}

#[test]
fn an_annotation_speaks_for_its_object_or_its_pods() {
    let folder = folder("annotations");
    let deployment = |own: &str, pods: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n{own}spec:\n  selector: {{matchLabels: {{app: a}}}}\n  template:\n    metadata:\n      labels: {{app: a}}\n{pods}    spec:\n      containers: [{{name: a, image: busybox, env: [{{name: A, value: 1}}]}}]\n"
        )
    };
    let annotation = |indent: usize, text: &str| {
        format!(
            "{:indent$}annotations:\n{:indent$}  otel-lint.dev/ignore: \"{text}\"\n",
            "", ""
        )
    };
    let rules = |text: String| {
        fs::write(folder.join("a.yaml"), text).unwrap();
        let found = found(&folder, &["."]).into_iter();
        let rules = found.map(|line| line.rsplit_once(": ").unwrap().1.to_owned());
        rules
            .filter(|rule| !rule.contains("floating-image"))
            .collect::<Vec<_>>()
    };
    let nothing: [&str; 0] = [];
    assert_eq!(rules(deployment("", "")), ["error[unquoted-string]"]);
    let text = "unquoted-string: a test";
    assert_eq!(rules(deployment(&annotation(2, text), "")), nothing);
    assert_eq!(rules(deployment("", &annotation(6, text))), nothing);
    let bare = deployment(&annotation(2, "unquoted-string"), "");
    assert_eq!(rules(bare), ["warning[unexplained-ignore]"]);
    let wrong = deployment(&annotation(2, "unquoted-strng: a test"), "");
    assert_eq!(
        rules(wrong),
        ["warning[unused-ignore]", "error[unquoted-string]"]
    );
}

#[test]
fn comments_work_inside_embedded_configurations() {
    let folder = folder("embedded");
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: collector}\ndata:\n  collector.yaml: |\n    receivers: {otlp: {protocols: {grpc: {endpoint: \"0.0.0.0:4317\"}}}}\n    exporters: {debug: {}}\n    service:\n      pipelines:\n        traces: {receivers: [oltp], exporters: [debug]}\n";
    fs::write(folder.join("a.yaml"), text).unwrap();
    let undefined = "a.yaml:10:30: error[undefined-component]";
    assert!(found(&folder, &["."]).contains(&undefined.to_owned()));
    let silenced = text.replace(
        "[debug]}\n",
        "[debug]} # otel-lint: ignore[undefined-component] a test\n",
    );
    fs::write(folder.join("a.yaml"), silenced).unwrap();
    let found = found(&folder, &["."]);
    assert!(
        found
            .iter()
            .all(|line| !line.contains("undefined-component") && !line.contains("unused-ignore")),
        "{found:?}"
    );
}

#[test]
fn settings_silence_until_their_day() {
    let folder = folder("expiry");
    let settings = "ignore:\n  - rule: unquoted-string\n    resource: ConfigMap/a\n    reason: a test\n    expires: 2026-06-01\n";
    fs::write(folder.join(".otel-lint.yaml"), settings).unwrap();
    let nothing: [&str; 0] = [];
    assert_eq!(found(&folder, &["--now", "2026-06-01T23:59:59Z"]), nothing);
    let over = [
        "a.yaml:5:6: error[unquoted-string]",
        ".otel-lint.yaml:2:5: warning[unused-ignore]",
    ];
    assert_eq!(found(&folder, &["--now", "2026-06-02"]), over);
    assert_eq!(found(&folder, &["--no-suppressions"]), over[..1]);
}

#[test]
fn a_baseline_knows_places_and_not_lines() {
    let folder = folder("places");
    let pod = |containers: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n{containers}"
        )
    };
    let container = "    - name: b\n      image: busybox:1.36\n      env:\n        - name: A\n          value: 1\n";
    fs::write(folder.join("a.yaml"), pod(container)).unwrap();
    assert!(found(&folder, &["--write-baseline", "known.json", "."]).is_empty());
    let new = || found(&folder, &["--baseline", "known.json", "."]);
    let nothing: [&str; 0] = [];
    // Another container and another variable before it.
    let more = format!(
        "    - name: a\n      image: busybox:1.36\n{}",
        container.replace(
            "- name: A",
            "- name: B\n          value: b\n        - name: A"
        )
    );
    fs::write(folder.join("a.yaml"), pod(&more)).unwrap();
    assert_eq!(new(), nothing);
    // Another name of the file.
    fs::rename(folder.join("a.yaml"), folder.join("b.yaml")).unwrap();
    assert_eq!(new(), nothing);
    // A second one like it in another container is new.
    let twice = format!("{more}{}", container.replace("name: b", "name: c"));
    fs::write(folder.join("b.yaml"), pod(&twice)).unwrap();
    assert_eq!(new(), ["b.yaml:19:18: error[unquoted-string]"]);
}

#[test]
fn versions_are_taken_from_images() {
    let folder = folder("versions");
    let pod = |name: &str, image: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: c, image: \"{image}\"}}]}}\n"
        )
    };
    let text = pod("a", "docker.io/istio/pilot:1.30.2-distroless")
        + &pod("b", "otel/opentelemetry-collector-contrib:0.150.0")
        + &pod(
            "c",
            "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector:0.140.1",
        )
        + &pod("d", "example.com/own/pilot-light:7.0");
    fs::write(folder.join("a.yaml"), text).unwrap();
    assert!(
        Command::new(env!("CARGO_BIN_EXE_otel-lint"))
            .current_dir(&folder)
            .arg("init")
            .status()
            .unwrap()
            .success()
    );
    let written = fs::read_to_string(folder.join(".otel-lint.yaml")).unwrap();
    assert!(
        written.contains(
            "\n  istio: \"1.30\"  # docker.io/istio/pilot:1.30.2-distroless in a.yaml:5\n"
        ),
        "{written}"
    );
    // Of two the newer one; the other image says itself what it is.
    assert!(
        written.contains("\n  # collector: \"0.140\"")
            && written.contains("\n  collector: \"0.150\""),
        "{written}"
    );
    assert!(!written.contains("7.0"));
    assert!(
        found(&folder, &["."])
            .iter()
            .all(|line| !line.contains(".otel-lint.yaml"))
    );
}
