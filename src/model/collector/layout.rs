//! The layout of a configuration: which sections it has, which ids and bodies, and what must be there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::fault;
use super::fault::Fault;
use super::fault::FaultKind;
use super::id;
use super::id::ComponentId;
use super::id::Role;
use super::pipeline;
use super::recognise::Fragment;
use super::shape;
use super::value::Content;
use super::value::Entry;
use super::value::Value;
use crate::source::Span;
use crate::source::Spanned;

pub(super) fn check_fragment(
    value: &Value,
    span: Span,
    fragment: Fragment,
    faults: &mut Vec<Fault>,
) {
    match fragment {
        Fragment::Telemetry => {
            let mut report = shape::Report::new(&["service", "telemetry"], faults);
            shape::check(value, span, &shape::TELEMETRY, &mut report);
        }
        Fragment::Component(role, kind) => {
            if let Some(shape) = shape::lookup(role, kind) {
                let mut report = shape::Report::new(&[role.section(), kind], faults);
                shape::check(value, span, shape, &mut report);
            }
        }
    }
}

/// A component with a readable id, and its body.
pub(super) type Defined<'v> = (Role, Spanned<ComponentId>, Cow<'v, Value>);

/// Every component with a readable id.
pub(super) fn components(root: &Value) -> impl Iterator<Item = Defined<'_>> {
    sections(root).flat_map(|(role, section)| {
        section.entries().iter().filter_map(move |component| {
            let id = ComponentId::read(&component.key).ok()?;
            let body = body(component, &id.to_string());
            Some((role, Spanned::new(id, component.key.span), body))
        })
    })
}

/// The sections that are a `${…}`: anything may be defined there.
pub(super) fn open(root: &Value) -> BTreeSet<Role> {
    let open = sections(root).filter(|(_, section)| section.is_open());
    open.map(|(role, _)| role).collect()
}

fn sections(root: &Value) -> impl Iterator<Item = (Role, &Value)> {
    let sections = root.entries().iter();
    sections.filter_map(|entry| Some((section_of(&entry.key.value)?, &entry.value)))
}

fn section_of(key: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.section() == key)
}

/// The body is looked up by the trimmed id, and so not found under a key with blanks.
fn body<'v>(component: &'v Entry, id: &str) -> Cow<'v, Value> {
    if id == component.key.value {
        Cow::Borrowed(&component.value)
    } else {
        Cow::Owned(Value::new(component.key.span, Content::Null))
    }
}

/// What is wrong with the sections, the ids in them and their bodies; what is defined goes to `defined`.
pub(super) fn check(root: &Value, defined: &mut pipeline::Defined, faults: &mut Vec<Fault>) {
    let uses = Uses::of(root);
    for entry in root.entries() {
        if let Some(role) = section_of(&entry.key.value) {
            check_section(role, &entry.value, uses.as_ref(), defined, faults);
        } else if entry.key.value == "service" {
            let mut report = shape::Report::new(&["service"], faults).decoded_from_above();
            shape::check(&entry.value, entry.key.span, &shape::SERVICE, &mut report);
            pipeline_names(&entry.value, faults);
        } else {
            faults.push(unknown_section(&entry.key, root));
        }
    }
}

fn unknown_section(key: &Spanned<String>, root: &Value) -> Fault {
    let names = Role::ALL.into_iter().map(Role::section).chain(["service"]);
    // What is there already was not meant.
    let names = names.filter(|name| root.get(name).is_none());
    let near = fault::nearest(&key.value, names);
    let message = format!("the configuration has no section `{}`", key.value);
    let said = format!("'otelcol.configSettings' has invalid keys: {}", key.value);
    Fault::new(FaultKind::Unknown, key.span, String::new(), message, said).near(near)
}

fn check_section(
    role: Role,
    section: &Value,
    uses: Option<&Uses>,
    defined: &mut pipeline::Defined,
    faults: &mut Vec<Fault>,
) {
    let name = role.section();
    if !section.is_open() && !is_map(section) {
        let said = format!(
            "'{name}' expected a map or struct, got \"{}\"",
            go_kind(section)
        );
        faults.push(no_map(name, section, name, said));
    }
    for component in section.entries() {
        let (key, span) = (&component.key.value, component.key.span);
        let id = match ComponentId::read(key) {
            Ok(id) => id,
            Err(said) => {
                let (kind, path) = (FaultKind::Id, name.to_owned());
                let message = format!("`{key}` is no id of a component");
                faults.push(Fault::new(kind, span, path, message, said));
                continue;
            }
        };
        let id_text = id.to_string();
        if let Some(first) = defined.entry(role).or_default().insert(id.clone(), span) {
            repeated(&component.key, &id_text, first, name, faults);
        }
        let body = body(component, &id_text);
        if is_map(&body) || body.is_open() {
            let used = uses.filter(|_| role == Role::Exporter);
            let used = used.map(|uses| uses.signals(&id));
            check_body(role, &id, &body, span, used, faults);
        } else {
            let said = format!(
                "'[{key}]' expected type 'map[string]interface {{}}', got unconvertible type '{}'",
                go_type(&body)
            );
            faults.push(no_map(&id_text, &body, name, said));
        }
    }
}

/// Whether Go takes the value for a map: a date is a struct, and so one without entries.
const fn is_map(value: &Value) -> bool {
    matches!(
        value.content,
        Content::Map(_) | Content::Null | Content::Time
    )
}

fn no_map(name: &str, value: &Value, section: &str, said: String) -> Fault {
    let message = format!("`{name}` takes a map, this is {}", value.type_name());
    let (kind, path) = (FaultKind::Type, section.to_owned());
    Fault::new(kind, value.span, path, message, said)
}

/// What Go's reflection calls the kind of a value that is no map.
fn go_kind(value: &Value) -> &'static str {
    match value.content {
        Content::List(_) => "slice",
        _ => go_type(value),
    }
}

/// What Go calls the type of a value that is no map.
pub(super) fn go_type(value: &Value) -> &'static str {
    match value.content {
        Content::Time => "time.Time",
        Content::Bool(_) => "bool",
        Content::Integer(_) if value.is_too_large() => "uint64",
        Content::Integer(_) => "int",
        Content::Float(_) => "float64",
        Content::List(_) => "[]interface {}",
        _ => "string",
    }
}

/// The keys at the top that are no sections.
pub(super) fn misplaced(root: &Value) -> BTreeSet<&str> {
    let keys = root.entries().iter().map(|entry| entry.key.value.as_str());
    keys.filter(|key| {
        *key != "service" && !Role::ALL.into_iter().any(|role| role.section() == *key)
    })
    .collect()
}

/// Two keys that become one id once they are trimmed; the same key twice is recorded by the reading.
fn repeated(key: &Spanned<String>, id: &str, first: Span, section: &str, faults: &mut Vec<Fault>) {
    if faults
        .iter()
        .rev()
        .take(64)
        .any(|fault| fault.kind == FaultKind::Duplicate && fault.span == key.span)
    {
        return;
    }
    let said = format!("duplicate name {:?} after unmarshaling {id}", key.value);
    let message = format!("`{id}` is defined twice");
    let fault = Fault::new(
        FaultKind::Duplicate,
        key.span,
        section.to_owned(),
        message,
        said,
    );
    faults.push(fault.also(first, "first defined here"));
}

/// The signals of the pipelines that send to each exporter.
struct Uses(BTreeMap<ComponentId, Vec<id::Signal>>);

impl Uses {
    /// `None` when not all pipelines are known.
    fn of(root: &Value) -> Option<Self> {
        let mut uses: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for pipeline in root.at(&["service", "pipelines"])?.map()?.entries() {
            let signal = id::PipelineId::read(&pipeline.key).ok()?.signal;
            for exporter in pipeline.value.get("exporters").map(Value::texts)? {
                if let Ok(exporter) = ComponentId::read(exporter.value.known()?) {
                    uses.entry(exporter).or_default().push(signal);
                }
            }
        }
        Some(Self(uses))
    }

    fn signals(&self, exporter: &ComponentId) -> Vec<id::Signal> {
        self.0.get(exporter).cloned().unwrap_or_default()
    }
}

/// What is wrong with the body of the component `id`, whose key stands at `span`.
pub(super) fn check_body(
    role: Role,
    id: &ComponentId,
    value: &Value,
    span: Span,
    used: Option<Vec<id::Signal>>,
    faults: &mut Vec<Fault>,
) {
    let mut report = shape::Report::new(&[role.section(), &id.to_string()], faults).used_for(used);
    match shape::lookup(role, &id.kind) {
        Some(shape) => shape::check(value, span, shape, &mut report),
        None => shape::check_opaque(value, &mut report),
    }
}

fn pipeline_names(service: &Value, faults: &mut Vec<Fault>) {
    let mut named = BTreeMap::new();
    for entry in service.get("pipelines").map_or(&[][..], Value::entries) {
        let path = "service::pipelines".to_owned();
        let written = &entry.key.value;
        let said = match id::PipelineId::read(written) {
            Err(said) => said,
            Ok(id) => {
                let text = id.to_string();
                if let Some(first) = named.insert(id, entry.key.span) {
                    repeated(&entry.key, &text, first, &path, faults);
                }
                continue;
            }
        };
        let signal = written.split('/').next().unwrap_or_default().trim();
        let near = fault::nearest(signal, id::Signal::ALL.into_iter().map(id::Signal::as_str));
        let message = if said.starts_with("unknown") {
            format!("`{written}` names no signal: `traces`, `metrics`, `logs` or `profiles`")
        } else {
            format!("`{written}` is no name of a pipeline")
        };
        faults
            .push(Fault::new(FaultKind::Pipeline, entry.key.span, path, message, said).near(near));
    }
}

/// The sections without which no Collector starts (collector, otelcol/config.go).
pub(super) fn presence(root: &Value, faults: &mut Vec<Fault>) {
    let is_empty = |value: Option<&Value>| {
        value.is_none_or(|value| value.entries().is_empty() && is_map(value))
    };
    let missing: &[Role] = if Role::ALL
        .iter()
        .all(|role| is_empty(root.get(role.section())))
    {
        let (kind, path) = (FaultKind::Pipeline, String::new());
        let message = "the configuration has no components".to_owned();
        let said = "empty configuration file".to_owned();
        faults.push(Fault::new(kind, start(root.span), path, message, said));
        &[]
    } else {
        &[Role::Receiver, Role::Exporter]
    };
    for role in missing {
        if is_empty(root.get(role.section())) {
            let key = root
                .map()
                .and_then(|map| map.entry(role.section()))
                .map(|entry| entry.key.span);
            let said = format!("no {role} configuration specified in config");
            let message = format!("the configuration has no {}", role.section());
            let span = key.unwrap_or_else(|| start(root.span));
            faults.push(Fault::new(
                FaultKind::Pipeline,
                span,
                String::new(),
                message,
                said,
            ));
        }
    }
    let service = root.map().and_then(|map| map.entry("service"));
    let is_open = service.is_some_and(|entry| !is_map(&entry.value));
    if is_empty(root.at(&["service", "pipelines"])) && !is_open {
        let span = service.map_or_else(|| start(root.span), |entry| entry.key.span);
        let said = "service::pipelines: service must have at least one pipeline".to_owned();
        let message = "the configuration has no pipeline".to_owned();
        faults.push(Fault::new(
            FaultKind::Pipeline,
            span,
            "service::pipelines".to_owned(),
            message,
            said,
        ));
    }
}

/// The first byte of a long stretch, where a missing thing is pointed at.
const fn start(span: Span) -> Span {
    Span {
        source: span.source,
        start: span.start,
        end: span.start,
    }
}
