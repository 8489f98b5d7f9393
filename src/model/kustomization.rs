//! ConfigMaps and Secrets that kustomize makes: which keys they get, and from which files.

use std::sync::Arc;

use super::Model;
use super::comparison::join;
use super::object::Object;
use super::workload::mount::Store;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

pub mod completion;

/// One entry of `configMapGenerator` or `secretGenerator`. The hash that kustomize puts behind the name stands behind
/// every reference to it, too, so both are taken without.
#[derive(Clone, Debug)]
pub struct Generator {
    /// The kustomization that it is an entry of.
    pub kustomization: Arc<Object>,
    /// What it makes.
    pub store: Store,
    /// `name`.
    pub name: Spanned<String>,
    /// `namespace` of the entry, else of the kustomization; `None` when neither says one.
    pub namespace: Option<String>,
    /// Keys, each with the file that holds the value, as a path like those of the sources; `None` for a literal.
    pub keys: Vec<(String, Option<String>)>,
    /// Whether there may be more keys: variables from a file, or a merge with another object.
    pub is_open: bool,
}

impl Model {
    /// The generator that `from` means by `name`: of several the one in the nearest folder.
    #[must_use]
    pub fn generator(&self, store: Store, name: &str, from: &Object) -> Option<&Generator> {
        let meant = self
            .generators
            .iter()
            .filter(|own| own.is(store, name, from));
        meant.min_by_key(|own| own.kustomization.distance(from))
    }

    /// Whether `from` may mean any of several objects by `name`, as [`Kinds::is_contested`](super::kinds::Kinds) says.
    #[must_use]
    pub fn is_contested(&self, store: Store, name: &str, from: &Object) -> bool {
        let namespace = from.namespace();
        match store {
            Store::ConfigMap => self.config_maps.is_contested(namespace, name, from),
            Store::Secret => self.secrets.is_contested(namespace, name, from),
        }
    }
}

impl Generator {
    /// The generators of `kustomization`.
    pub(super) fn read_all(kustomization: &Arc<Object>) -> Vec<Self> {
        let root = kustomization.tree.node();
        let home = root.string_at("namespace").map(|namespace| namespace.value);
        let kinds = [
            ("configMapGenerator", Store::ConfigMap),
            ("secretGenerator", Store::Secret),
        ];
        let mut generators = Vec::new();
        for (key, store) in kinds {
            let entries = root.get(key).into_iter().flat_map(Node::items);
            for entry in entries.filter(|entry| entry.shape() == Shape::Mapping) {
                generators.extend(Self::read(kustomization, entry, store, home.as_ref()));
            }
        }
        generators
    }

    fn read(
        kustomization: &Arc<Object>,
        entry: Node<'_>,
        store: Store,
        home: Option<&String>,
    ) -> Option<Self> {
        let files = entry.strings_at("files").into_iter().map(|file| {
            let (key, path) = match file.value.split_once('=') {
                Some((key, path)) => (key, path),
                None => (
                    file.value.rsplit('/').next().unwrap_or_default(),
                    file.value.as_str(),
                ),
            };
            (
                key.to_owned(),
                Some(join(&kustomization.origin.folder, path)),
            )
        });
        let literals = entry.strings_at("literals").into_iter().map(|literal| {
            let key = literal
                .value
                .split_once('=')
                .map_or(literal.value.as_str(), |(key, _)| key);
            (key.to_owned(), None)
        });
        let behaviour = entry.string_at("behavior");
        Some(Self {
            kustomization: Arc::clone(kustomization),
            store,
            name: entry.string_at("name")?,
            namespace: entry
                .string_at("namespace")
                .map(|namespace| namespace.value)
                .or_else(|| home.cloned()),
            keys: files.chain(literals).collect(),
            is_open: entry.has("envs")
                || entry.has("env")
                || behaviour.is_some_and(|behaviour| behaviour.value == "merge"),
        })
    }

    /// Whether `object` may refer to it by `name`. Objects get the kustomization's namespace when they are built, so one
    /// that says none is meant, too.
    fn is(&self, store: Store, name: &str, object: &Object) -> bool {
        let is_home = match (&self.namespace, &object.namespace) {
            (Some(own), Some(other)) => *own == other.value,
            _ => true,
        };
        self.store == store && self.name.value == name && is_home
    }

    /// The file behind `key`: `None` when there is no such key, `Some(None)` when its value is no file.
    #[must_use]
    pub fn file(&self, key: &str) -> Option<Option<&str>> {
        let (_, file) = self.keys.iter().find(|(own, _)| own == key)?;
        Some(file.as_deref())
    }

    /// The Secret or ConfigMap as an object that exists.
    pub(super) fn made(&self) -> Arc<Object> {
        let mut object = Object::clone(&self.kustomization);
        object.name = Some(self.name.clone());
        object.namespace = self
            .namespace
            .clone()
            .map(|namespace| Spanned::new(namespace, self.name.span));
        Arc::new(object)
    }
}

/// Whether a source of that name is a kustomization.
#[must_use]
pub fn is_kustomization(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    matches!(
        file,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}
