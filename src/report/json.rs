//! The report for programs: one JSON object, its form a contract (`schemas/report.schema.json`).

use std::io;
use std::io::Write;

use serde::Serialize;

use super::Report;
use super::Reported;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::settings::Severity;
use crate::source::Sources;
use crate::source::Span;

#[derive(Serialize)]
struct Document<'r> {
    version: u8,
    findings: Vec<Entry<'r>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'r> {
    rule: &'r str,
    severity: &'static str,
    message: &'r str,
    #[serde(flatten)]
    place: Place<'r>,
    resource: Option<String>,
    field: Option<&'r str>,
    related: Vec<Related<'r>>,
    path: Vec<Hop<'r>>,
    help: &'r [String],
    fix: Option<FixEntry<'r>>,
}

/// Lines and columns are 1-based, columns in characters; the end is the place after the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'r> {
    file: &'r str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Related<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    message: &'r str,
}

#[derive(Serialize)]
struct Hop<'r> {
    name: &'r str,
    guard: Option<&'static str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    place: Option<Place<'r>>,
}

#[derive(Serialize)]
struct FixEntry<'r> {
    title: &'r str,
    safe: bool,
    edits: Vec<EditEntry<'r>>,
}

#[derive(Serialize)]
struct EditEntry<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    text: &'r str,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        findings: report
            .findings
            .iter()
            .map(|reported| entry(report.sources, reported))
            .collect(),
        summary: Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            notes: report.count(Severity::Note),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn entry<'r>(sources: &'r Sources, reported: &'r Reported) -> Entry<'r> {
    let finding = &reported.finding;
    let hops = finding.trail.iter().flat_map(|trail| &trail.hops);
    Entry {
        rule: finding.rule,
        severity: finding.severity.word(),
        message: &finding.message,
        place: place(sources, finding.at),
        resource: reported.place.as_ref().map(|place| place.resource.clone()),
        field: reported.place.as_ref().map(|place| place.field.as_str()),
        related: finding
            .also
            .iter()
            .map(|(span, message)| Related {
                place: place(sources, *span),
                message,
            })
            .collect(),
        path: hops
            .map(|hop| Hop {
                name: &hop.name,
                guard: hop.guard.word(),
                place: hop.span.map(|span| place(sources, span)),
            })
            .collect(),
        help: &finding.help,
        fix: finding.fix.as_ref().map(|fix| fix_entry(sources, fix)),
    }
}

fn fix_entry<'r>(sources: &'r Sources, fix: &'r Fix) -> FixEntry<'r> {
    let edits = fix.edits.iter().map(|edit| EditEntry {
        place: place(sources, edit.span),
        text: &edit.text,
    });
    FixEntry {
        title: &fix.title,
        safe: fix.safety == Safety::Safe,
        edits: edits.collect(),
    }
}

fn place(sources: &Sources, span: Span) -> Place<'_> {
    let (start, end) = (sources.start(span), sources.end(span));
    Place {
        file: &sources.get(span.source).name,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
