//! What was typed to a run: one subcommand a module.

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
mod change;
mod check;
mod clock;
mod cluster;
mod completions;
mod explain;
mod git;
mod given;
mod init;
mod man;
mod output;
mod paths;
mod patience;
mod repair;
mod rules;
mod status;
mod telling;
mod terminal;
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

/// Will telemetry from outside this cluster arrive at the OpenTelemetry Collector, and can nobody else send any?
///
/// Reads the cluster as your kubectl is set up; with -f or a PATH the files are judged against it, and only they are
/// reported. `kubectl otel-lint check PATH` judges files alone.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-otel_lint",
    bin_name = "kubectl otel-lint",
    version,
    args_conflicts_with_subcommands = true
)]
struct Plugin {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    cluster: cluster::Cluster,
}

#[derive(Debug, Subcommand)]
enum Command {
    Certs(certs::Certs),
    Check(check::Check),
    Cluster(Box<cluster::Cluster>),
    Completions(completions::Completions),
    #[command(name = "__complete", hide = true)]
    Complete(completions::Complete),
    Explain(explain::Explain),
    Init(init::Init),
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

/// What the help ends with.
const AFTER: &str = "\
Exit code: 0 nothing at or above --fail-on, 1 something, 2 the run could not be made; the same in every format.
`otel-lint explain RULE` tells of a rule, `otel-lint help COMMAND` of a command.";

/// What PATH means where a cluster is read.
const AGAINST: &str = "\
Files, directories, or `-` for standard input, judged against the cluster; the cluster itself when there is none";

/// The command line of the name that the program was called by.
fn command() -> clap::Command {
    let against = |command: clap::Command| command.mut_arg("paths", |paths| paths.help(AGAINST));
    let command = match is_plugin() {
        true => against(Plugin::command()),
        false => Arguments::command(),
    };
    command
        .mut_subcommand("cluster", against)
        .after_help(AFTER.replace("otel-lint ", program()))
}

/// How people call the program, and a space.
fn program() -> &'static str {
    match is_plugin() {
        true => "kubectl otel-lint ",
        false => "otel-lint ",
    }
}

/// The command that was meant by `word`, when a slip of the hand explains the difference.
fn near(word: &str) -> Option<String> {
    let command = Arguments::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let distances = names.map(|name| (strsim::damerau_levenshtein(name, word), name));
    let (distance, name) = distances.min()?;
    (distance <= 2 && distance * 3 <= name.len()).then(|| name.to_owned())
}

/// Runs the program as it was called, and says how it ended.
pub fn main() -> ExitCode {
    let command = command();
    let matches = command.clone().get_matches();
    let asked = if is_plugin() {
        Plugin::from_arg_matches(&matches).map(|plugin| {
            let cluster = || Command::Cluster(Box::new(plugin.cluster));
            plugin.command.unwrap_or_else(cluster)
        })
    } else {
        Arguments::from_arg_matches(&matches).map(|arguments| {
            let check = || Command::Check(arguments.check);
            arguments.command.unwrap_or_else(check)
        })
    };
    let asked = asked.unwrap_or_else(|error| error.exit());
    match run(asked, command) {
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

fn run(asked: Command, command: clap::Command) -> Result<u8, Error> {
    let mut out = std::io::stdout().lock();
    match asked {
        Command::Certs(certs) => certs.run(&mut out),
        Command::Check(check) => check.run(&mut out),
        Command::Cluster(cluster) => cluster.run(&mut out),
        Command::Completions(completions) => completions.run(command, &mut out),
        Command::Complete(complete) => complete.run(&command, &mut out),
        Command::Explain(explain) => explain.run(&mut out),
        Command::Init(init) => init.run(&mut out),
        Command::Man(man) => man.run(command, &mut out),
        Command::Paths(paths) => paths.run(&mut out),
        Command::Rules(rules) => rules.run(&mut out),
        Command::Status(status) => status.run(&mut out),
        Command::Verify(verify) => verify.run(&mut out),
    }
}

/// Whether kubectl called, or somebody by the name that kubectl looks for.
fn is_plugin() -> bool {
    let program = std::env::args_os().next().map(PathBuf::from);
    let stem = program.as_ref().and_then(|program| program.file_stem());
    stem.is_some_and(|stem| stem == "kubectl-otel_lint")
}
