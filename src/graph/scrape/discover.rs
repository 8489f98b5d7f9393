//! Service discovery: the targets of a job before relabeling.
//!
//! Source: prometheus, discovery/kubernetes; prometheus-operator, pkg/prometheus/promcfg.go.

use super::find::Candidate;
use super::find::Finder;
use super::label::ADDRESS;
use super::label::Labels;
use super::pod::Pod;
use super::scraper::Scraper;
use super::target;
use crate::graph::reach;
use crate::model::object::Pair;
use crate::model::scrape::job::Discovery;
use crate::model::scrape::job::Job;
use crate::model::scrape::job::Kubernetes;
use crate::model::scrape::monitor::Selection;
use crate::model::selector::Selector;
use crate::model::service::PortRef;
use crate::model::service::Service;
use crate::model::service::ServicePort;
use crate::regexp;
use crate::source::Spanned;

impl Finder<'_> {
    /// The targets that `discovery` makes of what was given, for a scraper in the namespace `home`.
    pub(super) fn candidates<'c>(
        &'c self,
        discovery: &'c Discovery,
        job: &Job,
        home: Option<&str>,
        scraper: Option<Scraper>,
    ) -> Vec<Candidate<'c>> {
        match discovery {
            Discovery::Kubernetes(own) => {
                let in_namespace = |namespace: &str| is_in(own, namespace, home);
                match own.role.as_ref().map_or("", |role| role.as_str()) {
                    "pod" => {
                        let mut pods = self.pods_of(job, &in_namespace);
                        pods.retain(|found| is_chosen(own, "pod", &self.pods[found.pod].labels));
                        pods
                    }
                    "endpoints" | "endpointslice" => {
                        let is_meant = |service: &Service, _: usize| {
                            is_chosen(own, "service", &service.object.labels)
                        };
                        let mut found = self.services_of(&in_namespace, None, &is_meant);
                        found.retain(|found| is_chosen(own, "pod", &self.pods[found.pod].labels));
                        found
                    }
                    _ => Vec::new(),
                }
            }
            Discovery::Static { targets, labels } => targets
                .iter()
                .flat_map(|target| self.fixed(target, labels, home, scraper))
                .collect(),
            Discovery::Pods(selection) => self.monitored_pods(selection),
            Discovery::Services(selection) => {
                let in_namespace = |namespace: &str| selection.namespaces.selects(namespace);
                self.services_of(&in_namespace, Some(&selection.labels), &|service, port| {
                    is_meant(selection, service, port)
                })
            }
            Discovery::Other(_) => Vec::new(),
        }
    }

    /// One target a container port of every Pod; only of those Pods that carry the annotation that the job keeps on.
    fn pods_of(&self, job: &Job, in_namespace: &dyn Fn(&str) -> bool) -> Vec<Candidate<'_>> {
        let all: Vec<usize> = match required(job) {
            Some(annotation) => self
                .by_annotation
                .get(&annotation)
                .cloned()
                .unwrap_or_default(),
            None => (0..self.pods.len()).collect(),
        };
        let pods = all
            .into_iter()
            .filter(|at| in_namespace(self.pods[*at].namespace));
        pods.flat_map(|at| self.ports_of(at, |_| true)).collect()
    }

    fn ports_of(
        &self,
        at: usize,
        wanted: impl Fn(&target::Port<'_>) -> bool,
    ) -> Vec<Candidate<'_>> {
        let pod = &self.pods[at];
        let ports = target::ports(pod).into_iter().filter(|port| wanted(port));
        ports
            .map(|port| Candidate {
                pod: at,
                is_local: false,
                labels: Box::new(move |address| target::of_port(pod, &port, address)),
            })
            .collect()
    }

    /// prometheus-operator, pkg/prometheus/promcfg.go (`generatePodMonitorConfig`).
    fn monitored_pods<'c>(&'c self, selection: &'c Selection) -> Vec<Candidate<'c>> {
        let pods = self.pods_like(&selection.labels).iter().copied();
        let pods = pods.filter(|at| {
            let pod = &self.pods[*at];
            selection.namespaces.selects(pod.namespace) && selection.labels.selects(&pod.labels)
        });
        pods.flat_map(|at| {
            self.ports_of(at, |port| match (&selection.port, &selection.target) {
                (Some(name), _) => port.name == Some(name.as_str()),
                (None, Some(PortRef::Number(number))) => port.number == Some(number.value),
                (None, Some(PortRef::Name(name))) => port.name == Some(name.as_str()),
                (None, None) => true,
            })
        })
        .collect()
    }

    /// One target a port and Pod of every Service.
    fn services_of(
        &self,
        in_namespace: &dyn Fn(&str) -> bool,
        selector: Option<&Selector>,
        is_meant: &dyn Fn(&Service, usize) -> bool,
    ) -> Vec<Candidate<'_>> {
        let mut found = Vec::new();
        for service in self.services_like(selector) {
            let service = &self.model.services[*service];
            let is_selected =
                selector.is_none_or(|selector| selector.selects(&service.object.labels));
            if !in_namespace(service.object.namespace()) || !is_selected {
                continue;
            }
            let workloads = self
                .behind
                .selected(self.model, service)
                .unwrap_or_default();
            let pods: Vec<usize> = workloads
                .iter()
                .filter_map(|workload| self.by_workload.get(workload).copied())
                .collect();
            let ports: Vec<usize> = (0..service.ports.len())
                .filter(|port| is_meant(service, *port))
                .collect();
            for port in &ports {
                found.extend(
                    pods.iter()
                        .filter_map(|at| self.behind_port(service, *port, *at)),
                );
            }
            // A monitor keeps the ports that it names.
            if selector.is_none() && !ports.is_empty() {
                let beside = pods.iter().flat_map(|at| self.beside_ports(service, *at));
                found.extend(beside);
            }
        }
        found
    }

    /// The ports of the containers of a Pod behind `service` that this does not lead to: discovery finds those as well.
    fn beside_ports<'c>(&'c self, service: &'c Service, at: usize) -> Vec<Candidate<'c>> {
        let pod = &self.pods[at];
        let bound: Vec<i64> = (0..service.ports.len())
            .filter_map(|port| number_behind(service, port, pod))
            .collect();
        let ports = target::ports(pod).into_iter();
        let others = ports.filter(|port| port.number.is_some_and(|own| !bound.contains(&own)));
        others
            .map(|port| Candidate {
                pod: at,
                is_local: false,
                labels: Box::new(move |address| target::of_neighbour(service, pod, &port, address)),
            })
            .collect()
    }

    fn behind_port<'c>(
        &'c self,
        service: &'c Service,
        port: usize,
        at: usize,
    ) -> Option<Candidate<'c>> {
        let pod = &self.pods[at];
        let number = number_behind(service, port, pod)?;
        Some(Candidate {
            pod: at,
            is_local: false,
            labels: Box::new(move |address| {
                target::of_service(service, port, pod, number, address)
            }),
        })
    }

    /// A static target: the scraper's own Pod, or the Pods behind a Service.
    fn fixed<'c>(
        &'c self,
        written: &'c Spanned<String>,
        labels: &'c [Pair],
        home: Option<&str>,
        scraper: Option<Scraper>,
    ) -> Vec<Candidate<'c>> {
        let Some((host, port)) = written.rsplit_once(':') else {
            return Vec::new();
        };
        let Ok(port) = port.parse::<i64>() else {
            return Vec::new();
        };
        let is_local = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"].contains(&host);
        let candidate = |at: usize, number: i64| Candidate {
            pod: at,
            is_local,
            labels: Box::new(move |address: &str| {
                let mut all = Labels::default();
                for pair in labels {
                    all.set(
                        pair.key.value.clone(),
                        pair.value.value.clone(),
                        &[pair.value.span],
                    );
                }
                all.set(
                    ADDRESS,
                    target::joined(address, Some(number)),
                    &[written.span],
                );
                all
            }) as Box<dyn Fn(&str) -> Labels + Send + Sync + 'c>,
        };
        if is_local {
            let own = scraper.and_then(|scraper| self.by_workload.get(&scraper.workload));
            return own.map(|at| candidate(*at, port)).into_iter().collect();
        }
        let behind = self.behind_host(host, port, home);
        behind
            .into_iter()
            .map(|(at, number)| candidate(at, number))
            .collect()
    }

    /// The Pods, each with its port, behind the Service that `host` names.
    fn behind_host(&self, host: &str, port: i64, home: Option<&str>) -> Vec<(usize, i64)> {
        let Some(service) = reach::service(self.model, host, home, None) else {
            return Vec::new();
        };
        let service = &self.model.services[service];
        let mut entries = service.ports.iter();
        let is_it = |own: &ServicePort| own.port.as_ref().is_some_and(|own| own.value == port);
        let Some(at) = entries.position(is_it) else {
            return Vec::new();
        };
        let workloads = self.behind.selected(self.model, service);
        let pods = workloads.unwrap_or_default().into_iter();
        let pods = pods.filter_map(|workload| self.by_workload.get(&workload).copied());
        pods.filter_map(|pod| Some((pod, number_behind(service, at, &self.pods[pod])?)))
            .collect()
    }
}

/// The port of the Pod to which that of the Service leads.
fn number_behind(service: &Service, port: usize, pod: &Pod<'_>) -> Option<i64> {
    let entry = &service.ports[port];
    match &entry.target {
        Some(PortRef::Number(number)) => Some(number.value),
        Some(PortRef::Name(name)) => {
            let ports = target::ports(pod);
            let named = ports.iter().find(|port| port.name == Some(name.as_str()));
            named.and_then(|port| port.number)
        }
        None => entry.port.as_ref().map(|port| port.value),
    }
}

fn is_in(own: &Kubernetes, namespace: &str, home: Option<&str>) -> bool {
    let is_home = own.own_namespace && home == Some(namespace);
    let is_all = own.namespaces.is_empty() && !own.own_namespace;
    is_all || is_home || own.namespaces.iter().any(|name| name.value == namespace)
}

/// Whether the `selectors` for that role choose something with `labels`.
fn is_chosen(own: &Kubernetes, role: &str, labels: &[Pair]) -> bool {
    let mut selectors = own.selectors.iter();
    selectors.all(|(of, selector)| of != role || selector.selects(labels))
}

/// Whether a ServiceMonitor's endpoint means that port of the Service.
fn is_meant(selection: &Selection, service: &Service, port: usize) -> bool {
    let entry = &service.ports[port];
    match (&selection.port, &selection.target) {
        (Some(name), _) => entry.name.as_ref() == Some(name),
        (None, Some(wanted)) => entry.target.as_ref() == Some(wanted),
        (None, None) => true,
    }
}

/// An annotation without which the first relabelings drop a Pod, as labels spell it.
fn required(job: &Job) -> Option<String> {
    let keeps = job.relabels.iter().take_while(|step| step.target.is_none());
    keeps
        .filter(|step| {
            step.action
                .as_ref()
                .is_some_and(|action| action.eq_ignore_ascii_case("keep"))
        })
        .find_map(|step| {
            let [source] = step.sources.as_slice() else {
                return None;
            };
            let rest = source.strip_prefix("__meta_kubernetes_pod_annotation")?;
            let name = rest
                .strip_prefix("present_")
                .or_else(|| rest.strip_prefix('_'))?;
            let regex = step.regex.as_ref()?;
            let regex = regexp::compiled(&format!("^(?s:{})$", regex.value))?;
            (!regex.is_match("")).then(|| name.to_owned())
        })
}
