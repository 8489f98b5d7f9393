//! What stands behind the backendRefs of a route.

use super::Absent;
use super::grant::Crossing;
use super::grant::Refusal;
use super::index::Index;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::reference::Reference;
use crate::model::route::Route;
use crate::model::route::RouteKind;

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
    Portless {
        /// The index of the Service.
        service: usize,
    },
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
            Self::NoPort { .. }
                | Self::Portless { .. }
                | Self::Refused(_)
                | Self::Absent(Absent::Missing)
        )
    }
}

impl BackendFacts {
    pub(super) fn of_route(index: &Index<'_>, route: usize) -> Vec<Self> {
        let own = &index.model.routes[route];
        let rules = own.rules.iter().enumerate();
        let references = rules.flat_map(|(rule, written)| {
            let backends = written.backends.iter().enumerate();
            backends.map(move |(backend, reference)| (rule, backend, reference))
        });
        references
            .map(|(rule, backend, reference)| Self {
                route,
                rule,
                backend,
                outcome: outcome(index, own, reference),
            })
            .collect()
    }

    /// The reference as it is written.
    #[must_use]
    pub fn written<'m>(&self, model: &'m Model) -> &'m Reference {
        &model.routes[self.route].rules[self.rule].backends[self.backend]
    }
}

/// One mirror of a route: where a copy of the requests goes.
#[derive(Debug)]
pub struct MirrorFacts {
    /// The route.
    pub route: usize,
    /// The reference as it is written.
    pub reference: Reference,
    /// What is behind it.
    pub outcome: BackendOutcome,
}

impl MirrorFacts {
    pub(super) fn of_route(index: &Index<'_>, route: usize) -> Vec<Self> {
        let own = &index.model.routes[route];
        let rules = own.rules.iter();
        let filters = rules.flat_map(|rule| {
            rule.filters
                .iter()
                .chain(rule.backend_filters.iter().flatten())
        });
        filters
            .filter_map(|filter| filter.mirror.as_ref())
            .map(|reference| Self {
                route,
                reference: reference.clone(),
                outcome: outcome(index, own, reference),
            })
            .collect()
    }
}

/// Whether no grant lets `reference` of `route` into another namespace; the reference may be to any kind.
pub(super) fn refusal(index: &Index<'_>, route: &Route, reference: &Reference) -> Option<Refusal> {
    let own = route.object.namespace();
    let crossing = Crossing {
        from: (GATEWAY_API, route.kind.name()),
        from_namespace: own,
        to: (reference.group_or(""), reference.kind_or("Service")),
        to_namespace: reference.namespace_or(own),
        name: reference.name(),
    };
    index.grants.check(&crossing).err()
}

/// What is behind `reference`, a backend or a mirror of `route`.
pub(super) fn outcome(index: &Index<'_>, route: &Route, reference: &Reference) -> BackendOutcome {
    if !reference.group_or("").is_empty() || reference.kind_or("Service") != "Service" {
        return BackendOutcome::OtherKind;
    }
    let namespace = reference.namespace_or(route.object.namespace());
    let services = &index.model.services;
    let service = services.nearest_index(namespace, reference.name(), &route.object);
    let is_judged =
        service.is_some() || index.settings.closed.covers_in("ReferenceGrant", namespace);
    match refusal(index, route, reference) {
        Some(refusal) if is_judged || refusal.nearest.is_some() => {
            return BackendOutcome::Refused(refusal);
        }
        _ => {}
    }
    let Some(service) = service else {
        return BackendOutcome::Absent(Absent::of("Service", namespace, index.settings));
    };
    let Some(asked) = &reference.port else {
        return BackendOutcome::Portless { service };
    };
    let protocol = match route.kind {
        RouteKind::Udp => "UDP",
        _ => "TCP",
    };
    let port = services[service].ports.iter().position(|port| {
        let own = port
            .protocol
            .as_ref()
            .map_or("TCP", |protocol| protocol.as_str());
        port.port.as_ref() == Some(asked) && own == protocol
    });
    match port {
        Some(port) => BackendOutcome::Port { service, port },
        None => BackendOutcome::NoPort { service },
    }
}
