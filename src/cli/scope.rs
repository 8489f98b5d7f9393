//! Which files a report is about, when more were read than it is about: those of a change, or those that were named.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use super::Error;
use crate::source::SourceId;
use crate::source::Sources;

/// The files of `sources` that are among `paths`, however both are written.
pub(super) fn of(sources: &Sources, paths: &[PathBuf]) -> BTreeSet<SourceId> {
    let wanted: BTreeSet<PathBuf> = paths.iter().map(|path| real(path)).collect();
    let is_wanted = |name: &str| {
        let path = real(Path::new(name));
        path.ancestors().any(|part| wanted.contains(part))
    };
    let sources = sources.iter();
    sources
        .filter(|(_, source)| is_wanted(&source.name))
        .map(|(id, _)| id)
        .collect()
}

/// The files that differ from where the work left `revision`, or that git does not know yet.
pub(super) fn changed(revision: &str) -> Result<Vec<PathBuf>, Error> {
    // What others changed there since is not this change; two ranges, or histories cut short, have no such place.
    let fork = git(&["merge-base", "--end-of-options", "HEAD", revision]);
    let since = fork.as_deref().map_or(revision, str::trim_end);
    let root = git(&["rev-parse", "--show-toplevel"])?;
    let root = PathBuf::from(root.trim_end());
    let differ = [
        "diff",
        "--name-only",
        "--no-relative",
        "-z",
        "--end-of-options",
        since,
        "--",
    ];
    let mut names = git(&differ)?;
    names.push_str(&git(&[
        "-C",
        &root.to_string_lossy(),
        "ls-files",
        "--others",
        "--exclude-standard",
        "-z",
    ])?);
    let names = names.split('\0').filter(|name| !name.is_empty());
    Ok(names.map(|name| root.join(name)).collect())
}

/// The root of the repository that the working directory is in, else the working directory.
pub(super) fn project() -> PathBuf {
    let here = Path::new(".");
    let Ok(here) = here.canonicalize() else {
        return here.to_owned();
    };
    let root = here.ancestors().find(|part| part.join(".git").exists());
    match root {
        // Names stay short, as they were given.
        Some(root) if root == here => PathBuf::from("."),
        Some(root) => {
            let depth = here.components().count() - root.components().count();
            std::iter::repeat_n("..", depth).collect()
        }
        None => PathBuf::from("."),
    }
}

fn git(arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("git")
        .args(arguments)
        .output()
        .map_err(|error| Error::Usage(format!("cannot run git: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.trim().lines().next().unwrap_or_default().to_owned();
    Err(Error::Usage(format!("git says: {words}")))
}

/// The path without links and dots; as it is when nothing is there.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
