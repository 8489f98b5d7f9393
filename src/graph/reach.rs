//! Which Gateway, Ingress or Service an address leads to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::attach::Attachment;
use crate::attach::hostname;
use crate::attach::route::ParentOutcome;
use crate::model::Model;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Security;
use crate::model::object::Object;
use crate::settings::Settings;
use crate::source::Spanned;

/// Where an exporter's connection ends up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One of these Gateways, as indexes into the model.
    Gateways(Vec<usize>),
    /// One of these Ingresses, as indexes into the model.
    Ingresses(Vec<usize>),
    /// This Service, as an index into the model.
    Service(usize),
    /// Several things of which any may be meant.
    Several,
    /// Somewhere that was not given.
    Outside,
}

/// Something that can be reached, as an index into the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Door {
    Gateway(usize),
    Ingress(usize),
    Service(usize),
}

/// The names and addresses of everything that can be reached.
#[derive(Debug, Default)]
pub struct Addresses {
    /// Host names and IP addresses.
    precise: BTreeMap<String, BTreeSet<Door>>,
    /// Host names that begin with `*`.
    wildcards: BTreeMap<String, BTreeSet<Door>>,
}

/// The annotation by which ExternalDNS is told the names of a Service, an Ingress or a Gateway, separated by commas
/// (external-dns, docs/annotations/annotations.md).
const EXTERNAL_DNS: &str = "external-dns.alpha.kubernetes.io/hostname";

impl Addresses {
    /// What leads where: by the addresses of Gateways, Ingresses and load balancers, by the host names of listeners
    /// (those of ListenerSets, too), routes and Ingresses, by what ExternalDNS is told, and by the settings.
    #[must_use]
    pub fn of(model: &Model, attachment: &Attachment, settings: &Settings) -> Self {
        let mut all = Self::default();
        for (index, gateway) in model.gateways.iter().enumerate() {
            let door = Door::Gateway(index);
            all.told(&gateway.object, door, settings);
            all.add_all(&gateway.addresses, door);
        }
        for facts in &attachment.listeners {
            if let Some(name) = facts.written(model).hostname() {
                all.add(name, Door::Gateway(facts.gateway));
            }
        }
        for parent in &attachment.parents {
            let ParentOutcome::Attached(accepted) = &parent.outcome else {
                continue;
            };
            for accepted in accepted {
                let gateway = attachment.listeners[accepted.listener].gateway;
                let names = accepted.hostnames.iter().flatten();
                names.for_each(|name| all.add(name, Door::Gateway(gateway)));
            }
        }
        for (index, ingress) in model.ingresses.iter().enumerate() {
            let door = Door::Ingress(index);
            all.told(&ingress.object, door, settings);
            all.add_all(&ingress.addresses, door);
            let hosts = ingress.rules.iter().filter_map(|rule| rule.host.as_ref());
            hosts.for_each(|host| all.add(host, door));
        }
        for (index, service) in model.services.iter().enumerate() {
            if service
                .kind
                .as_ref()
                .is_some_and(|kind| kind.value == "LoadBalancer")
            {
                all.told(&service.object, Door::Service(index), settings);
            }
            all.add_all(&service.addresses, Door::Service(index));
        }
        all
    }

    /// What the settings and ExternalDNS are told of `object`.
    fn told(&mut self, object: &Object, door: Door, settings: &Settings) {
        let title = format!("{}/{}", object.namespace(), object.name());
        for address in settings.addresses.get(&title).into_iter().flatten() {
            self.add(address, door);
        }
        let names = object.annotation(EXTERNAL_DNS);
        for name in names.iter().flat_map(|names| names.split(',')) {
            self.add(name.trim(), door);
        }
    }

    fn add_all(&mut self, names: &[Spanned<String>], door: Door) {
        names.iter().for_each(|name| self.add(name, door));
    }

    fn add(&mut self, name: &str, door: Door) {
        let names = if name.starts_with('*') {
            &mut self.wildcards
        } else {
            &mut self.precise
        };
        let doors = names.entry(name.to_ascii_lowercase()).or_default();
        doors.insert(door);
    }

    /// Where `dial`, made by what `from` describes if that is in a cluster, ends up. An address that says nothing itself (a
    /// placeholder, an IP address that nobody knows) is taken for that whose name the client asks for.
    #[must_use]
    pub fn reach(&self, model: &Model, dial: &Dial, from: Option<&Object>) -> Reach {
        let host = dial.host.text().unwrap_or_default();
        let home = from.map(Object::namespace);
        if let Some(service) = service(model, &host, home, from) {
            return Reach::Service(service);
        }
        let asked = match &dial.security {
            Security::Tls(handshake) => handshake.sni.known(),
            _ => dial.authority.without_port(),
        };
        let found = [Some(host.as_str()), asked]
            .into_iter()
            .flatten()
            .find_map(|name| self.doors(name));
        found.map_or(Reach::Outside, Reach::of)
    }

    fn doors(&self, name: &str) -> Option<&BTreeSet<Door>> {
        let name = name.to_ascii_lowercase();
        if let Some(exact) = self.precise.get(&name) {
            return Some(exact);
        }
        let parents = name
            .match_indices('.')
            .map(|(at, _)| format!("*{}", &name[at..]));
        let mut found = parents.filter(|pattern| hostname::matches(pattern, &name));
        found.find_map(|pattern| self.wildcards.get(&pattern))
    }
}

impl Reach {
    fn of(doors: &BTreeSet<Door>) -> Self {
        let (mut gateways, mut ingresses, mut services) = (Vec::new(), Vec::new(), Vec::new());
        for door in doors {
            match door {
                Door::Gateway(index) => gateways.push(*index),
                Door::Ingress(index) => ingresses.push(*index),
                Door::Service(index) => services.push(*index),
            }
        }
        // The proxy of a Gateway or a controller stands behind a Service itself, which then has the same address.
        match (
            gateways.is_empty(),
            ingresses.is_empty(),
            services.as_slice(),
        ) {
            (false, true, _) => Self::Gateways(gateways),
            (true, false, _) => Self::Ingresses(ingresses),
            (true, true, [service]) => Self::Service(*service),
            _ => Self::Several,
        }
    }
}

/// The Service that `host` names in the namespace `home` of a cluster: `name`, `name.namespace`, `name.namespace.svc[.…]`,
/// and of a headless one a Pod by its name before all that; of several environments side by side the one nearest to `from`,
/// else the first.
pub(super) fn service(
    model: &Model,
    host: &str,
    home: Option<&str>,
    from: Option<&Object>,
) -> Option<usize> {
    let parts: Vec<&str> = host.split('.').collect();
    let (name, namespace, is_pod) = match parts.as_slice() {
        [name] => (*name, home?, false),
        [name, namespace] => (*name, *namespace, false),
        [name, namespace, "svc", ..] => (*name, *namespace, false),
        [_, name, namespace] | [_, name, namespace, "svc", ..] => (*name, *namespace, true),
        _ => return None,
    };
    let found = match from {
        Some(from) => model.services.nearest_index(namespace, name, from),
        None => model.services.index(namespace, name),
    };
    found.filter(|at| !is_pod || model.services[*at].is_headless())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test ends at the first surprise
mod tests;
