use std::collections::BTreeSet;

use crate::finding::Fix;
use crate::finding::Safety;
use crate::graph::exposure::Exposure;
use crate::model::collector::Build;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::component;
use crate::model::collector::component::Standing;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Role;
use crate::model::collector::pipeline::Pipeline;
use crate::model::collector::section::Tls;
use crate::rule::Rule;
use crate::rule::World;
use crate::source::Span;
use crate::source::Spanned;

mod undefined_component;
mod unused_component;
mod unlisted_authenticator;
mod wrong_authenticator_role;
mod guarded_twin;
mod empty_tls_section;
mod ineffective_client_ca;
mod loopback_receiver;
mod unwired_receiver;
mod unknown_component;
mod removed_component;
mod renamed_component;
mod invalid_component_id;
mod invalid_pipeline;
mod one_sided_connector;
mod connector_cycle;
mod bare_dollar_variable;
mod plaintext_password;
mod weak_receiver_tls;
mod missing_memory_limiter;
mod misordered_processors;
mod payload_in_log;
mod proxy_association;
mod telemetry_loop;

pub(super) static RULES: &[&Rule] = &[
    &undefined_component::RULE,
    &unused_component::RULE,
    &unlisted_authenticator::RULE,
    &wrong_authenticator_role::RULE,
    &guarded_twin::RULE,
    &empty_tls_section::RULE,
    &ineffective_client_ca::RULE,
    &loopback_receiver::RULE,
    &unwired_receiver::RULE,
    &unknown_component::RULE,
    &removed_component::RULE,
    &renamed_component::RULE,
    &invalid_component_id::RULE,
    &invalid_pipeline::RULE,
    &one_sided_connector::RULE,
    &connector_cycle::RULE,
    &bare_dollar_variable::RULE,
    &plaintext_password::RULE,
    &weak_receiver_tls::RULE,
    &missing_memory_limiter::RULE,
    &misordered_processors::RULE,
    &payload_in_log::RULE,
    &proxy_association::RULE,
    &telemetry_loop::RULE,
];

/// The `tls` of every server of every receiver that runs.
fn served<'w>(world: &World<'w>) -> impl Iterator<Item = &'w Tls> {
    let runs = world.model.runs.iter();
    let receivers = runs.flat_map(|run| run.collector.running_receivers());
    let servers = receivers.flat_map(|receiver| &receiver.servers);
    servers.filter_map(|server| server.tls.given())
}

/// How a component stands in the build that runs it.
struct Judged<'w> {
    collector: &'w Collector,
    role: Role,
    id: &'w Spanned<ComponentId>,
    standing: Standing,
    build: Build,
    image: Option<Span>,
}

impl Judged<'_> {
    /// Whether an image runs it of which neither components nor version are known.
    const fn is_foreign(&self) -> bool {
        let Build {
            distribution,
            minor,
        } = self.build;
        self.image.is_some() && distribution.is_none() && minor.is_none()
    }

    /// Calls it `kind` wherever it is named; `None` when something has that name already, or may name it elsewhere.
    fn rename(&self, world: &World<'_>, kind: &str, safety: Safety) -> Option<Fix> {
        let mut others = self.collector.components();
        let is_taken = others
            .any(|(role, id, _)| role == self.role && id.kind == kind && id.name == self.id.name);
        if is_taken || self.collector.extent != Extent::Whole {
            return None;
        }
        let spans = self.collector.mentions(self.role, self.id);
        Fix::rename(world.sources, &spans, &self.id.kind, kind, safety)
    }
}

/// Every component of every configuration, each place once.
fn standings<'w>(world: &World<'w>) -> Vec<Judged<'w>> {
    let mut seen = BTreeSet::new();
    let mut judged = Vec::new();
    for run in &world.model.runs {
        let collector = &run.collector;
        let image = run
            .container(world.model)
            .and_then(|container| container.image.as_ref());
        let image = image.or(collector.image.as_ref()).map(|image| image.span);
        for (role, id, _) in collector.components() {
            if seen.insert(id.span) {
                let standing =
                    component::standing(role, &id.kind, run.build.distribution, run.build.minor);
                judged.push(Judged {
                    collector,
                    role,
                    id,
                    standing,
                    build: run.build,
                    image,
                });
            }
        }
    }
    judged
}

/// Every pipeline that outsiders fill, with one way to it.
fn exposed<'w>(world: &World<'w>) -> Vec<(&'w Exposure, &'w Pipeline)> {
    let mut seen = BTreeSet::new();
    let mut exposed = Vec::new();
    for exposure in &world.graph.exposures {
        let collector = &world.model.runs[exposure.run].collector;
        let id = &collector.receivers[exposure.receiver].id;
        for pipeline in collector.readers(id) {
            if seen.insert((exposure.run, pipeline.id.span)) {
                exposed.push((exposure, pipeline));
            }
        }
    }
    exposed
}
