use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::model::object::Object;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::yaml::Node;
use crate::yaml::Shape;

pub(super) static RULE: Rule = Rule {
    name: "duplicate-object",
    severity: Severity::Warning,
    page: page!("input/duplicate-object"),
    check,
};

/// Files of one folder that have one and the same object: from here on they are examples or tests of which each stands for
/// itself, and nobody applies the folder as a whole.
const ALTERNATIVES: usize = 3;

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut all: BTreeMap<[&str; 5], Vec<&Object>> = BTreeMap::new();
    for object in &world.model.objects {
        let file = world.sources.get(object.source).name.as_str();
        let Some(name) = object
            .name
            .as_ref()
            .filter(|_| !world.model.patches.contains(file))
        else {
            continue;
        };
        // Variants of one object in different folders are for different clusters; a folder is applied as a whole.
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let namespace = object
            .namespace
            .as_ref()
            .map_or("", |namespace| namespace.as_str());
        let key = [
            folder,
            object.group(),
            object.kind.as_str(),
            namespace,
            name.as_str(),
        ];
        all.entry(key).or_default().push(object);
    }
    for objects in all.values() {
        let files: BTreeSet<_> = objects.iter().map(|object| object.source).collect();
        let Some((first, others)) = objects.split_first() else {
            continue;
        };
        for other in others {
            let alternative = files.len() >= ALTERNATIVES && other.source != first.source;
            if !alternative && !same(first.tree.node(), other.tree.node()) {
                report(first, other, findings);
            }
        }
    }
}

fn report(first: &Object, again: &Object, findings: &mut Findings) {
    let Some(name) = &again.name else { return };
    let message = format!("{} is there twice, with different content", again.title());
    let finding = findings.at(name.span, message);
    if let Some(earlier) = &first.name {
        finding.also(earlier.span, "the first one");
    }
    finding.help("whichever is applied last wins: keep one of them, or give them different names");
}

/// Whether both say the same, however it is written.
fn same(a: Node<'_>, b: Node<'_>) -> bool {
    match (a.shape(), b.shape()) {
        (Shape::Null, Shape::Null) => true,
        (Shape::Scalar, Shape::Scalar) => a.scalar() == b.scalar(),
        (Shape::Sequence, Shape::Sequence) => {
            let (a, b): (Vec<_>, Vec<_>) = (a.items().collect(), b.items().collect());
            a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Shape::Mapping, Shape::Mapping) => {
            a.entries().count() == b.entries().count()
                && a.entries()
                    .all(|(key, a)| b.value(&key.text()).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}
