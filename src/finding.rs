//! What a rule has to say.

pub mod addition;
pub mod removal;

use crate::graph::trail::Trail;
use crate::model::collector::fault::Fault;
use crate::problem::Problem;
use crate::settings::Severity;
use crate::source::Sources;
use crate::source::Span;
use crate::source::offset;

/// One thing that a rule found, in words, with every place that belongs to it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is; the rule's own unless it said otherwise.
    pub severity: Severity,
    /// What is: lower case, no full stop, code in backticks.
    pub message: String,
    /// The key or scalar to look at.
    pub at: Span,
    /// Other places, in any file, with why each matters.
    pub also: Vec<(Span, String)>,
    /// The way of the telemetry that it lies on.
    pub trail: Option<Trail>,
    /// What to do, a sentence each.
    pub help: Vec<String>,
    /// The edits that mend it.
    pub fix: Option<Fix>,
}

impl Finding {
    /// Shows another place, with why it matters there.
    pub fn also(&mut self, span: Span, label: impl Into<String>) -> &mut Self {
        self.also.push((span, label.into()));
        self
    }

    /// Shows the way of the telemetry that it lies on.
    pub fn along(&mut self, trail: &Trail) -> &mut Self {
        self.trail = Some(trail.clone());
        self
    }

    /// Says what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help.push(help.into());
        self
    }

    /// Asks whether `near` was meant, and offers to write it in the place of what the finding points at.
    pub fn meant(&mut self, near: &str) -> &mut Self {
        self.fix = Some(Fix::replace(self.at, near));
        self.help(format!("did you mean `{near}`?"))
    }

    /// Offers the edits that mend it.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Speaks louder or lower than the rule usually does.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}

/// Edits that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What they do, as an imperative: `add the annotation`.
    pub title: String,
    /// Whether they may be applied without a look.
    pub safety: Safety,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Writes `text` in the place of `span`: a guess at what was meant, so it wants a look.
    #[must_use]
    pub fn replace(span: Span, text: &str) -> Self {
        Self {
            title: format!("write `{text}`"),
            safety: Safety::Unsafe,
            edits: vec![Edit {
                span,
                text: text.to_owned(),
            }],
        }
    }

    /// One edit, as safe as it says.
    #[must_use]
    pub fn one(title: impl Into<String>, safety: Safety, edit: Edit) -> Self {
        Self {
            title: title.into(),
            safety,
            edits: vec![edit],
        }
    }

    /// Writes `new` in the place of `old`, with which the names at `spans` begin; `None` where one of them is written
    /// otherwise, since they have to agree.
    #[must_use]
    pub fn rename(
        sources: &Sources,
        spans: &[Span],
        old: &str,
        new: &str,
        safety: Safety,
    ) -> Option<Self> {
        let edits = spans
            .iter()
            .map(|span| Edit::begin(sources, *span, old, new));
        Some(Self {
            title: format!("call it `{new}`"),
            safety,
            edits: edits.collect::<Option<_>>()?,
        })
    }

    /// Whether files hold all that it changes.
    #[must_use]
    pub fn is_writable(&self, sources: &Sources) -> bool {
        let mut edits = self.edits.iter();
        edits.all(|edit| !sources.get(edit.span.source).is_made())
    }

    /// The same, with the quotes that stand around what is replaced: a key of JSON stays one.
    #[must_use]
    pub fn quoted(mut self, sources: &Sources) -> Self {
        for edit in &mut self.edits {
            let old = sources.slice(edit.span);
            let quote = old
                .chars()
                .next()
                .filter(|letter| matches!(letter, '"' | '\''));
            let Some(quote) = quote.filter(|quote| old.len() > 1 && old.ends_with(*quote)) else {
                continue;
            };
            if !edit.text.contains(['"', '\'', '\\', '\n']) {
                edit.text = format!("{quote}{}{quote}", edit.text);
            }
        }
        self
    }
}

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The meaning is kept, or only what was broken changes: `--fix`.
    Safe,
    /// It may not be what was meant: `--unsafe-fixes`.
    Unsafe,
}

/// Puts `text` in the place of `span`; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// Writes `new` in the place of `old` inside `span`; `None` where `old` does not stand there exactly once, as it is.
    #[must_use]
    pub fn within(sources: &Sources, span: Span, old: &str, new: &str) -> Option<Self> {
        let mut places = sources.slice(span).match_indices(old);
        let (at, _) = places.next()?;
        let start = span.start + offset(at);
        places.next().is_none().then(|| Self {
            span: Span::new(span.source, start..start + offset(old.len())),
            text: new.to_owned(),
        })
    }

    /// Writes `new` in the place of the key `old` that stands before `value` on its line; `None` where another one does.
    #[must_use]
    pub fn key(sources: &Sources, value: Span, old: &str, new: &str) -> Option<Self> {
        let whole = sources.get(value.source).text()?;
        let head = whole.get(..value.start as usize)?;
        let head = head.trim_end_matches(' ').strip_suffix(':')?;
        let quote = head
            .chars()
            .next_back()
            .filter(|letter| matches!(letter, '"' | '\''));
        let head = head.trim_end_matches(['"', '\'']);
        let rest = head.strip_suffix(old)?;
        let before = rest.chars().next_back();
        let is_whole = match quote {
            Some(quote) => before == Some(quote),
            None => before.is_none_or(|letter| matches!(letter, ' ' | '{' | ',' | '\n')),
        };
        is_whole.then(|| Self {
            span: Span::new(value.source, offset(rest.len())..offset(head.len())),
            text: new.to_owned(),
        })
    }

    /// Writes `new` in the place of `old` at the begin of the name at `span`, which may stand in quotes.
    fn begin(sources: &Sources, span: Span, old: &str, new: &str) -> Option<Self> {
        let written = sources.slice(span);
        let name = written.trim_start_matches(['"', '\'']);
        let start = span.start + offset(written.len() - name.len());
        name.starts_with(old).then(|| Self {
            span: Span::new(span.source, start..start + offset(old.len())),
            text: new.to_owned(),
        })
    }
}

/// What one rule says, gathered under its name and severity.
#[derive(Debug)]
pub struct Findings {
    rule: &'static str,
    severity: Severity,
    found: Vec<Finding>,
}

impl Findings {
    /// Nothing found yet by the rule of that name.
    #[must_use]
    pub const fn of(rule: &'static str, severity: Severity) -> Self {
        Self {
            rule,
            severity,
            found: Vec::new(),
        }
    }

    /// Says `message` of the key or scalar at `span`.
    pub fn at(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        let at = self.found.len();
        self.found.push(Finding {
            rule: self.rule,
            severity: self.severity,
            message: message.into(),
            at: span,
            also: Vec::new(),
            trail: None,
            help: Vec::new(),
            fix: None,
        });
        &mut self.found[at]
    }

    /// Says what a reader recorded, in its own words.
    pub fn report(&mut self, problem: &Problem) -> &mut Finding {
        let finding = self.at(problem.span, problem.message.clone());
        finding.also.clone_from(&problem.related);
        finding.help.extend(problem.help.clone());
        finding.fix = problem
            .meant
            .as_ref()
            .map(|meant| Fix::replace(problem.span, meant));
        finding
    }

    /// Says what a Collector refuses, with its own words as help.
    pub fn refuse(&mut self, fault: &Fault) -> &mut Finding {
        let finding = self.at(fault.span, fault.message.clone());
        finding.also.clone_from(&fault.related);
        finding.help.extend(fault.help());
        finding.fix = fault
            .near
            .as_ref()
            .map(|near| Fix::replace(fault.span, near));
        if !fault.said.is_empty() {
            finding.help(format!("the Collector says: {}", fault.said));
        }
        finding
    }

    /// All that was said, in the order it was said.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}
