//! `otel-lint [check]`: reads, judges, reports.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::baseline;
use super::change;
use super::change::Change;
use super::given::Given;
use super::output::Output;
use super::output::Outputs;
use super::patience::Patience;
use super::repair;
use super::repair::Repaired;
use super::telling::Telling;
use super::telling::counted;
use super::telling::tell;
use crate::finding::Safety;
use crate::report::Report;
use crate::settings::Settings;
use crate::source::Sources;

/// Judges manifests, collector configurations and certificates
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) given: Given,

    /// How to report (repeatable); `sarif=FILE` writes to a file
    #[arg(
        long,
        value_name = "FORMAT[=FILE]",
        default_value = "text",
        value_parser = Outputs,
        help_heading = "Report"
    )]
    format: Vec<Output>,

    #[command(flatten)]
    telling: Telling,

    /// Judge the whole repository, and report what touches the given files, as pre-commit passes them
    #[arg(long, help_heading = "A part of it")]
    project: bool,

    /// Report what touches files that differ from where the work left a revision, or that git does not know yet, and
    /// what that breaks elsewhere
    #[arg(
        long,
        value_name = "REV",
        num_args = 0..=1,
        default_missing_value = "HEAD",
        require_equals = true,
        help_heading = "A part of it"
    )]
    changed: Option<String>,

    /// Apply fixes that are safe, and report what is left
    #[arg(long, help_heading = "Fixes")]
    fix: bool,

    /// Apply guesses at what was meant, too
    #[arg(long, help_heading = "Fixes")]
    unsafe_fixes: bool,

    /// Show what the fixes would change, and change nothing
    #[arg(long, help_heading = "Fixes")]
    diff: bool,
}

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let patience = Patience::begin("reading", self.telling.quiet);
        let is_whole = self.changed.is_some() && !self.given.names_something();
        let paths = match self.project || is_whole {
            true => vec![change::project()],
            false => self.given.paths(),
        };
        let change = self.change(&paths)?;
        let (input, mut settings) = self.given.read_paths(&paths)?;
        self.telling.begin(&input, &mut settings)?;
        let files = counted(input.sources.iter().len(), "file", "s");
        patience.say(format!("judging {files}"));
        if self.fix || self.unsafe_fixes || self.diff {
            let repaired = self.repair(&input.sources, &settings, change.as_ref())?;
            if self.diff {
                drop(patience);
                return self.show(&repaired, &input.sources, out);
            }
            repaired.write(out)?;
            let report = judge(&repaired.sources, &settings, change.as_ref());
            drop(patience);
            tell(&format!(
                "applied {} in {}",
                counted(repaired.fixes, "fix", "es"),
                counted(repaired.changed.len(), "file", "s")
            ))?;
            // The text itself went to standard output.
            let is_text = self.given.paths() == [PathBuf::from("-")];
            let shown: &mut dyn Write = if is_text { &mut std::io::stderr() } else { out };
            return self.telling.finish(report, &self.format, shown);
        }
        let report = judge(&input.sources, &settings, change.as_ref());
        drop(patience);
        self.telling.finish(report, &self.format, out)
    }

    /// What the report is about, when it is not about everything.
    fn change(&self, paths: &[PathBuf]) -> Result<Option<Change>, Error> {
        match &self.changed {
            Some(revision) => Change::since(revision, paths).map(Some),
            None if self.project => Change::of_files(&self.given.paths(), paths).map(Some),
            None => Ok(None),
        }
    }

    /// The fixes that were asked for; guesses are shown in a diff only when they were asked for, too.
    fn repair(
        &self,
        sources: &Sources,
        settings: &Settings,
        change: Option<&Change>,
    ) -> Result<Repaired, Error> {
        let safety = match self.unsafe_fixes {
            true => Safety::Unsafe,
            false => Safety::Safe,
        };
        repair::repair(
            sources,
            safety,
            |sources, settings| {
                let mut report = judge(sources, settings, change);
                // What is known is not mended either.
                if let Some(path) = &self.telling.baseline {
                    baseline::apply(&mut report, path)?;
                }
                Ok(report)
            },
            settings,
        )
    }

    /// Shows what the fixes would change; says so when that is nothing.
    fn show(
        &self,
        repaired: &Repaired,
        before: &Sources,
        out: &mut dyn Write,
    ) -> Result<u8, Error> {
        repaired.diff(before, out)?;
        if repaired.changed.is_empty() {
            if !self.telling.quiet {
                tell(match self.unsafe_fixes {
                    true => "no fix is at hand",
                    false => "no safe fix is at hand; `--unsafe-fixes` guesses, too",
                })?;
            }
            return Ok(CLEAN);
        }
        Ok(FOUND)
    }
}

/// What is wrong, as far as the run is about it.
fn judge<'s>(sources: &'s Sources, settings: &Settings, change: Option<&Change>) -> Report<'s> {
    match change {
        Some(change) => change.report(sources, settings),
        None => crate::lint(sources, settings),
    }
}
