//! `otel-lint init`: a settings file from what is there, with a word on every key.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::CLEAN;
use super::Error;
use super::given::Given;
use crate::attach;
use crate::attach::Attachment;
use crate::input;
use crate::input::SETTINGS_FILE;
use crate::model::Model;
use crate::source::Sources;

mod version;

/// Writes a settings file with a word on every key, from what is found
#[derive(Debug, Args)]
pub(super) struct Init {
    #[command(flatten)]
    given: Given,

    /// Where to write it, instead of .otel-lint.yaml in the working directory
    #[arg(long, value_name = "FILE", default_value = SETTINGS_FILE)]
    output: PathBuf,

    /// Write over what is there
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let (input, settings) = self.given.read()?;
        let model = Model::read(&input.sources, &settings);
        let attachment = attach::attach(&model, &settings);
        let text = text(&model, &attachment, &input.sources);
        let mut options = OpenOptions::new();
        let options = match self.force {
            true => options.write(true).create(true).truncate(true),
            false => options.write(true).create_new(true),
        };
        let path = self.output.display();
        let mut file = options.open(&self.output).map_err(|error| {
            let hint = match error.kind() {
                std::io::ErrorKind::AlreadyExists => "; `--force` writes over it",
                _ => "",
            };
            let reason = input::reason(&error);
            Error::Usage(format!("cannot write {path}: {reason}{hint}"))
        })?;
        file.write_all(text.as_bytes())?;
        writeln!(out, "wrote {path}")?;
        Ok(CLEAN)
    }
}

/// The settings: what is known is said, what only the user can know stands there as a comment.
fn text(model: &Model, attachment: &Attachment, sources: &Sources) -> String {
    let mut text = String::from(
        "# Settings of otel-lint; every key is optional. `otel-lint explain RULE` tells of a rule.\n\n\
         # Kinds of which everything is in these files: a reference to anything else is then an error.\n\
         # closed: [Gateway, Service]\n\n\
         # What nothing in the files says.\nassume:\n",
    );
    assumptions(model, attachment, sources, &mut text);
    text.push_str(
        "\n# Where paths in containers are found in this repository, for collectors that run elsewhere.\n# mounts:\n",
    );
    let mut folders = unfound(model);
    if folders.is_empty() {
        folders.insert("/etc/cert".to_owned());
    }
    for folder in folders {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "#   {folder}: path/in/this/repository");
    }
    text.push_str("\n# Which hosts and addresses lead to which Gateway, as exporters dial them.\n# addresses:\n");
    for gateway in &model.gateways {
        let object = &gateway.object;
        let name = format!("{}/{}", object.namespace(), object.name());
        let _ = writeln!(text, "#   {name}: [203.0.113.10]");
    }
    text.push_str(
        "\n# off, note, warning or error, by rule.\n# severity:\n#   floating-image: note\n\n\
         # Findings that somebody decided not to see; the reason is required.\n# ignore:\n#   - rule: shared-ca\n\
         #     path: demo/**\n#     reason: a demonstration\n#     expires: 2027-01-31\n\n\
         # How long before its end a certificate is worth a word.\nexpiry-window: 30d\n\n\
         # Which files of a directory are read.\n# include: [\"deploy/**\"]\n# exclude: [\"**/testdata/**\"]\n",
    );
    text
}

fn assumptions(model: &Model, attachment: &Attachment, sources: &Sources, text: &mut String) {
    text.push_str("  # gateway-api: \"1.6\"\n  # channel: standard\n");
    let mut told = version::versions(model, sources);
    let examples = [
        ("istio", "\"1.31\""),
        (
            "collector",
            "otel/opentelemetry-collector-contrib:0.150.0  # or a version",
        ),
    ];
    for (key, example) in examples {
        if !told.contains_key(key) {
            let _ = writeln!(text, "  # {key}: {example}");
        }
    }
    for (key, mut versions) in std::mem::take(&mut told) {
        // Of several the newest: the others are being replaced, or say so themselves.
        let newest = versions.pop();
        for other in versions {
            let (version, image, place) = (other.version, other.image, other.place);
            let _ = writeln!(text, "  # {key}: \"{version}\"  # {image} in {place}");
        }
        if let Some(newest) = newest {
            let (version, image, place) = (newest.version, newest.image, newest.place);
            let _ = writeln!(text, "  {key}: \"{version}\"  # {image} in {place}");
        }
    }
    // Classes that nothing tells the controller of.
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    for (gateway, facts) in model.gateways.iter().zip(&attachment.gateways) {
        if let (Some(class), None) = (&gateway.class, &facts.controller) {
            unknown.insert(class.as_str());
        }
    }
    if !unknown.is_empty() {
        text.push_str("  # class:\n");
    }
    for class in unknown {
        let _ = writeln!(text, "  #   {class}: istio.io/gateway-controller");
    }
    // A mapping needs an entry.
    text.push_str("  class: {}\n");
}

/// Folders that collectors outside of Kubernetes read certificates from, and that are not there.
fn unfound(model: &Model) -> BTreeSet<String> {
    let alone = model.runs.iter().filter(|run| run.workload.is_none());
    let exporters = alone.flat_map(|run| &run.collector.exporters);
    let clients = exporters.filter_map(|exporter| exporter.client.as_ref());
    let files = clients.flat_map(|client| {
        let tls = &client.tls;
        [&tls.ca_file, &tls.cert_file, &tls.key_file]
    });
    let paths = files.flatten().filter_map(|file| file.value.known());
    paths
        .filter(|path| path.starts_with('/'))
        .filter_map(|path| Some(path.rsplit_once('/')?.0.to_owned()))
        .collect()
}
