//! NetworkPolicies that keep every gateway from the collector that its routes lead to.

use std::collections::BTreeSet;

use super::delivery::Delivery;
use super::landing::Landing;
use super::landing::Target;
use super::policy::Barred;
use super::policy::Direction;
use super::policy::Guarded;
use super::policy::Party;
use super::policy::Passage;
use super::policy::Policies;
use crate::attach::Attachment;
use crate::model::Model;

/// A collector that no gateway can reach.
#[derive(Debug)]
pub struct Barrier {
    /// The policies that keep them out.
    pub barred: Barred,
    /// The workload, as an index into the model.
    pub workload: usize,
    /// What a gateway would hand to it, as an index into the graph.
    pub delivery: usize,
    /// The port of the Pod.
    pub port: i64,
}

impl Barrier {
    /// Every barrier, workload by workload, once for each port.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        landings: &[Landing],
        deliveries: &[Delivery],
    ) -> Vec<Self> {
        let guards = Policies::of(model, Direction::Ingress);
        let mut seen = BTreeSet::new();
        let mut barriers = Vec::new();
        for (at, delivery) in deliveries.iter().enumerate() {
            let Target::Pods(pods) = &landings[delivery.landing].target else {
                continue;
            };
            let gateway = attachment.listeners[delivery.listener].gateway;
            let home = model.gateways[gateway].object.namespace();
            for pod in pods {
                let Some(port) = pod.port.filter(|port| seen.insert((pod.workload, *port))) else {
                    continue;
                };
                let workload = &model.workloads[pod.workload];
                let (guarded, port_of) = (Guarded::of(workload), (port, Some(&workload.pod)));
                let passage = guards.passage(guarded, port_of, Party::Proxy(home));
                if let Passage::Barred(barred) = passage {
                    barriers.push(Self {
                        barred,
                        workload: pod.workload,
                        delivery: at,
                        port,
                    });
                }
            }
        }
        barriers
    }
}

#[cfg(test)]
mod tests;
