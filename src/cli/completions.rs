//! `otel-lint completions SHELL`, and what kubectl asks of `kubectl_complete-otel_lint`.

use std::io::Write;

use clap::Arg;
use clap::Args;
use clap::Command;
use clap_complete::Shell;

use super::CLEAN;
use super::Error;

/// Prints a completion script for a shell
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// bash, elvish, fish, powershell or zsh
    shell: Shell,
}

/// Completes words as kubectl asks a plugin to
#[derive(Debug, Args)]
pub(super) struct Complete {
    /// The words so far; the last one is being written
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

impl Completions {
    pub(super) fn run(&self, mut command: Command, out: &mut dyn Write) -> Result<u8, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "otel-lint", &mut script);
        out.write_all(&script)?;
        Ok(CLEAN)
    }
}

impl Complete {
    /// Prints a line `word<TAB>description` for every word that may come next, then cobra's directive: `:4` means no
    /// files, `:0` lets the shell offer files (spf13/cobra, `shell_completions.md`).
    pub(super) fn run(&self, command: &Command, out: &mut dyn Write) -> Result<u8, Error> {
        let (last, before) = match self.words.split_last() {
            Some((last, before)) => (last.as_str(), before),
            None => ("", &[][..]),
        };
        let mut command = command;
        for word in before {
            command = command.find_subcommand(word).unwrap_or(command);
        }
        let awaited = before.last().and_then(|word| option(command, word));
        let mut words: Vec<(String, String)> = match awaited {
            Some(option) => values(option),
            None if takes_word(command) && !last.starts_with('-') => {
                command.get_positionals().flat_map(values).collect()
            }
            None if last.starts_with('-') => command.get_opts().filter_map(flag).collect(),
            None if before.is_empty() => command.get_subcommands().filter_map(subcommand).collect(),
            None => Vec::new(),
        };
        words.retain(|(word, _)| word.starts_with(last));
        for (word, description) in &words {
            writeln!(out, "{word}\t{description}")?;
        }
        let offers_files = words.is_empty() || awaited.is_none() && last.is_empty();
        writeln!(out, "{}", if offers_files { ":0" } else { ":4" })?;
        Ok(CLEAN)
    }
}

/// Whether what comes without a dash is one of some words, not a path.
fn takes_word(command: &Command) -> bool {
    let mut positionals = command.get_positionals();
    positionals.any(|argument| !argument.get_possible_values().is_empty())
}

/// The option that `word` is, if it waits for a value.
fn option<'c>(command: &'c Command, word: &str) -> Option<&'c Arg> {
    let name = word.strip_prefix("--");
    let short = word
        .strip_prefix('-')
        .filter(|letter| letter.chars().count() == 1);
    let short = short.and_then(|letter| letter.chars().next());
    let mut options = command.get_opts();
    options.find(|option| {
        let is_long = name.is_some_and(|name| {
            let aliases = option.get_visible_aliases().unwrap_or_default();
            option.get_long() == Some(name) || aliases.contains(&name)
        });
        let is_short = short.is_some() && option.get_short() == short;
        (is_long || is_short)
            && option
                .get_num_args()
                .is_none_or(|range| range.takes_values())
    })
}

fn values(option: &Arg) -> Vec<(String, String)> {
    let values = option.get_possible_values().into_iter();
    let values = values.map(|value| (value.get_name().to_owned(), String::new()));
    values.collect()
}

fn flag(option: &Arg) -> Option<(String, String)> {
    let help = option.get_help().map(ToString::to_string);
    Some((
        format!("--{}", option.get_long()?),
        help.unwrap_or_default(),
    ))
}

fn subcommand(command: &Command) -> Option<(String, String)> {
    let about = command.get_about().map(ToString::to_string);
    let is_shown = !command.is_hide_set();
    is_shown.then(|| (command.get_name().to_owned(), about.unwrap_or_default()))
}
