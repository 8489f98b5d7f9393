//! The diagnostic format of reviewdog, with its suggestions: `reviewdog/reviewdog`, `proto/rdf/reviewdog.proto`.
//!
//! Lines and columns are 1-based, columns in bytes of UTF-8, the end exclusive.

use std::io;
use std::io::Write;

use serde::Serialize;

use super::Report;
use super::Reported;
use crate::finding::Edit;
use crate::settings::Severity;
use crate::source::Span;

#[derive(Serialize)]
struct Document<'r> {
    source: Tool,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location<'r>,
    severity: &'static str,
    code: Code<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'r>>,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Related<'r> {
    message: &'r str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        source: Tool { name: "otel-lint" },
        diagnostics: report
            .findings
            .iter()
            .map(|reported| diagnostic(report, reported))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn diagnostic<'r>(report: &'r Report<'_>, reported: &'r Reported) -> Diagnostic<'r> {
    let finding = &reported.finding;
    let help = finding.help.iter().map(|help| format!("\nhelp: {help}"));
    Diagnostic {
        message: format!("{}{}", finding.message, help.collect::<String>()),
        location: location(report, finding.at),
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note => "INFO",
        },
        code: Code {
            value: finding.rule,
        },
        suggestions: suggestions(report, reported),
        related_locations: finding
            .also
            .iter()
            .map(|(span, message)| Related {
                message,
                location: location(report, *span),
            })
            .collect(),
    }
}

/// The fix as one replacement from its first edit to its last. A suggestion is applied in the file of its diagnostic:
/// a fix in another file cannot be told.
fn suggestions(report: &Report<'_>, reported: &Reported) -> Vec<Suggestion> {
    let finding = &reported.finding;
    let mut edits: Vec<&Edit> = finding.fix.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else {
        return Vec::new();
    };
    let is_here = |edit: &&Edit| edit.span.source == finding.at.source;
    if !edits.iter().all(is_here) {
        return Vec::new();
    }
    let whole = first.span.to(last.span);
    if report.is_secret(whole) {
        return Vec::new();
    }
    let mut text = String::new();
    let mut at = whole.start;
    for edit in &edits {
        text.push_str(report.sources.slice(Span {
            start: at,
            end: edit.span.start,
            ..whole
        }));
        text.push_str(&edit.text);
        at = edit.span.end;
    }
    vec![Suggestion {
        range: range(report, whole),
        text,
    }]
}

fn location<'r>(report: &'r Report<'_>, span: Span) -> Location<'r> {
    Location {
        path: &report.sources.get(span.source).name,
        range: range(report, span),
    }
}

fn range(report: &Report<'_>, span: Span) -> Range {
    let source = report.sources.get(span.source);
    let position = |line: u32, at: u32| {
        let start = source.line(line - 1).map_or(at, |line| line.start);
        Position {
            line,
            column: at.saturating_sub(start) + 1,
        }
    };
    Range {
        start: position(report.sources.start(span).line, span.start),
        end: position(report.sources.end(span).line, span.end),
    }
}
