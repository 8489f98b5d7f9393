//! What Envoy Gateway writes (Envoy Gateway 1.9, `internal/gatewayapi`).

use std::collections::BTreeSet;

use super::Judged;
use super::View;
use super::Voice;
use super::condition::Condition;
use super::condition::holds;
use super::reason;
use super::reason::Reason;
use crate::attach::Standing;
use crate::attach::listener::Fault;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::model::ENVOY_GATEWAY as GROUP;

mod filter;
mod policy;
mod route;

/// Envoy Gateway's voice.
pub static ENVOY_GATEWAY: Voice = Voice {
    gateway,
    listener_set,
    parent: route::parent,
    counts: route::counts,
    policy: policy::policies,
    mesh: |_, _| None,
    keeps_unknown_conditions: false,
    merges_sections: false,
};

fn gateway(view: &View<'_>, gateway: usize) -> Judged {
    let facts = &view.attachment.gateways[gateway];
    if let Some((reason, words)) = gateway_refusal(view, gateway) {
        return Judged {
            conditions: vec![
                Condition::no("Accepted", reason, words.clone()),
                Condition::no("Programmed", "Invalid", words),
            ],
            listeners: Vec::new(),
        };
    }
    let own = &view.attachment.listeners[facts.listeners.clone()];
    let listeners: Vec<_> = own.iter().map(|facts| listener(view, facts)).collect();
    let mut conditions = vec![
        Condition::yes("Accepted", "Accepted", "the Gateway is accepted"),
        Condition::yes("Programmed", "Programmed", "the Gateway is served"),
    ];
    let authorities = own
        .iter()
        .flat_map(|facts| &facts.authorities)
        .find_map(reason::authority);
    let broken = authorities.map(|(_, words)| ("InvalidParameters", words));
    conditions.push(Condition::resolved_unless(
        reason::client_certificate(view, gateway).or(broken),
    ));
    conditions.extend(reason::insecure(view, gateway));
    Judged {
        conditions,
        listeners,
    }
}

/// Why a Gateway is passed over with all its listeners.
fn gateway_refusal(view: &View<'_>, gateway: usize) -> Option<Reason> {
    let own = &view.model().gateways[gateway];
    let mut kinds = own
        .requested
        .iter()
        .filter_map(|address| address.kind.as_ref());
    if let Some(kind) = kinds.find(|kind| !matches!(kind.as_str(), "IPAddress" | "Hostname")) {
        let words = format!("addresses of type `{kind}` are not supported");
        return Some(("UnsupportedAddress", words));
    }
    let parameters = own.parameters.as_ref()?;
    let (group, kind, name) = (
        parameters.group_or(""),
        parameters.kind_or(""),
        parameters.name(),
    );
    let is_there = group == GROUP
        && kind == "EnvoyProxy"
        && view
            .index
            .other(group, kind, own.object.namespace(), name)
            .is_some();
    (!is_there).then(|| {
        (
            "InvalidParameters",
            format!("there is no EnvoyProxy `{name}`"),
        )
    })
}

/// What is wrong with a listener makes conditions one by one; what they leave unsaid follows from them.
fn listener(view: &View<'_>, facts: &ListenerFacts) -> Vec<Condition> {
    let is_in_set = facts.set.is_some();
    let invalid = if is_in_set {
        "ListenersNotValid"
    } else {
        "Invalid"
    };
    let mut conditions = faults(view, facts, invalid);
    let accepted = || Condition::yes("Accepted", "Accepted", "the listener can be served");
    let programmed = || Condition::yes("Programmed", "Programmed", "the listener is served");
    let resolved = Condition::resolved;
    let unserved = || Condition::no("Programmed", invalid, "the listener is not served");
    let only = match conditions.as_slice() {
        [only] if only.kind == "ResolvedRefs" => Some(only.reason.to_string()),
        _ => None,
    };
    match only.as_deref() {
        _ if conditions.is_empty() => {
            conditions = vec![programmed(), accepted(), resolved()];
            if is_in_set {
                let words = "no other listener claims the same";
                conditions.push(Condition::no("Conflicted", "NoConflicts", words));
            }
        }
        // The good certificates are served.
        Some("PartiallyInvalidCertificateRef") => conditions.extend([accepted(), programmed()]),
        Some("InvalidCertificateRef") => conditions.extend([accepted(), unserved()]),
        _ => {
            if !conditions
                .iter()
                .any(|condition| condition.kind == "Programmed")
            {
                conditions.push(unserved());
            }
            if !conditions
                .iter()
                .any(|condition| condition.kind == "ResolvedRefs")
            {
                conditions.push(resolved());
            }
        }
    }
    conditions.extend(overlap(view, facts));
    conditions
}

/// The conditions that a listener's faults make, one a type: the last said of it stands.
fn faults(view: &View<'_>, facts: &ListenerFacts, invalid: &'static str) -> Vec<Condition> {
    let own = facts.written(view.model());
    let mut conditions = Vec::new();
    if let Some(clash) = facts.conflict {
        let (reason, words) = (clash.reason.word(), "another listener claims the same");
        conditions.push(Condition::yes("Conflicted", reason, words));
        if facts.set.is_some() {
            conditions.push(Condition::no("Accepted", reason, words));
            conditions.push(Condition::no("Programmed", reason, words));
        }
    }
    if !facts.is_supported {
        let words = format!("protocol `{}` is not supported", own.protocol());
        conditions.push(Condition::no("Accepted", "UnsupportedProtocol", words));
    }
    if !facts.refused_kinds.is_empty() {
        let words = "`allowedRoutes.kinds` names a kind that the protocol does not carry";
        conditions.push(Condition::no("ResolvedRefs", "InvalidRouteKinds", words));
    }
    for fault in facts.faults.iter().copied() {
        let reason = match fault {
            Fault::PassthroughOnHttps => "UnsupportedTLSMode",
            _ => invalid,
        };
        set(
            &mut conditions,
            Condition::no("Programmed", reason, reason::words(fault)),
        );
    }
    if facts.transport == Transport::Terminate {
        if let Some(condition) = certificates(facts) {
            set(&mut conditions, condition);
        }
        if let Some((reason, words)) = facts.authorities.iter().find_map(reason::authority) {
            set(
                &mut conditions,
                Condition::no("ResolvedRefs", reason, words.clone()),
            );
            if facts
                .authorities
                .iter()
                .all(|facts| reason::authority(facts).is_some())
            {
                set(
                    &mut conditions,
                    Condition::no("Accepted", "NoValidCACertificate", words),
                );
            }
        }
    }
    conditions
}

/// Puts a condition in the place of one of its type.
fn set(conditions: &mut Vec<Condition>, condition: Condition) {
    match conditions.iter_mut().find(|old| old.kind == condition.kind) {
        Some(old) => *old = condition,
        None => conditions.push(condition),
    }
}

/// What the certificates make of `ResolvedRefs`: some may be broken as long as one is good, and no two may be of the same
/// algorithm for the same name.
fn certificates(facts: &ListenerFacts) -> Option<Condition> {
    let mut reasons = BTreeSet::new();
    let mut words = Vec::new();
    let mut names = BTreeSet::new();
    let mut good = 0_usize;
    for certificate in &facts.certificates {
        let doubled = certificate
            .names
            .iter()
            .find(|name| !names.insert((certificate.algorithm, name.as_str())));
        match (reason::certificate(certificate), doubled) {
            (Some((reason, why)), _) => {
                reasons.insert(reason);
                words.push(why);
            }
            (None, Some(name)) => {
                reasons.insert("InvalidCertificateRef");
                words.push(format!(
                    "another certificate of the same algorithm is for `{name}`, too"
                ));
            }
            (None, None) => good += 1,
        }
    }
    let reason = match (reasons.first(), good) {
        (None, _) => return None,
        (Some(reason), 0) if reasons.len() == 1 => *reason,
        (Some(_), 0) => "InvalidCertificateRef",
        (Some(_), _) => "PartiallyInvalidCertificateRef",
    };
    Some(Condition::no("ResolvedRefs", reason, words.join("; ")))
}

/// HTTP/2 is not offered where certificates are good for the names of each other's listeners.
fn overlap(view: &View<'_>, facts: &ListenerFacts) -> Option<Condition> {
    let other = view.attachment.sharing_names(view.model(), facts)?;
    let words = format!(
        "its certificate is good for names of listener `{}` on the same port, so HTTP/2 is not offered and gRPC fails",
        other.written(view.model()).name()
    );
    Some(Condition::yes(
        "OverlappingTLSConfig",
        "OverlappingCertificates",
        words,
    ))
}

fn listener_set(view: &View<'_>, set: usize) -> Option<Judged> {
    let facts = &view.attachment.listener_sets[set];
    let refused = |reason: &'static str, words: &str| {
        Some(Judged {
            conditions: vec![
                Condition::no("Accepted", reason, words),
                Condition::no("Programmed", reason, words),
            ],
            listeners: Vec::new(),
        })
    };
    match facts.standing {
        Standing::Absent(_) | Standing::OtherKind | Standing::Unsupported => return None,
        _ if gateway_refusal(view, facts.gateway?).is_some() => {
            let mut judged = refused("ParentNotAccepted", "the Gateway is not accepted")?;
            judged.conditions[1].reason = "Programmed".into();
            return Some(judged);
        }
        Standing::NotAllowed | Standing::NamespaceUnknown => {
            return refused(
                "NotAllowed",
                "the Gateway's `allowedListeners` does not let this namespace in",
            );
        }
        Standing::Attached => {}
    }
    let listeners: Vec<_> = view.attachment.listeners[facts.listeners.clone()]
        .iter()
        .map(|facts| listener(view, facts))
        .collect();
    let accepted = super::specification::by_listeners("Accepted", &listeners);
    let is_any_served = listeners
        .iter()
        .any(|conditions| holds(conditions, "Programmed"));
    let programmed = match is_any_served {
        true => Condition::yes("Programmed", "Programmed", "the listeners are served"),
        false => Condition::no("Programmed", "ListenersNotValid", "no listener is served"),
    };
    Some(Judged {
        conditions: vec![accepted, programmed],
        listeners,
    })
}
