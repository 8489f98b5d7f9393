//! What the specification asks a controller to write, for implementations of which nothing else is known.
//!
//! Source: Gateway API v1.6, `apis/v1/*_types.go`, and what its conformance suite asserts.

use super::Entry;
use super::Judged;
use super::View;
use super::Voice;
use super::condition::Condition;
use super::condition::holds;
use super::policy;
use super::reason;
use crate::attach::Standing;
use crate::attach::listener::Fault;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::attach::route::ParentFacts;
use crate::attach::route::ParentOutcome;
use crate::model::route::RouteKind;

/// The specification's own voice.
pub static SPECIFICATION: Voice = Voice {
    gateway,
    listener_set,
    parent,
    counts: |_, _| true,
    policy,
    mesh: |_, _| None,
    keeps_unknown_conditions: false,
    merges_sections: true,
};

fn gateway(view: &View<'_>, gateway: usize) -> Judged {
    let facts = &view.attachment.gateways[gateway];
    let listeners: Vec<_> = view.attachment.listeners[facts.listeners.clone()]
        .iter()
        .map(|facts| listener(view, facts))
        .collect();
    let mut conditions = vec![accepted(view, gateway, &listeners)];
    conditions.push(match holds(&conditions, "Accepted") {
        true => Condition::yes("Programmed", "Programmed", "the Gateway is served"),
        false => Condition::no("Programmed", "Invalid", "the Gateway is not accepted"),
    });
    conditions.push(Condition::resolved_unless(reason::client_certificate(
        view, gateway,
    )));
    conditions.extend(reason::insecure(view, gateway));
    Judged {
        conditions,
        listeners,
    }
}

fn accepted(view: &View<'_>, gateway: usize, listeners: &[Vec<Condition>]) -> Condition {
    let own = &view.model().gateways[gateway];
    let is_known = |kind: &str| matches!(kind, "IPAddress" | "Hostname");
    let mut kinds = own
        .requested
        .iter()
        .filter_map(|address| address.kind.as_ref());
    if let Some(kind) = kinds.find(|kind| !is_known(kind)) {
        let words = format!("addresses of type `{kind}` are not supported");
        return Condition::no("Accepted", "UnsupportedAddress", words);
    }
    if let Some(parameters) = own.parameters.as_ref().filter(|parameters| {
        let (group, kind) = (parameters.group_or(""), parameters.kind_or(""));
        let namespace = own.object.namespace();
        let is_there = match (group, kind) {
            ("", "ConfigMap") => view
                .model()
                .config_maps
                .named(namespace, parameters.name())
                .is_some(),
            _ => view
                .index
                .other(group, kind, namespace, parameters.name())
                .is_some(),
        };
        !is_there
    }) {
        let words = format!("there are no parameters `{}`", parameters.name());
        return Condition::no("Accepted", "InvalidParameters", words);
    }
    by_listeners("Accepted", listeners)
}

/// Whether an object is accepted for the sake of its listeners: one good one is enough.
pub(super) fn by_listeners(kind: &'static str, listeners: &[Vec<Condition>]) -> Condition {
    let good = listeners
        .iter()
        .filter(|conditions| holds(conditions, "Accepted"))
        .count();
    let words = format!("{good} of {} listeners can be served", listeners.len());
    match good {
        good if good == listeners.len() => {
            Condition::yes(kind, kind, "all listeners can be served")
        }
        0 => Condition::no(kind, "ListenersNotValid", words),
        _ => Condition::yes(kind, "ListenersNotValid", words),
    }
}

fn listener(view: &View<'_>, facts: &ListenerFacts) -> Vec<Condition> {
    let own = facts.written(view.model());
    let accepted = refusal(view, facts);
    let reference = unresolved(facts);
    let mut conditions = vec![match &accepted {
        Some((reason, words)) => Condition::no("Accepted", *reason, words.clone()),
        None => Condition::yes("Accepted", "Accepted", "the listener can be served"),
    }];
    conditions.push(match facts.conflict {
        Some(clash) => {
            let words = "another listener claims the same";
            Condition::yes("Conflicted", clash.reason.word(), words)
        }
        None => Condition::no(
            "Conflicted",
            "NoConflicts",
            "no other listener claims the same",
        ),
    });
    let is_certified = facts
        .certificates
        .iter()
        .any(super::super::listener::CertificateFacts::is_usable);
    let is_broken = accepted.is_some()
        || (!facts.certificates.is_empty() && !is_certified && !own.passes_through())
        || (!facts.refused_kinds.is_empty() && facts.kinds.is_empty());
    let reason = facts
        .conflict
        .map_or("Invalid", |clash| clash.reason.word());
    conditions.push(match is_broken {
        true => Condition::no("Programmed", reason, "the listener is not served"),
        false => Condition::yes("Programmed", "Programmed", "the listener is served"),
    });
    conditions.push(Condition::resolved_unless(reference));
    conditions
}

/// Why a listener is not accepted.
fn refusal(view: &View<'_>, facts: &ListenerFacts) -> Option<reason::Reason> {
    let own = facts.written(view.model());
    if !facts.is_supported {
        let words = format!("protocol `{}` is not supported", own.protocol());
        return Some(("UnsupportedProtocol", words));
    }
    if let Some(clash) = facts.conflict {
        return Some((
            clash.reason.word(),
            "another listener claims the same".to_owned(),
        ));
    }
    // A certificate is asked for in ResolvedRefs; options may stand for it.
    let mut faults = facts
        .faults
        .iter()
        .copied()
        .filter(|fault| *fault != Fault::NeedlessCertificate);
    if let Some(fault) = faults.next() {
        return Some(("UnsupportedValue", reason::words(fault).to_owned()));
    }
    // Ending TLS for a TLSRoute is the extended feature TLSRouteModeTerminate, which nobody promised.
    let needs_feature = own.protocol() == "TLS" && facts.transport == Transport::Terminate;
    if needs_feature && facts.kinds.contains(&RouteKind::Tls) {
        let words = "ending TLS on a listener of protocol TLS is an extended feature";
        return Some(("UnsupportedValue", words.to_owned()));
    }
    let has_authorities = !facts.authorities.is_empty();
    if has_authorities
        && facts
            .authorities
            .iter()
            .all(|facts| reason::authority(facts).is_some())
    {
        return Some((
            "NoValidCACertificate",
            "no client CA can be used".to_owned(),
        ));
    }
    None
}

/// Which reference of a listener leads nowhere.
fn unresolved(facts: &ListenerFacts) -> Option<reason::Reason> {
    let is_read = facts.transport != Transport::Passthrough;
    let certificates = facts
        .certificates
        .iter()
        .filter(|_| is_read)
        .filter_map(reason::certificate);
    let authorities = facts.authorities.iter().filter_map(reason::authority);
    let mut faults: Vec<_> = certificates.chain(authorities).collect();
    // What may not be seen must not be told apart from what is not there.
    faults.sort_by_key(|(reason, _)| *reason != "RefNotPermitted");
    let kinds = (!facts.refused_kinds.is_empty()).then(|| {
        (
            "InvalidRouteKinds",
            "`allowedRoutes.kinds` names a kind that the protocol does not carry".to_owned(),
        )
    });
    faults.into_iter().next().or(kinds)
}

fn listener_set(view: &View<'_>, set: usize) -> Option<Judged> {
    let facts = &view.attachment.listener_sets[set];
    let refused = |reason: &'static str, words: &str| Judged {
        conditions: vec![
            Condition::no("Accepted", reason, words),
            Condition::no("Programmed", reason, words),
        ],
        listeners: Vec::new(),
    };
    match facts.standing {
        Standing::Attached => {}
        Standing::NotAllowed | Standing::NamespaceUnknown => {
            let words = "the Gateway's `allowedListeners` does not let this namespace in";
            return Some(refused("NotAllowed", words));
        }
        Standing::Unsupported => {
            return Some(refused("NotAllowed", "the class knows no ListenerSets"));
        }
        Standing::Absent(_) | Standing::OtherKind => return None,
    }
    let parent = gateway(view, facts.gateway?);
    if !holds(&parent.conditions, "Accepted") {
        let mut judged = refused("ParentNotAccepted", "the Gateway is not accepted");
        judged.conditions[1].reason = "ParentNotProgrammed".into();
        return Some(judged);
    }
    let listeners: Vec<_> = view.attachment.listeners[facts.listeners.clone()]
        .iter()
        .map(|facts| listener(view, facts))
        .collect();
    let accepted = by_listeners("Accepted", &listeners);
    let programmed = match accepted.status {
        super::Verdict::True => {
            Condition::yes("Programmed", "Programmed", "the listeners are served")
        }
        _ => Condition::no("Programmed", "ListenersNotValid", accepted.message.clone()),
    };
    Some(Judged {
        conditions: vec![accepted, programmed],
        listeners,
    })
}

fn parent(view: &View<'_>, facts: &ParentFacts) -> Option<Vec<Condition>> {
    let accepted = match reason::denial(facts) {
        Some((reason, words)) => Condition::no("Accepted", reason, words),
        None if matches!(facts.outcome, ParentOutcome::Attached(_)) => {
            Condition::yes("Accepted", "Accepted", "the route is attached")
        }
        None => return None,
    };
    let route = &view.model().routes[facts.route];
    let references = route.rules.iter().flat_map(|rule| {
        let mirrors = rule
            .filters
            .iter()
            .filter_map(|filter| filter.mirror.as_ref());
        rule.backends.iter().chain(mirrors)
    });
    let mut faults = references.filter_map(|reference| reason::backend(view, route, reference));
    let resolved = Condition::resolved_unless(faults.next());
    Some(vec![accepted, resolved])
}

fn policy(view: &View<'_>, at: usize) -> Vec<Entry> {
    let keys = &["ca.crt"];
    let authorities = policy::authorities(view, at, &["ConfigMap", "Secret"], keys);
    let mut entries: Vec<Entry> = Vec::new();
    for uses in policy::uses(view, at) {
        let Some(controller) = &view.attachment.gateways[uses.gateway].controller else {
            continue;
        };
        if !std::ptr::eq(view.profile_of(uses.gateway).voice, view.profile.voice) {
            continue;
        }
        let target = policy::gateway_target(view, uses.gateway);
        if entries.iter().any(|entry| entry.target == target) {
            continue;
        }
        let conditions = match uses.wins {
            false => vec![policy::conflicted()],
            true => policy::judged(&authorities),
        };
        entries.push(Entry {
            target,
            controller: controller.clone(),
            conditions,
        });
    }
    entries.sort_by(|a, b| a.target.cmp(&b.target));
    entries.truncate(super::MAX_ANCESTORS);
    entries
}
