//! Secure metrics as they were made before Istio 1.31: a Sidecar, or a Gateway with a VirtualService and a ServiceEntry,
//! that lead a port with mTLS to the metrics in plain text.
//!
//! Source: istio.io, tasks/observability/metrics/secure-metrics.

use std::collections::BTreeMap;

use super::ENVOY_PLAIN;
use super::Kind;
use super::MERGED_PLAIN;
use super::Proxy;
use crate::model::Model;
use crate::model::mesh::MeshGateway;
use crate::model::mesh::SidecarIngress;
use crate::model::mesh::VirtualRoute;
use crate::model::object::Object;
use crate::model::object::selects;
use crate::source::Spanned;

/// The ports that documentation gives to secure metrics.
pub const SECURE_BY_CUSTOM: &[i64] = &[15091, 15092];

/// An entry of a Sidecar that leads to metrics.
#[derive(Clone, Copy, Debug)]
pub struct SidecarPort<'m> {
    /// The Sidecar, as an index into the model.
    pub sidecar: usize,
    /// The entry.
    pub ingress: &'m SidecarIngress,
    /// Its port.
    pub port: &'m Spanned<i64>,
}

/// Every entry of a Sidecar that leads to metrics: by its port, or by what is behind it.
#[must_use]
pub fn sidecar_ports(model: &Model) -> Vec<SidecarPort<'_>> {
    let sidecars = model.sidecars.iter().enumerate();
    let entries = sidecars.flat_map(|(sidecar, own)| {
        let ingress = own.ingress.iter();
        ingress.map(move |ingress| (sidecar, ingress))
    });
    entries
        .filter_map(|(sidecar, ingress)| {
            let port = ingress.port.as_ref()?;
            let is_custom = SECURE_BY_CUSTOM.contains(&port.value);
            let is_metrics = is_custom || is_plain(ingress_target(ingress));
            is_metrics.then_some(SidecarPort {
                sidecar,
                ingress,
                port,
            })
        })
        .collect()
}

/// The port behind an entry of a Sidecar.
#[must_use]
pub fn ingress_target(ingress: &SidecarIngress) -> Option<i64> {
    let endpoint = ingress.endpoint.as_ref()?;
    endpoint.rsplit(':').next()?.parse().ok()
}

fn is_plain(port: Option<i64>) -> bool {
    matches!(port, Some(MERGED_PLAIN | ENVOY_PLAIN))
}

/// Whether that entry is for the Pods of `proxy`.
#[must_use]
pub fn is_for(model: &Model, entry: &SidecarPort<'_>, proxy: &Proxy) -> bool {
    let sidecar = &model.sidecars[entry.sidecar];
    let Some(object) = proxy.object(model).filter(|_| proxy.kind == Kind::Sidecar) else {
        return false;
    };
    sidecar.object.namespace() == object.namespace()
        && (sidecar.selector.is_empty() || selects(&sidecar.selector, proxy.labels(model)))
}

/// A secure port of the old kind.
#[derive(Clone, Debug)]
pub struct Older {
    /// The port.
    pub port: Spanned<i64>,
    /// Where it leads.
    pub lead: Lead,
}

/// Where a secure port of the old kind leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To that port of the Pod.
    Port(i64),
    /// On from a Gateway, for the paths that begin so.
    Paths(Vec<String>),
    /// What was given does not say.
    Unknown,
}

/// The resources that open secure ports of the old kind, found without a search.
pub(super) struct Resources<'m> {
    sidecars: BTreeMap<&'m str, Vec<SidecarPort<'m>>>,
    gateways: Vec<(&'m MeshGateway, Older)>,
}

impl<'m> Resources<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut sidecars: BTreeMap<&str, Vec<SidecarPort<'_>>> = BTreeMap::new();
        for entry in sidecar_ports(model) {
            let home = model.sidecars[entry.sidecar].object.namespace();
            sidecars.entry(home).or_default().push(entry);
        }
        let servers = model.mesh_gateways.iter().flat_map(|gateway| {
            let ports = gateway
                .servers
                .iter()
                .filter_map(|server| server.port.as_ref());
            let own = ports.filter(|port| SECURE_BY_CUSTOM.contains(&port.value));
            own.map(move |port| {
                let older = Older {
                    port: *port,
                    lead: lead(model, gateway),
                };
                (gateway, older)
            })
        });
        Self {
            sidecars,
            gateways: servers.collect(),
        }
    }

    /// Those that are open on the Pods of `proxy`.
    pub(super) fn ports(&self, model: &Model, proxy: &Proxy) -> Vec<Older> {
        let home = proxy.object(model).map_or("", Object::namespace);
        let entries = self.sidecars.get(home).into_iter().flatten();
        let own = entries.filter(|entry| is_for(model, entry, proxy));
        let mut ports: Vec<Older> = own
            .map(|entry| Older {
                port: *entry.port,
                lead: ingress_target(entry.ingress).map_or(Lead::Unknown, Lead::Port),
            })
            .collect();
        if proxy.kind == Kind::Gateway {
            let all = self.gateways.iter();
            let own = all.filter(|(gateway, _)| selects(&gateway.selector, proxy.labels(model)));
            ports.extend(own.map(|(_, older)| older.clone()));
        }
        ports
    }
}

/// Where VirtualServices lead from `gateway`.
fn lead<'m>(model: &'m Model, gateway: &'m MeshGateway) -> Lead {
    let routes = routes(model, gateway);
    if routes.is_empty() {
        return Lead::Unknown;
    }
    let paths = routes
        .iter()
        .flat_map(|route| match route.paths.as_slice() {
            [] => vec![String::new()],
            paths => paths.iter().map(|path| path.value.clone()).collect(),
        });
    Lead::Paths(paths.collect())
}

/// The routes that VirtualServices bind to `gateway`.
#[must_use]
pub fn routes<'m>(model: &'m Model, gateway: &'m MeshGateway) -> Vec<&'m VirtualRoute> {
    let object = &gateway.object;
    let services = model.virtual_services.seen_from(object).filter(|service| {
        service
            .gateways
            .iter()
            .any(|name| match name.split_once('/') {
                Some((namespace, name)) => namespace == object.namespace() && name == object.name(),
                None => {
                    name.value == object.name() && service.object.namespace() == object.namespace()
                }
            })
    });
    services.flat_map(|service| &service.routes).collect()
}
