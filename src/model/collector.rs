//! Configurations of the OpenTelemetry Collector, wherever they stand: typed, with every place and every fault.

use std::sync::Arc;

use crate::problem::Problem;
use crate::settings::Assume;
use crate::source::Span;
use crate::source::Spanned;

use super::image::Distribution;
use super::image::Image;
use super::object::Object;

pub mod component;
pub mod credential;
pub mod dial;
pub mod endpoint;
mod expand;
pub mod exporter;
pub mod extension;
pub mod fault;
pub mod header;
pub mod health;
pub mod id;
mod layout;
pub mod permission;
pub mod phrase;
pub mod pipeline;
pub mod proxy;
mod read;
pub mod receiver;
pub mod recognise;
pub mod reference;
pub mod section;
mod shape;
pub mod telemetry;
#[cfg(test)]
mod tests;
pub mod value;

pub(super) use expand::Surroundings;
pub(super) use expand::Variable;
use exporter::Exporter;
use extension::Extension;
use fault::Fault;
use fault::FaultKind;
use id::ComponentId;
use id::Role;
use phrase::Phrase;
use pipeline::Pipeline;
use pipeline::Users;
use receiver::Receiver;
use value::Value;

/// Where a configuration stands.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A YAML document of its own.
    Document,
    /// The value of a key of a ConfigMap; the span is the key.
    ConfigMap(Arc<Object>, Spanned<String>),
    /// The value of a key of a Secret; the span is the key.
    Secret(Arc<Object>, Spanned<String>),
    /// `spec.config` of an OpenTelemetryCollector.
    Operator(Arc<Object>),
    /// What stands inline under a key of `configs` of a Compose file; the span is the key.
    Inline(Spanned<String>),
    /// Several sources that are merged when the Collector starts.
    Merged,
}

/// How much of a configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It holds receivers, exporters and pipelines: what it names and does not define is missing.
    Whole,
    /// Something to be merged with other sources: what it names may be defined there.
    Part,
    /// The body of one component, or several of them, without sections around them.
    Fragment,
}

/// One component whose body is not typed further.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its key.
    pub id: Spanned<ComponentId>,
    /// All that is written under it.
    pub body: Value,
}

/// A build of the Collector, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// `None`: not known, or a build of somebody else, whose components are not known.
    pub distribution: Option<Distribution>,
    /// The version 0.`minor`; `None` when not known.
    pub minor: Option<u16>,
}

impl Build {
    /// The build that `image` brings; what it does not say, `assumed` does.
    #[must_use]
    pub fn of(image: Option<&Image>, assumed: Self) -> Self {
        let Some((image, distribution)) =
            image.and_then(|image| Some((image, image.distribution()?)))
        else {
            return assumed;
        };
        Self {
            distribution: Some(distribution),
            minor: image.collector_minor().or(assumed.minor),
        }
    }

    /// The build to take for given where no image says one.
    #[must_use]
    pub fn assumed(assume: &Assume) -> Self {
        let image = assume.collector_image.as_deref().map(Image::parse);
        Self {
            distribution: image.as_ref().and_then(Image::distribution),
            minor: assume.collector.map(|version| version.minor),
        }
    }
}

/// One configuration.
#[derive(Clone, Debug)]
pub struct Collector {
    /// Where it stands.
    pub origin: Origin,
    /// All of it.
    pub span: Span,
    /// How much of a configuration it is.
    pub extent: Extent,
    /// `receivers`, in order.
    pub receivers: Vec<Receiver>,
    /// `processors`, in order.
    pub processors: Vec<Component>,
    /// `exporters`, in order.
    pub exporters: Vec<Exporter>,
    /// `connectors`, in order.
    pub connectors: Vec<Component>,
    /// `extensions`, in order.
    pub extensions: Vec<Extension>,
    /// `service.extensions`: those that are started.
    pub started: Vec<Spanned<ComponentId>>,
    /// Whether `service.extensions` or the section `extensions` is a `${…}`, so that more may be started.
    pub extensions_open: bool,
    /// `service.pipelines`, in order.
    pub pipelines: Vec<Pipeline>,
    /// What the Collector refuses, in the order in which it was met.
    pub faults: Vec<Fault>,
    /// The image that the operator runs it in, when the resource names one.
    pub image: Option<Spanned<Image>>,
    /// All that is written, merged, and filled in as far as nobody can say otherwise.
    pub root: Value,
    /// The same before anything was filled in, where a `$` stands in it.
    written: Option<Box<Value>>,
    /// Whether variables or files are left open in it.
    is_open: bool,
    /// How many of the faults come from reading the text: they stand first.
    reading: usize,
    users: Users,
}

impl Collector {
    /// The receiver of that id.
    #[must_use]
    pub fn receiver(&self, id: &ComponentId) -> Option<&Receiver> {
        self.receivers
            .iter()
            .find(|receiver| receiver.id.value == *id)
    }

    /// The exporter of that id.
    #[must_use]
    pub fn exporter(&self, id: &ComponentId) -> Option<&Exporter> {
        self.exporters
            .iter()
            .find(|exporter| exporter.id.value == *id)
    }

    /// The extension of that id.
    #[must_use]
    pub fn extension(&self, id: &ComponentId) -> Option<&Extension> {
        self.extensions
            .iter()
            .find(|extension| extension.id.value == *id)
    }

    /// Whether a component runs, or may: the Collector never builds one that no pipeline names, nor starts an extension
    /// that `service.extensions` leaves out. What another source or a `${…}` may name counts as running.
    #[must_use]
    pub fn may_run(&self, role: Role, id: &ComponentId) -> bool {
        if role == Role::Extension {
            return self.extent != Extent::Whole || self.may_start(id);
        }
        !self.knows_all_users() || self.users(role, id).next().is_some()
    }

    /// Whether no pipeline but these can name a component: this is a whole configuration, and no list is left open.
    #[must_use]
    pub fn knows_all_users(&self) -> bool {
        self.extent == Extent::Whole && !self.pipelines.is_empty() && !self.users.may_be_more
    }

    /// The pipelines that name a component in a list where that role may stand; no pipeline names an extension.
    pub fn users(&self, role: Role, id: &ComponentId) -> impl Iterator<Item = &Pipeline> {
        let users = self.users.of(role, id).iter();
        users.map(|index| &self.pipelines[*index])
    }

    /// Every component with its role and its body, section by section.
    pub fn components(&self) -> impl Iterator<Item = (Role, &Spanned<ComponentId>, &Value)> {
        let receivers = self.receivers.iter();
        let processors = self.processors.iter();
        let exporters = self.exporters.iter();
        let connectors = self.connectors.iter();
        let extensions = self.extensions.iter();
        receivers
            .map(|one| (Role::Receiver, &one.id, &one.body))
            .chain(processors.map(|one| (Role::Processor, &one.id, &one.body)))
            .chain(exporters.map(|one| (Role::Exporter, &one.id, &one.body)))
            .chain(connectors.map(|one| (Role::Connector, &one.id, &one.body)))
            .chain(extensions.map(|one| (Role::Extension, &one.id, &one.body)))
    }

    /// The receivers that run, or may.
    pub fn running_receivers(&self) -> impl Iterator<Item = &Receiver> {
        let mut all = self.receivers.iter();
        std::iter::from_fn(move || all.find(|one| self.may_run(Role::Receiver, &one.id)))
    }

    /// The exporters that run, or may.
    pub fn running_exporters(&self) -> impl Iterator<Item = &Exporter> {
        let mut all = self.exporters.iter();
        std::iter::from_fn(move || all.find(|one| self.may_run(Role::Exporter, &one.id)))
    }

    /// The pipelines that read from `receiver`.
    pub fn readers(&self, receiver: &ComponentId) -> impl Iterator<Item = &Pipeline> {
        self.users(Role::Receiver, receiver)
    }

    /// The pipelines that send to `exporter`.
    pub fn writers(&self, exporter: &ComponentId) -> impl Iterator<Item = &Pipeline> {
        self.users(Role::Exporter, exporter)
    }

    /// The resource in which it stands.
    #[must_use]
    pub const fn object(&self) -> Option<&Arc<Object>> {
        match &self.origin {
            Origin::ConfigMap(object, _) | Origin::Secret(object, _) | Origin::Operator(object) => {
                Some(object)
            }
            Origin::Document | Origin::Inline(_) | Origin::Merged => None,
        }
    }

    /// Whether the operator runs it, and so gives receivers without a host `0.0.0.0`.
    #[must_use]
    pub const fn is_operated(&self) -> bool {
        matches!(self.origin, Origin::Operator(_))
    }

    /// Which build runs it, by the image that the resource names; `assumed` is the build where that says nothing.
    #[must_use]
    pub fn build(&self, assumed: Build) -> Build {
        Build::of(self.image.as_deref(), assumed)
    }

    /// The passwords, tokens and keys that are written into the configuration: each with the name of its field.
    #[must_use]
    pub fn secrets(&self) -> Vec<(&str, Spanned<Phrase>)> {
        let mut found = Vec::new();
        secrets(&self.root, &mut found);
        found
    }

    /// Where addresses are written with a user and a password in front of the host.
    #[must_use]
    pub fn addresses_with_passwords(&self) -> Vec<Span> {
        let mut found = Vec::new();
        addresses_with_passwords(&self.root, &mut found);
        found
    }

    /// The faults that are problems of the group `input`, in version 0.`minor`, or in the current ones when that is
    /// not known; what older ones take then hangs on the version, unless this is a bare section, which no Collector
    /// of any version runs.
    pub fn problems(&self, minor: Option<u16>) -> impl Iterator<Item = Problem> {
        // What stands in a resource is read with it, so its duplicate keys are recorded there.
        let read_with_object = self.is_operated()
            && self
                .object()
                .is_some_and(|object| object.span.contains(self.span));
        let is_open = minor.is_none() && self.extent != Extent::Fragment;
        self.faults
            .iter()
            .filter(move |fault| fault.applies(minor))
            .filter(move |fault| !(read_with_object && fault.kind == FaultKind::Duplicate))
            .filter_map(move |fault| {
                let mut problem = fault.problem(minor)?;
                problem.hangs_on_version = fault.hangs_on_version() && is_open;
                Some(problem)
            })
    }
}

/// Keys whose values open something, in any component: basicauth, bearertokenauth, oauth2client, TLS, brokers, vendors.
const SECRETS: [&str; 14] = [
    "password",
    "token",
    "tokens",
    "inline",
    "secret",
    "secret_key",
    "client_secret",
    "client_certificate_key",
    "key_pem",
    "api_key",
    "apikey",
    "access_token",
    "bearer_token",
    "credentials",
];

/// Headers whose values open something.
const SECRET_HEADERS: [&str; 4] = ["authorization", "x-api-key", "api-key", "cookie"];

fn addresses_with_passwords(value: &Value, into: &mut Vec<Span>) {
    if value
        .phrase()
        .and_then(Phrase::known)
        .is_some_and(endpoint::has_password)
    {
        into.push(value.span);
    }
    let entries = value.entries().iter().map(|entry| &entry.value);
    for inner in entries.chain(value.items()) {
        addresses_with_passwords(inner, into);
    }
}

fn secrets<'v>(value: &'v Value, into: &mut Vec<(&'v str, Spanned<Phrase>)>) {
    for entry in value.entries() {
        let key = entry.key.to_ascii_lowercase();
        if SECRETS.contains(&key.as_str()) || SECRET_HEADERS.contains(&key.as_str()) {
            // One string is one secret: a comma may belong to it.
            let items = entry.value.items().iter().filter_map(Value::text);
            let written = entry.value.text().into_iter().chain(items);
            let written = written.filter(|text| text.known().is_some_and(|text| !text.is_empty()));
            into.extend(written.map(|text| (entry.key.value.as_str(), text)));
        }
        secrets(&entry.value, into);
    }
    for item in value.items() {
        let name = item
            .get("name")
            .or_else(|| item.get("key"))
            .and_then(Value::phrase)
            .map(Phrase::as_written);
        let name = name.filter(|name| SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()));
        let written = item
            .text_at("value")
            .filter(|value| value.known().is_some());
        into.extend(name.zip(written));
        secrets(item, into);
    }
}
