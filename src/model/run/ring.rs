//! References that lead back to themselves: a variable that holds `${env:…}` of itself, a file that includes itself.
//!
//! Collector, confmap/expand.go: what a reference brings is expanded again, up to a thousand rounds.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::value::Value;
use crate::model::workload::Workload;
use crate::model::workload::command::Environment;
use crate::model::workload::command::Variable;
use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Text;

/// How far references are followed; those of a configuration that works are one or two deep.
const DEPTH: usize = 50;

/// Scheme and target of a reference.
type Target = (String, String);

/// What is wrong with the references in `root`, which `container` reads.
pub(super) fn rings(
    model: &Model,
    workload: &Workload,
    container: &Container,
    root: &Value,
) -> Vec<Fault> {
    let mut search = Search {
        model,
        workload,
        container,
        environment: Environment::of(container),
        known: BTreeMap::new(),
    };
    let mut written = Vec::new();
    references(root, &mut written);
    let rings = written
        .into_iter()
        .filter(|(target, _)| search.leads_back(target, 0));
    rings.map(|(target, span)| fault(&target, span)).collect()
}

fn fault((scheme, target): &Target, span: Span) -> Fault {
    Fault::new(
        FaultKind::Substitution,
        span,
        String::new(),
        format!("`${{{scheme}:{target}}}` leads back to itself"),
        "too many recursive expansions".to_owned(),
    )
}

/// The references to variables and files in `value`, each with the value that holds it.
fn references(value: &Value, into: &mut Vec<(Target, Span)>) {
    for reference in value.phrase().map_or(&[][..], |text| text.references()) {
        if matches!(reference.scheme.as_str(), "env" | "file") && !reference.target.contains('$') {
            let target = (reference.scheme.clone(), reference.target.clone());
            into.push((target, value.span));
        }
    }
    value.items().iter().for_each(|item| references(item, into));
    let entries = value.entries().iter();
    entries.for_each(|entry| references(&entry.value, into));
}

struct Search<'m> {
    model: &'m Model,
    workload: &'m Workload,
    container: &'m Container,
    environment: Environment<'m>,
    /// Whether a target leads into a ring; `None` while it is being walked.
    known: BTreeMap<Target, Option<bool>>,
}

impl Search<'_> {
    fn leads_back(&mut self, target: &Target, depth: usize) -> bool {
        match self.known.get(target) {
            // Still being walked: this is the ring.
            Some(None) => return true,
            Some(Some(known)) => return *known,
            None if depth > DEPTH => return false,
            None => {}
        }
        self.known.insert(target.clone(), None);
        let mut next = Vec::new();
        if let Some(content) = self.content(target) {
            references(&content, &mut next);
        }
        let found = next
            .iter()
            .any(|(next, _)| self.leads_back(next, depth + 1));
        self.known.insert(target.clone(), Some(found));
        found
    }

    /// What the target holds, if that was given.
    fn content(&self, (scheme, target): &Target) -> Option<Value> {
        let text = match scheme.as_str() {
            "env" => self.variable(target)?,
            _ => self.file(target)?,
        };
        let source = Source::new("", text.into_bytes());
        let stream = yaml::parse(Text::whole(SourceId(0), &source)?, Dialect::Collector);
        let root = stream.documents().next()?;
        Some(Value::read_open(root))
    }

    fn variable(&self, name: &str) -> Option<String> {
        let mut variables = self.container.env.iter().rev();
        match &variables.find(|own| own.name.value == *name)?.value {
            EnvironmentValue::ConfigMap(key) => self.stored(Store::ConfigMap, &key.name, &key.key),
            EnvironmentValue::Secret(key) => self.stored(Store::Secret, &key.name, &key.key),
            _ => match self.environment.variable(name) {
                Variable::Is(text) => Some(text),
                Variable::Undefined | Variable::Unknown => None,
            },
        }
    }

    fn file(&self, path: &str) -> Option<String> {
        let mounts = Mounts::new(&self.workload.pod, self.container);
        let Content::Keys(keys) = mounts.resolve(path).content else {
            return None;
        };
        let mut keys = keys.iter();
        keys.find_map(|key| self.stored(key.store, key.name, &key.key))
    }

    fn stored(&self, store: Store, name: &str, key: &str) -> Option<String> {
        let (namespace, from) = (self.workload.object.namespace(), &self.workload.object);
        let entry = match store {
            Store::ConfigMap => {
                let map = self.model.config_maps.nearest(namespace, name, from)?;
                map.entries.iter().find(|entry| entry.key.value == key)?
            }
            Store::Secret => self
                .model
                .secrets
                .nearest(namespace, name, from)?
                .entry(key)?,
        };
        Some(entry.text()?.as_str().to_owned())
    }
}
