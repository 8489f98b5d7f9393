//! What holds a connection back in the exporter's own Pod: NetworkPolicies for what goes out, and the proxy of the mesh.
//!
//! Source: networking.k8s.io/v1, NetworkPolicySpec, `egress`; istio 1.31, `OutboundTrafficPolicy`: under `REGISTRY_ONLY` a
//! connection to what the mesh does not know ends in its black hole.

use super::Journey;
use super::shield::Sender;
use super::walk::Walk;
use crate::graph::policy::Direction;
use crate::graph::policy::Guarded;
use crate::graph::policy::Party;
use crate::graph::policy::Passage;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::outbound;
use crate::graph::reach;
use crate::model::collector::dial::Dial;
use crate::model::workload::Workload;

impl Walk<'_> {
    /// What keeps the exporter from going out to the Pods of that workload, on that port; why it cannot be said to get there,
    /// if so.
    pub(super) fn way_out(
        &self,
        journey: &mut Journey,
        (target, port): (usize, i64),
    ) -> Option<String> {
        let own = self.model.runs[journey.run].workload?;
        let pods = &self.model.workloads[target];
        let guarded = Guarded::of(self.client(journey.run)?);
        let to = (port, Some(&pods.pod));
        match self.exits.passage(guarded, to, Party::Workload(pods)) {
            Passage::Unknown(kind) => Some(held_by(kind)),
            Passage::Barred(barred) => {
                let direction = Direction::Egress;
                self.barred(journey, barred, direction, (own, port), Sender::Exporter);
                None
            }
            Passage::Admitted | Passage::Unguarded | Passage::HostNetwork => None,
        }
    }

    /// Why it cannot be said that the connection leaves the Pod for what is no Service of the cluster, if so.
    pub(super) fn departs(&self, run: usize, dial: &Dial) -> Option<String> {
        let own = self.client(run)?;
        let host = dial.host.text()?;
        let home = Some(own.object.namespace());
        if reach::service(self.model, &host, home, Some(&own.object)).is_some() {
            return None;
        }
        let port = (i64::from(dial.port?), None);
        match self.exits.passage(Guarded::of(own), port, Party::Outside) {
            Passage::Unknown(kind) => return Some(held_by(kind)),
            // What leads out and in again goes to a Pod, on a port of its own.
            Passage::Barred(_) => {
                return Some(format!(
                    "whether a NetworkPolicy lets the exporter out to {host} is not known"
                ));
            }
            Passage::Admitted | Passage::Unguarded | Passage::HostNetwork => {}
        }
        (self.is_held(own) && !self.is_entered(&host)).then(|| {
            format!("the exporter's proxy lets it go to what the mesh knows only (`REGISTRY_ONLY`), and no ServiceEntry for {host} was given")
        })
    }

    /// Whether the proxy in these Pods lets out to what the mesh knows only.
    fn is_held(&self, own: &Workload) -> bool {
        let (object, pod) = (&own.object, &own.pod);
        matches!(Injection::of(self.model, object, pod), Injection::Yes(_))
            && !outbound::is_free(self.model, object, pod)
            && outbound::registry_only(self.model, object, &pod.labels).is_some()
    }

    /// Whether a ServiceEntry has the name or the address.
    fn is_entered(&self, host: &str) -> bool {
        let mut entries = self.model.service_entries.iter();
        entries.any(|entry| {
            let has = |name: &str| match name.strip_prefix('*') {
                Some(rest) => host.len() > rest.len() && host.ends_with(rest),
                None => host.eq_ignore_ascii_case(name),
            };
            entry.hosts.iter().any(|own| has(own)) || entry.addresses.iter().any(|own| has(own))
        })
    }
}

fn held_by(kind: &str) -> String {
    format!("a {kind} guards the exporter's Pods, and is not judged")
}
