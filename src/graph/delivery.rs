//! What a listener hands on: through which rule of which route, to which Service port, in which protocol.

use super::Graph;
use super::landing::Landing;
use super::screen;
use super::screen::Screen;
use super::screen::Screens;
use crate::attach::Attachment;
use crate::attach::profile::Backend;
use crate::attach::profile::Wire;
use crate::attach::route::BackendFacts;
use crate::attach::route::BackendOutcome;
use crate::attach::route::ParentOutcome;
use crate::model::Model;
use crate::model::object::Object;

/// What a proxy speaks to a backend, everything that has a say in it included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// HTTP/1.1 in plain text; gRPC cannot pass.
    Http1,
    /// HTTP/2 in plain text.
    H2c,
    /// TLS, because somebody says so.
    Tls(Teller),
    /// The bytes that the sender sends.
    Raw,
    /// Not known; why, in words.
    Open(&'static str),
}

/// Who makes a proxy speak TLS to a backend; indexes into the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Teller {
    /// That BackendTLSPolicy.
    Policy(usize),
    /// That DestinationRule.
    Rule(usize),
    /// Nobody but the implementation, by the port or an annotation.
    Proxy,
}

/// One backend of one route, as one listener reaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The listener, as an index into the attachment.
    pub listener: usize,
    /// The route, as an index into the model.
    pub route: usize,
    /// Which of its rules.
    pub rule: usize,
    /// The backend, as an index into the attachment.
    pub backend: usize,
    /// The Service port, as an index into the graph's landings.
    pub landing: usize,
    /// What the gateway speaks to it.
    pub wire: Wire,
    /// What may ask who sends on the way, other than for a client certificate.
    pub screens: Vec<Screen>,
    /// Whether some of that keeps anybody out.
    pub is_screened: bool,
}

/// Why it is open what a gateway speaks where DestinationRules have a say.
const RULED: &str = "a DestinationRule says whether the gateway speaks TLS to the backend";

impl Delivery {
    /// Whether it leads to a port that takes telemetry: a given OTLP receiver listens behind it, or, where that is not
    /// known, it has one of the two registered numbers or a name that says `otlp`.
    #[must_use]
    pub fn carries_otlp(&self, model: &Model, graph: &Graph) -> bool {
        let landing = &graph.landings[self.landing];
        if landing.receivers().next().is_some() {
            return true;
        }
        let port = &model.services[landing.service].ports[landing.port];
        let registered = port
            .port
            .as_ref()
            .is_some_and(|port| matches!(port.value, 4317 | 4318));
        registered || port.name.as_ref().is_some_and(|name| name.contains("otlp"))
    }

    /// Whether somebody asks who sends: every receiver behind it, by an authenticator or by TLS of its own, the sidecars before
    /// them, or the gateway in its own way.
    #[must_use]
    pub fn is_guarded(&self, model: &Model, graph: &Graph) -> bool {
        let landing = &graph.landings[self.landing];
        if self.is_screened || self.wire != Wire::Raw && landing.is_sheltered(model, true) {
            return true;
        }
        let mut receivers = landing.receivers().peekable();
        receivers.peek().is_some()
            && receivers.all(|(_, run, receiver, server)| {
                model.runs[run].collector.receivers[receiver].servers[server].is_guarded()
            })
    }

    /// What the gateway speaks to the backend: what the implementation takes the port for, unless a BackendTLSPolicy or a
    /// DestinationRule says otherwise. Neither reaches the bytes of a TLSRoute or TCPRoute.
    #[must_use]
    pub fn upstream(&self, model: &Model, attachment: &Attachment, graph: &Graph) -> Upstream {
        if self.wire == Wire::Raw {
            return Upstream::Raw;
        }
        let landing = &graph.landings[self.landing];
        let policy = (landing.service, landing.port);
        let policy = attachment.backend_policies.get(&policy).copied();
        let service = &model.services[landing.service].object;
        let (namespace, name) = (service.namespace(), service.name());
        let rules = graph.destinations.about(model, namespace, name);
        let mut telling = rules.clone().filter(|(_, rule)| rule.says_tls);
        match (telling.next(), telling.next(), policy) {
            (None, ..) => {}
            (Some((only, _)), None, None) => {
                if let Some(upstream) = self.told(model, attachment, service, only) {
                    return upstream;
                }
            }
            _ => return Upstream::Open(RULED),
        }
        if let Some(policy) = policy {
            return Upstream::Tls(Teller::Policy(policy));
        }
        let mut rules = rules.map(|(_, rule)| rule);
        match self.wire {
            Wire::Http1 if rules.any(|rule| rule.may_upgrade) => Upstream::Open(
                "a DestinationRule says which HTTP the gateway speaks to the backend",
            ),
            Wire::Http1 => Upstream::Http1,
            Wire::H2c => Upstream::H2c,
            Wire::Tls => Upstream::Tls(Teller::Proxy),
            Wire::Raw => Upstream::Raw,
            Wire::Unknown => {
                Upstream::Open("it is not known what this implementation speaks to the backend")
            }
        }
    }

    /// What the DestinationRule `at`, the only one, makes the gateway speak to `service`; `None`: plain text, as without it.
    fn told(
        &self,
        model: &Model,
        attachment: &Attachment,
        service: &Object,
        at: usize,
    ) -> Option<Upstream> {
        let rule = &model.destination_rules[at];
        let gateway = attachment.listeners[self.listener].gateway;
        let is_certain = attachment.gateways[gateway].profile.obeys_destination_rules
            && !rule.is_partial
            && rule.covers(service.namespace(), service.name());
        let mode = rule.tls_mode.as_ref().filter(|_| is_certain);
        match mode.map(|mode| mode.as_str()) {
            Some("DISABLE") => None,
            Some("SIMPLE" | "MUTUAL") => Some(Upstream::Tls(Teller::Rule(at))),
            _ => Some(Upstream::Open(RULED)),
        }
    }

    /// What deliveries are sorted by: listener, route, rule and backend, all as indexes.
    const fn order(&self) -> (usize, usize, usize, usize) {
        (self.listener, self.route, self.rule, self.backend)
    }

    /// That of `deliveries` which a listener hands to a backend, `at` of the attachment.
    #[must_use]
    pub fn find<'d>(
        deliveries: &'d [Self],
        listener: usize,
        (at, backend): (usize, &BackendFacts),
    ) -> Option<&'d Self> {
        let order = (listener, backend.route, backend.rule, at);
        let found = deliveries.binary_search_by_key(&order, Self::order);
        found.ok().map(|found| &deliveries[found])
    }

    /// Every delivery, sorted by listener and route.
    #[must_use]
    pub fn all(model: &Model, attachment: &Attachment, landings: &[Landing]) -> Vec<Self> {
        let mut deliveries = Vec::new();
        let screens = Screens::of(model);
        let mut of_route: Vec<Vec<usize>> = vec![Vec::new(); model.routes.len()];
        for (index, backend) in attachment.backends.iter().enumerate() {
            of_route[backend.route].push(index);
        }
        for parent in &attachment.parents {
            let ParentOutcome::Attached(accepted) = &parent.outcome else {
                continue;
            };
            for listener in accepted.iter().map(|accepted| accepted.listener) {
                let backends = of_route[parent.route].iter().copied();
                let delivered = backends.filter_map(|backend| {
                    Self::of(model, attachment, landings, &screens, (listener, backend))
                });
                deliveries.extend(delivered);
            }
        }
        deliveries.sort_by_key(Self::order);
        deliveries.dedup();
        deliveries
    }

    /// What that listener hands to that backend of a route that it carries.
    fn of(
        model: &Model,
        attachment: &Attachment,
        landings: &[Landing],
        screens: &Screens<'_>,
        (listener, backend): (usize, usize),
    ) -> Option<Self> {
        let facts = &attachment.backends[backend];
        let BackendOutcome::Port { service, port } = facts.outcome else {
            return None;
        };
        let place = |landing: &Landing| (landing.service, landing.port);
        let landing = landings
            .binary_search_by_key(&(service, port), place)
            .ok()?;
        let (route, taker) = (&model.routes[facts.route], &attachment.listeners[listener]);
        let profile = attachment.gateways[taker.gateway].profile;
        let wire = (profile.upstream)(&Backend {
            kind: route.kind,
            transport: taker.transport,
            service: &model.services[service],
            port: &model.services[service].ports[port],
        });
        let screens = screens.cover(model, (taker, profile), (route, facts.rule, facts.backend));
        Some(Self {
            listener,
            route: facts.route,
            rule: facts.rule,
            backend,
            landing,
            wire,
            is_screened: screen::guard(model, &screens),
            screens,
        })
    }
}
