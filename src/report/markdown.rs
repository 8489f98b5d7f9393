//! A table in Markdown, for the summary of a job (`$GITHUB_STEP_SUMMARY`) or a comment.

use std::io;
use std::io::Write;

use super::Report;
use super::text;
use crate::settings::Severity;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### otel-lint: {}\n", text::summary(report))?;
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | rule | place | what is wrong |")?;
    writeln!(out, "|---|---|---|---|")?;
    for reported in &report.findings {
        let finding = &reported.finding;
        let sign = match finding.severity {
            Severity::Error => "❌",
            Severity::Warning => "⚠️",
            Severity::Note => "ℹ️",
        };
        let start = report.sources.start(finding.at);
        let file = escape(&report.sources.get(finding.at.source).name);
        let help = finding
            .help
            .iter()
            .map(|help| format!("<br>→ {}", escape(help)));
        writeln!(
            out,
            "| {sign} {} | {} | {file}:{} | {}{} |",
            finding.severity,
            finding.rule,
            start.line,
            escape(&finding.message),
            help.collect::<String>()
        )?;
    }
    Ok(())
}

/// `words` in a cell of a table: what stands in backticks stays code, nothing becomes HTML, a link or a new cell.
fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    let mut is_code = false;
    for letter in text::clean(words).chars() {
        match letter {
            '`' => is_code = !is_code,
            '|' => escaped.push('\\'),
            '<' if !is_code => {
                escaped.push_str("&lt;");
                continue;
            }
            '&' if !is_code => {
                escaped.push_str("&amp;");
                continue;
            }
            '\\' | '*' | '_' | '[' | ']' | '@' | '#' | '~' if !is_code => escaped.push('\\'),
            _ => {}
        }
        escaped.push(letter);
    }
    if is_code {
        escaped.push('`');
    }
    escaped
}
