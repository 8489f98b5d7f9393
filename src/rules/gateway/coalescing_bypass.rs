use std::collections::BTreeMap;

use crate::attach::listener::Clients;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "coalescing-bypass",
    severity: Severity::Warning,
    page: page!("gateway/coalescing-bypass"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for gateway in &world.attachment.gateways {
        let listeners = &world.attachment.listeners[gateway.served.clone()];
        let mut open: BTreeMap<(i64, String), &ListenerFacts> = BTreeMap::new();
        for facts in listeners.iter().filter(|facts| asks_nobody(facts)) {
            let Some(port) = &facts.written(world.model).port else {
                continue;
            };
            for certificate in &facts.certificates {
                for name in &certificate.names {
                    let key = (port.value, name.to_ascii_lowercase());
                    open.entry(key).or_insert(facts);
                }
            }
        }
        for facts in listeners {
            let Clients::Verified { said, .. } = facts.clients else {
                continue;
            };
            let own = facts.written(world.model);
            let (Some(port), Some(name)) = (&own.port, own.hostname()) else {
                continue;
            };
            let name = name.to_ascii_lowercase();
            // The star of a certificate stands for one label.
            let wildcard = name.split_once('.').map(|(_, rest)| format!("*.{rest}"));
            let covering = [Some(name.clone()), wildcard]
                .into_iter()
                .flatten()
                .find_map(|pattern| open.get(&(port.value, pattern)).copied());
            let Some(other) = covering else { continue };
            let written = other.written(world.model);
            let place = written
                .hostname
                .as_ref()
                .map_or(written.name_span(), |hostname| hostname.span);
            let finding = findings.at(
                place,
                format!(
                    "the certificate of this listener covers `{name}` too, so a connection made here may be \
                     used for that name, without a client certificate"
                ),
            );
            finding.also(said, format!("`{name}` demands one"));
            world.show_class(finding, facts.gateway);
            finding.help("give each of the two a certificate of its own, or another port");
        }
    }
}

/// Whether TLS ends there, and anyone comes in.
fn asks_nobody(facts: &ListenerFacts) -> bool {
    facts.transport == Transport::Terminate
        && matches!(facts.clients, Clients::Anyone | Clients::Unheeded { .. })
}
