//! Rings of pipelines that feed each other through connectors, and which signals a connector joins.

use std::collections::BTreeMap;

use super::Pipeline;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Signal;
use crate::source::Span;

/// Pipelines and connectors as nodes. A connector is a node for each signal that enters it, so that what a thousand
/// pipelines share costs a thousand edges and no million.
pub(super) struct Web<'c> {
    /// How many pipelines there are: the nodes below this number.
    pipelines: usize,
    /// The connector of each node from there on.
    connectors: Vec<&'c ComponentId>,
    edges: Vec<Vec<usize>>,
}

impl<'c> Web<'c> {
    pub(super) fn of(pipelines: &'c [Pipeline], connectors: &BTreeMap<ComponentId, Span>) -> Self {
        let mut readers: BTreeMap<&ComponentId, Vec<usize>> = BTreeMap::new();
        for (at, pipeline) in pipelines.iter().enumerate() {
            for id in &pipeline.receivers {
                readers.entry(&id.value).or_default().push(at);
            }
        }
        let mut web = Self {
            pipelines: pipelines.len(),
            connectors: Vec::new(),
            edges: vec![Vec::new(); pipelines.len()],
        };
        let mut nodes: BTreeMap<(&ComponentId, Signal), usize> = BTreeMap::new();
        for (at, pipeline) in pipelines.iter().enumerate() {
            for id in pipeline
                .exporters
                .iter()
                .filter(|id| connectors.contains_key(&id.value))
            {
                let signal = pipeline.signal();
                let node = *nodes.entry((&id.value, signal)).or_insert_with(|| {
                    let to = readers.get(&id.value).into_iter().flatten().copied();
                    let to = to.filter(|to| joins(&id.value.kind, signal, pipelines[*to].signal()));
                    web.connectors.push(&id.value);
                    web.edges.push(to.collect());
                    web.edges.len() - 1
                });
                web.edges[at].push(node);
            }
        }
        web
    }

    /// Each joint that closes a ring: from which pipeline to which, and by which connector.
    pub(super) fn rings(&self) -> Vec<(usize, usize, &'c ComponentId)> {
        let mut found = Vec::new();
        let mut state = vec![State::New; self.edges.len()];
        for start in 0..self.pipelines {
            if state[start] != State::New {
                continue;
            }
            state[start] = State::Open;
            let mut stack = vec![(start, 0)];
            while let Some((at, next)) = stack.last_mut() {
                let at = *at;
                let Some(to) = self.edges[at].get(*next).copied() else {
                    state[at] = State::Done;
                    stack.pop();
                    continue;
                };
                *next += 1;
                match state[to] {
                    State::New => {
                        state[to] = State::Open;
                        stack.push((to, 0));
                    }
                    State::Open => found.extend(self.closing(&stack, at, to)),
                    State::Done => {}
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The joint that the edge `at` to `to` closes; `to` stands on the stack.
    fn closing(
        &self,
        stack: &[(usize, usize)],
        at: usize,
        to: usize,
    ) -> Option<(usize, usize, &'c ComponentId)> {
        if to < self.pipelines {
            let (from, _) = stack.get(stack.len().checked_sub(2)?)?;
            return Some((
                *from,
                to,
                self.connectors.get(at.checked_sub(self.pipelines)?)?,
            ));
        }
        let place = stack.iter().position(|(node, _)| *node == to)?;
        let (after, _) = stack.get(place + 1)?;
        Some((at, *after, self.connectors.get(to - self.pipelines)?))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Whether a connector of that type turns `from` into `to` (the factories of collector and contrib, connector/*).
/// An unknown one is taken for able to.
pub(super) fn joins(kind: &str, from: Signal, to: Signal) -> bool {
    match kind {
        "forward" | "routing" | "failover" | "roundrobin" | "round_robin" => from == to,
        "spanmetrics" | "span_metrics" | "servicegraph" | "service_graph" => {
            from == Signal::Traces && to == Signal::Metrics
        }
        "count" | "sum" | "signaltometrics" | "signal_to_metrics" => to == Signal::Metrics,
        "exceptions" => from == Signal::Traces && matches!(to, Signal::Metrics | Signal::Logs),
        "otlpjson" | "otlp_json" => from == Signal::Logs,
        _ => true,
    }
}
