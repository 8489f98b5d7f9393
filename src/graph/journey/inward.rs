//! From the listener inwards: which rule takes the request, which receiver hears it, which pipeline reads it.

use super::End;
use super::FlawKind;
use super::Journey;
use super::Landed;
use super::matching;
use super::walk::Walk;
use crate::attach::hostname;
use crate::attach::profile::Wire;
use crate::attach::route::ParentOutcome;
use crate::graph::delivery::Delivery;
use crate::graph::landing::Landing;
use crate::graph::landing::Listening;
use crate::graph::landing::Target;
use crate::graph::trail::Guard;
use crate::model::collector::dial::Dial;
use crate::model::collector::receiver::Transport as Protocol;
use crate::source::Span;

impl Walk<'_> {
    /// From the listener to the Service port: the rule that takes the request.
    pub(super) fn route(&self, journey: &mut Journey, dial: &Dial, listener: usize) -> End {
        let routes = self
            .attachment
            .parents
            .iter()
            .filter_map(|parent| match &parent.outcome {
                ParentOutcome::Attached(accepted) => {
                    let here = accepted
                        .iter()
                        .find(|accepted| accepted.listener == listener)?;
                    Some((parent.route, here))
                }
                _ => None,
            });
        let routes: Vec<_> = routes.collect();
        if routes.is_empty() {
            return End::Unknown("no route that was given attaches to the listener".to_owned());
        }
        let Some(authority) = dial.authority.without_port() else {
            return End::Unknown("the authority of the request is open".to_owned());
        };
        let named: Vec<(usize, Option<&str>)> = routes
            .iter()
            .filter_map(|(route, here)| Some((*route, hostname::best(&here.hostnames, authority)?)))
            .collect();
        if named.is_empty() {
            let route = routes[0].0;
            journey.flaw(
                dial.endpoint,
                FlawKind::UnroutedAuthority {
                    authority: authority.to_owned(),
                    route,
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
                        route: named[0].0,
                        signal: journey.signal,
                    },
                );
                return End::Fails;
            }
        };
        let route_name = self.model.routes[route].object.name().to_owned();
        journey.trail.push(
            Guard::None,
            route_name,
            Some(self.model.routes[route].object.name_span()),
        );
        let ours = |delivery: &&Delivery| {
            delivery.listener == listener && delivery.route == route && delivery.rule == rule
        };
        let Some(delivery) = self.graph.deliveries.iter().find(ours) else {
            return self.undelivered(journey, route, rule);
        };
        let landing = &self.graph.landings[delivery.landing];
        if delivery.wire == Wire::Http1 && dial.transport == Protocol::Grpc {
            journey.flaw(
                self.port_span(landing),
                FlawKind::Http1Backend {
                    delivery: *delivery,
                },
            );
        }
        if delivery.wire == Wire::Tls {
            return End::Unknown(
                "the gateway speaks TLS to the backend of its own accord".to_owned(),
            );
        }
        let guard = if delivery.wire == Wire::H2c {
            Guard::H2c
        } else {
            Guard::Plain
        };
        self.land(journey, dial, landing, guard)
    }

    fn undelivered(&self, journey: &mut Journey, route: usize, rule: usize) -> End {
        let backend = self
            .attachment
            .backends
            .iter()
            .position(|backend| backend.route == route && backend.rule == rule);
        let Some(backend) = backend else {
            return End::Unknown("the rule has no backend".to_owned());
        };
        let facts = &self.attachment.backends[backend];
        if facts.outcome.fails() {
            journey.flaw(
                facts.written(self.model).name_span(),
                FlawKind::NoBackend { backend },
            );
            return End::Fails;
        }
        End::Unknown("the backend was not given".to_owned())
    }

    fn port_span(&self, landing: &Landing) -> Span {
        let port = &self.model.services[landing.service].ports[landing.port];
        port.port.as_ref().map_or(port.span, |number| number.span)
    }

    /// From the Service port to a pipeline.
    pub(super) fn land(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        guard: Guard,
    ) -> End {
        let service = &self.model.services[landing.service];
        let port = &service.ports[landing.port];
        let number = port.port.as_ref().map_or(0, |number| number.value);
        journey.trail.push(
            guard,
            format!("{}:{number}", service.object.name()),
            Some(self.port_span(landing)),
        );
        let Target::Pods(pods) = &landing.target else {
            return End::Unknown("no workload behind the Service was given".to_owned());
        };
        let Some(pod) = pods.first() else {
            return End::Unknown(String::new());
        };
        let Listening::Receiver {
            run,
            receiver,
            server,
            loopback,
        } = pod.listening
        else {
            if matches!(pod.listening, Listening::Nobody { .. }) || pod.port.is_none() {
                journey.flaw(
                    self.port_span(landing),
                    FlawKind::NobodyListens {
                        service: landing.service,
                        port: landing.port,
                    },
                );
                return End::Fails;
            }
            return End::Unknown("what runs behind the Service was not given".to_owned());
        };
        journey.landed = Some(Landed {
            run,
            receiver,
            server,
        });
        let collector = &self.model.runs[run].collector;
        let receiver = &collector.receivers[receiver];
        let bound = &receiver.servers[server];
        let name = format!("{}/{}", receiver.id.value, bound.transport.as_str());
        journey.trail.push(Guard::None, name, Some(bound.span));
        if loopback == Some(true) {
            let span = bound
                .endpoint
                .as_ref()
                .map_or(bound.span, |endpoint| endpoint.span);
            journey.flaw(span, FlawKind::Loopback);
        }
        if bound.transport != dial.transport {
            journey.flaw(
                dial.endpoint,
                FlawKind::CrossedProtocol {
                    sent: dial.transport,
                    server: bound.span,
                },
            );
        }
        let mut readers = collector.readers(&receiver.id).peekable();
        if readers.peek().is_none() {
            journey.flaw(receiver.id.span, FlawKind::UnwiredReceiver);
            return End::Fails;
        }
        match readers.find(|pipeline| pipeline.signal() == journey.signal) {
            Some(pipeline) => {
                journey.trail.push(
                    Guard::None,
                    pipeline.id.value.to_string(),
                    Some(pipeline.id.span),
                );
                End::Arrives
            }
            None => {
                journey.flaw(
                    receiver.id.span,
                    FlawKind::MissingSignal {
                        signal: journey.signal,
                    },
                );
                End::Fails
            }
        }
    }
}
