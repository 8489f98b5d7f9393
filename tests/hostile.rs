//! Whatever is thrown at it: no panic, no hang, and every finding inside its source.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::report::Format;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use otel_lint::source::Span;
use time::macros::datetime;

/// Judges `files`, and holds every place of every finding to its source.
fn judge(files: &[(&str, Vec<u8>)]) -> String {
    let mut sources = Sources::new();
    for (name, bytes) in files {
        sources.add(Source::new(*name, bytes.clone()));
    }
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let report = otel_lint::lint(&sources, &settings);
    let mut out = Vec::new();
    for format in [Format::Text, Format::Json] {
        report.write(format, true, &mut out).unwrap();
    }
    let spans = report.findings.iter().flat_map(|reported| {
        let finding = &reported.finding;
        std::iter::once(finding.at).chain(finding.also.iter().map(|(span, _)| *span))
    });
    for span in spans {
        assert!(is_inside(&sources, span), "{span:?}");
    }
    String::from_utf8(out).unwrap()
}

fn is_inside(sources: &Sources, span: Span) -> bool {
    let source = sources.get(span.source);
    let (start, end) = (span.start as usize, span.end as usize);
    start <= end
        && end <= source.bytes().len()
        && source
            .text()
            .is_none_or(|text| text.is_char_boundary(start) && text.is_char_boundary(end))
}

/// Every file of the scenarios.
fn scenario_files() -> Vec<(String, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending != "txt") {
                files.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    files
}

#[test]
fn files_cut_at_every_line_do_no_harm() {
    for (name, text) in scenario_files() {
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        for end in ends {
            judge(&[(&name, text.as_bytes()[..end].to_vec())]);
        }
    }
}

#[test]
fn files_with_odd_bytes_do_no_harm() {
    for (name, text) in scenario_files() {
        for (at, _) in text.match_indices('\n').step_by(7) {
            for odd in [
                "\0", "\t", "\u{feff}", "\u{202e}", "\x1b[31m", "- ", "  ", "é: [", "&a *a",
                "<<: *x",
            ] {
                let mut hurt = text.clone();
                hurt.insert_str(at + 1, odd);
                judge(&[(&name, hurt.into_bytes())]);
            }
        }
        judge(&[(&name, text.replace('\n', "\r\n").into_bytes())]);
        judge(&[(&name, format!("\u{feff}{text}").into_bytes())]);
        let mut latin = text.clone().into_bytes();
        latin.insert(latin.len() / 2, 0xff);
        judge(&[(&name, latin)]);
    }
}

#[test]
fn bombs_are_findings() {
    let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        aliases.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    assert!(judge(&[("aliases.yaml", aliases.into_bytes())]).contains("unreadable-document"));
    assert!(
        judge(&[("deep.yaml", "[".repeat(100_000).into_bytes())]).contains("unreadable-document")
    );
    assert!(judge(&[("deep.json", b"{\"a\":".repeat(100_000))]).contains("unreadable-document"));
    judge(&[("dashes.yaml", "- ".repeat(50_000).into_bytes())]);
    judge(&[(
        "long.yaml",
        format!("a: {}\n", "x".repeat(5_000_000)).into_bytes(),
    )]);
    judge(&[
        ("empty.yaml", Vec::new()),
        ("nul.yaml", vec![0; 1000]),
        ("image.yaml", vec![0x89, 0x50, 0x4e, 0x47, 0xff]),
    ]);
}

#[test]
fn terminals_are_not_obeyed() {
    let report = judge(&[(
        "a\x1b[2J.yaml",
        b"kind: \"\x1b[31m\xe2\x80\xae\"\na: [\n".to_vec(),
    )]);
    let text = report.split("\u{1b}[0m").collect::<Vec<_>>().join("");
    assert!(
        !text.contains("\u{1b}[2J") && !text.contains('\u{202e}'),
        "{text}"
    );
}

#[test]
fn a_faulty_document_hides_no_other() {
    let two =
        b"a: [\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  name: b\n".to_vec();
    let report = judge(&[("two.yaml", two)]);
    assert!(report.contains("unreadable-document") && report.contains("duplicate-key"));
}
