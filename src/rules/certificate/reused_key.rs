use std::collections::BTreeMap;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::certificate::PublicKey;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "reused-key",
    severity: Severity::Warning,
    page: page!("certificate/reused-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut first: BTreeMap<&PublicKey, Vec<&Spanned<Arc<Certificate>>>> = BTreeMap::new();
    for certificate in world.model.certificates() {
        first
            .entry(&certificate.public_key)
            .or_default()
            .push(certificate);
    }
    let mut reused: Vec<_> = first
        .values()
        .filter_map(|all| {
            let head = all.first()?;
            let other = all.iter().find(|other| differ(role(other), role(head)))?;
            Some((*head, *other))
        })
        .collect();
    reused.sort_by_key(|(_, other)| other.span);
    for (head, other) in reused {
        findings
            .at(
                other.span,
                format!("{} has the key of {}", title(other), title(head)),
            )
            .also(head.span, "the same key")
            .help("make a key of its own for each role: who takes one must not get the other");
    }
}

/// What a certificate is for, as far as it says so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Authority,
    Server,
    Client,
    Either,
}

fn role(certificate: &Certificate) -> Role {
    let extensions = &certificate.extensions;
    match (extensions.allows_serving(), extensions.allows_sending()) {
        _ if certificate.is_ca() => Role::Authority,
        (true, false) => Role::Server,
        (false, true) => Role::Client,
        _ => Role::Either,
    }
}

/// One that may do either is no other role than server or client.
fn differ(a: Role, b: Role) -> bool {
    let open = |role| role == Role::Either;
    let leaf = |role| role != Role::Authority;
    a != b && !(open(a) && leaf(b) || open(b) && leaf(a))
}

fn title(certificate: &Certificate) -> String {
    let label = certificate.label();
    match role(certificate) {
        Role::Authority => format!("the CA `{label}`"),
        Role::Server => format!("the server `{label}`"),
        Role::Client => format!("the client `{label}`"),
        Role::Either => format!("`{label}`"),
    }
}
