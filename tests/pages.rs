//! Every page under `rules/` tells the truth: its examples give the findings that it marks, and its reports are exact.
//!
//! A page is a sequence of sections. In each section the fenced blocks that follow a line such as `` `gateway.yaml`: ``
//! are files; together they are one example, and all rules run on it. `# finding: rule, rule` at the end of a line, or
//! alone on the line above, says which findings stand on that line; such marks are taken off before the example is
//! judged. Where no comment can stand, the fence says so: ```` ```pem finding:3=rule ```` marks line 3 of the file. A
//! `report` block is the exact report without colour; `BLESS=1` rewrites it. `${name.crt}` is the file of that name from
//! `testdata/certificates/`, each line indented as the first. A file called `.otel-lint.yaml` holds the settings.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use otel_lint::report::Format;
use otel_lint::report::Style;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::macros::datetime;

/// One section of a page that holds files.
#[derive(Default)]
struct Example {
    title: String,
    files: Vec<(String, String)>,
    marks: Vec<(String, u32, String)>,
    /// The index of its fence among the page's lines, and what it says.
    report: Option<(usize, String)>,
}

#[test]
fn every_page_tells_the_truth() {
    let mut wrong = Vec::new();
    let mut examples = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let mut rewritten = Vec::new();
        for example in examples_of(&page) {
            examples += 1;
            let place = format!("{name}, {}", example.title);
            let (found, report) = judge(&example);
            let mut expected = example.marks.clone();
            expected.sort();
            if found != expected {
                wrong.push(format!(
                    "{place}\n  expected {expected:?}\n  found    {found:?}\n{report}"
                ));
            }
            let is_right = example.title.starts_with("Right");
            if is_right && !expected.is_empty() {
                wrong.push(format!("{place}: a right example claims findings"));
            }
            if example.title.starts_with("Wrong") && expected.is_empty() {
                wrong.push(format!("{place}: a wrong example claims nothing"));
            }
            if let Some((fence, said)) = &example.report
                && *said != report
            {
                rewritten.push((fence + 1, said.lines().count(), report.clone()));
                if !blessing() {
                    wrong.push(format!(
                        "{place}: the report differs\n--- page\n{said}--- real\n{report}"
                    ));
                }
            }
        }
        if blessing() && !rewritten.is_empty() {
            fs::write(&path, bless(&page, &rewritten)).unwrap();
        }
    }
    assert!(examples > 0, "no examples found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// `page` with other reports: each the index of its first line, how many lines it had, and what it says now.
fn bless(page: &str, reports: &[(usize, usize, String)]) -> String {
    let mut lines: Vec<String> = page.lines().map(|line| format!("{line}\n")).collect();
    for (first, length, report) in reports.iter().rev() {
        lines.splice(*first..first + length, [report.clone()]);
    }
    lines.concat()
}

fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(root().join("rules"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .flat_map(|group| {
            fs::read_dir(group)
                .unwrap()
                .map(|entry| entry.unwrap().path())
        })
        .collect();
    pages.sort();
    pages
}

/// What `example` gives: each finding as file, line and rule, and the report.
fn judge(example: &Example) -> (Vec<(String, u32, String)>, String) {
    let mut sources = Sources::new();
    let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let mut files = example.files.clone();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, text) in &files {
        let source = Source::new(name.as_str(), text.clone().into_bytes());
        if name == ".otel-lint.yaml" {
            let id = sources.add(source);
            settings.read(id, &sources);
        } else {
            sources.add(source);
        }
    }
    let report = otel_lint::lint(&sources, &settings);
    let mut text = Vec::new();
    report
        .write(Format::Text, &Style::default(), &mut text)
        .unwrap();
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|reported| {
            let span = reported.finding.at;
            let file = sources.get(span.source).name.clone();
            (
                file,
                sources.start(span).line,
                reported.finding.rule.to_owned(),
            )
        })
        .collect();
    found.sort();
    (found, String::from_utf8(text).unwrap())
}

/// The sections of `page` that hold files.
fn examples_of(page: &str) -> Vec<Example> {
    let mut examples = vec![Example::default()];
    let mut file: Option<String> = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            examples.push(Example {
                title: title.to_owned(),
                ..Example::default()
            });
        } else if let Some(name) = line
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix("`:"))
        {
            file = Some(name.to_owned());
        } else if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| !line.starts_with("```"))
                .collect();
            let Some(example) = examples.last_mut() else {
                continue;
            };
            if info == "report" {
                example.report = Some((
                    number,
                    body.iter().map(|line| format!("{line}\n")).collect(),
                ));
            } else if let Some(name) = file.take() {
                let text = unmark(&name, &expand(&body), &mut example.marks);
                for mark in info
                    .split_whitespace()
                    .filter_map(|word| word.strip_prefix("finding:"))
                {
                    let (line, rule) = mark.split_once('=').expect("finding:LINE=RULE");
                    example
                        .marks
                        .push((name.clone(), line.parse().unwrap(), rule.to_owned()));
                }
                example.files.push((name, text));
            }
        }
    }
    examples.retain(|example| !example.files.is_empty());
    examples
}

/// `body` with `${name.crt}` replaced by the certificate or key of that name.
fn expand(body: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for line in body {
        let Some((before, name)) = line.split_once("${").filter(|(_, rest)| rest.contains("}"))
        else {
            lines.push((*line).to_owned());
            continue;
        };
        let (name, after) = name.split_once('}').unwrap();
        let (name, encoding) = name.split_once(':').unwrap_or((name, "text"));
        let path = root().join("testdata/certificates").join(name);
        if !matches!(
            Path::new(name).extension().and_then(|ext| ext.to_str()),
            Some("crt" | "key")
        ) {
            lines.push((*line).to_owned());
            continue;
        }
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if encoding == "base64" {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(&text);
            lines.push(format!("{before}{encoded}{after}"));
            continue;
        }
        let indent = " ".repeat(before.len());
        for (number, part) in text.lines().enumerate() {
            let last = if number + 1 == text.lines().count() {
                after
            } else {
                ""
            };
            lines.push(format!(
                "{}{part}{last}",
                if number == 0 { before } else { &indent }
            ));
        }
    }
    lines
}

/// `lines` without their marks, which go to `marks`.
fn unmark(name: &str, lines: &[String], marks: &mut Vec<(String, u32, String)>) -> String {
    let mut text = String::new();
    let mut pending: Vec<String> = Vec::new();
    let mut number = 0;
    for line in lines {
        let (said, mark) = match line.rsplit_once("# finding:") {
            Some((said, mark)) => (said.trim_end(), Some(mark)),
            None => (line.as_str(), None),
        };
        let rules = || {
            mark.into_iter()
                .flat_map(|mark| mark.split(','))
                .map(|rule| rule.trim().to_owned())
        };
        if mark.is_some() && said.trim().is_empty() {
            pending.extend(rules());
            continue;
        }
        number += 1;
        let here = pending
            .drain(..)
            .chain(rules())
            .map(|rule| (name.to_owned(), number, rule));
        marks.extend(here.collect::<Vec<_>>());
        text.push_str(said);
        text.push('\n');
    }
    text
}

#[test]
fn marks_are_taken_off_and_counted() {
    let lines = ["a: 1  # finding: one, two", "# finding: three", "b: 2"].map(str::to_owned);
    let mut marks = Vec::new();
    assert_eq!(unmark("f", &lines, &mut marks), "a: 1\nb: 2\n");
    let expected = [("f", 1, "one"), ("f", 1, "two"), ("f", 2, "three")];
    let found: BTreeMap<_, _> = marks
        .iter()
        .map(|mark| ((mark.1, mark.2.as_str()), mark.0.as_str()))
        .collect();
    assert_eq!(found.len(), 3);
    assert!(
        expected
            .iter()
            .all(|(file, line, rule)| found.get(&(*line, *rule)) == Some(file))
    );
}

/// What the program says of `folder`: each finding's rule, severity and place, and whether it offers a fix.
fn found(folder: &Path, arguments: &[&str]) -> Vec<(String, String, bool)> {
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .current_dir(folder)
        .args(["--format", "json", "--now", "2026-06-01T00:00:00Z"])
        .args(arguments)
        .arg(".")
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap().to_owned();
            (word("rule"), word("severity"), !finding["fix"].is_null())
        })
        .collect()
}

#[test]
fn fixes_mend_what_they_are_for() {
    let mut mended = 0;
    for (number, path) in pages().into_iter().enumerate() {
        let page = fs::read_to_string(&path).unwrap();
        let wrong = examples_of(&page);
        let wrong = wrong
            .iter()
            .filter(|example| example.title.starts_with("Wrong"));
        for (index, example) in wrong.enumerate() {
            let (_, report) = judge(example);
            if !fixable(example) {
                continue;
            }
            let name = format!("fixes/{number}-{index}");
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            let _ = fs::remove_dir_all(&folder);
            for (name, text) in &example.files {
                let file = folder.join(name);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
            }
            let before = found(&folder, &[]);
            let after = found(&folder, &["--unsafe-fixes"]);
            let place = format!("{}, {}:\n{report}", path.display(), example.title);
            assert!(
                after.iter().all(|(_, _, is_fixable)| !is_fixable),
                "{place}: a second run would fix more"
            );
            let count = |all: &[(String, String, bool)], rule: &str| {
                all.iter().filter(|(own, ..)| own == rule).count()
            };
            let fixed: Vec<&str> = before
                .iter()
                .filter(|(_, _, is_fixable)| *is_fixable)
                .map(|(rule, ..)| rule.as_str())
                .collect();
            for rule in &fixed {
                assert!(
                    count(&after, rule) < count(&before, rule),
                    "{place}: {rule} stays: {after:?}"
                );
            }
            // Under its right name a kind is compared with what it may say, which nobody could before.
            let reveals = fixed.contains(&"unserved-version");
            for (rule, severity, _) in after.iter().filter(|_| !reveals) {
                let was = before
                    .iter()
                    .any(|(own, loud, _)| own == rule && loud == severity);
                assert!(was, "{place}: the fix brings {severity} {rule}");
            }
            mended += 1;
        }
    }
    assert!(mended >= 10, "{mended}");
}

/// Whether some finding of the example offers a fix.
fn fixable(example: &Example) -> bool {
    let mut sources = Sources::new();
    let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    for (name, text) in &example.files {
        let id = sources.add(Source::new(name.as_str(), text.clone().into_bytes()));
        if name == ".otel-lint.yaml" {
            settings.read(id, &sources);
        }
    }
    let report = otel_lint::lint(&sources, &settings);
    report
        .findings
        .iter()
        .any(|reported| reported.finding.fix.is_some())
}
