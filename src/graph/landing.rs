//! Where a Service port ends: in which Pods, at which port, at which receiver of which collector.

use std::collections::BTreeMap;

use super::sidecar::Sidecar;
use crate::attach::Absent;
use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::receiver::Transport;
use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::model::object::ObjectId;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::service::PortRef;
use crate::model::service::Service;
use crate::model::workload::container::Container;
use crate::model::workload::container::ContainerPort;
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
    /// That server of that receiver of a collector, as indexes.
    Receiver {
        /// The collector as it runs, as an index into the model's runs.
        run: usize,
        /// Which of its receivers.
        receiver: usize,
        /// Which of the receiver's servers.
        server: usize,
        /// Whether it can be reached from outside the Pod; `None` when that is open.
        loopback: Option<bool>,
    },
    /// The collector that runs there is known, and nothing in it listens on the port.
    Nobody {
        /// The collector as it runs, as an index into the model's runs.
        run: usize,
    },
    /// What runs there is not known.
    Unknown,
}

impl Landing {
    /// Whether the sidecar of every Pod behind it keeps outsiders out; `by_gateway` when those come through one.
    #[must_use]
    pub fn is_sheltered(&self, model: &Model, by_gateway: bool) -> bool {
        let Target::Pods(pods) = &self.target else {
            return false;
        };
        let guards = |pod: &Pod| {
            let sidecar = Sidecar::of(model, pod.workload, pod.port?)?;
            Some(sidecar.guards(model, by_gateway))
        };
        !pods.is_empty() && pods.iter().all(|pod| guards(pod) == Some(true))
    }

    /// Where every port of every Service ends, sorted by Service and port.
    #[must_use]
    pub fn all(model: &Model, settings: &Settings) -> Vec<Self> {
        let behind = Behind::of(model);
        let runs = Runs::of(model);
        let mut landings = Vec::new();
        for (index, service) in model.services.iter().enumerate() {
            let workloads = behind.selected(model, service);
            for port in 0..service.ports.len() {
                let target = match &workloads {
                    None => Target::Elsewhere,
                    Some(workloads) if workloads.is_empty() => Target::NoWorkload(Absent::of(
                        "Deployment",
                        service.object.namespace(),
                        settings,
                    )),
                    Some(workloads) => {
                        let pods = workloads
                            .iter()
                            .map(|workload| Pod::behind(model, &runs, service, port, *workload));
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
                run,
                receiver,
                server,
                ..
            } => Some((pod, run, receiver, server)),
            _ => None,
        })
    }
}

/// Workloads by namespace and label, so that a Service is not compared with every workload.
pub(super) struct Behind<'m> {
    by_label: BTreeMap<(&'m str, &'m str, &'m str), Carriers<'m>>,
}

/// The workloads of a namespace that carry a label, as indices.
#[derive(Default)]
struct Carriers<'m> {
    count: usize,
    by_name: BTreeMap<&'m str, ByFolder<'m>>,
}

/// Workloads of one name, by their folders.
type ByFolder<'m> = BTreeMap<&'m str, Vec<usize>>;

impl<'m> Behind<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut by_label: BTreeMap<_, Carriers<'m>> = BTreeMap::new();
        for (index, workload) in model.workloads.iter().enumerate() {
            let object = &workload.object;
            for Pair { key, value } in &workload.pod.labels {
                let label = (object.namespace(), key.as_str(), value.as_str());
                let carriers = by_label.entry(label).or_default();
                carriers.count += 1;
                let by_folder = carriers.by_name.entry(object.name()).or_default();
                let folder: &str = &object.origin.folder;
                by_folder.entry(folder).or_default().push(index);
            }
        }
        Self { by_label }
    }

    /// The workloads that `service` selects; `None` when it selects nothing by itself. Of several environments that
    /// stand side by side only the one nearest to the Service counts.
    pub(super) fn selected(&self, model: &Model, service: &Service) -> Option<Vec<usize>> {
        if service.selector.is_empty() || service.external_name.is_some() {
            return None;
        }
        // Some labels stand on every Pod of a repository; the rarest one leaves the fewest to compare.
        let namespace = service.object.namespace();
        let mut rarest: Option<&Carriers<'_>> = None;
        for Pair { key, value } in &service.selector {
            let label = (namespace, key.as_str(), value.as_str());
            let Some(carriers) = self.by_label.get(&label) else {
                return Some(Vec::new());
            };
            if rarest.is_none_or(|rarest| carriers.count < rarest.count) {
                rarest = Some(carriers);
            }
        }
        let by_name = rarest?.by_name.values();
        Some(
            by_name
                .filter_map(|own| nearest(model, service, own))
                .collect(),
        )
    }
}

/// Of workloads of one name the nearest that `service` selects.
fn nearest(model: &Model, service: &Service, by_folder: &ByFolder<'_>) -> Option<usize> {
    let object = &service.object;
    let is_selected = |at: &usize| selects(&service.selector, &model.workloads[*at].pod.labels);
    let distance = |at: &usize| (model.workloads[*at].object.distance(object), *at);
    let folder: &str = &object.origin.folder;
    let here = by_folder.get(folder).into_iter().flatten().copied();
    // None is nearer than those of the same folder.
    let here = here.filter(is_selected).min_by_key(distance);
    here.or_else(|| {
        let all = by_folder.values().flatten().copied();
        all.filter(is_selected).min_by_key(distance)
    })
}

impl Pod {
    fn behind(model: &Model, runs: &Runs, service: &Service, port: usize, workload: usize) -> Self {
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
            Some(port) => Listening::on(model, runs, workload, port),
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
    fn on(model: &Model, runs: &Runs, workload: usize, port: i64) -> Self {
        let mut unheard = None;
        for index in runs.at(workload).iter().copied() {
            let run = &model.runs[index];
            let collector = &run.collector;
            let mut is_certain = collector.extent == Extent::Whole;
            for (receiver, written) in collector.receivers.iter().enumerate() {
                for (server, bound) in written.servers.iter().enumerate() {
                    let listens = if collector.is_operated() {
                        bound.listens_in_operator()
                    } else {
                        bound.listens(run.build.minor)
                    };
                    let Ok(listens) = listens else { continue };
                    match listens.port {
                        Some(own) if i64::from(own) == port => {
                            return Self::Receiver {
                                run: index,
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
            let others = &model.workloads[workload].pod;
            let may_be_other = others
                .running()
                .enumerate()
                .any(|(at, container)| at != run.container && may_listen(container, port));
            if is_certain && !may_be_other && hears_only_otlp(collector, port) {
                unheard = Some(index);
            }
        }
        unheard.map_or(Self::Unknown, |run| Self::Nobody { run })
    }
}

/// The collectors that run in each workload, as indexes into the model's runs.
struct Runs {
    by_workload: BTreeMap<usize, Vec<usize>>,
}

impl Runs {
    fn of(model: &Model) -> Self {
        let mut by_workload: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut operated: BTreeMap<ObjectId, usize> = BTreeMap::new();
        for (index, run) in model.runs.iter().enumerate() {
            match run.workload {
                Some(workload) => by_workload.entry(workload).or_default().push(index),
                None if run.collector.is_operated() => {
                    operated.extend(run.collector.object().map(|object| (object.id, index)));
                }
                None => {}
            }
        }
        for (workload, own) in model.workloads.iter().enumerate() {
            if let Some(run) = operated.get(&own.object.id) {
                by_workload.entry(workload).or_default().push(*run);
            }
        }
        Self { by_workload }
    }

    fn at(&self, workload: usize) -> &[usize] {
        self.by_workload.get(&workload).map_or(&[], Vec::as_slice)
    }
}

/// Whether `container`, which is no collector, may listen on `port`: it says so, or says nothing of its ports. The
/// proxy of a mesh listens for others.
pub(super) fn may_listen(container: &Container, port: i64) -> bool {
    let names_it = |entry: &ContainerPort| entry.port.as_ref().is_some_and(|own| own.value == port);
    let is_proxy = container
        .name
        .as_ref()
        .is_some_and(|name| name.value == "istio-proxy");
    !is_proxy && (container.ports.is_empty() || container.ports.iter().any(names_it))
}

/// Whether nothing but otlp receivers can be meant by `port`: every receiver is one, or it is one of their two default
/// ports; and no other text of the configuration names it.
fn hears_only_otlp(collector: &Collector, port: i64) -> bool {
    let is_default = [Transport::Grpc, Transport::Http]
        .iter()
        .any(|transport| i64::from(transport.port()) == port);
    let all_otlp = collector
        .receivers
        .iter()
        .all(|receiver| !receiver.servers.is_empty());
    let ending = format!(":{port}");
    let sections = ["receivers", "extensions", "service"];
    let names_it = sections
        .iter()
        .filter_map(|section| collector.root.get(section))
        .any(|section| mentions(section, port, &ending));
    let is_open = collector
        .receivers
        .iter()
        .any(|receiver| receiver.id.kind == "otlp" && receiver.servers.is_empty());
    (is_default || all_otlp) && !names_it && !is_open
}

/// Whether a text in `value` ends in `ending`, or a number is `port`. Values are no deeper than their reader allows.
fn mentions(value: &Value, port: i64, ending: &str) -> bool {
    match &value.content {
        Content::Text(text) => text.as_written().ends_with(ending),
        Content::Integer(number) => *number == i128::from(port),
        Content::List(items) => items.iter().any(|item| mentions(item, port, ending)),
        Content::Map(map) => {
            let mut entries = map.entries().iter();
            entries.any(|entry| mentions(&entry.value, port, ending))
        }
        _ => false,
    }
}
