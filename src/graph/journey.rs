//! What becomes of one signal of one exporter: over which hops it goes, and at which it fails.

use super::Graph;
use super::material::Materials;
use super::policy::Direction;
use super::policy::Policies;
use super::reach::Addresses;
use super::trail::Trail;
use crate::attach::Attachment;
use crate::model::Model;
use crate::model::collector::id::Signal;
use crate::settings::Settings;
use crate::source::Span;

mod arrival;
mod authorize;
mod changes;
mod credential;
mod demand;
mod departure;
mod detour;
mod gate;
mod handshake;
mod ingress;
mod inward;
pub(super) mod matching;
mod passage;
mod shield;
mod shown;
mod sidecar;
mod start;
mod walk;
mod flaw;
#[cfg(test)]
mod tests;

pub use detour::Detour;
pub use flaw::BackendTls;
pub use flaw::Flaw;
pub use flaw::FlawKind;
pub use flaw::Taker;
pub use gate::Gate;
pub use shield::Sender;

use credential::Reception;
use walk::Walk;

/// One signal of one exporter.
#[derive(Clone, Debug)]
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
    /// The proxy through which it goes, when one is known.
    pub detour: Option<Detour>,
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
        let stops: Vec<_> = model.runs.iter().map(start::stop).collect();
        let entries = Policies::of(model, Direction::Ingress);
        let exits = Policies::of(model, Direction::Egress);
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
                        stops: &stops,
                        entries: &entries,
                        exits: &exits,
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

    /// Puts down what became of credentials; why its end is open, if so.
    fn heed(&mut self, reception: Reception) -> Option<String> {
        match reception {
            Reception::Taken => None,
            Reception::Refused(at, kind) => {
                self.flaw(at, kind);
                None
            }
            Reception::Open(why) => Some(why),
        }
    }

    /// Goes on over each of `branches`, any of which may be the one that a connection or a request takes: the journey
    /// becomes that of the first in which it fails, else of the first whose end is open, with the flaws of all.
    fn spread<T>(&mut self, branches: &[T], mut go: impl FnMut(&mut Self, &T) -> End) -> End {
        let known = self.flaws.len();
        let mut ways: Vec<(Self, End)> = Vec::new();
        for branch in branches {
            let mut way = self.clone();
            let end = go(&mut way, branch);
            ways.push((way, end));
        }
        ways.sort_by_key(|(way, end)| match end {
            _ if way.flaws.len() > known => 0,
            End::Fails => 0,
            End::Unknown(_) => 1,
            End::Arrives => 2,
        });
        let mut ways = ways.into_iter();
        let Some((worst, end)) = ways.next() else {
            return End::Unknown("nothing leads on from here".to_owned());
        };
        *self = worst;
        for flaw in ways.flat_map(|(other, _)| other.flaws) {
            if self.flaws.iter().all(|known| known.at != flaw.at) {
                self.flaws.push(flaw);
            }
        }
        end
    }
}
