//! `otel-lint cluster`, and `kubectl otel-lint`: a cluster as it is, or files against it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::check::Output;
use super::given::Given;
use super::terminal;
use super::terminal::Color;
use crate::attach;
use crate::attach::status;
use crate::attach::status::Predicted;
use crate::input::program;
use crate::input::program::Cluster as Read;
use crate::model::Model;
use crate::model::object::Object;
use crate::report::Style;
use crate::settings::Closed;
use crate::settings::Settings;
use crate::settings::Severity;
use crate::source::SourceId;
use crate::source::Sources;
use crate::yaml::Node;

/// Judges a cluster through kubectl, or files against the cluster that they are meant for
#[derive(Debug, Args)]
pub(super) struct Cluster {
    #[command(flatten)]
    given: Given,

    /// Files and directories to judge against the cluster, as PATH does
    #[arg(long = "filename", short = 'f', value_name = "PATH")]
    filenames: Vec<PathBuf>,

    /// Directories are read to their depths anyway
    #[arg(long, short = 'R', hide = true)]
    recursive: bool,

    /// How to report, and where (repeatable); as --format
    #[arg(
        long,
        short = 'o',
        visible_alias = "format",
        value_name = "FORMAT[=FILE]",
        default_value = "text"
    )]
    output: Vec<Output>,

    /// The lowest severity that makes the run fail
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    fail_on: Severity,

    /// Report nothing but errors
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    kubectl: Kubectl,
}

/// What is passed on to kubectl.
#[derive(Debug, Args)]
#[command(next_help_heading = "Passed on to kubectl")]
struct Kubectl {
    /// Read this namespace only; without it and -A the one of the context
    #[arg(long, short = 'n', value_name = "NAMESPACE")]
    namespace: Option<OsString>,

    /// Read all namespaces: then what is not there is missing
    #[arg(long, short = 'A', conflicts_with = "namespace")]
    all_namespaces: bool,

    /// Read what carries these labels only
    #[arg(long, short = 'l', value_name = "LABELS")]
    selector: Option<OsString>,

    /// The context of the kubeconfig
    #[arg(long, value_name = "CONTEXT")]
    context: Option<OsString>,

    /// The cluster of the kubeconfig
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<OsString>,

    /// The user of the kubeconfig
    #[arg(long, value_name = "USER")]
    user: Option<OsString>,

    /// The kubeconfig
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<OsString>,

    /// The user to act as
    #[arg(long = "as", value_name = "USER")]
    act_as: Option<OsString>,

    /// A group to act as, repeatable
    #[arg(long = "as-group", value_name = "GROUP")]
    act_as_group: Vec<OsString>,

    /// The bearer token
    #[arg(long, value_name = "TOKEN")]
    token: Option<OsString>,

    /// The API server
    #[arg(long, short = 's', value_name = "URL")]
    server: Option<OsString>,

    /// How long to wait for one answer, such as 10s
    #[arg(long, value_name = "DURATION")]
    request_timeout: Option<OsString>,
}

impl Kubectl {
    /// The arguments as kubectl takes them.
    fn arguments(&self) -> Vec<OsString> {
        let mut arguments = Vec::new();
        let options = [
            ("--namespace", &self.namespace),
            ("--selector", &self.selector),
            ("--context", &self.context),
            ("--cluster", &self.cluster),
            ("--user", &self.user),
            ("--kubeconfig", &self.kubeconfig),
            ("--as", &self.act_as),
            ("--token", &self.token),
            ("--server", &self.server),
            ("--request-timeout", &self.request_timeout),
        ];
        let groups = self.act_as_group.iter().map(|group| ("--as-group", group));
        let given = options
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (name, value) in given.chain(groups) {
            let mut argument = OsString::from(name);
            argument.push("=");
            argument.push(value);
            arguments.push(argument);
        }
        if self.all_namespaces {
            arguments.push("--all-namespaces".into());
        }
        arguments
    }
}

impl Cluster {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let has_files = self.given.names_something() || !self.filenames.is_empty();
        let mut paths = self.filenames.clone();
        if self.given.names_something() {
            paths.extend(self.given.paths());
        }
        let (mut input, mut settings) = self.given.read_paths(&paths)?;
        let files: BTreeSet<SourceId> = input.sources.iter().map(|(id, _)| id).collect();
        let read = program::cluster(&self.kubectl.arguments()).map_err(Error::Usage)?;
        told(&read)?;
        let replaced = match has_files {
            true => identities(&input.sources, &settings),
            false => BTreeSet::new(),
        };
        for source in &read.sources {
            input.sources.add(program::without(source, &|object| {
                replaced.contains(&identity(object))
            }));
        }
        self.settle(read, &mut settings);
        let mut report = crate::lint(&input.sources, &settings);
        if has_files {
            report.keep(&files);
        } else {
            compare(&input.sources, &settings)?;
        }
        let failed = report.worst().is_some_and(|worst| worst >= self.fail_on);
        if self.quiet {
            report
                .findings
                .retain(|reported| reported.finding.severity == Severity::Error);
        }
        for output in &self.output {
            match &output.file {
                Some(path) => {
                    report.write(output.format, &Style::default(), &mut File::create(path)?)?
                }
                None => report.write(output.format, &terminal::style(Color::Auto), out)?,
            }
        }
        Ok(if failed { FOUND } else { CLEAN })
    }

    /// What a cluster makes certain: everything of a kind is there, unless only a part of it was asked for.
    fn settle(&self, read: Read, settings: &mut Settings) {
        // Secrets of a cluster are where they belong.
        settings
            .severity
            .entry("committed-private-key".to_owned())
            .or_insert(None);
        let is_whole = self.kubectl.all_namespaces && self.kubectl.selector.is_none();
        if is_whole && settings.closed != Closed::Everything {
            settings.closed = Closed::Kinds(read.kinds);
        }
    }
}

/// Group, kind, namespace and name.
type Identity = [String; 4];

/// What the files hold: once applied, it stands in the place of what the cluster has.
fn identities(sources: &Sources, settings: &Settings) -> BTreeSet<Identity> {
    let model = Model::read(sources, settings);
    let objects = model.objects.iter();
    objects
        .map(|object| {
            let kind = object.kind.value.as_str();
            [object.group(), kind, object.namespace(), object.name()].map(str::to_owned)
        })
        .collect()
}

/// The identity of an object in the cluster's words; what has no namespace is where `Object::namespace` puts it.
fn identity(object: &serde_json::Value) -> Identity {
    let text = |path: &str| object.pointer(path).and_then(serde_json::Value::as_str);
    let group = text("/apiVersion").and_then(|version| version.split_once('/'));
    let group = group.map_or("", |(group, _)| group);
    let namespace = text("/metadata/namespace").unwrap_or("default");
    let kind = text("/kind").unwrap_or_default();
    let name = text("/metadata/name").unwrap_or_default();
    [group, kind, namespace, name].map(str::to_owned)
}

/// Says once what was not read.
fn told(read: &Read) -> Result<(), Error> {
    let mut err = std::io::stderr();
    for words in &read.forbidden {
        writeln!(
            err,
            "otel-lint: {words}; what it would hold is taken to be elsewhere"
        )?;
    }
    if !read.absent.is_empty() {
        let kinds = read.absent.join(", ");
        writeln!(err, "otel-lint: the server does not have: {kinds}")?;
    }
    if read.sources.is_empty() {
        writeln!(err, "otel-lint: nothing could be read of this cluster")?;
    }
    Ok(())
}

/// The conditions that follow from what was written; others wait for addresses and Pods.
const COMPARED: &[&str] = &["Accepted", "ResolvedRefs", "Conflicted"];

/// Says where the statuses that controllers wrote differ from the predicted ones.
fn compare(sources: &Sources, settings: &Settings) -> Result<(), Error> {
    let model = Model::read(sources, settings);
    let attachment = attach::attach(&model, settings);
    let mut err = std::io::stderr();
    for predicted in status::predict(&model, settings, &attachment) {
        for difference in differences(&predicted) {
            writeln!(err, "otel-lint: {difference}")?;
        }
    }
    Ok(())
}

fn differences(predicted: &Predicted<'_>) -> Vec<String> {
    let object = predicted.object;
    let Some(status) = object.tree.node().get("status") else {
        return Vec::new();
    };
    let mut all = differ(object, &object.title(), status, &predicted.conditions);
    for listener in predicted.listeners.iter().flatten() {
        let mut written = status.get("listeners").into_iter().flat_map(Node::items);
        let own = written.find(|own| {
            own.string_at("name")
                .is_some_and(|name| name.value == listener.name)
        });
        if let Some(own) = own {
            let title = format!("{}, listener {}", object.title(), listener.name);
            all.extend(differ(object, &title, own, &listener.conditions));
        }
    }
    for entry in &predicted.entries {
        let (list, reference) = match object.kind.as_str() {
            "BackendTLSPolicy" => ("ancestors", "ancestorRef"),
            _ => ("parents", "parentRef"),
        };
        let mut written = status.get(list).into_iter().flat_map(Node::items);
        let own = written.find(|own| {
            let target = own.get(reference);
            let text = |key: &str| {
                target
                    .and_then(|target| target.string_at(key))
                    .map(|text| text.value)
            };
            let controller = own.string_at("controllerName");
            controller.is_some_and(|controller| controller.value == entry.controller)
                && text("name").as_deref() == Some(&entry.target.name)
                && text("sectionName") == entry.target.section
        });
        if let Some(own) = own {
            let title = format!("{} at {}", object.title(), entry.target.name);
            all.extend(differ(object, &title, own, &entry.conditions));
        }
    }
    all
}

/// Conditions under `written` that are about the object as it is now, and say otherwise.
fn differ(
    object: &Object,
    title: &str,
    written: Node<'_>,
    predicted: &[status::Condition],
) -> Vec<String> {
    let metadata = object.tree.node().get("metadata");
    let generation = metadata.and_then(|metadata| metadata.integer_at("generation"));
    let conditions = written.get("conditions").into_iter().flat_map(Node::items);
    conditions
        .filter_map(|condition| {
            let text = |key: &str| condition.string_at(key).map(|text| text.value);
            let kind = text("type").filter(|kind| COMPARED.contains(&kind.as_str()))?;
            let observed = condition.integer_at("observedGeneration");
            let is_old = generation.as_ref().zip(observed.as_ref());
            let is_old = is_old.is_some_and(|(now, then)| now.value != then.value);
            let own = predicted.iter().find(|own| own.kind == kind)?;
            let status = text("status").filter(|status| status != "Unknown" && status != own.status.word() && !is_old)?;
            let reason = text("reason").unwrap_or_default();
            Some(format!(
                "{title}: {kind} is {status} ({reason}) in the cluster, and otel-lint predicts {} ({})",
                own.status.word(),
                own.reason
            ))
        })
        .collect()
}
