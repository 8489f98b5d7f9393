//! Probes by which the kubelet asks a Collector whether it lives, and which nobody answers.

use super::landing::may_listen;
use crate::model::Model;
use crate::model::collector::health::HealthServer;
use crate::model::collector::health::PORT;
use crate::model::run::Run;
use crate::model::service::PortRef;
use crate::model::workload::container::Container;
use crate::model::workload::probe::Probe;

/// The probes of one Collector at one port that come to nothing.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// The index into [`Model::runs`].
    pub run: usize,
    /// The indices into the probes of its container, in their order.
    pub probes: Vec<usize>,
    /// The port that they ask.
    pub port: u16,
    /// Why.
    pub cause: Cause,
}

/// Why nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No health check is started.
    Nobody,
    /// The one that is started listens on another port.
    OtherPort(HealthServer),
    /// It takes connections from its own Pod only.
    Loopback(HealthServer),
}

impl Unanswered {
    /// Those of every Collector, in the order of the runs.
    #[must_use]
    pub fn all(model: &Model) -> Vec<Self> {
        let runs = model.runs.iter().enumerate();
        runs.filter_map(|(at, run)| Self::of(model, at, run))
            .collect()
    }

    fn of(model: &Model, at: usize, run: &Run) -> Option<Self> {
        let container = run.container(model)?;
        let servers = run.collector.health_servers(run.build.minor)?;
        let asks = |probe: &Probe| asked(container, probe);
        let first = container.probes.iter().find_map(asks)?;
        let cause = cause(&servers, first)?;
        let pod = &run.workload(model)?.pod;
        let mut others = pod.running().filter(|other| other.span != container.span);
        if others.any(|other| may_listen(other, i64::from(first))) {
            return None;
        }
        let probes = container.probes.iter().enumerate();
        let same = probes.filter(|(_, probe)| asks(probe) == Some(first));
        Some(Self {
            run: at,
            probes: same.map(|(index, _)| index).collect(),
            port: first,
            cause,
        })
    }
}

/// What keeps the probes at `port` from an answer. Of another port than the usual one, something that is not known here
/// may listen.
fn cause(servers: &[HealthServer], port: u16) -> Option<Cause> {
    if let Some(server) = servers.iter().find(|server| server.port == port) {
        return (server.loopback == Some(true)).then(|| Cause::Loopback(server.clone()));
    }
    match servers.first() {
        _ if port != PORT => None,
        Some(server) => Some(Cause::OtherPort(server.clone())),
        None => Some(Cause::Nobody),
    }
}

/// The port that `probe` asks; `None` when it asks another host.
fn asked(container: &Container, probe: &Probe) -> Option<u16> {
    if probe.names_host {
        return None;
    }
    let number = match &probe.port {
        PortRef::Number(number) => number.value,
        PortRef::Name(name) => {
            let named = container.ports.iter().find(|port| {
                let own = port.name.as_ref();
                own.is_some_and(|own| own.value == name.value)
            });
            named?.port.as_ref()?.value
        }
    };
    u16::try_from(number).ok()
}
