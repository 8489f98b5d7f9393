//! Who scrapes which proxy, and whether it gets an answer: job, Pod, port, mTLS, path.
//!
//! Source: istio.io, tasks/observability/metrics/secure-metrics; istio 1.31, `envoy_bootstrap.json`,
//! `pkg/kube/inject/webhook.go`; prometheus 3, `scrape/`.

use super::proxy::ENVOY_ANNOTATION;
use super::proxy::ENVOY_PORT;
use super::proxy::Kind;
use super::proxy::MERGED_ANNOTATION;
use super::proxy::MERGED_PLAIN;
use super::proxy::MERGED_PORT;
use super::proxy::Proxy;
use super::proxy::injection::Injection;
use super::proxy::interception;
use super::proxy::interception::Mode;
use super::proxy::legacy;
use crate::model::Model;
use crate::model::mesh::AuthorizationPolicy;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::object::selects;
use crate::model::scrape::Job;
use crate::model::workload::volume::VolumeSource;
use crate::source::Span;

/// The only path that Envoy's own metrics have.
pub const ENVOY_PATH: &str = "/stats/prometheus";

/// Which of a Pod's metrics a job is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The merged metrics, with mTLS.
    Merged,
    /// Envoy's own, with mTLS.
    Envoy,
    /// What is announced in plain text.
    Plain,
}

/// A job that goes to one proxy.
#[derive(Debug)]
pub struct Scrape {
    /// The job, as an index into the model.
    pub job: usize,
    /// The proxy, as an index into the graph.
    pub proxy: usize,
    /// What it is after.
    pub aim: Aim,
    /// The port that it dials; `None` when the announcement is no number.
    pub port: Option<i64>,
    /// Why no metrics come back, nearest first.
    pub flaws: Vec<Flaw>,
}

/// Why a scrape brings nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing listens on the announced port; the announcement.
    Closed(Span),
    /// The metrics in plain text are for the Pod alone; what says so.
    Withheld(Span),
    /// The sidecar takes the connection and asks for the mesh's own mTLS; what says so.
    Strict(Span),
    /// A policy lets nobody in whom it does not know; the policy.
    Denied(Span),
    /// The job speaks plain text to TLS, or shows no certificate; the job.
    Uncertified(Span),
    /// The path is not served there; what says the path.
    Path(Span, String),
}

impl Flaw {
    /// What happens, after "fails: ".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Closed(_) => "nothing listens on the announced port".to_owned(),
            Self::Withheld(_) => "this port answers its own Pod only".to_owned(),
            Self::Strict(_) => {
                "the sidecar ends mTLS itself and hands plain text to a port of TLS: connection reset"
                    .to_owned()
            }
            Self::Denied(_) => "an AuthorizationPolicy lets in only whom it knows".to_owned(),
            Self::Uncertified(_) => "the job shows no certificate of the mesh".to_owned(),
            Self::Path(_, path) => format!("`{path}` is not served there: 404"),
        }
    }
}

impl Scrape {
    /// Every job with every proxy that it finds, jobs in the order of the input.
    #[must_use]
    pub fn all(model: &Model, proxies: &[Proxy]) -> Vec<Self> {
        let mut scrapes = Vec::new();
        for (job, written) in model.jobs.iter().enumerate() {
            let Some(aim) = aim(written) else { continue };
            for (index, proxy) in proxies.iter().enumerate() {
                let Some(port) = announced(model, proxy, aim) else {
                    continue;
                };
                if !looks_in(model, written, proxy) {
                    continue;
                }
                let mut scrape = Self {
                    job,
                    proxy: index,
                    aim,
                    port: port.port,
                    flaws: Vec::new(),
                };
                scrape.judge(model, written, proxy, port.at);
                scrapes.push(scrape);
            }
        }
        scrapes
    }

    fn judge(&mut self, model: &Model, job: &Job, proxy: &Proxy, at: Span) {
        if self.aim == Aim::Plain {
            if let Some(variable) = proxy
                .environment
                .get(super::proxy::LOCAL_ONLY)
                .filter(|_| proxy.closes_merged())
            {
                self.flaws.push(Flaw::Withheld(variable.value.span));
            }
            return;
        }
        let is_open = proxy
            .secure_ports()
            .any(|(_, open, _)| Some(open.value) == self.port);
        let legacy = legacy::ports(model, proxy);
        let is_legacy = legacy.iter().any(|open| Some(open.value) == self.port);
        if !is_open && !is_legacy && may_judge(model, proxy) {
            self.flaws.push(Flaw::Closed(at));
        }
        if let Some(port) = self.port.filter(|_| is_open) {
            self.flaws.extend(intercepted(model, proxy, port));
        }
        if !certified(job) {
            self.flaws.push(Flaw::Uncertified(job.name.span));
        }
        self.flaws.extend(wrong_path(model, job, proxy, self.aim));
    }
}

/// What a job is after; `None` when it is about something else.
#[must_use]
pub fn aim(job: &Job) -> Option<Aim> {
    let reads = |annotation: &str| {
        let mut relabels = job.relabels.iter();
        relabels.any(|relabel| relabel.reads_annotation(annotation))
    };
    if reads(MERGED_ANNOTATION) {
        Some(Aim::Merged)
    } else if reads(ENVOY_ANNOTATION) {
        Some(Aim::Envoy)
    } else if reads("prometheus.io/scrape") && job.scheme() == "http" {
        Some(Aim::Plain)
    } else {
        None
    }
}

/// The port that a Pod tells scrapers, and what says so.
struct Announced {
    port: Option<i64>,
    at: Span,
}

fn announced(model: &Model, proxy: &Proxy, aim: Aim) -> Option<Announced> {
    let (annotation, variable) = match aim {
        Aim::Merged => (MERGED_ANNOTATION, MERGED_PORT),
        Aim::Envoy => (ENVOY_ANNOTATION, ENVOY_PORT),
        Aim::Plain => return merged(model, proxy),
    };
    if let Some(written) = proxy.annotation(model, annotation) {
        return Some(Announced {
            port: written.value.trim().parse().ok(),
            at: written.span,
        });
    }
    // The injector announces the merged port, and no other.
    let port = proxy
        .port(variable)
        .filter(|_| aim == Aim::Merged && proxy.kind != Kind::Managed)?;
    Some(Announced {
        port: Some(port.value),
        at: port.span,
    })
}

/// The announcement in plain text that the injector writes into every Pod, unless it is told not to.
fn merged(model: &Model, proxy: &Proxy) -> Option<Announced> {
    let object = proxy.object(model)?;
    let at = proxy
        .annotation(model, "prometheus.io/scrape")
        .map_or(object.name_span(), |written| written.span);
    (proxy.kind == Kind::Managed || merges(model, proxy)).then_some(Announced {
        port: Some(MERGED_PLAIN),
        at,
    })
}

/// Whether the injector rewrites the annotations of the Pods for merged metrics.
#[must_use]
pub fn merges(model: &Model, proxy: &Proxy) -> bool {
    let is_off = |key: &str| {
        let value = proxy.annotation(model, key);
        value.is_some_and(|value| {
            ["false", "False", "FALSE", "0", "f", "F"].contains(&value.as_str())
        })
    };
    let mut meshes = model.mesh_configs.iter();
    let mesh_off = meshes.any(|mesh| mesh.merges.as_ref().is_some_and(|merges| !merges.value));
    let is_asked = proxy
        .annotation(model, "prometheus.istio.io/merge-metrics")
        .is_some_and(|value| value.value == "true");
    !is_off("prometheus.io/scrape")
        && !is_off("prometheus.istio.io/merge-metrics")
        && (!mesh_off || is_asked)
}

/// Whether the job looks in the namespace of the proxy.
fn looks_in(model: &Model, job: &Job, proxy: &Proxy) -> bool {
    let Some(object) = proxy.object(model) else {
        return false;
    };
    let mut namespaces = job.namespaces.iter();
    job.namespaces.is_empty() || namespaces.any(|own| own.value == object.namespace())
}

/// Whether enough was given to say that a port is closed: the mesh's own settings, or some of this proxy's ports.
#[must_use]
pub fn may_judge(model: &Model, proxy: &Proxy) -> bool {
    !model.mesh_configs.is_empty() || proxy.secure_ports().next().is_some()
}

/// What keeps a scrape with mTLS from the port, where a sidecar takes the connection.
#[must_use]
pub fn intercepted(model: &Model, proxy: &Proxy, port: i64) -> Option<Flaw> {
    let workload = &model.workloads[proxy.workload.filter(|_| proxy.kind == Kind::Sidecar)?];
    let is_out = matches!(proxy.injection, Injection::No(..));
    if is_out || !interception::takes(&workload.pod, port) {
        return None;
    }
    match Mode::of(model, &workload.object, &workload.pod.labels, port) {
        Mode::Strict(said) => Some(Flaw::Strict(said)),
        _ => denied(model, proxy, port).map(Flaw::Denied),
    }
}

/// The AuthorizationPolicy that lets nobody in on `port` who comes without an identity of the mesh: every policy that
/// allows asks for one.
fn denied(model: &Model, proxy: &Proxy, port: i64) -> Option<Span> {
    let object = proxy.object(model)?;
    let is_here = |policy: &&AuthorizationPolicy| {
        let home = policy.object.namespace();
        let is_near = home == object.namespace() || home == ROOT_NAMESPACE;
        let chooses = policy.selector.is_empty() || selects(&policy.selector, proxy.labels(model));
        is_near && chooses && !policy.has_target
    };
    let allows = |policy: &&AuthorizationPolicy| {
        let action = policy.action.as_ref();
        action.is_none_or(|action| action.value == "ALLOW")
    };
    let policies = model.authorization_policies.iter();
    let policies: Vec<_> = policies.filter(is_here).filter(allows).collect();
    let may_pass = policies
        .iter()
        .flat_map(|policy| &policy.rules)
        .any(|rule| {
            let port = port.to_string();
            let is_port = rule.ports.is_empty() || rule.ports.iter().any(|own| own.value == port);
            !rule.asks_identity && !rule.asks_http && is_port
        });
    let first = policies.first().filter(|_| !may_pass)?;
    Some(first.object.name_span())
}

/// Whether the job speaks TLS and shows a certificate.
fn certified(job: &Job) -> bool {
    let sets_scheme = || {
        let mut targets = job
            .relabels
            .iter()
            .filter_map(|relabel| relabel.to.as_ref());
        targets.any(|to| to.value == "__scheme__")
    };
    let shows = job
        .tls
        .as_ref()
        .is_some_and(|tls| tls.certificate.is_some() && tls.key.is_some());
    shows && (job.scheme() == "https" || sets_scheme())
}

/// The path that the job asks for, when the port does not serve it; what says so.
#[must_use]
pub fn wrong_path(model: &Model, job: &Job, proxy: &Proxy, aim: Aim) -> Option<Flaw> {
    let relabel = job.relabels.iter().find(|relabel| {
        let to = relabel.to.as_ref();
        to.is_some_and(|to| to.value == "__metrics_path__")
    });
    let (path, at) = match relabel {
        Some(relabel) if relabel.reads_annotation("prometheus.io/path") => {
            // The injector, and the template of managed gateways, write the right path themselves.
            if proxy.kind == Kind::Managed || merges(model, proxy) {
                return None;
            }
            let written = proxy.annotation(model, "prometheus.io/path");
            match (written, &job.path) {
                (Some(path), _) | (None, Some(path)) => (path.value.clone(), path.span),
                (None, None) => ("/metrics".to_owned(), job.name.span),
            }
        }
        // What other labels hold is not known.
        Some(_) => return None,
        None => match &job.path {
            Some(path) => (path.value.clone(), path.span),
            None => ("/metrics".to_owned(), job.name.span),
        },
    };
    let is_served =
        path.starts_with(ENVOY_PATH) || aim == Aim::Merged && path.starts_with("/metrics");
    (!is_served && aim != Aim::Plain).then_some(Flaw::Path(at, path))
}

/// The workload that runs the job: it mounts the ConfigMap of its configuration, or is made of its resource.
#[must_use]
pub fn owner(model: &Model, job: &Job) -> Option<usize> {
    let holder = job.holder.as_ref()?;
    let mounts = |index: &usize| {
        let workload = &model.workloads[*index];
        let mut volumes = workload.pod.volumes.iter();
        workload.object.namespace() == holder.namespace()
            && volumes.any(|volume| match &volume.source {
                VolumeSource::ConfigMap(keys) => {
                    let name = keys.name.as_ref();
                    name.is_some_and(|name| name.value == holder.name())
                }
                _ => false,
            })
    };
    let made = |index: &usize| model.workloads[*index].object.id == holder.id;
    let mut all = 0..model.workloads.len();
    all.find(|index| mounts(index) || made(index))
}
