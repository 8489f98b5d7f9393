//! The proxy between an exporter and its peer, and what can be said behind it.

use super::End;
use super::FlawKind;
use super::Journey;
use super::walk::Walk;
use crate::graph::reach;
use crate::graph::reach::Reach;
use crate::graph::trail::Guard;
use crate::model::collector::Collector;
use crate::model::collector::dial::Dial;
use crate::model::collector::endpoint::Host;
use crate::model::collector::proxy::ForwardProxy;
use crate::model::collector::proxy::Way;
use crate::model::object::Object;
use crate::source::Span;

/// The proxy through which a signal goes.
#[derive(Clone, Debug)]
pub struct Detour {
    /// The proxy.
    pub proxy: ForwardProxy,
    /// The endpoint for which it is asked.
    pub endpoint: Span,
    /// The name there, when only the cluster knows it and the proxy stands outside.
    pub inner: Option<String>,
}

impl Walk<'_> {
    /// From the exporter to whoever answers, through the proxy that stands between them, if one does.
    pub(super) fn dialled(&self, journey: &mut Journey, own: &Collector, dial: &Dial) -> End {
        let run = &self.model.runs[journey.run];
        let why = match run.proxies.way(dial, run.build.minor) {
            Way::Direct => return self.reached(journey, own, dial),
            Way::Open(why) => format!("whether a proxy stands between is open: {why}"),
            Way::Through(proxy) => self.detour(journey, own, dial, proxy),
        };
        // Whom a Pod lets in hangs on who connects, and that is the proxy.
        if self.is_inner(own, journey, dial) || self.leads_to_service(own, journey, dial) {
            return End::Unknown(why);
        }
        self.reached(journey, own, dial);
        // A proxy may end TLS itself, and show certificates of its own.
        journey.flaws.retain(|flaw| !is_about_server(&flaw.kind));
        End::Unknown(why)
    }

    /// Adds the hop to `proxy`; why nothing is certain behind it.
    fn detour(
        &self,
        journey: &mut Journey,
        own: &Collector,
        dial: &Dial,
        proxy: ForwardProxy,
    ) -> String {
        let guard = if proxy.is_tunnel {
            Guard::None
        } else {
            Guard::Plain
        };
        let (address, told) = (&proxy.address, proxy.told);
        let is_inner = is_outside(&proxy.host) && self.is_inner(own, journey, dial);
        let what = match (is_inner, proxy.is_tunnel) {
            (true, _) => ", which is asked for a name that only the cluster knows",
            (false, true) => "",
            (false, false) => ", which reads it in plain text",
        };
        let why = format!("it goes through the proxy `{address}` of `{told}`{what}");
        journey
            .trail
            .push(guard, format!("proxy {address}"), Some(proxy.span));
        journey.detour = Some(Detour {
            proxy,
            endpoint: dial.endpoint,
            inner: dial.host.text().filter(|_| is_inner),
        });
        why
    }

    fn leads_to_service(&self, own: &Collector, journey: &Journey, dial: &Dial) -> bool {
        let from = self.origin(own, journey);
        let reach = self.addresses.reach(self.model, dial, from);
        matches!(reach, Reach::Service(_))
    }

    /// Whether the name that is dialled is one of Kubernetes' DNS: of a Service that was given, or `….svc`.
    fn is_inner(&self, own: &Collector, journey: &Journey, dial: &Dial) -> bool {
        let Host::Name(name) = &dial.host else {
            return false;
        };
        let from = self.origin(own, journey);
        let home = from.map(Object::namespace);
        is_service(name) || reach::service(self.model, name, home, from).is_some()
    }
}

/// `name.namespace.svc`, whatever follows.
fn is_service(name: &str) -> bool {
    name.split('.').nth(2) == Some("svc")
}

/// Whether `host` is no name of Kubernetes' DNS, and no address that may be one of its own.
fn is_outside(host: &Host) -> bool {
    match host {
        Host::Name(name) => name.split('.').count() > 2 && !is_service(name),
        Host::Ip(_) => host.is_public(),
        Host::Unix(_) | Host::Unknown(_) => false,
    }
}

/// Whether this is a verdict on the certificate that the other end shows.
const fn is_about_server(kind: &FlawKind) -> bool {
    matches!(
        kind,
        FlawKind::UncoveredServerName { .. } | FlawKind::UntrustedServer { .. }
    )
}
