//! References that lead back to themselves: a variable that holds `${env:…}` of itself, a file that includes itself.
//!
//! Collector, confmap/expand.go: what a reference brings is expanded again, up to a thousand rounds.

use std::collections::BTreeMap;

use super::around::Around;
use crate::model::collector::Surroundings;
use crate::model::collector::Variable;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::value::Value;
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

/// What is wrong with the references in `root`, which is read where `around` is what there is.
pub(super) fn rings(around: &Around<'_>, root: &Value) -> Vec<Fault> {
    let mut search = Search {
        around,
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
    around: &'m Around<'m>,
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
            "env" => match self.around.variable(target) {
                Variable::Is(text) => {
                    let source = Source::new("", text.into_bytes());
                    Text::whole(SourceId(0), &source)?
                }
                Variable::Unset | Variable::Unknown => return None,
            },
            _ => self.around.file(target)?,
        };
        let stream = yaml::parse(text, Dialect::Collector);
        let root = stream.documents().next()?;
        Some(Value::read_open(root))
    }
}
