//! `otel-lint paths --scrape`: who scrapes which Pod, and what every hop on the way makes of it.

use std::io::Write;

use serde::Serialize;

use super::Listing;
use crate::cli::CLEAN;
use crate::cli::Error;
use crate::cli::FOUND;
use crate::graph::Graph;
use crate::graph::scrape::End;
use crate::graph::scrape::Hop;
use crate::graph::scrape::Scrape;
use crate::graph::scrape::fault::Verdict;
use crate::graph::scrape::pod::PodId;
use crate::graph::trail::Guard;
use crate::graph::trail::Trail;
use crate::model::Model;
use crate::source::Sources;

#[derive(Serialize)]
struct Document<'s> {
    version: u8,
    scrapes: Vec<Entry<'s>>,
}

#[derive(Serialize)]
struct Entry<'s> {
    file: &'s str,
    line: u32,
    job: &'s str,
    target: String,
    port: Option<u16>,
    scheme: Option<&'s str>,
    path: Option<&'s str>,
    trail: String,
    hops: Vec<Stop>,
    end: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Stop {
    hop: &'static str,
    verdict: &'static str,
    reason: String,
}

/// Prints every scrape; the exit code says whether one fails.
pub(super) fn run(
    sources: &Sources,
    model: &Model,
    graph: &Graph,
    format: Listing,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let entries = graph.scrapes.iter();
    let entries: Vec<Entry<'_>> = entries
        .map(|scrape| entry(sources, model, scrape))
        .collect();
    let fails = entries.iter().any(|entry| entry.end == "fails");
    match format {
        Listing::Text => text(&entries, out)?,
        Listing::Json => {
            let document = Document {
                version: 1,
                scrapes: entries,
            };
            serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(if fails { FOUND } else { CLEAN })
}

fn text(entries: &[Entry<'_>], out: &mut dyn Write) -> Result<(), Error> {
    for entry in entries {
        writeln!(out, "{}:{} {}", entry.file, entry.line, entry.job)?;
        writeln!(out, "  {}", entry.trail)?;
        for hop in &entry.hops {
            writeln!(out, "    {} {}: {}", hop.hop, hop.verdict, hop.reason)?;
        }
        match &entry.reason {
            Some(reason) if entry.end == "fails" => writeln!(out, "  fails {reason}")?,
            Some(reason) => writeln!(out, "  {}: {reason}", entry.end)?,
            None => writeln!(out, "  {}", entry.end)?,
        }
    }
    if entries.is_empty() {
        writeln!(out, "no job that scrapes a given pod was given")?;
    }
    Ok(())
}

fn entry<'s>(sources: &'s Sources, model: &'s Model, scrape: &'s Scrape) -> Entry<'s> {
    let job = scrape.written(model);
    let (end, reason) = match scrape.end() {
        End::Arrives => ("arrives", None),
        End::Fails(stage, fault) => (
            "fails",
            Some(format!("at {}: {}", stage.as_str(), fault.cause.words())),
        ),
        End::Unknown(why) => ("unknown", Some(why.to_owned())),
    };
    Entry {
        file: &sources.get(job.span.source).name,
        line: sources.start(job.name.span).line,
        job: &job.name.value,
        target: target(model, scrape.pod),
        port: scrape.port,
        scheme: scrape.scheme.as_deref(),
        path: scrape.path.as_deref(),
        trail: trail(model, scrape).to_string(),
        hops: scrape.hops.iter().map(stop).collect(),
        end,
        reason,
    }
}

fn stop(hop: &Hop) -> Stop {
    let (verdict, reason) = match &hop.verdict {
        Verdict::Passes(why) => ("passes", why.clone()),
        Verdict::Fails(fault) => ("fails", fault.cause.words()),
        Verdict::Unknown(why) => ("unknown", why.clone()),
    };
    Stop {
        hop: hop.stage.as_str(),
        verdict,
        reason,
    }
}

fn target(model: &Model, pod: PodId) -> String {
    match pod {
        PodId::Workload(at) => model.workloads[at].object.title(),
        PodId::Gateway(at) => model.gateways[at].object.title(),
    }
}

/// `Deployment istio-system/prometheus =mTLS=> Deployment default/httpbin:15092 -> /stats/prometheus`
fn trail(model: &Model, scrape: &Scrape) -> Trail {
    let mut trail = Trail::default();
    let job = scrape.written(model);
    let scraper = scrape
        .scraper
        .map(|scraper| &model.workloads[scraper.workload].object);
    match scraper {
        Some(object) => trail.push(Guard::None, object.title(), Some(object.name_span())),
        None => trail.push(Guard::None, job.name.value.clone(), Some(job.name.span)),
    }
    let guard = match scrape.scheme.as_deref() {
        Some("https") if job.tls.as_ref().is_some_and(|tls| tls.cert.is_some()) => Guard::MutualTls,
        Some("https") => Guard::Tls,
        Some(_) => Guard::Plain,
        None => Guard::None,
    };
    let port = scrape.port.map_or("?".to_owned(), |port| port.to_string());
    let name = format!("{}:{port}", target(model, scrape.pod));
    trail.push(guard, name, scrape.said.first().copied());
    let path = scrape.path.as_deref().unwrap_or("?");
    trail.push(Guard::None, path, scrape.path_said.last().copied());
    trail
}
