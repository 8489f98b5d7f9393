//! Ways in by Ingress: which of its backends takes telemetry, and what its controller will speak to it.

use super::landing::Landing;
use crate::model::Model;
use crate::model::collector::receiver::Transport;
use crate::model::ingress::IngressBackend;
use crate::model::service::PortRef;
use crate::source::Span;

mod controller;
pub mod terms;

pub use controller::Controller;
pub use controller::Grpc;

/// One backend of one Ingress that takes OTLP.
#[derive(Debug)]
pub struct Entrance {
    /// The Ingress, as an index into the model.
    pub ingress: usize,
    /// Which of its rules; `None` for the default backend.
    pub rule: Option<usize>,
    /// The port in the backend, else the Service's name.
    pub at: Span,
    /// Who serves the Ingress; `None` when nothing says so.
    pub controller: Option<&'static Controller>,
    /// What the receiver takes.
    pub transport: Transport,
    /// What the controller is told of gRPC for this backend.
    pub grpc: Grpc,
}

impl Entrance {
    /// Every backend of every Ingress that takes OTLP: a receiver behind it does, else its port is one of OTLP's.
    #[must_use]
    pub fn all(model: &Model, landings: &[Landing]) -> Vec<Self> {
        let mut entrances = Vec::new();
        for (index, ingress) in model.ingresses.iter().enumerate() {
            let controller = Controller::of(ingress);
            for (rule, backend) in ingress.backends() {
                let namespace = ingress.object.namespace();
                let service =
                    model
                        .services
                        .nearest_index(namespace, &backend.service, &ingress.object);
                let port = service
                    .zip(backend.port.as_ref())
                    .and_then(|(service, port)| model.services[service].position(port));
                let transport = service
                    .zip(port)
                    .and_then(|at| received(model, landings, at))
                    .or_else(|| by_number(model, service.zip(port), backend));
                let Some(transport) = transport else { continue };
                let service = service.map(|service| &model.services[service]);
                entrances.push(Self {
                    ingress: index,
                    rule,
                    at: backend
                        .port
                        .as_ref()
                        .map_or(backend.service.span, PortRef::span),
                    controller,
                    transport,
                    grpc: Controller::grpc(controller, ingress, service, port),
                });
            }
        }
        entrances
    }
}

/// What the receiver behind the port takes, when it was given.
fn received(
    model: &Model,
    landings: &[Landing],
    (service, port): (usize, usize),
) -> Option<Transport> {
    let at =
        landings.binary_search_by_key(&(service, port), |landing| (landing.service, landing.port));
    let (_, run, receiver, server) = landings[at.ok()?].receivers().next()?;
    Some(model.runs[run].collector.receivers[receiver].servers[server].transport)
}

/// What OTLP's own port numbers say: of the Ingress's port, of the Service's, of the Pod's.
fn by_number(
    model: &Model,
    port: Option<(usize, usize)>,
    backend: &IngressBackend,
) -> Option<Transport> {
    let of = |number: i64| {
        [Transport::Grpc, Transport::Http]
            .into_iter()
            .find(|transport| i64::from(transport.port()) == number)
    };
    let written = match &backend.port {
        Some(PortRef::Number(number)) => of(number.value),
        _ => None,
    };
    written.or_else(|| {
        let (service, port) = port?;
        let port = &model.services[service].ports[port];
        let target = match &port.target {
            Some(PortRef::Number(number)) => of(number.value),
            _ => None,
        };
        target.or_else(|| of(port.port.as_ref()?.value))
    })
}
