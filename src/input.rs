//! Paths, standard input and other programs' output to sources: the only module that touches the disk.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use ignore::WalkBuilder;
use ignore::WalkState;

use crate::source::Source;
use crate::source::Sources;

pub mod cluster;
pub mod program;

/// The largest file that is read, in bytes. Manifests end far below; what lies above is a dump or an image, and spans
/// count in 32 bits.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// What the settings file is called.
pub const SETTINGS_FILE: &str = ".otel-lint.yaml";

/// The endings that are taken from a directory; a file that is named is taken whatever it is called.
const ENDINGS: &[&str] = &[
    "yaml", "yml", "json", "pem", "crt", "cer", "key", "der", "htpasswd",
];

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub struct Input {
    /// The sources, in the order of the paths that were given, each directory sorted.
    pub sources: Sources,
    /// What could not be read, with the reason; everything else is there.
    pub failures: Vec<Failure>,
    /// What was read already: a file may be named, and its directory, too.
    names: BTreeSet<String>,
}

/// A path that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path as it was given or found.
    pub path: String,
    /// Why, in the words of the operating system.
    pub reason: String,
    /// Whether the user named it; then the run cannot be made.
    pub named: bool,
}

/// Reads `paths`: files, directories and `-` for standard input.
///
/// Of a directory those files are taken that end like manifests, certificates or keys and whose name `keep` takes. Ignore
/// files in and above it are respected, but not those of the user or of this clone alone: another machine must see the
/// same. Hidden files and what links to a directory are left out.
#[must_use]
pub fn read(paths: &[PathBuf], keep: &(dyn Fn(&str) -> bool + Sync)) -> Input {
    let mut input = Input::default();
    for path in paths {
        if path.as_os_str() == "-" {
            input.add(path, true, limited(io::stdin().lock()));
        } else if path.is_dir() {
            input.directory(path, keep);
        } else {
            // What is named may be a pipe, as the shell makes of `<(helm template .)`.
            input.add(path, true, File::open(path).and_then(limited));
        }
    }
    input
}

impl Input {
    /// Adds what was read at `path`, or that it could not be.
    fn add(&mut self, path: &Path, named: bool, content: io::Result<Vec<u8>>) {
        let path = name(path);
        match content {
            Ok(_) if self.names.contains(&path) => {}
            Ok(bytes) => {
                self.sources.add(Source::new(path.clone(), bytes));
                self.names.insert(path);
            }
            Err(error) => self.failures.push(Failure {
                path,
                reason: reason(&error),
                named,
            }),
        }
    }

    fn directory(&mut self, root: &Path, keep: &(dyn Fn(&str) -> bool + Sync)) {
        let found = Mutex::new(Vec::new());
        let walk = WalkBuilder::new(root)
            .require_git(false)
            .git_global(false)
            .git_exclude(false)
            .build_parallel();
        walk.run(|| {
            Box::new(|entry| {
                if let Some(file) = visit(entry, root, keep) {
                    found
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(file);
                }
                WalkState::Continue
            })
        });
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (path, content) in found {
            self.add(&path, path == root, content);
        }
    }
}

/// A file of a directory, if it is taken; or what could not be looked at.
fn visit(
    entry: Result<ignore::DirEntry, ignore::Error>,
    root: &Path,
    keep: &dyn Fn(&str) -> bool,
) -> Option<(PathBuf, io::Result<Vec<u8>>)> {
    let path = match entry {
        Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => return None,
        Ok(entry) => entry.into_path(),
        Err(error) => {
            let path = place(&error).unwrap_or(root).to_path_buf();
            let error = error
                .into_io_error()
                .unwrap_or_else(|| io::ErrorKind::Other.into());
            return Some((path, Err(error)));
        }
    };
    let called = name(&path);
    if !is_taken(&called) || !keep(&called) {
        return None;
    }
    let content = match fs::metadata(&path) {
        // A pipe or a device in a directory would be waited for without end.
        Ok(found) if !found.is_file() => return None,
        Ok(_) => File::open(&path).and_then(limited),
        Err(error) => Err(error),
    };
    Some((path, content))
}

/// Whether a file of that name is taken from a directory.
#[must_use]
pub fn is_taken(name: &str) -> bool {
    let ending = Path::new(name)
        .extension()
        .and_then(|ending| ending.to_str());
    let is_known = |ending: &str| {
        ENDINGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    };
    ending.is_some_and(is_known)
}

/// Where a walk met an error, if it says so.
fn place(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// All that `from` holds, unless it is too much.
fn limited(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        let reason = format!("it has more than {MAX_FILE} bytes, and more are not read");
        return Err(io::Error::other(reason));
    }
    Ok(bytes)
}

/// The path as people write it, with `/`, without `./` in front.
pub(crate) fn name(path: &Path) -> String {
    let name = path.to_string_lossy();
    let name = if std::path::MAIN_SEPARATOR == '\\' {
        name.replace('\\', "/")
    } else {
        name.into_owned()
    };
    name.strip_prefix("./").map(str::to_owned).unwrap_or(name)
}

/// Why something could not be read or written, in the words of the operating system.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

/// The settings file that governs `paths`: in the directory of the first, or in the nearest one above it up to the root
/// of the repository.
#[must_use]
pub fn settings_file(paths: &[PathBuf]) -> Option<PathBuf> {
    let first = paths.first()?;
    let start = if first.is_dir() {
        first.clone()
    } else {
        first.parent()?.to_path_buf()
    };
    let start = if start.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        start
    };
    let absolute = fs::canonicalize(&start).ok()?;
    for (up, directory) in absolute.ancestors().enumerate() {
        let found = directory.join(SETTINGS_FILE);
        if found.is_file() {
            let relative = (0..up).fold(start, |path, _| {
                if path == Path::new(".") {
                    "..".into()
                } else {
                    path.join("..")
                }
            });
            return Some(if up == 0 {
                relative.join(SETTINGS_FILE)
            } else {
                found
            });
        }
        if directory.join(".git").exists() {
            return None;
        }
    }
    None
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.path, self.reason)
    }
}

#[cfg(test)]
mod tests;
