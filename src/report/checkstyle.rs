//! Checkstyle's XML: <https://checkstyle.org/>, read by Jenkins, reviewdog and others.

use std::io;
use std::io::Write;

use super::Report;
use super::xml::escape;
use crate::settings::Severity;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<checkstyle version="4.3">"#)?;
    let files = report
        .findings
        .chunk_by(|a, b| a.finding.at.source == b.finding.at.source);
    for findings in files {
        let Some(first) = findings.first() else {
            continue;
        };
        let file = &report.sources.get(first.finding.at.source).name;
        writeln!(out, r#"  <file name="{}">"#, escape(file))?;
        for reported in findings {
            let finding = &reported.finding;
            let start = report.sources.start(finding.at);
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            writeln!(
                out,
                r#"    <error line="{}" column="{}" severity="{severity}" message="{}" source="otel-lint.{}"/>"#,
                start.line,
                start.column,
                escape(&finding.message),
                finding.rule
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
