//! What a Collector finds around it: the variables and files of its container, or the files that were given beside its
//! configuration.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::Origin;
use crate::model::collector::Surroundings;
use crate::model::collector::Variable;
use crate::model::collector::proxy;
use crate::model::collector::proxy::Proxies;
use crate::model::store;
use crate::model::workload::Workload;
use crate::model::workload::command;
use crate::model::workload::command::Environment;
use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentSourceKind;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::container::KeyReference;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;
use crate::yaml::Text;

/// The files that were given, by the names that they have when `.` and `..` are followed.
pub(super) struct Files<'m> {
    sources: &'m Sources,
    by_name: OnceCell<BTreeMap<String, SourceId>>,
}

impl<'m> Files<'m> {
    pub(super) const fn new(sources: &'m Sources) -> Self {
        Self {
            sources,
            by_name: OnceCell::new(),
        }
    }

    fn text(&self, name: &str) -> Option<Text> {
        let by_name = self.by_name.get_or_init(|| {
            let named = self.sources.iter();
            named
                .map(|(id, source)| (followed(&source.name), id))
                .collect()
        });
        let id = by_name.get(&followed(name))?;
        Text::whole(*id, self.sources.get(*id))
    }
}

/// A path without `.`, and without the `..` that can be followed in it.
fn followed(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The surroundings of one Collector.
pub(super) enum Around<'m> {
    /// A container.
    Container {
        model: &'m Model,
        workload: &'m Workload,
        container: &'m Container,
        environment: Environment<'m>,
    },
    /// The folder of a file of its own.
    Folder {
        files: &'m Files<'m>,
        folder: &'m str,
    },
}

impl<'m> Around<'m> {
    pub(super) fn container(
        model: &'m Model,
        workload: &'m Workload,
        container: &'m Container,
    ) -> Self {
        Self::Container {
            model,
            workload,
            container,
            environment: Environment::of(container),
        }
    }

    /// What is around a configuration that is a file; `None` of another one.
    pub(super) fn file(
        model: &'m Model,
        files: &'m Files<'m>,
        collector: &Collector,
    ) -> Option<Self> {
        let Origin::Document = collector.origin else {
            return None;
        };
        let name = model.name(collector.span.source);
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(Self::Folder { files, folder })
    }
}

/// What is known of a variable of a container, and what says so.
pub(super) enum Setting {
    /// Nothing sets it.
    Unset,
    /// Something that was not given may set it, with all else that it holds.
    Open,
    /// Its value stands here.
    Is(String, Span),
    /// It comes from here, and was not given.
    From(Span),
}

impl Around<'_> {
    /// What sets the variable of that name: an entry of `env`, the last one, else of `envFrom`, the last one.
    pub(super) fn setting(&self, name: &str) -> Setting {
        let Self::Container {
            model,
            workload,
            container,
            environment,
        } = self
        else {
            return Setting::Unset;
        };
        let mut variables = container.env.iter().rev();
        let Some(own) = variables.find(|own| own.name.value == *name) else {
            return brought(model, workload, container, name);
        };
        let held =
            |store, key: &KeyReference| match entry(model, workload, store, &key.name, &key.key) {
                Some((text, span)) => Setting::Is(text.as_str().to_owned(), span),
                None => Setting::From(key.key.span),
            };
        match &own.value {
            EnvironmentValue::ConfigMap(key) => held(Store::ConfigMap, key),
            EnvironmentValue::Secret(key) => held(Store::Secret, key),
            EnvironmentValue::Literal(value) => match environment.variable(name) {
                command::Variable::Is(text) => Setting::Is(text, value.span),
                _ => Setting::From(value.span),
            },
            EnvironmentValue::Empty => Setting::Is(String::new(), own.name.span),
            EnvironmentValue::Field(_) | EnvironmentValue::Other(_) => Setting::From(own.name.span),
        }
    }
}

impl Around<'_> {
    /// What the variables say of proxies; what may come along with all of an object that was not given counts for nothing.
    pub(super) fn proxies(&self) -> Proxies {
        Proxies::of(|name| {
            let (value, span) = match self.setting(name) {
                Setting::Is(text, span) => (Some(text), span),
                Setting::From(span) => (None, span),
                Setting::Unset | Setting::Open => return None,
            };
            let is_empty = value.as_ref().is_some_and(String::is_empty);
            (!is_empty).then_some(proxy::Variable { name, value, span })
        })
    }
}

/// What `envFrom` of a container says of the variable `name`.
fn brought(model: &Model, workload: &Workload, container: &Container, name: &str) -> Setting {
    let mut is_open = false;
    for source in container.env_from.iter().rev() {
        let prefix = source.prefix.as_ref().map_or("", |prefix| &prefix.value);
        let Some(key) = name.strip_prefix(prefix) else {
            continue;
        };
        let store = match source.kind {
            EnvironmentSourceKind::ConfigMap => Store::ConfigMap,
            EnvironmentSourceKind::Secret => Store::Secret,
        };
        if let Some((text, span)) = entry(model, workload, store, &source.name, key) {
            return Setting::Is(text.as_str().to_owned(), span);
        }
        is_open |= !is_whole(model, workload, store, &source.name);
    }
    if is_open {
        Setting::Open
    } else {
        Setting::Unset
    }
}

impl Surroundings for Around<'_> {
    fn variable(&self, name: &str) -> Variable {
        match self.setting(name) {
            Setting::Unset => Variable::Unset,
            Setting::Is(text, _) => Variable::Is(text),
            Setting::Open | Setting::From(_) => Variable::Unknown,
        }
    }

    /// Of a file of its own, a path leads from where the Collector is started, which is its own folder or that of the run.
    fn file(&self, path: &str) -> Option<Text> {
        match self {
            Self::Container {
                model,
                workload,
                container,
                ..
            } => {
                let mounts = Mounts::new(&workload.pod, container);
                let Content::Keys(keys) = mounts.resolve(path).content else {
                    return None;
                };
                let mut keys = keys.iter();
                keys.find_map(|key| stored(model, workload, key.store, key.name, &key.key))
            }
            Self::Folder { .. } if path.starts_with('/') => None,
            Self::Folder { files, folder } => files
                .text(&format!("{folder}/{path}"))
                .filter(|_| !folder.is_empty())
                .or_else(|| files.text(path)),
        }
    }
}

fn stored(model: &Model, workload: &Workload, store: Store, name: &str, key: &str) -> Option<Text> {
    entry(model, workload, store, name, key).map(|(text, _)| text)
}

/// The text under `key` of the ConfigMap or Secret that `workload` means, and where it stands.
fn entry(
    model: &Model,
    workload: &Workload,
    store: Store,
    name: &str,
    key: &str,
) -> Option<(Text, Span)> {
    let (namespace, from) = (workload.object.namespace(), &workload.object);
    let entry = match store {
        Store::ConfigMap => model
            .config_maps
            .nearest(namespace, name, from)?
            .entry(key)?,
        Store::Secret => model.secrets.nearest(namespace, name, from)?.entry(key)?,
    };
    Some((entry.text()?, entry.span))
}

/// Whether all that the ConfigMap or Secret holds was given.
fn is_whole(model: &Model, workload: &Workload, store: Store, name: &str) -> bool {
    let (namespace, from) = (workload.object.namespace(), &workload.object);
    match store {
        Store::ConfigMap => model.config_maps.nearest(namespace, name, from).is_some(),
        Store::Secret => {
            let secret = model.secrets.nearest(namespace, name, from);
            secret.is_some_and(|secret| secret.content == store::Content::Given)
        }
    }
}
