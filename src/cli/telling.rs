//! How a run is told: which of its findings, in which forms, and to which exit code they lead.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;

use super::CLEAN;
use super::Error;
use super::FOUND;
use super::baseline;
use super::output::Output;
use super::terminal;
use super::terminal::Color;
use crate::finding::Safety;
use crate::input::Input;
use crate::report::Format;
use crate::report::Report;
use crate::report::text::given;
use crate::settings::Closed;
use crate::settings::Settings;
use crate::settings::Severity;

/// How a run is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub(super) struct Telling {
    /// The lowest severity that makes the run fail
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "warning",
        value_parser = PossibleValuesParser::new(["note", "warning", "error"])
            .try_map(|word| word.parse::<Severity>())
    )]
    fail_on: Severity,

    /// Report nothing but errors
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Say on standard error what was read and taken for given
    #[arg(long, short)]
    verbose: bool,

    /// Print how many findings each rule has, instead of the findings
    #[arg(long)]
    statistics: bool,

    /// Report what comments, annotations and settings hide, too
    #[arg(long)]
    no_suppressions: bool,

    /// Report nothing that this file knows
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write all findings down as known, and succeed
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,

    /// Whether to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

impl Telling {
    /// Lets suppressions be as it was asked for, and says what the run is about if that was.
    pub(super) fn begin(&self, input: &Input, settings: &mut Settings) -> Result<(), Error> {
        settings.suppressions &= !self.no_suppressions;
        match self.verbose {
            true => explain(input, settings),
            false => Ok(()),
        }
    }

    /// Takes out what is known, and reports the rest: what has no file of its own to `out`.
    pub(super) fn finish(
        &self,
        mut report: Report<'_>,
        outputs: &[Output],
        out: &mut dyn Write,
    ) -> Result<u8, Error> {
        if let Some(path) = &self.write_baseline {
            baseline::write(&report, path)?;
            tell(&format!(
                "known from now on: {}",
                counted(report.findings.len(), "finding", "s")
            ))?;
            return Ok(CLEAN);
        }
        if let Some(path) = &self.baseline {
            let found = report.findings.len();
            let gone = baseline::apply(&mut report, path)?;
            let known = found - report.findings.len();
            if known > 0 && !self.quiet {
                let path = path.display();
                let known = counted(known, "finding", "s");
                tell(&format!("not shown, since {path} knows it: {known}"))?;
            }
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
        self.write(&report, outputs, out)?;
        Ok(if failed { FOUND } else { CLEAN })
    }

    fn write(
        &self,
        report: &Report<'_>,
        outputs: &[Output],
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        for output in outputs {
            output.write_file(report)?;
            if output.file.is_none() && !self.statistics {
                report.write(output.format, &terminal::style(self.color), out)?;
                if output.format == Format::Text && !self.quiet {
                    fixable(report)?;
                }
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

/// Says how many findings could be mended by which flag.
fn fixable(report: &Report<'_>) -> Result<(), Error> {
    let of = |safety| {
        let fixes = report.findings.iter();
        let fixes = fixes.filter_map(|reported| reported.finding.fix.as_ref());
        fixes.filter(|fix| fix.safety == safety).count()
    };
    match (of(Safety::Safe), of(Safety::Unsafe)) {
        (0, 0) => Ok(()),
        (0, guesses) => tell(&format!("`--unsafe-fixes` mends {guesses}")),
        (safe, 0) => tell(&format!("`--fix` mends {safe}")),
        (safe, guesses) => tell(&format!(
            "`--fix` mends {safe}, `--unsafe-fixes` {guesses} more"
        )),
    }
}

/// Says something of the run itself, apart from the report.
pub(super) fn tell(words: &str) -> Result<(), Error> {
    Ok(writeln!(std::io::stderr(), "otel-lint: {words}")?)
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, noun: &str, plural: &str) -> String {
    let ending = if count == 1 { "" } else { plural };
    format!("{count} {noun}{ending}")
}

/// What was read, and what is taken for given.
fn explain(input: &Input, settings: &Settings) -> Result<(), Error> {
    let sources = input.sources.iter();
    let bytes: usize = sources.map(|(_, source)| source.bytes().len()).sum();
    tell(&format!("{}, {bytes} bytes", given(&input.sources)))?;
    if let Some(source) = settings.source {
        tell(&format!("settings from {}", input.sources.get(source).name))?;
    }
    tell(&format!("the time is {}", settings.now.date()))?;
    let listed = |kinds: &std::collections::BTreeSet<String>| {
        kinds
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match &settings.closed {
        Closed::Open => tell("nothing is taken to be complete: what was not given is not missed"),
        Closed::Kinds(kinds) => tell(&format!("all of these were given: {}", listed(kinds))),
        Closed::Within {
            namespace, kinds, ..
        } => tell(&format!(
            "all of these in namespace `{namespace}` were given: {}",
            listed(kinds)
        )),
        Closed::Everything => tell("everything was given"),
    }
}
