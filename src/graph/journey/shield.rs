//! What guards a Pod from those who connect to it: NetworkPolicies, and the proxy of the mesh.

use super::FlawKind;
use super::Journey;
use super::arrival::Freight;
use super::arrival::Inbound;
use super::walk::Walk;
use crate::graph::delivery::Teller;
use crate::graph::delivery::Upstream;
use crate::graph::landing::Landing;
use crate::graph::landing::Pod;
use crate::graph::policy::Barred;
use crate::graph::policy::Direction;
use crate::graph::policy::Guarded;
use crate::graph::policy::Party;
use crate::graph::policy::Passage;
use crate::graph::proxy::injection;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::interception;
use crate::graph::proxy::interception::Mode;
use crate::graph::proxy::outbound;
use crate::graph::reach;
use crate::model::collector::dial::Dial;
use crate::model::object::Object;
use crate::model::workload::Workload;
use crate::source::Span;

/// Who opens the connection to a Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The exporter itself.
    Exporter,
    /// The proxy of that Gateway, as an index into the model.
    Gateway(usize),
    /// The controller of an Ingress.
    Ingress,
}

impl Sender {
    /// What people call it.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Exporter => "the exporter",
            Self::Gateway(_) => "the gateway",
            Self::Ingress => "the Ingress controller",
        }
    }

    /// The Gateway, as an index into the model.
    #[must_use]
    pub const fn gateway(self) -> Option<usize> {
        match self {
            Self::Gateway(gateway) => Some(gateway),
            Self::Exporter | Self::Ingress => None,
        }
    }
}

impl Walk<'_> {
    /// What keeps the sender from `pod`; why it cannot be said to let it in, if so.
    pub(super) fn shield(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        inbound: &Inbound,
        pod: &Pod,
    ) -> Option<String> {
        let port = pod.port?;
        let way_out = match inbound.sender {
            Sender::Exporter => self.way_out(journey, (pod.workload, port)),
            Sender::Gateway(_) | Sender::Ingress => None,
        };
        let by_policy = self.at_policies(journey, (pod.workload, port), inbound.sender);
        let speaks_mesh =
            || self.speaks_mesh(journey.run, dial, (landing.service, pod.workload), inbound);
        let by_mesh = match self.is_mesh_only(pod.workload, port) {
            None => None,
            Some((by, is_certain)) => match (speaks_mesh(), is_certain) {
                (Some(true), _) => None,
                (Some(false), true) => {
                    let kind = FlawKind::MeshOnly {
                        workload: pod.workload,
                        port,
                        sender: inbound.sender,
                    };
                    journey.flaw(by, kind);
                    None
                }
                (Some(false), false) => Some(
                    "whether the Pod has a proxy, which then takes mTLS of the mesh only, is not known"
                        .to_owned(),
                ),
                (None, _) => Some(format!(
                    "the Pod's proxy takes mTLS of the mesh only, and whether {} speaks it is not known",
                    inbound.sender.noun()
                )),
            },
        };
        way_out.or(by_policy).or(by_mesh)
    }

    fn at_policies(
        &self,
        journey: &mut Journey,
        (workload, port): (usize, i64),
        sender: Sender,
    ) -> Option<String> {
        let pods = &self.model.workloads[workload];
        let entry = |party| {
            let port = (port, Some(&pods.pod));
            self.entries.passage(Guarded::of(pods), port, party)
        };
        // What comes from the node's network has the node's address.
        let client = self.client(journey.run);
        let client = client.filter(|client| !client.pod.on_host_network());
        let party = match sender {
            Sender::Exporter => client.map_or(Party::Anybody, Party::Workload),
            Sender::Gateway(gateway) => {
                Party::Proxy(self.model.gateways[gateway].object.namespace())
            }
            Sender::Ingress => Party::Anybody,
        };
        match entry(party) {
            Passage::Unknown(kind) => Some(format!("a {kind} guards the Pods, and is not judged")),
            Passage::Barred(barred) => {
                let direction = Direction::Ingress;
                self.barred(journey, barred, direction, (workload, port), sender);
                None
            }
            Passage::Admitted if sender == Sender::Ingress => {
                let elsewhere = entry(Party::Elsewhere);
                matches!(elsewhere, Passage::Barred(_)).then(|| {
                    "whether a NetworkPolicy lets the Ingress controller in is not known".to_owned()
                })
            }
            Passage::Admitted | Passage::Unguarded | Passage::HostNetwork => None,
        }
    }

    /// Records that policies for `workload` let nothing through to that port.
    pub(super) fn barred(
        &self,
        journey: &mut Journey,
        barred: Barred,
        direction: Direction,
        (workload, port): (usize, i64),
        sender: Sender,
    ) {
        let at = direction.span(&self.model.network_policies[barred.first]);
        let kind = FlawKind::Barred {
            barred,
            direction,
            workload,
            port,
            sender,
        };
        journey.flaw(at, kind);
    }

    /// What makes the proxy of the mesh before these Pods refuse all but the mesh's mTLS on `port`, and whether it is
    /// certain that there is one; `None` when nothing does.
    fn is_mesh_only(&self, workload: usize, port: i64) -> Option<(Span, bool)> {
        let workload = &self.model.workloads[workload];
        let (object, pod) = (&workload.object, &workload.pod);
        let Mode::Strict(by) = Mode::of(self.model, object, &pod.labels, port) else {
            return None;
        };
        let is_ambient = injection::is_ambient(self.model, object, pod);
        match Injection::of(self.model, object, pod) {
            _ if is_ambient => Some((by, true)),
            Injection::No(..) => None,
            _ if !interception::takes(self.model, object, pod, port) => None,
            Injection::Yes(_) => Some((by, true)),
            Injection::Unknown => Some((by, false)),
        }
    }

    /// Whether what connects speaks the mesh's mTLS; `None` when that is not known.
    pub(super) fn speaks_mesh(
        &self,
        run: usize,
        dial: &Dial,
        (service, workload): (usize, usize),
        inbound: &Inbound,
    ) -> Option<bool> {
        match (inbound.sender, &inbound.freight) {
            (Sender::Exporter, _) => self.is_in_mesh(run, dial, workload),
            (Sender::Gateway(gateway), Freight::Requests { upstream, .. })
                if self.attachment.gateways[gateway].profile.has_mesh_proxies() =>
            {
                let service = &self.model.services[service].object;
                let (namespace, name) = (service.namespace(), service.name());
                let mut rules = self.model.destination_rules.iter();
                let is_told = rules.any(|rule| rule.says_tls && rule.is_about(namespace, name));
                match upstream {
                    // A rule that leaves plain text to be spoken says `DISABLE`.
                    Upstream::Http1 | Upstream::H2c => Some(!is_told),
                    Upstream::Tls(Teller::Rule(_)) => Some(false),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether a proxy of the mesh speaks for the exporter; `None` when that is not known. Sidecars and the ambient mesh
    /// understand each other only where Istio is told to let them (istio.io, "Ambient and sidecar interoperability").
    fn is_in_mesh(&self, run: usize, dial: &Dial, target: usize) -> Option<bool> {
        let client = self.client(run);
        let from = client.map(|client| client.object.as_ref());
        let host = dial.host.text()?;
        if reach::service(self.model, &host, from.map(Object::namespace), from).is_none() {
            // An address from outside leads around the mesh.
            return dial.host.is_public().then_some(false);
        }
        let (client, target) = (client?, &self.model.workloads[target]);
        let is_ambient = |own: &Workload| injection::is_ambient(self.model, &own.object, &own.pod);
        let (object, pod) = (&client.object, &client.pod);
        let speaks = match Injection::of(self.model, object, pod) {
            _ if is_ambient(client) => true,
            Injection::Yes(_) => !outbound::is_free(self.model, object, pod),
            Injection::No(..) => false,
            Injection::Unknown => return None,
        };
        (!speaks || is_ambient(client) == is_ambient(target)).then_some(speaks)
    }

    /// What makes the exporter's Pods.
    pub(super) fn client(&self, run: usize) -> Option<&Workload> {
        self.model.runs[run].workload(self.model)
    }
}

#[cfg(test)]
mod tests;
