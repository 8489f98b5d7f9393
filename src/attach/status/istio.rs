//! What Istio writes (istio 1.32, `pilot/pkg/config/kube/gateway` and `gatewaycommon`).

use super::Judged;
use super::View;
use super::Voice;
use super::condition::Condition;
use super::reason;
use super::reason::Reason;
use crate::attach::Standing;
use crate::attach::client::Clients;

use crate::attach::listener::CertificateFacts;
use crate::attach::listener::Clash;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Resolved;
use crate::attach::listener::Transport;
use crate::settings::Version;

mod policy;
mod route;

/// The API group of Istio's own networking kinds.
const NETWORKING: &str = "networking.istio.io";

/// Istio's voice.
pub static ISTIO: Voice = GATEWAY;

const GATEWAY: Voice = Voice {
    gateway,
    listener_set,
    parent: route::parent,
    counts: |_, _| true,
    policy: policy::policies,
    mesh: route::mesh,
    keeps_unknown_conditions: true,
    merges_sections: false,
};

/// The voice of a Gateway that stands for one in another cluster: its listeners are never looked at.
pub static ISTIO_REMOTE: Voice = Voice {
    gateway: |_, _| Judged {
        conditions: vec![
            Condition::yes("Accepted", "Accepted", "the Gateway is accepted"),
            Condition::yes(
                "Programmed",
                "Programmed",
                "the Gateway is served elsewhere",
            ),
        ],
        listeners: Vec::new(),
    },
    ..GATEWAY
};

fn gateway(view: &View<'_>, gateway: usize) -> Judged {
    let facts = &view.attachment.gateways[gateway];
    let refusal = gateway_refusal(view, gateway);
    let is_hopeless = refusal.is_some() && is_without_address(view, gateway);
    let listeners: Vec<_> = match is_hopeless {
        true => Vec::new(),
        false => view.attachment.listeners[facts.listeners.clone()]
            .iter()
            .map(|facts| listener(view, facts))
            .collect(),
    };
    let accepted = match refusal {
        Some((reason, words)) => Condition::no("Accepted", reason, words),
        None => by_listeners(
            view,
            listeners
                .iter()
                .filter(|listener| listener.is_valid)
                .count(),
            listeners.len(),
        ),
    };
    let mut conditions = vec![
        accepted,
        Condition::yes("Programmed", "Programmed", "the Gateway is served"),
    ];
    conditions.push(Condition::resolved_unless(reason::client_certificate(
        view, gateway,
    )));
    conditions.extend(reason::insecure(view, gateway));
    Judged {
        conditions,
        listeners: listeners
            .into_iter()
            .map(|listener| listener.conditions)
            .collect(),
    }
}

/// Since 1.31 a Gateway says that listeners are invalid; before, it was accepted whatever they were.
fn by_listeners(view: &View<'_>, good: usize, all: usize) -> Condition {
    let version = view.index.settings.assume.istio;
    let is_silent = version.is_some_and(|version| version < Version::new(1, 31));
    match good {
        good if good == all || is_silent => {
            Condition::yes("Accepted", "Accepted", "the Gateway is accepted")
        }
        0 => Condition::no("Accepted", "ListenersNotValid", "no listener can be served"),
        good => {
            let words = format!("{good} of {all} listeners can be served");
            Condition::yes("Accepted", "ListenersNotValid", words)
        }
    }
}

/// Why a Gateway is not accepted, whatever its listeners are.
fn gateway_refusal(view: &View<'_>, gateway: usize) -> Option<Reason> {
    let own = &view.model().gateways[gateway];
    if let Some(parameters) = &own.parameters {
        let is_map = parameters.group_or("").is_empty() && parameters.kind_or("") == "ConfigMap";
        let namespace = own.object.namespace();
        let is_there = view
            .model()
            .config_maps
            .named(namespace, parameters.name())
            .is_some();
        if !is_map || !is_there {
            let words = "`parametersRef` has to name a ConfigMap of this namespace";
            return Some(("InvalidParameters", words.to_owned()));
        }
    }
    if is_managed(view, gateway) {
        return None;
    }
    let is_hostname = |kind: Option<&str>| kind.is_none_or(|kind| kind == "Hostname");
    let mut addresses = own.requested.iter();
    if addresses.any(|address| !is_hostname(address.kind.as_ref().map(|kind| kind.as_str()))) {
        let words = "only addresses of type `Hostname` are supported beside others";
        return Some(("UnsupportedAddress", words.to_owned()));
    }
    let is_dated = own
        .object
        .annotation("networking.istio.io/service-type")
        .is_some();
    is_dated.then(|| {
        let words = "the annotation `networking.istio.io/service-type` is obsolete";
        ("DeprecatedField", words.to_owned())
    })
}

/// Whether Istio makes the Deployment and the Service: no address, or one that is no host name.
fn is_managed(view: &View<'_>, gateway: usize) -> bool {
    match view.model().gateways[gateway].requested.as_slice() {
        [] => true,
        [only] => only
            .kind
            .as_ref()
            .is_none_or(|kind| kind.value == "IPAddress"),
        _ => false,
    }
}

/// Whether none of the addresses can be used, so that Istio stops before the listeners.
fn is_without_address(view: &View<'_>, gateway: usize) -> bool {
    let addresses = &view.model().gateways[gateway].requested;
    let is_other = |kind: &str| kind != "Hostname";
    !is_managed(view, gateway)
        && addresses
            .iter()
            .all(|address| address.kind.as_ref().is_some_and(|kind| is_other(kind)))
}

/// The conditions of a listener, and whether Istio counts it as valid.
struct Heard {
    conditions: Vec<Condition>,
    is_valid: bool,
}

fn listener(view: &View<'_>, facts: &ListenerFacts) -> Heard {
    if let Some(clash) = facts.conflict {
        return conflicted(clash);
    }
    let tls = tls_fault(facts);
    let is_bare = facts.set.is_some() && !facts.faults.is_empty();
    let programmed = match tls.is_some() || is_bare {
        true => Condition::no("Programmed", "Invalid", "TLS cannot be set up"),
        false => Condition::yes("Programmed", "Programmed", "the listener is served"),
    };
    let kinds = "`allowedRoutes.kinds` names a kind that the protocol does not carry";
    let resolved = match &tls {
        _ if !facts.refused_kinds.is_empty() => {
            Condition::no("ResolvedRefs", "InvalidRouteKinds", kinds)
        }
        Some((reason, words)) => Condition::no("ResolvedRefs", *reason, words.clone()),
        None => Condition::resolved(),
    };
    Heard {
        is_valid: facts.is_supported && tls.is_none() && !is_bare,
        conditions: vec![
            accepted(view, facts, tls.as_ref(), is_bare),
            programmed,
            Condition::no(
                "Conflicted",
                "NoConflicts",
                "no other listener claims the same",
            ),
            resolved,
        ],
    }
}

/// A listener that loses its port.
fn conflicted(clash: Clash) -> Heard {
    let (reason, words) = (clash.reason.word(), "another listener claims the same");
    Heard {
        conditions: vec![
            Condition::no("Accepted", reason, words),
            Condition::no("Programmed", reason, words),
            Condition::yes("Conflicted", reason, words),
        ],
        is_valid: false,
    }
}

/// `Accepted` of a listener without conflict, of whose TLS `tls` is wrong, and that lacks TLS altogether when it `is_bare`.
fn accepted(
    view: &View<'_>,
    facts: &ListenerFacts,
    tls: Option<&Reason>,
    is_bare: bool,
) -> Condition {
    let is_authority = |reason: &str| {
        matches!(
            reason,
            "NoValidCACertificate"
                | "InvalidCACertificateRef"
                | "InvalidCACertificateKind"
                | "RefNotPermitted"
        )
    };
    match tls {
        _ if !facts.is_supported => {
            let own = facts.written(view.model());
            let words = format!("protocol `{}` is not supported", own.protocol());
            Condition::no("Accepted", "UnsupportedProtocol", words)
        }
        _ if is_bare => Condition::no(
            "Accepted",
            "UnsupportedProtocol",
            "the protocol needs `tls`",
        ),
        Some((reason, words)) if is_authority(reason) => {
            Condition::no("Accepted", "NoValidCACertificate", words.clone())
        }
        _ => Condition::yes("Accepted", "Accepted", "the listener can be served"),
    }
}

/// Why TLS cannot be set up: the first reference that fails, certificates before authorities.
fn tls_fault(facts: &ListenerFacts) -> Option<Reason> {
    // The workload's own certificate is shown, and nothing that is referred to is looked at.
    let is_mesh = matches!(facts.clients, Clients::Mesh { .. }) || facts.shows_mesh_certificate;
    if facts.transport != Transport::Terminate || is_mesh {
        return None;
    }
    if facts.certificates.len() > 2 {
        let words = "at most two certificates are taken, one of each kind of key";
        return Some(("InvalidCertificateRef", words.to_owned()));
    }
    let faults: Vec<_> = facts
        .certificates
        .iter()
        .filter_map(reason::certificate)
        .collect();
    let are_all_broken = faults.len() == facts.certificates.len();
    if let Some(fault) = faults.into_iter().next().filter(|_| are_all_broken) {
        return Some(fault);
    }
    if facts.authorities.len() > 1 {
        let words = "exactly one client CA is taken";
        return Some(("InvalidCACertificateRef", words.to_owned()));
    }
    facts.authorities.iter().find_map(authority)
}

fn authority(facts: &CertificateFacts) -> Option<Reason> {
    match facts.secret {
        Resolved::Elsewhere => None,
        _ => reason::authority(facts),
    }
}

fn listener_set(view: &View<'_>, set: usize) -> Option<Judged> {
    let facts = &view.attachment.listener_sets[set];
    let words = match facts.standing {
        Standing::Attached => "",
        Standing::NotAllowed | Standing::NamespaceUnknown => {
            "the Gateway's `allowedListeners` does not let this namespace in"
        }
        Standing::Unsupported => "the class knows no ListenerSets",
        Standing::Absent(_) | Standing::OtherKind => return None,
    };
    if !facts.is_attached() {
        return Some(Judged {
            conditions: vec![
                Condition::no("Accepted", "NotAllowed", words),
                Condition::no("Programmed", "NotAllowed", words),
            ],
            listeners: Vec::new(),
        });
    }
    let listeners: Vec<_> = view.attachment.listeners[facts.listeners.clone()]
        .iter()
        .map(|facts| listener(view, facts))
        .collect();
    let is_any_valid = listeners.iter().any(|listener| listener.is_valid);
    let refusal = gateway_refusal(view, facts.gateway?);
    let none = "no listener can be served";
    let accepted = match refusal {
        Some((reason, words)) => Condition::no("Accepted", reason, words),
        None if !is_any_valid => Condition::no("Accepted", "ListenersNotValid", none),
        None => Condition::yes(
            "Accepted",
            "Accepted",
            "the listeners are added to the Gateway",
        ),
    };
    let programmed = match is_any_valid {
        false => Condition::no("Programmed", "ListenersNotValid", none),
        true => Condition::yes("Programmed", "Programmed", "the listeners are served"),
    };
    Some(Judged {
        conditions: vec![accepted, programmed],
        listeners: listeners
            .into_iter()
            .map(|listener| listener.conditions)
            .collect(),
    })
}
