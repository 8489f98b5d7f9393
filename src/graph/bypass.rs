//! Ways around a listener that demands client certificates: to the same receiver, past the demand.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Graph;
use super::delivery::Delivery;
use super::exposure::Way;
use crate::attach::Attachment;
use crate::attach::listener::Clients;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::model::Model;
use crate::source::Span;

/// A way on which nobody asks who sends, to a receiver that another way guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bypass {
    /// What opens the way: the name of a listener, the backend of an Ingress, the type of a Service.
    pub open: Span,
    /// What hands telemetry on there.
    pub way: Way,
    /// The listener that demands certificates, as an index into the attachment.
    pub guarded: usize,
    /// What demands them.
    pub said: Span,
}

/// What two ways may have in common: a server of a receiver, or, where that is not known, a Service port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Server(usize, usize, usize),
    Port(usize),
}

impl Bypass {
    /// Every way around, one entry for each place that opens one.
    #[must_use]
    pub fn all(model: &Model, attachment: &Attachment, graph: &Graph) -> Vec<Self> {
        let mut demands: BTreeMap<End, (usize, Span)> = BTreeMap::new();
        let mut open: BTreeSet<(End, Span, Way)> = BTreeSet::new();
        for delivery in &graph.deliveries {
            let listener = &attachment.listeners[delivery.listener];
            let place = listener.written(model).name_span();
            for end in ends(graph, delivery) {
                match (&listener.clients, asks_nobody(listener)) {
                    (Clients::Verified { said, .. }, _) => {
                        demands.entry(end).or_insert((delivery.listener, *said));
                    }
                    (_, true) if !delivery.is_guarded(model, graph) => {
                        open.insert((end, place, Way::Route));
                    }
                    _ => {}
                }
            }
        }
        for exposure in &graph.exposures {
            let end = End::Server(exposure.run, exposure.receiver, exposure.server);
            let receiver = &model.runs[exposure.run].collector.receivers[exposure.receiver];
            let is_guarded = exposure.is_guarded || receiver.servers[exposure.server].is_guarded();
            if exposure.way != Way::Route && !is_guarded {
                open.insert((end, exposure.said, exposure.way));
            }
        }
        let mut found = BTreeMap::new();
        for (end, place, way) in open {
            if let Some((guarded, said)) = demands.get(&end).copied() {
                found.entry(place).or_insert(Self {
                    open: place,
                    way,
                    guarded,
                    said,
                });
            }
        }
        found.into_values().collect()
    }
}

/// Whether anyone may send at that listener, in plain text or after a handshake.
fn asks_nobody(listener: &ListenerFacts) -> bool {
    match listener.transport {
        Transport::Plain => true,
        Transport::Terminate => {
            matches!(listener.clients, Clients::Anyone | Clients::Unheeded { .. })
        }
        _ => false,
    }
}

fn ends(graph: &Graph, delivery: &Delivery) -> Vec<End> {
    let receivers = graph.landings[delivery.landing].receivers();
    let servers = receivers.map(|(_, run, receiver, server)| End::Server(run, receiver, server));
    let servers: Vec<_> = servers.collect();
    if servers.is_empty() {
        return vec![End::Port(delivery.landing)];
    }
    servers
}
