//! What grants are used for: which of their entries something that was given asks for.

use std::collections::BTreeSet;

use super::asking::Asking;
use super::index::Index;
use crate::model::ENVOY_GATEWAY;
use crate::model::GATEWAY_API;
use crate::model::grant::Grant;
use crate::model::reference::Reference;

/// Which entries of a ReferenceGrant are used.
#[derive(Debug)]
pub struct GrantFacts {
    /// One entry each of `from`.
    pub from: Vec<Use>,
    /// One entry each of `to`: whether something that was given asks for it.
    pub to: Vec<bool>,
    /// The names that are asked for, of any kind.
    pub names: BTreeSet<String>,
}

/// Whether something asks for what a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Something that was given does.
    Used,
    /// Nothing does, of all that could.
    Unused,
    /// Nothing does, but what could was not given.
    Unknown,
}

/// From where (group, kind, namespace), to what (group, kind, namespace), by which name.
type Asked = ((String, String, String), (String, String, String), String);

/// The kinds that refer across namespaces, as far as they are read here.
const ASKERS: &[(&str, &str)] = &[
    (GATEWAY_API, "HTTPRoute"),
    (GATEWAY_API, "GRPCRoute"),
    (GATEWAY_API, "TLSRoute"),
    (GATEWAY_API, "TCPRoute"),
    (GATEWAY_API, "UDPRoute"),
    (GATEWAY_API, "Gateway"),
    (GATEWAY_API, "ListenerSet"),
    (ENVOY_GATEWAY, "ClientTrafficPolicy"),
];

impl GrantFacts {
    /// What each grant is used for, in the order of the model.
    pub(super) fn all(index: &Index<'_>, asked: &[Asking<'_>]) -> Vec<Self> {
        let asked = wanted(asked);
        let given: BTreeSet<(&str, &str, &str)> = index
            .model
            .objects
            .iter()
            .map(|object| (object.group(), object.kind.as_str(), object.namespace()))
            .collect();
        let grants = index.model.grants.iter();
        grants
            .map(|grant| Self::of(index, &asked, &given, grant))
            .collect()
    }

    fn of(
        index: &Index<'_>,
        asked: &BTreeSet<Asked>,
        given: &BTreeSet<(&str, &str, &str)>,
        grant: &Grant,
    ) -> Self {
        let mut facts = Self {
            from: Vec::new(),
            to: vec![false; grant.to.len()],
            names: BTreeSet::new(),
        };
        for from in &grant.from {
            let asker = (from.group_or(""), from.kind_or(""));
            let namespace = from.namespace_or("");
            let mut is_used = false;
            for (at, to) in grant.to.iter().enumerate() {
                let names = matching(asked, grant, from, to);
                is_used |= !names.is_empty();
                facts.to[at] |= !names.is_empty();
                facts.names.extend(names);
            }
            let is_known = ASKERS.contains(&asker)
                && (index.settings.closed.covers_in(asker.1, namespace)
                    || given.contains(&(asker.0, asker.1, namespace)));
            facts.from.push(match (is_used, is_known) {
                (true, _) => Use::Used,
                (false, true) => Use::Unused,
                (false, false) => Use::Unknown,
            });
        }
        facts
    }
}

/// How many names that one pair of entries allows are listed.
const MAX_NAMES: usize = 32;

/// The names that are asked for and that this pair of entries allows.
fn matching(
    asked: &BTreeSet<Asked>,
    grant: &Grant,
    from: &Reference,
    to: &Reference,
) -> Vec<String> {
    let own = |text: &str| text.to_owned();
    let asker = (
        own(from.group_or("")),
        own(from.kind_or("")),
        own(from.namespace_or("")),
    );
    let target = (
        own(to.group_or("")),
        own(to.kind_or("")),
        own(grant.object.namespace()),
    );
    let first = (asker.clone(), target.clone(), own(to.name()));
    let names = asked
        .range(first..)
        .take_while(|(from, to, _)| *from == asker && *to == target)
        .map(|(_, _, name)| name)
        .take_while(|name| to.name().is_empty() || *name == to.name());
    names.take(MAX_NAMES).cloned().collect()
}

/// What is asked for. Istio compares the name of an authority with a suffix: both names count.
fn wanted(asked: &[Asking<'_>]) -> BTreeSet<Asked> {
    let mut all = BTreeSet::new();
    for asking in asked {
        let owner = asking.owner;
        let from = (
            owner.group().to_owned(),
            owner.kind.value.clone(),
            owner.namespace().to_owned(),
        );
        let (group, kind, namespace) = asking.target();
        let to = (group.to_owned(), kind.to_owned(), namespace.to_owned());
        let name = asking.reference.name();
        if asking.verifies_clients_of.is_some() {
            all.insert((from.clone(), to.clone(), format!("{name}-cacert")));
        }
        all.insert((from, to, name.to_owned()));
    }
    all
}
