//! What was typed to a run: one subcommand a module.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::FromArgMatches;
use clap::Parser;
use clap::Subcommand;

mod baseline;
mod certs;
mod check;
mod clock;
mod completions;
mod explain;
mod man;
mod paths;
mod repair;
mod rules;
mod scope;
mod status;
mod verify;

/// Exit code when nothing at or above the failing severity was found.
pub const CLEAN: u8 = 0;
/// Exit code when something was found.
pub const FOUND: u8 = 1;
/// Exit code when the run itself could not be made.
pub const UNABLE: u8 = 2;

/// Will telemetry from outside the cluster arrive at the OpenTelemetry Collector, and can nobody else send any?
#[derive(Debug, Parser)]
#[command(name = "otel-lint", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    check: check::Check,
}

#[derive(Debug, Subcommand)]
enum Command {
    Certs(certs::Certs),
    Check(check::Check),
    Completions(completions::Completions),
    #[command(name = "__complete", hide = true)]
    Complete(completions::Complete),
    Explain(explain::Explain),
    Man(man::Man),
    Paths(paths::Paths),
    Rules(rules::Rules),
    Status(status::Status),
    Verify(verify::Verify),
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A stream could not be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// What was typed makes no sense.
    #[error("{0}")]
    Usage(String),
}

/// Runs the program as it was called, and says how it ended.
pub fn main() -> ExitCode {
    let command = named(std::env::args_os().next());
    let matches = command.clone().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let mut out = std::io::stdout().lock();
    let outcome = match arguments.command {
        Some(Command::Certs(certs)) => certs.run(&mut out),
        Some(Command::Check(check)) => check.run(&mut out),
        Some(Command::Completions(completions)) => completions.run(command, &mut out),
        Some(Command::Complete(complete)) => complete.run(&command, &mut out),
        Some(Command::Explain(explain)) => explain.run(&mut out),
        Some(Command::Man(man)) => man.run(command, &mut out),
        Some(Command::Paths(paths)) => paths.run(&mut out),
        Some(Command::Rules(rules)) => rules.run(&mut out),
        Some(Command::Status(status)) => status.run(&mut out),
        Some(Command::Verify(verify)) => verify.run(&mut out),
        None => arguments.check.run(&mut out),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        // Whoever reads has seen enough: `otel-lint | head`.
        Err(Error::Io(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::from(CLEAN),
        Err(error) => {
            // Nothing is left to tell when standard error itself is closed.
            let _ = writeln!(std::io::stderr(), "otel-lint: {error}");
            ExitCode::from(UNABLE)
        }
    }
}

/// The arguments of the program under the name that it was called by: kubectl shows a plugin as a command of its own.
fn named(program: Option<OsString>) -> clap::Command {
    let command = Arguments::command();
    let program = program.map(PathBuf::from);
    let stem = program.as_ref().and_then(|program| program.file_stem());
    if stem.is_some_and(|stem| stem == "kubectl-otel_lint") {
        command.bin_name("kubectl otel-lint")
    } else {
        command
    }
}
