//! What a container merges: the configurations that its arguments, variables and mounts lead to.

use std::collections::BTreeMap;

use super::gate;
use crate::model::Model;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::Origin;
use crate::model::object::ObjectId;
use crate::model::store;
use crate::model::workload::Workload;
use crate::model::workload::command::CommandLine;
use crate::model::workload::command::ConfigUri;
use crate::model::workload::command::Environment;
use crate::model::workload::command::Variable;
use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::source::Span;
use crate::source::Spanned;

/// What a container merges, and whether all of it was given.
pub(super) struct Merge {
    pub(super) parts: Vec<Part>,
    pub(super) whole: bool,
    /// Whether profiles are known to be turned off: the arguments were given, and open no gate for them.
    pub(super) lacks_profiles: bool,
}

impl Merge {
    /// The configurations that `container` loads; `None` when it loads none that was given.
    pub(super) fn of(
        model: &Model,
        workload: &Workload,
        container: &Container,
        given: &Keys<'_>,
    ) -> Option<Self> {
        let (uris, sets, gates) = match CommandLine::of(container) {
            CommandLine::Image => {
                let image = container.image.as_ref()?;
                let path = image.distribution()?.default_config()?.to_owned();
                (
                    vec![Spanned::new(ConfigUri::File(path), image.span)],
                    Vec::new(),
                    Vec::new(),
                )
            }
            CommandLine::Given(arguments) => (arguments.configs, arguments.sets, arguments.gates),
            CommandLine::Opaque(_) => return None,
        };
        let configs = uris
            .iter()
            .map(|uri| part(model, workload, container, uri, given));
        let sets = sets.iter().map(|set| {
            let Some((key, value)) = set.split_once('=') else {
                let message = "`--set` takes a key, `=` and a value";
                let refused = Collector::refused_argument(set.span, message, "missing equal sign");
                return Some(Part::Written(Box::new(refused)));
            };
            // collector, otelcol/flags.go: `a.b=c` becomes `yaml:a::b: c`.
            made(&format!("{}: {value}", key.replace('.', "::")), set.span)
        });
        let parts: Vec<Option<Part>> = configs.chain(sets).collect();
        let whole = parts.iter().all(Option::is_some);
        let parts: Vec<Part> = parts.into_iter().flatten().collect();
        let is_known = container
            .image
            .as_ref()
            .and_then(|image| image.distribution())
            .is_some();
        let is_collector = is_known || parts.iter().any(Part::is_telling);
        is_collector.then_some(Self {
            parts,
            whole,
            lacks_profiles: is_known && !gates.iter().any(|gate| gate.ends_with(gate::PROFILES)),
        })
    }

    /// One configuration alone, as an index into the model.
    pub(super) fn alone(at: usize) -> Self {
        Self {
            parts: vec![Part::Given(at)],
            whole: true,
            lacks_profiles: false,
        }
    }
}

/// One source of a configuration.
pub(super) enum Part {
    /// One that was given, as an index into the model.
    Given(usize),
    /// One that stands in the arguments.
    Written(Box<Collector>),
}

impl Part {
    pub(super) const fn given(&self) -> Option<usize> {
        match self {
            Self::Given(at) => Some(*at),
            Self::Written(_) => None,
        }
    }

    /// Whether it shows that the container runs a Collector: other programs take `--config`, too.
    fn is_telling(&self) -> bool {
        match self {
            Self::Given(_) => true,
            Self::Written(collector) => !collector.pipelines.is_empty(),
        }
    }
}

/// Where configurations stand that a container may mount.
pub(super) struct Keys<'m> {
    /// Values of ConfigMaps and Secrets.
    by_key: BTreeMap<(ObjectId, &'m str), usize>,
    /// Files of their own, by name.
    by_file: BTreeMap<&'m str, usize>,
}

impl<'m> Keys<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut keys = Self {
            by_key: BTreeMap::new(),
            by_file: BTreeMap::new(),
        };
        for (at, collector) in model.collectors.iter().enumerate() {
            match &collector.origin {
                _ if collector.extent == Extent::Fragment => {}
                Origin::ConfigMap(object, key) | Origin::Secret(object, key) => {
                    keys.by_key.insert((object.id, key.value.as_str()), at);
                }
                Origin::Document => {
                    keys.by_file
                        .entry(model.name(collector.span.source))
                        .or_insert(at);
                }
                _ => {}
            }
        }
        keys
    }
}

/// What `uri` names, if it was given.
fn part(
    model: &Model,
    workload: &Workload,
    container: &Container,
    uri: &Spanned<ConfigUri>,
    given: &Keys<'_>,
) -> Option<Part> {
    let held = |store, name: &str, key: &str| held(model, workload, store, (name, key), given);
    match &uri.value {
        ConfigUri::Yaml(text) => written(workload, text, uri.span),
        ConfigUri::File(path) => {
            let mounts = Mounts::new(&workload.pod, container);
            let Content::Keys(keys) = mounts.resolve(path).content else {
                return None;
            };
            let mut keys = keys.iter();
            keys.find_map(|key| held(key.store, key.name, &key.key))
        }
        ConfigUri::Environment(name) => {
            let mut variables = container.env.iter().rev();
            let variable = variables.find(|variable| variable.name.value == *name)?;
            match &variable.value {
                EnvironmentValue::Literal(literal) => {
                    match Environment::of(container).variable(name) {
                        Variable::Is(text) => written(workload, &text, literal.span),
                        Variable::Undefined | Variable::Unknown => None,
                    }
                }
                EnvironmentValue::ConfigMap(key) => held(Store::ConfigMap, &key.name, &key.key),
                EnvironmentValue::Secret(key) => held(Store::Secret, &key.name, &key.key),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The configuration under a key of the ConfigMap or Secret that `workload` means, or of what kustomize makes one of.
fn held(
    model: &Model,
    workload: &Workload,
    store: Store,
    (name, key): (&str, &str),
    given: &Keys<'_>,
) -> Option<Part> {
    let (namespace, from) = (workload.object.namespace(), &workload.object);
    let (object, entries) = match store {
        Store::ConfigMap => {
            let map = model.config_maps.meant(namespace, name, from);
            map.map(|map| (map.object.id, &map.entries)).unzip()
        }
        Store::Secret => {
            let secret = model.secrets.meant(namespace, name, from);
            let given = secret.filter(|secret| secret.content == store::Content::Given);
            given
                .map(|secret| (secret.object.id, &secret.entries))
                .unzip()
        }
    };
    let found = match object {
        Some(object) => given.by_key.get(&(object, key)),
        None => {
            let file = model.generator(store, name, from)?.file(key)??;
            given.by_file.get(file)
        }
    };
    if let Some(found) = found {
        return Some(Part::Given(*found));
    }
    // One section alone tells nobody what it is, but the argument does.
    let entry = entries?.iter().find(|entry| entry.key.value == key)?;
    Some(Part::Written(Box::new(Collector::read_text(
        entry.text()?,
    )?)))
}

/// A configuration that an argument or a variable of `workload` holds: what stands in the scalar at `span` from some byte
/// on, unless the kubelet makes another text of it.
fn written(workload: &Workload, text: &str, span: Span) -> Option<Part> {
    let inner = workload.object.text_at(span);
    let stretch = inner.and_then(|inner| {
        let from = inner.as_str().len().checked_sub(text.len())?;
        inner.part(from..from + text.len())
    });
    match stretch.filter(|stretch| stretch.as_str() == text) {
        Some(stretch) => Some(Part::Written(Box::new(Collector::read_text(stretch)?))),
        None => made(text, span),
    }
}

fn made(text: &str, span: Span) -> Option<Part> {
    Some(Part::Written(Box::new(Collector::read_argument(
        text, span,
    )?)))
}
