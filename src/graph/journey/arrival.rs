//! From the Service port to a pipeline: which receiver hears the signal, in which words, and who reads it.

use super::BackendTls;
use super::End;
use super::FlawKind;
use super::Gate;
use super::Journey;
use super::Landed;
use super::changes::Changes;
use super::shield::Sender;
use super::walk::Walk;
use crate::attach::Absent;
use crate::graph::delivery::Teller;
use crate::graph::delivery::Upstream;
use crate::graph::landing::Landing;
use crate::graph::landing::Listening;
use crate::graph::landing::Pod;
use crate::graph::landing::Target;
use crate::graph::trail::Guard;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Name;
use crate::model::collector::dial::Security;
use crate::model::collector::receiver::Server;
use crate::model::collector::receiver::Transport;

/// What comes to a Service port.
pub(super) struct Inbound {
    /// Who connects.
    pub(super) sender: Sender,
    /// What is sent.
    pub(super) freight: Freight,
}

/// What a connection carries.
pub(super) enum Freight {
    /// What the exporter sends: nobody ended its connection on the way.
    Own,
    /// Requests of a proxy.
    Requests {
        /// What that speaks.
        upstream: Upstream,
        /// The path of OTLP/HTTP as it hands it on; `None` when that is open.
        path: Option<String>,
        /// What it does to the headers.
        changes: Changes,
    },
}

impl Freight {
    /// What guards the link to the port.
    pub(super) fn guard(&self, dial: &Dial) -> Guard {
        match self {
            Self::Own => match &dial.security {
                Security::Plaintext | Security::Unknown(_) => Guard::Plain,
                Security::Tls(handshake) if handshake.certificate.is_some() => Guard::MutualTls,
                Security::Tls(_) => Guard::Tls,
            },
            Self::Requests { upstream, .. } => match upstream {
                Upstream::H2c => Guard::H2c,
                Upstream::Tls(_) => Guard::Tls,
                Upstream::Http1 | Upstream::Raw | Upstream::Open(_) => Guard::Plain,
            },
        }
    }
}

impl Walk<'_> {
    /// From the Service port to a pipeline.
    pub(super) fn land(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        inbound: &Inbound,
    ) -> End {
        let service = &self.model.services[landing.service];
        let port = &service.ports[landing.port];
        let number = port.port.as_ref().map_or(0, |number| number.value);
        journey.trail.push(
            inbound.freight.guard(dial),
            format!("{}:{number}", service.object.name()),
            Some(self.port_span(landing)),
        );
        let pods = match &landing.target {
            Target::Pods(pods) => pods,
            Target::NoWorkload(absent)
                if *absent == Absent::Missing
                    || service.near_miss(&self.model.workloads).is_some() =>
            {
                let at = service.selector_span.unwrap_or(port.span);
                journey.flaw(at, FlawKind::NoEndpoints);
                return End::Fails;
            }
            _ => return End::Unknown("no workload behind the Service was given".to_owned()),
        };
        journey.spread(pods, |journey, pod| {
            self.land_in(journey, dial, landing, inbound, pod)
        })
    }

    /// From the port of one workload to a pipeline.
    fn land_in(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        inbound: &Inbound,
        pod: &Pod,
    ) -> End {
        let shielded = self.shield(journey, dial, landing, inbound, pod);
        let (screened, changes) = self.at_sidecar(journey, dial, landing, inbound, pod);
        let shielded = shielded.or(screened);
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
            return End::Unknown("what listens behind the Service is not known".to_owned());
        };
        let landed = Landed {
            run,
            receiver,
            server,
        };
        journey.landed = Some(landed);
        if loopback == Some(true) {
            let bound = landed.server(self.model);
            let endpoint = bound.endpoint.as_ref();
            let span = endpoint.map_or(bound.span, |endpoint| endpoint.span);
            journey.flaw(span, FlawKind::Loopback);
        }
        if let Some((at, kind)) = self.not_receiving(landed) {
            journey.flaw(at, kind);
        }
        match (
            self.arrive(journey, dial, landing, (inbound, &changes), landed),
            shielded,
        ) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (end, _) => end,
        }
    }

    /// From the receiver to a pipeline.
    fn arrive(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        (inbound, changes): (&Inbound, &Changes),
        landed: Landed,
    ) -> End {
        let receiver = &self.model.runs[landed.run].collector.receivers[landed.receiver];
        let bound = &receiver.servers[landed.server];
        let handed = match &inbound.freight {
            Freight::Own => None,
            Freight::Requests { upstream, .. } => {
                let gateway = inbound.sender.gateway();
                self.hand_over(journey, dial, landing, bound, (*upstream, gateway))
            }
        };
        let name = format!("{}/{}", receiver.id.value, bound.transport.as_str());
        journey.trail.push(Guard::None, name, Some(bound.span));
        let unknown = match &inbound.freight {
            Freight::Own => self.meet(journey, dial, landed),
            Freight::Requests { .. } => handed,
        };
        if dial.transport == Transport::Http && bound.transport == Transport::Http {
            self.compare_paths(journey, dial, bound, &inbound.freight);
        }
        if bound.transport != dial.transport {
            let kind = FlawKind::CrossedProtocol {
                sent: dial.transport,
                server: bound.span,
            };
            journey.flaw(dial.endpoint, kind);
        }
        let sender = &self.model.runs[journey.run].collector.exporters[journey.exporter];
        let received = (sender, journey.signal);
        let received = self.received(journey.run, received, (landed, changes));
        let unknown = unknown.or(journey.heed(received));
        match (self.read(journey, landed), unknown) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (end, _) => end,
        }
    }

    /// Whether the path is one that the receiver knows; it answers 404 to all others.
    fn compare_paths(&self, journey: &mut Journey, dial: &Dial, bound: &Server, freight: &Freight) {
        let path = match freight {
            Freight::Own => dial.path.as_ref().and_then(Name::known).map(str::to_owned),
            Freight::Requests { path, .. } => path.clone(),
        };
        let (Some(path), Some(known)) = (path, bound.path(journey.signal)) else {
            return;
        };
        if path != known {
            let server = bound.span;
            journey.flaw(
                dial.endpoint,
                FlawKind::UnknownPath {
                    path,
                    known,
                    server,
                },
            );
        }
    }

    /// What the exporter and the receiver make of each other; why that is open, if so.
    fn meet(&self, journey: &mut Journey, dial: &Dial, landed: Landed) -> Option<String> {
        let gate = Gate::Receiver(landed);
        let Some(speaks_tls) = landed.server(self.model).speaks_tls() else {
            return Some("whether the receiver speaks TLS is open".to_owned());
        };
        match (&dial.security, speaks_tls) {
            (Security::Unknown(why), _) => return Some(why.clone()),
            (Security::Plaintext, false) => {}
            (Security::Plaintext, true) => {
                journey.flaw(dial.endpoint, FlawKind::Plaintext { gate })
            }
            (Security::Tls(_), false) => {
                journey.flaw(dial.endpoint, FlawKind::TlsToPlaintext { gate });
            }
            (Security::Tls(handshake), true) => {
                return self.handshake(journey, gate, handshake, dial.endpoint);
            }
        }
        None
    }

    /// What a proxy and the receiver make of each other; why that is open, if so.
    fn hand_over(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        bound: &Server,
        (upstream, gateway): (Upstream, Option<usize>),
    ) -> Option<String> {
        let speaks_tls = bound.speaks_tls();
        match (upstream, speaks_tls) {
            (Upstream::Open(why), _) => return Some(why.to_owned()),
            (_, None) => return Some("whether the receiver speaks TLS is open".to_owned()),
            (Upstream::Tls(_), Some(false)) => {
                let kind = FlawKind::BackendTls(BackendTls::Unexpected);
                journey.flaw(bound.span, kind);
            }
            (Upstream::Http1 | Upstream::H2c | Upstream::Raw, Some(true)) => {
                let kind = FlawKind::BackendTls(BackendTls::Missing);
                journey.flaw(bound.span, kind);
            }
            (Upstream::Tls(teller), Some(true)) => {
                let at = gateway;
                let gateway = gateway.map(|gateway| &self.model.gateways[gateway]);
                let shows_none = match teller {
                    Teller::Rule(rule) => !self.model.destination_rules[rule].shows_certificate(),
                    _ => gateway.is_some_and(|own| own.client_certificate.is_none()),
                };
                if bound.client_authorities().is_some() && shows_none {
                    let kind = FlawKind::BackendTls(BackendTls::NoCertificate);
                    journey.flaw(bound.span, kind);
                }
                let misfits = self.graph.misfits.iter();
                let here = misfits.filter(|misfit| {
                    let delivery = &self.graph.deliveries[misfit.delivery];
                    let own = self.attachment.listeners[delivery.listener].gateway;
                    let port = &self.graph.landings[delivery.landing];
                    (port.service, port.port) == (landing.service, landing.port) && Some(own) == at
                });
                for misfit in here {
                    let kind = FlawKind::BackendCertificate(misfit.reason.clone());
                    journey.flaw(bound.span, kind);
                }
                return Some(
                    "how the proxy verifies the receiver's certificate is not judged".to_owned(),
                );
            }
            (Upstream::Http1, _) if dial.transport == Transport::Grpc => {
                journey.flaw(self.port_span(landing), FlawKind::Http1Backend);
            }
            (Upstream::H2c, _) if bound.transport == Transport::Http => {
                journey.flaw(self.port_span(landing), FlawKind::Http2ToHttp1);
            }
            _ => {}
        }
        None
    }

    /// Which pipeline reads the receiver.
    fn read(&self, journey: &mut Journey, landed: Landed) -> End {
        let collector = &self.model.runs[landed.run].collector;
        let receiver = &collector.receivers[landed.receiver];
        let mut readers = collector.readers(&receiver.id).peekable();
        if readers.peek().is_none() {
            journey.flaw(receiver.id.span, FlawKind::UnwiredReceiver);
            return End::Fails;
        }
        let Some(pipeline) = readers.find(|pipeline| pipeline.signal() == journey.signal) else {
            let signal = journey.signal;
            journey.flaw(receiver.id.span, FlawKind::MissingSignal { signal });
            return End::Fails;
        };
        let (name, span) = (pipeline.id.value.to_string(), pipeline.id.span);
        journey.trail.push(Guard::None, name, Some(span));
        End::Arrives
    }
}
