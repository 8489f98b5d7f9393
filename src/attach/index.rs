//! Everything that was given, found by name, for the length of one attachment.

use std::collections::BTreeMap;

use super::grant::Grants;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::object::Object;
use crate::settings::Settings;

/// A group and kind, then a namespace and name.
type Key<'m> = (&'m str, &'m str, &'m str, &'m str);

/// What a policy aims at: kind, namespace, name and section.
type Target<'m> = (&'m str, &'m str, &'m str, Option<&'m str>);

/// What was given, by name.
#[derive(Debug)]
pub struct Index<'m> {
    /// All of it.
    pub model: &'m Model,
    /// What is closed, and which versions are taken for given.
    pub settings: &'m Settings,
    /// Who may refer across namespaces.
    pub grants: Grants<'m>,
    namespaces: BTreeMap<&'m str, &'m Object>,
    classes: BTreeMap<&'m str, usize>,
    others: BTreeMap<Key<'m>, &'m Object>,
    silent: BTreeMap<(&'m str, &'m str), usize>,
    client_policies: BTreeMap<Target<'m>, usize>,
}

impl<'m> Index<'m> {
    /// The index of `model`.
    #[must_use]
    pub fn of(model: &'m Model, settings: &'m Settings) -> Self {
        let namespaces = model.namespaces.iter();
        let classes = model.gateway_classes.iter().enumerate();
        let others = model.objects.iter().filter(|object| {
            let group = object.group();
            !group.is_empty() && group != GATEWAY_API
        });
        let mut silent = BTreeMap::new();
        for slice in &model.endpoint_slices {
            if let Some(service) = &slice.service {
                let key = (slice.object.namespace(), service.as_str());
                *silent.entry(key).or_default() += slice.addresses;
            }
        }
        Self {
            model,
            settings,
            grants: Grants::of(model),
            namespaces: namespaces
                .rev()
                .map(|object| (object.name(), object.as_ref()))
                .collect(),
            classes: classes
                .rev()
                .map(|(at, class)| (class.object.name(), at))
                .collect(),
            others: others
                .map(|object| {
                    let key = (
                        object.group(),
                        object.kind.as_str(),
                        object.namespace(),
                        object.name(),
                    );
                    (key, object.as_ref())
                })
                .collect(),
            silent,
            client_policies: client_policies(model),
        }
    }

    /// The ClientTrafficPolicy that aims at `object` or at that section of it, as an index into the model.
    #[must_use]
    pub fn client_policy(&self, object: &Object, section: Option<&str>) -> Option<usize> {
        let target = (
            object.kind.as_str(),
            object.namespace(),
            object.name(),
            section,
        );
        self.client_policies.get(&target).copied()
    }

    /// The Namespace of that name.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&'m Object> {
        self.namespaces.get(name).copied()
    }

    /// The GatewayClass of that name, as an index into the model.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<usize> {
        self.classes.get(name).copied()
    }

    /// An object of a kind that has no type of its own here.
    #[must_use]
    pub fn other(
        &self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&'m Object> {
        self.others.get(&(group, kind, namespace, name)).copied()
    }

    /// Every object of a kind that has no type of its own here.
    pub fn others_of(&self, group: &'m str, kind: &'m str) -> impl Iterator<Item = &'m Object> {
        let first = (group, kind, "", "");
        let after = self.others.range(first..);
        after
            .take_while(move |(key, _)| key.0 == group && key.1 == kind)
            .map(|(_, object)| *object)
    }

    /// Whether EndpointSlices were given for a Service, and all of them are empty.
    #[must_use]
    pub fn is_without_endpoints(&self, namespace: &str, service: &str) -> bool {
        self.silent.get(&(namespace, service)) == Some(&0)
    }
}

/// What each ClientTrafficPolicy aims at; of several the oldest, then the first by name, wins.
fn client_policies(model: &Model) -> BTreeMap<Target<'_>, usize> {
    let mut order: Vec<usize> = (0..model.client_traffic_policies.len()).collect();
    order.sort_by_cached_key(|at| {
        let object = &model.client_traffic_policies[*at].object;
        (
            object.created(),
            object.namespace().to_owned(),
            object.name().to_owned(),
        )
    });
    let mut policies = BTreeMap::new();
    for at in order {
        let policy = &model.client_traffic_policies[at];
        for target in &policy.targets {
            let section = target.section.as_ref().map(|section| section.as_str());
            let key = (
                target.kind_or(""),
                policy.object.namespace(),
                target.name(),
                section,
            );
            policies.entry(key).or_insert(at);
        }
    }
    policies
}
