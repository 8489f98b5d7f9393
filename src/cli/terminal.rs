//! What the terminal can show: colours, columns, links.

use std::io::IsTerminal;

use clap::ValueEnum;
use terminal_size::Width;
use terminal_size::terminal_size;

use crate::report::Style;

/// When colours are used.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// Terminals that make links of OSC 8, by what they set `TERM_PROGRAM` to.
const PROGRAMS: &[&str] = &["ghostty", "iTerm.app", "Hyper", "vscode", "WezTerm", "zed"];

/// Terminals that make links of OSC 8, by a variable that only they set.
const VARIABLES: &[&str] = &[
    "DOMTERM",
    "KITTY_WINDOW_ID",
    "KONSOLE_VERSION",
    "WT_SESSION",
];

/// The first version of VTE, which GNOME's terminals are made of, that makes links without a fault: 0.50.1.
const VTE: u32 = 5001;

/// How to dress text on standard output.
pub(super) fn style(color: Color) -> Style {
    let is_terminal = std::io::stdout().is_terminal();
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR") => true,
        Color::Auto => is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    let here = std::env::current_dir().ok();
    let here = here.and_then(|here| Some(here.to_str()?.to_owned()));
    Style {
        color,
        width: terminal_size()
            .filter(|_| is_terminal)
            .map(|(Width(columns), _)| columns.into()),
        links: here.filter(|_| color && is_terminal && knows_links()),
    }
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn knows_links() -> bool {
    let program = std::env::var("TERM_PROGRAM").unwrap_or_default();
    let vte = std::env::var("VTE_VERSION").ok();
    PROGRAMS.contains(&program.as_str())
        || VARIABLES.iter().any(|name| is_set(name))
        || vte.is_some_and(|version| version.parse().is_ok_and(|version: u32| version >= VTE))
}
