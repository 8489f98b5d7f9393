//! ConfigMaps and Secrets that kustomize makes: which keys they get, and from which files.

use std::sync::Arc;

use super::comparison::join;
use super::object::Object;
use super::workload::mount::Store;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

/// One entry of `configMapGenerator` or `secretGenerator`. The hash that kustomize puts behind the name stands behind
/// every reference to it, too, so both are taken without.
#[derive(Clone, Debug)]
pub struct Generator {
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

impl Generator {
    /// The generators of the kustomization `name` (its path) with the root `root`.
    pub(super) fn read_all(name: &str, root: Node<'_>) -> Vec<Self> {
        let (folder, _) = name.rsplit_once('/').unwrap_or(("", name));
        let home = root.string_at("namespace").map(|namespace| namespace.value);
        let kinds = [
            ("configMapGenerator", Store::ConfigMap),
            ("secretGenerator", Store::Secret),
        ];
        let mut generators = Vec::new();
        for (key, store) in kinds {
            let entries = root.get(key).into_iter().flat_map(Node::items);
            for entry in entries.filter(|entry| entry.shape() == Shape::Mapping) {
                generators.extend(Self::read(entry, store, folder, home.as_ref()));
            }
        }
        generators
    }

    fn read(entry: Node<'_>, store: Store, folder: &str, home: Option<&String>) -> Option<Self> {
        let files = entry.strings_at("files").into_iter().map(|file| {
            let (key, path) = match file.value.split_once('=') {
                Some((key, path)) => (key, path),
                None => (
                    file.value.rsplit('/').next().unwrap_or_default(),
                    file.value.as_str(),
                ),
            };
            (key.to_owned(), Some(join(folder, path)))
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
    #[must_use]
    pub fn is(&self, store: Store, name: &str, object: &Object) -> bool {
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

    /// The Secret or ConfigMap as an object that exists, made from `kustomization`.
    pub(super) fn made(&self, kustomization: &Object) -> Arc<Object> {
        let mut object = kustomization.clone();
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
