//! Which receivers outsiders reach, and by which way: a route of a Gateway, an Ingress, a Service that opens a port of
//! the nodes or of a load balancer.

use super::Graph;
use super::entrance::Controller;
use super::landing::Landing;
use crate::attach::Attachment;
use crate::attach::listener::Clients;
use crate::model::Model;
use crate::model::service::PortRef;
use crate::model::service::Service;
use crate::source::Span;

/// One way to one open port of one receiver.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// The collector as it runs, as an index into the model's runs.
    pub run: usize,
    /// Which of its receivers.
    pub receiver: usize,
    /// Which of the receiver's servers.
    pub server: usize,
    /// What hands telemetry on.
    pub way: Way,
    /// What says so.
    pub said: Span,
    /// Whether the way lets in only those whom it knows: by client certificates, a password, or where they come from.
    pub is_guarded: bool,
}

/// What hands telemetry on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A route that a listener took.
    Route,
    /// An Ingress.
    Ingress,
    /// A Service of type LoadBalancer or NodePort.
    Service,
}

impl Way {
    /// Whether a proxy stands between the sender and the receiver, so that the connection is the proxy's.
    #[must_use]
    pub const fn is_proxied(self) -> bool {
        matches!(self, Self::Route | Self::Ingress)
    }

    /// Why the place that says so matters.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Route => "a Gateway hands on telemetry by this route",
            Self::Ingress => "an Ingress hands on telemetry here",
            Self::Service => "this Service is open to the outside",
        }
    }
}

impl Exposure {
    /// Every way, sorted by run, receiver, server and way; of several of one kind one that is open, if there is one.
    #[must_use]
    pub fn all(model: &Model, attachment: &Attachment, graph: &Graph) -> Vec<Self> {
        let mut exposures = Vec::new();
        for delivery in &graph.deliveries {
            let said = model.routes[delivery.route].object.name_span();
            let clients = &attachment.listeners[delivery.listener].clients;
            let is_guarded = delivery.is_screened
                || graph.landings[delivery.landing].is_sheltered(model, true)
                || matches!(clients, Clients::Verified { .. } | Clients::Mesh { .. });
            of_landing(
                &graph.landings[delivery.landing],
                (Way::Route, is_guarded),
                said,
                &mut exposures,
            );
        }
        for ingress in &model.ingresses {
            for (_, backend) in ingress.backends() {
                let (namespace, from) = (ingress.object.namespace(), &ingress.object);
                let Some(at) = model
                    .services
                    .nearest_index(namespace, &backend.service, from)
                else {
                    continue;
                };
                let service = &model.services[at];
                for port in (0..service.ports.len())
                    .filter(|port| is_meant(service, *port, backend.port.as_ref()))
                {
                    if let Some(landing) = graph.landing(at, port) {
                        let is_guarded =
                            Controller::asks_clients(ingress) || landing.is_sheltered(model, true);
                        let way = (Way::Ingress, is_guarded);
                        of_landing(landing, way, backend.span, &mut exposures);
                    }
                }
            }
        }
        for landing in &graph.landings {
            let service = &model.services[landing.service];
            let kind = service.kind.as_ref();
            if let Some(kind) =
                kind.filter(|kind| matches!(kind.as_str(), "LoadBalancer" | "NodePort"))
            {
                let is_guarded =
                    !service.source_ranges.is_empty() || landing.is_sheltered(model, false);
                let way = (Way::Service, is_guarded);
                of_landing(landing, way, kind.span, &mut exposures);
            }
        }
        exposures.sort_by_key(|one| {
            (
                one.run,
                one.receiver,
                one.server,
                one.way,
                one.is_guarded,
                one.said,
            )
        });
        exposures.dedup_by_key(|one| (one.run, one.receiver, one.server, one.way));
        exposures
    }
}

fn of_landing(
    landing: &Landing,
    (way, is_guarded): (Way, bool),
    said: Span,
    into: &mut Vec<Exposure>,
) {
    into.extend(
        landing
            .receivers()
            .map(|(_, run, receiver, server)| Exposure {
                run,
                receiver,
                server,
                way,
                said,
                is_guarded,
            }),
    );
}

fn is_meant(service: &Service, port: usize, asked: Option<&PortRef>) -> bool {
    let own = &service.ports[port];
    match asked {
        None => true,
        Some(PortRef::Number(number)) => own
            .port
            .as_ref()
            .is_some_and(|port| port.value == number.value),
        Some(PortRef::Name(name)) => own.name.as_ref() == Some(name),
    }
}
