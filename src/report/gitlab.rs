//! The code quality report of GitLab: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io;
use std::io::Write;

use serde::Serialize;

use super::Report;
use super::fingerprint::fingerprints;
use crate::settings::Severity;

#[derive(Serialize)]
struct Issue<'r> {
    description: &'r str,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().zip(fingerprints(report));
    let issues: Vec<Issue<'_>> = findings
        .map(|(reported, fingerprint)| {
            let finding = &reported.finding;
            Issue {
                description: &finding.message,
                check_name: finding.rule,
                fingerprint,
                severity: match finding.severity {
                    Severity::Error => "critical",
                    Severity::Warning => "minor",
                    Severity::Note => "info",
                },
                location: Location {
                    path: &report.sources.get(finding.at.source).name,
                    lines: Lines {
                        begin: report.sources.start(finding.at).line,
                        end: report.sources.end(finding.at).line,
                    },
                },
            }
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}
