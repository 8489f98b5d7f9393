//! Paths and standard input to sources: the only module that touches the disk.

use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use ignore::WalkBuilder;
use rayon::prelude::*;

use crate::source::Source;
use crate::source::Sources;

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
}

/// A path that could not be read.
#[derive(Debug)]
pub struct Failure {
    /// The path as it was given or found.
    pub path: String,
    /// Why, in the words of the operating system.
    pub reason: String,
    /// Whether the user named it; then the run cannot be made.
    pub named: bool,
}

/// Reads `paths`: files, directories (ignore files respected, hidden files left out) and `-` for standard input.
#[must_use]
pub fn read(paths: &[PathBuf], keep: &(dyn Fn(&str) -> bool + Sync)) -> Input {
    let mut input = Input::default();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            match io::stdin().lock().take(MAX_FILE).read_to_end(&mut bytes) {
                Ok(_) => drop(input.sources.add(Source::new("-", bytes))),
                Err(error) => input.fail(path, &error, true),
            }
        } else if path.is_dir() {
            input.directory(path, keep);
        } else {
            match load(path) {
                Ok(source) => drop(input.sources.add(source)),
                Err(error) => input.fail(path, &error, true),
            }
        }
    }
    input
}

impl Input {
    fn fail(&mut self, path: &Path, error: &io::Error, named: bool) {
        self.failures.push(Failure {
            path: name(path),
            reason: reason(error),
            named,
        });
    }

    fn directory(&mut self, root: &Path, keep: &(dyn Fn(&str) -> bool + Sync)) {
        let mut files = Vec::new();
        let walk = WalkBuilder::new(root)
            .sort_by_file_path(Ord::cmp)
            .require_git(false)
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if wanted(entry.path()) && keep(&name(entry.path())) => {
                    files.push(entry.into_path())
                }
                Ok(_) => {}
                Err(error) => {
                    let path = if let ignore::Error::WithPath { path, .. } = &error {
                        name(path)
                    } else {
                        name(root)
                    };
                    self.failures.push(Failure {
                        path,
                        reason: error.to_string(),
                        named: false,
                    });
                }
            }
        }
        let sources: Vec<_> = files
            .into_par_iter()
            .map(|path| (load(&path), path))
            .collect();
        for (source, path) in sources {
            match source {
                Ok(source) => drop(self.sources.add(source)),
                Err(error) => self.fail(&path, &error, false),
            }
        }
    }
}

fn wanted(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    ENDINGS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(ending))
        && !path.is_dir()
}

fn load(path: &Path) -> io::Result<Source> {
    let size = fs::metadata(path)?.len();
    if size > MAX_FILE {
        return Err(io::Error::other(format!(
            "it has {size} bytes, and more than {MAX_FILE} are not read"
        )));
    }
    Ok(Source::new(name(path), fs::read(path)?))
}

/// The path as people write it, with `/`, without `./` in front.
fn name(path: &Path) -> String {
    let name = path.to_string_lossy().replace('\\', "/");
    name.strip_prefix("./").unwrap_or(&name).to_owned()
}

fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or(&text)
        .to_lowercase()
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
