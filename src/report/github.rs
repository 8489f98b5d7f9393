//! Workflow commands: GitHub Actions makes an annotation of each, at its line of the change.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>, escapes after `actions/toolkit`,
//! `packages/core/src/command.ts`.

use std::io;
use std::io::Write;

use super::Report;
use super::Reported;
use super::text::clean;
use crate::settings::Severity;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for reported in &report.findings {
        annotation(report, reported, out)?;
    }
    Ok(())
}

fn annotation(report: &Report<'_>, reported: &Reported, out: &mut dyn Write) -> io::Result<()> {
    let finding = &reported.finding;
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (start, end) = (
        report.sources.start(finding.at),
        report.sources.end(finding.at),
    );
    let file = property(&report.sources.get(finding.at.source).name);
    write!(
        out,
        "::{command} title=otel-lint[{}],file={file},line={},endLine={}",
        property(finding.rule),
        start.line,
        end.line
    )?;
    // Columns are refused by GitHub when the place has several lines.
    if start.line == end.line {
        write!(out, ",col={},endColumn={}", start.column, end.column)?;
    }
    let mut words = clean(&finding.message);
    for (span, label) in &finding.also {
        let place = report.sources.start(*span);
        let file = &report.sources.get(span.source).name;
        words.push_str(&format!(
            "\n{}:{}: {}",
            clean(file),
            place.line,
            clean(label)
        ));
    }
    for help in &finding.help {
        words.push_str(&format!("\nhelp: {}", clean(help)));
    }
    writeln!(out, "::{}", data(&words))
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
