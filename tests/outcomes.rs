//! What really happened to a misconfigured exposure is what is predicted: the table of `testdata/outcomes.md`.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn every_outcome_is_predicted() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let table = fs::read_to_string(testdata.join("outcomes.md")).unwrap();
    let mut base = "";
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in table.lines() {
        if let Some(heading) = line.strip_prefix("## `") {
            base = heading.split_once('`').unwrap().0;
        }
        if !line.starts_with("| ") || line.starts_with("| case") {
            continue;
        }
        rows += 1;
        let row: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [case, _, predicted, rule] = row.as_slice() else {
            panic!("{row:?}")
        };
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join("outcomes")
            .join(case);
        let _ = fs::remove_dir_all(&folder);
        lay(&testdata.join("scenarios").join(base), &folder);
        assert!(
            testdata.join("outcomes").join(case).is_dir(),
            "{case} has no files"
        );
        lay(&testdata.join("outcomes").join(case), &folder);
        let paths = run(&folder, &["paths"]);
        let end = paths.lines().last().unwrap_or_default().trim();
        if !end.starts_with(predicted) {
            wrong.push(format!("{case}: predicted `{predicted}`, said `{end}`"));
        }
        let report = run(&folder, &["--color", "never"]);
        if !rule.is_empty() && !report.contains(&format!("[{rule}]: ")) {
            wrong.push(format!("{case}: {rule} is silent\n{report}"));
        }
        let delivered = predicted.starts_with("arrives") && rule.is_empty();
        if delivered && report.contains("error[") {
            wrong.push(format!("{case}: it was delivered, and yet\n{report}"));
        }
    }
    assert!(rows > 50, "only {rows} rows were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Copies the files of `from` over those of `to`.
fn lay(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            lay(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(arguments)
        .args(["--now", "2026-06-01T00:00:00Z", "."])
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}
