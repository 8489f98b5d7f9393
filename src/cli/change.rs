//! A report about a part of what was read: the files of a change, or those that were named, and what they break
//! elsewhere.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use super::Error;
use super::git;
use crate::input;
use crate::model::Model;
use crate::model::object::Object;
use crate::problem::ProblemKind;
use crate::report::Report;
use crate::report::fingerprint::fingerprints;
use crate::settings::Closed;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Sources;

/// How many objects that are gone one finding names.
const NAMED: usize = 3;

/// Which files a report is about, and what the files that differ were before.
pub(super) struct Change {
    /// The files, without links and dots; those that are gone as they were.
    about: BTreeSet<PathBuf>,
    /// What files that differ held; `None` for those that are new.
    before: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// The paths that are read, as they were given and without links.
    roots: Vec<(PathBuf, PathBuf)>,
}

impl Change {
    /// What differs from where the work left `revision`, or is not known to git yet.
    pub(super) fn since(revision: &str, roots: &[PathBuf]) -> Result<Self, Error> {
        let before = git::before(&git::fork(revision)?)?;
        Ok(Self {
            about: before.keys().cloned().collect(),
            before,
            roots: real_roots(roots),
        })
    }

    /// The files at `paths`, as a commit is about to change them.
    pub(super) fn of_files(paths: &[PathBuf], roots: &[PathBuf]) -> Result<Self, Error> {
        let wrong = |path: &&PathBuf| !path.exists();
        if let Some(path) = paths.iter().find(wrong) {
            let path = path.display();
            return Err(Error::Usage(format!(
                "cannot read {path}: no such file or directory"
            )));
        }
        let about: BTreeSet<PathBuf> = paths.iter().map(|path| real(path)).collect();
        // Outside of a repository nothing is known of earlier times.
        let mut before = git::before("HEAD").unwrap_or_default();
        // What else differs is not part of the commit; only what it takes out cannot be named.
        before.retain(|path, _| about.contains(path) || !path.exists());
        Ok(Self {
            about,
            before,
            roots: real_roots(roots),
        })
    }

    /// What is wrong in `sources` that touches the files, or was not wrong before they changed.
    pub(super) fn report<'s>(&self, sources: &'s Sources, settings: &Settings) -> Report<'s> {
        let mut report = crate::lint(sources, settings);
        let broken = self.broken(sources, settings);
        report.keep(&self.files(sources));
        report.add(broken);
        report
    }

    /// The files of `sources` that it is about.
    fn files(&self, sources: &Sources) -> BTreeSet<SourceId> {
        let is_wanted = |name: &str| {
            let path = real(Path::new(name));
            path.ancestors().any(|part| self.about.contains(part))
        };
        let sources = sources.iter();
        sources
            .filter(|(_, source)| is_wanted(&source.name))
            .map(|(id, _)| id)
            .collect()
    }

    /// What is wrong now and was not before: with everything given that has gone, so that it is missed.
    fn broken<'s>(&self, sources: &'s Sources, settings: &Settings) -> Option<Report<'s>> {
        if self.before.is_empty() {
            return None;
        }
        let earlier = self.earlier(sources);
        let gone = gone(&earlier, sources, settings);
        let mut settings = settings.clone();
        settings.closed = closed(&settings.closed, &gone);
        let known: BTreeSet<String> = fingerprints(&crate::lint(&earlier, &settings))
            .into_iter()
            .collect();
        let mut report = crate::lint(sources, &settings);
        let mut all = fingerprints(&report).into_iter();
        report
            .findings
            .retain(|_| all.next().is_some_and(|own| !known.contains(&own)));
        for reported in &mut report.findings {
            let finding = &mut reported.finding;
            let named = gone
                .iter()
                .filter(|object| finding.message.contains(&format!("`{}`", object.name)));
            let named: Vec<String> = named.take(NAMED).map(Gone::to_string).collect();
            finding.help(match named.is_empty() {
                true => "it was not so before this change".to_owned(),
                false => format!("before this change there was {}", named.join(", ")),
            });
        }
        Some(report)
    }

    /// The sources as they were, each under the index that it has now; those that are gone behind them.
    fn earlier(&self, sources: &Sources) -> Sources {
        let mut earlier = Sources::new();
        let mut seen = BTreeSet::new();
        for (_, source) in sources.iter() {
            let path = real(Path::new(&source.name));
            earlier.add(match self.before.get(&path).filter(|_| !source.is_made()) {
                Some(text) => Source::new(source.name.clone(), text.clone().unwrap_or_default()),
                None => source.clone(),
            });
            seen.insert(path);
        }
        for (path, text) in &self.before {
            let name = self.name(path).filter(|name| input::is_taken(name));
            if let (Some(name), Some(text), false) = (name, text, seen.contains(path)) {
                earlier.add(Source::new(name, text.clone()));
            }
        }
        earlier
    }

    /// What a file that is gone was called, had it been read; `None` where nobody would have.
    fn name(&self, path: &Path) -> Option<String> {
        self.roots.iter().find_map(|(root, real)| {
            let rest = path.strip_prefix(real).ok()?;
            Some(input::name(&root.join(rest)))
        })
    }
}

/// An object that was there before.
struct Gone {
    kind: String,
    title: String,
    name: String,
    file: String,
}

impl std::fmt::Display for Gone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in `{}`", self.title, self.file)
    }
}

/// The objects of `earlier` that are in no source any more, under whatever file name.
fn gone(earlier: &Sources, sources: &Sources, settings: &Settings) -> Vec<Gone> {
    let identity = |object: &Object| {
        let kind = object.kind.value.as_str();
        [object.group(), kind, object.namespace(), object.name()].map(str::to_owned)
    };
    let after = Model::read(sources, settings);
    let now: BTreeSet<_> = after
        .objects
        .iter()
        .map(|object| identity(object))
        .collect();
    let before = Model::read(earlier, settings);
    // What does not parse any more may hold what it held: its kinds are not known to be complete.
    let unread = after.problems_of(ProblemKind::UnreadableDocument);
    let unread: BTreeSet<SourceId> = unread.map(|problem| problem.span.source).collect();
    let lost = before.objects.iter();
    let lost = lost.filter(|object| unread.contains(&object.source));
    let lost: BTreeSet<&str> = lost.map(|object| object.kind.as_str()).collect();
    let objects = before.objects.iter();
    objects
        .filter(|object| !now.contains(&identity(object)) && !lost.contains(object.kind.as_str()))
        .map(|object| Gone {
            kind: object.kind.value.clone(),
            title: format!("`{}`", object.title()),
            name: object.name().to_owned(),
            file: earlier.get(object.source).name.clone(),
        })
        .collect()
}

/// What is `closed`, and the kinds of what is gone: a reference to it leads nowhere now.
fn closed(closed: &Closed, gone: &[Gone]) -> Closed {
    let gone = gone.iter().map(|object| object.kind.clone());
    match closed {
        Closed::Open => Closed::Kinds(gone.collect()),
        Closed::Kinds(kinds) => Closed::Kinds(kinds.iter().cloned().chain(gone).collect()),
        other => other.clone(),
    }
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

fn real_roots(roots: &[PathBuf]) -> Vec<(PathBuf, PathBuf)> {
    let roots = roots.iter();
    roots.map(|root| (root.clone(), real(root))).collect()
}

/// The path without links and dots; as it is when nothing is there.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
