//! What a finding is known by from one run to the next: its rule and stable place, never a line or an offset.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::Digest;
use sha2::Sha256;

use super::Report;
use super::Reported;
use super::text;

/// Of each finding of `report`, in order, 32 hexadecimal digits. Lines that move do not change them; of findings that
/// are alike in everything the second counts as the second.
#[must_use]
pub fn fingerprints(report: &Report<'_>) -> Vec<String> {
    all(report, None)
}

/// The same, had all of it been found in the file `file`: what is known of a file that has another name now.
#[must_use]
pub fn fingerprints_in(report: &Report<'_>, file: &str) -> Vec<String> {
    all(report, Some(file))
}

fn all(report: &Report<'_>, file: Option<&str>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let findings = report.findings.iter();
    findings
        .map(|reported| {
            let identity = identity(report, reported, file);
            let count = seen.entry(identity.clone()).or_default();
            *count += 1;
            digest(&format!("{identity}\0{count}"))
        })
        .collect()
}

/// Rule, file, resource, field, and what stands there unless it is secret.
fn identity(report: &Report<'_>, reported: &Reported, file: Option<&str>) -> String {
    let finding = &reported.finding;
    let (resource, field) = match &reported.place {
        Some(place) => (place.resource.as_str(), place.stable.as_str()),
        None => ("", ""),
    };
    let parts = [
        finding.rule,
        file.unwrap_or(&report.sources.get(finding.at.source).name),
        resource,
        field,
        &text::visible(report, finding.at),
    ];
    parts.join("\0")
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest[..16].iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
