//! Which files the containers of Collectors name, and what stands there.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::setting;
use crate::attach::Absent;
use crate::model::Model;
use crate::model::image::Distribution;
use crate::model::run::Run;
use crate::model::store;
use crate::model::workload::Workload;
use crate::model::workload::WorkloadKind;
use crate::model::workload::command::CommandLine;
use crate::model::workload::command::ConfigUri;
use crate::model::workload::command::Environment;
use crate::model::workload::container::Container;
use crate::model::workload::mount;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::settings::Settings;
use crate::source::Span;
use crate::source::Spanned;

/// A file that a Collector opens, and what stands at its path.
#[derive(Debug)]
pub struct OpenedFile {
    /// The workload, as an index into the model.
    pub workload: usize,
    /// The index of the container in its Pod.
    pub container: usize,
    /// What names the file: an argument, the image, a setting.
    pub said: Span,
    /// The path in the container.
    pub path: String,
    /// What it is opened for.
    pub role: Role,
    /// What stands there.
    pub found: Found,
}

/// What a file is opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The configuration that an argument names.
    Config,
    /// The configuration that the image's own arguments name.
    DefaultConfig,
    /// A setting of a component in use, by its key, such as `key_file`; `file` for a reference `${file:…}`.
    Setting(String),
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A key of an object that was given, or may have it; `mode` is what the volume says of its permission bits.
    Key {
        /// ConfigMap or Secret.
        store: Store,
        /// The mount.
        mount: Span,
        /// `mode` or `defaultMode`, where it is said.
        mode: Option<Spanned<i64>>,
    },
    /// The object was given and has no such key.
    NoKey {
        /// ConfigMap or Secret.
        store: Store,
        /// Name of the object.
        object: Spanned<String>,
        /// Where the object's own name stands.
        at: Span,
        /// The key that is asked for.
        key: String,
        /// The entry of `items` that asks for it, else the mount.
        asked: Span,
        /// The keys that it has.
        has: Vec<String>,
    },
    /// The object was not given.
    NoObject {
        /// ConfigMap or Secret.
        store: Store,
        /// Its name, in the volume.
        object: Spanned<String>,
        /// Whether it had to be given.
        absent: Absent,
    },
    /// A mount covers the path, and its volume puts nothing there.
    LeftOut {
        /// The mount.
        mount: Span,
        /// The volume.
        volume: Span,
    },
    /// The path is a folder that a mount makes.
    Folder {
        /// The mount.
        mount: Span,
    },
    /// The mount names a volume that the Pod does not have.
    NoVolume {
        /// The name in the mount.
        mount: Span,
        /// A volume of the Pod with nearly that name.
        near: Option<String>,
    },
    /// No mount covers the path, and the image is one of the project's, which holds no such file.
    Unmounted(Distribution),
    /// No mount covers the path, and one of the project's images holds the file itself.
    OfImage,
    /// It cannot be known from what was given.
    Unknown,
}

/// A container that runs a Collector and is given no configuration at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfigured {
    /// The workload, as an index into the model.
    pub workload: usize,
    /// The index of the container in its Pod.
    pub container: usize,
    /// The arguments, else the image.
    pub at: Span,
    /// What its image brings.
    pub distribution: Distribution,
}

/// What the containers of Collectors find in their file systems.
#[derive(Debug, Default)]
pub struct Wiring {
    /// Every file, workload by workload.
    pub files: Vec<OpenedFile>,
    /// Containers that start without a configuration.
    pub unconfigured: Vec<Unconfigured>,
}

impl Wiring {
    /// Looks up every file that a Collector of `model` opens.
    #[must_use]
    pub fn of(model: &Model, settings: &Settings) -> Self {
        let mut wiring = Self::default();
        let mut runs: BTreeMap<(usize, usize), &Run> = BTreeMap::new();
        for run in &model.runs {
            if let Some(workload) = run.workload {
                runs.insert((workload, run.container), run);
            }
        }
        for (at, workload) in model.workloads.iter().enumerate() {
            if is_partial(model, workload) {
                continue;
            }
            for (container_at, container) in workload.pod.containers.iter().enumerate() {
                let run = runs.get(&(at, container_at)).copied();
                let place = Place {
                    model,
                    settings,
                    workload: at,
                    container: container_at,
                    mounts: Mounts::new(&workload.pod, container),
                };
                if !workload.is_operated() && (run.is_some() || distribution(container).is_some()) {
                    wiring.configurations(&place, container);
                }
                if let Some(run) = run {
                    wiring.settings(&place, run, container);
                }
            }
        }
        wiring
    }

    fn configurations(&mut self, place: &Place<'_>, container: &Container) {
        let image = distribution(container);
        let default = image.and_then(Distribution::default_config);
        let arguments = match CommandLine::of(container) {
            CommandLine::Image => {
                if let (Some(path), Some(image)) = (default, &container.image) {
                    self.files
                        .push(place.look(image.span, path.to_owned(), Role::DefaultConfig));
                } else if let Some(distribution) = image {
                    self.unconfigured
                        .push(place.unconfigured(container, distribution));
                }
                return;
            }
            CommandLine::Given(arguments) => arguments,
            CommandLine::Opaque(_) => return,
        };
        if arguments.subcommand.is_some() {
            return;
        }
        if let (true, true, Some(distribution)) = (
            arguments.configs.is_empty(),
            arguments.program.is_none(),
            image,
        ) {
            self.unconfigured
                .push(place.unconfigured(container, distribution));
        }
        for config in arguments.configs {
            if let ConfigUri::File(path) = config.value {
                self.files.push(place.look(config.span, path, Role::Config));
            }
        }
    }

    fn settings(&mut self, place: &Place<'_>, run: &Run, container: &Container) {
        let environment = Environment::of(container);
        let mut seen = BTreeSet::new();
        for file in setting::files(&run.collector, &environment) {
            if seen.insert((file.span, file.path.clone())) {
                let role = Role::Setting(file.key);
                self.files.push(place.look(file.span, file.path, role));
            }
        }
    }
}

/// One container, and where to look things up for it.
struct Place<'m> {
    model: &'m Model,
    settings: &'m Settings,
    workload: usize,
    container: usize,
    mounts: Mounts<'m>,
}

impl Place<'_> {
    fn unconfigured(&self, container: &Container, distribution: Distribution) -> Unconfigured {
        Unconfigured {
            workload: self.workload,
            container: self.container,
            at: container.command_span,
            distribution,
        }
    }

    fn look(&self, said: Span, path: String, role: Role) -> OpenedFile {
        let found = self.find(&path);
        OpenedFile {
            workload: self.workload,
            container: self.container,
            said,
            path,
            role,
            found,
        }
    }

    fn find(&self, path: &str) -> Found {
        let workload = &self.model.workloads[self.workload];
        let file = self.mounts.resolve(path);
        let Some(mounted) = file.mount else {
            // An image without a shell holds its program, a default configuration and the system's roots.
            let image = match &workload.pod.containers[self.container].image {
                Some(image) => image.distribution(),
                None => workload.is_operated().then_some(Distribution::Kubernetes),
            };
            return match image {
                Some(image) if is_of_image(path, image) => Found::OfImage,
                Some(image) if !is_injected(path, workload) => Found::Unmounted(image),
                _ => Found::Unknown,
            };
        };
        match (file.content, file.volume) {
            (Content::Keys(keys), _) => self.key(&keys, mounted.span, workload),
            (Content::Absent, Some(volume)) => Found::LeftOut {
                mount: mounted.path.span,
                volume: volume.span,
            },
            (Content::Folder, _) => Found::Folder {
                mount: mounted.path.span,
            },
            (Content::NoVolume, _) if workload.kind != WorkloadKind::Sidecar => Found::NoVolume {
                mount: mounted.name.span,
                near: workload.pod.similar_volume(&mounted.name),
            },
            _ => Found::Unknown,
        }
    }

    /// The first key whose object has it. An object that was not given may have it, so nothing is said of later ones.
    fn key(&self, keys: &[mount::Key<'_>], mounted: Span, workload: &Workload) -> Found {
        let mut missing = Found::Unknown;
        for key in keys {
            let Some(holder) = self.holder(key, workload) else {
                return self.no_object(key, workload);
            };
            if holder.is_open || holder.keys.contains(&key.key) {
                return Found::Key {
                    store: key.store,
                    mount: mounted,
                    mode: key.mode.copied(),
                };
            }
            if key.optional {
                continue;
            }
            missing = Found::NoKey {
                store: key.store,
                object: key.name.clone(),
                at: holder.at,
                key: key.key.clone(),
                asked: key.item.map_or(mounted, |item| item.key.span),
                has: holder.keys,
            };
        }
        missing
    }

    /// What kustomize makes under that name, else the object of that name.
    fn holder(&self, key: &mount::Key<'_>, workload: &Workload) -> Option<Holder> {
        let from = &workload.object;
        if let Some(generator) = self.model.generator(key.store, key.name, from) {
            let keys = generator.keys.iter().map(|(key, _)| key.clone());
            return Some(Holder {
                at: generator.name.span,
                keys: keys.collect(),
                is_open: generator.is_open,
            });
        }
        let namespace = from.namespace();
        let (object, entries, is_elsewhere) = match key.store {
            Store::ConfigMap => {
                let map = self.model.config_maps.meant(namespace, key.name, from)?;
                (&map.object, &map.entries, false)
            }
            Store::Secret => {
                let secret = self.model.secrets.meant(namespace, key.name, from)?;
                let is_elsewhere = secret.content == store::Content::Elsewhere;
                (&secret.object, &secret.entries, is_elsewhere)
            }
        };
        let is_patch = self.model.patches.contains(self.model.name(object.source));
        let keys = entries.iter().map(|entry| entry.key.value.clone());
        Some(Holder {
            at: object.name_span(),
            keys: keys.collect(),
            is_open: is_elsewhere || is_patch,
        })
    }

    fn no_object(&self, key: &mount::Key<'_>, workload: &Workload) -> Found {
        let from = &workload.object;
        if key.optional || self.model.is_contested(key.store, key.name, from) {
            return Found::Unknown;
        }
        let absent = Absent::of(key.store.kind(), from.namespace(), self.settings);
        Found::NoObject {
            store: key.store,
            object: key.name.clone(),
            absent,
        }
    }
}

/// What holds keys, as far as it was given.
struct Holder {
    at: Span,
    keys: Vec<String>,
    /// Whether it may have more.
    is_open: bool,
}

fn distribution(container: &Container) -> Option<Distribution> {
    container.image.as_ref()?.distribution()
}

/// Whether a manifest says only a part of its workload: a patch, or a template without labels, which the API server
/// would refuse.
pub(super) fn is_partial(model: &Model, workload: &Workload) -> bool {
    let has_labels = !workload.pod.labels.is_empty() || workload.kind == WorkloadKind::Pod;
    !has_labels || model.patches.contains(model.name(workload.object.source))
}

/// Whether the project's images hold that file themselves (opentelemetry-collector-releases, distributions/*/Dockerfile).
fn is_of_image(path: &str, image: Distribution) -> bool {
    image.default_config() == Some(path) || path.starts_with("/etc/ssl/certs/")
}

/// Whether something that changes Pods when they are made may put the file there: the service account's token, and
/// whatever an injector of the Pod's annotations brings.
fn is_injected(path: &str, workload: &Workload) -> bool {
    let is_injector = |key: &str| key.contains("inject") || key.contains("/agent-");
    let annotated = || {
        workload
            .pod
            .annotations
            .iter()
            .any(|pair| is_injector(&pair.key.value))
    };
    path.starts_with("/var/run/secrets/") || path.starts_with("/run/secrets/") || annotated()
}

#[cfg(test)]
mod tests;
