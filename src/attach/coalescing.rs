//! Listeners on one port whose certificates are good for the same name: a client may use the connection of one for the other.
//!
//! Source: Gateway API v1.6, Gateway condition `OverlappingTLSConfig`; Envoy Gateway 1.9, `internal/gatewayapi/listener.go`, which
//! then offers no HTTP/2, unless a ClientTrafficPolicy sets `tls.alpnProtocols`.

use super::Attachment;
use super::hostname;
use super::listener::ListenerFacts;
use crate::model::Model;

impl Attachment {
    /// The first other HTTPS listener of the Gateway whose certificates are good for a name that those of `facts` are good
    /// for, on the same port.
    #[must_use]
    pub fn sharing_names<'a>(
        &'a self,
        model: &Model,
        facts: &ListenerFacts,
    ) -> Option<&'a ListenerFacts> {
        let own = facts.written(model);
        if own.protocol() != "HTTPS" || facts.conflict.is_some() {
            return None;
        }
        let served = self.gateways[facts.gateway].served.clone();
        let mut others = self.listeners[served].iter().filter(|other| {
            let written = other.written(model);
            (other.set, other.listener) != (facts.set, facts.listener)
                && written.protocol() == "HTTPS"
                && written.port == own.port
        });
        let own_names: Vec<&String> = names(facts).collect();
        others.find(|other| {
            own_names.iter().any(|own| {
                names(other).any(|their| hostname::intersection(Some(own), Some(their)).is_some())
            })
        })
    }

    /// The listener for whose sake `facts` offers no HTTP/2, so that gRPC fails; `None` when it offers that, or when a policy
    /// in its namespace says what is offered.
    #[must_use]
    pub fn downgraded_by<'a>(
        &'a self,
        model: &Model,
        facts: &ListenerFacts,
    ) -> Option<&'a ListenerFacts> {
        let gateway = &self.gateways[facts.gateway];
        let home = model.gateways[facts.gateway].object.namespace();
        let mut policies = model.client_traffic_policies.iter();
        let is_said =
            policies.any(|policy| policy.object.namespace() == home && !policy.alpn.is_empty());
        if !gateway.profile.drops_http2 || is_said {
            return None;
        }
        self.sharing_names(model, facts)
    }
}

/// The names of the certificates that can be used.
fn names(facts: &ListenerFacts) -> impl Iterator<Item = &String> {
    let usable = facts.certificates.iter();
    let usable = usable.filter(|certificate| certificate.is_usable());
    usable.flat_map(|certificate| &certificate.names)
}
