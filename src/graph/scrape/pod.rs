//! The Pods that can be scraped, as they are once Istio has put its proxy into them, and who listens on their ports.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::OnceLock;

use super::label::Named;
use super::may_judge;
use crate::graph::proxy::ENVOY_ANNOTATION;
use crate::graph::proxy::ENVOY_PLAIN;
use crate::graph::proxy::Kind;
use crate::graph::proxy::LOCAL_ONLY;
use crate::graph::proxy::MERGED_ANNOTATION;
use crate::graph::proxy::MERGED_PLAIN;
use crate::graph::proxy::MERGED_PORT;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::Variable;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::legacy;
use crate::graph::proxy::legacy::Lead;
use crate::graph::proxy::merging::becomes;
use crate::graph::wiring::is_partial;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::workload::PodTemplate;
use crate::source::Span;
use crate::source::Spanned;

/// [`MERGED_PLAIN`] as annotations have it.
const MERGED: &str = "15020";

/// Which Pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodId {
    /// Those of a workload, as an index into the model.
    Workload(usize),
    /// Those that Istio makes for a Gateway, as an index into the model.
    Gateway(usize),
}

/// Pods that can be scraped.
pub(super) struct Pod<'m> {
    pub(super) id: PodId,
    pub(super) namespace: &'m str,
    /// What the user wrote of them.
    pub(super) span: Span,
    /// Their template; `None` for the Pods of a Gateway.
    pub(super) template: Option<&'m PodTemplate>,
    pub(super) labels: Vec<Pair>,
    /// As they are after injection.
    pub(super) annotations: Vec<Pair>,
    /// The proxy in them, unless it is certain that there is none.
    pub(super) proxy: Option<&'m Proxy>,
    /// What every target of them says, once somebody asks.
    meta: OnceLock<Arc<Named>>,
    /// Where a Collector in them shows its own metrics: port, and whether to the Pod alone.
    own: Vec<(u16, Option<bool>)>,
}

/// Who listens on a port.
#[derive(Clone, Debug)]
pub(super) enum Served {
    /// Mutual TLS, for everybody whom the mesh's authority certified: 1.31 and later.
    Secure {
        /// The variable that opens it.
        variable: &'static str,
        /// Its value.
        said: Span,
    },
    /// The same, made of Istio's own resources, and where it leads.
    Legacy(Lead),
    /// 15020, and what closes it.
    Agent { closed: Option<Span> },
    /// 15090, and what closes it.
    Envoy { closed: Option<Span> },
    /// A Collector, with its own metrics.
    Collector { loopback: Option<bool> },
    /// Certainly nobody.
    Nobody,
    /// It is not known; why.
    Unknown(String),
}

impl PodId {
    /// What makes the Pods.
    #[must_use]
    pub fn object(self, model: &Model) -> &Arc<Object> {
        match self {
            Self::Workload(at) => &model.workloads[at].object,
            Self::Gateway(at) => &model.gateways[at].object,
        }
    }
}

impl Served {
    /// Whether it asks for a certificate of the mesh.
    pub(super) const fn is_secure(&self) -> bool {
        matches!(self, Self::Secure { .. } | Self::Legacy(_))
    }
}

/// Every Pod that was given: of workloads, then of the Gateways for which Istio makes some.
pub(super) fn all<'m>(model: &'m Model, proxies: &'m [Proxy]) -> Vec<Pod<'m>> {
    let is_in = |proxy: &&Proxy| !matches!(proxy.injection, Injection::No(..));
    let of_workloads: BTreeMap<usize, &Proxy> = proxies
        .iter()
        .filter(is_in)
        .filter_map(|proxy| Some((proxy.workload?, proxy)))
        .collect();
    let mut own: BTreeMap<usize, Vec<(u16, Option<bool>)>> = BTreeMap::new();
    for run in &model.runs {
        let servers = run
            .collector
            .metrics_servers(run.build.minor)
            .unwrap_or_default();
        if let Some(workload) = run.workload {
            let ports = servers.iter().map(|server| (server.port, server.loopback));
            own.entry(workload).or_default().extend(ports);
        }
    }
    let whole = model.workloads.iter().enumerate();
    let whole = whole.filter(|(_, workload)| !is_partial(model, workload));
    let workloads = whole.map(|(at, workload)| {
        let proxy = of_workloads.get(&at).copied();
        Pod {
            id: PodId::Workload(at),
            namespace: workload.object.namespace(),
            span: workload.object.span,
            template: Some(&workload.pod),
            labels: workload.pod.labels.clone(),
            annotations: annotations(model, &workload.object, &workload.pod.annotations, proxy),
            proxy,
            meta: OnceLock::new(),
            own: own.remove(&at).unwrap_or_default(),
        }
    });
    let mut pods: Vec<Pod<'m>> = workloads.collect();
    pods.extend(proxies.iter().filter_map(|proxy| managed(model, proxy)));
    pods
}

/// The Pods that Istio makes for a Gateway.
fn managed<'m>(model: &'m Model, proxy: &'m Proxy) -> Option<Pod<'m>> {
    let at = proxy.gateway.filter(|_| proxy.workload.is_none())?;
    let gateway = &model.gateways[at];
    let object = &gateway.object;
    // istio 1.31, files/kube-gateway.yaml.
    let own = [
        ("sidecar.istio.io/inject", "false"),
        ("gateway.istio.io/managed", "istio.io-gateway-controller"),
        ("gateway.networking.k8s.io/gateway-name", object.name()),
    ];
    let own = own.map(|(key, value)| pair(key, value, object.name_span()));
    let mut labels = gateway.handed_labels().to_vec();
    labels.extend(own);
    Some(Pod {
        id: PodId::Gateway(at),
        namespace: object.namespace(),
        span: object.span,
        template: None,
        labels,
        annotations: annotations(model, object, gateway.handed_annotations(), Some(proxy)),
        proxy: Some(proxy),
        meta: OnceLock::new(),
        own: Vec::new(),
    })
}

/// What the annotations are once the proxy is in: merging announces 15020, and the injector the merged secure port
/// (istio 1.31, pkg/kube/inject/webhook.go; of a Gateway's Pods files/kube-gateway.yaml).
fn annotations(
    model: &Model,
    object: &Object,
    written: &[Pair],
    proxy: Option<&Proxy>,
) -> Vec<Pair> {
    let mut annotations = written.to_vec();
    let Some(proxy) = proxy else {
        return annotations;
    };
    if proxy.kind == Kind::Managed || proxy.merges(model) {
        let forced = [
            ("prometheus.io/scrape", "prometheus_io_scrape", "true"),
            ("prometheus.io/port", "prometheus_io_port", MERGED),
            (
                "prometheus.io/path",
                "prometheus_io_path",
                "/stats/prometheus",
            ),
        ];
        for (key, label, value) in forced {
            let own = annotations.iter().find(|own| becomes(own, label));
            let at = own.map_or(object.name_span(), |own| own.value.span);
            annotations.retain(|own| !becomes(own, label));
            annotations.push(pair(key, value, at));
        }
    }
    let has_port = annotations
        .iter()
        .any(|pair| pair.key.value == MERGED_ANNOTATION);
    let merged = proxy
        .port(MERGED_PORT)
        .filter(|_| !has_port && proxy.kind != Kind::Managed);
    annotations
        .extend(merged.map(|port| pair(MERGED_ANNOTATION, &port.value.to_string(), port.span)));
    annotations
}

fn pair(key: &str, value: &str, at: Span) -> Pair {
    Pair {
        key: Spanned::new(key.to_owned(), at),
        value: Spanned::new(value.to_owned(), at),
    }
}

impl Pod<'_> {
    /// What every target of it says, made by `make` for the first.
    pub(super) fn meta(&self, make: impl FnOnce() -> Named) -> &Arc<Named> {
        self.meta.get_or_init(|| Arc::new(make()))
    }

    /// Whether the proxy's container gets ports that the template does not name.
    pub(super) fn adds_ports_to(&self, container: &str) -> bool {
        container == "istio-proxy" && !self.proxy_ports().is_empty()
    }

    /// The ports that the proxy's container declares (istio 1.31, files/injection-template.yaml, kube-gateway.yaml).
    pub(super) fn proxy_ports(&self) -> &'static [(&'static str, i64)] {
        match self.proxy.map(|proxy| proxy.kind) {
            Some(Kind::Managed) => &[
                ("metrics", MERGED_PLAIN),
                ("status-port", 15021),
                ("http-envoy-prom", ENVOY_PLAIN),
            ],
            Some(_) => &[("http-envoy-prom", ENVOY_PLAIN)],
            None => &[],
        }
    }

    /// Whether the port asks for a certificate of the mesh.
    pub(super) fn is_secure(&self, model: &Model, port: Option<u16>) -> bool {
        port.is_some_and(|port| self.served(model, port, false).is_secure())
    }

    /// Who listens on `port`; for the Pod itself (`is_local`) nothing is closed.
    pub(super) fn served(&self, model: &Model, port: u16, is_local: bool) -> Served {
        let number = i64::from(port);
        if let Some((_, loopback)) = self.own.iter().find(|(own, _)| *own == port) {
            return Served::Collector {
                loopback: if is_local { Some(false) } else { *loopback },
            };
        }
        let Some(proxy) = self.proxy else {
            return Served::Unknown(format!("what listens on port {port} was not given"));
        };
        if let Some((variable, said, _)) = proxy
            .secure_ports()
            .find(|(_, said, _)| said.value == number)
        {
            return Served::Secure {
                variable,
                said: said.span,
            };
        }
        if let Some(older) = proxy.older.iter().find(|older| older.port.value == number) {
            return Served::Legacy(older.lead.clone());
        }
        let switch = |map: &BTreeMap<String, Variable>| {
            map.get(LOCAL_ONLY).map(|variable| variable.value.span)
        };
        match number {
            MERGED_PLAIN => Served::Agent {
                closed: switch(&proxy.environment).filter(|_| !is_local && proxy.closes_merged()),
            },
            ENVOY_PLAIN => Served::Envoy {
                closed: switch(&proxy.metadata).filter(|_| !is_local && proxy.closes_envoy()),
            },
            _ if proxy.declares(model, number) => Served::Unknown(format!(
                "what the application serves on port {port} was not given"
            )),
            _ if self.is_told(port) && may_judge(model, proxy) => Served::Nobody,
            _ if self.is_told(port) => Served::Unknown(format!(
                "nothing that was given opens port {port}, and the mesh's defaults were not given"
            )),
            _ => Served::Unknown(format!("what listens on port {port} was not given")),
        }
    }

    /// Whether the port is one for secure metrics: by custom, or as the annotations have it.
    fn is_told(&self, port: u16) -> bool {
        let told = self
            .annotations
            .iter()
            .filter(|pair| [MERGED_ANNOTATION, ENVOY_ANNOTATION].contains(&pair.key.as_str()));
        let mut told = told.map(|pair| pair.value.trim());
        legacy::SECURE_BY_CUSTOM.contains(&i64::from(port))
            || told.any(|own| own == port.to_string())
    }
}
