//! Findings to a report: suppressions, severities, order, formats.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;

use crate::finding::Finding;
use crate::model::place::Place;
use crate::rule::World;
use crate::settings::Severity;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;

mod checkstyle;
mod concise;
pub mod fingerprint;
pub mod format;
mod github;
mod gitlab;
pub mod json;
mod junit;
mod markdown;
mod rdjson;
mod sarif;
mod suppression;
pub mod text;
mod xml;

pub use format::Format;
pub use text::Style;

/// What a run found, ready to be written.
pub struct Report<'s> {
    /// The texts that the findings point into.
    pub sources: &'s Sources,
    /// The findings, by place.
    pub findings: Vec<Reported>,
    /// Stretches that hold secrets; no report shows what stands there.
    pub secrets: Vec<Span>,
    /// Whether nothing was given that any rule looks at.
    pub had_nothing: bool,
}

/// A finding, and where it stands in words that survive edits.
pub struct Reported {
    /// What the rule said.
    pub finding: Finding,
    /// The resource and field; `None` where there is no resource.
    pub place: Option<Place>,
}

impl<'s> Report<'s> {
    /// The report of `findings`: the settings' severities applied, sorted by place.
    #[must_use]
    pub fn new(sources: &'s Sources, world: &World<'_>, findings: Vec<Finding>) -> Self {
        let severities = &world.settings.severity;
        let findings: Vec<Reported> = suppression::apply(world, findings)
            .into_iter()
            .filter_map(|mut finding| {
                if let Some(severity) = severities.get(finding.rule) {
                    finding.severity = (*severity)?;
                }
                let fix = finding.fix.filter(|fix| fix.is_writable(sources));
                finding.fix = fix.map(|fix| fix.quoted(sources));
                Some(Reported {
                    place: world.model.place(finding.at),
                    finding,
                })
            })
            .collect();
        let mut report = Self {
            sources,
            findings,
            secrets: world.model.secret_spans(),
            had_nothing: world.model.is_empty(),
        };
        report.sort();
        report
    }

    /// Keeps what touches one of `files`: with its place, a related one, or a hop of its way.
    pub fn keep(&mut self, files: &BTreeSet<SourceId>) {
        self.findings.retain(|reported| {
            let finding = &reported.finding;
            let hops = finding.trail.iter().flat_map(|trail| &trail.hops);
            let spans = std::iter::once(finding.at)
                .chain(finding.also.iter().map(|(span, _)| *span))
                .chain(hops.filter_map(|hop| hop.span));
            spans.into_iter().any(|span| files.contains(&span.source))
        });
    }

    /// Adds what `other`, a report of the same sources, found besides.
    pub fn add(&mut self, other: Option<Self>) {
        self.findings
            .extend(other.into_iter().flat_map(|other| other.findings));
        self.sort();
    }

    /// By place, nothing twice.
    fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.at, finding.rule, finding.message.clone());
            key(&a.finding).cmp(&key(&b.finding))
        });
        self.findings.dedup_by(|a, b| {
            a.finding.at == b.finding.at
                && a.finding.rule == b.finding.rule
                && a.finding.message == b.finding.message
        });
    }

    /// How many findings each rule has, in the order of the rules' names.
    #[must_use]
    pub fn statistics(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for reported in &self.findings {
            *counts.entry(reported.finding.rule).or_default() += 1;
        }
        counts
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

    /// Whether any of `span` must not be shown.
    #[must_use]
    pub fn is_secret(&self, span: Span) -> bool {
        let ends_before = |secret: &Span| (secret.source, secret.end) <= (span.source, span.start);
        let first = self.secrets.partition_point(ends_before);
        let next = self.secrets.get(first);
        next.is_some_and(|secret| secret.source == span.source && secret.start < span.end)
    }

    /// Writes the report; only text has a style.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => text::write(self, style, out),
            Format::Concise => concise::write(self, out),
            Format::Json => json::write(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Github => github::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Checkstyle => checkstyle::write(self, out),
            Format::Rdjson => rdjson::write(self, out),
            Format::Markdown => markdown::write(self, out),
        }
    }
}
