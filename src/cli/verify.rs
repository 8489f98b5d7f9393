//! `otel-lint verify`: what each verifier makes of a chain.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::ValueEnum;
use serde_json::json;
use time::OffsetDateTime;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::clock;
use crate::certificate::Bundle;
use crate::certificate::Certificate;
use crate::certificate::Question;
use crate::certificate::Signatures;
use crate::certificate::Trust;
use crate::certificate::Verdict;
use crate::certificate::Verifier;
use crate::input;
use crate::source::Source;
use crate::source::Sources;
use crate::source::Span;

mod batch;

/// Says what each TLS stack makes of a certificate chain, in that stack's own words
///
/// Exits with 0 when every verifier that was asked accepts, with 1 when one refuses or cannot be told.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The chain as the peer sends it, leaf first: PEM or DER
    #[arg(required_unless_present = "batch")]
    chain: Option<PathBuf>,

    /// What the verifier trusts: PEM or DER, repeatable; without it the roots of its system decide, which is unknown
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,

    /// The host that a client dials: a name or an address
    #[arg(long, value_name = "HOST")]
    name: Option<String>,

    /// Who verifies, or `all`; without it go-verifies-server when there is a name, else all that verify clients
    #[arg(long = "as", value_name = "VERIFIER", value_parser = verifiers)]
    verifiers: Option<Verifiers>,

    /// The time at which it happens, such as 2026-06-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<String>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Read JSON lines from standard input, answer with JSON lines
    #[arg(long, conflicts_with_all = ["chain", "trust", "name", "verifiers", "now"])]
    batch: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Debug)]
struct Verifiers(Vec<Verifier>);

fn verifiers(text: &str) -> Result<Verifiers, String> {
    if text == "all" {
        return Ok(Verifiers(Verifier::ALL.to_vec()));
    }
    let known = || Verifier::ALL.map(Verifier::name).join(", ");
    match Verifier::of(text) {
        Some(verifier) => Ok(Verifiers(vec![verifier])),
        None => Err(format!("known are {} and all", known())),
    }
}

impl Verify {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let Some(path) = self.chain.as_deref().filter(|_| !self.batch) else {
            return batch::run(&mut std::io::stdin().lock(), out);
        };
        let mut files = Files::default();
        let chain = files.read(path)?;
        let mut trusted = Vec::new();
        for path in &self.trust {
            trusted.extend(files.read(path)?);
        }
        let question = Question {
            chain: &chain,
            trust: match self.trust.as_slice() {
                [] => Trust::System,
                _ => Trust::Given(&trusted),
            },
            name: self.name.as_deref(),
            now: clock::now(self.now.as_deref())?,
        };
        let signatures = Signatures::new();
        let asked = self.asked();
        let verdicts: Vec<(Verifier, Verdict)> = asked
            .into_iter()
            .map(|verifier| (verifier, verifier.handshake(&question, &signatures)))
            .collect();
        match self.format {
            Format::Text => write_text(out, &files.remarks, &chain, &verdicts)?,
            Format::Json => write_json(out, &files.remarks, &chain, &verdicts)?,
        }
        let passed = verdicts
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::Pass);
        Ok(if passed { CLEAN } else { FOUND })
    }

    fn asked(&self) -> Vec<Verifier> {
        match (&self.verifiers, &self.name) {
            (Some(Verifiers(chosen)), _) => chosen.clone(),
            (None, Some(_)) => vec![Verifier::GoVerifiesServer],
            (None, None) => Verifier::ALL
                .into_iter()
                .filter(|verifier| *verifier != Verifier::GoVerifiesServer)
                .collect(),
        }
    }
}

/// The files of a run, and what is to be said of them.
#[derive(Default)]
struct Files {
    sources: Sources,
    remarks: Vec<String>,
}

impl Files {
    /// The certificates of the file; what could not be read in it becomes a remark.
    fn read(&mut self, path: &Path) -> Result<Vec<Arc<Certificate>>, Error> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| {
            let reason = input::reason(&error);
            Error::Usage(format!("cannot read {name}: {reason}"))
        })?;
        let id = self.sources.add(Source::new(name.clone(), bytes));
        let bundle = Bundle::read(self.sources.get(id).bytes(), |range| Span::new(id, range));
        for defect in &bundle.defects {
            let line = self.sources.start(defect.span).line;
            let remark = format!("{name}:{line}: {}", defect.value);
            self.remarks.push(harmless(&remark));
        }
        if bundle.certificates.is_empty() {
            let why = self.remarks.join("; ");
            let why = if why.is_empty() {
                "it holds none"
            } else {
                &why
            };
            let words = format!("no certificate can be read from `{name}`: {why}");
            return Err(Error::Usage(words));
        }
        Ok(bundle.chain())
    }
}

fn write_text(
    out: &mut dyn Write,
    remarks: &[String],
    chain: &[Arc<Certificate>],
    verdicts: &[(Verifier, Verdict)],
) -> Result<(), Error> {
    for remark in remarks {
        writeln!(out, "{remark}")?;
    }
    for (depth, certificate) in chain.iter().enumerate() {
        writeln!(
            out,
            "{depth}: {} ({}, {} to {})",
            certificate.subject,
            certificate.public_key.kind,
            day(certificate.not_before),
            day(certificate.not_after)
        )?;
        writeln!(out, "   issued by {}", certificate.issuer)?;
    }
    for (verifier, verdict) in verdicts {
        let verifier = verifier.name();
        match verdict {
            Verdict::Pass => writeln!(out, "{verifier}: ok")?,
            Verdict::Fail(failure) => writeln!(
                out,
                "{verifier}: fails at depth {} ({}): {}",
                failure.depth,
                harmless(&failure.certificate),
                harmless(&failure.reason)
            )?,
            Verdict::Unknown(why) => writeln!(out, "{verifier}: unknown: {why}")?,
        }
    }
    Ok(())
}

fn write_json(
    out: &mut dyn Write,
    remarks: &[String],
    chain: &[Arc<Certificate>],
    verdicts: &[(Verifier, Verdict)],
) -> Result<(), Error> {
    let chain: Vec<_> = chain
        .iter()
        .map(|certificate| {
            json!({
                "subject": certificate.subject.to_string(),
                "issuer": certificate.issuer.to_string(),
                "fingerprint": certificate.fingerprint.to_string(),
            })
        })
        .collect();
    let verdicts: serde_json::Map<_, _> = verdicts
        .iter()
        .map(|(verifier, verdict)| {
            let verdict = match verdict {
                Verdict::Pass => json!({ "ok": true }),
                Verdict::Fail(failure) => json!({
                    "ok": false,
                    "error": failure.reason,
                    "depth": failure.depth,
                    "certificate": failure.certificate,
                }),
                Verdict::Unknown(why) => json!({ "ok": null, "unknown": why }),
            };
            (verifier.name().to_owned(), verdict)
        })
        .collect();
    let answer = json!({ "chain": chain, "remarks": remarks, "verdicts": verdicts });
    writeln!(out, "{answer}")?;
    Ok(())
}

/// Names in certificates may hold anything; a terminal must not obey it.
fn harmless(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

fn day(time: OffsetDateTime) -> time::Date {
    time.date()
}
