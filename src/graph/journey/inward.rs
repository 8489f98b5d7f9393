//! From the listener inwards: which rule takes the request, and to which Service port it leads.

use std::cmp::Reverse;

use super::End;
use super::FlawKind;
use super::Journey;
use super::Taker;
use super::arrival::Freight;
use super::arrival::Inbound;
use super::matching;
use super::shield::Sender;
use super::walk::Walk;
use crate::attach::hostname;
use crate::attach::listener::Transport;
use crate::attach::precedence;
use crate::attach::route::Accepted;
use crate::attach::route::BackendOutcome;
use crate::attach::route::ParentFacts;
use crate::graph::delivery::Delivery;
use crate::graph::delivery::Upstream;
use crate::graph::landing::Landing;
use crate::graph::screen::Screen;
use crate::graph::trail::Guard;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Security;
use crate::model::collector::receiver::Transport as Protocol;
use crate::model::route::RouteKind;
use crate::source::Span;

impl Walk<'_> {
    /// From the listener to the Service port: the rule that takes the request.
    pub(super) fn route(&self, journey: &mut Journey, dial: &Dial, listener: usize) -> End {
        let parents = self.attachment.carried[listener].iter();
        let parents = parents.map(|at| &self.attachment.parents[*at]);
        let routes = parents.filter_map(|parent| Some((parent.route, parent.accepted(listener)?)));
        let routes: Vec<_> = routes.collect();
        if routes.is_empty() {
            return self.without_route(journey, listener);
        }
        if routes.iter().all(|(route, _)| self.is_raw(*route)) {
            return self.hand_through(journey, dial, listener, &routes);
        }
        let Some(authority) = dial.authority.without_port() else {
            return End::Unknown("the authority of the request is open".to_owned());
        };
        let named: Vec<(usize, Option<&str>)> = routes
            .iter()
            .filter_map(|(route, here)| Some((*route, hostname::best(&here.hostnames, authority)?)))
            .collect();
        if named.is_empty() {
            let taker = Taker::Route(routes[0].0);
            journey.flaw(
                dial.endpoint,
                FlawKind::UnroutedAuthority {
                    authority: authority.to_owned(),
                    taker,
                },
            );
            return End::Fails;
        }
        let taken = matching::take(self.model, &named, dial, journey.signal);
        let (route, rule) = match taken {
            matching::Taken::By(route, rule) => (route, rule),
            matching::Taken::Perhaps => {
                return End::Unknown("whether a rule takes the request cannot be told".to_owned());
            }
            matching::Taken::ByNone => {
                journey.flaw(
                    dial.endpoint,
                    FlawKind::UnroutedSignal {
                        taker: Taker::Route(named[0].0),
                        signal: journey.signal,
                    },
                );
                return End::Fails;
            }
        };
        if let Some(why) = self.rewritten(route, rule, dial) {
            return End::Unknown(why.to_owned());
        }
        self.deliver(journey, dial, listener, (route, rule))
    }

    /// At a listener that carries no route: it fails where one that leads to a receiver is refused.
    fn without_route(&self, journey: &mut Journey, listener: usize) -> End {
        let mut parents = self.attachment.parents.iter();
        let refused = parents
            .find(|parent| parent.is_refused_by(listener) && self.leads_to_receiver(parent.route));
        let Some(ParentFacts { route, .. }) = refused else {
            return End::Unknown("no route that was given attaches to the listener".to_owned());
        };
        let (route, at) = (*route, self.model.routes[*route].object.name_span());
        journey.flaw(at, FlawKind::RefusedRoute { route });
        End::Fails
    }

    /// Whether a backend of the route is a receiver that was given: only then is a route that is refused sure to be the one
    /// that telemetry needs, and no other one has to be given.
    fn leads_to_receiver(&self, route: usize) -> bool {
        let mut own = self.attachment.backends_of(route);
        own.any(|(_, backend)| {
            let BackendOutcome::Port { service, port } = backend.outcome else {
                return false;
            };
            let landing = self.graph.landing(service, port);
            landing.is_some_and(|landing| landing.receivers().next().is_some())
        })
    }

    /// Whether the route takes connections, and knows nothing of the requests in them.
    pub(super) fn is_raw(&self, route: usize) -> bool {
        matches!(
            self.model.routes[route].kind,
            RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp
        )
    }

    /// The one of `routes`, each of TLS or TCP, that takes the connection: by the server name, and of equals the oldest.
    fn hand_through(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        listener: usize,
        routes: &[(usize, &Accepted)],
    ) -> End {
        let name = match &dial.security {
            Security::Tls(handshake) => handshake.sni.known(),
            _ => None,
        };
        let takes = |route: usize, here: &Accepted| match (self.model.routes[route].kind, name) {
            (RouteKind::Tls, Some(name)) => hostname::best(&here.hostnames, name)
                .map(|best| (hostname::specificity(best), route)),
            (RouteKind::Tls, None) => None,
            _ => Some((hostname::specificity(None), route)),
        };
        let taken = routes
            .iter()
            .filter_map(|(route, here)| takes(*route, here));
        let best = taken.max_by_key(|(specificity, route)| {
            (
                *specificity,
                Reverse(precedence::seniority(&self.model.routes[*route])),
            )
        });
        let Some((_, route)) = best else {
            let authority = name.unwrap_or_default().to_owned();
            let taker = Taker::Route(routes[0].0);
            journey.flaw(
                dial.endpoint,
                FlawKind::UnroutedAuthority { authority, taker },
            );
            return End::Fails;
        };
        self.deliver(journey, dial, listener, (route, 0))
    }

    /// Why what a rule does to requests keeps its end open.
    fn rewritten(&self, route: usize, rule: usize, dial: &Dial) -> Option<&'static str> {
        let filters = &self.model.routes[route].rules[rule].filters;
        if filters.iter().any(|filter| filter.redirect.is_some()) {
            return Some("the rule redirects the request");
        }
        let rewrites = filters.iter().filter_map(|filter| filter.rewrite.as_ref());
        let is_moved = rewrites.into_iter().any(|rewrite| rewrite.path.is_some());
        (is_moved && dial.transport == Protocol::Grpc)
            .then_some("the rule rewrites the path of gRPC")
    }

    /// From the rule to the Service port, and further.
    fn deliver(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        listener: usize,
        (route, rule): (usize, usize),
    ) -> End {
        let object = &self.model.routes[route].object;
        let (name, span) = (object.name().to_owned(), object.name_span());
        journey.trail.push(Guard::None, name, Some(span));
        let backends = self.attachment.backends_of(route);
        let ours = backends.filter(|(_, backend)| {
            let weight = backend.written(self.model).weight.as_ref();
            backend.rule == rule && weight.is_none_or(|weight| weight.value > 0)
        });
        let ours: Vec<usize> = ours.map(|(at, _)| at).collect();
        if ours.is_empty() {
            return End::Unknown("the rule has no backend".to_owned());
        }
        journey.spread(&ours, |journey, backend| {
            self.hand_to(journey, dial, listener, *backend)
        })
    }

    /// From the rule to the Service port of one of its backends, and further.
    fn hand_to(&self, journey: &mut Journey, dial: &Dial, listener: usize, backend: usize) -> End {
        let facts = &self.attachment.backends[backend];
        let deliveries = &self.graph.deliveries;
        let Some(delivery) = Delivery::find(deliveries, listener, (backend, facts)) else {
            if facts.outcome.fails() {
                journey.flaw(
                    facts.written(self.model).name_span(),
                    FlawKind::NoBackend { backend },
                );
                return End::Fails;
            }
            return End::Unknown("the backend was not given".to_owned());
        };
        let landing = &self.graph.landings[delivery.landing];
        let rule = &self.model.routes[facts.route].rules[facts.rule];
        let served = &self.attachment.listeners[listener];
        let ends_tls = served.transport == Transport::Terminate;
        let (freight, unknown) = match delivery.upstream(self.model, self.attachment, self.graph) {
            Upstream::Raw if !ends_tls => (Freight::Own, self.unscreened(delivery)),
            upstream => {
                let (unknown, changes) = self.pass(journey, dial, delivery);
                let freight = Freight::Requests {
                    upstream,
                    path: matching::moved(rule, dial),
                    changes,
                };
                (freight, unknown)
            }
        };
        let inbound = Inbound {
            sender: Sender::Gateway(served.gateway),
            freight,
        };
        match (self.land(journey, dial, landing, &inbound), unknown) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (end, _) => end,
        }
    }

    /// Why it is open whether bytes that are handed on as they come get through: policies for requests are not for them, but
    /// some are for connections, too.
    fn unscreened(&self, delivery: &Delivery) -> Option<String> {
        let asks = |screen: &Screen| matches!(screen, Screen::Authorization(..));
        let found = delivery.screens.iter().any(asks);
        found.then(|| "whether an AuthorizationPolicy lets the connection in is open".to_owned())
    }

    pub(super) fn port_span(&self, landing: &Landing) -> Span {
        let port = &self.model.services[landing.service].ports[landing.port];
        port.port.as_ref().map_or(port.span, |number| number.span)
    }
}
