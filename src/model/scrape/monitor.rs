//! PodMonitors and ServiceMonitors: jobs that the Prometheus operator writes.
//!
//! Source: prometheus-operator, pkg/apis/monitoring/v1/{podmonitor,servicemonitor}_types.go.

use std::sync::Arc;

use super::Origin;
use super::Scraping;
use super::field::Field;
use super::job::Credential;
use super::job::Discovery;
use super::job::Job;
use super::job::Tls;
use super::relabel::Relabel;
use crate::model::object::Object;
use crate::model::selector::Selector;
use crate::model::service::PortRef;
use crate::source::Spanned;
use crate::yaml::Node;

/// The API group of the Prometheus operator.
pub const MONITORING: &str = "monitoring.coreos.com";

/// What one endpoint of a monitor selects.
#[derive(Clone, Debug)]
pub struct Selection {
    /// `selector`: of Pods, or of Services.
    pub labels: Selector,
    /// `namespaceSelector`.
    pub namespaces: Namespaces,
    /// `port`: by the name of the container's or Service's port.
    pub port: Option<Spanned<String>>,
    /// `portNumber` of a PodMonitor, or `targetPort`.
    pub target: Option<PortRef>,
}

/// `namespaceSelector`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// `any: true`.
    Any,
    /// `matchNames`, else the monitor's own namespace.
    Named(Vec<String>),
}

impl Scraping {
    /// The jobs of a PodMonitor or ServiceMonitor; `None` when `object` is neither.
    pub(in crate::model) fn read_monitor(object: &Arc<Object>) -> Option<Self> {
        let (list, wrap): (_, fn(Selection) -> Discovery) = match object.kind.as_str() {
            _ if object.group() != MONITORING => return None,
            "PodMonitor" => ("podMetricsEndpoints", Discovery::Pods),
            "ServiceMonitor" => ("endpoints", Discovery::Services),
            _ => return None,
        };
        let spec = object.tree.node().get("spec")?;
        let endpoints = spec.get(list)?;
        let jobs = endpoints
            .items()
            .map(|endpoint| job(object, spec, endpoint, wrap));
        Some(Self {
            origin: Origin::Monitor(Arc::clone(object)),
            span: object.span,
            jobs: jobs.collect(),
        })
    }
}

fn job(
    object: &Object,
    spec: Node<'_>,
    endpoint: Node<'_>,
    wrap: fn(Selection) -> Discovery,
) -> Job {
    let field = Field::Node(endpoint);
    let name = Spanned::new(object.name().to_owned(), endpoint.span());
    let target = endpoint
        .get("portNumber")
        .or_else(|| endpoint.get("targetPort"));
    let selection = Selection {
        labels: spec
            .get("selector")
            .map_or_else(|| Selector::everything(object.name_span()), Selector::read),
        namespaces: Namespaces::read(spec, object),
        port: endpoint.string_at("port"),
        target: target.and_then(PortRef::read),
    };
    Job {
        span: endpoint.span(),
        name,
        scheme: field.text_at("scheme"),
        path: field.text_at("path"),
        tls: endpoint.get("tlsConfig").map(tls),
        discoveries: vec![wrap(selection)],
        relabels: Relabel::read_all(field.get("relabelings")),
        open: false,
    }
}

impl Namespaces {
    fn read(spec: Node<'_>, object: &Object) -> Self {
        let selector = spec.get("namespaceSelector");
        let any = selector.and_then(|selector| selector.boolean_at("any"));
        if any.is_some_and(|any| any.value) {
            return Self::Any;
        }
        let names = selector.map(|selector| selector.strings_at("matchNames"));
        let names: Vec<String> = names.into_iter().flatten().map(|name| name.value).collect();
        if names.is_empty() {
            return Self::Named(vec![object.namespace().to_owned()]);
        }
        Self::Named(names)
    }

    /// Whether a namespace of that name is selected.
    #[must_use]
    pub fn selects(&self, namespace: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Named(names) => names.iter().any(|name| name == namespace),
        }
    }
}

/// `tlsConfig`: files as Prometheus names them, or selectors of Secrets and ConfigMaps.
fn tls(node: Node<'_>) -> Tls {
    let credential = |file: &str, object: &str| {
        let path = node.string_at(file).map(Credential::File);
        path.or_else(|| {
            node.get(object)
                .map(|other| Credential::Other(other.span()))
        })
    };
    Tls {
        span: node.span(),
        ca: credential("caFile", "ca"),
        cert: credential("certFile", "cert"),
        key: credential("keyFile", "keySecret"),
        server_name: node.string_at("serverName"),
        insecure: node.boolean_at("insecureSkipVerify"),
    }
}
