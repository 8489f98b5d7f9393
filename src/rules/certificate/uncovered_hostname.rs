use std::sync::Arc;

use crate::attach::credential::Pair;
use crate::attach::credential::served_names;
use crate::attach::hostname;
use crate::attach::listener::Resolved;
use crate::attach::listener::Transport;
use crate::certificate::Certificate;
use crate::certificate::refusal_of_name;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "uncovered-hostname",
    severity: Severity::Error,
    page: page!("certificate/uncovered-hostname"),
    check,
};

/// A leaf, and where the listener names it.
type Shown<'w> = (&'w Spanned<Arc<Certificate>>, Span);

fn check(world: &World<'_>, findings: &mut Findings) {
    let (model, attachment) = (world.model, world.attachment);
    for (index, facts) in attachment.listeners.iter().enumerate() {
        let Some(shown) = shown(world, index).filter(|_| facts.transport == Transport::Terminate)
        else {
            continue;
        };
        let names = served_names(model, &attachment.listeners, &attachment.parents, index);
        let is_narrowed = |wild: &str| {
            let mut others = names.iter().filter(|other| other.name != wild);
            others.any(|other| hostname::matches(wild, &other.name))
        };
        for served in &names {
            let covered = shown.iter().any(|(leaf, _)| covers(leaf, &served.name));
            if covered || served.name.starts_with('*') && is_narrowed(&served.name) {
                continue;
            }
            let finding = findings.at(
                served.said,
                format!("no certificate of the listener covers `{}`", served.name),
            );
            for (leaf, said) in shown.iter().take(3) {
                let names = leaf.extensions.alternative_names.iter();
                let dns: Vec<_> = names
                    .flat_map(|names| &names.dns)
                    .map(String::as_str)
                    .collect();
                let label = match dns.join(", ") {
                    none if none.is_empty() => "it names no host".to_owned(),
                    listed => format!("it is for {listed}"),
                };
                finding.also(*said, label);
            }
            if let Some((leaf, _)) = shown.first().filter(|_| !served.name.starts_with('*'))
                && let Some(words) = refusal_of_name(leaf, &served.name)
            {
                finding.help(format!("clients say `{words}`"));
            }
            finding.help("issue the certificate for this name, too");
        }
    }
}

/// The leaves of the listener; `None` when it has none, or one that is not known.
fn shown<'w>(world: &World<'w>, listener: usize) -> Option<Vec<Shown<'w>>> {
    let facts = &world.attachment.listeners[listener];
    let pairs = &world.attachment.credentials.pairs;
    let mut leaves = Vec::new();
    for certificate in &facts.certificates {
        let Resolved::Secret(_) = certificate.secret else {
            return None;
        };
        let serves = |pair: &&Pair| {
            let mut served = pair.served.iter();
            served.any(|service| service.listener == listener && service.said == certificate.said)
        };
        let leaf = pairs.iter().find(serves)?.leaf(world.model)?;
        // A certificate without any name is a matter of its own.
        let names = leaf.extensions.alternative_names.as_ref()?;
        if names.dns.is_empty() && names.ip.is_empty() {
            return None;
        }
        leaves.push((leaf, certificate.said));
    }
    (!leaves.is_empty()).then_some(leaves)
}

/// Whether clients find `name` in the certificate; of a wildcard, whether any name under it.
fn covers(leaf: &Certificate, name: &str) -> bool {
    if !name.starts_with('*') {
        return refusal_of_name(leaf, name).is_none();
    }
    let names = leaf.extensions.alternative_names.iter();
    names
        .flat_map(|names| &names.dns)
        .any(|dns| hostname::intersection(Some(name), Some(dns)).is_some())
}
