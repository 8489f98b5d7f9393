//! Chains by the thousand: JSON lines in, JSON lines out, in the same order.

use std::io::BufRead;
use std::io::Write;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::CLEAN;
use super::super::Error;
use super::super::UNABLE;
use crate::certificate::Cause;
use crate::certificate::Certificate;
use crate::certificate::Question;
use crate::certificate::Signatures;
use crate::certificate::Trust;
use crate::certificate::Verdict;
use crate::certificate::Verifier;

/// How many lines are worked on at a time: enough to keep all cores busy, few enough to keep memory small.
const LINES_AT_ONCE: usize = 1024;

#[derive(Deserialize)]
struct Line {
    id: Value,
    now: String,
    name: Option<String>,
    trusted: Vec<String>,
    chain: Vec<String>,
}

/// Answers each line of `input` with one line; says [`UNABLE`] at the end when some lines made no sense.
pub(super) fn run(input: &mut dyn BufRead, out: &mut dyn Write) -> Result<u8, Error> {
    let mut code = CLEAN;
    let mut lines = input.lines();
    loop {
        let some: Vec<String> = lines
            .by_ref()
            .take(LINES_AT_ONCE)
            .collect::<Result<_, _>>()?;
        if some.is_empty() {
            return Ok(code);
        }
        let answers: Vec<Result<Value, String>> = some
            .par_iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| answer(line))
            .collect();
        for answer in answers {
            let answer = answer.unwrap_or_else(|error| {
                code = UNABLE;
                json!({ "error": error })
            });
            writeln!(out, "{answer}")?;
        }
    }
}

fn answer(line: &str) -> Result<Value, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let now = OffsetDateTime::parse(&line.now, &Rfc3339).map_err(|error| error.to_string())?;
    let (chain, trusted) = (decoded(&line.chain)?, decoded(&line.trusted)?);
    let signatures = Signatures::new();
    let verdicts: Map<String, Value> = Verifier::ALL
        .into_iter()
        .map(|verifier| {
            let name = line.name.as_deref();
            let verdict = judge(verifier, &chain, &trusted, name, now, &signatures);
            (verifier.name().to_owned(), shown(verdict))
        })
        .collect();
    Ok(json!({ "id": line.id, "verdicts": verdicts }))
}

/// A certificate, or why it cannot be read.
type Read = Result<Arc<Certificate>, String>;

fn decoded(certificates: &[String]) -> Result<Vec<Read>, String> {
    let decode = |text: &String| {
        let der = BASE64_STANDARD
            .decode(text)
            .map_err(|error| error.to_string())?;
        Ok(Certificate::read(&der).map(Arc::new))
    };
    certificates.iter().map(decode).collect()
}

/// Go passes over what it cannot read unless it is the leaf; BoringSSL and OpenSSL stop.
fn judge(
    verifier: Verifier,
    chain: &[Read],
    trusted: &[Read],
    name: Option<&str>,
    now: OffsetDateTime,
    signatures: &Signatures,
) -> Result<Verdict, String> {
    if let Some(Err(words)) = chain.first() {
        return Err(format!("parse leaf: {words}"));
    }
    let is_go = matches!(
        verifier,
        Verifier::GoVerifiesServer | Verifier::GoVerifiesClient
    );
    let readable = |all: &[Read], what: &str| {
        let mut readable = Vec::with_capacity(all.len());
        for one in all {
            match one {
                Ok(certificate) => readable.push(certificate.clone()),
                Err(_) if is_go => {}
                Err(words) => return Err(format!("parse {what}: {words}")),
            }
        }
        Ok(readable)
    };
    let trusted = readable(trusted, "trusted")?;
    let chain = readable(chain, "intermediate")?;
    let question = Question {
        chain: &chain,
        trust: Trust::Given(&trusted),
        name,
        now,
    };
    Ok(verifier.path(&question, signatures))
}

fn shown(verdict: Result<Verdict, String>) -> Value {
    match verdict {
        Ok(Verdict::Pass) => json!({ "ok": true }),
        Ok(Verdict::Fail(failure)) if failure.cause == Cause::Unreadable => {
            json!({ "ok": false, "error": format!("parse leaf: {}", failure.reason) })
        }
        Ok(Verdict::Fail(failure)) => json!({ "ok": false, "error": failure.reason }),
        Ok(Verdict::Unknown(why)) => json!({ "ok": null, "unknown": why }),
        Err(error) => json!({ "ok": false, "error": error }),
    }
}
