//! Whole directories, as users have them, give exactly the expected reports.
//!
//! `testdata/scenarios/<name>/` is judged as `otel-lint` judges a directory, its `.otel-lint.yaml` included;
//! `<name>.txt` beside it is the report, `<name>.paths.txt` what `otel-lint paths` says, `<name>.scrape.txt` what
//! `otel-lint paths --scrape` says of the scenarios that are about metrics. `BLESS=1` rewrites both.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(arguments)
        .args(["--now", "2026-06-01T00:00:00Z", "."])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_scenario_gives_its_report() {
    let mut wrong = Vec::new();
    let scenarios = scenarios();
    assert!(!scenarios.is_empty());
    for folder in scenarios {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let mut views = vec![
            (vec!["--color", "never"], "txt"),
            (vec!["paths"], "paths.txt"),
        ];
        if name.starts_with("metrics-") {
            views[1] = (vec!["paths", "--scrape"], "scrape.txt");
        }
        for (arguments, ending) in views {
            let said = run(&folder, &arguments);
            assert_eq!(
                said,
                run(&folder, &arguments),
                "{}: two runs differ",
                folder.display()
            );
            let expected = folder.with_file_name(format!("{name}.{ending}"));
            if std::env::var_os("BLESS").is_some() {
                fs::write(&expected, &said).unwrap();
            }
            let wanted = fs::read_to_string(&expected).unwrap_or_default();
            if wanted != said {
                wrong.push(format!(
                    "{}\n--- expected\n{wanted}--- real\n{said}",
                    expected.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn json_names_the_same_places_as_the_text() {
    for folder in scenarios() {
        let text = run(&folder, &["--color", "never"]);
        let json: serde_json::Value =
            serde_json::from_str(&run(&folder, &["--format", "json"])).unwrap();
        let findings = json["findings"].as_array().unwrap();
        let heads = text.lines().filter(|line| {
            ["error[", "warning[", "note["]
                .iter()
                .any(|word| line.starts_with(word))
        });
        assert_eq!(findings.len(), heads.count(), "{}", folder.display());
        for finding in findings {
            let head = format!(
                "{}[{}]: ",
                finding["severity"].as_str().unwrap(),
                finding["rule"].as_str().unwrap()
            );
            let place = format!(
                "--> {}:{}:{}",
                finding["file"].as_str().unwrap(),
                finding["line"],
                finding["column"]
            );
            assert!(text.contains(&head), "{head}");
            assert!(text.contains(&place), "{place}");
        }
    }
}
