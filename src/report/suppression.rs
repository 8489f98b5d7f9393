//! What was decided not to be seen: comments, annotations, and `ignore` in the settings.
//!
//! A comment `# otel-lint: ignore[rule] reason` speaks for its own line, or for the next line that is no comment when it
//! stands alone. It
//! is searched in the text, not in the tree, so it works inside embedded configurations, too. An annotation
//! `otel-lint.dev/ignore: "rule: reason"` speaks for its object.

use std::collections::BTreeSet;
use std::ops::Range;

use index::Index;
use time::OffsetDateTime;

use crate::finding::Edit;
use crate::finding::Finding;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::removal;
use crate::model::Model;
use crate::rule::Rule;
use crate::rule::World;
use crate::rules;
use crate::settings::Closed;
use crate::settings::Ignore;
use crate::settings::glob;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;

mod index;

/// What a comment begins with that speaks to otel-lint.
const MARK: &str = "otel-lint:";

/// Words behind the mark that are meant to silence something, here or in other linters.
const MEANT: &[&str] = &["ignore", "disable", "allow", "skip", "noqa", "suppress"];

/// The annotation that speaks for an object.
const ANNOTATION: &str = "otel-lint.dev/ignore";

/// One decision not to see the findings of a rule somewhere.
struct Suppression {
    /// Where it was decided.
    at: Span,
    rule: String,
    reason: String,
    scope: Scope,
    expires: Option<time::Date>,
    is_comment: bool,
    used: bool,
}

/// Where a suppression holds.
#[derive(Clone)]
enum Scope {
    /// Findings that begin inside this stretch.
    Within(Span),
    /// Findings in sources and resources that fit an entry of `ignore`.
    Settings {
        path: Option<String>,
        resource: Option<String>,
    },
}

/// Takes out of `findings` what is suppressed, and adds what is wrong with the suppressions themselves.
pub(super) fn apply(world: &World<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    if !world.settings.suppressions {
        return findings;
    }
    let mut suppressions = all(world);
    let index = Index::of(&suppressions);
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut kept: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| {
            let covering = index.covering(world, &suppressions, finding);
            used.extend(&covering);
            covering.is_empty()
        })
        .collect();
    for at in used {
        suppressions[at].used = true;
    }
    kept.extend(unused(world, &suppressions));
    kept.extend(unexplained(&suppressions));
    kept
}

fn all(world: &World<'_>) -> Vec<Suppression> {
    let mut all: Vec<Suppression> = Vec::new();
    for (id, source) in world.sources.iter() {
        comments(id, source, &mut all);
    }
    annotations(world.model, &mut all);
    all.extend(world.settings.ignore.iter().map(Suppression::of));
    all
}

fn comments(id: SourceId, source: &Source, all: &mut Vec<Suppression>) {
    let Some(text) = source.text() else { return };
    for found in memchr::memmem::find_iter(text.as_bytes(), MARK.as_bytes()) {
        let line = source.position(found as u32).line - 1;
        let Some(own) = source.line(line) else {
            continue;
        };
        let before = text[own.start as usize..found].trim_end_matches([' ', '\t']);
        let Some(before) = before.strip_suffix('#') else {
            continue;
        };
        let rest = &text[found + MARK.len()..own.end as usize];
        let at = Span::new(id, own.start + before.len() as u32..own.end);
        let is_alone = before.trim().is_empty();
        let scope = match is_alone {
            true => next(source, text, line).unwrap_or(own),
            false => own,
        };
        let scope = Scope::Within(Span::new(id, scope));
        all.extend(written(rest).into_iter().map(|(rule, reason)| Suppression {
            at,
            rule,
            reason,
            scope: scope.clone(),
            expires: None,
            is_comment: true,
            used: false,
        }));
    }
}

/// The first line behind `line` (0-based) that holds more than a comment.
fn next(source: &Source, text: &str, line: u32) -> Option<Range<u32>> {
    let mut lines = (line + 1..).map_while(|line| source.line(line));
    lines.find(|line| {
        let line = text[line.start as usize..line.end as usize].trim();
        !line.is_empty() && !line.starts_with('#')
    })
}

/// The rules and the reason that a comment gives behind the mark. One that was meant to silence something and is written
/// otherwise names no rule; other words are no suppression.
fn written(comment: &str) -> Vec<(String, String)> {
    let comment = comment.trim();
    let word = comment
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .next();
    if !word.is_some_and(|word| MEANT.contains(&word)) {
        return Vec::new();
    }
    let bracket = comment
        .strip_prefix("ignore")
        .and_then(|rest| rest.trim_start().strip_prefix('['))
        .and_then(|rest| rest.split_once(']'));
    let Some((names, reason)) = bracket else {
        return vec![(String::new(), comment.to_owned())];
    };
    let reason = reason.trim();
    let names = names.split(',').map(str::trim);
    names
        .map(|name| (name.to_owned(), reason.to_owned()))
        .collect()
}

fn annotations(model: &Model, all: &mut Vec<Suppression>) {
    for object in &model.objects {
        let template = object
            .tree
            .node()
            .get("spec")
            .and_then(|spec| spec.get("template"));
        let annotations = template.and_then(|template| {
            template
                .get("metadata")?
                .get("annotations")?
                .get(ANNOTATION)
        });
        let on_template = annotations.map(|value| (value.text().into_owned(), value.span()));
        let own = object
            .annotation(ANNOTATION)
            .map(|value| (value.value.clone(), value.span));
        for (text, at) in own.into_iter().chain(on_template) {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let (rule, reason) = line.split_once(':').unwrap_or((line, ""));
                all.push(Suppression {
                    at,
                    rule: rule.trim().to_owned(),
                    reason: reason.trim().to_owned(),
                    scope: Scope::Within(object.span),
                    expires: None,
                    is_comment: false,
                    used: false,
                });
            }
        }
    }
}

impl Suppression {
    fn of(ignore: &Ignore) -> Self {
        Self {
            at: ignore.span,
            rule: ignore.rule.clone(),
            reason: ignore.reason.clone(),
            scope: Scope::Settings {
                path: ignore.path.clone(),
                resource: ignore.resource.clone(),
            },
            expires: ignore.expires,
            is_comment: false,
            used: false,
        }
    }

    /// Whether what it speaks of was given, so that it could have silenced something; one that has expired, or names no
    /// rule, never can. Of one that speaks of everything only a run over everything can tell.
    fn is_asked(&self, world: &World<'_>, resources: &BTreeSet<String>) -> bool {
        let Scope::Settings { path, resource } = &self.scope else {
            return true;
        };
        if self.is_over(world.settings.now) || rules::named(&self.rule).is_none() {
            return true;
        }
        let mut sources = world.sources.iter();
        let is_given = |path: &String| sources.any(|(source, _)| fits(path, source, world));
        let is_there = |wanted: &String| resources.contains(wanted);
        match (path, resource) {
            (None, None) => world.settings.closed == Closed::Everything,
            (path, resource) => {
                path.as_ref().is_none_or(is_given) && resource.as_ref().is_none_or(is_there)
            }
        }
    }

    fn is_over(&self, now: OffsetDateTime) -> bool {
        self.expires.is_some_and(|last| now.date() > last)
    }

    /// Whether what begins at `at` lies where it speaks, whatever rule and resource it names.
    fn covers(&self, world: &World<'_>, at: Span) -> bool {
        match &self.scope {
            Scope::Within(span) => {
                span.source == at.source && (span.start..=span.end).contains(&at.start)
            }
            Scope::Settings { path, .. } => path
                .as_ref()
                .is_none_or(|path| fits(path, at.source, world)),
        }
    }
}

/// A resource as the settings name it: `Gateway/otel/edge`.
fn named(title: &str) -> String {
    title.replacen(' ', "/", 1)
}

/// Whether `source` fits the glob `path`, taken from the folder of the settings file.
fn fits(path: &str, source: SourceId, world: &World<'_>) -> bool {
    let name = &world.sources.get(source).name;
    glob::fits(path, &world.settings.home.seen_from(name))
}

fn unused(world: &World<'_>, suppressions: &[Suppression]) -> Vec<Finding> {
    let Some(rule) = rules::named("unused-ignore") else {
        return Vec::new();
    };
    let mut findings = Findings::of(rule.name, rule.severity);
    let objects = world.model.objects.iter();
    let objects = objects.filter(|_| !world.settings.ignore.is_empty());
    let resources: BTreeSet<String> = objects.map(|object| named(&object.title())).collect();
    let is_idle = |own: &&Suppression| !own.used && own.is_asked(world, &resources);
    // What one comment says stands together.
    let said = suppressions.chunk_by(|one, next| one.at == next.at);
    let idle = said.flat_map(|own| own.iter().filter(is_idle).map(move |idle| (own, idle)));
    for (own, suppression) in idle {
        if suppression.rule.is_empty() {
            findings
                .at(suppression.at, "this names no rule, and silences nothing")
                .help(
                    "write `# otel-lint: ignore[rule] reason`, or `rule: reason` in an annotation",
                );
            continue;
        }
        let known = rules::named(&suppression.rule);
        let message = match known {
            Some(_) if suppression.is_over(world.settings.now) => {
                format!(
                    "this no longer silences `{}`: it has expired",
                    suppression.rule
                )
            }
            Some(_) => format!(
                "there is nothing here that `{}` would say",
                suppression.rule
            ),
            None => format!("there is no rule called `{}`", suppression.rule),
        };
        let finding = findings.at(suppression.at, message);
        match known {
            Some(_) => finding.help("take it out"),
            None => finding.help(format!(
                "did you mean `{}`?",
                nearest(&suppression.rule).map_or("", |rule| rule.name)
            )),
        };
        if known.is_some() && suppression.is_comment {
            finding.fix = taken_out(world.sources, suppression.at, own);
        }
    }
    findings.into_vec()
}

/// The comment at `at`, which says `own`, without the rules that it silences nothing of; without any, no comment. Another input may have what
/// this one has not, so it wants a look.
fn taken_out(sources: &Sources, at: Span, own: &[Suppression]) -> Option<Fix> {
    let used: Vec<&str> = own
        .iter()
        .filter(|other| other.used)
        .map(|other| other.rule.as_str())
        .collect();
    let edit = match used.as_slice() {
        [] => removal::comment(sources, at)?,
        used => {
            let text = sources.slice(at);
            let (start, end) = (text.find('[')? + 1, text.find(']')?);
            let (start, end) = (at.start + start as u32, at.start + end as u32);
            Edit {
                span: Span::new(at.source, start..end),
                text: used.join(", "),
            }
        }
    };
    Some(Fix::one("take it out", Safety::Unsafe, edit))
}

fn nearest(name: &str) -> Option<&'static Rule> {
    rules::all().min_by_key(|rule| strsim::damerau_levenshtein(rule.name, name))
}

fn unexplained(suppressions: &[Suppression]) -> Vec<Finding> {
    let Some(rule) = rules::named("unexplained-ignore") else {
        return Vec::new();
    };
    let mut findings = Findings::of(rule.name, rule.severity);
    for suppression in suppressions
        .iter()
        .filter(|suppression| suppression.reason.is_empty() && !suppression.rule.is_empty())
    {
        findings
            .at(
                suppression.at,
                format!("nothing says why `{}` is ignored here", suppression.rule),
            )
            .help("write the reason behind the bracket, or behind the colon of the annotation");
    }
    findings.into_vec()
}
