//! The way from a secure port of the time before 1.31 to the metrics, and where it breaks: a Sidecar's endpoint, or a
//! Gateway, the VirtualServices bound to it and the ServiceEntries that these lead to.
//!
//! Source: istio.io, tasks/observability/metrics/secure-metrics; istio.io/api, ServiceEntry: `targetPort`, `endpoints`.

use super::ENVOY_PLAIN;
use super::MERGED_PLAIN;
use super::Proxy;
use super::legacy;
use super::legacy::SidecarPort;
use super::merging::RESERVED;
use crate::model::Model;
use crate::model::mesh::MeshGateway;
use crate::model::mesh::MeshServer;
use crate::model::mesh::ServiceEntry;
use crate::model::mesh::VirtualRoute;
use crate::model::workload::PodTemplate;
use crate::source::Span;
use crate::source::Spanned;

/// The paths under which the metrics of a proxy are served, the second by the agent alone.
const PATHS: [&str; 2] = ["/stats/prometheus", "/metrics"];

/// A place at which the way breaks.
#[derive(Debug)]
pub struct Break {
    /// The key or scalar to change.
    pub at: Span,
    /// How.
    pub how: How,
}

/// How the way breaks.
#[derive(Debug)]
pub enum How {
    /// A Sidecar leads to something else than metrics of the proxy.
    Elsewhere {
        /// `defaultEndpoint`.
        endpoint: String,
        /// What listens there, if that is Istio's own.
        whose: Option<&'static str>,
        /// The Sidecar's port.
        port: Span,
    },
    /// The Gateway does not insist on certificates of the mesh.
    Unasked {
        /// `tls.mode`.
        mode: String,
        /// The Gateway's port.
        port: Span,
    },
    /// No VirtualService was given that is bound to the Gateway.
    Unbound,
    /// No route of a Gateway that is there for metrics takes their path.
    LeftOut {
        /// The path that one of them takes.
        path: String,
    },
    /// No ServiceEntry was given that has the host.
    NoHost {
        /// The host.
        host: String,
    },
    /// The ServiceEntry has no such port.
    NoPort {
        /// The host.
        host: String,
        /// The port that the route names.
        port: i64,
        /// The name of the ServiceEntry.
        entry: Span,
    },
    /// The ServiceEntry leads to another port than those of metrics.
    NoMetrics {
        /// The port of the Pod.
        port: i64,
    },
    /// The ServiceEntry leads to the metrics of somebody else.
    Outside {
        /// The address.
        address: String,
    },
}

/// Every break, of Sidecars, then of Gateways.
#[must_use]
pub fn breaks(model: &Model, proxies: &[Proxy]) -> Vec<Break> {
    let entries = legacy::sidecar_ports(model);
    let mut breaks: Vec<Break> = entries
        .iter()
        .filter_map(|entry| elsewhere(model, proxies, entry))
        .collect();
    for gateway in &model.mesh_gateways {
        let routes = legacy::routes(model, gateway);
        for server in &gateway.servers {
            if let Some(port) = metrics_port(server, &routes) {
                chain(model, gateway, (server, port), &routes, &mut breaks);
            }
        }
    }
    breaks
}

/// A port that leads to something else, unless the Pods say that metrics of the application are there.
fn elsewhere(model: &Model, proxies: &[Proxy], entry: &SidecarPort<'_>) -> Option<Break> {
    let endpoint = entry.ingress.endpoint.as_ref()?;
    let target = legacy::ingress_target(entry.ingress)?;
    if is_plain(target) {
        return None;
    }
    let whose = RESERVED.iter().find(|(port, _)| *port == target);
    let mut own = proxies
        .iter()
        .filter(|proxy| legacy::is_for(model, entry, proxy))
        .filter_map(|proxy| proxy.workload)
        .map(|workload| &model.workloads[workload].pod);
    if whose.is_none() && own.any(|pod| shows_metrics(pod, target)) {
        return None;
    }
    Some(Break {
        at: endpoint.span,
        how: How::Elsewhere {
            endpoint: endpoint.value.clone(),
            whose: whose.map(|(_, whose)| *whose),
            port: entry.port.span,
        },
    })
}

/// Whether a container declares the port under a name that tells of metrics.
fn shows_metrics(pod: &PodTemplate, port: i64) -> bool {
    let mut ports = pod.running().flat_map(|container| &container.ports);
    ports.any(|own| {
        let is_it = own.port.as_ref().is_some_and(|own| own.value == port);
        is_it && own.name.as_ref().is_some_and(|name| tells_metrics(name))
    })
}

/// The port of a server that is there for metrics: by custom, and by its name or by what is behind it.
fn metrics_port<'m>(server: &'m MeshServer, routes: &[&VirtualRoute]) -> Option<&'m Spanned<i64>> {
    let port = server.port.as_ref();
    let port = port.filter(|port| legacy::SECURE_BY_CUSTOM.contains(&port.value))?;
    let is_named = server.name.as_ref().is_some_and(|name| tells_metrics(name));
    let is_led = routes.iter().any(|route| {
        let paths = route.paths.iter().any(|path| path.starts_with("/stats"));
        let mut ports = route
            .destinations
            .iter()
            .filter_map(|(_, port)| port.as_ref());
        paths || ports.any(|port| is_plain(port.value))
    });
    (is_named || is_led).then_some(port)
}

fn tells_metrics(name: &str) -> bool {
    ["metric", "prom", "stats", "telemetry"]
        .iter()
        .any(|word| name.contains(word))
}

const fn is_plain(port: i64) -> bool {
    matches!(port, MERGED_PLAIN | ENVOY_PLAIN)
}

/// Gateway, VirtualService and ServiceEntry, hop by hop.
fn chain(
    model: &Model,
    gateway: &MeshGateway,
    (server, port): (&MeshServer, &Spanned<i64>),
    routes: &[&VirtualRoute],
    breaks: &mut Vec<Break>,
) {
    let lax = [
        "SIMPLE",
        "OPTIONAL_MUTUAL",
        "PASSTHROUGH",
        "AUTO_PASSTHROUGH",
    ];
    if let Some(mode) = server
        .mode
        .as_ref()
        .filter(|mode| lax.contains(&mode.as_str()))
    {
        breaks.push(Break {
            at: mode.span,
            how: How::Unasked {
                mode: mode.value.clone(),
                port: port.span,
            },
        });
    }
    if routes.is_empty() {
        breaks.push(Break {
            at: port.span,
            how: How::Unbound,
        });
    }
    let taking: Vec<&VirtualRoute> = routes
        .iter()
        .copied()
        .filter(|route| takes_metrics(route))
        .collect();
    // Routes of a Gateway with other servers are for those.
    let is_dedicated = gateway.servers.len() == 1;
    let first = routes.first().and_then(|route| route.paths.first());
    if let Some(path) = first.filter(|_| taking.is_empty() && is_dedicated) {
        breaks.push(Break {
            at: path.span,
            how: How::LeftOut {
                path: path.value.clone(),
            },
        });
    }
    for (host, port) in taking.iter().flat_map(|route| &route.destinations) {
        breaks.extend(destination(model, gateway, host, port.as_ref()));
    }
}

/// Whether the route takes a path of metrics, or every path.
fn takes_metrics(route: &VirtualRoute) -> bool {
    let mut paths = route.paths.iter();
    let covers = |path: &str| PATHS.iter().any(|own| own.starts_with(path));
    route.paths.is_empty() || paths.any(|path| covers(path.trim_end_matches('/')))
}

/// What is wrong with where a route leads: the host, the port, or what is behind both.
fn destination(
    model: &Model,
    gateway: &MeshGateway,
    host: &Spanned<String>,
    port: Option<&Spanned<i64>>,
) -> Option<Break> {
    let entries = model.service_entries.seen_from(&gateway.object);
    let mut entries = entries.filter(|entry| entry.hosts.iter().any(|own| own.value == host.value));
    let Some(entry) = entries.next() else {
        // A name of a Service has a ServiceEntry no more than a short one.
        let is_foreign = host.contains('.') && !host.contains(".svc");
        return is_foreign.then(|| Break {
            at: host.span,
            how: How::NoHost {
                host: host.value.clone(),
            },
        });
    };
    behind(entry, host, port)
}

fn behind(
    entry: &ServiceEntry,
    host: &Spanned<String>,
    port: Option<&Spanned<i64>>,
) -> Option<Break> {
    let own = match port {
        Some(port) => entry.ports.iter().find(|(own, _)| own.value == port.value),
        None => entry.ports.first(),
    };
    let Some((number, target)) = own else {
        let port = port?;
        return Some(Break {
            at: port.span,
            how: How::NoPort {
                host: host.value.clone(),
                port: port.value,
                entry: entry.object.name_span(),
            },
        });
    };
    // Each endpoint may lead to another port.
    if entry.has_endpoint_ports {
        return None;
    }
    let real = target.as_ref().unwrap_or(number);
    if !is_plain(real.value) {
        return Some(Break {
            at: real.span,
            how: How::NoMetrics { port: real.value },
        });
    }
    let outside = entry
        .addresses
        .iter()
        .find(|address| !is_loopback(address))?;
    Some(Break {
        at: outside.span,
        how: How::Outside {
            address: outside.value.clone(),
        },
    })
}

fn is_loopback(address: &str) -> bool {
    address.starts_with("127.") || address == "::1" || address == "localhost"
}
