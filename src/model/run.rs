//! Collectors as they run: which container merges which configurations, in which build.
//!
//! A configuration that nobody was seen to read runs alone, in a build that is not known: it may belong to a container
//! that was not given.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use around::Around;
use around::Files;

use super::Model;
use super::collector::Build;
use super::collector::Collector;
use super::collector::Extent;
use super::collector::Origin;
use super::collector::fault::Fault;
use super::collector::fault::FaultKind;
use super::object::ObjectId;
use super::store;
use super::workload::Workload;
use super::workload::command::CommandLine;
use super::workload::command::ConfigUri;
use super::workload::command::Environment;
use super::workload::command::Variable;
use super::workload::container::Container;
use super::workload::container::EnvironmentValue;
use super::workload::mount::Content;
use super::workload::mount::Mounts;
use super::workload::mount::Store;
use crate::source::Sources;
use crate::source::Span;
use crate::source::Spanned;

mod around;
mod gate;
mod ring;
#[cfg(test)]
mod tests;

/// One Collector.
#[derive(Clone, Debug)]
pub struct Run {
    /// The index into [`Model::workloads`] of what makes its Pods; `None` when that was not given.
    pub workload: Option<usize>,
    /// The index of the container in its Pod.
    pub container: usize,
    /// The indices into [`Model::collectors`] of what it merges, in that order.
    pub parts: Vec<usize>,
    /// What it makes of them.
    pub collector: Collector,
    /// Its distribution and version.
    pub build: Build,
}

impl Run {
    /// What makes its Pods.
    #[must_use]
    pub fn workload<'m>(&self, model: &'m Model) -> Option<&'m Workload> {
        model.workloads.get(self.workload?)
    }

    /// Whether it may be of any older version: nothing tells the version, and the image is not one of the project's own
    /// that follows its newest release.
    #[must_use]
    pub fn may_be_old(&self, model: &Model) -> bool {
        let image = self.container(model).and_then(|own| own.image.as_ref());
        let follows = image.is_some_and(|image| image.floats() && image.distribution().is_some());
        self.build.minor.is_none() && !follows
    }

    /// The container that it runs in.
    #[must_use]
    pub fn container<'m>(&self, model: &'m Model) -> Option<&'m Container> {
        self.workload(model)?.pod.containers.get(self.container)
    }
}

/// Every Collector of `model`, in the order of its first configuration; `assumed` is the build where no image says
/// one.
pub(super) fn runs(model: &Model, sources: &Sources, assumed: Build) -> Vec<Run> {
    let files = Files::new(sources);
    let keys = Keys::of(model);
    let mut runs = Vec::new();
    let mut read = vec![false; model.collectors.len()];
    let mut operated = BTreeMap::new();
    for (at, workload) in model.workloads.iter().enumerate() {
        // The operator's own containers read what it writes: their configuration is the resource itself.
        if workload.is_operated() {
            operated.insert(workload.object.id, at);
            continue;
        }
        for (container_at, container) in workload.pod.containers.iter().enumerate() {
            let Some(sources) = merged_by(model, workload, container, &keys) else {
                continue;
            };
            let given = sources.parts.iter().filter_map(Part::given);
            given.for_each(|part| read[part] = true);
            let build = Build::of(container.image.as_deref(), assumed);
            runs.extend(run(model, &files, sources, build, Some(at), container_at));
        }
    }
    for (at, collector) in model
        .collectors
        .iter()
        .enumerate()
        .filter(|(at, _)| !read[*at])
    {
        let object = collector.object().filter(|_| collector.is_operated());
        let workload = object.and_then(|object| operated.get(&object.id).copied());
        let sources = Merge {
            parts: vec![Part::Given(at)],
            whole: true,
            lacks_profiles: false,
        };
        runs.extend(run(
            model,
            &files,
            sources,
            collector.build(assumed),
            workload,
            0,
        ));
    }
    runs.sort_by_key(|run| run.parts.first().copied());
    runs
}

/// What a container merges, and whether all of it was given.
struct Merge {
    parts: Vec<Part>,
    whole: bool,
    /// Whether profiles are known to be turned off: the arguments were given, and open no gate for them.
    lacks_profiles: bool,
}

/// One source of a configuration.
enum Part {
    /// One that was given, as an index into the model.
    Given(usize),
    /// One that stands in the arguments.
    Written(Box<Collector>),
}

impl Part {
    const fn given(&self) -> Option<usize> {
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

fn run(
    model: &Model,
    files: &Files<'_>,
    sources: Merge,
    build: Build,
    workload: Option<usize>,
    container: usize,
) -> Option<Run> {
    let parts: Vec<&Collector> = sources
        .parts
        .iter()
        .map(|part| match part {
            Part::Given(at) => &model.collectors[*at],
            Part::Written(collector) => collector,
        })
        .collect();
    let mut collector = match (sources.whole, workload) {
        (true, Some(_)) => Collector::merged(&parts)?,
        // Nobody was seen to read it: there may be more.
        (true, None) => Collector::clone(parts.first()?),
        (false, _) => Collector::merged_in_part(&parts)?,
    };
    let around = match workload.and_then(|at| model.workloads.get(at)) {
        Some(workload) => {
            let container = workload.pod.containers.get(container);
            container.map(|container| Around::container(model, workload, container))
        }
        None => Around::file(model, files, &collector),
    };
    if let Some(around) = around {
        collector.judge_in(&around);
        let rings = ring::rings(&around, &collector.root);
        // They say more than that the Collector gives up there.
        let at: BTreeSet<Span> = rings.iter().map(|fault| fault.span).collect();
        let substitution = |fault: &Fault| fault.kind == FaultKind::Substitution;
        let faults = &mut collector.faults;
        faults.retain(|fault| !(substitution(fault) && at.contains(&fault.span)));
        faults.extend(rings);
    }
    if sources.lacks_profiles && build.minor.is_some_and(gate::is_closed) {
        gate::refuse(&mut collector);
    }
    Some(Run {
        workload,
        container,
        parts: sources.parts.iter().filter_map(Part::given).collect(),
        collector,
        build,
    })
}

/// Where configurations stand that a container may mount.
struct Keys<'m> {
    /// Values of ConfigMaps and Secrets.
    by_key: BTreeMap<(ObjectId, &'m str), usize>,
    /// Files of their own, by name.
    by_file: BTreeMap<&'m str, usize>,
}

impl<'m> Keys<'m> {
    fn of(model: &'m Model) -> Self {
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

/// The configurations that `container` loads; `None` when it loads none that was given.
fn merged_by(
    model: &Model,
    workload: &Workload,
    container: &Container,
    given: &Keys<'_>,
) -> Option<Merge> {
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
    is_collector.then_some(Merge {
        parts,
        whole,
        lacks_profiles: is_known && !gates.iter().any(|gate| gate.ends_with(gate::PROFILES)),
    })
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

impl Model {
    /// What the Collector refuses, of the kinds that `wanted` takes: each place once, however many containers read it,
    /// in the order of the runs.
    pub fn faults(&self, wanted: impl Fn(FaultKind) -> bool) -> Vec<&Fault> {
        let mut seen = BTreeSet::new();
        let mut faults = Vec::new();
        for run in &self.runs {
            for fault in &run.collector.faults {
                let mut is_new = || seen.insert((fault.span, fault.said.as_str()));
                if wanted(fault.kind) && fault.applies(run.build.minor) && is_new() {
                    faults.push(fault);
                }
            }
        }
        faults
    }
}
