//! From the exporter to the listener: what is dialled, what answers, and what both make of each other.

use super::End;
use super::Flaw;
use super::FlawKind;
use super::Journey;
use super::arrival::Freight;
use super::arrival::Inbound;
use super::gate::Gate;
use super::handshake;
use super::shield::Sender;
use crate::attach::Attachment;
use crate::attach::client::Clients;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::attach::profile::Profile;
use crate::attach::sni;
use crate::graph::Graph;
use crate::graph::material::Materials;
use crate::graph::policy::Policies;
use crate::graph::reach::Addresses;
use crate::graph::reach::Reach;
use crate::graph::trail::Guard;
use crate::graph::trail::Trail;
use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::dial;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Handshake;
use crate::model::collector::dial::NoDial;
use crate::model::collector::dial::Security;
use crate::model::collector::endpoint::Host;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport as Protocol;
use crate::model::object::Object;
use crate::settings::Settings;
use crate::source::Span;

/// All that a journey is judged by.
pub(super) struct Walk<'w> {
    pub(super) model: &'w Model,
    pub(super) attachment: &'w Attachment,
    pub(super) graph: &'w Graph,
    pub(super) materials: &'w Materials<'w>,
    pub(super) settings: &'w Settings,
    pub(super) addresses: &'w Addresses,
    /// Run by run, what keeps a collector from starting, and where.
    pub(super) stops: &'w [Option<(Span, String)>],
    /// NetworkPolicies for what comes in to Pods.
    pub(super) entries: &'w Policies<'w>,
    /// Those for what goes out of them.
    pub(super) exits: &'w Policies<'w>,
}

impl Walk<'_> {
    /// Who serves a listener.
    pub(super) fn profile(&self, listener: &ListenerFacts) -> &'static Profile {
        self.attachment.gateways[listener.gateway].profile
    }

    pub(super) fn journey(
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
            detour: None,
            trail,
            flaws: Vec::new(),
            end: End::Unknown(String::new()),
        };
        let client = exporter.client.as_ref();
        let refusal = client.and_then(|client| self.refusal(run, &client.tls));
        let end = match (dial::dial(own, exporter, signal), refusal) {
            (Ok(_) | Err(NoDial::Unknown { .. }), Some((at, kind))) => {
                journey.flaw(at, kind);
                End::Fails
            }
            (Ok(dial), None) => {
                let end = self.dialled(&mut journey, own, &dial);
                match (end, self.departs(run, &dial)) {
                    (End::Arrives, Some(why)) => End::Unknown(why),
                    (end, _) => end,
                }
            }
            (
                Err(NoDial::Fails {
                    span,
                    said,
                    related,
                    ..
                }),
                _,
            ) => {
                journey.flaw(span, FlawKind::NotStarting { said, related });
                End::Fails
            }
            (Err(NoDial::Unknown { why, .. }), _) => End::Unknown(why),
            (Err(NoDial::NotOtlp), _) => return None,
        };
        if let Some((at, said)) = self.stopped(run) {
            let related = Vec::new();
            let kind = FlawKind::NotStarting { said, related };
            journey.flaws.insert(0, Flaw { at, hop: 0, kind });
        }
        journey.end = if !journey.flaws.is_empty() {
            End::Fails
        } else {
            end
        };
        Some(journey)
    }

    /// What is dialled from: the workload of the collector, else where its configuration stands.
    pub(super) fn origin<'o>(
        &'o self,
        own: &'o Collector,
        journey: &Journey,
    ) -> Option<&'o Object> {
        let workload = self.model.runs[journey.run].workload(self.model);
        let from = workload.map(|workload| &workload.object).or(own.object());
        from.map(AsRef::as_ref)
    }

    /// From whoever answers on.
    pub(super) fn reached(&self, journey: &mut Journey, own: &Collector, dial: &Dial) -> End {
        let from = self.origin(own, journey);
        match self.addresses.reach(self.model, dial, from) {
            Reach::Outside => {
                let host = dial
                    .host
                    .text()
                    .unwrap_or_else(|| "the endpoint".to_owned());
                End::Unknown(format!("{host} leads to nothing that was given"))
            }
            Reach::Several => {
                End::Unknown("several things that were given answer to the endpoint".to_owned())
            }
            Reach::Ingresses(ingresses) => self.at_ingresses(journey, dial, &ingresses),
            Reach::Service(service) => self.at_service(journey, dial, service),
            Reach::Gateways(gateways) => {
                match (self.at_gateways(journey, dial, &gateways), &dial.host) {
                    (End::Arrives, Host::Unknown(why)) => End::Unknown(why.clone()),
                    (end, _) => end,
                }
            }
        }
    }

    pub(super) fn at_service(&self, journey: &mut Journey, dial: &Dial, service: usize) -> End {
        let own = &self.model.services[service];
        let Some(number) = dial.port else {
            return End::Unknown("the port is open".to_owned());
        };
        let Some(port) = own.ports.iter().position(|port| {
            port.port
                .as_ref()
                .is_some_and(|own| own.value == i64::from(number))
        }) else {
            // The name of a headless Service stands for its Pods, whose ports need not be in it.
            if own.is_headless() || (own.is_operated() && !is_otlp(number)) {
                return End::Unknown(format!("the Service says nothing of port {number}"));
            }
            journey.flaw(
                dial.endpoint,
                FlawKind::UnknownServicePort {
                    service,
                    port: number,
                },
            );
            return End::Fails;
        };
        let Some(landing) = self.graph.landing(service, port) else {
            return End::Unknown(String::new());
        };
        let inbound = Inbound {
            sender: Sender::Exporter,
            freight: Freight::Own,
        };
        self.land(journey, dial, landing, &inbound)
    }

    /// Each of these listeners with its host name.
    fn named(&self, listeners: impl Iterator<Item = usize>) -> Vec<(Option<&str>, usize)> {
        let name = |at: usize| self.attachment.listeners[at].written(self.model).hostname();
        listeners.map(|at| (name(at), at)).collect()
    }

    fn at_gateways(&self, journey: &mut Journey, dial: &Dial, gateways: &[usize]) -> End {
        let listeners = gateways
            .iter()
            .flat_map(|gateway| self.attachment.gateways[*gateway].served.clone());
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
        let on_port = listeners.iter().copied().filter(on_port);
        let (here, lost): (Vec<usize>, Vec<usize>) =
            on_port.partition(|at| self.attachment.listeners[*at].conflict.is_none());
        if here.is_empty() {
            return self.unserved(journey, dial, (gateways[0], number), &lost);
        }
        let transport = |at: usize| self.attachment.listeners[at].transport;
        let served: Vec<usize> = here
            .into_iter()
            .filter(|at| transport(*at) != Transport::Unusable)
            .collect();
        let Some(first) = served.first().copied() else {
            return End::Unknown("no controller serves the listener as it is written".to_owned());
        };
        let is_raw = |at: &usize| transport(*at) == Transport::Raw;
        if let Some(raw) = served.iter().copied().find(is_raw) {
            return self.through(journey, dial, raw);
        }
        let of = |wanted: &[Transport]| -> Vec<usize> {
            let own = served.iter().copied();
            own.filter(|at| wanted.contains(&transport(*at))).collect()
        };
        match &dial.security {
            Security::Unknown(why) => End::Unknown(why.clone()),
            Security::Plaintext => {
                self.in_plain_text(journey, dial, first, &of(&[Transport::Plain]))
            }
            Security::Tls(handshake) => {
                let secure = of(&[Transport::Terminate, Transport::Passthrough]);
                self.over_tls(journey, dial, handshake, first, secure)
            }
        }
    }

    /// Plain text to one of `listeners`, of which the Host header chooses as a server name does; `first` has the port.
    fn in_plain_text(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        first: usize,
        listeners: &[usize],
    ) -> End {
        let names = self.named(listeners.iter().copied());
        let chosen = sni::choose(names.iter().copied(), dial.authority.without_port());
        let Some(listener) = chosen.or(names.first().map(|(_, at)| *at)) else {
            self.name(journey, Guard::Plain, first);
            let gate = Gate::Listener(first);
            journey.flaw(dial.endpoint, FlawKind::Plaintext { gate });
            return End::Fails;
        };
        self.name(journey, Guard::Plain, listener);
        self.route(journey, dial, listener)
    }

    /// TLS to one of `listeners`, of which the server name chooses; `first` has the port.
    fn over_tls(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        handshake: &Handshake,
        first: usize,
        listeners: Vec<usize>,
    ) -> End {
        if listeners.is_empty() {
            self.name(journey, Guard::Tls, first);
            let gate = Gate::Listener(first);
            journey.flaw(dial.endpoint, FlawKind::TlsToPlaintext { gate });
            return End::Fails;
        }
        if let dial::Name::Unknown(why) = &handshake.sni {
            return End::Unknown(why.clone());
        }
        let names = self.named(listeners.iter().copied());
        let Some(listener) = sni::choose(names, handshake.sni.known()) else {
            self.name(journey, Guard::Tls, listeners[0]);
            let sent = handshake.sni.known().map(str::to_owned);
            journey.flaw(
                dial.endpoint,
                FlawKind::UnservedServerName { sent, listeners },
            );
            return End::Fails;
        };
        journey.listener = Some(listener);
        let facts = &self.attachment.listeners[listener];
        if facts.transport == Transport::Passthrough {
            return self.through(journey, dial, listener);
        }
        let guard = if matches!(facts.clients, Clients::Verified { .. }) {
            Guard::MutualTls
        } else {
            Guard::Tls
        };
        self.name(journey, guard, listener);
        let unknown = self.handshake(journey, Gate::Listener(listener), handshake, dial.endpoint);
        let downgraded = self.attachment.downgraded_by(self.model, facts);
        if let Some(other) = downgraded.filter(|_| handshake.alpn == ["h2"]) {
            let other = other.written(self.model).name_span();
            journey.flaw(dial.endpoint, FlawKind::NoHttp2 { listener, other });
        }
        let end = self.route(journey, dial, listener);
        match (end, unknown) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (End::Unknown(_), _) if !self.profile(facts).is_known() => {
                End::Unknown("it is not known which implementation serves the Gateway".to_owned())
            }
            (end, _) => end,
        }
    }

    /// No listener of a Gateway serves the port: there is none, or those that claim it lost it to each other.
    fn unserved(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        (gateway, port): (usize, u16),
        lost: &[usize],
    ) -> End {
        let is_known = |at: usize| self.profile(&self.attachment.listeners[at]).is_known();
        let kind = match lost.first().copied() {
            Some(listener) if !is_known(listener) => {
                return End::Unknown(
                    "listeners clash, and who serves them is not known".to_owned(),
                );
            }
            Some(listener) => {
                self.name(journey, Guard::None, listener);
                FlawKind::LostPort { listener, port }
            }
            None => FlawKind::UnknownListener { gateway, port },
        };
        journey.flaw(dial.endpoint, kind);
        End::Fails
    }

    /// A listener that hands on the bytes as they come: TLS passed through, TCP.
    fn through(&self, journey: &mut Journey, dial: &Dial, listener: usize) -> End {
        journey.listener = Some(listener);
        self.name(journey, Freight::Own.guard(dial), listener);
        let parents = self.attachment.carried[listener].iter();
        let mut routes = parents.map(|parent| self.attachment.parents[*parent].route);
        if routes.any(|route| !self.is_raw(route)) {
            return End::Unknown(
                "a route of requests stands behind a listener that reads none".to_owned(),
            );
        }
        self.route(journey, dial, listener)
    }

    /// What the exporter and `gate` make of each other; why it cannot be said to succeed, if so.
    pub(super) fn handshake(
        &self,
        journey: &mut Journey,
        gate: Gate,
        handshake: &Handshake,
        endpoint: Span,
    ) -> Option<String> {
        let own = &self.model.runs[journey.run];
        let judged = handshake::judge(self, own, gate, handshake, endpoint);
        for (at, kind) in judged.flaws {
            journey.flaw(at, kind);
        }
        judged.unknown
    }

    fn name(&self, journey: &mut Journey, guard: Guard, listener: usize) {
        let facts = &self.attachment.listeners[listener];
        let gateway = &self.model.gateways[facts.gateway];
        let written = facts.written(self.model);
        let name = format!("{}/{}", gateway.object.name(), written.name());
        journey.trail.push(guard, name, Some(written.name_span()));
    }
}

/// Whether the port is one of OTLP's own: of those the operator knows whether a Collector opens them.
fn is_otlp(port: u16) -> bool {
    [Protocol::Grpc, Protocol::Http]
        .iter()
        .any(|transport| transport.port() == port)
}
