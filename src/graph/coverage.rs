//! Which signals the rules of routes pass on, and which they leave out.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Graph;
use super::delivery::Delivery;
use super::journey::matching;
use crate::attach::Attachment;
use crate::attach::route::ParentOutcome;
use crate::model::Model;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::model::collector::receiver::default_path;
use crate::source::Span;

/// What one listener passes on to one OTLP port.
#[derive(Debug)]
pub struct Coverage {
    /// The listener, as an index into the attachment.
    pub listener: usize,
    /// The first route that leads there, as an index into the model.
    pub route: usize,
    /// What the port takes.
    pub transport: Transport,
    /// The signals that no rule of any route at the listener takes, though the receiver has pipelines for them: each with
    /// the pipeline. When the receiver is not known, without.
    pub left_out: Vec<(Signal, Option<Span>)>,
}

/// A rule that leads to an OTLP port and takes nothing that OTLP sends there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Idle {
    /// The route, as an index into the model.
    pub route: usize,
    /// Which of its rules.
    pub rule: usize,
    /// What the port takes.
    pub transport: Transport,
    /// Whether the receiver behind the port is known, and not only guessed by the number of the port.
    pub is_known: bool,
}

/// The signals that are looked for: profiles are not stable yet.
const SIGNALS: [Signal; 3] = [Signal::Traces, Signal::Metrics, Signal::Logs];

/// What a port takes: over which transport, each signal under which path, and the pipelines that read it.
struct Port {
    transport: Transport,
    paths: Vec<(Signal, Option<String>)>,
    pipelines: Vec<(Signal, Span)>,
    is_known: bool,
}

/// What every listener leaves out, and every rule that takes nothing.
#[must_use]
pub fn coverage(
    model: &Model,
    attachment: &Attachment,
    graph: &Graph,
) -> (Vec<Coverage>, Vec<Idle>) {
    let (by_listener, idle) = ports(model, graph);
    let rules = rules(model, attachment);
    let mut found = Vec::new();
    for (listener, ports) in by_listener {
        let mut seen = BTreeSet::new();
        let mut taken: BTreeMap<(Signal, Option<String>), bool> = BTreeMap::new();
        let mut is_taken = |signal: Signal, path: &Option<String>| {
            *taken.entry((signal, path.clone())).or_insert_with(|| {
                rules[&listener].iter().any(|(route, rule)| {
                    let route = &model.routes[*route];
                    let rule = &route.rules[*rule];
                    matching::takes(route, rule, signal, path.as_deref()) != Some(false)
                })
            })
        };
        for (delivery, port) in &ports {
            if !seen.insert((delivery.landing, port.transport)) {
                continue;
            }
            let left_out = port.left_out(&mut is_taken);
            if !left_out.is_empty() {
                found.push(Coverage {
                    listener,
                    route: delivery.route,
                    transport: port.transport,
                    left_out,
                });
            }
        }
    }
    (found, idle.into_iter().collect())
}

/// The OTLP ports that each listener leads to, and every rule that takes nothing on the way.
fn ports<'g>(model: &Model, graph: &'g Graph) -> (Ports<'g>, BTreeSet<Idle>) {
    let mut idle = BTreeSet::new();
    let mut by_listener = Ports::new();
    for delivery in &graph.deliveries {
        let route = &model.routes[delivery.route];
        let rule = &route.rules[delivery.rule];
        let rewrites = rule.filters.iter().any(|filter| filter.rewrite.is_some());
        let Some(port) = Port::behind(model, graph, delivery).filter(|_| !rewrites) else {
            continue;
        };
        let is_idle = port.paths.iter().all(|(signal, path)| {
            matching::takes(route, rule, *signal, path.as_deref()) == Some(false)
        });
        if is_idle {
            idle.insert(Idle {
                route: delivery.route,
                rule: delivery.rule,
                transport: port.transport,
                is_known: port.is_known,
            });
        }
        by_listener
            .entry(delivery.listener)
            .or_default()
            .push((delivery, port));
    }
    (by_listener, idle)
}

/// Deliveries with the ports behind them, by listener.
type Ports<'g> = BTreeMap<usize, Vec<(&'g Delivery, Port)>>;

/// The rules of all routes that each listener carries, by route and number.
fn rules(model: &Model, attachment: &Attachment) -> BTreeMap<usize, BTreeSet<(usize, usize)>> {
    let mut rules: BTreeMap<usize, BTreeSet<(usize, usize)>> = BTreeMap::new();
    for parent in &attachment.parents {
        if let ParentOutcome::Attached(accepted) = &parent.outcome {
            for accepted in accepted {
                let own = 0..model.routes[parent.route].rules.len();
                let own = own.map(|rule| (parent.route, rule));
                rules.entry(accepted.listener).or_default().extend(own);
            }
        }
    }
    rules
}

impl Port {
    /// The signals that the port takes and no rule lets through, each with the pipeline that waits for it; none when it is
    /// all of them, which [`Idle`] says.
    fn left_out(
        &self,
        mut is_taken: impl FnMut(Signal, &Option<String>) -> bool,
    ) -> Vec<(Signal, Option<Span>)> {
        let paths = self.paths.iter();
        let left = paths.filter(|(signal, path)| !is_taken(*signal, path));
        let left: Vec<Signal> = left.map(|(signal, _)| *signal).collect();
        if left.len() == self.paths.len() {
            return Vec::new();
        }
        let left_out = left.into_iter().filter_map(|signal| {
            let pipeline = self.pipelines.iter().find(|(own, _)| *own == signal);
            let pipeline = pipeline.map(|(_, span)| *span);
            (!self.is_known || pipeline.is_some()).then_some((signal, pipeline))
        });
        left_out.collect()
    }

    /// The OTLP port behind a delivery; `None` when it is none, or takes more than OTLP.
    fn behind(model: &Model, graph: &Graph, delivery: &Delivery) -> Option<Self> {
        let landing = &graph.landings[delivery.landing];
        let mut transports = BTreeSet::new();
        let mut pipelines = Vec::new();
        let mut first = None;
        for (_, run, receiver, server) in landing.receivers() {
            let collector = &model.runs[run].collector;
            let receiver = &collector.receivers[receiver];
            let server = &receiver.servers[server];
            transports.insert(server.transport);
            first = first.or(Some(server));
            let readers = collector.readers(&receiver.id);
            pipelines.extend(readers.map(|pipeline| (pipeline.id.signal, pipeline.id.span)));
        }
        let Some(server) = first else {
            let port = &model.services[landing.service].ports[landing.port];
            let transport = match port.port.as_ref()?.value {
                4317 => Transport::Grpc,
                4318 => Transport::Http,
                _ => return None,
            };
            let path =
                |signal| (transport == Transport::Http).then(|| default_path(signal).to_owned());
            return Some(Self {
                transport,
                paths: SIGNALS.map(|signal| (signal, path(signal))).into(),
                pipelines,
                is_known: false,
            });
        };
        if transports.len() > 1 {
            return None;
        }
        let mut paths = Vec::new();
        for signal in SIGNALS {
            let path = server.path(signal);
            // A path that is filled in at the start cannot be compared.
            if path.is_none() && server.transport == Transport::Http {
                return None;
            }
            paths.push((signal, path));
        }
        Some(Self {
            transport: server.transport,
            paths,
            pipelines,
            is_known: true,
        })
    }
}
