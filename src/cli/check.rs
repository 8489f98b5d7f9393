//! `otel-lint [check]`: reads, judges, reports.

use std::fs::File;
use std::io::IsTerminal;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Args;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::baseline;
use super::given::Given;
use super::repair;
use super::repair::Repaired;
use super::scope;
use super::terminal;
use super::terminal::Color;
use crate::finding::Safety;
use crate::input::Input;
use crate::report::Format;
use crate::report::Report;
use crate::report::Style;
use crate::settings::Closed;
use crate::settings::Settings;
use crate::settings::Severity;
use crate::source::Sources;

/// Judges manifests, collector configurations and certificates
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) given: Given,

    /// How to report, and where (repeatable): `text`, `concise`, `json`, `sarif`, `github`, `gitlab`, `junit`,
    /// `checkstyle`, `rdjson`, `markdown`; `sarif=FILE` writes to a file
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "text")]
    format: Vec<Output>,

    /// The lowest severity that makes the run fail
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    fail_on: Severity,

    /// Report nothing but errors
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,

    /// Say on standard error what was read and taken for given
    #[arg(long, short)]
    verbose: bool,

    /// Print how many findings each rule has, instead of the findings
    #[arg(long)]
    statistics: bool,

    /// Judge the whole repository, and report what touches the given files, as pre-commit passes them
    #[arg(long)]
    project: bool,

    /// Report what touches files that differ from where the work left a revision, or that git does not know yet
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "HEAD", require_equals = true)]
    changed: Option<String>,

    /// Report nothing that this file knows
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write all findings down as known, and succeed
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,

    /// Apply fixes that are safe, and report what is left
    #[arg(long)]
    fix: bool,

    /// Apply guesses at what was meant, too
    #[arg(long)]
    unsafe_fixes: bool,

    /// Show what the fixes would change, and change nothing
    #[arg(long)]
    diff: bool,

    /// Report what comments, annotations and settings hide, too
    #[arg(long)]
    no_suppressions: bool,

    /// Whether to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// A form of the report, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
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

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let patience = Patience::begin();
        let (input, mut settings) = if self.project {
            self.given.read_paths(&[scope::project()])?
        } else {
            self.given.read()?
        };
        settings.suppressions &= !self.no_suppressions;
        for failure in &input.failures {
            tell(&format!("cannot read {}: {}", failure.path, failure.reason))?;
        }
        if self.verbose {
            explain(&input, &settings)?;
        }
        if self.fix || self.unsafe_fixes || self.diff {
            let repaired = self.repair(&input.sources, &settings)?;
            if self.diff {
                drop(patience);
                repaired.diff(&input.sources, out)?;
                return Ok(if repaired.changed.is_empty() {
                    CLEAN
                } else {
                    FOUND
                });
            }
            repaired.write(out)?;
            tell(&format!(
                "applied {} in {}",
                counted(repaired.fixes, "fix", "es"),
                counted(repaired.changed.len(), "file", "s")
            ))?;
            let report = self.judge(&repaired.sources, &settings)?;
            drop(patience);
            // The text itself went to standard output.
            let is_text = self.given.paths() == [PathBuf::from("-")];
            let shown: &mut dyn Write = if is_text { &mut std::io::stderr() } else { out };
            return self.finish(report, shown);
        }
        let report = self.judge(&input.sources, &settings)?;
        drop(patience);
        self.finish(report, out)
    }

    /// The fixes that were asked for; guesses are shown in a diff only when they were asked for, too.
    fn repair(&self, sources: &Sources, settings: &Settings) -> Result<Repaired, Error> {
        let safety = match self.unsafe_fixes {
            true => Safety::Unsafe,
            false => Safety::Safe,
        };
        repair::repair(
            sources,
            safety,
            |sources, settings| {
                let mut report = self.judge(sources, settings)?;
                // What is known is not mended either.
                if let Some(path) = &self.baseline {
                    baseline::apply(&mut report, path)?;
                }
                Ok(report)
            },
            settings,
        )
    }

    /// What is wrong, as far as the run is about it.
    fn judge<'s>(&self, sources: &'s Sources, settings: &Settings) -> Result<Report<'s>, Error> {
        let mut report = crate::lint(sources, settings);
        if self.project {
            report.keep(&scope::of(sources, &self.given.paths()));
        }
        if let Some(revision) = &self.changed {
            report.keep(&scope::of(sources, &scope::changed(revision)?));
        }
        Ok(report)
    }

    /// Takes out what is known, and reports the rest.
    fn finish(&self, mut report: Report<'_>, out: &mut dyn Write) -> Result<u8, Error> {
        if let Some(path) = &self.write_baseline {
            baseline::write(&report, path)?;
            tell(&format!(
                "known from now on: {}",
                counted(report.findings.len(), "finding", "s")
            ))?;
            return Ok(CLEAN);
        }
        if let Some(path) = &self.baseline {
            let gone = baseline::apply(&mut report, path)?;
            if gone > 0 && !self.quiet {
                tell(&format!(
                    "no longer found: {} of {}; write it anew to keep them away",
                    counted(gone, "finding", "s"),
                    path.display()
                ))?;
            }
        }
        let failed = report.worst().is_some_and(|worst| worst >= self.fail_on);
        if self.quiet {
            report
                .findings
                .retain(|reported| reported.finding.severity == Severity::Error);
        }
        self.write(&report, out)?;
        Ok(if failed { FOUND } else { CLEAN })
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
        for output in &self.format {
            match &output.file {
                Some(path) => {
                    report.write(output.format, &Style::default(), &mut File::create(path)?)?
                }
                None if self.statistics => {}
                None => report.write(output.format, &terminal::style(self.color), out)?,
            }
        }
        if self.statistics {
            let mut counts: Vec<_> = report.statistics().into_iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            for (rule, count) in counts {
                writeln!(out, "{count:>6} {rule}")?;
            }
        }
        Ok(())
    }
}

/// Says something of the run itself, apart from the report.
fn tell(words: &str) -> Result<(), Error> {
    Ok(writeln!(std::io::stderr(), "otel-lint: {words}")?)
}

/// `1 file`, `2 files`.
fn counted(count: usize, noun: &str, plural: &str) -> String {
    let ending = if count == 1 { "" } else { plural };
    format!("{count} {noun}{ending}")
}

/// What was read, and what is taken for given.
fn explain(input: &Input, settings: &Settings) -> Result<(), Error> {
    let bytes: usize = input
        .sources
        .iter()
        .map(|(_, source)| source.bytes().len())
        .sum();
    tell(&format!(
        "{}, {bytes} bytes",
        counted(input.sources.iter().len(), "file", "s")
    ))?;
    if let Some(source) = settings.source {
        tell(&format!("settings from {}", input.sources.get(source).name))?;
    }
    tell(&format!("the time is {}", settings.now.date()))?;
    match &settings.closed {
        Closed::Open => tell("nothing is taken to be complete: what was not given is not missed"),
        Closed::Kinds(kinds) => {
            let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
            tell(&format!("all of these were given: {}", kinds.join(", ")))
        }
        Closed::Everything => tell("everything was given"),
    }
}

/// A word to whoever waits at a terminal for longer than half a second.
struct Patience {
    done: mpsc::Sender<()>,
    word: Option<JoinHandle<()>>,
}

impl Patience {
    fn begin() -> Self {
        let (done, wait) = mpsc::channel();
        let word = std::io::stderr().is_terminal().then(|| {
            thread::spawn(move || {
                if wait.recv_timeout(Duration::from_millis(500)) == Err(RecvTimeoutError::Timeout) {
                    // Nothing is lost when standard error is closed.
                    let _ = write!(std::io::stderr(), "otel-lint: judging …");
                    let _ = wait.recv();
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
            })
        });
        Self { done, word }
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        // The other side may have come to its end already.
        let _ = self.done.send(());
        if let Some(word) = self.word.take() {
            let _ = word.join();
        }
    }
}
