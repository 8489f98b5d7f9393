//! The targets of a job: service discovery, then relabeling.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::label::ADDRESS;
use super::label::Kept;
use super::label::Label;
use super::label::Labels;
use super::label::PATH;
use super::label::Program;
use super::label::SCHEME;
use super::label::sanitized;
use super::pod::Pod;
use super::pod::PodId;
use super::scraper::Scraper;
use super::target;
use crate::graph::landing::Behind;
use crate::model::Model;
use crate::model::object::Pair;
use crate::model::scrape::Origin;
use crate::model::scrape::Scraping;
use crate::model::scrape::job::Discovery;
use crate::model::scrape::job::Job;
use crate::model::selector::Selector;
use crate::model::service::Service;
use crate::source::Span;
use crate::source::Spanned;

/// A target that a job keeps.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The index of the Pod among those that were given.
    pub(super) pod: usize,
    pub(super) scheme: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) path: Option<String>,
    pub(super) is_certain: bool,
    pub(super) said: Vec<Span>,
    pub(super) path_said: Vec<Span>,
    pub(super) breaks_ipv6: bool,
    /// Whether the scraper scrapes its own Pod, by the loopback address.
    pub(super) is_local: bool,
}

/// Pods and Services, found without a search.
pub(super) struct Finder<'m> {
    pub(super) model: &'m Model,
    pub(super) pods: &'m [Pod<'m>],
    pub(super) behind: Behind<'m>,
    pub(super) by_annotation: BTreeMap<String, Vec<usize>>,
    pub(super) by_workload: BTreeMap<usize, usize>,
    pod_labels: Carriers<'m>,
    service_labels: Carriers<'m>,
    /// Pods of workloads that share kind, namespace and name with others, environments side by side: the first of them.
    twins: BTreeMap<usize, usize>,
    /// Whether some Service says that Pods have IPv6 addresses.
    has_ipv6: bool,
}

/// A target before relabeling: the Pod, and its labels by the Pod's address.
pub(super) struct Candidate<'c> {
    pub(super) pod: usize,
    pub(super) is_local: bool,
    pub(super) labels: Box<dyn Fn(&str) -> Labels + Send + Sync + 'c>,
}

impl<'m> Finder<'m> {
    pub(super) fn of(model: &'m Model, pods: &'m [Pod<'m>]) -> Self {
        let services = model.services.iter();
        let mut finder = Self {
            model,
            pods,
            behind: Behind::of(model),
            by_annotation: BTreeMap::new(),
            by_workload: BTreeMap::new(),
            pod_labels: Carriers::of(pods.iter().map(|pod| pod.labels.as_slice())),
            service_labels: Carriers::of(services.map(|service| service.object.labels.as_slice())),
            twins: twins(model, pods),
            has_ipv6: model.services.iter().any(Service::is_ipv6),
        };
        for (at, pod) in pods.iter().enumerate() {
            for annotation in &pod.annotations {
                let pods = finder
                    .by_annotation
                    .entry(sanitized(&annotation.key))
                    .or_default();
                pods.push(at);
            }
            if let PodId::Workload(workload) = pod.id {
                finder.by_workload.insert(workload, at);
            }
        }
        finder
    }

    /// The Pods with labels that `selector` may select.
    pub(super) fn pods_like<'a>(&'a self, selector: &'a Selector) -> &'a [usize] {
        self.pod_labels.of_selector(selector)
    }

    /// The Services with labels that `selector` may select; all without one.
    pub(super) fn services_like<'a>(&'a self, selector: Option<&'a Selector>) -> &'a [usize] {
        match selector {
            Some(selector) => self.service_labels.of_selector(selector),
            None => &self.service_labels.all,
        }
    }

    /// Every target that `job` keeps, each address of a Pod once.
    pub(super) fn find(
        &self,
        scraping: &Scraping,
        job: &Job,
        scraper: Option<Scraper>,
    ) -> Vec<Found> {
        let program = Program::new(&job.relabels);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let home = self.home(scraping, scraper);
        for discovery in &job.discoveries {
            let candidates = self.candidates(discovery, job, home, scraper);
            let targets = candidates.par_iter();
            let targets: Vec<Option<Found>> = targets
                .map(|candidate| self.relabelled(candidate, job, &program))
                .collect();
            for target in targets.into_iter().flatten() {
                let is_narrowed = matches!(discovery, Discovery::Kubernetes(own) if own.narrowed);
                let key = (
                    target.pod,
                    target.scheme.clone(),
                    target.port,
                    target.path.clone(),
                );
                if seen.insert(key) {
                    found.push(Found {
                        is_certain: target.is_certain && !is_narrowed && !job.open,
                        ..target
                    });
                }
            }
        }
        self.nearest(found, scraping, scraper)
    }

    /// Of several environments that stand side by side, only the Pods of the one nearest to the job.
    fn nearest(
        &self,
        mut found: Vec<Found>,
        scraping: &Scraping,
        scraper: Option<Scraper>,
    ) -> Vec<Found> {
        let own = scraper.map(|scraper| &self.model.workloads[scraper.workload].object);
        let held = match &scraping.origin {
            Origin::ConfigMap(object, _) | Origin::Secret(object, _) | Origin::Monitor(object) => {
                Some(object)
            }
            _ => None,
        };
        let Some(from) = held.or(own) else {
            return found;
        };
        let distance = |at: usize| self.pods[at].id.object(self.model).distance(from);
        let mut least: BTreeMap<usize, _> = BTreeMap::new();
        for found in &found {
            if let Some(twins) = self.twins.get(&found.pod) {
                let own = distance(found.pod);
                let least = least.entry(*twins).or_insert(own);
                *least = (*least).min(own);
            }
        }
        found.retain(|found| {
            let twins = self.twins.get(&found.pod);
            twins.is_none_or(|twins| least.get(twins) == Some(&distance(found.pod)))
        });
        found
    }

    /// The namespace in which the scraper runs.
    fn home(&self, scraping: &'m Scraping, scraper: Option<Scraper>) -> Option<&'m str> {
        let own = scraper.map(|scraper| self.model.workloads[scraper.workload].object.namespace());
        own.or_else(|| match &scraping.origin {
            Origin::ConfigMap(object, _) | Origin::Secret(object, _) | Origin::Monitor(object) => {
                Some(object.namespace())
            }
            _ => None,
        })
    }

    /// What relabeling makes of `candidate`; `None` when it is dropped, or sent to somebody else.
    fn relabelled(
        &self,
        candidate: &Candidate<'_>,
        job: &Job,
        program: &Program<'_>,
    ) -> Option<Found> {
        let (labels, kept) = run(candidate, job, program, target::POD_IP)?;
        let address = labels.get(ADDRESS);
        let scheme = labels.get(SCHEME);
        let port = match &address.value {
            Some(address) => Some(port_at(address, target::POD_IP, scheme.value.as_deref())?),
            None => None,
        };
        let breaks_ipv6 = self.has_ipv6
            && port.is_some_and(|port| {
                let other = run(candidate, job, program, target::POD_IP6);
                other.is_some_and(|(labels, _)| {
                    let wanted = target::joined(target::POD_IP6, Some(i64::from(port)));
                    labels
                        .get(ADDRESS)
                        .value
                        .is_some_and(|address| address != wanted)
                })
            });
        let path = labels.get(PATH);
        Some(Found {
            pod: candidate.pod,
            scheme: scheme.value,
            port,
            path: path
                .value
                .map(|path| path.split('?').next().unwrap_or_default().to_owned()),
            is_certain: kept == Kept::Yes,
            said: said(job, port, &address, self.pods[candidate.pod].span),
            path_said: path.from,
            breaks_ipv6,
            is_local: candidate.is_local,
        })
    }
}

fn twins(model: &Model, pods: &[Pod<'_>]) -> BTreeMap<usize, usize> {
    let mut named: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, pod) in pods.iter().enumerate() {
        let object = pod.id.object(model);
        let name = (object.kind.as_str(), object.namespace(), object.name());
        named.entry(name).or_default().push(at);
    }
    let shared = named.values().filter(|pods| pods.len() > 1);
    shared
        .flat_map(|pods| pods.iter().map(|at| (*at, pods[0])))
        .collect()
}

fn run(
    candidate: &Candidate<'_>,
    job: &Job,
    program: &Program<'_>,
    address: &str,
) -> Option<(Labels, Kept)> {
    let mut labels = (candidate.labels)(address);
    let said = |scalar: &Option<Spanned<String>>| -> Vec<Span> {
        scalar.iter().map(|scalar| scalar.span).collect()
    };
    labels.set(SCHEME, job.scheme(), &said(&job.scheme));
    labels.set(PATH, job.path(), &said(&job.path));
    match program.run(&mut labels) {
        Kept::No => None,
        kept => Some((labels, kept)),
    }
}

/// Who carries which label, by index, so that a monitor is not compared with everybody.
struct Carriers<'m> {
    by_label: BTreeMap<(&'m str, &'m str), Vec<usize>>,
    all: Vec<usize>,
}

impl<'m> Carriers<'m> {
    fn of(labels: impl Iterator<Item = &'m [Pair]>) -> Self {
        let mut carriers = Self {
            by_label: BTreeMap::new(),
            all: Vec::new(),
        };
        for (at, labels) in labels.enumerate() {
            carriers.all.push(at);
            for Pair { key, value } in labels {
                let label = (key.as_str(), value.as_str());
                carriers.by_label.entry(label).or_default().push(at);
            }
        }
        carriers
    }

    /// Those that `selector` may select: the carriers of the rarest label that it asks for.
    fn of_selector<'a>(&'a self, selector: &'a Selector) -> &'a [usize] {
        let carriers = selector.labels.iter().map(|pair| {
            let label = (pair.key.as_str(), pair.value.as_str());
            self.by_label.get(&label).map_or(&[][..], Vec::as_slice)
        });
        let rarest = carriers.min_by_key(|carriers| carriers.len());
        rarest.unwrap_or(&self.all)
    }
}

/// What the port comes from: the job where that knows it, else what stands in the Pod first.
fn said(job: &Job, port: Option<u16>, address: &Label, pod: Span) -> Vec<Span> {
    let literal = job.address().and_then(|step| step.replacement.as_ref());
    let literal = literal.filter(|written| {
        let (_, end) = written.rsplit_once(':').unwrap_or_default();
        port.is_some_and(|port| end == port.to_string())
    });
    if let Some(written) = literal {
        return vec![written.span];
    }
    let mut spans = address.from.clone();
    spans.sort_by_key(|span| !pod.contains(*span));
    spans.dedup();
    spans
}

/// The port of `host:port`, by the scheme where none is written; `None` when the host is another.
fn port_at(address: &str, host: &str, scheme: Option<&str>) -> Option<u16> {
    let rest = address.strip_prefix(host)?;
    match rest.strip_prefix(':') {
        Some(port) => port.parse().ok(),
        None if rest.is_empty() => Some(if scheme == Some("https") { 443 } else { 80 }),
        None => None,
    }
}
