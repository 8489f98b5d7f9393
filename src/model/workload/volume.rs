//! Volumes of a Pod, and which of them carry objects that we can read.

use crate::model::workload::container::entries;
use crate::model::workload::container::is_true;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// One volume of a Pod.
#[derive(Clone, Debug)]
pub struct Volume {
    /// The whole entry.
    pub span: Span,
    /// `name`, by which mounts ask for it.
    pub name: Spanned<String>,
    /// What it holds.
    pub source: VolumeSource,
}

/// What a volume holds.
#[derive(Clone, Debug)]
pub enum VolumeSource {
    /// `configMap`.
    ConfigMap(KeyVolume),
    /// `secret`.
    Secret(KeyVolume),
    /// `projected`: several sources under one mount, later ones win.
    Projected(Projection),
    /// Anything else, by its field name: `emptyDir`, `hostPath`, `csi`, `persistentVolumeClaim`,
    /// `volumeClaimTemplates` …
    Other(Spanned<String>),
}

/// The keys of one ConfigMap or Secret as files.
#[derive(Clone, Debug)]
pub struct KeyVolume {
    /// Name of the ConfigMap or Secret; `None` when absent.
    pub name: Option<Spanned<String>>,
    /// `items`; `None` means every key, as a file of its own name.
    pub items: Option<Vec<Item>>,
    /// `defaultMode`; 0644 when absent. In a projection the projection's.
    pub default_mode: Option<Spanned<i64>>,
    /// Whether the Pod starts without the object or the keys.
    pub optional: bool,
}

/// One entry of `items`: a key, and the file that it becomes.
#[derive(Clone, Debug)]
pub struct Item {
    /// The whole entry.
    pub span: Span,
    /// `key`.
    pub key: Spanned<String>,
    /// `path`, relative to the mount.
    pub path: Spanned<String>,
    /// `mode`.
    pub mode: Option<Spanned<i64>>,
}

/// A projected volume.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Its sources, in order.
    pub sources: Vec<ProjectedSource>,
    /// `defaultMode`; 0644 when absent.
    pub default_mode: Option<Spanned<i64>>,
}

/// One source of a projected volume.
#[derive(Clone, Debug)]
pub enum ProjectedSource {
    /// `configMap`.
    ConfigMap(KeyVolume),
    /// `secret`.
    Secret(KeyVolume),
    /// One file that the kubelet writes: `serviceAccountToken`, `clusterTrustBundle`, `podCertificate`; its `path`.
    Made {
        /// The field name of the source.
        kind: Spanned<String>,
        /// Relative paths of the files.
        paths: Vec<String>,
    },
}

impl Volume {
    pub(in crate::model) fn read(node: Node<'_>) -> Option<Self> {
        let name = node.string_at("name")?;
        let source = VolumeSource::read(node).unwrap_or_else(|| {
            // A volume without a source is an `emptyDir`: core/v1 defaults.
            VolumeSource::Other(Spanned::new("emptyDir".to_owned(), name.span))
        });
        Some(Self {
            span: node.span(),
            name,
            source,
        })
    }

    /// A volume that a StatefulSet's `volumeClaimTemplates` entry brings.
    pub(in crate::model) fn claimed(node: Node<'_>) -> Option<Self> {
        let name = node.get("metadata")?.string_at("name")?;
        let kind = Spanned::new("volumeClaimTemplates".to_owned(), name.span);
        Some(Self {
            span: node.span(),
            name,
            source: VolumeSource::Other(kind),
        })
    }
}

impl VolumeSource {
    fn read(node: Node<'_>) -> Option<Self> {
        if let Some(source) = node.get("configMap") {
            return Some(Self::ConfigMap(KeyVolume::read(source, "name")));
        }
        if let Some(source) = node.get("secret") {
            return Some(Self::Secret(KeyVolume::read(source, "secretName")));
        }
        if let Some(source) = node.get("projected") {
            return Some(Self::Projected(Projection {
                sources: entries(source, "sources", |entry| Some(projected(entry)))
                    .into_iter()
                    .flatten()
                    .collect(),
                default_mode: source.integer_at("defaultMode"),
            }));
        }
        node.entries()
            .find(|(key, _)| key.text() != "name")
            .map(|(key, _)| Self::Other(Spanned::new(key.text().into_owned(), key.span())))
    }
}

impl KeyVolume {
    fn read(node: Node<'_>, name: &str) -> Self {
        let items = entries(node, "items", Item::read);
        Self {
            name: node.string_at(name),
            items: node
                .get("items")
                .is_some_and(|list| list.items().next().is_some())
                .then_some(items),
            default_mode: node.integer_at("defaultMode"),
            optional: is_true(node, "optional"),
        }
    }
}

impl Item {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            key: node.string_at("key")?,
            path: node.string_at("path")?,
            mode: node.integer_at("mode"),
        })
    }
}

fn projected(node: Node<'_>) -> Vec<ProjectedSource> {
    let mut sources = Vec::new();
    for (key, source) in node.entries() {
        let kind = Spanned::new(key.text().into_owned(), key.span());
        sources.push(match kind.value.as_str() {
            "configMap" => ProjectedSource::ConfigMap(KeyVolume::read(source, "name")),
            "secret" => ProjectedSource::Secret(KeyVolume::read(source, "name")),
            "downwardAPI" => ProjectedSource::Made {
                kind,
                paths: entries(source, "items", |item| item.string_at("path"))
                    .into_iter()
                    .map(|path| path.value)
                    .collect(),
            },
            _ => ProjectedSource::Made {
                kind,
                paths: [
                    "path",
                    "keyPath",
                    "certificateChainPath",
                    "credentialBundlePath",
                ]
                .iter()
                .filter_map(|key| source.string_at(key))
                .map(|path| path.value)
                .collect(),
            },
        });
    }
    sources
}
