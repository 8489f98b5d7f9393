//! One line a finding, as compilers have it; editors and `grep` know what to do with it.

use std::io;
use std::io::Write;

use super::Report;
use super::text::clean;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for reported in &report.findings {
        let finding = &reported.finding;
        let start = report.sources.start(finding.at);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            clean(&report.sources.get(finding.at.source).name),
            start.line,
            start.column,
            finding.severity,
            finding.rule,
            clean(&finding.message)
        )?;
    }
    Ok(())
}
