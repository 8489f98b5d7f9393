//! What a Collector finds around it: the variables and files of its container, or the files that were given beside its
//! configuration.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::Origin;
use crate::model::collector::Surroundings;
use crate::model::collector::Variable;
use crate::model::workload::Workload;
use crate::model::workload::command;
use crate::model::workload::command::Environment;
use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::source::SourceId;
use crate::source::Sources;
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

impl Surroundings for Around<'_> {
    fn variable(&self, name: &str) -> Variable {
        let Self::Container {
            model,
            workload,
            container,
            environment,
        } = self
        else {
            return Variable::Unset;
        };
        let mut variables = container.env.iter().rev();
        let stored = match variables
            .find(|own| own.name.value == *name)
            .map(|own| &own.value)
        {
            Some(EnvironmentValue::ConfigMap(key)) => {
                stored(model, workload, Store::ConfigMap, &key.name, &key.key)
            }
            Some(EnvironmentValue::Secret(key)) => {
                stored(model, workload, Store::Secret, &key.name, &key.key)
            }
            _ => match environment.variable(name) {
                command::Variable::Is(text) => return Variable::Is(text),
                command::Variable::Undefined => return Variable::Unset,
                command::Variable::Unknown => None,
            },
        };
        stored.map_or(Variable::Unknown, |text| {
            Variable::Is(text.as_str().to_owned())
        })
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
    let (namespace, from) = (workload.object.namespace(), &workload.object);
    let entry = match store {
        Store::ConfigMap => {
            let map = model.config_maps.nearest(namespace, name, from)?;
            map.entries.iter().find(|entry| entry.key.value == key)?
        }
        Store::Secret => model.secrets.nearest(namespace, name, from)?.entry(key)?,
    };
    entry.text()
}
