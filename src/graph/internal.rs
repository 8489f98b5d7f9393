//! Ports that are for operators of the cluster only, and who opens them to others.

use std::collections::BTreeSet;

use super::landing::Landing;
use super::landing::Target;
use crate::attach::Attachment;
use crate::attach::route::BackendOutcome;
use crate::model::Model;
use crate::model::service::PortRef;
use crate::source::Span;

/// A port that should stay inside, and is published.
#[derive(Debug, PartialEq, Eq)]
pub struct Published {
    /// What publishes it: the Service's `type`, the port in a backend.
    pub at: Span,
    /// How.
    pub way: Way,
    /// The port of the Service.
    pub port: Span,
    /// What listens there.
    pub what: &'static Internal,
}

/// How a port is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A Service of type LoadBalancer or NodePort.
    Service,
    /// A route of Gateway API.
    Route,
    /// An Ingress.
    Ingress,
}

/// A port that is not for outsiders.
#[derive(Debug, PartialEq, Eq)]
pub struct Internal {
    /// Its number.
    pub number: i64,
    /// What listens there.
    pub name: &'static str,
    /// Why that is nobody's business.
    pub why: &'static str,
    /// Whether it is only read by probes, which load balancers may need.
    pub is_probe: bool,
    /// Whether a proxy of Istio listens there rather than a collector.
    is_proxy: bool,
}

const fn collector(number: i64, name: &'static str, why: &'static str) -> Internal {
    Internal {
        number,
        name,
        why,
        is_probe: false,
        is_proxy: false,
    }
}

const fn proxy(number: i64, name: &'static str, why: &'static str) -> Internal {
    Internal {
        number,
        name,
        why,
        is_probe: false,
        is_proxy: true,
    }
}

/// Collector: extension/zpagesextension, pprofextension, healthcheckextension, service/telemetry. Istio: ports used by
/// the sidecar (istio.io, application requirements).
const INTERNAL: &[Internal] = &[
    collector(55679, "zPages", "it shows live traces and the pipelines"),
    collector(
        1777,
        "pprof",
        "it hands out memory and can be made to work for nothing",
    ),
    Internal {
        is_probe: true,
        ..collector(13133, "the health check", "it is for probes")
    },
    collector(
        8888,
        "the collector's own metrics",
        "they name every exporter and its failures",
    ),
    proxy(
        15000,
        "Envoy's administration",
        "it shows the configuration and can stop the proxy",
    ),
    proxy(
        15020,
        "the merged metrics of the Pod",
        "they are in plain text",
    ),
    proxy(15090, "Envoy's metrics", "they are in plain text"),
];

impl Published {
    /// Every published port, in the order of the Services, routes and Ingresses.
    #[must_use]
    pub fn all(model: &Model, attachment: &Attachment, landings: &[Landing]) -> Vec<Self> {
        let running: BTreeSet<usize> = model.runs.iter().filter_map(|run| run.workload).collect();
        let find = |service, port| {
            let at = landings
                .binary_search_by_key(&(service, port), |landing| (landing.service, landing.port));
            internal(model, &landings[at.ok()?], &running)
        };
        let mut published = Vec::new();
        Self::by_services(model, &find, &mut published);
        Self::by_routes(model, attachment, &find, &mut published);
        Self::by_ingresses(model, &find, &mut published);
        published
    }

    fn by_services(model: &Model, find: &Find<'_>, published: &mut Vec<Self>) {
        for (index, service) in model.services.iter().enumerate() {
            let Some(kind) = service.kind.as_ref().filter(|kind| is_public(&kind.value)) else {
                continue;
            };
            for (port, entry) in service.ports.iter().enumerate() {
                if let Some(what) = find(index, port) {
                    published.push(Self {
                        at: kind.span,
                        way: Way::Service,
                        port: port_span(entry),
                        what,
                    });
                }
            }
        }
    }

    fn by_routes(
        model: &Model,
        attachment: &Attachment,
        find: &Find<'_>,
        published: &mut Vec<Self>,
    ) {
        for backend in &attachment.backends {
            let BackendOutcome::Port { service, port } = backend.outcome else {
                continue;
            };
            let Some(what) = find(service, port) else {
                continue;
            };
            let written =
                &model.routes[backend.route].rules[backend.rule].backends[backend.backend];
            let at = written.port.as_ref().map_or(written.span, |port| port.span);
            let port = port_span(&model.services[service].ports[port]);
            published.push(Self {
                at,
                way: Way::Route,
                port,
                what,
            });
        }
    }

    fn by_ingresses(model: &Model, find: &Find<'_>, published: &mut Vec<Self>) {
        for ingress in &model.ingresses {
            let namespace = ingress.object.namespace();
            for (_, backend) in ingress.backends() {
                let service =
                    model
                        .services
                        .nearest_index(namespace, &backend.service, &ingress.object);
                let Some((service, port)) = service.zip(backend.port.as_ref()) else {
                    continue;
                };
                let Some(index) = model.services[service].position(port) else {
                    continue;
                };
                let Some(what) = find(service, index) else {
                    continue;
                };
                let entry = port_span(&model.services[service].ports[index]);
                published.push(Self {
                    at: port.span(),
                    way: Way::Ingress,
                    port: entry,
                    what,
                });
            }
        }
    }
}

/// Finds what internal thing listens behind that port of that Service, both as indexes.
type Find<'f> = dyn Fn(usize, usize) -> Option<&'static Internal> + 'f;

fn is_public(kind: &str) -> bool {
    matches!(kind, "LoadBalancer" | "NodePort")
}

fn port_span(port: &crate::model::service::ServicePort) -> Span {
    let number = port.port.as_ref().map(|number| number.span);
    port.target
        .as_ref()
        .map(PortRef::span)
        .or(number)
        .unwrap_or(port.span)
}

/// What internal thing listens behind the port: in Pods that run a collector, or carry a proxy of Istio.
fn internal(
    model: &Model,
    landing: &Landing,
    running: &BTreeSet<usize>,
) -> Option<&'static Internal> {
    let Target::Pods(pods) = &landing.target else {
        return None;
    };
    pods.iter().find_map(|pod| {
        let number = pod.port?;
        let found = INTERNAL.iter().find(|internal| internal.number == number)?;
        let template = &model.workloads[pod.workload].pod;
        let collects = || {
            let mut images = template
                .containers
                .iter()
                .filter_map(|container| container.image.as_ref());
            running.contains(&pod.workload) || images.any(|image| image.distribution().is_some())
        };
        (found.is_proxy || collects()).then_some(found)
    })
}
