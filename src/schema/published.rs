//! Our tables against the published definitions, where those are at hand: fields, types, required, choices, limits.

#![allow(clippy::unwrap_used)] // a test that cannot read its input has to stop

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::settings::Channel;
use crate::source::Source;
use crate::source::SourceId;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Text;

use super::definition::Definitions;
use super::kinds;
use super::kinds::KINDS;
use super::kinds::Known;
use super::notation;
use super::table::Base;
use super::table::Field;
use super::table::Table;
use super::table::Type;
use super::table::TypeId;
use super::world::World;

/// Types that one comparison may go through; types can be recursive.
const DEEPEST: usize = 40;

fn published(part: &str) -> Option<Definitions> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/crds")).join(part);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    let paths: Vec<PathBuf> = if path.is_dir() {
        let entries = fs::read_dir(&path).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![path]
    };
    let mut definitions = Definitions::default();
    for path in paths {
        let source = Source::new("crd.yaml", fs::read(path).unwrap());
        let stream = yaml::parse(
            Text::whole(SourceId(0), &source).unwrap(),
            Dialect::Kubernetes,
        );
        stream
            .documents()
            .for_each(|document| definitions.learn(document));
    }
    Some(definitions)
}

struct Comparison<'t> {
    ours: &'t Table,
    theirs: &'t Table,
    /// Whether limits, keys and forms have to be the very same, too.
    exact: bool,
    differences: Vec<String>,
}

impl<'t> Comparison<'t> {
    fn of(&mut self, ours: TypeId, theirs: TypeId, path: &str, depth: usize) {
        let (a, b): (&'t Type, &'t Type) = (
            &self.ours.types[ours.0 as usize],
            &self.theirs.types[theirs.0 as usize],
        );
        if a.base == Base::Any || depth > DEEPEST {
            return;
        }
        let same_base = a.base == b.base
            || (a.base == Base::Map && b.base == Base::Object && b.fields.is_empty())
            || (a.base == Base::Object && b.base == Base::Any);
        if !same_base {
            self.differences
                .push(format!("{path}: {:?} here, {:?} there", a.base, b.base));
            return;
        }
        self.facts(a, b, path);
        self.fields(a, b, path, depth);
        if let (Some(x), Some(y)) = (a.element, b.element) {
            self.of(x, y, &format!("{path}[]"), depth + 1);
        }
    }

    fn facts(&mut self, a: &Type, b: &Type, path: &str) {
        let nothing = |limit: Option<f64>| match a.base {
            Base::Text | Base::List | Base::Map => limit.filter(|limit| *limit != 0.0),
            _ => limit,
        };
        let limits = |of: &Type| (nothing(of.low), of.high);
        let ((low, high), (their_low, their_high)) = (limits(a), limits(b));
        let wider = their_low.is_some_and(|theirs| low.is_none_or(|ours| ours < theirs))
            || their_high.is_some_and(|theirs| high.is_none_or(|ours| ours > theirs));
        if wider || (self.exact && limits(a) != limits(b)) {
            self.say(path, &limits(a), &limits(b));
        }
        let choices = |of: &Type| {
            of.choices
                .iter()
                .map(ToString::to_string)
                .collect::<BTreeSet<_>>()
        };
        if choices(a) != choices(b) && (self.exact || !b.choices.is_empty()) {
            self.say(path, &choices(a), &choices(b));
        }
        if self.exact && (&a.keys, a.set) != (&b.keys, b.set) {
            self.say(path, &(&a.keys, a.set), &(&b.keys, b.set));
        }
        if self.exact && a.form.is_some() != b.pattern.is_some() && !path.ends_with(".hostname") {
            let there = b.pattern.as_ref().map(|pattern| &pattern.source);
            self.say(path, &a.form.map(|form| form.name), &there);
        }
    }

    fn say(&mut self, path: &str, here: &dyn Debug, there: &dyn Debug) {
        self.differences
            .push(format!("{path}: {here:?} here, {there:?} there"));
    }

    fn fields(&mut self, a: &Type, b: &Type, path: &str, depth: usize) {
        let ours = a.fields.iter().filter(|field| field.withheld.is_none());
        for field in ours.clone() {
            match b.field(&field.name) {
                Some(other) => {
                    let at = format!("{path}.{}", field.name);
                    let facts = |field: &Field| (field.required, self.exact && field.default);
                    if facts(field) != facts(other) && field.name != "metadata" {
                        self.differences.push(format!(
                            "{at}: (required, default) {:?} here, {:?} there",
                            facts(field),
                            facts(other)
                        ));
                    }
                    self.of(field.of, other.of, &at, depth + 1);
                }
                None if b.base == Base::Object && !b.fields.is_empty() => {
                    self.differences
                        .push(format!("{path}.{}: only here", field.name));
                }
                None => {}
            }
        }
        if a.open || a.base != Base::Object {
            return;
        }
        let ours: BTreeSet<&str> = ours.map(|field| field.name.as_ref()).collect();
        for other in b
            .fields
            .iter()
            .filter(|field| !ours.contains(field.name.as_ref()))
        {
            self.differences
                .push(format!("{path}.{}: only there", other.name));
        }
    }
}

fn differences(
    definitions: &Definitions,
    channel: Option<Channel>,
    wanted: impl Fn(&Known) -> bool,
) -> Vec<String> {
    let mut all = Vec::new();
    for known in KINDS.iter().filter(|known| wanted(known)) {
        for served in notation::served(known.text) {
            let world = World {
                family: known.family.name,
                bundle: known.family.newest,
                channel,
                version: served.version,
            };
            let there = definitions.table(known.group, known.kind, served.version);
            match (there, served.place.holds(world)) {
                (Some(there), true) => {
                    let ours = notation::read(known.text, &known.family.types(), world);
                    let mut comparison = Comparison {
                        ours: &ours,
                        theirs: there,
                        exact: known.family.name == kinds::GATEWAY_API,
                        differences: Vec::new(),
                    };
                    comparison.of(ours.root, there.root, known.kind, 0);
                    let named = |difference: &String| format!("{} {difference}", served.version);
                    all.extend(comparison.differences.iter().map(named));
                }
                (None, true) => all.push(format!(
                    "{} {}: not served there",
                    known.kind, served.version
                )),
                (Some(_), false) => all.push(format!(
                    "{} {}: not served here",
                    known.kind, served.version
                )),
                (None, false) => {}
            }
        }
    }
    all
}

#[test]
fn gateway_api_is_as_published() {
    for (folder, channel) in [
        ("gateway-api-1.6.1-standard", Channel::Standard),
        ("gateway-api-1.6.1-experimental", Channel::Experimental),
    ] {
        let Some(definitions) = published(folder) else {
            return;
        };
        let found = differences(&definitions, Some(channel), |known| {
            known.family.name == kinds::GATEWAY_API
        });
        assert!(found.is_empty(), "{folder}:\n{}", found.join("\n"));
    }
}

/// Other families: what a table leaves out on purpose is `any` or `open`, so every difference is a mistake. Forms are not
/// compared: where the definitions have none, the kinds they end up in do.
#[test]
fn other_kinds_are_as_published() {
    let files = [
        "istio-1.32-dev.yaml",
        "cert-manager-certificates.yaml",
        "cert-manager-issuers.yaml",
        "cert-manager-clusterissuers.yaml",
        "envoy-gateway-1.9-clienttrafficpolicies.yaml",
        "envoy-gateway-1.9-backendtrafficpolicies.yaml",
        "opentelemetry-operator-0.158.yaml",
    ];
    let mut all = Vec::new();
    for file in files {
        let Some(definitions) = published(file) else {
            return;
        };
        let there = |known: &Known| !definitions.versions(known.group, known.kind).is_empty();
        all.extend(differences(&definitions, None, there));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
