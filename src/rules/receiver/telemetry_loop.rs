use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::journey::End;
use crate::graph::journey::Journey;
use crate::model::collector::Collector;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Signal;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "telemetry-loop",
    severity: Severity::Error,
    page: page!("receiver/telemetry-loop"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for at in closing(world) {
        let journey = &world.graph.journeys[at];
        let collector = &world.model.runs[journey.run].collector;
        let exporter = &collector.exporters[journey.exporter];
        let endpoint = exporter
            .client
            .as_ref()
            .and_then(|client| client.endpoint(journey.signal));
        let finding = findings.at(
            endpoint.map_or(exporter.id.span, |endpoint| endpoint.span),
            format!(
                "{} that the exporter `{}` sends come back to it",
                journey.signal, exporter.id.value
            ),
        );
        if let Some(landed) = journey.landed {
            let receiver = &world.model.runs[landed.run].collector.receivers[landed.receiver];
            finding.also(receiver.id.span, "they come in again here");
        }
        finding
            .along(&journey.trail)
            .help("send them to where they belong, or take the receiver out of the pipeline that feeds this exporter");
    }
}

/// The journeys that close a ring: found by walking from each journey once.
fn closing(world: &World<'_>) -> Vec<usize> {
    let journeys = &world.graph.journeys;
    let mut by_start: BTreeMap<(usize, usize, Signal), usize> = BTreeMap::new();
    for (at, journey) in journeys
        .iter()
        .enumerate()
        .filter(|(_, journey)| journey.end == End::Arrives)
    {
        by_start.insert((journey.run, journey.exporter, journey.signal), at);
    }
    let next = |at: usize| onward(world, &journeys[at], &by_start);
    let mut state = vec![State::New; journeys.len()];
    let mut found = Vec::new();
    for start in by_start.values().copied() {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut stack = vec![(start, next(start).into_iter())];
        while let Some((at, rest)) = stack.last_mut() {
            let at = *at;
            match rest.next() {
                None => {
                    state[at] = State::Done;
                    stack.pop();
                }
                Some(to) if state[to] == State::New => {
                    state[to] = State::Open;
                    stack.push((to, next(to).into_iter()));
                }
                Some(to) if state[to] == State::Open => found.push(at),
                Some(_) => {}
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// The journeys on which what arrives by `journey` goes on.
fn onward(
    world: &World<'_>,
    journey: &Journey,
    by_start: &BTreeMap<(usize, usize, Signal), usize>,
) -> Vec<usize> {
    let Some(landed) = journey.landed else {
        return Vec::new();
    };
    let collector = &world.model.runs[landed.run].collector;
    let sends = sends(
        collector,
        &collector.receivers[landed.receiver].id.value,
        journey.signal,
    );
    sends
        .into_iter()
        .filter_map(|(exporter, signal)| by_start.get(&(landed.run, exporter, signal)).copied())
        .collect()
}

/// The exporters, by index, that `signal` of `receiver` comes to, through connectors too.
fn sends(
    collector: &Collector,
    receiver: &ComponentId,
    signal: Signal,
) -> BTreeSet<(usize, Signal)> {
    let mut found = BTreeSet::new();
    let mut walked = BTreeSet::new();
    let mut open: Vec<_> = collector
        .readers(receiver)
        .filter(|pipeline| pipeline.signal() == signal)
        .collect();
    while let Some(pipeline) = open.pop() {
        if !walked.insert(&pipeline.id.value) {
            continue;
        }
        for id in &pipeline.exporters {
            match collector
                .exporters
                .iter()
                .position(|exporter| exporter.id.value == id.value)
            {
                Some(exporter) => {
                    found.insert((exporter, pipeline.signal()));
                }
                // A connector that makes another signal of it breaks the ring: what it makes is new.
                None => open.extend(
                    collector
                        .readers(&id.value)
                        .filter(|next| next.signal() == pipeline.signal()),
                ),
            }
        }
    }
    found
}
