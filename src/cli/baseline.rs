//! Findings that were there before: written down once, and not reported until they change.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

use super::Error;
use super::output::unwritable;
use crate::input;
use crate::report::Report;
use crate::report::fingerprint::fingerprints;
use crate::report::fingerprint::fingerprints_in;

/// A file of known findings. Rule, file and resource are there for people who read its changes; only fingerprints count.
#[derive(Debug, Serialize, Deserialize)]
struct Baseline {
    version: u8,
    findings: Vec<Known>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Known {
    rule: String,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    resource: Option<String>,
    fingerprint: String,
}

/// Writes all findings of `report` to `path`, as known from now on.
pub(super) fn write(report: &Report<'_>, path: &Path) -> Result<(), Error> {
    let findings = report.findings.iter().zip(fingerprints(report));
    let findings = findings.map(|(reported, fingerprint)| Known {
        rule: reported.finding.rule.to_owned(),
        file: report.sources.get(reported.finding.at.source).name.clone(),
        resource: reported.place.as_ref().map(|place| place.resource.clone()),
        fingerprint,
    });
    let baseline = Baseline {
        version: 1,
        findings: findings.collect(),
    };
    let mut text = serde_json::to_string_pretty(&baseline).map_err(std::io::Error::from)?;
    text.push('\n');
    fs::write(path, text).map_err(|error| unwritable(path, &error))
}

/// Takes out of `report` what the baseline at `path` knows; says how many of its entries were not found any more.
pub(super) fn apply(report: &mut Report<'_>, path: &Path) -> Result<usize, Error> {
    let wrong = |error: &dyn std::fmt::Display| {
        Error::Usage(format!(
            "cannot read the baseline {}: {error}",
            path.display()
        ))
    };
    let text = fs::read_to_string(path).map_err(|error| wrong(&input::reason(&error)))?;
    let baseline: Baseline = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    if baseline.version != 1 {
        return Err(wrong(&format!("version {} is not known", baseline.version)));
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut files: BTreeSet<String> = BTreeSet::new();
    for finding in baseline.findings {
        known.insert(finding.fingerprint);
        files.insert(finding.file);
    }
    let mut found: BTreeSet<String> = BTreeSet::new();
    let all = fingerprints(report);
    take_out(report, all, &known, &mut found);
    // A file that is gone may have another name now.
    for (_, source) in report.sources.iter() {
        files.remove(&source.name);
    }
    for file in files {
        let all = fingerprints_in(report, &file);
        take_out(report, all, &known, &mut found);
    }
    Ok(known.difference(&found).count())
}

/// Takes out of `report` the findings whose fingerprints are `known`, and notes which those are.
fn take_out(
    report: &mut Report<'_>,
    fingerprints: Vec<String>,
    known: &BTreeSet<String>,
    found: &mut BTreeSet<String>,
) {
    let mut all = fingerprints.into_iter();
    report.findings.retain(|_| {
        let fingerprint = all.next().unwrap_or_default();
        let is_new = !known.contains(&fingerprint);
        if !is_new {
            found.insert(fingerprint);
        }
        is_new
    });
}
