//! Secrets and ConfigMaps that telemetry depends on by name, and that are not there.

use std::collections::BTreeSet;

use super::entrance::Entrance;
use crate::attach::Absent;
use crate::attach::Attachment;
use crate::attach::listener::Authorities;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Resolved;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::model::workload::PodTemplate;
use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentSourceKind;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::mount::Store;
use crate::model::workload::volume::KeyVolume;
use crate::model::workload::volume::ProjectedSource;
use crate::model::workload::volume::VolumeSource;
use crate::settings::Settings;
use crate::source::Span;
use crate::source::Spanned;

/// ConfigMaps that controllers put into every namespace: Kubernetes, OpenShift and Istio, each for its authorities.
const EVERYWHERE: &[&str] = &[
    "kube-root-ca.crt",
    "openshift-service-ca.crt",
    "istio-ca-root-cert",
];

/// A Secret or ConfigMap that is named, and is not there.
#[derive(Debug)]
pub struct Lack {
    /// Where its name is written.
    pub said: Span,
    /// What it should be.
    pub store: Store,
    /// Its name.
    pub name: String,
    /// The namespace in which it is looked for.
    pub namespace: String,
    /// Who needs it.
    pub by: Needer,
    /// Whether it had to be given.
    pub absent: Absent,
    /// Objects of its kind and name in other namespaces: where their names stand, and the namespaces; at most three.
    pub elsewhere: Vec<(Span, String)>,
}

/// What cannot do without a Secret or ConfigMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needer {
    /// A listener, for its certificate.
    Listener,
    /// A listener, for one of the authorities of its clients; it has others.
    Authority,
    /// A Gateway, for the certificate that it shows to backends.
    Gateway,
    /// A BackendTLSPolicy, for the authorities of a backend.
    Backend,
    /// The Pod of a Collector, for a volume.
    Volume,
    /// The container of a Collector, for its environment.
    Environment,
    /// An Ingress, for its certificate.
    Ingress,
}

impl Lack {
    /// All that is not there: of listeners, of the Pods of Collectors, of Ingresses that take telemetry.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        entrances: &[Entrance],
        settings: &Settings,
    ) -> Vec<Self> {
        let mut search = Search {
            model,
            settings,
            found: Vec::new(),
        };
        search.listeners(attachment);
        let workloads: BTreeSet<usize> = model.runs.iter().filter_map(|run| run.workload).collect();
        for workload in workloads {
            let workload = &model.workloads[workload];
            search.pod(&workload.object, &workload.pod);
        }
        let ingresses: BTreeSet<usize> = entrances.iter().map(|way| way.ingress).collect();
        for ingress in ingresses {
            search.ingress(ingress);
        }
        search.found
    }
}

struct Search<'s> {
    model: &'s Model,
    settings: &'s Settings,
    found: Vec<Lack>,
}

impl Search<'_> {
    fn listeners(&mut self, attachment: &Attachment) {
        let model = self.model;
        for facts in &attachment.listeners {
            let owner = facts.owner(model);
            let tls = facts.written(model).tls.iter();
            let references = tls.flat_map(|tls| &tls.certificates);
            for (reference, certificate) in references.zip(&facts.certificates) {
                if matches!(certificate.secret, Resolved::Absent(_)) {
                    self.referred(Store::Secret, reference, owner, Needer::Listener);
                }
            }
        }
        self.authorities(attachment);
        for (gateway, facts) in model.gateways.iter().zip(&attachment.gateways) {
            let shown = gateway.client_certificate.as_ref();
            if let (Some(reference), Some(Resolved::Absent(_))) = (shown, &facts.client_certificate)
            {
                self.referred(Store::Secret, reference, &gateway.object, Needer::Gateway);
            }
        }
        for policy in &model.backend_tls_policies {
            for reference in &policy.authorities {
                let store = match (reference.group_or(""), reference.kind_or("ConfigMap")) {
                    ("", "ConfigMap") => Store::ConfigMap,
                    ("", "Secret") => Store::Secret,
                    _ => continue,
                };
                self.look(
                    store,
                    &Spanned::new(reference.name().to_owned(), reference.name_span()),
                    &policy.object,
                    Needer::Backend,
                );
            }
        }
    }

    /// The references of `spec.tls.frontend`, each once however many listeners obey it.
    fn authorities(&mut self, attachment: &Attachment) {
        let model = self.model;
        // Without any authority nobody can connect, which is a matter of its own.
        let has_some = |facts: &&ListenerFacts| {
            !matches!(facts.clients.authorities(), Some((_, Authorities::Missing)))
        };
        let obeyed = attachment.listeners.iter().filter(has_some);
        let absent: BTreeSet<Span> = obeyed
            .flat_map(|facts| &facts.authorities)
            .filter(|authority| matches!(authority.secret, Resolved::Absent(_)))
            .map(|authority| authority.said)
            .collect();
        for gateway in &model.gateways {
            let frontends = gateway.frontend.iter();
            let validations = frontends.flat_map(|frontend| {
                let ports = frontend.per_port.iter();
                let of_ports = ports.filter_map(|entry| entry.validation.as_ref());
                frontend.default.iter().chain(of_ports)
            });
            for reference in validations.flat_map(|validation| &validation.authorities) {
                if absent.contains(&reference.name_span()) {
                    let store = match reference.kind_or("ConfigMap") {
                        "Secret" => Store::Secret,
                        _ => Store::ConfigMap,
                    };
                    self.referred(store, reference, &gateway.object, Needer::Authority);
                }
            }
        }
    }

    fn referred(&mut self, store: Store, reference: &Reference, owner: &Object, by: Needer) {
        let name = Spanned::new(reference.name().to_owned(), reference.name_span());
        let namespace = reference.namespace_or(owner.namespace());
        self.miss(store, &name, namespace, (owner, by));
    }

    fn pod(&mut self, owner: &Object, pod: &PodTemplate) {
        for volume in &pod.volumes {
            match &volume.source {
                VolumeSource::Secret(keys) => self.volume(owner, Store::Secret, keys),
                VolumeSource::ConfigMap(keys) => self.volume(owner, Store::ConfigMap, keys),
                VolumeSource::Projected(projection) => {
                    for source in &projection.sources {
                        match source {
                            ProjectedSource::Secret(keys) => {
                                self.volume(owner, Store::Secret, keys);
                            }
                            ProjectedSource::ConfigMap(keys) => {
                                self.volume(owner, Store::ConfigMap, keys);
                            }
                            ProjectedSource::Made { .. } => {}
                        }
                    }
                }
                VolumeSource::Other(_) => {}
            }
        }
        for container in pod.containers.iter().chain(&pod.init_containers) {
            self.environment(owner, container);
        }
    }

    fn volume(&mut self, owner: &Object, store: Store, keys: &KeyVolume) {
        if let (Some(name), false) = (&keys.name, keys.optional) {
            self.look(store, name, owner, Needer::Volume);
        }
    }

    fn environment(&mut self, owner: &Object, container: &Container) {
        for variable in &container.env {
            let (store, key) = match &variable.value {
                EnvironmentValue::Secret(key) => (Store::Secret, key),
                EnvironmentValue::ConfigMap(key) => (Store::ConfigMap, key),
                _ => continue,
            };
            if !key.optional {
                self.look(store, &key.name, owner, Needer::Environment);
            }
        }
        for source in container.env_from.iter().filter(|from| !from.optional) {
            let store = match source.kind {
                EnvironmentSourceKind::Secret => Store::Secret,
                EnvironmentSourceKind::ConfigMap => Store::ConfigMap,
            };
            self.look(store, &source.name, owner, Needer::Environment);
        }
    }

    fn ingress(&mut self, at: usize) {
        let ingress = &self.model.ingresses[at];
        // cert-manager makes the Secrets of an Ingress that carries its annotation.
        let mut annotations = ingress.object.annotations.iter();
        if annotations.any(|own| own.key.starts_with("cert-manager.io/")) {
            return;
        }
        for name in ingress.tls.iter().filter_map(|tls| tls.secret.as_ref()) {
            self.look(Store::Secret, name, &ingress.object, Needer::Ingress);
        }
    }

    /// Notes what `owner` needs by `name`, unless it is there or something makes it.
    fn look(&mut self, store: Store, name: &Spanned<String>, owner: &Object, by: Needer) {
        let namespace = owner.namespace();
        let is_there = match store {
            Store::Secret => self.model.secrets.named(namespace, name).is_some(),
            Store::ConfigMap => self.model.config_maps.named(namespace, name).is_some(),
        };
        let is_made = self.model.generator(store, name, owner).is_some()
            || store == Store::ConfigMap && EVERYWHERE.contains(&name.as_str());
        if !is_there && !is_made {
            self.miss(store, name, namespace, (owner, by));
        }
    }

    fn miss(
        &mut self,
        store: Store,
        name: &Spanned<String>,
        namespace: &str,
        (owner, by): (&Object, Needer),
    ) {
        let same = self.same(store, name);
        // An object that names no namespace gets one when it is applied, and it may be this one.
        let has_open_home = same.iter().any(|object| object.namespace.is_none())
            || owner.namespace.is_none() && !same.is_empty();
        if has_open_home {
            return;
        }
        // What cert-manager will make in another namespace is a matter of `certificate-drift`.
        let mut orders = self.model.orders.iter();
        let is_ordered =
            store == Store::Secret && orders.any(|order| order.made_name() == Some(name.as_str()));
        let elsewhere = same.iter().filter(|_| !is_ordered);
        let elsewhere = elsewhere.map(|object| (object.name_span(), object.namespace().to_owned()));
        let elsewhere = elsewhere.take(3).collect();
        self.found.push(Lack {
            said: name.span,
            store,
            name: name.value.clone(),
            namespace: namespace.to_owned(),
            by,
            absent: Absent::of(store.kind(), namespace, self.settings),
            elsewhere,
        });
    }

    /// All objects of that kind and name, in any namespace.
    fn same(&self, store: Store, name: &str) -> Vec<&Object> {
        let objects: Vec<&Object> = match store {
            Store::Secret => {
                let secrets = self.model.secrets.iter();
                secrets.map(|secret| secret.object.as_ref()).collect()
            }
            Store::ConfigMap => {
                let maps = self.model.config_maps.iter();
                maps.map(|map| map.object.as_ref()).collect()
            }
        };
        let same = objects.into_iter();
        same.filter(|object| object.name() == name).collect()
    }
}
