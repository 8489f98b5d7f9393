//! Collectors as they run: which container merges which configurations, in which build.
//!
//! A configuration that nobody was seen to read runs alone, in a build that is not known: it may belong to a container
//! that was not given.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

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
use super::workload::container::Container;
use super::workload::container::EnvironmentValue;
use super::workload::mount::Content;
use super::workload::mount::Mounts;
use super::workload::mount::Store;
use crate::settings::Version;
use crate::source::Span;
use crate::source::Spanned;

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

    /// The container that it runs in.
    #[must_use]
    pub fn container<'m>(&self, model: &'m Model) -> Option<&'m Container> {
        self.workload(model)?.pod.containers.get(self.container)
    }
}

/// Every Collector of `model`, in the order of its first configuration; `assumed` is the version where no image says
/// one.
pub(super) fn runs(model: &Model, assumed: Option<Version>) -> Vec<Run> {
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
            let Some(sources) = sources(model, workload, container, &keys) else {
                continue;
            };
            let given = sources.parts.iter().filter_map(Part::given);
            given.for_each(|part| read[part] = true);
            let build = Build::of(container.image.as_deref(), assumed);
            runs.extend(run(model, sources, build, Some(at), container_at));
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
        let sources = Sources {
            parts: vec![Part::Given(at)],
            whole: true,
        };
        runs.extend(run(model, sources, collector.build(assumed), workload, 0));
    }
    runs.sort_by_key(|run| run.parts.first().copied());
    runs
}

/// What a container merges, and whether all of it was given.
struct Sources {
    parts: Vec<Part>,
    whole: bool,
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
}

fn run(
    model: &Model,
    sources: Sources,
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
    let collector = if sources.whole {
        Collector::merged(&parts)?
    } else {
        Collector::merged_in_part(&parts)?
    };
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
fn sources(
    model: &Model,
    workload: &Workload,
    container: &Container,
    given: &Keys<'_>,
) -> Option<Sources> {
    let (uris, sets) = match CommandLine::of(container) {
        CommandLine::Image => {
            let image = container.image.as_ref()?;
            let path = image.distribution()?.default_config()?.to_owned();
            (
                vec![Spanned::new(ConfigUri::File(path), image.span)],
                Vec::new(),
            )
        }
        CommandLine::Given(arguments) => (arguments.configs, arguments.sets),
        CommandLine::Opaque(_) => return None,
    };
    let configs = uris
        .iter()
        .map(|uri| part(model, workload, container, uri, given));
    let sets = sets.iter().map(|set| {
        let (key, value) = set.split_once('=')?;
        // collector, otelcol/flags.go: `a.b=c` becomes `yaml:a::b: c`.
        written(&format!("{}: {value}", key.replace('.', "::")), set.span)
    });
    let parts: Vec<Option<Part>> = configs.chain(sets).collect();
    let whole = parts.iter().all(Option::is_some);
    let parts: Vec<Part> = parts.into_iter().flatten().collect();
    let is_given = parts.iter().any(|part| part.given().is_some());
    is_given.then_some(Sources { parts, whole })
}

fn written(text: &str, span: Span) -> Option<Part> {
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
        ConfigUri::Yaml(text) => written(text, uri.span),
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
                EnvironmentValue::Literal(text) => written(text, text.span),
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
    let object = match store {
        Store::ConfigMap => {
            let map = model.config_maps.nearest(namespace, name, from);
            map.map(|map| map.object.id)
        }
        Store::Secret => {
            let secret = model.secrets.nearest(namespace, name, from);
            secret
                .filter(|secret| secret.content == store::Content::Given)
                .map(|secret| secret.object.id)
        }
    };
    let found = match object {
        Some(object) => given.by_key.get(&(object, key)),
        None => {
            let file = model.generator(store, name, from)?.file(key)??;
            given.by_file.get(file)
        }
    };
    found.copied().map(Part::Given)
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

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::Run;
    use crate::model::Model;
    use crate::model::collector::Extent;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::source::Sources;

    const MANIFESTS: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  base.yaml: |
    receivers: {otlp: {protocols: {grpc: null}}}
    exporters: {debug: null}
    service:
      pipelines:
        traces: {receivers: [otlp, extra], exporters: [debug]}
  over.yaml: |
    receivers: {extra: null}
    service: {telemetry: {logs: {level: debug}}}
  notes.txt: about receivers
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: collector}
spec:
  template:
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.119.0
          args: [ARGS]
          volumeMounts:
            - {name: conf, mountPath: /conf}
      volumes:
        - {name: conf, configMap: {name: conf}}
";

    fn runs(arguments: &str) -> Vec<Run> {
        let mut sources = Sources::new();
        let text = MANIFESTS.replace("ARGS", arguments);
        sources.add(Source::new("a.yaml", text.into_bytes()));
        Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH)).runs
    }

    #[test]
    fn a_container_merges_what_its_arguments_name() {
        let merged = runs("--config=/conf/base.yaml, --config=file:/conf/over.yaml");
        assert_eq!(merged.len(), 1);
        assert_eq!(
            (merged[0].workload, merged[0].build.minor),
            (Some(0), Some(119))
        );
        assert_eq!(merged[0].collector.receivers.len(), 2);
        assert!(
            merged[0].collector.faults.is_empty(),
            "{:?}",
            merged[0].collector.faults
        );
    }

    #[test]
    fn arguments_may_hold_configuration_themselves() {
        let merged = runs(
            "--config=/conf/base.yaml, '--config=yaml:receivers::extra: ', --set=exporters.debug.verbosity=loud",
        );
        assert_eq!(merged[0].collector.receivers.len(), 2);
        let said: Vec<_> = merged[0]
            .collector
            .faults
            .iter()
            .map(|fault| fault.said.as_str())
            .collect();
        assert_eq!(said, ["exporters::debug: unknown metrics level \"loud\""]);
    }

    #[test]
    fn what_is_not_given_may_define_the_rest() {
        let in_part = runs("--config=/conf/base.yaml, '--config=env:MORE'");
        assert_eq!(in_part.len(), 2, "the other key runs alone");
        assert_eq!(in_part[0].collector.extent, Extent::Part);
        assert!(in_part[0].collector.faults.is_empty());
        let alone = runs("--config=/conf/base.yaml");
        assert_eq!(alone[0].collector.faults.len(), 1);
    }
}
