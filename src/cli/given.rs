//! What every command that reads an input is told: paths, what to render, what to take for given.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;

use super::Error;
use super::clock;
use super::telling::tell;
use crate::input;
use crate::input::Input;
use crate::input::program;
use crate::settings::Closed;
use crate::settings::Home;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// Under which words the help has what decides how an input is judged.
const GIVEN: &str = "Taken for given";

/// What every command that reads an input is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct Given {
    /// Files, directories, or `-` for standard input; the working directory when there is none
    #[arg(value_name = "PATH", help_heading = None::<&str>)]
    paths: Vec<PathBuf>,

    /// Render a kustomization by `kubectl kustomize`, and judge the result
    #[arg(long, short = 'k', value_name = "DIR")]
    kustomize: Vec<PathBuf>,

    /// Render a chart by `helm template`, and judge the result
    #[arg(long, value_name = "CHART")]
    helm: Vec<PathBuf>,

    /// Values for the charts
    #[arg(long, value_name = "FILE", requires = "helm")]
    values: Vec<PathBuf>,

    /// One value for the charts, over those of the files (repeatable)
    #[arg(long, value_name = "KEY=VALUE", requires = "helm")]
    set: Vec<String>,

    /// Take something for given (repeatable): `gateway-api=1.6`, `channel=experimental`, `istio=1.31`,
    /// `class.NAME=CONTROLLER`
    #[arg(long, value_name = "KEY=VALUE", help_heading = GIVEN)]
    assume: Vec<String>,

    /// Take the CustomResourceDefinitions in a file or directory for installed: their kinds, and the Gateway API bundle
    #[arg(long, value_name = "PATH", help_heading = GIVEN)]
    crd: Vec<PathBuf>,

    /// Everything that there is was given: what is not there is missing
    #[arg(long, help_heading = GIVEN)]
    closed: bool,

    /// The time at which certificates are judged, such as 2026-06-01T00:00:00Z
    #[arg(long, value_name = "TIME", help_heading = GIVEN)]
    now: Option<String>,

    /// The settings file, instead of the nearest .otel-lint.yaml
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "isolated",
        help_heading = GIVEN
    )]
    config: Option<PathBuf>,

    /// Read no settings file
    #[arg(long, help_heading = GIVEN)]
    isolated: bool,
}

/// An absolute path into the working directory as a relative one: reports of CI want those, and people read them sooner.
fn near(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok().filter(|_| path.is_absolute());
    let inside = here.and_then(|here| Some(path.strip_prefix(here).ok()?.to_owned()));
    match inside {
        Some(inside) if inside.as_os_str().is_empty() => PathBuf::from("."),
        Some(inside) => inside,
        None => path.to_owned(),
    }
}

/// Where the settings file `name` lies when that is above the working directory.
fn above(name: &str) -> Option<Home> {
    let folder = Path::new(name).parent()?;
    let here = std::env::current_dir().ok()?;
    let below = here.strip_prefix(folder.canonicalize().ok()?).ok()?;
    let below = below.to_str().filter(|below| !below.is_empty())?;
    Some(Home::above(&below.replace(std::path::MAIN_SEPARATOR, "/")))
}

impl Given {
    /// The paths that were given; the working directory when nothing was.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let is_bare = self.paths.is_empty() && self.kustomize.is_empty() && self.helm.is_empty();
        match is_bare {
            true => vec![PathBuf::from(".")],
            false => self.paths.clone(),
        }
    }

    /// Whether anything was named at all.
    pub(super) fn names_something(&self) -> bool {
        !(self.paths.is_empty() && self.kustomize.is_empty() && self.helm.is_empty())
    }

    /// Reads the input and the settings.
    pub(super) fn read(&self) -> Result<(Input, Settings), Error> {
        self.read_paths(&self.paths())
    }

    /// Reads `paths` as the input, whatever was given, and what is to be rendered.
    pub(super) fn read_paths(&self, paths: &[PathBuf]) -> Result<(Input, Settings), Error> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| near(path)).collect();
        let paths = paths.as_slice();
        let file = match &self.config {
            Some(file) => Some(file.clone()),
            None if self.isolated => None,
            None => input::settings_file(&self.home(paths)).map(|file| near(&file)),
        };
        let written = match file {
            Some(file) => alone(&file)?,
            None => Sources::new(),
        };
        let mut early = Settings::new(clock::now(self.now.as_deref())?);
        for (id, _) in written.iter() {
            early.read(id, &written);
        }
        let home = written
            .iter()
            .next()
            .and_then(|(_, source)| above(&source.name));
        early.home = home.clone().unwrap_or(early.home);
        let mut input = input::read(paths, &|name| early.takes(name));
        if let Some(failure) = input.failures.iter().find(|failure| failure.named) {
            return Err(Error::Usage(match super::near(&failure.path) {
                Some(command) => format!("{failure}; did you mean the command `{command}`?"),
                None => failure.to_string(),
            }));
        }
        // What a directory holds is part of what is judged, read or not.
        for failure in std::mem::take(&mut input.failures) {
            input
                .sources
                .add(Source::unread(failure.path, failure.reason));
        }
        self.render(&mut input)?;
        if input.sources.iter().len() == 0 && !paths.is_empty() {
            let paths = paths.iter().map(|path| path.display().to_string());
            let paths = paths.collect::<Vec<_>>().join(", ");
            tell(&format!(
                "there is nothing to judge in {paths}: no manifest, configuration or certificate"
            ))?;
        }
        // Read again as one of the sources, so that mistakes in it are shown in their place.
        let mut settings = Settings::new(early.now);
        for (_, source) in written.iter() {
            let id = input.sources.add(source.clone());
            settings.read(id, &input.sources);
        }
        settings.home = home.unwrap_or(settings.home);
        self.define(&mut input, &mut settings)?;
        for assumption in &self.assume {
            settings.assume.take(assumption).map_err(Error::Usage)?;
        }
        if self.closed {
            settings.closed = Closed::Everything;
        }
        Ok((input, settings))
    }

    /// Where settings are looked for: in the first of `paths`, in what is rendered, else in the working directory.
    fn home(&self, paths: &[PathBuf]) -> Vec<PathBuf> {
        let rendered = self.kustomize.iter().chain(&self.helm);
        let all = paths.iter().chain(rendered).filter(|path| path.exists());
        let first = all.into_iter().next().cloned();
        vec![first.unwrap_or_else(|| PathBuf::from("."))]
    }

    /// Adds the definitions that are taken for installed; what is part of the input already is judged as such.
    fn define(&self, input: &mut Input, settings: &mut Settings) -> Result<(), Error> {
        let sources = input.sources.iter();
        let known: BTreeSet<String> = sources.map(|(_, source)| source.name.clone()).collect();
        let alone = input::read(&self.crd, &|_| true);
        if let Some(failure) = alone.failures.first() {
            return Err(Error::Usage(failure.to_string()));
        }
        for (_, source) in alone.sources.iter() {
            if !known.contains(&source.name) {
                let id = input.sources.add(source.clone());
                settings.definitions.insert(id);
            }
        }
        Ok(())
    }

    fn render(&self, input: &mut Input) -> Result<(), Error> {
        for folder in &self.kustomize {
            input
                .sources
                .add(program::kustomize(folder).map_err(Error::Usage)?);
        }
        for chart in &self.helm {
            let rendered = program::helm(chart, &self.values, &self.set).map_err(Error::Usage)?;
            input.sources.add(rendered);
        }
        Ok(())
    }
}

/// A settings file alone, read before the input that it decides on.
fn alone(file: &PathBuf) -> Result<Sources, Error> {
    let mut alone = input::read(std::slice::from_ref(file), &|_| true);
    match alone.failures.pop() {
        Some(failure) => Err(Error::Usage(failure.to_string())),
        None => Ok(alone.sources),
    }
}
