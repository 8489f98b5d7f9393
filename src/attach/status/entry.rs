//! What is said of parents and ancestors, one entry a controller and reference.

use super::super::Attachment;
use super::super::profile::PROFILES;
use super::super::profile::Profile;
use super::super::route::ParentFacts;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::settings::Settings;
use crate::yaml::Node;
use std::collections::BTreeMap;

use super::Entry;
use super::Predicted;
use super::Target;
use super::View;
use super::condition;
/// What the controllers of its parents say of a route.
pub(super) fn route_entries<'v>(
    model: &Model,
    settings: &Settings,
    attachment: &'v Attachment,
    view: &dyn Fn(&'static Profile) -> View<'v>,
    parents: &[ParentFacts],
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for facts in parents {
        let mut target = Target::of(facts.written(model));
        let (profile, controller, conditions) = match facts.gateway {
            Some(gateway) => {
                let served = &attachment.gateways[gateway];
                let Some(controller) = &served.controller else {
                    continue;
                };
                let view = view(served.profile);
                let conditions = (served.profile.voice.parent)(&view, facts);
                (served.profile, controller.as_str(), conditions)
            }
            None => {
                let speakers = speakers(settings, attachment);
                let said = speakers.into_iter().find_map(|profile| {
                    let conditions = (profile.voice.mesh)(&view(profile), facts)?;
                    Some((
                        profile,
                        profile.controllers.first().copied()?,
                        Some(conditions),
                    ))
                });
                let Some(said) = said else { continue };
                said
            }
        };
        let Some(conditions) = conditions else {
            continue;
        };
        if profile.voice.merges_sections {
            target.section = None;
            target.port = None;
        }
        let same = entries
            .iter_mut()
            .find(|entry| entry.target == target && entry.controller == controller);
        match same {
            Some(entry) => entry.conditions = condition::better(&entry.conditions, &conditions),
            None => entries.push(Entry {
                target,
                controller: controller.to_owned(),
                conditions,
            }),
        }
    }
    entries
}

/// The implementations that are there: those that serve a Gateway, and those whose version is taken for given.
pub(super) fn speakers(settings: &Settings, attachment: &Attachment) -> Vec<&'static Profile> {
    let serving = attachment.gateways.iter();
    let serving = serving.filter(|gateway| gateway.controller.is_some());
    let mut speakers: BTreeMap<&str, &'static Profile> = serving
        .map(|gateway| (gateway.profile.name, gateway.profile))
        .collect();
    let assumed = PROFILES
        .iter()
        .filter(|profile| (profile.version)(&settings.assume).is_some());
    for profile in assumed {
        // A family of profiles that share a version speaks with one voice: that of the first.
        if !speakers
            .values()
            .any(|speaker| std::ptr::eq(speaker.voice, profile.voice))
        {
            speakers.insert(profile.name, profile);
        }
    }
    speakers.into_values().collect()
}

/// Entries of an object, with what other controllers wrote there before.
pub(super) fn entries_status<'m>(
    object: &'m Object,
    list: &str,
    reference: &str,
    mut entries: Vec<Entry>,
) -> Predicted<'m> {
    let status = object.tree.node().get("status");
    let written = status.and_then(|status| status.get(list));
    let mut foreign = Vec::new();
    for node in written.into_iter().flat_map(Node::items) {
        let Some(entry) = existing(node, reference) else {
            continue;
        };
        let own = entries
            .iter_mut()
            .find(|own| own.controller == entry.controller);
        let Some(_) = own else {
            let is_ours = PROFILES
                .iter()
                .any(|profile| profile.controllers.contains(&entry.controller.as_str()));
            if !is_ours {
                foreign.push(entry);
            }
            continue;
        };
        let same = entries.iter_mut().find(|own| {
            own.controller == entry.controller
                && own.target.name == entry.target.name
                && own.target.section == entry.target.section
        });
        let keeps = Profile::of_controller(&entry.controller)
            .voice
            .keeps_unknown_conditions;
        if let Some(own) = same.filter(|_| keeps) {
            condition::keep(&mut own.conditions, entry.conditions);
        }
    }
    entries.extend(foreign);
    Predicted {
        object,
        conditions: Vec::new(),
        listeners: None,
        entries,
    }
}

/// An entry as it was written before.
fn existing(node: Node<'_>, reference: &str) -> Option<Entry> {
    let target = Reference::of(node.get(reference)?);
    Some(Entry {
        target: Target::of(&target),
        controller: node.string_at("controllerName")?.value,
        conditions: node
            .get("conditions")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(condition::existing)
            .collect(),
    })
}
