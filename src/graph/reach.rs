//! Which Gateway or Service an address leads to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::attach::Attachment;
use crate::attach::hostname;
use crate::model::Model;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Security;
use crate::model::object::Object;
use crate::settings::Settings;

/// Where an exporter's connection ends up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One of these Gateways, as indexes into the model.
    Gateways(Vec<usize>),
    /// This Service, as an index into the model.
    Service(usize),
    /// Somewhere that was not given.
    Outside,
}

/// The names and addresses of everything that can be reached.
#[derive(Debug, Default)]
pub struct Addresses {
    /// Host names and IP addresses to Gateways.
    gateways: BTreeMap<String, BTreeSet<usize>>,
    /// Wildcard host names of listeners to Gateways.
    wildcards: BTreeMap<String, BTreeSet<usize>>,
}

impl Addresses {
    /// What leads where, by the Gateways' addresses, the host names of their listeners and of those of their ListenerSets,
    /// and the settings.
    #[must_use]
    pub fn of(model: &Model, attachment: &Attachment, settings: &Settings) -> Self {
        let mut addresses = Self::default();
        for (index, gateway) in model.gateways.iter().enumerate() {
            let title = format!("{}/{}", gateway.object.namespace(), gateway.object.name());
            let said = settings
                .addresses
                .get(&title)
                .into_iter()
                .flatten()
                .map(String::as_str);
            let written = gateway.addresses.iter().map(|address| address.as_str());
            for address in said.chain(written) {
                addresses
                    .gateways
                    .entry(address.to_ascii_lowercase())
                    .or_default()
                    .insert(index);
            }
        }
        for facts in &attachment.listeners {
            let Some(hostname) = facts.written(model).hostname() else {
                continue;
            };
            let names = match hostname.starts_with('*') {
                true => &mut addresses.wildcards,
                false => &mut addresses.gateways,
            };
            let name = hostname.to_ascii_lowercase();
            names.entry(name).or_default().insert(facts.gateway);
        }
        addresses
    }

    /// Where `dial`, made by what `from` describes if that is in a cluster, ends up. An address that says nothing itself (a
    /// placeholder, an IP address that nobody knows) is taken for the Gateway whose name the client asks for.
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
            .find_map(|name| self.gateways_of(name));
        found.map_or(Reach::Outside, Reach::Gateways)
    }

    fn gateways_of(&self, name: &str) -> Option<Vec<usize>> {
        let name = name.to_ascii_lowercase();
        if let Some(exact) = self.gateways.get(&name) {
            return Some(exact.iter().copied().collect());
        }
        let parents = name
            .match_indices('.')
            .map(|(at, _)| format!("*{}", &name[at..]));
        let mut found = parents.filter(|pattern| hostname::matches(pattern, &name));
        found
            .find_map(|pattern| self.wildcards.get(&pattern))
            .map(|gateways| gateways.iter().copied().collect())
    }
}

/// The Service that `host` names in the namespace `home` of a cluster: `name`, `name.namespace`, `name.namespace.svc[.…]`;
/// of several environments side by side the one nearest to `from`, else the first.
pub(super) fn service(
    model: &Model,
    host: &str,
    home: Option<&str>,
    from: Option<&Object>,
) -> Option<usize> {
    let parts: Vec<&str> = host.split('.').collect();
    let (name, namespace) = match parts.as_slice() {
        [name] => (*name, home?),
        [name, namespace] => (*name, *namespace),
        [name, namespace, "svc", ..] => (*name, *namespace),
        _ => return None,
    };
    match from {
        Some(from) => model.services.nearest_index(namespace, name, from),
        None => model.services.index(namespace, name),
    }
}
