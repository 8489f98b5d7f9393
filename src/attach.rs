//! Gateway API as controllers do it: which listener serves what, which route attaches where, which references resolve.
//!
//! Facts are indexes into the [`Model`]: `gateway` into `model.gateways`, `route` into `model.routes`, and so on.
//! Sources: Gateway API v1.6, `apis/v1/*_types.go`; what differs by implementation is in [`profile`].

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::gateway::ListenerSet;
use crate::model::reference::Reference;
use crate::settings::Settings;

mod admission;
pub mod aim;
pub mod asking;
mod backend;
pub mod client;
mod coalescing;
pub mod conflict;
pub mod credential;
pub mod grant;
pub mod hostname;
pub mod index;
pub mod listener;
pub mod owner;
pub mod precedence;
pub mod profile;
pub mod route;
pub mod scrutiny;
pub mod shadow;
pub mod sni;
pub mod status;
pub mod trust;
pub mod usage;

use aim::Aim;
use asking::Asking;
use asking::Refused;
use backend::MirrorFacts;
use credential::Credentials;
use index::Index;
use listener::Clash;
use listener::ListenerFacts;
use listener::Resolved;
use profile::Profile;
use route::BackendFacts;
use route::BackendOutcome;
use route::ParentFacts;
use shadow::Shadowed;
use trust::Distrust;
use usage::GrantFacts;

/// What each controller makes of its listeners and routes.
#[derive(Debug, Default)]
pub struct Attachment {
    /// One entry a Gateway, in the order of the model.
    pub gateways: Vec<GatewayFacts>,
    /// One entry a ListenerSet, in the order of the model.
    pub listener_sets: Vec<ListenerSetFacts>,
    /// One entry a listener: those of each Gateway, each followed by those of its ListenerSets in the order of their
    /// precedence.
    pub listeners: Vec<ListenerFacts>,
    /// One entry a parentRef, route by route.
    pub parents: Vec<ParentFacts>,
    /// The parents that lead to each listener, as indexes into them, listener by listener.
    pub carried: Vec<Vec<usize>>,
    /// One entry a backendRef, route by route.
    pub backends: Vec<BackendFacts>,
    /// One entry a mirror, route by route.
    pub mirrors: Vec<MirrorFacts>,
    /// One entry a ReferenceGrant, in the order of the model.
    pub grants: Vec<GrantFacts>,
    /// References that no grant lets into another namespace.
    pub refused: Vec<Refused>,
    /// Rules of routes that never get a request.
    pub shadowed: Vec<Shadowed>,
    /// Which BackendTLSPolicy, as an index into the model, speaks for which port of which Service.
    pub backend_policies: BTreeMap<(usize, usize), usize>,
    /// One entry a target of a ClientTrafficPolicy, policy by policy.
    pub aims: Vec<Aim>,
    /// What is wrong with BackendTLSPolicies.
    pub distrusts: Vec<Distrust>,
    /// The certificates that listeners show and trust.
    pub credentials: Credentials,
}

/// A Gateway, and who serves it.
#[derive(Debug)]
pub struct GatewayFacts {
    /// Who serves it.
    pub profile: &'static Profile,
    /// The `controllerName` behind its class; `None`: no controller is known to serve the class.
    pub controller: Option<String>,
    /// Its own listeners, as indexes into [`Attachment::listeners`].
    pub listeners: Range<usize>,
    /// Its own listeners and those of its ListenerSets.
    pub served: Range<usize>,
    /// What `spec.tls.backend.clientCertificateRef` leads to.
    pub client_certificate: Option<Resolved>,
}

/// A ListenerSet, and what became of it.
#[derive(Debug)]
pub struct ListenerSetFacts {
    /// The Gateway that it names.
    pub gateway: Option<usize>,
    /// Whether that Gateway takes it.
    pub standing: Standing,
    /// Its listeners, as indexes into [`Attachment::listeners`]; none when it is not taken.
    pub listeners: Range<usize>,
}

/// What became of a ListenerSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The Gateway takes it.
    Attached,
    /// `allowedListeners` does not let it in; by default nobody is let in.
    NotAllowed,
    /// Its namespace was not given, and the labels of that decide.
    NamespaceUnknown,
    /// The implementation knows no ListenerSets.
    Unsupported,
    /// The Gateway was not found.
    Absent(Absent),
    /// It names something other than a Gateway.
    OtherKind,
}

impl ListenerSetFacts {
    /// Whether its listeners are served.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        self.standing == Standing::Attached
    }
}

/// Why something that is named was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Everything of its kind was given, and it is not there.
    Missing,
    /// It was not given, but not everything of its kind need have been.
    Outside,
}

impl Absent {
    /// How an absent object of `kind` in `namespace` is to be taken.
    #[must_use]
    pub fn of(kind: &str, namespace: &str, settings: &Settings) -> Self {
        if settings.closed.covers_in(kind, namespace) {
            Self::Missing
        } else {
            Self::Outside
        }
    }
}

impl Attachment {
    /// The backendRefs of `route`, each with its index.
    pub fn backends_of(&self, route: usize) -> impl Iterator<Item = (usize, &BackendFacts)> {
        let first = self.backends.partition_point(|own| own.route < route);
        let own = self.backends.iter().enumerate().skip(first);
        own.take_while(move |(_, own)| own.route == route)
    }

    /// Everything that routes send requests to, mirrors too: the route, the reference, and what is behind it.
    pub fn sent_to<'a>(
        &'a self,
        model: &'a Model,
    ) -> impl Iterator<Item = (usize, &'a Reference, &'a BackendOutcome)> {
        let backends = self.backends.iter();
        let backends = backends.map(|own| (own.route, own.written(model), &own.outcome));
        let mirrors = self.mirrors.iter();
        backends.chain(mirrors.map(|own| (own.route, &own.reference, &own.outcome)))
    }
}

/// Joins everything that was given.
#[must_use]
pub fn attach(model: &Model, settings: &Settings) -> Attachment {
    let index = Index::of(model, settings);
    let served_by: Vec<_> = model
        .gateways
        .iter()
        .map(|gateway| {
            let class = gateway.class.as_ref().map_or("", |class| class.as_str());
            profile_of(class, &index)
        })
        .collect();
    let mut attachment = Attachment {
        listener_sets: model
            .listener_sets
            .iter()
            .map(|set| listener_set(&index, &served_by, set))
            .collect(),
        ..Attachment::default()
    };
    let mut sets = sets_by_gateway(model, &attachment);
    for (gateway, (profile, controller)) in served_by.into_iter().enumerate() {
        let sets = sets.remove(&gateway).unwrap_or_default();
        serve(&index, &mut attachment, gateway, profile, controller, &sets);
    }
    attachment.credentials = Credentials::of(model, &attachment.gateways, &attachment.listeners);
    for route in 0..model.routes.len() {
        let parents = ParentFacts::of_route(&index, &attachment, route);
        attachment.parents.extend(parents);
        attachment
            .backends
            .extend(BackendFacts::of_route(&index, route));
        attachment
            .mirrors
            .extend(MirrorFacts::of_route(&index, route));
    }
    attachment.carried = ParentFacts::by_listener(&attachment.parents, attachment.listeners.len());
    let asked = Asking::all(model);
    attachment.grants = GrantFacts::all(&index, &asked);
    attachment.refused = asking::refused(&index, &attachment, &asked);
    attachment.aims = Aim::all(&index, &attachment);
    attachment.shadowed = shadow::shadowed(model, &attachment);
    attachment.distrusts = trust::distrusts(model, settings);
    attachment.backend_policies = backend_policies(model);
    attachment
}

/// Which BackendTLSPolicy speaks for each Service port: one that names the port, else one for the whole Service; of
/// several the oldest, then the first by name (Gateway API v1.6, `backendtlspolicy_types.go`).
fn backend_policies(model: &Model) -> BTreeMap<(usize, usize), usize> {
    let mut order: Vec<usize> = (0..model.backend_tls_policies.len()).collect();
    order.sort_by_cached_key(|at| {
        let object = &model.backend_tls_policies[*at].object;
        let title = (object.namespace().to_owned(), object.name().to_owned());
        (object.created(), title)
    });
    let mut policies = BTreeMap::new();
    for is_for_port in [true, false] {
        for at in order.iter().copied() {
            let policy = &model.backend_tls_policies[at];
            let object = &policy.object;
            for target in &policy.targets {
                let is_service = target.group_or("").is_empty() && target.kind_or("") == "Service";
                if !is_service || target.section.is_some() != is_for_port {
                    continue;
                }
                let (namespace, name) = (object.namespace(), target.name());
                let Some(service) = model.services.nearest_index(namespace, name, object) else {
                    continue;
                };
                for (port, own) in model.services[service].ports.iter().enumerate() {
                    if !is_for_port || own.name == target.section {
                        policies.entry((service, port)).or_insert(at);
                    }
                }
            }
        }
    }
    policies
}

/// Judges the listeners of a Gateway and of its ListenerSets.
fn serve(
    index: &Index<'_>,
    attachment: &mut Attachment,
    gateway: usize,
    profile: &'static Profile,
    controller: Option<String>,
    sets: &[usize],
) {
    let model = index.model;
    let first = attachment.listeners.len();
    let own = &model.gateways[gateway];
    let judge = |set, listener| ListenerFacts::of(index, profile, (gateway, set), listener);
    let listeners = (0..own.listeners.len()).map(|listener| judge(None, listener));
    attachment.listeners.extend(listeners);
    let listeners = first..attachment.listeners.len();
    for set in sets.iter().copied() {
        let start = attachment.listeners.len();
        let count = model.listener_sets[set].listeners.len();
        let added = (0..count).map(|listener| judge(Some(set), listener));
        attachment.listeners.extend(added);
        attachment.listener_sets[set].listeners = start..attachment.listeners.len();
    }
    let served = first..attachment.listeners.len();
    let claims: Vec<_> = attachment.listeners[served.clone()]
        .iter()
        .map(|facts| facts.claim(model))
        .collect();
    let conflicts = profile.distinctness.conflicts(&claims);
    for (facts, conflict) in attachment.listeners[served.clone()]
        .iter_mut()
        .zip(conflicts)
    {
        facts.conflict = conflict.map(|conflict| Clash {
            reason: conflict.reason,
            with: first + conflict.with,
        });
    }
    attachment.gateways.push(GatewayFacts {
        profile,
        controller,
        listeners,
        served,
        client_certificate: own.client_certificate.as_ref().map(|reference| {
            listener::resolve(index, &own.object, reference, "Secret", reference.name())
        }),
    });
}

/// Whether the Gateway that `set` names takes it.
fn listener_set(
    index: &Index<'_>,
    served_by: &[(&'static Profile, Option<String>)],
    set: &ListenerSet,
) -> ListenerSetFacts {
    let mut facts = ListenerSetFacts {
        gateway: None,
        standing: Standing::OtherKind,
        listeners: 0..0,
    };
    let Some(parent) = &set.parent else {
        return facts;
    };
    if parent.group_or(GATEWAY_API) != GATEWAY_API || parent.kind_or("Gateway") != "Gateway" {
        return facts;
    }
    let own = set.object.namespace();
    let namespace = parent.namespace_or(own);
    let gateways = &index.model.gateways;
    let Some(gateway) = gateways.nearest_index(namespace, parent.name(), &set.object) else {
        facts.standing = Standing::Absent(Absent::of("Gateway", namespace, index.settings));
        return facts;
    };
    let allowed = admission::Rule {
        namespaces: &gateways[gateway].allowed_listeners,
        default: "None",
        owner: gateways[gateway].object.namespace(),
        selects_all_without_selector: false,
    };
    facts.gateway = Some(gateway);
    facts.standing = match allowed.admits(index, own) {
        _ if served_by[gateway]
            .0
            .serves_listener_sets(&index.settings.assume)
            == Some(false) =>
        {
            Standing::Unsupported
        }
        Some(true) => Standing::Attached,
        Some(false) => Standing::NotAllowed,
        None => Standing::NamespaceUnknown,
    };
    facts
}

/// The ListenerSets that each Gateway takes: the oldest first, then by namespace and name (Gateway API v1.6,
/// `listenerset_types.go`).
fn sets_by_gateway(model: &Model, attachment: &Attachment) -> BTreeMap<usize, Vec<usize>> {
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, facts) in attachment.listener_sets.iter().enumerate() {
        if let Some(gateway) = facts.gateway.filter(|_| facts.is_attached()) {
            sets.entry(gateway).or_default().push(at);
        }
    }
    for sets in sets.values_mut() {
        sets.sort_by_cached_key(|at| {
            let object = &model.listener_sets[*at].object;
            let title = format!("{}/{}", object.namespace(), object.name());
            (object.created(), title)
        });
    }
    sets
}

/// Who serves the class of that name, and under which `controllerName`: as the GatewayClass says, else as the settings
/// say, else as the name suggests.
fn profile_of(class: &str, index: &Index<'_>) -> (&'static Profile, Option<String>) {
    let given = index
        .class(class)
        .map(|at| &index.model.gateway_classes[at]);
    let controller = given
        .and_then(|given| given.controller.as_ref())
        .map(|controller| controller.as_str());
    let assumed = || index.settings.assume.class.get(class).map(String::as_str);
    match controller.or_else(assumed) {
        Some(controller) => (
            Profile::of_controller(controller),
            Some(controller.to_owned()),
        ),
        None => {
            let profile = Profile::of_class(class);
            (profile, profile.controller_of(class).map(str::to_owned))
        }
    }
}
