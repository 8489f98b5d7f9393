//! What the Collector refuses in a configuration: typed, with its place and with the Collector's own words.

use std::ops::Range;

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::Span;

use super::id::Role;

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
    /// Whether it consists in something not being there, which another source may bring.
    pub by_absence: bool,
    /// In which versions (minor of 0.x) it is one.
    pub versions: Range<u16>,
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
            by_absence: false,
            versions: 0..u16::MAX,
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

    /// Whether version 0.`minor` refuses it; of an unknown version, whether the current ones do.
    #[must_use]
    pub fn applies(&self, minor: Option<u16>) -> bool {
        minor.map_or(self.versions.end == u16::MAX, |minor| {
            self.versions.contains(&minor)
        })
    }

    /// What to do about it, if it is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        self.near
            .as_ref()
            .map(|near| format!("did you mean `{near}`?"))
    }

    /// The fault as a problem of the group `input`; `None` for kinds that have a rule of their own.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
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

/// The name among `names` that is closest to `written`, if one is close enough to have been meant.
pub(super) fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let limit = (written.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| (strsim::osa_distance(written, name), name))
        .filter(|(distance, name)| *distance <= limit || name.eq_ignore_ascii_case(written))
        .min()
        .map(|(_, name)| name.to_owned())
}
