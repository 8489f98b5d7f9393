//! SARIF 2.1.0, as code scanning reads it: rules with their pages, one place a result and the others linked from its
//! message, the trail as a code flow, fixes, and fingerprints that survive edits.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>; what GitHub makes of it:
//! <https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use serde_json::Value;
use serde_json::json;

use super::Report;
use super::Reported;
use super::fingerprint::fingerprints;
use crate::finding::Fix;
use crate::graph::trail::Trail;
use crate::rule::Rule;
use crate::rules;
use crate::settings::Severity;
use crate::source::Span;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to: the directory of the run, which CI runs at the root of the repository.
const ROOT: &str = "%SRCROOT%";

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found: Vec<&Rule> = rules::all().filter(|rule| is_found(report, rule)).collect();
    let indexes: BTreeMap<&str, usize> = found
        .iter()
        .enumerate()
        .map(|(index, rule)| (rule.name, index))
        .collect();
    let findings = report.findings.iter().zip(fingerprints(report));
    let results: Vec<Value> = findings
        .map(|(reported, fingerprint)| result(report, reported, &indexes, &fingerprint))
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "otel-lint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": found.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "automationDetails": { "id": "otel-lint/" },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: {
                "description": { "text": "the directory in which otel-lint was run" },
            }},
            "invocations": [{ "executionSuccessful": true }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn is_found(report: &Report<'_>, rule: &Rule) -> bool {
    let mut findings = report.findings.iter();
    findings.any(|reported| reported.finding.rule == rule.name)
}

/// What a rule is; its page is the help. With a security severity GitHub files it as an alert of security, without as a
/// problem of code.
fn descriptor(rule: &Rule) -> Value {
    let summary = rule.summary();
    let mut properties = json!({ "precision": "high" });
    match rule.security() {
        Some(score) => {
            properties["security-severity"] = json!(score);
            properties["tags"] = json!(["security", "opentelemetry", "kubernetes"]);
        }
        None => {
            properties["problem.severity"] = json!(match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            });
            properties["tags"] = json!(["opentelemetry", "kubernetes"]);
        }
    }
    json!({
        "id": rule.name,
        "name": rule.name,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": {
            "text": format!("{summary} `otel-lint explain {}` says more.", rule.name),
            "markdown": rule.page,
        },
        "defaultConfiguration": { "level": rule.severity.word() },
        "properties": properties,
    })
}

fn result(
    report: &Report<'_>,
    reported: &Reported,
    indexes: &BTreeMap<&str, usize>,
    fingerprint: &str,
) -> Value {
    let finding = &reported.finding;
    let mut location = json!({ "physicalLocation": physical(report, line(report, finding.at)) });
    if let Some(place) = &reported.place {
        let name = match place.field.as_str() {
            "" => place.resource.clone(),
            field => format!("{} {field}", place.resource),
        };
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "resource" }]);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": indexes.get(finding.rule),
        "level": finding.severity.word(),
        "message": { "text": message(reported) },
        "locations": [location],
        "partialFingerprints": {
            "primaryLocationLineHash": fingerprint,
            "otelLintPlace/v1": fingerprint,
        },
    });
    if !finding.also.is_empty() {
        let related = finding.also.iter().enumerate();
        let related = related.map(|(index, (span, label))| {
            json!({
                "id": index + 1,
                "physicalLocation": physical(report, *span),
                "message": { "text": label },
            })
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(flow) = finding.trail.as_ref().and_then(|trail| flow(report, trail)) {
        result["codeFlows"] = json!([flow]);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([repair(report, fix)]);
    }
    result
}

/// The message as a sentence, links to the other places, and the help: GitHub shows the first sentence as the title.
fn message(reported: &Reported) -> String {
    let finding = &reported.finding;
    let mut text = format!("{}.", linkless(&finding.message));
    for (index, (_, label)) in finding.also.iter().enumerate() {
        text.push_str(&format!("\n[{}]({})", linkless(label), index + 1));
    }
    for help in &finding.help {
        text.push_str(&format!("\nHelp: {}.", linkless(help)));
    }
    text
}

/// `words` with its brackets escaped: SARIF 2.1.0, 3.11.6, takes `[text](1)` for a link.
fn linkless(words: &str) -> String {
    words
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
}

/// The hops of a trail that stand somewhere; `None` when none does.
fn flow(report: &Report<'_>, trail: &Trail) -> Option<Value> {
    let places = trail.hops.iter().filter_map(|hop| {
        Some(json!({ "location": {
            "physicalLocation": physical(report, hop.span?),
            "message": { "text": hop.name },
        }}))
    });
    let places: Vec<Value> = places.collect();
    (!places.is_empty()).then(|| {
        json!({
            "message": { "text": trail.to_string() },
            "threadFlows": [{ "locations": places }],
        })
    })
}

fn repair(report: &Report<'_>, fix: &Fix) -> Value {
    let mut files: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.span.source.0).or_default().push(json!({
            "deletedRegion": region(report, edit.span),
            "insertedContent": { "text": edit.text },
        }));
    }
    let changes = files.into_iter().filter_map(|(source, replacements)| {
        let edit = fix.edits.iter().find(|edit| edit.span.source.0 == source)?;
        Some(json!({
            "artifactLocation": artifact(report, edit.span),
            "replacements": replacements,
        }))
    });
    json!({
        "description": { "text": fix.title },
        "artifactChanges": changes.collect::<Vec<_>>(),
    })
}

/// `span` as far as its first line goes. GitHub shows an alert of a change only when all lines of its region were changed,
/// and a block of PEM has many.
fn line(report: &Report<'_>, span: Span) -> Span {
    let source = report.sources.get(span.source);
    let line = source.line(report.sources.start(span).line - 1);
    let end = line.map_or(span.end, |line| line.end.max(span.start));
    Span {
        end: span.end.min(end),
        ..span
    }
}

fn physical(report: &Report<'_>, span: Span) -> Value {
    json!({
        "artifactLocation": artifact(report, span),
        "region": region(report, span),
    })
}

fn region(report: &Report<'_>, span: Span) -> Value {
    let (start, end) = (report.sources.start(span), report.sources.end(span));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// The file as a URI: relative to the root where the path is.
fn artifact(report: &Report<'_>, span: Span) -> Value {
    let name = &report.sources.get(span.source).name;
    match name.starts_with('/') {
        true => json!({ "uri": format!("file://{}", encoded(name)) }),
        false => json!({ "uri": encoded(name), "uriBaseId": ROOT }),
    }
}

/// `path` as a URI writes it (RFC 3986, 3.3): everything but its plain letters as `%XX`. A colon would end a scheme.
pub(super) fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(byte.into());
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
