//! One Kubernetes object: what it is, what it is called, where it stands.

use std::sync::Arc;

use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;
use crate::yaml::Text;
use crate::yaml::Tree;

/// Which object of a [`Model`](super::Model): its index in the order of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

/// A key and its value, as in labels and annotations, each with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key as written.
    pub key: Spanned<String>,
    /// The value's text, whatever type the scalar resolves to.
    pub value: Spanned<String>,
}

/// Where an object comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The folder of its file, as the path was given; empty for the working directory and for standard input.
    pub folder: Arc<str>,
    /// Where it is when it names no namespace.
    pub namespace: Arc<str>,
}

/// Kinds that have no namespace and are found by name; all of them are filed under one.
const CLUSTER_WIDE: &[&str] = &[
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "GatewayClass",
    "Namespace",
];

/// One document that names a `kind`, or one item of a `List`.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its index in the order of the input.
    pub id: ObjectId,
    /// The file it stands in.
    pub source: SourceId,
    /// The folder of that file, and the namespace where nothing names one.
    pub origin: Origin,
    /// The whole document.
    pub span: Span,
    /// `apiVersion`.
    pub api_version: Option<Spanned<String>>,
    /// `kind`.
    pub kind: Spanned<String>,
    /// `metadata.name`.
    pub name: Option<Spanned<String>>,
    /// `metadata.namespace`, if written.
    pub namespace: Option<Spanned<String>>,
    /// `metadata.labels`, as written.
    pub labels: Vec<Pair>,
    /// `metadata.annotations`, as written.
    pub annotations: Vec<Pair>,
    /// The document itself.
    pub tree: Tree,
}

impl Object {
    /// The object that `node` is, or `None` when it names no `kind`.
    pub(super) fn read(id: ObjectId, origin: &Origin, node: Node<'_>) -> Option<Self> {
        let kind = node.string_at("kind")?;
        let metadata = node.get("metadata");
        Some(Self {
            id,
            source: node.span().source,
            origin: origin.clone(),
            span: node.span(),
            api_version: node.string_at("apiVersion"),
            kind,
            name: metadata.and_then(|metadata| metadata.string_at("name")),
            namespace: metadata.and_then(|metadata| metadata.string_at("namespace")),
            labels: metadata
                .map(|metadata| pairs(metadata, "labels"))
                .unwrap_or_default(),
            annotations: metadata
                .map(|metadata| pairs(metadata, "annotations"))
                .unwrap_or_default(),
            tree: node.keep(),
        })
    }

    /// How far `other` is, nearest first: how many folders a walk from one file's folder to the other's enters or leaves,
    /// then how many files were given between them.
    #[must_use]
    pub fn distance(&self, other: &Self) -> (usize, u32) {
        self.distance_to(other.source, &other.origin.folder)
    }

    /// How far the file `source` in `folder` is, as [`Object::distance`] counts.
    #[must_use]
    pub fn distance_to(&self, source: SourceId, folder: &str) -> (usize, u32) {
        let files = self.source.0.abs_diff(source.0);
        let (mut mine, mut others) = (names(&self.origin.folder), names(folder));
        loop {
            match (mine.next(), others.next()) {
                (None, None) => return (0, files),
                (Some(own), Some(other)) if own == other => {}
                (own, other) => {
                    let parted = usize::from(own.is_some()) + usize::from(other.is_some());
                    return (parted + mine.count() + others.count(), files);
                }
            }
        }
    }

    /// The API group: what stands before the `/` of `apiVersion`, empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version
            .as_ref()
            .and_then(|version| version.split_once('/'))
            .map_or("", |(group, _)| group)
    }

    /// The version within the group, such as `v1beta1`; empty when `apiVersion` is missing.
    #[must_use]
    pub fn version(&self) -> &str {
        let Some(version) = &self.api_version else {
            return "";
        };
        version
            .split_once('/')
            .map_or(version.as_str(), |(_, version)| version)
    }

    /// `metadata.name`, empty when missing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.as_str())
    }

    /// The namespace that the API server files it under: when none is written that of the settings, which is `default`
    /// unless kubectl's context says otherwise. Of kinds that have no namespace it is always the same.
    #[must_use]
    pub fn namespace(&self) -> &str {
        match &self.namespace {
            Some(namespace) => namespace.as_str(),
            None if CLUSTER_WIDE.contains(&self.kind.as_str()) => "default",
            None => &self.origin.namespace,
        }
    }

    /// `metadata.creationTimestamp`, which only objects read from a cluster have: the order in which controllers settle
    /// conflicts. RFC 3339 in UTC, so that texts compare as times.
    #[must_use]
    pub fn created(&self) -> Option<String> {
        let metadata = self.tree.node().get("metadata")?;
        let created = metadata.get("creationTimestamp")?;
        created
            .shape()
            .is_scalar()
            .then(|| created.text().into_owned())
    }

    /// What the scalar at `span` says, with the place of each of its bytes.
    pub(super) fn text_at(&self, span: Span) -> Option<Text> {
        let mut node = self.tree.node();
        loop {
            if node.span() == span && node.shape() == Shape::Scalar {
                return Some(node.inner());
            }
            let holds =
                |child: &Node<'_>| child.span().contains(span) && child.anchored().is_none();
            let values = node.entries().map(|(_, value)| value);
            node = values.chain(node.items()).find(holds)?;
        }
    }

    /// Where its name is written; its `kind` when it has none.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.name.as_ref().map_or(self.kind.span, |name| name.span)
    }

    /// The label of that key.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<&Spanned<String>> {
        value(&self.labels, key)
    }

    /// The annotation of that key.
    #[must_use]
    pub fn annotation(&self, key: &str) -> Option<&Spanned<String>> {
        value(&self.annotations, key)
    }

    /// How people call it: `Gateway otel/edge`, or `Gateway edge` when it names no namespace.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name()),
            None => format!("{} {}", self.kind, self.name()),
        }
    }
}

/// The value under `key`; of a key written twice the last one, as the API server takes it.
#[must_use]
pub fn value<'p>(pairs: &'p [Pair], key: &str) -> Option<&'p Spanned<String>> {
    pairs
        .iter()
        .rev()
        .find(|pair| pair.key.value == key)
        .map(|pair| &pair.value)
}

/// The folders that a path goes through, from the outermost.
fn names(folder: &str) -> impl Iterator<Item = &str> {
    folder.split('/').filter(|name| !name.is_empty())
}

/// The string map under `key` of `node`; entries that are not scalars are left out.
pub(super) fn pairs(node: Node<'_>, key: &str) -> Vec<Pair> {
    let Some(map) = node.get(key) else {
        return Vec::new();
    };
    map.entries()
        .filter(|(_, value)| value.shape().is_scalar())
        .map(|(key, value)| Pair {
            key: Spanned::new(key.text().into_owned(), key.span()),
            value: Spanned::new(value.text().into_owned(), value.span()),
        })
        .collect()
}

/// Whether `labels` carry every pair that `selector` asks for. An empty selector selects nothing here: callers that
/// mean "everything" say so themselves.
#[must_use]
pub fn selects(selector: &[Pair], labels: &[Pair]) -> bool {
    !selector.is_empty()
        && selector.iter().all(|wanted| {
            value(labels, &wanted.key).is_some_and(|label| label.value == wanted.value.value)
        })
}

/// Anything that is one Kubernetes object.
pub trait Named {
    /// The object it was read from.
    fn object(&self) -> &Arc<Object>;
}
