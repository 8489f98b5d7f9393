//! What the user decided: severities, versions, what is closed.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use time::Date;
use time::Duration;
use time::OffsetDateTime;

use crate::problem::Problem;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;

mod assume;
pub mod file;
pub mod glob;
mod home;

pub use assume::Assume;
pub use assume::Channel;
pub use assume::Version;
pub use home::Home;

/// How bad a finding is; follows the norm that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Works by luck or by a default, or breaks a SHOULD.
    Warning,
    /// Cannot work, is open to anyone, or breaks a MUST.
    Error,
}

impl Severity {
    /// The word for it, as in settings and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Note, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.word() == word)
            .ok_or_else(|| format!("`{word}` is none of `note`, `warning`, `error`"))
    }
}

/// Of which kinds everything was given, so that what is not there is missing, not merely outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Closed {
    /// Of none: a reference to nothing leads outside and is not judged.
    #[default]
    Open,
    /// Of these kinds (`Secret`, `Service`, …), spelled as in manifests.
    Kinds(BTreeSet<String>),
    /// Of one namespace, as a cluster is read with `-n`.
    Within {
        /// The namespace.
        namespace: String,
        /// Of these kinds everything in it was given.
        kinds: BTreeSet<String>,
        /// Of these kinds, which have no namespace, everything was given.
        cluster: BTreeSet<String>,
    },
    /// Of every kind: a dump of a cluster, or a repository that holds all.
    Everything,
}

impl Closed {
    /// Whether everything of `kind` was given, in every namespace.
    #[must_use]
    pub fn covers(&self, kind: &str) -> bool {
        match self {
            Self::Open => false,
            Self::Kinds(kinds) | Self::Within { cluster: kinds, .. } => kinds.contains(kind),
            Self::Everything => true,
        }
    }

    /// Whether everything of `kind` that is in `namespace` was given.
    #[must_use]
    pub fn covers_in(&self, kind: &str, namespace: &str) -> bool {
        match self {
            Self::Within {
                namespace: own,
                kinds,
                ..
            } if own == namespace => kinds.contains(kind),
            _ => self.covers(kind),
        }
    }
}

/// One entry of `ignore`: findings that somebody decided not to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The rule's name.
    pub rule: String,
    /// A glob over the names of sources; `None`: any.
    pub path: Option<String>,
    /// `Kind/name` or `Kind/namespace/name`; `None`: any.
    pub resource: Option<String>,
    /// Why; never empty.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The entry in the settings file.
    pub span: Span,
}

/// Everything that a run is told besides its sources. Pure data.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The time at which certificates and ignores are judged.
    pub now: OffsetDateTime,
    /// Of which kinds everything was given.
    pub closed: Closed,
    /// Where objects are that name no namespace, as kubectl's context says.
    pub namespace: String,
    /// Which versions and implementations to take for given.
    pub assume: Assume,
    /// Path in a container to path in the repository, both without a trailing `/`.
    pub mounts: BTreeMap<String, String>,
    /// `namespace/gateway` to the hosts and IPs that lead to it.
    pub addresses: BTreeMap<String, Vec<String>>,
    /// Rule name to its severity here; `None`: off.
    pub severity: BTreeMap<String, Option<Severity>>,
    /// Findings not to report.
    pub ignore: Vec<Ignore>,
    /// How long before its end a certificate is worth a word.
    pub expiry_window: Duration,
    /// Globs of paths to read; empty: all.
    pub include: Vec<String>,
    /// Globs of paths not to read.
    pub exclude: Vec<String>,
    /// Sources of which only the CustomResourceDefinitions are taken: they say what is installed, and are not judged.
    pub definitions: BTreeSet<SourceId>,
    /// Whether comments, annotations and `ignore` may silence a finding.
    pub suppressions: bool,
    /// The settings file, when it is one of the sources.
    pub source: Option<SourceId>,
    /// Where it lies.
    pub home: Home,
    /// The rules that it gives a severity, as it calls them.
    pub named_rules: Vec<Spanned<String>>,
    /// The kinds that it says are complete, as it calls them.
    pub named_kinds: Vec<Spanned<String>>,
    /// What in it could not be used.
    pub problems: Vec<Problem>,
}

impl Settings {
    /// The defaults, judged at `now`: this module has no clock.
    #[must_use]
    pub fn new(now: OffsetDateTime) -> Self {
        Self {
            now,
            closed: Closed::default(),
            namespace: "default".to_owned(),
            assume: Assume::default(),
            mounts: BTreeMap::new(),
            addresses: BTreeMap::new(),
            severity: BTreeMap::new(),
            ignore: Vec::new(),
            expiry_window: Duration::days(30),
            include: Vec::new(),
            exclude: Vec::new(),
            definitions: BTreeSet::new(),
            suppressions: true,
            source: None,
            home: Home::default(),
            named_rules: Vec::new(),
            named_kinds: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl Settings {
    /// Whether a file that a directory holds is read: it fits `include` if there is any, and no `exclude`.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let name = self.home.seen_from(name);
        let fits = |globs: &[String]| globs.iter().any(|glob| glob::fits(glob, &name));
        (self.include.is_empty() || fits(&self.include)) && !fits(&self.exclude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_ordered_and_read_back() {
        assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
        for severity in [Severity::Note, Severity::Warning, Severity::Error] {
            assert_eq!(severity.word().parse(), Ok(severity));
        }
        assert!("Error".parse::<Severity>().is_err());
    }

    #[test]
    fn closed_covers_what_it_names() {
        assert!(!Closed::Open.covers("Secret"));
        assert!(Closed::Everything.covers("Secret"));
        let services = Closed::Kinds(BTreeSet::from(["Service".to_owned()]));
        assert!(services.covers("Service") && !services.covers("Secret"));
        assert!(services.covers_in("Service", "a"));
        let within = Closed::Within {
            namespace: "a".to_owned(),
            kinds: BTreeSet::from(["Service".to_owned()]),
            cluster: BTreeSet::from(["Namespace".to_owned()]),
        };
        assert!(within.covers_in("Service", "a") && !within.covers_in("Service", "b"));
        assert!(!within.covers("Service") && !within.covers_in("Secret", "a"));
        assert!(within.covers("Namespace"));
    }
}
