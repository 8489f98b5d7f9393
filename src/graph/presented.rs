//! The names for which clients ask a receiver to which TLS goes through, and that its certificate does not carry.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::delivery::Delivery;
use super::landing::Landing;
use super::material::Chain;
use super::material::Material;
use super::material::Materials;
use crate::attach::Attachment;
use crate::attach::listener::Transport;
use crate::attach::route::ParentOutcome;
use crate::certificate::refusal_of_name;
use crate::model::Model;
use crate::source::Span;

/// A name that leads to a certificate for others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misnamed {
    /// The name, as the route or the listener writes it.
    pub at: Span,
    /// Where the certificate stands.
    pub certificate: Span,
    /// What clients written in Go say.
    pub words: String,
}

impl Misnamed {
    /// Every one, each once.
    pub(super) fn all(
        model: &Model,
        attachment: &Attachment,
        (landings, deliveries): (&[Landing], &[Delivery]),
        materials: &Materials<'_>,
    ) -> Vec<Self> {
        let names = names(attachment);
        let mut found = BTreeSet::new();
        for delivery in deliveries {
            let listener = &attachment.listeners[delivery.listener];
            if listener.transport != Transport::Passthrough {
                continue;
            }
            let Some(chains) = presented(model, &landings[delivery.landing], materials) else {
                continue;
            };
            let route = &model.routes[delivery.route];
            let asked = names.get(&(delivery.listener, delivery.route));
            for name in asked.into_iter().flatten() {
                let own = &listener.written(model).hostname;
                let mut written = route.hostnames.iter().chain(own);
                let at = written.find(|own| own.eq_ignore_ascii_case(name));
                let first = chains.first().zip(refusal(&chains, name));
                if let (Some(at), Some((first, words))) = (at, first) {
                    found.insert(Self {
                        at: at.span,
                        certificate: first.span,
                        words,
                    });
                }
            }
        }
        found.into_iter().collect()
    }
}

/// The exact names under which each listener carries each route.
fn names(attachment: &Attachment) -> BTreeMap<(usize, usize), Vec<&str>> {
    let mut names: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for parent in &attachment.parents {
        let ParentOutcome::Attached(accepted) = &parent.outcome else {
            continue;
        };
        for accepted in accepted {
            let exact = accepted.hostnames.iter().flatten();
            let exact = exact.filter(|name| !name.starts_with('*'));
            let there = names.entry((accepted.listener, parent.route)).or_default();
            there.extend(exact.map(String::as_str));
        }
    }
    names
}

/// What the receivers behind a Service port present; `None` when one has no TLS, or its certificate was not given.
fn presented(model: &Model, landing: &Landing, materials: &Materials<'_>) -> Option<Vec<Chain>> {
    let mut chains = Vec::new();
    for (_, run, receiver, server) in landing.receivers() {
        let run = &model.runs[run];
        let tls = run.collector.receivers[receiver].servers[server]
            .tls
            .given()?;
        let Material::Given(chain) = materials.of_setting(tls.certificate()?, run) else {
            return None;
        };
        chains.push(chain);
    }
    (!chains.is_empty()).then_some(chains)
}

/// Why every one of `chains` is refused under `name`, in the words about the first.
fn refusal(chains: &[Chain], name: &str) -> Option<String> {
    let words: Option<Vec<_>> = chains
        .iter()
        .map(|chain| refusal_of_name(chain.certificates.first()?, name))
        .collect();
    words?.into_iter().next()
}
