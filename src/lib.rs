//! otel-lint: will telemetry from outside the cluster arrive at the OpenTelemetry Collector, and can nobody else
//! send any?
//!
//! The line, in reading order: a module may use the modules above it, never those below.

pub mod source; // text, and where things are in it
pub mod regexp; // whether Go takes a regular expression
pub mod problem; // what was met while reading
pub mod yaml; // text to trees that know their spans
pub mod settings; // what the user decided: severities, versions, what is closed
pub mod certificate; // PEM and DER to facts, and what each verifier makes of them
pub mod schema; // what each kind may say
pub mod model; // trees to typed resources
pub mod attach; // listeners and routes, as each controller joins them
pub mod graph; // resources to hops, links and trails
pub mod finding; // what a rule has to say
pub mod rule; // what a rule is
pub mod rules; // the catalogue
pub mod report; // findings to a report
pub mod input; // paths and standard input to sources
pub mod cli; // what was typed to a run

use crate::graph::Graph;
use crate::model::Model;
use crate::report::Report;
use crate::rule::World;
use crate::settings::Settings;
use crate::source::Sources;

/// Judges the given sources. Pure: reads no file, no clock, no environment; the time is `settings.now`.
#[must_use]
pub fn lint<'s>(sources: &'s Sources, settings: &Settings) -> Report<'s> {
    let model = Model::read(sources, settings);
    let attachment = attach::attach(&model, settings);
    let graph = Graph::build(&model, &attachment, settings);
    let world = World {
        sources,
        settings,
        model: &model,
        attachment: &attachment,
        graph: &graph,
    };
    let findings = rules::all().flat_map(|rule| rule.judge(&world)).collect();
    Report::new(sources, &world, findings)
}
