//! What the proxy of the mesh in the exporter's own Pod makes of a connection that leaves it.
//!
//! Source: istio 1.31, `OutboundTrafficPolicy`: under `REGISTRY_ONLY` a connection to what the mesh does not know ends in its
//! black hole.

use super::walk::Walk;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::outbound;
use crate::graph::reach;
use crate::model::collector::dial::Dial;

impl Walk<'_> {
    /// Why it cannot be said that the connection leaves the Pod, if so: a ServiceEntry may be elsewhere.
    pub(super) fn departs(&self, run: usize, dial: &Dial) -> Option<String> {
        let own = self.model.runs[run].workload(self.model)?;
        let (object, pod) = (&own.object, &own.pod);
        let is_taken = matches!(Injection::of(self.model, object, pod), Injection::Yes(_))
            && !outbound::is_free(self.model, object, pod);
        if !is_taken || outbound::registry_only(self.model, object, &pod.labels).is_none() {
            return None;
        }
        let host = dial.host.text()?;
        let home = Some(object.namespace());
        if reach::service(self.model, &host, home, Some(object)).is_some() || self.is_entered(&host)
        {
            return None;
        }
        Some(format!(
            "the exporter's proxy lets it go to what the mesh knows only (`REGISTRY_ONLY`), and no ServiceEntry for {host} was given"
        ))
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
