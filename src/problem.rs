//! What was met while reading: recorded where it happened, reported only by the rules of the group `input`.

use crate::source::Span;

/// One thing that a reader met and could not take as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing; each kind has one rule that reports it.
    pub kind: ProblemKind,
    /// The exact place.
    pub span: Span,
    /// What is, in the words of a finding: lower case, no full stop, code in backticks.
    pub message: String,
    /// Other places that belong to it, with what they are.
    pub related: Vec<(Span, String)>,
    /// What to do about it, if the reader knows.
    pub help: Option<String>,
    /// What was meant, to be written in the place of `span`.
    pub meant: Option<String>,
    /// Whether it is one only if the version, which nothing says, is a current one.
    pub hangs_on_version: bool,
}

impl Problem {
    /// A problem of `kind` at `span`.
    pub fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind,
            span,
            message: message.into(),
            related: Vec::new(),
            help: None,
            meant: None,
            hangs_on_version: false,
        }
    }

    /// The same with a second place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// The same with what was meant instead.
    #[must_use]
    pub fn meant(mut self, meant: impl Into<String>) -> Self {
        self.meant = Some(meant.into());
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The kinds of problem, named as the rules that report them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// YAML, JSON or PEM that does not parse, or a file that could not be read at all.
    UnreadableDocument,
    /// YAML that is none by its specification, and that kubectl's reader takes all the same.
    DisputedDocument,
    /// A mapping names a key twice.
    DuplicateKey,
    /// A kind that we know has no such field.
    UnknownField,
    /// A field that nobody knows, and that is not certainly refused.
    DisputedField,
    /// Type, enum, pattern, range, length, required, exclusive fields.
    InvalidValue,
    /// What the API server takes, and nothing can use.
    UselessValue,
    /// Two listeners of one object have the same name.
    DuplicateListener,
    /// Two listeners of one object have the same port, protocol and host name.
    IndistinctListeners,
    /// A number or bool where only a string is taken.
    UnquotedString,
    /// The same in a setting of Istio's, which its own reader refuses.
    UnquotedSetting,
    /// `<REPLACE_ME>`, `${domain}` left in a value that matters.
    UnfilledPlaceholder,
    /// Helm, Jinja or envsubst text that is not yet YAML.
    UnrenderedTemplate,
    /// An apiVersion and kind that the assumed bundle does not serve.
    UnservedVersion,
    /// An apiVersion and kind that the assumed bundle still serves, and says will go.
    DeprecatedVersion,
    /// A setting of otel-lint itself that cannot be used.
    InvalidSetting,
}
