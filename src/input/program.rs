//! What other programs of the user make: rendered kustomizations and charts.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::source::Source;

/// What a kustomization renders to, by `kubectl kustomize`, else by `kustomize build`.
///
/// # Errors
/// What the program says, when it fails or is not there.
pub fn kustomize(folder: &Path) -> Result<Source, String> {
    let folder = folder.as_os_str();
    let rendered = output("kubectl", &["kustomize".as_ref(), folder])
        .or_else(
            |first| match output("kustomize", &["build".as_ref(), folder]) {
                Err(Failure::Absent) => Err(first),
                other => other,
            },
        )
        .map_err(|failure| failure.words("kubectl"))?;
    Ok(source("kustomize", folder, rendered))
}

/// What a chart renders to, by `helm template` with the values of these files, and with these.
///
/// # Errors
/// What the program says, when it fails or is not there.
pub fn helm(chart: &Path, values: &[PathBuf], set: &[String]) -> Result<Source, String> {
    let mut arguments: Vec<&OsStr> = vec!["template".as_ref(), chart.as_os_str()];
    for file in values {
        arguments.extend([OsStr::new("--values"), file.as_os_str()]);
    }
    for value in set {
        arguments.extend([OsStr::new("--set"), value.as_ref()]);
    }
    let rendered = output("helm", &arguments).map_err(|failure| failure.words("helm"))?;
    Ok(source("helm", chart.as_os_str(), rendered))
}

/// The text of a source that no file holds is named by what made it.
fn source(program: &str, of: &OsStr, text: Vec<u8>) -> Source {
    Source::made(format!("{program}:{}", of.to_string_lossy()), text)
}

/// Why a program gave nothing.
pub(super) enum Failure {
    /// It is not on the `PATH`.
    Absent,
    /// It could not be run.
    Broken(String),
    /// It failed; its first line.
    Said(String),
}

impl Failure {
    pub(super) fn words(self, program: &str) -> String {
        match self {
            Self::Absent => format!("`{program}` is not on the PATH"),
            Self::Broken(why) => format!("`{program}` cannot be run: {why}"),
            Self::Said(words) => words,
        }
    }
}

pub(super) fn output(program: &str, arguments: &[&OsStr]) -> Result<Vec<u8>, Failure> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::Absent,
        _ => Failure::Broken(error.to_string()),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    // Warnings of version skew come first, and what kubectl's libraries note before it gives up.
    let mut own = lines.clone().filter(|line| !line.starts_with("Warning:"));
    let line = own
        .clone()
        .find(|line| !is_noted(line))
        .or_else(|| own.next())
        .or_else(|| lines.clone().next())
        .unwrap_or("it failed and said nothing");
    Err(Failure::Said(format!("{program}: {}", plain(line))))
}

/// Whether a line is of klog, Kubernetes' library for notes: `E0102 15:04:05.000000   1234 run.go:72] …`.
fn is_noted(line: &str) -> bool {
    let mut letters = line.chars();
    let is_level = letters.next().is_some_and(|level| "IWEF".contains(level));
    is_level && letters.take(4).all(|digit| digit.is_ascii_digit()) && line.contains("] ")
}

/// What a line says, without what klog puts around it.
fn plain(line: &str) -> &str {
    if !is_noted(line) {
        return line;
    }
    let words = line.split_once("] ").map_or(line, |(_, words)| words);
    let error = words.split_once("err=\"").map(|(_, error)| error);
    error.map_or(words, |error| error.trim_end_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_klog_puts_around_an_error_is_taken_off() {
        let noted = r#"E1121 07:51:23.893526   19032 run.go:72] "command failed" err="must build at directory: not a valid directory""#;
        let expected = "must build at directory: not a valid directory";
        assert_eq!(plain(noted), expected);
        let memcache = "E0102 15:04:05.000000 1 memcache.go:265] couldn't get current server API";
        assert_eq!(plain(memcache), "couldn't get current server API");
        assert_eq!(plain("Error: a] b"), "Error: a] b");
    }
}
