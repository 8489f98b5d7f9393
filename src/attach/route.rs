//! Where a route attaches.

use super::Absent;
use super::Attachment;
use super::admission;
use super::hostname;
use super::index::Index;
use super::listener::ListenerFacts;
use super::owner::Owner;
use super::profile::Profile;
use crate::model::GATEWAY_API;
use crate::model::GATEWAY_API_X;
use crate::model::gateway::Listener;
use crate::model::reference::Reference;
use crate::model::route::Route;
use crate::model::route::RouteKind;

pub use super::backend::BackendFacts;
pub use super::backend::BackendOutcome;

/// One parentRef of a route.
#[derive(Debug)]
pub struct ParentFacts {
    /// The route.
    pub route: usize,
    /// Which of its parentRefs.
    pub parent: usize,
    /// The Gateway that it names, or that of the ListenerSet that it names.
    pub gateway: Option<usize>,
    /// What became of it.
    pub outcome: ParentOutcome,
}

/// What became of a parentRef.
#[derive(Debug)]
pub enum ParentOutcome {
    /// These listeners carry the route.
    Attached(Vec<Accepted>),
    /// It names something other than a Gateway or a ListenerSet.
    OtherKind,
    /// The Gateway was not found.
    Absent(Absent),
    /// Several of that name stand equally near, and nothing says which is meant.
    Contested,
    /// The ListenerSet was found, but no Gateway serves it.
    Unserved,
    /// The Gateway or ListenerSet has no listener of that name, or none on that port; or those that it has lost their port.
    NoListener {
        /// What has none.
        owner: Owner,
    },
    /// The listeners refuse routes from the route's namespace.
    NamespaceRefused {
        /// A listener that refuses, as an index into the attachment.
        listener: usize,
    },
    /// Whether the route's namespace carries the labels that a listener asks for cannot be known: its Namespace was not
    /// given.
    NamespaceUnknown,
    /// The listeners refuse routes of that kind.
    KindRefused {
        /// A listener that refuses, as an index into the attachment.
        listener: usize,
    },
    /// No host name of the route meets one of a listener.
    Disjoint {
        /// A listener, as an index into the attachment.
        listener: usize,
    },
}

/// A listener that carries a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The listener, as an index into the attachment.
    pub listener: usize,
    /// The names under which the route is served there; `None` is every name.
    pub hostnames: Vec<Option<String>>,
}

impl ParentFacts {
    pub(super) fn of_route(index: &Index<'_>, attachment: &Attachment, route: usize) -> Vec<Self> {
        let own = &index.model.routes[route];
        let parents = own.parents.iter().enumerate();
        parents
            .map(|(parent, reference)| {
                let (gateway, outcome) = outcome(index, attachment, own, reference);
                Self {
                    route,
                    parent,
                    gateway,
                    outcome,
                }
            })
            .collect()
    }

    /// Whether `listener`, as an index into the attachment, refuses the route.
    #[must_use]
    pub const fn is_refused_by(&self, listener: usize) -> bool {
        match self.outcome {
            ParentOutcome::NamespaceRefused { listener: by }
            | ParentOutcome::KindRefused { listener: by }
            | ParentOutcome::Disjoint { listener: by } => by == listener,
            _ => false,
        }
    }

    /// Which of `parents` each of so many listeners carries.
    pub(super) fn by_listener(parents: &[Self], listeners: usize) -> Vec<Vec<usize>> {
        let mut carried = vec![Vec::new(); listeners];
        for (at, parent) in parents.iter().enumerate() {
            let ParentOutcome::Attached(accepted) = &parent.outcome else {
                continue;
            };
            for accepted in accepted {
                carried[accepted.listener].push(at);
            }
        }
        carried
    }

    /// What a listener says of it, if it carries it.
    #[must_use]
    pub fn accepted(&self, listener: usize) -> Option<&Accepted> {
        let ParentOutcome::Attached(accepted) = &self.outcome else {
            return None;
        };
        accepted
            .iter()
            .find(|accepted| accepted.listener == listener)
    }

    /// The parentRef as it is written.
    #[must_use]
    pub fn written<'m>(&self, model: &'m crate::model::Model) -> &'m Reference {
        &model.routes[self.route].parents[self.parent]
    }
}

/// The Gateway that a parentRef leads to, and what becomes of it there.
fn outcome(
    index: &Index<'_>,
    attachment: &Attachment,
    route: &Route,
    reference: &Reference,
) -> (Option<usize>, ParentOutcome) {
    let namespace = reference.namespace_or(route.object.namespace());
    let (name, from) = (reference.name(), &route.object);
    let group = reference.group_or(GATEWAY_API);
    match (group, reference.kind_or("Gateway")) {
        (GATEWAY_API, "Gateway") => {
            let found = index.model.gateways.nearest_index(namespace, name, from);
            let Some(gateway) = found else {
                let absent = Absent::of("Gateway", namespace, index.settings);
                return (None, ParentOutcome::Absent(absent));
            };
            let is_open = !index.settings.closed.covers_in("Gateway", namespace);
            if is_open && index.model.gateways.is_contested(namespace, name, from) {
                return (None, ParentOutcome::Contested);
            }
            let listeners = attachment.gateways[gateway].listeners.clone();
            let own = (Owner::Gateway(gateway), gateway);
            let outcome = attach(index, attachment, own, listeners, route, reference);
            (Some(gateway), outcome)
        }
        (GATEWAY_API, "ListenerSet") | (GATEWAY_API_X, "XListenerSet") => {
            let sets = &index.model.listener_sets;
            let Some(set) = sets.nearest_index(namespace, name, from) else {
                let absent = Absent::of(reference.kind_or(""), namespace, index.settings);
                return (None, ParentOutcome::Absent(absent));
            };
            let facts = &attachment.listener_sets[set];
            match facts.gateway.filter(|_| facts.is_attached()) {
                Some(gateway) => {
                    let listeners = facts.listeners.clone();
                    let own = (Owner::ListenerSet(set), gateway);
                    let outcome = attach(index, attachment, own, listeners, route, reference);
                    (Some(gateway), outcome)
                }
                None => (facts.gateway, ParentOutcome::Unserved),
            }
        }
        _ => (None, ParentOutcome::OtherKind),
    }
}

/// Why a listener refuses a route.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Denial {
    Namespace,
    NamespaceUnknown,
    Kind,
    Hostname,
}

/// The listeners among `range` that carry the route, or the reason that weighs most why none does.
fn attach(
    index: &Index<'_>,
    attachment: &Attachment,
    (owner, gateway): (Owner, usize),
    range: std::ops::Range<usize>,
    route: &Route,
    reference: &Reference,
) -> ParentOutcome {
    let profile = attachment.gateways[gateway].profile;
    let asked = |at: &usize| {
        let facts = &attachment.listeners[*at];
        let is_standing = profile.losers_take_routes || facts.conflict.is_none();
        is_standing && is_asked(facts.written(index.model), reference)
    };
    let candidates: Vec<usize> = range.filter(asked).collect();
    let mut accepted = Vec::new();
    let mut denials = Vec::new();
    for at in candidates.iter().copied() {
        let facts = &attachment.listeners[at];
        match judge(index, profile, facts, route) {
            Ok(hostnames) => accepted.push(Accepted {
                listener: at,
                hostnames,
            }),
            Err(denial) => denials.push((denial, at)),
        }
    }
    if candidates.is_empty() {
        return ParentOutcome::NoListener { owner };
    }
    if !accepted.is_empty() {
        return ParentOutcome::Attached(accepted);
    }
    refusal(&denials, profile)
}

/// What is said of a route that every listener refuses: the reason that weighs most, and the first listener that has it.
fn refusal(denials: &[(Denial, usize)], profile: &Profile) -> ParentOutcome {
    // Istio reports a refusal before a host name that does not meet; the conformance suite compares host names last.
    let order = match profile.hostname_first {
        true => [
            Denial::NamespaceUnknown,
            Denial::Namespace,
            Denial::Kind,
            Denial::Hostname,
        ],
        false => [
            Denial::NamespaceUnknown,
            Denial::Hostname,
            Denial::Kind,
            Denial::Namespace,
        ],
    };
    let worst = order
        .iter()
        .find_map(|wanted| denials.iter().find(|(denial, _)| denial == wanted));
    match worst {
        Some((Denial::Namespace, listener)) => ParentOutcome::NamespaceRefused {
            listener: *listener,
        },
        Some((Denial::Kind, listener)) => ParentOutcome::KindRefused {
            listener: *listener,
        },
        Some((Denial::Hostname, listener)) => ParentOutcome::Disjoint {
            listener: *listener,
        },
        Some((Denial::NamespaceUnknown, _)) | None => ParentOutcome::NamespaceUnknown,
    }
}

/// Whether the reference names this listener: by name, by port, by both, or by neither.
fn is_asked(listener: &Listener, reference: &Reference) -> bool {
    let section = reference.section.as_ref();
    let port = reference.port.as_ref();
    section.is_none_or(|section| section.value == listener.name())
        && port.is_none_or(|port| listener.port.as_ref() == Some(port))
}

/// The names under which a listener carries the route, or why it does not.
fn judge(
    index: &Index<'_>,
    profile: &Profile,
    facts: &ListenerFacts,
    route: &Route,
) -> Result<Vec<Option<String>>, Denial> {
    let listener = facts.written(index.model);
    let names = hostnames(listener, route);
    if profile.hostname_first && names.is_empty() {
        return Err(Denial::Hostname);
    }
    let owner = facts.owner(index.model).namespace();
    let namespaces = &listener.allowed.namespaces;
    let from = admission::Rule {
        namespaces,
        default: "Same",
        owner,
        selects_all_without_selector: profile.selects_all_without_selector,
    };
    match from.admits(index, route.object.namespace()) {
        Some(false) => return Err(Denial::Namespace),
        None => return Err(Denial::NamespaceUnknown),
        Some(true) => {}
    }
    // What protocol an implementation adds of its own, it alone can say.
    let is_unknown = !facts.is_supported && !profile.is_known() && facts.refused_kinds.is_empty();
    let is_open = is_unknown && !index.settings.closed.covers_in("Gateway", owner);
    if !is_open && !facts.kinds.contains(&route.kind) {
        return Err(Denial::Kind);
    }
    if names.is_empty() {
        return Err(Denial::Hostname);
    }
    Ok(names)
}

/// The names under which `listener` serves `route`; `None` among them is every name.
fn hostnames(listener: &Listener, route: &Route) -> Vec<Option<String>> {
    let own = listener.hostname();
    if route.hostnames.is_empty() || matches!(route.kind, RouteKind::Tcp | RouteKind::Udp) {
        return vec![own.map(str::to_owned)];
    }
    let met = route
        .hostnames
        .iter()
        .filter_map(|hostname| hostname::intersection(own, Some(hostname.as_str())));
    met.map(|name| name.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::model::Model;
    use crate::settings::Closed;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::source::Sources;

    /// What becomes of a route in that file, with a Gateway of its parent's name in each of these.
    fn outcome_of(route: &str, gateways: &[&str], closed: Closed) -> ParentOutcome {
        let mut sources = Sources::new();
        for name in gateways {
            let text = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: edge\nspec:\n  gatewayClassName: x\n  \
                        listeners:\n    - name: http\n      port: 80\n      protocol: HTTP\n";
            sources.add(Source::new(*name, text.as_bytes().to_vec()));
        }
        let text = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: r\nspec:\n  parentRefs:\n    - name: edge\n";
        sources.add(Source::new(route, text.as_bytes().to_vec()));
        let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
        settings.closed = closed;
        let model = Model::read(&sources, &settings);
        let mut attachment = crate::attach::attach(&model, &settings);
        attachment.parents.remove(0).outcome
    }

    #[test]
    fn a_route_beside_several_gateways_of_one_name_may_mean_any() {
        let contested = |route: &str, gateways: &[&str]| {
            let outcome = outcome_of(route, gateways, Closed::default());
            matches!(outcome, ParentOutcome::Contested)
        };
        assert!(contested(
            "c/route.yaml",
            &["a/gateway.yaml", "b/gateway.yaml"]
        ));
        assert!(contested(
            "base/route.yaml",
            &["envs/a/gateway.yaml", "envs/b/gateway.yaml"]
        ));
        // Its own folder, or a nearer one, says which.
        assert!(!contested(
            "a/route.yaml",
            &["a/gateway.yaml", "b/gateway.yaml"]
        ));
        assert!(!contested(
            "a/app/route.yaml",
            &["a/gateway.yaml", "b/gateway.yaml"]
        ));
        assert!(!contested("c/route.yaml", &["a/gateway.yaml"]));
        // A cluster has one of each name.
        let closed = outcome_of(
            "c/route.yaml",
            &["a/gateway.yaml", "b/gateway.yaml"],
            Closed::Everything,
        );
        assert!(matches!(closed, ParentOutcome::Attached(_)), "{closed:?}");
    }
}
