//! How pipelines join: references to components, connectors, rings.
//!
//! Collector, otelcol/config.go, service/pipelines/config.go, service/internal/graph/graph.go.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Pipeline;
use super::ring::Web;
use super::ring::joins;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::nearest;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Role;
use crate::model::collector::id::Signal;
use crate::model::collector::shape::signals;
use crate::source::Span;
use crate::source::Spanned;

/// What is defined in each section, with the place of its key.
pub(in crate::model::collector) type Defined = BTreeMap<Role, BTreeMap<ComponentId, Span>>;

/// Judges the joints of a whole configuration.
pub(in crate::model::collector) struct Joints<'c> {
    pub(in crate::model::collector) defined: &'c Defined,
    /// Sections that are a `${…}`: anything may be defined there.
    pub(in crate::model::collector) open: &'c BTreeSet<Role>,
    /// Keys at the top that are no sections. What is named like one of them is misplaced, not missing, and that is said
    /// there.
    pub(in crate::model::collector) misplaced: &'c BTreeSet<&'c str>,
    pub(in crate::model::collector) pipelines: &'c [Pipeline],
    pub(in crate::model::collector) started: &'c [Spanned<ComponentId>],
    pub(in crate::model::collector) faults: &'c mut Vec<Fault>,
}

impl Joints<'_> {
    pub(in crate::model::collector) fn check(mut self) {
        self.names();
        self.extensions();
        for pipeline in self.pipelines {
            self.pipeline(pipeline);
        }
        if !self.pipelines.iter().any(|pipeline| pipeline.is_open) && self.open.is_empty() {
            self.connectors();
            self.cycles();
        }
    }

    /// A connector must not be called like a receiver or an exporter.
    fn names(&mut self) {
        let Some(connectors) = self.defined.get(&Role::Connector) else {
            return;
        };
        for (id, span) in connectors {
            for role in [Role::Receiver, Role::Exporter] {
                let Some(other) = self.defined.get(&role).and_then(|ids| ids.get(id)) else {
                    continue;
                };
                let said = format!(
                    "connectors::{id}: ambiguous ID: Found both \"{id}\" {role} and \"{id}\" connector. Change one \
                     of the components' IDs to eliminate ambiguity"
                );
                let message = format!("`{id}` is a {role} and a connector");
                let fault =
                    Fault::new(FaultKind::Id, *span, "connectors".to_owned(), message, said);
                self.faults.push(fault.also(*other, format!("the {role}")));
            }
        }
    }

    fn extensions(&mut self) {
        for id in self.started {
            if self.is_defined(Role::Extension, id) {
                continue;
            }
            let said = format!(
                "service::extensions: references extension \"{id}\" which is not configured"
            );
            self.undefined(id, &[Role::Extension], "service::extensions", said);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let path = format!("service::pipelines::{}", pipeline.id.value);
        if !pipeline.is_open {
            for (list, role) in [
                (&pipeline.receivers, Role::Receiver),
                (&pipeline.exporters, Role::Exporter),
            ] {
                if !list.is_empty() {
                    continue;
                }
                let said = format!("{path}: must have at least one {role}");
                let message = format!("the pipeline `{}` has no {role}", pipeline.id.value);
                let fault = Fault::new(
                    FaultKind::Pipeline,
                    pipeline.id.span,
                    path.clone(),
                    message,
                    said,
                );
                self.faults.push(fault);
            }
        }
        for (list, role) in [
            (&pipeline.receivers, Role::Receiver),
            (&pipeline.processors, Role::Processor),
            (&pipeline.exporters, Role::Exporter),
        ] {
            let roles: &[Role] = if role == Role::Processor {
                &[role]
            } else {
                &[role, Role::Connector]
            };
            for id in list {
                if !roles.iter().any(|role| self.is_defined(*role, id)) {
                    let said = format!(
                        "{path}: references {role} \"{}\" which is not configured",
                        id.value
                    );
                    self.undefined(id, roles, &path, said);
                } else if self.is_defined(role, id) {
                    self.signal(pipeline, id, role, &path);
                }
            }
        }
        let mut seen = BTreeMap::new();
        for id in &pipeline.processors {
            if let Some(first) = seen.insert(&id.value, id.span) {
                let said = format!(
                    "{path}: references processor \"{}\" multiple times",
                    id.value
                );
                let message = format!("the processor `{}` stands twice in one pipeline", id.value);
                let fault = Fault::new(FaultKind::Pipeline, id.span, path.clone(), message, said);
                self.faults.push(fault.also(first, "first named here"));
            }
        }
    }

    fn signal(&mut self, pipeline: &Pipeline, id: &Spanned<ComponentId>, role: Role, path: &str) {
        let signal = pipeline.signal();
        let Some(supported) = signals(role, &id.kind).filter(|signals| !signals.contains(&signal))
        else {
            return;
        };
        let words: Vec<_> = supported.iter().map(|signal| signal.as_str()).collect();
        let message = format!(
            "the {role} `{}` takes {}, not {signal}",
            id.value,
            words.join(", ")
        );
        let said = format!(
            "failed to create \"{}\" {role} for data type \"{signal}\": telemetry type is not supported",
            id.value
        );
        self.faults.push(
            Fault::new(FaultKind::Signal, id.span, path.to_owned(), message, said)
                .also(pipeline.id.span, "the pipeline's signal"),
        );
    }

    fn is_defined(&self, role: Role, id: &ComponentId) -> bool {
        self.open.contains(&role)
            || self
                .defined
                .get(&role)
                .is_some_and(|ids| ids.contains_key(id))
    }

    fn undefined(&mut self, id: &Spanned<ComponentId>, roles: &[Role], path: &str, said: String) {
        let names: Vec<String> = roles
            .iter()
            .filter_map(|role| self.defined.get(role))
            .flat_map(|ids| ids.keys().take(200).map(ToString::to_string))
            .collect();
        let written = id.value.to_string();
        if self.misplaced.contains(written.as_str()) {
            return;
        }
        let message = if written.is_empty() {
            format!("this names no {}", roles[0])
        } else {
            format!("no {} `{written}` is configured", roles[0])
        };
        let mut fault = Fault::new(
            FaultKind::Undefined(roles[0]),
            id.span,
            path.to_owned(),
            message,
            said,
        );
        let elsewhere = Role::ALL
            .into_iter()
            .filter(|role| !roles.contains(role))
            .find_map(|role| Some((role, *self.defined.get(&role)?.get(&id.value)?)));
        if let Some((role, span)) = elsewhere {
            fault = fault.also(span, format!("this is a {role} of that name"));
        }
        self.faults
            .push(fault.near(nearest(&written, names.iter().map(String::as_str))));
    }

    /// Each use of a connector needs a use on its other side whose signal it can reach.
    fn connectors(&mut self) {
        let Some(connectors) = self.defined.get(&Role::Connector) else {
            return;
        };
        let mut ends: BTreeMap<&ComponentId, (Vec<Use<'_>>, Vec<Use<'_>>)> = BTreeMap::new();
        for pipeline in self.pipelines {
            for id in pipeline
                .exporters
                .iter()
                .filter(|id| connectors.contains_key(&id.value))
            {
                ends.entry(&id.value)
                    .or_default()
                    .0
                    .push((pipeline, id.span));
            }
            for id in pipeline
                .receivers
                .iter()
                .filter(|id| connectors.contains_key(&id.value))
            {
                ends.entry(&id.value)
                    .or_default()
                    .1
                    .push((pipeline, id.span));
            }
        }
        for (id, (from, to)) in ends {
            self.ends(id, &from, &to, ["exporter", "receiver"], |a, b| {
                joins(&id.kind, a, b)
            });
            self.ends(id, &to, &from, ["receiver", "exporter"], |a, b| {
                joins(&id.kind, b, a)
            });
        }
    }

    fn ends(
        &mut self,
        id: &ComponentId,
        own: &[Use<'_>],
        other: &[Use<'_>],
        words: [&str; 2],
        joins: impl Fn(Signal, Signal) -> bool,
    ) {
        // By signal, so that a thousand pipelines on each side cost no million comparisons.
        let signals: BTreeSet<Signal> = other
            .iter()
            .map(|(pipeline, _)| pipeline.signal())
            .collect();
        for (pipeline, span) in own {
            if signals
                .iter()
                .any(|signal| joins(pipeline.signal(), *signal))
            {
                continue;
            }
            let [side, missing] = words;
            let said = format!(
                "failed to build pipelines: connector \"{id}\" used as {side} in [{}] pipeline but not used in any \
                 supported {missing} pipeline",
                pipeline.id.value
            );
            let message = if other.is_empty() {
                format!(
                    "the connector `{id}` is {side} of `{}`, but {missing} of no pipeline",
                    pipeline.id.value
                )
            } else {
                format!(
                    "the connector `{id}` cannot join {} to the pipelines where it is {missing}",
                    pipeline.signal()
                )
            };
            let path = format!("service::pipelines::{}", pipeline.id.value);
            let mut fault = Fault::new(FaultKind::OneSided, *span, path, message, said);
            for (pipeline, span) in other.iter().take(3) {
                fault = fault.also(*span, format!("{missing} of `{}` here", pipeline.id.value));
            }
            self.faults.push(fault);
        }
    }

    /// Pipelines that feed each other through connectors, found by walking over every joint once.
    fn cycles(&mut self) {
        let Some(connectors) = self.defined.get(&Role::Connector) else {
            return;
        };
        let web = Web::of(self.pipelines, connectors);
        for (from, to, id) in web.rings() {
            let (from, to) = (&self.pipelines[from], &self.pipelines[to]);
            let Some(named) = from.exporters.iter().find(|named| named.value == *id) else {
                continue;
            };
            let said = format!(
                "failed to build pipelines: cycle detected: connector \"{id}\" ({} to {})",
                from.signal(),
                to.signal()
            );
            let message = format!("the connector `{id}` leads back into a pipeline that feeds it");
            let path = format!("service::pipelines::{}", from.id.value);
            let fault = Fault::new(FaultKind::Cycle, named.span, path, message, said);
            self.faults
                .push(fault.also(to.id.span, "it leads back here"));
        }
    }
}

/// A pipeline that names a connector, and where it does.
type Use<'c> = (&'c Pipeline, Span);
