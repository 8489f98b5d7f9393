//! Where a route attaches, and what its backends are.

use super::Absent;
use super::GatewayFacts;
use super::grant::Crossing;
use super::grant::Grants;
use super::grant::Refusal;
use super::hostname;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::gateway::Listener;
use crate::model::reference::Reference;
use crate::model::route::Route;
use crate::model::route::RouteKind;
use crate::settings::Settings;

/// One parentRef of a route.
#[derive(Debug)]
pub struct ParentFacts {
    /// The route.
    pub route: usize,
    /// Which of its parentRefs.
    pub parent: usize,
    /// What became of it.
    pub outcome: ParentOutcome,
}

/// What became of a parentRef.
#[derive(Debug)]
pub enum ParentOutcome {
    /// These listeners carry the route.
    Attached(Vec<Accepted>),
    /// It names something other than a Gateway.
    OtherKind,
    /// The Gateway was not found.
    Absent(Absent),
    /// The Gateway has no listener of that name, or none on that port.
    NoListener {
        /// The Gateway.
        gateway: usize,
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

/// One backendRef of a route.
#[derive(Debug)]
pub struct BackendFacts {
    /// The route.
    pub route: usize,
    /// Which of its rules.
    pub rule: usize,
    /// Which backendRef of the rule.
    pub backend: usize,
    /// What is behind it.
    pub outcome: BackendOutcome,
}

/// What is behind a backendRef.
#[derive(Debug)]
pub enum BackendOutcome {
    /// That port of that Service.
    Port {
        /// The Service.
        service: usize,
        /// The index in its ports.
        port: usize,
    },
    /// The Service has no such port.
    NoPort {
        /// The Service.
        service: usize,
    },
    /// The reference names no port.
    Portless,
    /// The Service was not found.
    Absent(Absent),
    /// The Service stands in another namespace, and no grant lets the reference in.
    Refused(Refusal),
    /// It is no Service.
    OtherKind,
}

impl BackendOutcome {
    /// Whether requests certainly find nothing behind it.
    #[must_use]
    pub const fn fails(&self) -> bool {
        matches!(
            self,
            Self::NoPort { .. } | Self::Portless | Self::Refused(_) | Self::Absent(Absent::Missing)
        )
    }
}

impl ParentFacts {
    pub(super) fn of_route<'m>(
        model: &'m Model,
        settings: &'m Settings,
        gateways: &'m [GatewayFacts],
        route: usize,
    ) -> impl Iterator<Item = Self> + 'm {
        let own = &model.routes[route];
        own.parents
            .iter()
            .enumerate()
            .map(move |(parent, reference)| Self {
                route,
                parent,
                outcome: outcome(model, settings, gateways, own, reference),
            })
    }
}

/// In the order in which Istio and the conformance suite choose the reason: listener, namespace, kind, host name.
fn outcome(
    model: &Model,
    settings: &Settings,
    gateways: &[GatewayFacts],
    route: &Route,
    reference: &Reference,
) -> ParentOutcome {
    if reference.group_or(GATEWAY_API) != GATEWAY_API || reference.kind_or("Gateway") != "Gateway" {
        return ParentOutcome::OtherKind;
    }
    let namespace = reference.namespace_or(route.object.namespace());
    let Some(gateway) =
        model
            .gateways
            .nearest_index(namespace, reference.name(), route.object.source)
    else {
        return ParentOutcome::Absent(Absent::of("Gateway", settings));
    };
    let written = &model.gateways[gateway].listeners;
    let first = gateways[gateway].listeners.start;
    let asked = |listener: &Listener| {
        let named = reference
            .section
            .as_ref()
            .is_none_or(|section| section.value == listener.name());
        named
            && reference
                .port
                .as_ref()
                .is_none_or(|port| listener.port.as_ref() == Some(port))
    };
    let mut candidates: Vec<usize> = (0..written.len())
        .filter(|at| asked(&written[*at]))
        .collect();
    let Some(named) = candidates.first().copied() else {
        return ParentOutcome::NoListener { gateway };
    };
    let allowed: Vec<_> = candidates
        .iter()
        .map(|at| (*at, from_namespace(model, &written[*at], namespace, route)))
        .collect();
    candidates = allowed
        .iter()
        .filter(|(_, allowed)| *allowed == Some(true))
        .map(|(at, _)| *at)
        .collect();
    if candidates.is_empty() {
        let is_unknown = allowed.iter().any(|(_, allowed)| allowed.is_none());
        return if is_unknown {
            ParentOutcome::NamespaceUnknown
        } else {
            ParentOutcome::NamespaceRefused {
                listener: first + named,
            }
        };
    }
    let refusing = candidates
        .iter()
        .copied()
        .find(|at| !carries(&written[*at], route.kind));
    candidates.retain(|at| carries(&written[*at], route.kind));
    if let (true, Some(at)) = (candidates.is_empty(), refusing) {
        return ParentOutcome::KindRefused {
            listener: first + at,
        };
    }
    let disjoint = candidates.first().copied().unwrap_or(named);
    let accepted: Vec<Accepted> = candidates
        .into_iter()
        .map(|at| Accepted {
            listener: first + at,
            hostnames: hostnames(&written[at], route),
        })
        .filter(|accepted| !accepted.hostnames.is_empty())
        .collect();
    if accepted.is_empty() {
        ParentOutcome::Disjoint {
            listener: first + disjoint,
        }
    } else {
        ParentOutcome::Attached(accepted)
    }
}

/// Whether `listener` of a Gateway in `gateway` takes routes from the namespace of `route`; `None` when the Namespace
/// was not given.
fn from_namespace(
    model: &Model,
    listener: &Listener,
    gateway: &str,
    route: &Route,
) -> Option<bool> {
    let namespace = route.object.namespace();
    match listener
        .allowed
        .namespaces
        .from
        .as_ref()
        .map_or("Same", |from| from.as_str())
    {
        "All" => Some(true),
        "Selector" => {
            let Some(selector) = &listener.allowed.namespaces.selector else {
                return Some(false);
            };
            let given = model.namespace(namespace);
            let needs_labels = selector.labels.len() + selector.expressions.len() > 0;
            let only_name = selector.expressions.is_empty()
                && selector
                    .labels
                    .iter()
                    .all(|pair| pair.key.value == "kubernetes.io/metadata.name");
            if given.is_none() && needs_labels && !only_name {
                return None;
            }
            Some(selector.selects(&|key| {
                // Every Namespace carries its own name as a label (Kubernetes 1.21).
                if key == "kubernetes.io/metadata.name" {
                    return Some(namespace.to_owned());
                }
                given
                    .and_then(|given| given.label(key))
                    .map(|label| label.value.clone())
            }))
        }
        _ => Some(gateway == namespace),
    }
}

/// Whether `listener` carries routes of `kind`: by its protocol and mode, then by `allowedRoutes.kinds`.
fn carries(listener: &Listener, kind: RouteKind) -> bool {
    let by_protocol = match listener
        .protocol
        .as_ref()
        .map_or("", |protocol| protocol.as_str())
    {
        "HTTP" | "HTTPS" => matches!(kind, RouteKind::Http | RouteKind::Grpc),
        "TLS" if listener.passes_through() => kind == RouteKind::Tls,
        "TLS" => matches!(kind, RouteKind::Tls | RouteKind::Tcp),
        "TCP" => kind == RouteKind::Tcp,
        "UDP" => kind == RouteKind::Udp,
        // What protocol an implementation adds of its own, it alone can say.
        _ => true,
    };
    let kinds = &listener.allowed.kinds;
    let named = kinds.iter().any(|allowed| {
        allowed.group_or(GATEWAY_API) == GATEWAY_API && allowed.kind_or("") == kind.name()
    });
    by_protocol && (kinds.is_empty() || named)
}

fn hostnames(listener: &Listener, route: &Route) -> Vec<Option<String>> {
    let own = listener.hostname.as_ref().map(|hostname| hostname.as_str());
    if route.hostnames.is_empty() || matches!(route.kind, RouteKind::Tcp | RouteKind::Udp) {
        return vec![own.map(str::to_owned)];
    }
    let met = route
        .hostnames
        .iter()
        .filter_map(|hostname| hostname::intersection(own, Some(hostname.as_str())));
    met.map(|name| name.map(str::to_owned)).collect()
}

impl BackendFacts {
    pub(super) fn of_route(
        model: &Model,
        settings: &Settings,
        grants: &Grants<'_>,
        route: usize,
    ) -> Vec<Self> {
        let own = &model.routes[route];
        let mut facts = Vec::new();
        for (rule, written) in own.rules.iter().enumerate() {
            for (backend, reference) in written.backends.iter().enumerate() {
                let outcome = backend_outcome(model, settings, grants, own, reference);
                facts.push(Self {
                    route,
                    rule,
                    backend,
                    outcome,
                });
            }
        }
        facts
    }

    /// The reference as it is written.
    #[must_use]
    pub fn written<'m>(&self, model: &'m Model) -> &'m Reference {
        &model.routes[self.route].rules[self.rule].backends[self.backend]
    }
}

fn backend_outcome(
    model: &Model,
    settings: &Settings,
    grants: &Grants<'_>,
    route: &Route,
    reference: &Reference,
) -> BackendOutcome {
    if !reference.group_or("").is_empty() || reference.kind_or("Service") != "Service" {
        return BackendOutcome::OtherKind;
    }
    let own = route.object.namespace();
    let namespace = reference.namespace_or(own);
    let service = model
        .services
        .nearest_index(namespace, reference.name(), route.object.source);
    let crossing = Crossing {
        from: (GATEWAY_API, route.kind.name()),
        from_namespace: own,
        to: ("", "Service"),
        to_namespace: namespace,
        name: reference.name(),
    };
    let is_judged = service.is_some() || settings.closed.covers("ReferenceGrant");
    match grants.check(&crossing) {
        Err(refusal) if is_judged || refusal.nearest.is_some() => {
            return BackendOutcome::Refused(refusal);
        }
        _ => {}
    }
    let Some(service) = service else {
        return BackendOutcome::Absent(Absent::of("Service", settings));
    };
    let Some(asked) = &reference.port else {
        return BackendOutcome::Portless;
    };
    let ports = &model.services[service].ports;
    match ports
        .iter()
        .position(|port| port.port.as_ref() == Some(asked))
    {
        Some(port) => BackendOutcome::Port { service, port },
        None => BackendOutcome::NoPort { service },
    }
}
