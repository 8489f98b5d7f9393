//! The status that each controller would write, were the given objects all there is.
//!
//! One [`Voice`] an implementation: which conditions it writes, with which reasons. The words are ours.

use super::Attachment;
use super::index::Index;
use super::profile::Profile;
use super::route::ParentFacts;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::model::route::RouteKind;
use crate::settings::Settings;

mod condition;
mod difference;
mod entry;
mod envoy_gateway;
mod istio;
mod policy;
mod reason;
mod specification;

pub use condition::Condition;
pub use condition::Verdict;
pub use difference::Difference;
pub use difference::Part;
pub use difference::differences;
pub use envoy_gateway::ENVOY_GATEWAY;
pub use istio::ISTIO;
pub use istio::ISTIO_REMOTE;
pub use specification::SPECIFICATION;

/// The most ancestors that a policy's status may name (Gateway API v1.6, `PolicyStatus.ancestors`).
const MAX_ANCESTORS: usize = 16;

/// What an implementation writes into statuses.
#[derive(Debug)]
pub struct Voice {
    /// The conditions of a Gateway, and those of its listeners; no listeners when it passes over them.
    pub gateway: fn(&View<'_>, usize) -> Judged,
    /// The conditions of a ListenerSet, and those of its listeners; `None`: it writes nothing.
    pub listener_set: fn(&View<'_>, usize) -> Option<Judged>,
    /// The conditions of a route for one of its parents; `None`: it writes nothing.
    pub parent: fn(&View<'_>, &ParentFacts) -> Option<Vec<Condition>>,
    /// Whether a route that a listener accepts counts among its attached routes.
    pub counts: fn(&View<'_>, &ParentFacts) -> bool,
    /// What it says of a BackendTLSPolicy, one entry an ancestor.
    pub policy: fn(&View<'_>, usize) -> Vec<Entry>,
    /// What it says of a parent that is no Gateway.
    pub mesh: fn(&View<'_>, &ParentFacts) -> Option<Vec<Condition>>,
    /// Whether it leaves conditions of its own alone that it does not know.
    pub keeps_unknown_conditions: bool,
    /// Whether one entry speaks for all references to the same Gateway. That is all that the specification promises.
    pub merges_sections: bool,
}

/// What there is to see for a voice.
#[derive(Debug)]
pub struct View<'v> {
    /// Everything that was given.
    pub index: &'v Index<'v>,
    /// What each controller makes of it.
    pub attachment: &'v Attachment,
    /// The profile that speaks.
    pub profile: &'static Profile,
    /// The parents of each route, as a range of [`Attachment::parents`].
    parents: &'v [std::ops::Range<usize>],
    policies: &'v policy::Policies<'v>,
}

/// The conditions of an object with listeners.
#[derive(Debug, Default)]
pub struct Judged {
    /// Its own.
    pub conditions: Vec<Condition>,
    /// Those of its listeners, in their order.
    pub listeners: Vec<Vec<Condition>>,
}

/// What one controller says of a parent or an ancestor.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The parent or ancestor.
    pub target: Target,
    /// Who says so.
    pub controller: String,
    /// What it says.
    pub conditions: Vec<Condition>,
}

/// A reference as it stands in a status.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// `group`.
    pub group: Option<String>,
    /// `kind`.
    pub kind: Option<String>,
    /// `namespace`.
    pub namespace: Option<String>,
    /// `name`.
    pub name: String,
    /// `sectionName`.
    pub section: Option<String>,
    /// `port`.
    pub port: Option<i64>,
}

/// What one listener is said to be.
#[derive(Clone, Debug)]
pub struct ListenerStatus {
    /// `name`.
    pub name: String,
    /// How many routes are attached.
    pub routes: usize,
    /// The kinds of route that it carries.
    pub kinds: Vec<RouteKind>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// The predicted status of one object.
#[derive(Clone, Debug)]
pub struct Predicted<'m> {
    /// The object.
    pub object: &'m Object,
    /// Its conditions; none for kinds that only speak of parents or ancestors.
    pub conditions: Vec<Condition>,
    /// Its listeners, if it can have any.
    pub listeners: Option<Vec<ListenerStatus>>,
    /// What is said of its parents or ancestors.
    pub entries: Vec<Entry>,
}

impl Target {
    /// `reference` as it is written.
    #[must_use]
    pub fn of(reference: &Reference) -> Self {
        let text = |text: &Option<crate::source::Spanned<String>>| {
            text.as_ref().map(|text| text.value.clone())
        };
        Self {
            group: text(&reference.group),
            kind: text(&reference.kind),
            namespace: text(&reference.namespace),
            name: reference.name().to_owned(),
            section: text(&reference.section),
            port: reference.port.as_ref().map(|port| port.value),
        }
    }
}

impl View<'_> {
    /// The profile of a Gateway.
    fn profile_of(&self, gateway: usize) -> &'static Profile {
        self.attachment.gateways[gateway].profile
    }

    fn model(&self) -> &Model {
        self.index.model
    }
}

/// The status of every Gateway, ListenerSet, route and BackendTLSPolicy, in the order of the input.
#[must_use]
pub fn predict<'m>(
    model: &'m Model,
    settings: &'m Settings,
    attachment: &'m Attachment,
) -> Vec<Predicted<'m>> {
    let index = Index::of(model, settings);
    let parents = ranges(
        model.routes.len(),
        attachment.parents.iter().map(|facts| facts.route),
    );
    let policies = policy::Policies::of(model, attachment);
    let view = |profile| View {
        index: &index,
        attachment,
        profile,
        parents: &parents,
        policies: &policies,
    };
    let counts = counts(attachment, &view);
    let mut predicted = Vec::new();
    for gateway in 0..model.gateways.len() {
        predicted.push(gateway_status(model, attachment, &counts, &view, gateway));
    }
    for set in 0..model.listener_sets.len() {
        predicted.push(set_status(model, attachment, &counts, &view, set));
    }
    for (at, range) in parents.iter().enumerate() {
        let facts = &attachment.parents[range.clone()];
        let entries = entry::route_entries(model, settings, attachment, &view, facts);
        predicted.push(entry::entries_status(
            &model.routes[at].object,
            "parents",
            "parentRef",
            entries,
        ));
    }
    let speakers = entry::speakers(settings, attachment);
    for at in 0..model.backend_tls_policies.len() {
        let said = speakers.iter().flat_map(|profile| {
            let view = view(*profile);
            (profile.voice.policy)(&view, at)
        });
        let object = &model.backend_tls_policies[at].object;
        predicted.push(entry::entries_status(
            object,
            "ancestors",
            "ancestorRef",
            said.collect(),
        ));
    }
    predicted.sort_by_key(|predicted| predicted.object.id);
    predicted
}

/// The stretch of facts that belongs to each of `count` routes, when `owners` come route by route.
fn ranges(count: usize, owners: impl Iterator<Item = usize>) -> Vec<std::ops::Range<usize>> {
    let mut ranges = vec![0..0; count];
    for (at, owner) in owners.enumerate() {
        if let Some(range) = ranges.get_mut(owner) {
            *range = if range.start == range.end {
                at..at + 1
            } else {
                range.start..at + 1
            };
        }
    }
    ranges
}

/// How many routes each listener carries.
fn counts<'v>(
    attachment: &'v Attachment,
    view: &dyn Fn(&'static Profile) -> View<'v>,
) -> Vec<usize> {
    let mut counts = vec![0; attachment.listeners.len()];
    for facts in &attachment.parents {
        let super::route::ParentOutcome::Attached(accepted) = &facts.outcome else {
            continue;
        };
        let Some(gateway) = facts.gateway else {
            continue;
        };
        let profile = attachment.gateways[gateway].profile;
        if !(profile.voice.counts)(&view(profile), facts) {
            continue;
        }
        for accepted in accepted {
            counts[accepted.listener] += 1;
        }
    }
    counts
}

fn gateway_status<'v, 'm>(
    model: &'m Model,
    attachment: &'v Attachment,
    counts: &[usize],
    view: &dyn Fn(&'static Profile) -> View<'v>,
    gateway: usize,
) -> Predicted<'m> {
    let facts = &attachment.gateways[gateway];
    let object = &model.gateways[gateway].object;
    let judged = facts
        .controller
        .as_ref()
        .map(|_| (facts.profile.voice.gateway)(&view(facts.profile), gateway));
    let judged = judged.unwrap_or_default();
    let first = facts.listeners.start;
    listening(model, attachment, counts, (object, first), judged)
}

fn set_status<'v, 'm>(
    model: &'m Model,
    attachment: &'v Attachment,
    counts: &[usize],
    view: &dyn Fn(&'static Profile) -> View<'v>,
    set: usize,
) -> Predicted<'m> {
    let facts = &attachment.listener_sets[set];
    let served = facts.gateway.map(|gateway| &attachment.gateways[gateway]);
    let served = served.filter(|gateway| gateway.controller.is_some());
    let judged = served
        .and_then(|gateway| (gateway.profile.voice.listener_set)(&view(gateway.profile), set));
    let judged = judged.unwrap_or_default();
    let object: &Object = &model.listener_sets[set].object;
    let first = facts.listeners.start;
    listening(model, attachment, counts, (object, first), judged)
}

/// The status of what has listeners, of which the `first` is an index into the attachment.
fn listening<'m>(
    model: &Model,
    attachment: &Attachment,
    counts: &[usize],
    (object, first): (&'m Object, usize),
    judged: Judged,
) -> Predicted<'m> {
    let numbered = judged.listeners.into_iter().enumerate();
    let listeners = numbered
        .filter_map(|(at, conditions)| {
            let facts = attachment.listeners.get(first + at)?;
            Some(ListenerStatus {
                name: facts.written(model).name().to_owned(),
                routes: counts[first + at],
                kinds: facts.kinds.clone(),
                conditions,
            })
        })
        .collect();
    Predicted {
        object,
        conditions: judged.conditions,
        listeners: Some(listeners),
        entries: Vec::new(),
    }
}
