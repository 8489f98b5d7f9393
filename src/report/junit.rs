//! JUnit's XML: a test suite for each file with findings, a failed test for each finding.
//!
//! There is no standard; this is what Jenkins, GitLab and GitHub actions read
//! (<https://github.com/testmoapp/junitxml>). A note is a skipped test: it fails nothing.

use std::io;
use std::io::Write;

use super::Report;
use super::Reported;
use super::xml::escape;
use crate::settings::Severity;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let notes = report.count(Severity::Note);
    let failures = report.findings.len() - notes;
    let tests = report.findings.len().max(1);
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="otel-lint" tests="{tests}" failures="{failures}" skipped="{notes}">"#
    )?;
    if report.findings.is_empty() {
        writeln!(
            out,
            r#"  <testsuite name="otel-lint" tests="1" failures="0">"#
        )?;
        writeln!(
            out,
            r#"    <testcase name="nothing found" classname="otel-lint"/>"#
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    let files = report
        .findings
        .chunk_by(|a, b| a.finding.at.source == b.finding.at.source);
    for findings in files {
        suite(report, findings, out)?;
    }
    writeln!(out, "</testsuites>")
}

/// The findings of one file.
fn suite(report: &Report<'_>, findings: &[Reported], out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = findings.first() else {
        return Ok(());
    };
    let file = escape(&report.sources.get(first.finding.at.source).name);
    let is_note = |reported: &&Reported| reported.finding.severity == Severity::Note;
    let notes = findings.iter().filter(is_note).count();
    writeln!(
        out,
        r#"  <testsuite name="{file}" tests="{}" failures="{}" skipped="{notes}">"#,
        findings.len(),
        findings.len() - notes
    )?;
    for reported in findings {
        let finding = &reported.finding;
        let start = report.sources.start(finding.at);
        let (rule, message) = (finding.rule, escape(&finding.message));
        writeln!(
            out,
            r#"    <testcase name="{rule} at {}:{}" classname="{file}" file="{file}" line="{}">"#,
            start.line, start.column, start.line
        )?;
        match finding.severity {
            Severity::Note => writeln!(out, r#"      <skipped message="{rule}: {message}"/>"#)?,
            severity => {
                let help = escape(&finding.help.join("\n"));
                writeln!(
                    out,
                    r#"      <failure type="{severity}" message="{rule}: {message}">{help}</failure>"#
                )?;
            }
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}
