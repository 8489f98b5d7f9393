//! The contract of the command line: flags, exit codes, standard input, the name that kubectl looks for.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use otel_lint::report::Format;

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otel-lint"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", "1780272000");
    command
}

fn run(arguments: &[&str]) -> Output {
    binary().args(arguments).output().unwrap()
}

fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = binary()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// A folder of its own for one test, made anew.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn exit_codes_are_0_1_and_2_in_every_format() {
    for format in Format::ALL.map(Format::name) {
        let code = |input: &[u8]| with_input(&["--format", format, "-"], input).status.code();
        assert_eq!(code(b"a: 1\n"), Some(0), "{format}");
        assert_eq!(code(b"a: [\n"), Some(1), "{format}");
        let missing = run(&["--format", format, "no-such-file.yaml"]);
        assert_eq!(missing.status.code(), Some(2), "{format}");
        assert!(
            String::from_utf8_lossy(&missing.stderr).contains("no-such-file.yaml"),
            "{format}"
        );
    }
    assert_eq!(run(&["--no-such-flag"]).status.code(), Some(2));
}

#[test]
fn the_report_can_go_to_several_places_at_once() {
    let folder = scratch("several");
    let json = folder.join("report.json");
    let output = with_input(
        &[
            "--format",
            "text",
            "--format",
            &format!("json={}", json.display()),
            "-",
        ],
        b"a: [\n",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("error[unreadable-document]")
    );
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["findings"][0]["rule"], "unreadable-document");
    assert_eq!(report["summary"]["errors"], 1);
}

#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let folder = scratch("partly");
    fs::write(folder.join("good.yaml"), "a: [\n").unwrap();
    fs::write(folder.join("image.png"), [0x89, b'P', b'N', b'G', 0]).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere.yaml", folder.join("dangling.yaml")).unwrap();
    let output = run(&[folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("good.yaml:1:4"));
    #[cfg(unix)]
    assert!(String::from_utf8_lossy(&output.stderr).contains("dangling.yaml"));
}

#[test]
fn explain_prints_the_page_and_rules_lists_them() {
    let page = run(&["explain", "unreadable-document"]);
    assert_eq!(page.status.code(), Some(0));
    assert!(
        String::from_utf8(page.stdout)
            .unwrap()
            .starts_with("# unreadable-document\n")
    );
    let wrong = run(&["explain", "unreadable-documents"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `unreadable-document`?"));
    let rules = run(&["rules", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&rules.stdout).unwrap();
    let first = &list["rules"][0];
    for key in ["name", "group", "severity", "summary", "page"] {
        assert!(
            first[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
}

#[test]
fn kubectl_finds_the_same_program() {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-otel_lint"))
        .arg("--version")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn settings_are_found_beside_the_input_and_can_be_left_out() {
    let folder = scratch("settings");
    fs::write(
        folder.join(".otel-lint.yaml"),
        "severity:\n  unreadable-document: note\n",
    )
    .unwrap();
    fs::write(folder.join("bad.yaml"), "a: [\n").unwrap();
    let path = folder.to_str().unwrap();
    assert_eq!(run(&[path]).status.code(), Some(0));
    assert_eq!(run(&["--fail-on", "note", path]).status.code(), Some(1));
    assert_eq!(run(&["--isolated", path]).status.code(), Some(1));
    fs::write(
        folder.join("other.yaml.settings"),
        "severity:\n  unreadable-document: off\n",
    )
    .unwrap();
    let other = folder.join("other.yaml.settings");
    assert_eq!(
        run(&["--config", other.to_str().unwrap(), path])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn several_formats_tell_the_same_run() {
    let folder = scratch("formats");
    let file = |name: &str| folder.join(name).display().to_string();
    let (sarif, junit) = (file("a.sarif"), file("a.xml"));
    let output = run(&[
        "testdata/formats/input",
        "--format",
        "concise",
        "--format",
        &format!("sarif={sarif}"),
        "--format",
        &format!("junit={junit}"),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let lines = String::from_utf8(output.stdout).unwrap().lines().count();
    let sarif: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(sarif).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), lines);
    assert_eq!(
        fs::read_to_string(junit)
            .unwrap()
            .matches("<failure")
            .count(),
        lines
    );
    let unknown = run(&["--format", "yaml", "."]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("`rdjson`"));
}
