//! Conditions: what is said of an object, and how sure.

use std::borrow::Cow;

use crate::yaml::Node;

/// One condition of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `type`, such as `Accepted`.
    pub kind: Cow<'static, str>,
    /// `status`.
    pub status: Verdict,
    /// `reason`, such as `NoMatchingParent`.
    pub reason: Cow<'static, str>,
    /// `message`: what is, and what a person needs to know about it.
    pub message: String,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    True,
    /// It does not.
    False,
    /// Nobody knows.
    Unknown,
}

impl Verdict {
    /// The word for it in a status.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl Condition {
    /// `kind` holds.
    pub(super) fn yes(
        kind: &'static str,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind: kind.into(),
            status: Verdict::True,
            reason: reason.into(),
            message: message.into(),
        }
    }

    /// `ResolvedRefs` holds.
    pub(super) fn resolved() -> Self {
        let message = "all references are resolved";
        Self::yes("ResolvedRefs", "ResolvedRefs", message)
    }

    /// `ResolvedRefs` holds, unless there is a reason why not, with the words for it.
    pub(super) fn resolved_unless(refusal: Option<(&'static str, String)>) -> Self {
        match refusal {
            Some((reason, words)) => Self::no("ResolvedRefs", reason, words),
            None => Self::resolved(),
        }
    }

    /// `kind` does not hold.
    pub(super) fn no(
        kind: &'static str,
        reason: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind: kind.into(),
            status: Verdict::False,
            reason: reason.into(),
            message: message.into(),
        }
    }

    /// Whether it says that something good does not hold, or something bad does.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        let is_bad_when_true = matches!(
            self.kind.as_ref(),
            "Conflicted"
                | "OverlappingTLSConfig"
                | "InsecureFrontendValidationMode"
                | "PartiallyInvalid"
        );
        (self.status == Verdict::True) == is_bad_when_true
    }
}

/// Whether `kind` holds among `conditions`.
pub(super) fn holds(conditions: &[Condition], kind: &str) -> bool {
    let found = conditions.iter().find(|condition| condition.kind == kind);
    found.is_some_and(|condition| condition.status == Verdict::True)
}

/// Of two judgements of the same parent the one that accepts, else the first.
pub(super) fn better(one: &[Condition], other: &[Condition]) -> Vec<Condition> {
    let wins = !holds(one, "Accepted") && holds(other, "Accepted");
    if wins { other.to_vec() } else { one.to_vec() }
}

/// Adds what was `written` before and is not said anew.
pub(super) fn keep(conditions: &mut Vec<Condition>, written: Vec<Condition>) {
    for old in written {
        if !conditions
            .iter()
            .any(|condition| condition.kind == old.kind)
        {
            conditions.push(old);
        }
    }
}

/// A condition as it was written before.
pub(super) fn existing(node: Node<'_>) -> Option<Condition> {
    let text = |key| node.get(key).map(|value| value.text().into_owned());
    Some(Condition {
        kind: text("type")?.into(),
        status: match text("status")?.as_str() {
            "True" => Verdict::True,
            "False" => Verdict::False,
            _ => Verdict::Unknown,
        },
        reason: text("reason").unwrap_or_default().into(),
        message: text("message").unwrap_or_default(),
    })
}
