//! Findings to a report: suppressions, severities, order, formats.

use std::io;
use std::io::Write;
use std::str::FromStr;

use crate::finding::Finding;
use crate::model::place::Place;
use crate::rule::World;
use crate::settings::Severity;
use crate::source::Sources;
use crate::source::Span;

pub mod json;
mod suppression;
pub mod text;

/// What a run found, ready to be written.
pub struct Report<'s> {
    /// The texts that the findings point into.
    pub sources: &'s Sources,
    /// The findings, by place.
    pub findings: Vec<Reported>,
    /// Stretches that hold secrets; no report shows what stands there.
    pub secrets: Vec<Span>,
}

/// A finding, and where it stands in words that survive edits.
pub struct Reported {
    /// What the rule said.
    pub finding: Finding,
    /// The resource and field; `None` where there is no resource.
    pub place: Option<Place>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Excerpts and advice, for people.
    Text,
    /// The contract of `schemas/report.schema.json`, for programs.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("there is no format called `{name}`")),
        }
    }
}

impl<'s> Report<'s> {
    /// The report of `findings`: the settings' severities applied, sorted by place.
    #[must_use]
    pub fn new(sources: &'s Sources, world: &World<'_>, findings: Vec<Finding>) -> Self {
        let severities = &world.settings.severity;
        let mut findings: Vec<Reported> = suppression::apply(world, findings)
            .into_iter()
            .filter_map(|mut finding| {
                if let Some(severity) = severities.get(finding.rule) {
                    finding.severity = (*severity)?;
                }
                Some(Reported {
                    place: world.model.place(finding.at),
                    finding,
                })
            })
            .collect();
        findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.at, finding.rule, finding.message.clone());
            key(&a.finding).cmp(&key(&b.finding))
        });
        findings.dedup_by(|a, b| {
            a.finding.at == b.finding.at
                && a.finding.rule == b.finding.rule
                && a.finding.message == b.finding.message
        });
        Self {
            sources,
            findings,
            secrets: world.model.secret_spans(),
        }
    }

    /// The loudest severity; `None` when nothing was found.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings
            .iter()
            .map(|reported| reported.finding.severity)
            .max()
    }

    /// How many findings there are of `severity`.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|reported| reported.finding.severity == severity)
            .count()
    }

    /// Writes the report.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, color: bool, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => text::write(self, color, out),
            Format::Json => json::write(self, out),
        }
    }
}
