//! What becomes of one signal of one exporter: over which hops it goes, and at which it fails.

use super::Graph;
use super::delivery::Delivery;
use super::landing::Landing;
use super::landing::Listening;
use super::landing::Target;
use super::material::Materials;
use super::reach::Addresses;
use super::reach::Reach;
use super::trail::Guard;
use super::trail::Trail;
use crate::attach::Attachment;
use crate::attach::client::Clients;
use crate::attach::hostname;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::attach::profile::Profile;
use crate::attach::profile::Wire;
use crate::attach::route::ParentOutcome;
use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::dial;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::NoDial;
use crate::model::collector::dial::Security;
use crate::model::collector::endpoint::Host;
use crate::model::collector::exporter::Client;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport as Protocol;
use crate::settings::Settings;
use crate::source::Span;

mod handshake;
mod matching;
mod flaw;

pub use flaw::Flaw;
pub use flaw::FlawKind;

/// One signal of one exporter.
#[derive(Debug)]
pub struct Journey {
    /// The collector that sends, as an index into the model's runs.
    pub run: usize,
    /// Which of its exporters.
    pub exporter: usize,
    /// What is sent.
    pub signal: Signal,
    /// The listener that answers, as an index into the attachment.
    pub listener: Option<usize>,
    /// The port of a receiver that it comes to, whether that takes it or not.
    pub landed: Option<Landed>,
    /// The hops, as far as they are known.
    pub trail: Trail,
    /// All that is wrong on the way, in the order of the hops.
    pub flaws: Vec<Flaw>,
    /// How it ends.
    pub end: End,
}

/// An open port of a receiver, as indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Landed {
    /// The collector as it runs, as an index into the model's runs.
    pub run: usize,
    /// Which of its receivers.
    pub receiver: usize,
    /// Which of the receiver's servers.
    pub server: usize,
}

/// How a journey ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A pipeline of the receiving collector reads it.
    Arrives,
    /// The first of its flaws stops it.
    Fails,
    /// It leads out of what was given, or hangs on something that is open; why, in words.
    Unknown(String),
}

impl Journey {
    /// Every journey, collector by collector.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        graph: &Graph,
        materials: &Materials<'_>,
        settings: &Settings,
    ) -> Vec<Self> {
        let addresses = Addresses::of(model, settings);
        let mut journeys = Vec::new();
        for (at, collector) in model.runs.iter().map(|run| &run.collector).enumerate() {
            for (index, exporter) in collector.exporters.iter().enumerate() {
                if exporter.client.is_none() {
                    continue;
                }
                let signals = Signal::ALL.into_iter().filter(|signal| {
                    collector
                        .writers(&exporter.id)
                        .any(|pipeline| pipeline.signal() == *signal)
                });
                for signal in signals {
                    let walk = Walk {
                        model,
                        attachment,
                        graph,
                        materials,
                        settings,
                        addresses: &addresses,
                    };
                    journeys.extend(walk.journey(at, collector, index, exporter, signal));
                }
            }
        }
        journeys
    }
}

/// All that a journey is judged by.
pub(super) struct Walk<'w> {
    pub(super) model: &'w Model,
    attachment: &'w Attachment,
    graph: &'w Graph,
    pub(super) materials: &'w Materials<'w>,
    pub(super) settings: &'w Settings,
    addresses: &'w Addresses,
}

impl Walk<'_> {
    /// Who serves a listener.
    pub(super) fn profile(&self, listener: &ListenerFacts) -> &'static Profile {
        self.attachment.gateways[listener.gateway].profile
    }

    fn journey(
        &self,
        run: usize,
        own: &Collector,
        index: usize,
        exporter: &Exporter,
        signal: Signal,
    ) -> Option<Journey> {
        let mut trail = Trail::default();
        trail.push(Guard::None, exporter.id.to_string(), Some(exporter.id.span));
        let mut journey = Journey {
            run,
            exporter: index,
            signal,
            listener: None,
            landed: None,
            trail,
            flaws: Vec::new(),
            end: End::Unknown(String::new()),
        };
        let half = exporter.client.as_ref().and_then(half_key_pair);
        let end = match dial::dial(own, exporter, signal) {
            Ok(_) if half.is_some() => {
                let said = "TLS configuration must include both certificate and key".to_owned();
                journey.flaw(
                    half.unwrap_or(exporter.id.span),
                    FlawKind::NotStarting {
                        said,
                        related: Vec::new(),
                    },
                );
                End::Fails
            }
            Ok(dial) => self.dialled(&mut journey, own, &dial),
            Err(NoDial::Fails {
                span,
                said,
                related,
                ..
            }) => {
                journey.flaw(span, FlawKind::NotStarting { said, related });
                End::Fails
            }
            Err(NoDial::Unknown { why, .. }) => End::Unknown(why),
            Err(NoDial::NotOtlp) => return None,
        };
        journey.end = if !journey.flaws.is_empty() {
            End::Fails
        } else {
            end
        };
        Some(journey)
    }

    fn dialled(&self, journey: &mut Journey, own: &Collector, dial: &Dial) -> End {
        let namespace = own.object().map(|object| object.namespace());
        match self.addresses.reach(self.model, dial, namespace) {
            Reach::Outside => {
                let host = dial
                    .host
                    .text()
                    .unwrap_or_else(|| "the endpoint".to_owned());
                End::Unknown(format!("{host} leads to nothing that was given"))
            }
            Reach::Service(service) => self.at_service(journey, dial, service),
            Reach::Gateways(gateways) => {
                match (self.at_gateways(journey, dial, &gateways), &dial.host) {
                    (End::Arrives, Host::Unknown(why)) => End::Unknown(why.clone()),
                    (end, _) => end,
                }
            }
        }
    }

    fn at_service(&self, journey: &mut Journey, dial: &Dial, service: usize) -> End {
        let own = &self.model.services[service];
        let Some(number) = dial.port else {
            return End::Unknown("the port is open".to_owned());
        };
        let Some(port) = own.ports.iter().position(|port| {
            port.port
                .as_ref()
                .is_some_and(|own| own.value == i64::from(number))
        }) else {
            journey.flaw(
                dial.endpoint,
                FlawKind::UnknownServicePort {
                    service,
                    port: number,
                },
            );
            return End::Fails;
        };
        let guard = if dial.security == Security::Plaintext {
            Guard::Plain
        } else {
            Guard::Tls
        };
        let Some(landing) = self.graph.landing(service, port) else {
            return End::Unknown(String::new());
        };
        self.land(journey, dial, landing, guard)
    }

    fn at_gateways(&self, journey: &mut Journey, dial: &Dial, gateways: &[usize]) -> End {
        let listeners = gateways
            .iter()
            .flat_map(|gateway| self.attachment.gateways[*gateway].listeners.clone());
        let listeners: Vec<usize> = listeners.collect();
        let Some(number) = dial.port else {
            return End::Unknown("the port is open".to_owned());
        };
        let on_port = |at: &usize| {
            let listener = self.attachment.listeners[*at].written(self.model);
            listener
                .port
                .as_ref()
                .is_some_and(|port| port.value == i64::from(number))
        };
        let here: Vec<usize> = listeners.iter().copied().filter(on_port).collect();
        let Some(first) = here.first().copied() else {
            journey.flaw(
                dial.endpoint,
                FlawKind::UnknownListener {
                    gateway: gateways[0],
                    port: number,
                },
            );
            return End::Fails;
        };
        let handshake = match &dial.security {
            Security::Unknown(why) => return End::Unknown(why.clone()),
            Security::Plaintext => {
                let plain = here
                    .iter()
                    .copied()
                    .find(|at| self.attachment.listeners[*at].transport == Transport::Plain);
                let Some(listener) = plain else {
                    self.name(journey, Guard::Plain, first);
                    journey.flaw(dial.endpoint, FlawKind::Plaintext { listener: first });
                    return End::Fails;
                };
                self.name(journey, Guard::Plain, listener);
                return self.route(journey, dial, listener);
            }
            Security::Tls(handshake) => handshake,
        };
        let secure = |at: &usize| {
            matches!(
                self.attachment.listeners[*at].transport,
                Transport::Terminate | Transport::Passthrough
            )
        };
        let secure: Vec<usize> = here.iter().copied().filter(secure).collect();
        if secure.is_empty() {
            self.name(journey, Guard::Tls, first);
            journey.flaw(dial.endpoint, FlawKind::TlsToPlaintext { listener: first });
            return End::Fails;
        }
        if let dial::Name::Unknown(why) = &handshake.sni {
            return End::Unknown(why.clone());
        }
        let names = secure.iter().map(|at| {
            let hostname = self.attachment.listeners[*at]
                .written(self.model)
                .hostname
                .as_ref();
            (hostname.map(|hostname| hostname.as_str()), *at)
        });
        let Some(listener) = hostname::choose(names, handshake.sni.known()) else {
            self.name(journey, Guard::Tls, secure[0]);
            let sent = handshake.sni.known().map(str::to_owned);
            journey.flaw(
                dial.endpoint,
                FlawKind::UnservedServerName {
                    sent,
                    listeners: secure,
                },
            );
            return End::Fails;
        };
        journey.listener = Some(listener);
        let facts = &self.attachment.listeners[listener];
        let guard = if matches!(facts.clients, Clients::Verified { .. }) {
            Guard::MutualTls
        } else {
            Guard::Tls
        };
        self.name(journey, guard, listener);
        if facts.transport == Transport::Passthrough {
            return End::Unknown("TLS is passed through to the backend".to_owned());
        }
        let judged = handshake::judge(
            self,
            journey,
            &self.model.runs[journey.run],
            facts,
            handshake,
            dial.endpoint,
        );
        let gateway = facts.gateway;
        for (at, kind) in judged.flaws {
            journey.flaw(at, kind);
        }
        let end = self.route(journey, dial, listener);
        match (end, judged.unknown) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (End::Unknown(_), _) if !self.attachment.gateways[gateway].profile.is_known() => {
                End::Unknown("it is not known which implementation serves the Gateway".to_owned())
            }
            (end, _) => end,
        }
    }

    fn name(&self, journey: &mut Journey, guard: Guard, listener: usize) {
        let facts = &self.attachment.listeners[listener];
        let gateway = &self.model.gateways[facts.gateway];
        let written = facts.written(self.model);
        let name = format!("{}/{}", gateway.object.name(), written.name());
        journey.trail.push(guard, name, Some(written.name_span()));
    }

    /// From the listener to the Service port: the rule that takes the request.
    fn route(&self, journey: &mut Journey, dial: &Dial, listener: usize) -> End {
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
        let serves = |names: &[Option<String>]| {
            names.iter().any(|name| {
                name.as_ref()
                    .is_none_or(|name| hostname::matches(name, authority))
            })
        };
        let named: Vec<usize> = routes
            .iter()
            .filter(|(_, here)| serves(&here.hostnames))
            .map(|(route, _)| *route)
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
                        route: named[0],
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
    fn land(&self, journey: &mut Journey, dial: &Dial, landing: &Landing, guard: Guard) -> End {
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

/// Where the one half of a key pair stands, when the other is not there (configtls, `Config.Validate`).
fn half_key_pair(client: &Client) -> Option<Span> {
    match (client.tls.certificate(), client.tls.key()) {
        (Some(half), None) | (None, Some(half)) => Some(half.span),
        _ => None,
    }
}

impl Journey {
    fn flaw(&mut self, at: Span, kind: FlawKind) {
        let hop = self.trail.hops.len().saturating_sub(1);
        self.flaws.push(Flaw { at, hop, kind });
    }
}
