//! Where a Service port ends: in which Pods, at which port, at which receiver of which collector.

use std::collections::BTreeMap;

use crate::attach::Absent;
use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::Origin;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::service::PortRef;
use crate::model::service::Service;
use crate::model::workload::Workload;
use crate::model::workload::command::CommandLine;
use crate::model::workload::command::ConfigUri;
use crate::model::workload::container::Container;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::settings::Settings;

/// Where one port of a Service ends.
#[derive(Debug)]
pub struct Landing {
    /// The Service, as an index into the model.
    pub service: usize,
    /// Which of its ports.
    pub port: usize,
    /// What is behind it.
    pub target: Target,
}

/// What is behind a Service port.
#[derive(Debug)]
pub enum Target {
    /// The Service selects nothing by itself: it has no selector, or is of type ExternalName.
    Elsewhere,
    /// No workload that was given carries the labels.
    NoWorkload(Absent),
    /// These Pods.
    Pods(Vec<Pod>),
}

/// A workload behind a Service port.
#[derive(Debug)]
pub struct Pod {
    /// The workload, as an index into the model.
    pub workload: usize,
    /// The number of the port; `None` when no container has a port of the name that the Service asks for.
    pub port: Option<i64>,
    /// Who listens there.
    pub listening: Listening,
}

/// Who listens on a port of a Pod.
#[derive(Debug)]
pub enum Listening {
    /// That server of that receiver of that collector, as indexes.
    Receiver {
        /// The collector, as an index into the model.
        collector: usize,
        /// Which of its receivers.
        receiver: usize,
        /// Which of the receiver's servers.
        server: usize,
        /// Whether it can be reached from outside the Pod; `None` when that is open.
        loopback: Option<bool>,
    },
    /// The collector that runs there is known, and nothing in it listens on the port.
    Nobody {
        /// The collector, as an index into the model.
        collector: usize,
    },
    /// What runs there is not known.
    Unknown,
}

impl Landing {
    /// Where every port of every Service ends, sorted by Service and port.
    #[must_use]
    pub fn all(model: &Model, settings: &Settings) -> Vec<Self> {
        let labels = Labels::of(model);
        let mut landings = Vec::new();
        for (index, service) in model.services.iter().enumerate() {
            let workloads = labels.selected(model, service);
            for port in 0..service.ports.len() {
                let target = match &workloads {
                    None => Target::Elsewhere,
                    Some(workloads) if workloads.is_empty() => {
                        Target::NoWorkload(Absent::of("Deployment", settings))
                    }
                    Some(workloads) => {
                        let pods = workloads
                            .iter()
                            .map(|workload| Pod::behind(model, settings, service, port, *workload));
                        Target::Pods(pods.collect())
                    }
                };
                landings.push(Self {
                    service: index,
                    port,
                    target,
                });
            }
        }
        landings
    }

    /// Every receiver that the port ends at.
    pub fn receivers(&self) -> impl Iterator<Item = (&Pod, usize, usize, usize)> {
        let pods: &[Pod] = if let Target::Pods(pods) = &self.target {
            pods
        } else {
            &[]
        };
        pods.iter().filter_map(|pod| match pod.listening {
            Listening::Receiver {
                collector,
                receiver,
                server,
                ..
            } => Some((pod, collector, receiver, server)),
            _ => None,
        })
    }
}

/// Workloads by namespace and label, so that a Service is not compared with every workload.
struct Labels<'m> {
    by_label: BTreeMap<(&'m str, &'m str, &'m str), Vec<usize>>,
}

impl<'m> Labels<'m> {
    fn of(model: &'m Model) -> Self {
        let mut by_label: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, workload) in model.workloads.iter().enumerate() {
            for Pair { key, value } in &workload.pod.labels {
                let label = (workload.object.namespace(), key.as_str(), value.as_str());
                by_label.entry(label).or_default().push(index);
            }
        }
        Self { by_label }
    }

    /// The workloads that `service` selects; `None` when it selects nothing by itself. Of several environments that
    /// stand side by side only the one nearest to the Service counts.
    fn selected(&self, model: &Model, service: &Service) -> Option<Vec<usize>> {
        let first = service
            .selector
            .first()
            .filter(|_| service.external_name.is_none())?;
        let namespace = service.object.namespace();
        let candidates = self
            .by_label
            .get(&(namespace, first.key.as_str(), first.value.as_str()));
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for index in candidates.into_iter().flatten().copied() {
            let workload = &model.workloads[index];
            if !selects(&service.selector, &workload.pod.labels) {
                continue;
            }
            let distance = |index: usize| {
                model.workloads[index]
                    .object
                    .source
                    .0
                    .abs_diff(service.object.source.0)
            };
            let nearest = by_name.entry(workload.object.name()).or_insert(index);
            if distance(index) < distance(*nearest) {
                *nearest = index;
            }
        }
        Some(by_name.into_values().collect())
    }
}

impl Pod {
    fn behind(
        model: &Model,
        settings: &Settings,
        service: &Service,
        port: usize,
        workload: usize,
    ) -> Self {
        let pod = &model.workloads[workload].pod;
        let entry = &service.ports[port];
        let port = match &entry.target {
            Some(PortRef::Number(number)) => Some(number.value),
            Some(PortRef::Name(name)) => {
                let mut ports = pod.running().flat_map(|container| &container.ports);
                let named = ports.find(|port| port.name.as_ref() == Some(name));
                named
                    .and_then(|port| port.port.as_ref())
                    .map(|port| port.value)
            }
            None => entry.port.as_ref().map(|port| port.value),
        };
        let listening = match port {
            Some(port) => Listening::on(model, settings, &model.workloads[workload], port),
            None => Listening::Unknown,
        };
        Self {
            workload,
            port,
            listening,
        }
    }
}

impl Listening {
    fn on(model: &Model, settings: &Settings, workload: &Workload, port: i64) -> Self {
        let mut unheard = None;
        for container in workload.pod.running() {
            let Some(index) = collector_of(model, workload, container) else {
                continue;
            };
            let collector = &model.collectors[index];
            let minor = collector_minor(container, settings);
            let mut is_certain = collector.extent == Extent::Whole;
            for (receiver, written) in collector.receivers.iter().enumerate() {
                is_certain &= !written.servers.is_empty();
                for (server, bound) in written.servers.iter().enumerate() {
                    let Ok(listens) = bound.listens(minor) else {
                        continue;
                    };
                    match listens.port {
                        Some(own) if i64::from(own) == port => {
                            return Self::Receiver {
                                collector: index,
                                receiver,
                                server,
                                loopback: listens.is_loopback(),
                            };
                        }
                        Some(_) => {}
                        None => is_certain = false,
                    }
                }
            }
            if is_certain {
                unheard = Some(index);
            }
        }
        unheard.map_or(Self::Unknown, |collector| Self::Nobody { collector })
    }
}

/// The minor version 0.x of the collector that `container` runs.
fn collector_minor(container: &Container, settings: &Settings) -> Option<u16> {
    let by_image = container.image.as_ref().and_then(|image| image.version());
    by_image
        .map(|(_, minor)| minor)
        .or_else(|| settings.assume.collector.map(|version| version.minor))
}

/// The configuration that `container` loads, as an index into the model, when it is one and was given.
fn collector_of(model: &Model, workload: &Workload, container: &Container) -> Option<usize> {
    let default = || {
        container
            .image
            .as_ref()
            .and_then(|image| image.distribution())
            .and_then(|own| own.default_config())
    };
    let path = match CommandLine::of(container) {
        CommandLine::Given(arguments) if !arguments.configs.is_empty() => {
            match arguments.configs.as_slice() {
                [one] => match &one.value {
                    ConfigUri::File(path) => path.clone(),
                    _ => return None,
                },
                _ => return None,
            }
        }
        CommandLine::Image | CommandLine::Given(_) => default()?.to_owned(),
        CommandLine::Opaque(_) => return None,
    };
    let Content::Keys(keys) = Mounts::new(&workload.pod, container).resolve(&path).content else {
        return None;
    };
    keys.iter().find_map(|key| {
        let namespace = workload.object.namespace();
        let map = match key.store {
            Store::ConfigMap => {
                model
                    .config_maps
                    .nearest(namespace, key.name, workload.object.source)?
            }
            Store::Secret => return None,
        };
        model
            .collectors
            .iter()
            .position(|collector| is_value(collector, map.object.id, &key.key))
    })
}

fn is_value(collector: &Collector, object: crate::model::object::ObjectId, key: &str) -> bool {
    matches!(&collector.origin, Origin::ConfigMap(own, name) if own.id == object && name.value == key)
}
