//! What Istio's sidecar before a receiver makes of a request: whom it lets in, and which tokens it verifies.

use super::Journey;
use super::arrival::Freight;
use super::arrival::Inbound;
use super::authorize::Request;
use super::changes::Changes;
use super::matching;
use super::shown::AUTHORIZATION;
use super::walk::Walk;
use crate::graph::delivery::Upstream;
use crate::graph::landing::Landing;
use crate::graph::landing::Pod;
use crate::graph::sidecar::Sidecar;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Security;
use crate::model::collector::receiver::Transport;

/// What it is called in what is said of it.
const WHO: &str = "the sidecar of the receiver";

impl Walk<'_> {
    /// What the sidecar of `pod` makes of what comes: why its end is open, if so, and what becomes of its headers.
    pub(super) fn at_sidecar(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        landing: &Landing,
        inbound: &Inbound,
        pod: &Pod,
    ) -> (Option<String>, Changes) {
        let mut changes = match &inbound.freight {
            Freight::Own => Changes::default(),
            Freight::Requests { changes, .. } => changes.clone(),
        };
        let found = pod
            .port
            .and_then(|port| Sidecar::of(self.model, pod.workload, port));
        let Some(sidecar) = found.filter(|found| found.looks_at_requests()) else {
            return (None, changes);
        };
        let is_read = match &inbound.freight {
            Freight::Own => dial.security == Security::Plaintext,
            Freight::Requests { upstream, .. } => {
                matches!(upstream, Upstream::Http1 | Upstream::H2c)
            }
        };
        if !sidecar.is_certain || !is_read {
            let why = "whether a sidecar with policies of Istio lets it in is open";
            changes.blur(why);
            return (Some(why.to_owned()), changes);
        }
        let mut unknown = None;
        for at in &sidecar.authentications {
            let asking = self.authenticate(journey, *at, WHO, &mut changes);
            unknown = unknown.or(self.heeded(journey, &asking));
        }
        let workloads = (landing.service, pod.workload);
        let path = match &inbound.freight {
            Freight::Requests { path, .. } if dial.transport == Transport::Http => path.clone(),
            _ => matching::path(dial, journey.signal),
        };
        let request = Request {
            path,
            authority: None,
            port: pod.port,
            is_anonymous: self.speaks_mesh(journey.run, dial, workloads, inbound) == Some(false),
            is_without_jwt: self.shows(journey, AUTHORIZATION).is_without_bearer(),
            place: WHO,
        };
        let policies = sidecar.authorizations.iter();
        let policies = policies.map(|(at, own)| (&self.model.authorization_policies[*at], *own));
        let policies: Vec<_> = policies.collect();
        let admitted = self.admit(journey, &policies, &request);
        (unknown.or(admitted), changes)
    }
}
