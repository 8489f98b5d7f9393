//! What each kind may say: compared with a document, every difference is a [`Problem`] at its exact place.
//!
//! The tables of `schemas/kinds/` say it for the kinds that we know, per API version, bundle version and channel;
//! definitions (CRDs) among the sources say it for the others.
//!
//! Why not the crate `jsonschema`, which holds what we print to its schemas in our tests: a definition is no JSON Schema. What
//! Kubernetes does with it (fields that are not listed are cut off unless `x-kubernetes-preserve-unknown-fields` says otherwise,
//! defaults come before validation, `nullable`, `x-kubernetes-int-or-string`, keys of lists) has no word there, and the
//! answer must be the key or scalar that is wrong, with what was meant. It would be half of the binary, and takes 5 ms to
//! start; a walk over the tape takes none (measured: 1.3 ms instead of 6.6 ms for one small file). That both agree where both have a word is
//! tried in `tests/definitions.rs`. Rules in CEL (`x-kubernetes-validations`) of given definitions are not run: they cost
//! 120 µs an object and an interpreter; those of Gateway API are written out in `checks`.

use std::sync::OnceLock;

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::settings::Assume;
use crate::settings::Channel;
use crate::settings::Version;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

pub mod placeholder;
pub mod template;

mod checks;
mod collector;
mod core;
mod definition;
mod filter;
mod gateway;
mod istio;
mod kinds;
mod notation;
mod object;
mod policy;
#[cfg(test)]
mod published;
mod route;
mod table;
mod text;
mod walk;
mod wording;
mod world;

use definition::Definitions;
use kinds::KINDS;
use kinds::Known;
use notation::Served;
use table::Table;
use walk::Extent;
use walk::Walk;
use world::World;

/// What every kind may say, under one set of assumptions.
///
/// Tables are read when the first document of their kind is compared, once, from any thread.
pub struct Schemas {
    assume: Assume,
    slots: Vec<OnceLock<Slot>>,
    definitions: Definitions,
}

/// What its own transformers and generators have for `apiVersion`: kustomize reads them, no API server does
/// (kustomize, `api/konfig`, `BuiltinPluginApiVersion`).
const KUSTOMIZE_OWN: &str = "builtin";

/// One kind: its API versions, and the table of each once it was needed.
struct Slot {
    served: Vec<Served>,
    tables: Vec<OnceLock<Table>>,
}

impl Schemas {
    /// The schemas of the versions and the channel in `assume`; of what it leaves open, the newest version that we know, and
    /// whatever either channel accepts.
    #[must_use]
    pub fn new(assume: &Assume) -> Self {
        Self {
            assume: assume.clone(),
            slots: KINDS.iter().map(|_| OnceLock::new()).collect(),
            definitions: Definitions::default(),
        }
    }

    /// The same, knowing also the kinds that the CustomResourceDefinitions among `documents` define.
    #[must_use]
    pub fn with_definitions<'t>(mut self, documents: impl IntoIterator<Item = Node<'t>>) -> Self {
        for document in documents {
            self.definitions.learn(document);
        }
        self
    }

    /// Compares one object (not a `List`) with what its kind may say; empty for kinds that nobody defines.
    #[must_use]
    pub fn validate(&self, document: Node<'_>) -> Vec<Problem> {
        self.compare(document, Extent::Whole)
    }

    /// The same for a patch, which says only what it changes: nothing is missing in it, and no cross-field rule applies.
    #[must_use]
    pub fn validate_patch(&self, document: Node<'_>) -> Vec<Problem> {
        self.compare(document, Extent::Patch)
    }

    fn compare(&self, document: Node<'_>, extent: Extent) -> Vec<Problem> {
        let (Some(kind), Some(api_version)) =
            (document.string_at("kind"), document.string_at("apiVersion"))
        else {
            return without_kind(document);
        };
        let (group, version) = api_version
            .rsplit_once('/')
            .unwrap_or(("", api_version.as_str()));
        if version == KUSTOMIZE_OWN && group.is_empty() {
            return Vec::new();
        }
        let extent = match document.has("$patch") || (group == "apps" && is_part(document)) {
            true => Extent::Patch,
            false => extent,
        };
        if let Some(at) = kinds::find(group, &kind) {
            return self.compare_known(at, document, version, extent);
        }
        if let Some(table) = self.definitions.table(group, &kind, version) {
            let world = World {
                family: "its definition",
                bundle: Version { major: 0, minor: 0 },
                channel: None,
                version,
            };
            return finish(Walk::new(table, world, &kind, extent), document);
        }
        let span = document.get("kind").map_or(document.span(), Node::span);
        let versions = self.definitions.versions(group, &kind);
        if !versions.is_empty() {
            let span = api_version.span;
            let message = format!(
                "`{}` is not served for {}",
                wording::short(&api_version),
                wording::short(&kind)
            );
            let help = format!(
                "the definition given serves {}",
                wording::alternatives(&versions)
            );
            return vec![Problem::new(ProblemKind::UnservedVersion, span, message).help(help)];
        }
        kinds::unknown(group, &kind, span, api_version.span)
            .into_iter()
            .collect()
    }

    fn compare_known(
        &self,
        at: usize,
        document: Node<'_>,
        version: &str,
        extent: Extent,
    ) -> Vec<Problem> {
        let known = &KINDS[at];
        let slot = self.slots[at].get_or_init(|| {
            let served = notation::served(known.text);
            let tables = served.iter().map(|_| OnceLock::new()).collect();
            Slot { served, tables }
        });
        let span = document
            .get("apiVersion")
            .map_or(document.span(), Node::span);
        let mut world = World {
            family: known.family.name,
            bundle: (known.family.assumed)(&self.assume).unwrap_or(known.family.newest),
            channel: self.assume.channel,
            version,
        };
        if known.family.name != kinds::GATEWAY_API {
            world.channel = None;
        }
        let Some(index) = slot
            .served
            .iter()
            .position(|served| served.version == version)
        else {
            return vec![unserved(known, slot, world, span)];
        };
        let place = &slot.served[index].place;
        let served = place.holds(world);
        // What is written for another bundle is compared with that one, so that its real mistakes show.
        let table = slot.tables[index]
            .get_or_init(|| notation::read(known.text, &known.family.types(), world));
        let mut walk = Walk::new(table, world, known.kind, extent);
        if !served {
            return vec![unserved(known, slot, world, span)];
        }
        if place.deprecated(world) {
            let better = best(slot, world).map(|better| known.api_version(better));
            let message = format!(
                "`{version}` of {} is deprecated in {}",
                known.kind,
                wording::world(world)
            );
            let problem = Problem::new(ProblemKind::DeprecatedVersion, span, message);
            walk.problems.push(match better {
                Some(better) if known.keeps_shape() => {
                    problem.help(format!("use `{better}`")).meant(better)
                }
                Some(better) => problem.help(format!("use `{better}`")),
                None => problem.help("use another version"),
            });
        }
        finish(walk, document)
    }
}

fn finish(mut walk: Walk<'_>, document: Node<'_>) -> Vec<Problem> {
    walk.document(document);
    let mut problems = walk.problems;
    // A placeholder is no valid name either: one word about it is enough.
    let unfilled: Vec<Span> = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::UnfilledPlaceholder)
        .map(|problem| problem.span)
        .collect();
    problems.retain(|problem| {
        problem.kind == ProblemKind::UnfilledPlaceholder || !unfilled.contains(&problem.span)
    });
    problems.sort_by_key(|problem| (problem.span, problem.kind));
    problems.dedup();
    problems
}

/// A document that looks like an object and does not say which. Other programs have a `kind` of theirs, too: without an
/// `apiVersion` it has to be one that we know.
fn without_kind(document: Node<'_>) -> Vec<Problem> {
    let has = |key: &str| document.has(key);
    let kind = document.string_at("kind");
    let looks = has("metadata")
        && (has("spec") || has("data") || has("stringData"))
        && kind.is_none_or(|kind| kinds::is_known(&kind));
    let missing = ["apiVersion", "kind"].into_iter().find(|key| !has(key));
    match missing.filter(|_| looks && (has("apiVersion") || has("kind"))) {
        Some(missing) => {
            let span = walk::head(document);
            let message = format!("this object has no `{missing}`, which is required");
            vec![Problem::new(ProblemKind::InvalidValue, span, message)]
        }
        None => Vec::new(),
    }
}

/// Whether a workload says neither whom it selects nor how its Pods are labelled: who forgets one, says the other, and who says
/// neither writes a patch, or what kustomize is to complete.
fn is_part(document: Node<'_>) -> bool {
    let Some(spec) = document.get("spec") else {
        return false;
    };
    let template = spec.get("template");
    let metadata = template.and_then(|template| template.get("metadata"));
    spec.get("selector").is_none()
        && template.is_some()
        && metadata.is_none_or(|metadata| metadata.get("labels").is_none())
}

/// The first version of the kind that is served.
fn best(slot: &Slot, world: World<'_>) -> Option<&'static str> {
    let served = slot.served.iter().find(|served| {
        let world = World {
            version: served.version,
            ..world
        };
        served.place.holds(world) && !served.place.deprecated(world)
    });
    served.map(|served| served.version)
}

fn unserved(known: &Known, slot: &Slot, world: World<'_>, span: Span) -> Problem {
    let version = world.version;
    let shown = wording::short(version);
    let written = slot.served.iter().find(|served| served.version == version);
    let place = written
        .map(|served| served.place.words())
        .filter(|words| !words.is_empty());
    let where_served = place.map_or_else(String::new, |words| format!(": it is served {words}"));
    let message = format!(
        "{} does not serve `{shown}` of {}{where_served}",
        wording::world(world),
        known.kind
    );
    let problem = Problem::new(ProblemKind::UnservedVersion, span, message);
    match best(slot, world) {
        Some(better) => {
            let better = known.api_version(better);
            let problem = problem.help(format!("use `{better}`"));
            match known.keeps_shape() {
                true => problem.meant(better),
                false => problem,
            }
        }
        None => problem
            .help("install definitions that serve it, or say which are installed with `--assume`"),
    }
}

/// The kind that was meant by `kind`, if no kind is called so, and one that we know nearly is.
#[must_use]
pub fn near_kind(kind: &str) -> Option<&'static str> {
    kinds::near(kind)
}

/// Keys that mappings of a document write twice, at any depth; works for documents of every kind and of none.
#[must_use]
pub fn duplicate_keys(document: Node<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let run_together = run_together(document);
    if !run_together.is_empty() {
        return run_together;
    }
    let mut waiting = vec![document];
    let mut visited = 0_u32;
    while let Some(node) = waiting.pop() {
        visited += 1;
        // An alias is judged where it is anchored.
        if visited > walk::MOST_VALUES || problems.len() > walk::MOST_PROBLEMS {
            break;
        }
        if node.anchored().is_some() {
            continue;
        }
        match node.shape() {
            Shape::Mapping => {
                for (first, again) in node.duplicates() {
                    let name = wording::short(&again.text()).into_owned();
                    let message = format!("the key `{name}` stands twice in one mapping");
                    problems.push(
                        Problem::new(ProblemKind::DuplicateKey, again.span(), message)
                            .also(first.span(), "the first one")
                            .help("keep one: readers take the last, or refuse the file"),
                    );
                }
                waiting.extend(node.entries().map(|(_, value)| value));
            }
            Shape::Sequence => waiting.extend(node.items()),
            Shape::Scalar | Shape::Null => {}
        }
    }
    problems.sort_by_key(|problem| problem.span);
    problems
}

/// Whether several objects stand in one document, since nothing ends the first: `cat a.yaml b.yaml`.
pub(crate) fn is_run_together(document: Node<'_>) -> bool {
    document.shape() == Shape::Mapping
        && document
            .duplicates()
            .any(|(_, again)| again.text() == "apiVersion")
        && document
            .duplicates()
            .any(|(_, again)| again.text() == "kind")
}

/// Where the second and later objects of such a document begin; what else is doubled in it follows from that.
fn run_together(document: Node<'_>) -> Vec<Problem> {
    if !is_run_together(document) {
        return Vec::new();
    }
    let begins = document
        .duplicates()
        .filter(|(_, again)| again.text() == "apiVersion");
    begins
        .map(|(first, again)| {
            let message = "another object begins in the middle of one: no `---` stands between them";
            Problem::new(ProblemKind::DuplicateKey, again.span(), message)
                .also(first.span(), "the first one")
                .help("write `---` on a line before it, as between the outputs of `cat a.yaml b.yaml`")
        })
        .collect()
}

/// The Gateway API bundle that the CustomResourceDefinitions among `documents` belong to, by their annotations
/// `gateway.networking.k8s.io/bundle-version` and `/channel`; the newest, when several differ.
#[must_use]
pub fn assume_from_crds<'t>(
    documents: impl IntoIterator<Item = Node<'t>>,
) -> Option<(Version, Channel)> {
    let read = |document: Node<'t>| {
        if document.get("kind")?.text() != "CustomResourceDefinition" {
            return None;
        }
        let annotations = document.get("metadata")?.get("annotations")?;
        let at = |name: &str| annotations.string_at(&format!("gateway.networking.k8s.io/{name}"));
        Some((
            at("bundle-version")?.parse().ok()?,
            at("channel")?.parse().ok()?,
        ))
    };
    documents.into_iter().filter_map(read).max()
}
