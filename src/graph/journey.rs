//! What becomes of one signal of one exporter: over which hops it goes, and at which it fails.

use super::Graph;
use super::material::Materials;
use super::reach::Addresses;
use super::trail::Trail;
use crate::attach::Attachment;
use crate::model::Model;
use crate::model::collector::id::Signal;
use crate::settings::Settings;
use crate::source::Span;

mod arrival;
mod credential;
mod gate;
mod handshake;
mod ingress;
mod inward;
pub(super) mod matching;
mod start;
mod walk;
mod flaw;
#[cfg(test)]
mod tests;

pub use flaw::BackendTls;
pub use flaw::Flaw;
pub use flaw::FlawKind;
pub use flaw::Taker;
pub use gate::Gate;

use walk::Walk;

/// One signal of one exporter.
#[derive(Debug)]
pub struct Journey {
    /// The collector that sends, as an index into the model's runs.
    pub run: usize,
    /// Which of its exporters.
    pub exporter: usize,
    /// What is sent.
    pub signal: Signal,
    /// The listener that answers, as an index into the attachment.
    pub listener: Option<usize>,
    /// The port of a receiver that it comes to, whether that takes it or not.
    pub landed: Option<Landed>,
    /// The hops, as far as they are known.
    pub trail: Trail,
    /// All that is wrong on the way, in the order of the hops.
    pub flaws: Vec<Flaw>,
    /// How it ends.
    pub end: End,
}

/// An open port of a receiver, as indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Landed {
    /// The collector as it runs, as an index into the model's runs.
    pub run: usize,
    /// Which of its receivers.
    pub receiver: usize,
    /// Which of the receiver's servers.
    pub server: usize,
}

/// How a journey ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A pipeline of the receiving collector reads it.
    Arrives,
    /// The first of its flaws stops it.
    Fails,
    /// It leads out of what was given, or hangs on something that is open; why, in words.
    Unknown(String),
}

impl Journey {
    /// Every journey, collector by collector.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        graph: &Graph,
        materials: &Materials<'_>,
        settings: &Settings,
    ) -> Vec<Self> {
        let addresses = Addresses::of(model, attachment, settings);
        let mut journeys = Vec::new();
        for (at, collector) in model.runs.iter().map(|run| &run.collector).enumerate() {
            for (index, exporter) in collector.exporters.iter().enumerate() {
                if exporter.client.is_none() {
                    continue;
                }
                let signals = Signal::ALL.into_iter().filter(|signal| {
                    collector
                        .writers(&exporter.id)
                        .any(|pipeline| pipeline.signal() == *signal)
                });
                for signal in signals {
                    let walk = Walk {
                        model,
                        attachment,
                        graph,
                        materials,
                        settings,
                        addresses: &addresses,
                    };
                    journeys.extend(walk.journey(at, collector, index, exporter, signal));
                }
            }
        }
        journeys
    }
}

impl Journey {
    fn flaw(&mut self, at: Span, kind: FlawKind) {
        let hop = self.trail.hops.len().saturating_sub(1);
        self.flaws.push(Flaw { at, hop, kind });
    }
}
