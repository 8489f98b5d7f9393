//! `otel-lint paths`: the way of each signal of each exporter, and whether it arrives.

use std::io::Write;

use clap::Args;
use clap::ValueEnum;
use serde::Serialize;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::given::Given;
use crate::graph::journey::End;
use crate::graph::journey::Journey;
use crate::model::Model;
use crate::source::Sources;

mod scrape;

/// Shows the way of every exported signal, and the first hop that fails
#[derive(Debug, Args)]
pub(super) struct Paths {
    #[command(flatten)]
    given: Given,

    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Listing,

    /// Show who scrapes which pod instead, with what every hop makes of it
    #[arg(long)]
    scrape: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Listing {
    Text,
    Json,
}

#[derive(Serialize)]
struct Document<'p> {
    version: u8,
    paths: Vec<Entry<'p>>,
}

#[derive(Serialize)]
struct Entry<'p> {
    file: &'p str,
    line: u32,
    exporter: String,
    signal: String,
    path: String,
    end: &'static str,
    reason: Option<String>,
}

impl Paths {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let (input, settings) = self.given.read()?;
        let sources = &input.sources;
        let model = Model::read(sources, &settings);
        let attachment = crate::attach::attach(&model, &settings);
        let graph = crate::graph::Graph::build(&model, &attachment, &settings);
        if self.scrape {
            return scrape::run(sources, &model, &graph, self.format, out);
        }
        match self.format {
            Listing::Text => text(sources, &model, &graph.journeys, out)?,
            Listing::Json => {
                let paths = graph
                    .journeys
                    .iter()
                    .map(|journey| entry(sources, &model, journey));
                let document = Document {
                    version: 1,
                    paths: paths.collect(),
                };
                serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
        Ok(
            if graph
                .journeys
                .iter()
                .any(|journey| journey.end == End::Fails)
            {
                FOUND
            } else {
                CLEAN
            },
        )
    }
}

fn text(
    sources: &Sources,
    model: &Model,
    journeys: &[Journey],
    out: &mut dyn Write,
) -> Result<(), Error> {
    for journey in journeys {
        let entry = entry(sources, model, journey);
        writeln!(
            out,
            "{}:{} {} {}",
            entry.file, entry.line, entry.exporter, entry.signal
        )?;
        writeln!(out, "  {}", entry.path)?;
        match entry.reason {
            Some(reason) if entry.end == "fails" => writeln!(out, "  fails {reason}")?,
            Some(reason) => writeln!(out, "  {}: {reason}", entry.end)?,
            None => writeln!(out, "  {}", entry.end)?,
        }
    }
    if journeys.is_empty() {
        writeln!(out, "no OTLP exporter was given")?;
    }
    Ok(())
}

fn entry<'p>(sources: &'p Sources, model: &Model, journey: &Journey) -> Entry<'p> {
    let exporter = &model.runs[journey.run].collector.exporters[journey.exporter];
    let (end, reason) = match &journey.end {
        End::Arrives => ("arrives", None),
        End::Fails => {
            let flaw = journey.flaws.first();
            let hop = flaw.and_then(|flaw| journey.trail.hops.get(flaw.hop));
            let words = flaw.map(|flaw| flaw.kind.words()).unwrap_or_default();
            (
                "fails",
                Some(format!(
                    "at {}: {words}",
                    hop.map_or("", |hop| hop.name.as_str())
                )),
            )
        }
        End::Unknown(why) => ("unknown", Some(why.clone())),
    };
    Entry {
        file: &sources.get(exporter.id.span.source).name,
        line: sources.start(exporter.id.span).line,
        exporter: exporter.id.to_string(),
        signal: journey.signal.to_string(),
        path: journey.trail.to_string(),
        end,
        reason,
    }
}
