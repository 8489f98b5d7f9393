//! Where the statuses that controllers wrote say otherwise than the predicted ones.

use super::Predicted;
use super::Target;
use super::condition::Condition;
use super::condition::Verdict;
use super::condition::existing;
use super::predict;
use crate::attach::Attachment;
use crate::model::Model;
use crate::model::object::Object;
use crate::settings::Settings;
use crate::source::Span;
use crate::yaml::Node;

/// The conditions that follow from what was written; others wait for addresses and Pods.
const COMPARED: &[&str] = &["Accepted", "ResolvedRefs", "Conflicted"];

/// A condition that somebody wrote, and that another was expected of.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The `status` of the condition.
    pub at: Span,
    /// The name of the object.
    pub object: Span,
    /// Of what it is said: `the listener "a"`, `this at "edge"`; `None`: of the object itself.
    pub of: Option<Part>,
    /// What was written.
    pub written: Condition,
    /// What follows from what was given.
    pub expected: Condition,
}

/// A part of an object that has conditions of its own.
#[derive(Clone, Debug)]
pub enum Part {
    /// The listener of that name.
    Listener(String),
    /// The parent or ancestor of that name.
    Target(String),
}

/// Every difference, in the order of the input. Only of objects that an API server gave: what stands in other files under
/// `status` was written by people.
#[must_use]
pub fn differences(model: &Model, settings: &Settings, attachment: &Attachment) -> Vec<Difference> {
    if !model.objects.iter().any(|object| is_served(object)) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for predicted in predict(model, settings, attachment) {
        if let Some(status) = predicted.object.tree.node().get("status")
            && is_served(predicted.object)
        {
            of_object(&predicted, status, &mut all);
        }
    }
    all
}

/// Whether an API server gave the object, with a status.
fn is_served(object: &Object) -> bool {
    let node = object.tree.node();
    node.has("status") && node.get("metadata").is_some_and(|own| own.has("uid"))
}

fn of_object(predicted: &Predicted<'_>, status: Node<'_>, all: &mut Vec<Difference>) {
    let object = predicted.object;
    compare(object, None, status, &predicted.conditions, all);
    for listener in predicted.listeners.iter().flatten() {
        let mut written = status.get("listeners").into_iter().flat_map(Node::items);
        let own = written.find(|own| says(*own, "name", &listener.name));
        if let Some(own) = own {
            let part = Part::Listener(listener.name.clone());
            compare(object, Some(&part), own, &listener.conditions, all);
        }
    }
    let (list, reference) = match object.kind.as_str() {
        "BackendTLSPolicy" => ("ancestors", "ancestorRef"),
        _ => ("parents", "parentRef"),
    };
    for entry in &predicted.entries {
        let mut written = status.get(list).into_iter().flat_map(Node::items);
        let own = written.find(|own| {
            says(*own, "controllerName", &entry.controller)
                && own
                    .get(reference)
                    .is_some_and(|target| is_about(target, &entry.target))
        });
        if let Some(own) = own {
            let part = Part::Target(entry.target.name.clone());
            compare(object, Some(&part), own, &entry.conditions, all);
        }
    }
}

/// Whether a reference in a status is `target`; controllers write a namespace there or leave it out.
fn is_about(reference: Node<'_>, target: &Target) -> bool {
    let text = |key| reference.string_at(key).map(|text| text.value);
    let namespaces = text("namespace").zip(target.namespace.clone());
    says(reference, "name", &target.name)
        && text("sectionName") == target.section
        && reference.integer_at("port").map(|port| port.value) == target.port
        && namespaces.is_none_or(|(own, other)| own == other)
}

fn says(node: Node<'_>, key: &str, text: &str) -> bool {
    node.string_at(key).is_some_and(|own| own.value == text)
}

/// Conditions under `written` that are about the object as it is now, and say otherwise.
fn compare(
    object: &Object,
    of: Option<&Part>,
    written: Node<'_>,
    predicted: &[Condition],
    all: &mut Vec<Difference>,
) {
    let metadata = object.tree.node().get("metadata");
    let generation = metadata.and_then(|metadata| metadata.integer_at("generation"));
    for node in written.get("conditions").into_iter().flat_map(Node::items) {
        let observed = node.integer_at("observedGeneration");
        let is_old = generation.as_ref().zip(observed.as_ref());
        let is_old = is_old.is_some_and(|(now, then)| now.value != then.value);
        let Some(own) = existing(node).filter(|_| !is_old) else {
            continue;
        };
        let expected = predicted.iter().find(|expected| expected.kind == own.kind);
        let Some(expected) = expected.filter(|_| COMPARED.contains(&own.kind.as_ref())) else {
            continue;
        };
        // What is refused is worth a word, whatever was expected; what is taken only where it was expected not to be.
        let is_known = expected.status != Verdict::Unknown || own.is_bad();
        if own.status == Verdict::Unknown || own.status == expected.status || !is_known {
            continue;
        }
        all.push(Difference {
            at: node.get("status").map_or(node.span(), Node::span),
            object: object.name_span(),
            of: of.cloned(),
            written: own,
            expected: expected.clone(),
        });
    }
}
