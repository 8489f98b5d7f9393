//! Documents, ConfigMaps and the operator's resources to typed configurations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Collector;
use super::Component;
use super::Extent;
use super::Origin;
use super::expand::Defaults;
use super::expand::Expanded;
use super::expand::Nothing;
use super::expand::Surroundings;
use super::expand::expand;
use super::exporter::Exporter;
use super::extension::Extension;
use super::fault::Fault;
use super::fault::FaultKind;
use super::id::Role;
use super::pipeline;
use super::pipeline::Joints;
use super::pipeline::Pipeline;
use super::pipeline::Users;
use super::receiver::Receiver;
use super::recognise;
use super::recognise::Recognised;
use super::sections;
use super::value::Value;
use crate::model::image::Image;
use crate::model::object::Object;
use crate::model::store::Secret;
use crate::schema;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Text;

mod part;

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

    /// The configuration, or the part of one, that an argument, a variable or a file holds. `None` when it is a template:
    /// somebody fills it in before it is read.
    #[must_use]
    pub fn read_text(text: Text) -> Option<Self> {
        let (value, faults) = read_source(text)?;
        Some(Self::typed(Origin::Merged, value, faults, None))
    }

    /// The same of a text that is not written so, but made of what is (`--set`, `$(NAME)`); all of it stands at `span`.
    #[must_use]
    pub fn read_argument(text: &str, span: Span) -> Option<Self> {
        let source = Source::new("", text.as_bytes().to_vec());
        let (mut value, mut faults) = read_source(Text::whole(span.source, &source)?)?;
        value.stand_at(span);
        for fault in &mut faults {
            fault.span = span;
            fault.related.clear();
        }
        Some(Self::typed(Origin::Merged, value, faults, None))
    }

    /// An argument at `span` that the Collector does not even read: it says `said`.
    #[must_use]
    pub fn refused_argument(span: Span, message: &str, said: &str) -> Self {
        let (kind, path) = (FaultKind::Type, String::new());
        let fault = Fault::new(kind, span, path, message.to_owned(), said.to_owned());
        Self::typed(Origin::Merged, Value::empty(span), vec![fault], None)
    }

    /// What the Collector makes of several sources that it is given in this order: maps merge, lists and everything
    /// else replace; every value keeps the place where it is written. `None` when nothing is given.
    #[must_use]
    pub fn merged(sources: &[&Self]) -> Option<Self> {
        match sources {
            [] => None,
            [one] if one.extent != Extent::Part => Some((*one).clone()),
            _ => Some(Self::overlaid(sources, Extent::Whole)),
        }
    }

    /// The same of sources that are not all that is merged: what they name may be defined in the others.
    #[must_use]
    pub fn merged_in_part(sources: &[&Self]) -> Option<Self> {
        (!sources.is_empty()).then(|| Self::overlaid(sources, Extent::Part))
    }

    fn overlaid(sources: &[&Self], extent: Extent) -> Self {
        let mut roots = sources.iter().map(|source| source.written().clone());
        let mut value = roots.next().unwrap_or_else(|| Value::empty(NOWHERE));
        roots.for_each(|root| value.overlay(root));
        // What a source that could not be read holds is not missing.
        let unread = |source: &&Self| source.reading > 0 && source.root.entries().is_empty();
        let extent = match sources.iter().any(unread) {
            true => Extent::Part,
            false => extent,
        };
        let faults = sources.iter();
        let faults = faults.flat_map(|source| source.faults.iter().take(source.reading));
        let faults = faults.cloned().collect();
        Self::typed(Origin::Merged, value, faults, Some(extent))
    }

    /// A collector without components: a fragment, whose faults are all that there is.
    fn hollow(origin: Origin, root: Value, faults: Vec<Fault>) -> Self {
        Self {
            origin,
            span: root.span,
            extent: Extent::Fragment,
            receivers: Vec::new(),
            processors: Vec::new(),
            exporters: Vec::new(),
            connectors: Vec::new(),
            extensions: Vec::new(),
            started: Vec::new(),
            extensions_open: false,
            pipelines: Vec::new(),
            faults,
            image: None,
            root,
            written: None,
            is_open: false,
            reading: 0,
            users: Users::default(),
        }
    }

    /// Types a merged tree and judges it. Variables are left open in what is typed, and judged by their defaults.
    fn typed(
        origin: Origin,
        written: Value,
        mut faults: Vec<Fault>,
        extent: Option<Extent>,
    ) -> Self {
        let expanded = expand(&written, &Nothing);
        let extent = extent.unwrap_or_else(|| extent_of(&expanded.root));
        let mut collector = Self::hollow(origin, Value::empty(written.span), Vec::new());
        collector.extent = extent;
        collector.take(&expanded.root);
        collector.reading = faults.len();
        collector.is_open = expanded.is_open;
        let judged_by = if expanded.is_open {
            expand(&written, &Defaults)
        } else {
            expanded.clone()
        };
        judge(judged_by, extent, &mut faults);
        collector.faults = faults;
        collector.root = expanded.root;
        collector.written = written.has_dollar().then(|| Box::new(written));
        collector.users = Users::index(&collector.pipelines);
        collector
    }

    /// Takes the components and pipelines that `root` defines.
    fn take(&mut self, root: &Value) {
        for (role, id, body) in sections::components(root) {
            match role {
                Role::Receiver => self.receivers.push(Receiver::read(id, &body)),
                Role::Exporter => self.exporters.push(Exporter::read(id, &body)),
                Role::Extension => self.extensions.push(Extension::read(id, &body)),
                Role::Processor => self.processors.push(Component {
                    id,
                    body: body.into_owned(),
                }),
                Role::Connector => self.connectors.push(Component {
                    id,
                    body: body.into_owned(),
                }),
            }
        }
        let pipelines = root.at(&["service", "pipelines"]);
        self.pipelines = pipelines.map(Pipeline::read_all).unwrap_or_default();
        let started = root.at(&["service", "extensions"]);
        self.started = started.map(pipeline::ids).unwrap_or_default();
        let started_open = started.is_some_and(Value::is_reference);
        self.extensions_open = started_open || sections::open(root).contains(&Role::Extension);
    }

    /// What is written, before anything is filled in.
    fn written(&self) -> &Value {
        self.written.as_deref().unwrap_or(&self.root)
    }

    /// Judges it anew where variables and files are not unknown.
    pub(in crate::model) fn judge_in(&mut self, surroundings: &dyn Surroundings) {
        if self.is_open {
            let expanded = expand(self.written(), surroundings);
            self.faults.truncate(self.reading);
            judge(expanded, self.extent, &mut self.faults);
        }
    }
}

/// Adds what the Collector refuses in a tree in which all is filled in that is known.
fn judge(expanded: Expanded, extent: Extent, faults: &mut Vec<Fault>) {
    let before = faults.len();
    let root = &expanded.root;
    let mut defined = BTreeMap::new();
    sections::check(root, &mut defined, faults);
    if extent == Extent::Whole {
        sections::presence(root, faults);
        let pipelines = root.at(&["service", "pipelines"]);
        let started = root.at(&["service", "extensions"]);
        let joints = Joints {
            defined: &defined,
            open: &sections::open(root),
            misplaced: &sections::misplaced(root),
            pipelines: &pipelines.map(Pipeline::read_all).unwrap_or_default(),
            started: &started.map(pipeline::ids).unwrap_or_default(),
            faults,
        };
        joints.check();
    }
    if extent == Extent::Part {
        faults.retain(|fault| !fault.by_absence);
    }
    for fault in faults.iter_mut().skip(before) {
        if let Some(written) = expanded.brought.get(&fault.span) {
            fault.message = format!("{}, once `{written}` is filled in", fault.message);
        }
    }
    faults.extend(expanded.faults);
}

/// One source of a configuration (collector, confmap/provider.go `AsConf`); `None` when it is a template.
fn read_source(text: Text) -> Option<(Value, Vec<Fault>)> {
    let is_template = text.as_str().contains("{{");
    let length = u32::try_from(text.as_str().len()).unwrap_or(u32::MAX);
    let whole = text.span(0..length);
    let stream = yaml::parse(text, Dialect::Collector);
    if let Some(broken) = syntax(&stream) {
        return (!is_template).then(|| (Value::empty(broken.span), vec![broken]));
    }
    let mut faults = Vec::new();
    let value = match stream.documents().next() {
        Some(root) => Value::read(root, &mut faults),
        None => Value::empty(whole),
    };
    if value.map().is_some() {
        return Some((value, faults));
    }
    if !value.is_null() {
        let message = format!(
            "a source of the configuration is a map, this is {}",
            value.type_name()
        );
        let said = format!(
            "retrieved value (type={}) cannot be used as a Conf",
            sections::go_type(&value)
        );
        let (kind, path) = (FaultKind::Type, String::new());
        faults.push(Fault::new(kind, value.span, path, message, said));
    }
    Some((Value::empty(value.span), faults))
}

fn read_filled(root: Node<'_>, faults: &mut Vec<Fault>) -> Value {
    let expanded = expand(&Value::read(root, faults), &Defaults);
    faults.extend(expanded.faults);
    expanded.root
}

/// The place of nothing.
const NOWHERE: Span = Span::new(SourceId(0), 0..0);

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

/// Whole when the three sections are written without which no Collector starts, be they empty.
fn extent_of(root: &Value) -> Extent {
    let has = |key: &str| root.get(key).is_some();
    let pipelines = root.at(&["service", "pipelines"]).is_some();
    if has("receivers") && (has("exporters") || has("connectors")) && pipelines {
        Extent::Whole
    } else {
        Extent::Part
    }
}
