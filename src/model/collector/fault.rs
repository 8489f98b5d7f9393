//! What the Collector refuses in a configuration: typed, with its place and with the Collector's own words.

use std::ops::Range;

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::Span;

use super::id::Role;

/// The newest version (minor of 0.x) whose sections were compared with ours: what a later one adds is not known.
pub(in crate::model) const NEWEST: u16 = 164;

/// The versions of which one may be meant where none is named: the last ten.
const CURRENT: Range<u16> = 155..NEWEST + 1;

/// One thing that `otelcol validate` or the start of the Collector refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing.
    pub kind: FaultKind,
    /// The exact place: a key or a scalar.
    pub span: Span,
    /// The keys that lead there, joined by `::` as the Collector prints them.
    pub path: String,
    /// What is, in the words of a finding: lower case, no full stop, code in backticks.
    pub message: String,
    /// What the Collector prints.
    pub said: String,
    /// Other places that belong to it, with what they are.
    pub related: Vec<(Span, String)>,
    /// A name that exists and is close to the one written.
    pub near: Option<String>,
    /// What took the place of something that is gone.
    pub instead: Option<&'static str>,
    /// Whether it consists in something not being there, which another source may bring.
    pub by_absence: bool,
    /// In which versions (minor of 0.x) it is one.
    pub versions: Range<u16>,
    /// What becomes of it in later ones.
    pub later: Later,
}

/// What versions make of something that earlier ones refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Later {
    /// They take it, or may.
    #[default]
    Taken,
    /// They drop it without a word.
    Dropped,
    /// They are newer than what is known here, and most likely refuse it too.
    Unsure,
}

/// The kinds of fault; each is reported by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The text is no YAML.
    Syntax,
    /// Too many values or too deep: aliases that blow up, a cycle of anchors.
    Excess,
    /// A mapping names a key twice.
    Duplicate,
    /// No such key.
    Unknown,
    /// A value of another type than the field takes.
    Type,
    /// A value that the field does not take, or two that exclude each other.
    Value,
    /// A `${…}` that cannot be resolved by any environment.
    Substitution,
    /// A component id or pipeline name outside the grammar.
    Id,
    /// An unknown signal, a pipeline without receivers or exporters, no pipeline at all, a section that is missing.
    Pipeline,
    /// A reference to a component that the configuration does not define.
    Undefined(Role),
    /// A connector that is used on one side only, or whose two sides carry signals it cannot join.
    OneSided,
    /// Connectors that lead back to themselves.
    Cycle,
    /// A component in a pipeline of a signal that it does not support.
    Signal,
    /// An exporter's endpoint that it refuses.
    Endpoint,
    /// A certificate without its key, a key without its certificate, or one of them twice.
    KeyPair,
}

impl Fault {
    /// A fault of `kind` at `span`.
    pub(in crate::model) fn new(
        kind: FaultKind,
        span: Span,
        path: String,
        message: String,
        said: String,
    ) -> Self {
        Self {
            kind,
            span,
            path,
            message,
            said,
            related: Vec::new(),
            near: None,
            instead: None,
            by_absence: false,
            versions: 0..u16::MAX,
            later: Later::Taken,
        }
    }

    /// The same with a second place.
    #[must_use]
    pub(super) fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// The same with a name that may have been meant.
    #[must_use]
    pub(super) fn near(mut self, near: Option<String>) -> Self {
        self.near = near;
        self
    }

    /// Whether there is something to say of it in version 0.`minor`; of an unknown version, whether all current ones
    /// refuse it, or none ever took it.
    #[must_use]
    pub fn applies(&self, minor: Option<u16>) -> bool {
        let is_disputed = self.later != Later::Taken;
        let versions = &self.versions;
        match minor {
            Some(minor) => versions.contains(&minor) || is_disputed && minor >= versions.end,
            None => versions.start <= CURRENT.start && (is_disputed || versions.end >= CURRENT.end),
        }
    }

    /// Whether a Collector of version 0.`minor`, or of any version where that is not known, certainly does not start over
    /// it. Of endpoints some are taken, and then nothing is sent; and signals come to components in new versions.
    #[must_use]
    pub fn is_fatal(&self, minor: Option<u16>) -> bool {
        let versions = &self.versions;
        let is_certain = match minor {
            Some(minor) => versions.contains(&minor),
            None => versions.start == 0 && versions.end >= CURRENT.end,
        };
        is_certain && !matches!(self.kind, FaultKind::Endpoint | FaultKind::Signal)
    }

    /// Whether older versions took it, so that an unknown one leaves it open.
    #[must_use]
    pub const fn hangs_on_version(&self) -> bool {
        self.versions.start > 0
    }

    /// What to do about it, if it is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let near = self.near.as_ref();
        near.map(|near| format!("did you mean `{near}`?"))
            .or_else(|| Some(format!("`{}` takes its place", self.instead?)))
    }

    /// The fault as a problem of the group `input` in version 0.`minor`; `None` for kinds that have a rule of their
    /// own.
    #[must_use]
    pub fn problem(&self, minor: Option<u16>) -> Option<Problem> {
        let later = minor.filter(|minor| *minor >= self.versions.end);
        if let Some(minor) = later.filter(|_| self.later != Later::Taken) {
            return Some(self.dispute(minor));
        }
        let kind = match self.kind {
            FaultKind::Syntax | FaultKind::Excess => ProblemKind::UnreadableDocument,
            FaultKind::Duplicate => ProblemKind::DuplicateKey,
            FaultKind::Unknown => ProblemKind::UnknownField,
            FaultKind::Type | FaultKind::Value | FaultKind::Substitution => {
                ProblemKind::InvalidValue
            }
            _ => return None,
        };
        let mut problem = Problem::new(kind, self.span, self.message.clone());
        problem.related.clone_from(&self.related);
        problem.meant.clone_from(&self.near);
        problem.help = match self.help() {
            Some(help) => Some(help),
            None if self.said.is_empty() => None,
            None => Some(format!("the Collector says: {}", self.said)),
        };
        Some(problem)
    }
}

impl Fault {
    /// The same in version 0.`minor`, which is later than those that refuse it.
    fn dispute(&self, minor: u16) -> Problem {
        let mut problem = Problem::new(ProblemKind::DisputedField, self.span, self.message.clone());
        problem.meant.clone_from(&self.near);
        let near = self.help();
        let what = match self.later {
            Later::Dropped => format!(
                "the Collector says nothing since 0.{} and drops the setting",
                self.versions.end
            ),
            _ => format!("otel-lint knows the Collector up to 0.{NEWEST}, this is 0.{minor}"),
        };
        problem.help = Some(match near {
            Some(near) => format!("{near} {what}"),
            None => what,
        });
        problem
    }
}

/// The name among `names` that is closest to `written`, if one is close enough to have been meant.
pub(in crate::model) fn nearest<'n>(
    written: &str,
    names: impl Iterator<Item = &'n str>,
) -> Option<String> {
    let limit = (written.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| (strsim::osa_distance(written, name), name))
        .filter(|(distance, name)| *distance <= limit || name.eq_ignore_ascii_case(written))
        .min()
        .map(|(_, name)| name.to_owned())
}
