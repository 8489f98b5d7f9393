//! Documents, ConfigMaps and the operator's resources to typed configurations.

use std::sync::Arc;

use super::Collector;
use super::Extent;
use super::Origin;
use super::expand::Defaults;
use super::expand::expand;
use super::fault::Fault;
use super::fault::FaultKind;
use super::id::Role;
use super::recognise;
use super::recognise::Recognised;
use super::value::Value;
use crate::model::image::Image;
use crate::model::object::Object;
use crate::model::store::Secret;
use crate::schema;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Text;

mod allocated;
mod merge;
mod part;
mod typed;

impl Collector {
    /// The configuration that the document `root` is, if it is one. `root` may be in any dialect.
    #[must_use]
    pub fn read_document(root: Node<'_>) -> Option<Self> {
        let recognised = recognise::recognise(root)?;
        Self::read_recognised(Origin::Document, root.with(Dialect::Collector), recognised)
    }

    /// The configurations that `object` holds: values of a ConfigMap or Secret under any key, `spec.config` of an
    /// OpenTelemetryCollector as a string (v1alpha1) or as a map (v1beta1).
    #[must_use]
    pub fn read_object(object: &Arc<Object>) -> Vec<Self> {
        match (object.group(), object.kind.as_str()) {
            ("", "ConfigMap") => Self::read_config_map(object),
            ("", "Secret") => Self::read_secret(object),
            ("opentelemetry.io", "OpenTelemetryCollector") => {
                Self::read_operator(object).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn read_config_map(object: &Arc<Object>) -> Vec<Self> {
        let node = object.tree.node();
        let Some(data) = node.get("data") else {
            return Vec::new();
        };
        data.entries()
            .filter(|(_, value)| {
                value.shape() == yaml::Shape::Scalar && may_be_configuration(&value.text())
            })
            .filter_map(|(key, value)| {
                let key = Spanned::new(key.text().into_owned(), key.span());
                let origin = Origin::ConfigMap(Arc::clone(object), key);
                Self::read_value(origin, value.inner())
            })
            .collect()
    }

    fn read_secret(object: &Arc<Object>) -> Vec<Self> {
        let entries = Secret::read(object).entries;
        entries
            .iter()
            .filter_map(|entry| {
                let text = entry.text()?;
                let origin = Origin::Secret(Arc::clone(object), entry.key.clone());
                may_be_configuration(text.as_str())
                    .then(|| Self::read_value(origin, text))
                    .flatten()
            })
            .collect()
    }

    /// The configuration that stands inline in a Compose file, under `key`.
    pub(in crate::model) fn read_inline(key: Spanned<String>, text: Text) -> Option<Self> {
        may_be_configuration(text.as_str())
            .then(|| Self::read_value(Origin::Inline(key), text))
            .flatten()
    }

    /// The whole configuration that the value of a key is, or that it was meant to be before its YAML broke. A template
    /// is none: somebody fills it in before it is read.
    fn read_value(origin: Origin, text: Text) -> Option<Self> {
        let is_meant = is_meant(text.as_str());
        let is_template = text.as_str().contains("{{");
        let stream = yaml::parse(text, Dialect::Collector);
        let roots: Vec<Node<'_>> = stream.documents().take(1).collect();
        if schema::template::unrendered(&stream, &roots).is_some() {
            return None;
        }
        let Some(root) = roots.first().copied() else {
            let broken = syntax(&stream).filter(|_| is_meant && !is_template)?;
            let value = Value::empty(broken.span);
            return Some(Self::hollow(origin, value, vec![broken]));
        };
        let recognised = recognise::recognise(root)?;
        match recognised {
            Recognised::Fragment(_) | Recognised::Fragments(_) | Recognised::Named => None,
            whole => Self::read_recognised(origin, root, whole),
        }
    }

    fn read_operator(object: &Arc<Object>) -> Option<Self> {
        let node = object.tree.node();
        let spec = node.get("spec")?;
        let config = spec.get("config")?;
        let origin = Origin::Operator(Arc::clone(object));
        let mut collector = if config.shape() == yaml::Shape::Mapping {
            Self::read_whole(origin, config.with(Dialect::Collector))
        } else {
            let stream = yaml::parse(config.inner(), Dialect::Collector);
            let root = stream.documents().next()?;
            if root.shape() != yaml::Shape::Mapping {
                return None;
            }
            Self::read_whole(origin, root)
        };
        collector.image = spec
            .string_at("image")
            .map(|image| image.map(|image| Image::parse(&image)));
        Some(collector)
    }

    fn read_recognised(origin: Origin, root: Node<'_>, recognised: Recognised) -> Option<Self> {
        match recognised {
            Recognised::Sdk => None,
            Recognised::Configuration => {
                let mut faults = Vec::new();
                let value = Value::read(root, &mut faults);
                Some(Self::typed(origin, value, faults, None))
            }
            Recognised::Fragment(fragment) => Some(Self::read_fragment(origin, root, fragment)),
            Recognised::Fragments(fragment) => Some(Self::read_fragments(origin, root, fragment)),
            Recognised::Named => Some(Self::read_named(origin, root)),
        }
    }

    /// A configuration that its place says to be whole.
    fn read_whole(origin: Origin, root: Node<'_>) -> Self {
        let mut faults = Vec::new();
        let value = Value::read(root, &mut faults);
        Self::typed(origin, value, faults, Some(Extent::Whole))
    }
}

fn read_filled(root: Node<'_>, faults: &mut Vec<Fault>) -> Value {
    let expanded = expand(&Value::read(root, faults), &Defaults);
    faults.extend(expanded.faults);
    expanded.root
}

/// Where `stream` is no YAML to libyaml, and so to the Collector, whose reader is made after it.
fn syntax(stream: &yaml::Stream) -> Option<Fault> {
    let mut faults = stream.faults().iter();
    let first = faults.find(|fault| !fault.accepted_by_kubectl)?;
    let (kind, path) = (FaultKind::Syntax, String::new());
    let message = first.message.clone();
    Some(Fault::new(kind, first.span, path, message, String::new()))
}

/// Whether a text that does not parse was meant to be a configuration: three sections begin on lines of their own.
fn is_meant(text: &str) -> bool {
    let sections = Role::ALL.into_iter().map(Role::section).chain(["service"]);
    let begins = |section: &str| {
        let mut lines = text.lines();
        lines.any(|line| {
            line.strip_prefix(section)
                .is_some_and(|rest| rest.starts_with(':'))
        })
    };
    sections.filter(|section| begins(section)).count() >= 3
}

/// Whether a text can be a configuration at all; spares the parser most ConfigMap values.
fn may_be_configuration(text: &str) -> bool {
    text.contains("receivers") || text.contains("exporters") || text.contains("service")
}
