//! Whatever is given, nothing panics or hangs, and every place that is named lies in its file.
//!
//! All files of `testdata` are judged as they are and damaged: cut, indented otherwise, with bytes that do not belong.
//! What is too large to keep is made here.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::lint;
use otel_lint::report::Format;
use otel_lint::report::Style;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use otel_lint::source::Span;
use otel_lint::yaml;
use otel_lint::yaml::Dialect;
use otel_lint::yaml::Node;
use otel_lint::yaml::Text;
use rayon::prelude::*;
use time::macros::datetime;

/// Judges `sources` and reports, as a run does; what it says must be about them.
fn judge(sources: &Sources) -> String {
    for (id, source) in sources.iter() {
        if let Some(text) = Text::whole(id, source) {
            read(sources, text, 0);
        }
    }
    let report = lint(sources, &Settings::new(datetime!(2026-06-01 00:00 UTC)));
    for reported in &report.findings {
        let finding = &reported.finding;
        let edits = finding
            .fix
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| edit.span);
        let also = finding.also.iter().map(|(span, _)| *span);
        for span in also.chain(edits).chain([finding.at]) {
            inside(sources, span);
        }
    }
    let mut out = Vec::new();
    for format in [Format::Text, Format::Json] {
        report
            .write(
                format,
                &Style {
                    color: true,
                    width: Some(40),
                    links: Some("/here".to_owned()),
                },
                &mut out,
            )
            .unwrap();
    }
    String::from_utf8(out).unwrap()
}

/// Reads a text and what its scalars hold, in both dialects.
fn read(sources: &Sources, text: Text, depth: usize) {
    for dialect in [Dialect::Kubernetes, Dialect::Collector] {
        let stream = yaml::parse(text.clone(), dialect);
        for fault in stream.faults() {
            inside(sources, fault.span);
            inside(sources, fault.document);
        }
        stream.comments().for_each(|span| inside(sources, span));
        stream
            .documents()
            .for_each(|root| visit(sources, root, depth));
    }
}

fn visit(sources: &Sources, node: Node<'_>, depth: usize) {
    inside(sources, node.span());
    if let Some(anchored) = node.anchored() {
        return inside(sources, anchored);
    }
    let inner = node.inner();
    assert_eq!(inner.as_str(), node.text());
    if depth < 2 && inner.as_str().contains(": ") {
        read(sources, inner, depth + 1);
    }
    match node.decoded() {
        Ok(decoded) => {
            (0..decoded.bytes.len() as u32).for_each(|at| inside(sources, decoded.span(at..at + 1)))
        }
        Err(fault) => inside(sources, fault.span),
    }
    node.duplicates()
        .for_each(|(first, again)| assert!(first.span() < again.span()));
    for (key, value) in node.entries() {
        visit(sources, key, depth);
        visit(sources, value, depth);
    }
    node.items().for_each(|item| visit(sources, item, depth));
}

/// A place is a stretch of its source, on character borders.
fn inside(sources: &Sources, span: Span) {
    let source = sources.get(span.source);
    let range = span.start as usize..span.end as usize;
    let lies = match source.text() {
        Some(text) => text.get(range).is_some(),
        None => source.bytes().get(range).is_some(),
    };
    assert!(lies, "{span:?} is no part of {}", source.name);
}

fn alone(name: &str, bytes: impl Into<Vec<u8>>) -> Sources {
    let mut sources = Sources::new();
    sources.add(Source::new(name, bytes.into()));
    sources
}

/// Every file under `testdata`, by name.
fn files() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(folder).unwrap();
        for path in
            entries.map(|entry: std::io::Result<fs::DirEntry>| -> PathBuf { entry.unwrap().path() })
        {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Judges what `damage` makes of each file at each place where a line begins.
fn damaged(damage: impl Fn(&[u8], usize) -> Vec<u8> + Sync) {
    let files = files();
    files.par_iter().for_each(|(name, bytes)| {
        let lines = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        // The lines of a certificate are all alike.
        let step = if name.ends_with(".yaml") || name.ends_with(".json") {
            1
        } else {
            9
        };
        let starts: Vec<usize> = lines.map(|(at, _)| at + 1).step_by(step).collect();
        starts.par_iter().for_each(|start| {
            judge(&alone(name, damage(bytes, *start)));
        });
    });
}

/// `bytes` with `part` put in at `at`.
fn with(bytes: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    [&bytes[..at], part, &bytes[at..]].concat()
}

#[test]
fn every_file_alone_and_all_together() {
    let mut all = Sources::new();
    for (name, bytes) in files() {
        judge(&alone(&name, bytes.clone()));
        all.add(Source::new(name, bytes));
    }
    judge(&all);
}

#[test]
fn files_cut_at_every_line() {
    damaged(|bytes, at| bytes[..at].to_vec());
}

#[test]
fn files_cut_inside_every_line() {
    damaged(|bytes, at| bytes[..at - 1 - (at % 7).min(at - 1)].to_vec());
}

#[test]
fn files_with_a_line_left_out() {
    damaged(|bytes, at| {
        let rest = bytes[at..].iter().position(|byte| *byte == b'\n');
        [&bytes[..at], &bytes[at + rest.map_or(0, |rest| rest + 1)..]].concat()
    });
}

#[test]
fn files_with_a_line_indented_otherwise() {
    damaged(|bytes, at| with(bytes, at, if at % 2 == 0 { b" " } else { b"\t" }));
    damaged(|bytes, at| {
        let outdented = bytes[at..].strip_prefix(b" ").unwrap_or(&bytes[at..]);
        [&bytes[..at], outdented].concat()
    });
}

#[test]
fn files_with_bytes_that_do_not_belong() {
    let parts: [&[u8]; 15] = [
        "\u{202e}".as_bytes(),
        b"\x1b[31m",
        "é: [".as_bytes(),
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"---\n",
        b"...\n",
        b"%YAML 9\n",
        b"{{ x }}\n",
        b"&a *a ",
        b"? ",
        b"\"",
        b"\r",
        b"<<: *a\n",
    ];
    damaged(|bytes, at| with(bytes, at, parts[at % parts.len()]));
}

#[test]
fn files_from_another_system() {
    for (name, bytes) in files() {
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        judge(&alone(&name, text.replace('\n', "\r\n")));
        judge(&alone(&name, text.replace('\n', "\r")));
        judge(&alone(&name, format!("\u{feff}{text}")));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        judge(&alone(&name, wide));
    }
}

#[test]
fn bombs_do_not_go_off() {
    let gateway =
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec:\n";
    let nested: String = (0..2000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    let wide: String = (0..2000).map(|key| format!("  k{key}: v\n")).collect();
    let listeners: String = (0..5000)
        .map(|n| format!("  - {{name: l{n}, port: {n}, protocol: HTTP}}\n"))
        .collect();
    let anchors: String = (0..10_000)
        .map(|n| format!("  - &a{n} {{x: {n}}}\n  - <<: *a{n}\n"))
        .collect();
    for (name, text) in [
        ("brackets", "[".repeat(100_000)),
        ("braces", "{a: ".repeat(100_000)),
        (
            "closed brackets",
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        ),
        ("dashes", "- ".repeat(50_000)),
        ("questions", "? ".repeat(50_000)),
        ("quotes", "a: 'b\n".repeat(20_000)),
        ("marks", "---\n".repeat(50_000)),
        ("broken documents", "a: [\n---\n".repeat(10_000)),
        ("nested", nested),
        ("wide", format!("{gateway}{wide}")),
        ("listeners", format!("{gateway}  listeners:\n{listeners}")),
        ("anchors", format!("a:\n{anchors}")),
        ("comments", "# words\n".repeat(200_000)),
        (
            "duplicates",
            format!("{gateway}{}", "  a: 1\n".repeat(2000)),
        ),
        ("long line", format!("a: {}\n", "x ".repeat(2_000_000))),
        (
            "long literal",
            format!("a: |\n{}", "  words: [here\n".repeat(100_000)),
        ),
        (
            "blank lines",
            format!("a: >\n  b\n{}", "\n".repeat(1_000_000)),
        ),
        (
            "directive",
            format!("{}%x\n{}", "a: b\n".repeat(100_000), "---\n".repeat(20_000)),
        ),
        ("template", "{{- if .Values.a }}\n".repeat(50_000)),
    ] {
        let start = std::time::Instant::now();
        judge(&alone("bomb.yaml", text));
        println!("{name}: {:?}", start.elapsed());
    }
}

#[test]
fn aliases_by_the_megabyte_are_refused_or_read() {
    let many = format!("a: &a [x, y]\nb:\n{}", "- *a\n".repeat(1_000_000));
    let few = format!("a: &a [x, y]\nb:\n{}", "- *a\n".repeat(100_000));
    for (text, refused) in [(many, true), (few, false)] {
        let sources = alone("aliases.yaml", text);
        let (id, source) = sources.iter().next().unwrap();
        let stream = yaml::parse(Text::whole(id, source).unwrap(), Dialect::Kubernetes);
        assert_eq!(!stream.faults().is_empty(), refused);
    }
}

#[test]
fn terminals_are_not_obeyed() {
    let text = "kind: \"\x1b[31m\u{202e}\"\na: [\n";
    let report = judge(&alone("a\x1b[2J.yaml", text));
    let text = report.split("\u{1b}[0m").collect::<Vec<_>>().join("");
    assert!(
        !text.contains("\u{1b}[2J") && !text.contains('\u{202e}'),
        "{text}"
    );
}

#[test]
fn a_faulty_document_hides_no_other() {
    let two = "a: [\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  name: b\n";
    let report = judge(&alone("two.yaml", two));
    assert!(report.contains("unreadable-document") && report.contains("duplicate-key"));
}
