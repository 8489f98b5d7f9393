//! From the exporter through an Ingress: which rule takes the request, what its controller shows, and to which Service port
//! it leads.
//!
//! Source: Kubernetes, `networking.k8s.io/v1` Ingress, "Path types" and "Hostname wildcards". An Ingress says nothing of its
//! controller's ports: 443 and 80 are what controllers take TLS and plain text on.

use super::End;
use super::FlawKind;
use super::Gate;
use super::Journey;
use super::Taker;
use super::arrival::Freight;
use super::arrival::Inbound;
use super::changes::Changes;
use super::demand::Demand;
use super::matching;
use super::passage::Asking;
use super::shield::Sender;
use super::walk::Walk;
use crate::graph::entrance::Controller;
use crate::graph::entrance::terms;
use crate::graph::trail::Guard;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Handshake;
use crate::model::collector::dial::Name;
use crate::model::collector::dial::Security;
use crate::model::collector::receiver::Transport;
use crate::model::ingress;
use crate::model::ingress::Ingress;
use crate::model::ingress::IngressBackend;
use crate::model::ingress::IngressPath;
use crate::model::service::PortRef;

const TLS_PORT: u16 = 443;
const PLAIN_PORT: u16 = 80;

/// What an Ingress does with a request.
enum Taken<'m> {
    /// That backend of that Ingress takes it.
    By(usize, &'m IngressBackend),
    /// No rule is for the host.
    NoHost,
    /// No path of the rules for the host takes it.
    NoPath,
    /// That cannot be told; why, in words.
    Perhaps(&'static str),
}

/// How a path of an Ingress fits a request, the better the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Prefix(usize),
    Exact,
}

impl Walk<'_> {
    /// Through that of `ingresses` which takes the request.
    pub(super) fn at_ingresses(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        ingresses: &[usize],
    ) -> End {
        let Some(authority) = dial.authority.without_port() else {
            return End::Unknown("the authority of the request is open".to_owned());
        };
        let Some(path) = matching::path(dial, journey.signal) else {
            return End::Unknown("the path is open".to_owned());
        };
        let taken = self.taken(ingresses, authority, &path);
        let ingress = match &taken {
            Taken::By(ingress, _) => *ingress,
            _ => ingresses[0],
        };
        let unknown = match (&dial.security, dial.port) {
            (Security::Unknown(why), _) => return End::Unknown(why.clone()),
            (Security::Tls(handshake), Some(TLS_PORT)) => {
                if terms::passes_tls_through(&self.model.ingresses[ingress]) {
                    self.enter(journey, Freight::Own.guard(dial), ingress);
                    return self.to_backend(journey, dial, &taken, true);
                }
                self.over_tls_to(journey, dial, handshake, (ingress, ingresses))
            }
            (Security::Plaintext, Some(TLS_PORT)) => {
                self.enter(journey, Guard::Plain, ingress);
                let gate = self.gate(ingress, ingresses, Some(authority));
                if let Gate::Ingress { tls: None, .. } = gate {
                    return End::Unknown("the Ingress does not say that TLS is spoken".to_owned());
                }
                journey.flaw(dial.endpoint, FlawKind::Plaintext { gate });
                return End::Fails;
            }
            (Security::Plaintext, Some(PLAIN_PORT)) => {
                self.enter(journey, Guard::Plain, ingress);
                self.in_plain_text_to(dial, ingress)
            }
            _ => return End::Unknown("an Ingress says nothing of this port".to_owned()),
        };
        let end = self.onward(journey, dial, &taken, (ingress, authority));
        match (end, unknown) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (end, _) => end,
        }
    }

    /// From the rule that takes the request on; without one the request for `authority` ends at `ingress`.
    fn onward(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        taken: &Taken<'_>,
        (ingress, authority): (usize, &str),
    ) -> End {
        let taker = Taker::Ingress(ingress);
        let kind = match taken {
            Taken::By(..) => return self.to_backend(journey, dial, taken, false),
            Taken::Perhaps(why) => return End::Unknown((*why).to_owned()),
            Taken::NoHost => FlawKind::UnroutedAuthority {
                authority: authority.to_owned(),
                taker,
            },
            Taken::NoPath => FlawKind::UnroutedSignal {
                taker,
                signal: journey.signal,
            },
        };
        journey.flaw(dial.endpoint, kind);
        End::Fails
    }

    fn enter(&self, journey: &mut Journey, guard: Guard, ingress: usize) {
        let object = &self.model.ingresses[ingress].object;
        let (name, span) = (object.name().to_owned(), object.name_span());
        journey.trail.push(guard, name, Some(span));
    }

    /// Who ends TLS for `name`: the entry of the Ingress itself, else of another one for the same host.
    fn gate(&self, ingress: usize, ingresses: &[usize], name: Option<&str>) -> Gate {
        let others = ingresses.iter().copied().filter(|other| *other != ingress);
        let found = std::iter::once(ingress).chain(others).find_map(|at| {
            let mut entries = self.model.ingresses[at].tls.iter();
            let tls = entries.position(|entry| name.is_some_and(|name| entry.covers(name)))?;
            Some((at, tls))
        });
        found.map_or(Gate::Ingress { ingress, tls: None }, |(ingress, tls)| {
            Gate::Ingress {
                ingress,
                tls: Some(tls),
            }
        })
    }

    /// TLS that ends at the controller; why its end is open, if so.
    fn over_tls_to(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        handshake: &Handshake,
        (ingress, ingresses): (usize, &[usize]),
    ) -> Option<String> {
        let asks = matches!(
            terms::Clients::of(&self.model.ingresses[ingress]),
            terms::Clients::Verified {
                is_optional: false,
                ..
            }
        );
        let guard = if asks { Guard::MutualTls } else { Guard::Tls };
        self.enter(journey, guard, ingress);
        if let Name::Unknown(why) = &handshake.sni {
            return Some(why.clone());
        }
        let gate = self.gate(ingress, ingresses, handshake.sni.known());
        self.handshake(journey, gate, handshake, dial.endpoint)
    }

    /// Why the end of plain text is open, if so.
    fn in_plain_text_to(&self, dial: &Dial, ingress: usize) -> Option<String> {
        let ingress = &self.model.ingresses[ingress];
        if !ingress.tls.is_empty() {
            return Some("the controller may redirect plain text to TLS".to_owned());
        }
        (dial.transport == Transport::Grpc)
            .then(|| "whether the controller takes gRPC in plain text is not known".to_owned())
    }

    /// From the backend of the Ingress to the Service port; `own` when the exporter's connection goes through.
    fn to_backend(&self, journey: &mut Journey, dial: &Dial, taken: &Taken<'_>, own: bool) -> End {
        let Taken::By(ingress, backend) = taken else {
            return End::Unknown("whether a rule takes the request cannot be told".to_owned());
        };
        let ingress = &self.model.ingresses[*ingress];
        let namespace = ingress.object.namespace();
        let services = &self.model.services;
        let Some(service) = services.nearest_index(namespace, &backend.service, &ingress.object)
        else {
            return End::Unknown("the backend was not given".to_owned());
        };
        let asked = backend.port.as_ref();
        let Some(port) = asked.and_then(|port| services[service].position(port)) else {
            return match asked {
                Some(PortRef::Number(number)) => {
                    let port = u16::try_from(number.value).unwrap_or_default();
                    journey.flaw(number.span, FlawKind::UnknownServicePort { service, port });
                    End::Fails
                }
                _ => End::Unknown("the backend's port was not given".to_owned()),
            };
        };
        let Some(landing) = self.graph.landing(service, port) else {
            return End::Unknown(String::new());
        };
        let (mut unknown, mut changes) = (None, Changes::default());
        if !own {
            (unknown, changes) = self.requested(journey, dial, ingress);
        }
        let freight = if own {
            Freight::Own
        } else {
            Freight::Requests {
                upstream: Controller::upstream(ingress, &services[service], port),
                path: dial
                    .path
                    .as_ref()
                    .filter(|_| !terms::changes_paths(ingress))
                    .and_then(Name::known)
                    .map(str::to_owned),
                changes,
            }
        };
        let inbound = Inbound {
            sender: Sender::Ingress,
            freight,
        };
        match (self.land(journey, dial, landing, &inbound), unknown) {
            (End::Arrives, Some(why)) => End::Unknown(why),
            (end, _) => end,
        }
    }

    /// What the controller of `ingress` makes of the request: why its end is open, if so, and what becomes of its headers.
    fn requested(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        ingress: &Ingress,
    ) -> (Option<String>, Changes) {
        let changed = match terms::changes_headers(ingress) {
            true => Changes::open("the controller of the Ingress may change headers"),
            false => Changes::default(),
        };
        match terms::Requests::of(ingress, dial.transport == Transport::Grpc) {
            terms::Requests::Anything => (None, changed),
            terms::Requests::Unknown(why) => (Some(why.to_owned()), Changes::open(why)),
            terms::Requests::Basic {
                said,
                secret: (namespace, name, key),
                hides,
            } => {
                let demand = Demand::Basic {
                    lines: self.lines_of((namespace, name), key, &ingress.object),
                    is_whole: true,
                };
                let shown = self.shows(journey, demand.header());
                let asking = Asking {
                    at: said,
                    opinion: demand.judge(&shown, "the controller of the Ingress"),
                    demand,
                };
                let unknown = self.heeded(journey, &asking);
                let changes = match hides {
                    true => Changes::gone(said),
                    false => Changes::open("whether the controller hands on the password is open"),
                };
                (unknown, changes)
            }
        }
    }

    /// Which backend of `ingresses` takes a request for `path` of `authority`: of the rules for the most precise host the
    /// one with the longest path.
    fn taken(&self, ingresses: &[usize], authority: &str, path: &str) -> Taken<'_> {
        let mut tier = 0;
        let mut paths: Vec<(usize, &IngressPath)> = Vec::new();
        for at in ingresses.iter().copied() {
            for rule in &self.model.ingresses[at].rules {
                let own = match &rule.host {
                    None => 1,
                    Some(host) if !ingress::matches(host, authority) => continue,
                    Some(host) if host.starts_with("*.") => 2,
                    Some(_) => 3,
                };
                if own > tier {
                    (tier, paths) = (own, Vec::new());
                }
                if own == tier {
                    paths.extend(rule.paths.iter().map(|path| (at, path)));
                }
            }
        }
        let mut best: Option<(Fit, usize, &IngressPath)> = None;
        let mut is_shared = false;
        for (at, own) in paths {
            if terms::changes_paths(&self.model.ingresses[at]) {
                return Taken::Perhaps("the controller changes paths");
            }
            let Some(fit) = fit(own, path) else { continue };
            match &best {
                Some((known, ..)) if *known > fit => {}
                Some((known, first, _)) if *known == fit && *first != at => is_shared = true,
                Some((known, ..)) if *known == fit => {}
                _ => (best, is_shared) = (Some((fit, at, own)), false),
            }
        }
        if is_shared {
            return Taken::Perhaps("several Ingresses take the request");
        }
        if let Some((_, at, own)) = best {
            return own
                .backend
                .as_ref()
                .map_or(Taken::Perhaps("the backend is not a Service"), |backend| {
                    Taken::By(at, backend)
                });
        }
        let default = ingresses.iter().find_map(|at| {
            let backend = self.model.ingresses[*at].default_backend.as_ref()?;
            Some((*at, backend))
        });
        match default {
            Some((at, backend)) => Taken::By(at, backend),
            None if tier == 0 => Taken::NoHost,
            None => Taken::NoPath,
        }
    }
}

/// How `own` takes `path`; `None` when it does not. A path type that is left to the controller counts as a prefix.
fn fit(own: &IngressPath, path: &str) -> Option<Fit> {
    let wanted = own.path.as_ref().map_or("/", |path| path.as_str());
    if own.kind.as_ref().is_some_and(|kind| kind.value == "Exact") {
        return (wanted == path).then_some(Fit::Exact);
    }
    let prefix = wanted.trim_end_matches('/');
    matching::is_below(path, prefix).then_some(Fit::Prefix(prefix.len()))
}

#[cfg(test)]
mod tests;
