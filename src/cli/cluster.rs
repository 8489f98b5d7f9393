//! `otel-lint cluster`, and `kubectl otel-lint`: a cluster as it is, or files against it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::Error;
use super::given::Given;
use super::output::Output;
use super::output::Outputs;
use super::patience::Patience;
use super::telling::Telling;
use super::telling::tell;
use crate::input::cluster;
use crate::input::cluster::Read;
use crate::model::Model;
use crate::settings::Closed;
use crate::settings::Settings;
use crate::source::SourceId;
use crate::source::Sources;

mod kubectl;

use kubectl::Kubectl;

/// Judges a cluster through kubectl, or files against the cluster that they are meant for
#[derive(Debug, Args)]
pub(super) struct Cluster {
    #[command(flatten)]
    given: Given,

    /// Files and directories to judge against the cluster, as PATH does
    #[arg(
        long = "filename",
        short = 'f',
        value_name = "PATH",
        help_heading = "Input"
    )]
    filenames: Vec<PathBuf>,

    /// Directories are read to their depths anyway
    #[arg(long, short = 'R', hide = true)]
    recursive: bool,

    /// How to report (repeatable); `sarif=FILE` writes to a file
    #[arg(
        long,
        short = 'o',
        visible_alias = "format",
        value_name = "FORMAT[=FILE]",
        default_value = "text",
        value_parser = Outputs,
        help_heading = "Report"
    )]
    output: Vec<Output>,

    #[command(flatten)]
    telling: Telling,

    #[command(flatten)]
    kubectl: Kubectl,
}

impl Cluster {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let patience = Patience::begin("reading", self.telling.quiet);
        let has_files = self.given.names_something() || !self.filenames.is_empty();
        let mut paths = self.filenames.clone();
        if self.given.names_something() {
            paths.extend(self.given.paths());
        }
        let (mut input, mut settings) = self.given.read_paths(&paths)?;
        let files: BTreeSet<SourceId> = input.sources.iter().map(|(id, _)| id).collect();
        settings.namespace = self.namespace();
        let read = cluster::read(
            &self.kubectl.connection(),
            &self.kubectl.selection(),
            &|done, all| patience.say(format!("reading the cluster: {done} of {all} kinds")),
        );
        let read = read.map_err(Error::Usage)?;
        let replaced = match has_files {
            true => identities(&input.sources, &settings),
            false => BTreeSet::new(),
        };
        for (object, source) in &read.objects {
            if !is_replaced(object, &replaced) {
                input.sources.add(source.clone());
            }
        }
        patience.say(format!("judging {} objects", read.objects.len()));
        self.settle(&read, &mut settings);
        self.telling.begin(&input, &mut settings)?;
        let mut report = crate::lint(&input.sources, &settings);
        if has_files {
            report.keep(&files);
        }
        drop(patience);
        told(&read)?;
        self.telling.finish(report, &self.output, out)
    }

    /// Where objects are that name no namespace: as `-n` says, else the context.
    fn namespace(&self) -> String {
        match &self.kubectl.namespace {
            Some(namespace) => namespace.to_string_lossy().into_owned(),
            None => cluster::namespace(&self.kubectl.connection()),
        }
    }

    /// What a cluster makes certain: everything of a kind is there, unless only a part of it was asked for.
    fn settle(&self, read: &Read, settings: &mut Settings) {
        // Secrets of a cluster are where they belong.
        settings
            .severity
            .entry("committed-private-key".to_owned())
            .or_insert(None);
        if self.kubectl.selector.is_some() || settings.closed == Closed::Everything {
            return;
        }
        let all = || read.namespaced.union(&read.cluster_wide).cloned();
        settings.closed = match self.kubectl.all_namespaces {
            true => Closed::Kinds(all().collect()),
            false => Closed::Within {
                namespace: settings.namespace.clone(),
                kinds: all().collect(),
                cluster: read.cluster_wide.clone(),
            },
        };
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

/// Whether a file holds the object of the cluster.
fn is_replaced(object: &Value, files: &BTreeSet<Identity>) -> bool {
    let text = |path: &str| object.pointer(path).and_then(Value::as_str);
    let group = text("/apiVersion").and_then(|version| version.split_once('/'));
    let group = group.map_or("", |(group, _)| group);
    let kind = text("/kind").unwrap_or_default();
    let name = text("/metadata/name").unwrap_or_default();
    match text("/metadata/namespace") {
        Some(namespace) => files.contains(&[group, kind, namespace, name].map(str::to_owned)),
        None => files
            .iter()
            .any(|[of, own, _, called]| of == group && own == kind && called == name),
    }
}

/// Says once what was not read.
fn told(read: &Read) -> Result<(), Error> {
    for words in &read.forbidden {
        tell(&format!(
            "{words}; what it would hold is taken to be elsewhere"
        ))?;
    }
    if !read.absent.is_empty() {
        let kinds = read.absent.join(", ");
        tell(&format!("the server knows no {kinds}"))?;
    }
    Ok(())
}
