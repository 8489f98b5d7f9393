//! Who runs a job: which container of which workload loads the configuration that it stands in.

use std::collections::BTreeMap;

use crate::graph::policy::may_select;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::scrape::Origin;
use crate::model::scrape::Scraping;
use crate::model::scrape::prometheus::Choice;
use crate::model::scrape::prometheus::Prometheus;
use crate::model::workload::container::Container;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::model::workload::volume::ProjectedSource;
use crate::model::workload::volume::VolumeSource;

/// The container that scrapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scraper {
    /// The workload, as an index into the model.
    pub workload: usize,
    /// The index of the container in its Pod.
    pub container: usize,
}

/// Workloads by the ConfigMaps that they mount.
pub(super) struct Scrapers<'m> {
    model: &'m Model,
    by_map: BTreeMap<(&'m str, &'m str), Vec<usize>>,
}

impl<'m> Scrapers<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut by_map: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        // Only the ConfigMaps that hold jobs are worth an entry.
        for scraping in &model.scrapings {
            if let Origin::ConfigMap(map, _) = &scraping.origin {
                by_map.entry((map.namespace(), map.name())).or_default();
            }
        }
        for (at, workload) in model.workloads.iter().enumerate() {
            let namespace = workload.object.namespace();
            for volume in &workload.pod.volumes {
                for name in maps(&volume.source) {
                    let workloads = by_map.get_mut(&(namespace, name));
                    workloads
                        .into_iter()
                        .for_each(|workloads| workloads.push(at));
                }
            }
        }
        Self { model, by_map }
    }

    /// The container that loads `scraping`; `None` when that was not given.
    pub(super) fn of_scraping(&self, scraping: &Scraping) -> Option<Scraper> {
        match &scraping.origin {
            Origin::Receiver(run) => {
                let run = self.model.runs.get(*run)?;
                Some(Scraper {
                    workload: run.workload?,
                    container: run.container,
                })
            }
            Origin::ConfigMap(map, key) => {
                let workloads = self.by_map.get(&(map.namespace(), map.name()))?;
                let found = workloads
                    .iter()
                    .filter_map(|workload| self.loading(*workload, map, key));
                found.min_by_key(|found| self.model.workloads[found.workload].object.distance(map))
            }
            Origin::Monitor(_) | Origin::Secret(..) => {
                let mut owners = self.owners(scraping);
                // The operator puts its own container first.
                let (workload, container) = (owners.next()?.workload, 0);
                Some(Scraper {
                    workload,
                    container,
                })
            }
            Origin::Document => None,
        }
    }

    /// Whether anybody that was given runs `scraping`, as far as an operator decides that: a Prometheus takes the
    /// monitors that it selects. Where none was given anybody may.
    pub(super) fn are_sure_to_run(&self, scraping: &Scraping) -> bool {
        let is_chosen = matches!(scraping.origin, Origin::Monitor(_));
        let nobody = self.model.prometheuses.is_empty() || self.model.allocates;
        !is_chosen || nobody || self.owners(scraping).next().is_some()
    }

    /// The Prometheuses of an operator that run `scraping`.
    fn owners<'s>(&'s self, scraping: &'s Scraping) -> impl Iterator<Item = &'s Prometheus> {
        let all = self.model.prometheuses.iter();
        all.filter(move |prometheus| match &scraping.origin {
            Origin::Monitor(monitor) => {
                let choice = match monitor.kind.as_str() {
                    "PodMonitor" => &prometheus.pod_monitors,
                    _ => &prometheus.service_monitors,
                };
                self.takes(prometheus, choice, monitor)
            }
            Origin::Secret(secret, key) => {
                let named = prometheus.additional.as_ref();
                prometheus.object.namespace() == secret.namespace()
                    && named.is_some_and(|(name, own)| {
                        name.value == secret.name() && own.value == key.value
                    })
            }
            _ => false,
        })
    }

    fn takes(&self, prometheus: &Prometheus, choice: &Choice, monitor: &Object) -> bool {
        let labels = choice.labels.as_ref();
        let is_near = match &choice.namespaces {
            None => prometheus.object.namespace() == monitor.namespace(),
            Some(namespaces) => may_select(self.model, namespaces, monitor.namespace()),
        };
        is_near && labels.is_some_and(|labels| labels.selects(&monitor.labels))
    }

    /// The container of `workload` whose arguments name the file that the key becomes; without such arguments the one
    /// that runs Prometheus and mounts the ConfigMap.
    fn loading(&self, workload: usize, map: &Object, key: &str) -> Option<Scraper> {
        let pod = &self.model.workloads[workload].pod;
        let loads = |container: &Container| {
            let mounts = Mounts::new(pod, container);
            let path = config_file(container)?;
            let Content::Keys(keys) = mounts.resolve(&path).content else {
                return Some(false);
            };
            Some(keys.iter().any(|own| {
                own.store == Store::ConfigMap && own.name.value == map.name() && own.key == key
            }))
        };
        let containers = || pod.containers.iter().enumerate();
        let named = containers().find(|(_, container)| loads(container) == Some(true));
        let found = named.or_else(|| {
            // Its configuration stands elsewhere, and includes this one.
            containers().find(|(_, container)| is_prometheus(container))
        });
        found.map(|(container, _)| Scraper {
            workload,
            container,
        })
    }
}

/// The names of the ConfigMaps in a volume.
fn maps(source: &VolumeSource) -> Vec<&str> {
    match source {
        VolumeSource::ConfigMap(map) => map.name.iter().map(|name| name.as_str()).collect(),
        VolumeSource::Projected(projection) => projection
            .sources
            .iter()
            .filter_map(|source| match source {
                ProjectedSource::ConfigMap(map) => map.name.as_ref().map(|name| name.as_str()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The file that `--config.file` names; Prometheus' own default when a container of its image has no arguments.
fn config_file(container: &Container) -> Option<String> {
    let arguments = container.command.iter().chain(&container.args).flatten();
    let arguments: Vec<&str> = arguments.map(|argument| argument.as_str()).collect();
    for (at, argument) in arguments.iter().enumerate() {
        for flag in [
            "--config.file",
            "-config.file",
            "-promscrape.config",
            "--promscrape.config",
        ] {
            match argument.strip_prefix(flag) {
                Some("") => return arguments.get(at + 1).map(|path| (*path).to_owned()),
                Some(rest) if rest.starts_with('=') => return Some(rest[1..].to_owned()),
                _ => {}
            }
        }
    }
    is_prometheus(container).then(|| "/etc/prometheus/prometheus.yml".to_owned())
}

fn is_prometheus(container: &Container) -> bool {
    let image = container.image.as_ref();
    let name = image.and_then(|image| image.repository.rsplit('/').next().map(str::to_owned));
    name.is_some_and(|name| name == "prometheus" || name == "vmagent")
}
