//! `otel-lint [check]`: reads, judges, reports.

use std::fs::File;
use std::io::IsTerminal;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::ValueEnum;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::clock;
use crate::input;
use crate::input::Input;
use crate::report::Format;
use crate::settings::Closed;
use crate::settings::Settings;
use crate::settings::Severity;

/// Judges manifests, collector configurations and certificates
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) common: Common,

    /// How to report, and where (repeatable): `text`, `concise`, `json`, `sarif`, `github`, `gitlab`, `junit`,
    /// `checkstyle`, `rdjson`, `markdown`; `sarif=FILE` writes to a file
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "text")]
    format: Vec<Output>,

    /// The lowest severity that makes the run fail
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    fail_on: Severity,

    /// Report nothing but errors
    #[arg(long, short)]
    quiet: bool,

    /// Whether to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// What every command that reads an input is told.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Files, directories, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Take something for given: `gateway-api=1.6`, `channel=experimental`, `istio=1.31`, `class.NAME=CONTROLLER`
    #[arg(long, value_name = "KEY=VALUE")]
    assume: Vec<String>,

    /// Everything that there is was given: what is not there is missing
    #[arg(long)]
    closed: bool,

    /// The time at which certificates are judged, such as 2026-06-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<String>,

    /// The settings file, instead of the nearest .otel-lint.yaml
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,

    /// Read no settings file
    #[arg(long)]
    isolated: bool,
}

#[derive(Clone, Debug)]
struct Output {
    format: Format,
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        Ok(Self {
            format: name.parse()?,
            file,
        })
    }
}

impl Common {
    /// Reads the input and the settings.
    pub(super) fn read(&self) -> Result<(Input, Settings), Error> {
        let mut settings = Settings::new(clock::now(self.now.as_deref())?);
        let file = match &self.config {
            Some(file) => Some(file.clone()),
            None if self.isolated => None,
            None => input::settings_file(&self.paths),
        };
        let mut input = input::read(&self.paths, &|_| true);
        if let Some(file) = file {
            let mut alone = input::read(std::slice::from_ref(&file), &|_| true);
            if let Some(failure) = alone.failures.pop() {
                return Err(Error::Usage(format!(
                    "cannot read {}: {}",
                    failure.path, failure.reason
                )));
            }
            for (_, source) in alone.sources.iter() {
                let id = input.sources.add(source.clone());
                settings.read(id, &input.sources);
            }
        }
        for assumption in &self.assume {
            settings.assume.take(assumption).map_err(Error::Usage)?;
        }
        if self.closed {
            settings.closed = Closed::Everything;
        }
        if let Some(failure) = input.failures.iter().find(|failure| failure.named) {
            return Err(Error::Usage(format!(
                "cannot read {}: {}",
                failure.path, failure.reason
            )));
        }
        Ok((input, settings))
    }
}

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let (input, settings) = self.common.read()?;
        for failure in &input.failures {
            writeln!(
                std::io::stderr(),
                "otel-lint: cannot read {}: {}",
                failure.path,
                failure.reason
            )?;
        }
        let mut report = crate::lint(&input.sources, &settings);
        let failed = report.worst().is_some_and(|worst| worst >= self.fail_on);
        if self.quiet {
            report
                .findings
                .retain(|reported| reported.finding.severity == Severity::Error);
        }
        for output in &self.format {
            match &output.file {
                Some(path) => report.write(output.format, false, &mut File::create(path)?)?,
                None => report.write(output.format, self.colored(), out)?,
            }
        }
        Ok(if failed { FOUND } else { CLEAN })
    }

    fn colored(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        }
    }
}
