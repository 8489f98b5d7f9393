//! What a container sees at a path: which mount, which volume, which key of which object.

use crate::model::workload::PodTemplate;
use crate::model::workload::command::Environment;
use crate::model::workload::container::Container;
use crate::model::workload::container::VolumeMount;
use crate::model::workload::volume::Item;
use crate::model::workload::volume::KeyVolume;
use crate::model::workload::volume::ProjectedSource;
use crate::model::workload::volume::Projection;
use crate::model::workload::volume::Volume;
use crate::model::workload::volume::VolumeSource;
use crate::source::Spanned;

/// The file system of one container, as far as its Pod decides it.
#[derive(Clone, Copy, Debug)]
pub struct Mounts<'w> {
    pod: &'w PodTemplate,
    container: &'w Container,
}

/// What a path of a container leads to, with the sentences of the manifest that say so.
#[derive(Clone, Debug)]
pub struct File<'w> {
    /// The mount that covers the path; `None` when the image's own file system answers.
    pub mount: Option<&'w VolumeMount>,
    /// The volume of that mount; `None` when the Pod has none of that name.
    pub volume: Option<&'w Volume>,
    /// What is there.
    pub content: Content<'w>,
}

/// What stands at a path.
#[derive(Clone, Debug)]
pub enum Content<'w> {
    /// A key of a ConfigMap or Secret. More than one only in a projected volume, whose sources are asked in this order:
    /// the first object that has the key gives the file.
    Keys(Vec<Key<'w>>),
    /// The mount point itself, or a folder that a volume makes: not a file.
    Folder,
    /// A file that the kubelet writes, by the field of the projected source: a token, a trust bundle.
    Made(&'w Spanned<String>),
    /// Nothing: the volume has `items`, or a layout, that leaves this path out.
    Absent,
    /// It hangs on a variable or name that was not given.
    Unknown,
    /// A volume whose content was not given: its field name, such as `emptyDir` or `csi`.
    Outside(&'w Spanned<String>),
    /// The mount names a volume that the Pod does not have.
    NoVolume,
    /// No mount covers the path: it is the image's own.
    Image,
}

/// A file that is a key of an object in the Pod's namespace.
#[derive(Clone, Debug)]
pub struct Key<'w> {
    /// Which kind of object.
    pub store: Store,
    /// Name of the object.
    pub name: &'w Spanned<String>,
    /// The key; as written in `items`, or as the path asks for it.
    pub key: String,
    /// The entry of `items` that names it, if any.
    pub item: Option<&'w Item>,
    /// Whether the Pod starts without it.
    pub optional: bool,
    /// The file's permission bits as the kubelet sets them, and where they are said; `None` means 0644.
    pub mode: Option<&'w Spanned<i64>>,
}

/// What holds keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

impl Store {
    /// The kind, as manifests name it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

impl<'w> Mounts<'w> {
    /// What `container` of `pod` sees.
    #[must_use]
    pub const fn new(pod: &'w PodTemplate, container: &'w Container) -> Self {
        Self { pod, container }
    }

    /// What stands at `path`; a relative path starts at `workingDir`, else at `/`, where images made from scratch
    /// start.
    #[must_use]
    pub fn resolve(&self, path: &str) -> File<'w> {
        let start = self
            .container
            .working_directory
            .as_ref()
            .map_or("/", |directory| directory.value.as_str());
        let start = if path.starts_with('/') { "" } else { start };
        let whole = components(&[start, path]);
        let Some((mount, depth)) = self.covering(&whole) else {
            return File {
                mount: None,
                volume: None,
                content: Content::Image,
            };
        };
        let mut file = File {
            mount: Some(mount),
            volume: self.pod.volume(&mount.name),
            content: Content::NoVolume,
        };
        if let Some(volume) = file.volume {
            file.content = match self.sub_path(mount) {
                Some(mut inside) => {
                    inside.extend_from_slice(&whole[depth..]);
                    volume.source.at(&inside)
                }
                None => Content::Unknown,
            };
        }
        file
    }

    /// The deepest mount over `path`, and how many components it covers; of equals the last.
    fn covering(&self, path: &[String]) -> Option<(&'w VolumeMount, usize)> {
        self.container
            .mounts
            .iter()
            .map(|mount| (mount, components(&[&mount.path])))
            .filter(|(_, point)| path.starts_with(point))
            .map(|(mount, point)| (mount, point.len()))
            .max_by_key(|(_, depth)| *depth)
    }

    /// The part of the volume that `mount` shows; `None` when it hangs on a variable whose value was not given.
    fn sub_path(&self, mount: &VolumeMount) -> Option<Vec<String>> {
        if let Some(expression) = &mount.sub_path_expression {
            let path = Environment::of(self.container).expand(&expression.value)?;
            return Some(components(&[&path]));
        }
        let path = mount
            .sub_path
            .as_ref()
            .map_or("", |path| path.value.as_str());
        Some(components(&[path]))
    }
}

impl VolumeSource {
    /// What stands at `path`, given by its components from the root of this volume.
    fn at(&self, path: &[String]) -> Content<'_> {
        match self {
            Self::ConfigMap(keys) => keys.content(Store::ConfigMap, path),
            Self::Secret(keys) => keys.content(Store::Secret, path),
            Self::Projected(projection) => projection.content(path),
            Self::Other(kind) => Content::Outside(kind),
        }
    }
}

impl KeyVolume {
    fn content(&self, store: Store, path: &[String]) -> Content<'_> {
        if self.is_folder(path) {
            return Content::Folder;
        }
        match self.key(store, path) {
            Some(key) => Content::Keys(vec![key]),
            None if self.name.is_none() => Content::Unknown,
            None => Content::Absent,
        }
    }

    fn is_folder(&self, path: &[String]) -> bool {
        let path = without_data(path);
        let items = self.items.iter().flatten();
        path.is_empty()
            || items
                .map(|item| components(&[&item.path]))
                .any(|item| item.len() > path.len() && item.starts_with(path))
    }

    /// The key that becomes the file at `path`.
    fn key(&self, store: Store, path: &[String]) -> Option<Key<'_>> {
        let path = without_data(path);
        let name = self.name.as_ref()?;
        let (key, item) = match &self.items {
            Some(items) => {
                let item = items
                    .iter()
                    .find(|item| components(&[&item.path]) == path)?;
                (item.key.value.clone(), Some(item))
            }
            None => {
                let [key] = path else { return None };
                (key.clone(), None)
            }
        };
        let mode = item
            .and_then(|item| item.mode.as_ref())
            .or(self.default_mode.as_ref());
        Some(Key {
            store,
            name,
            key,
            item,
            optional: self.optional,
            mode,
        })
    }
}

impl Projection {
    fn content(&self, path: &[String]) -> Content<'_> {
        let mut keys = Vec::new();
        let mut is_folder = path.is_empty();
        for source in self.sources.iter().rev() {
            let (store, source) = match source {
                ProjectedSource::ConfigMap(source) => (Store::ConfigMap, source),
                ProjectedSource::Secret(source) => (Store::Secret, source),
                ProjectedSource::Made { kind, paths } => {
                    let made = paths.iter().map(|made| components(&[made]));
                    for made in made {
                        if made == without_data(path) && keys.is_empty() {
                            return Content::Made(kind);
                        }
                        is_folder |= made.len() > path.len() && made.starts_with(path);
                    }
                    continue;
                }
            };
            is_folder |= source.is_folder(path);
            if let Some(mut key) = source.key(store, path) {
                key.mode = key.mode.or(self.default_mode.as_ref());
                keys.push(key);
            }
        }
        match keys.is_empty() {
            false => Content::Keys(keys),
            true if is_folder => Content::Folder,
            true => Content::Absent,
        }
    }
}

/// The components of the path that `parts` make together, from the root, with `.` and `..` worked out.
fn components(parts: &[&str]) -> Vec<String> {
    let mut components = Vec::new();
    for part in parts.iter().flat_map(|part| part.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                components.pop();
            }
            part => components.push(part.to_owned()),
        }
    }
    components
}

/// The kubelet writes keys into `..data` and links to them from the mount: both paths lead to the same file.
fn without_data(path: &[String]) -> &[String] {
    match path.split_first() {
        Some((first, rest)) if first == "..data" => rest,
        _ => path,
    }
}
