//! A tree of values as it is written to the one that the Collector decodes: its `${…}` filled in, as far as it is known what
//! they bring.
//!
//! Source: collector, confmap/expand.go, confmap/provider.go, confmap/resolver.go, and the providers `env` and `yaml`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fault::Fault;
use super::fault::FaultKind;
use super::phrase::Filling;
use super::phrase::Phrase;
use super::phrase::ROUNDS;
use super::value::Content;
use super::value::Value;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Text;

/// How many bytes are looked at for one tree. What a configuration means is far below, what nobody means is left open.
const WORK: usize = 1 << 26;

/// How many bytes a list or a map may have that is taken for a text all the same; longer ones are left open.
const LONGEST: usize = 1 << 12;

/// How often what was filled in is filled in again; one level is more than anybody writes.
const DEPTH: usize = 8;

/// What the Collector says of what never ends.
const ENDLESS: &str = "too many recursive expansions";

/// What the official builds have providers for.
const SCHEMES: [&str; 5] = ["env", "file", "http", "https", "yaml"];

/// What a variable of the environment is.
pub(in crate::model) enum Variable {
    /// Its value.
    Is(String),
    /// Nothing sets it.
    Unset,
    /// Something sets it, or may.
    Unknown,
}

/// What references find where the Collector runs.
pub(in crate::model) trait Surroundings {
    /// The variable of that name.
    fn variable(&self, name: &str) -> Variable;

    /// The content of the file at `path`; `None` when it is not known.
    fn file(&self, path: &str) -> Option<Text>;
}

/// Surroundings of which nothing is known.
pub(super) struct Nothing;

impl Surroundings for Nothing {
    fn variable(&self, _: &str) -> Variable {
        Variable::Unknown
    }

    fn file(&self, _: &str) -> Option<Text> {
        None
    }
}

/// Surroundings in which no variable with a default is set.
pub(super) struct Defaults;

impl Surroundings for Defaults {
    fn variable(&self, _: &str) -> Variable {
        Variable::Unset
    }

    fn file(&self, _: &str) -> Option<Text> {
        None
    }
}

/// A tree with its references filled in.
#[derive(Clone)]
pub(super) struct Expanded {
    pub(super) root: Value,
    /// What the Collector refuses in them.
    pub(super) faults: Vec<Fault>,
    /// The scalars in which something was filled in, with what the first reference of each is called.
    pub(super) brought: BTreeMap<Span, String>,
    /// Whether variables or files are left open.
    pub(super) is_open: bool,
}

/// Fills in what is certain in these `surroundings`. What stays open is a reference of the [`Phrase`].
pub(super) fn expand(written: &Value, surroundings: &dyn Surroundings) -> Expanded {
    let mut expansion = Expansion {
        surroundings,
        work: WORK,
        faults: Vec::new(),
        brought: BTreeMap::new(),
        is_open: false,
        within: Vec::new(),
    };
    Expanded {
        root: expansion.value(written, 0),
        faults: expansion.faults,
        brought: expansion.brought,
        is_open: expansion.is_open,
    }
}

impl Value {
    /// The value of `root` with every variable and file left open.
    pub(in crate::model) fn read_open(root: Node<'_>) -> Self {
        expand(&Self::read(root, &mut Vec::new()), &Nothing).root
    }
}

struct Expansion<'e> {
    surroundings: &'e dyn Surroundings,
    work: usize,
    faults: Vec<Fault>,
    brought: BTreeMap<Span, String>,
    is_open: bool,
    /// The references whose values are being filled in.
    within: Vec<String>,
}

/// What a reference brought.
struct Parsed {
    text: String,
    /// What it is as YAML, unless that is the text, quotes included.
    value: Option<Value>,
}

/// What a `${…}` brings.
enum Brought {
    /// Something that is not known.
    Open,
    /// A text without a place.
    Text(String),
    /// A file.
    File(Text),
    /// Nothing: the Collector says this of it.
    Refused(String),
}

impl Expansion<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Value {
        match &value.content {
            Content::Text(phrase) => self.text(phrase.as_written(), value.span, depth),
            Content::List(items) => {
                let items = items.iter().map(|item| self.value(item, depth)).collect();
                Value::new(value.span, Content::List(items))
            }
            Content::Map(map) => {
                let map = map.map(|inner| self.value(inner, depth));
                Value::new(value.span, Content::Map(map))
            }
            _ => value.clone(),
        }
    }

    fn text(&mut self, raw: &str, span: Span, depth: usize) -> Value {
        let text = |phrase| Value::new(span, Content::Text(phrase));
        if depth > DEPTH {
            return text(Phrase::read(raw));
        }
        let mut filling = Filling::new(raw);
        for _ in 0..ROUNDS {
            let Some(written) = filling.next() else {
                return text(filling.finish());
            };
            self.work = self.work.saturating_sub(filling.len());
            if self.work == 0 {
                return text(Phrase::refused(raw));
            }
            let brought = match self.bring(&written) {
                Brought::Open => {
                    self.is_open = true;
                    filling.leave(&written);
                    continue;
                }
                Brought::Refused(said) => return self.refuse(raw, span, said),
                Brought::Text(text) => self.parse(&text, None, span),
                Brought::File(text) => self.parse(text.as_str(), Some(&text), span),
            };
            let grown = filling.len().saturating_mul(brought.text.len()) / written.len();
            if self.work < grown {
                self.is_open = true;
                return text(Phrase::refused(raw));
            }
            if brought.value.as_ref().is_some_and(Value::is_too_large) {
                let said = "unsupported type=uint64 for retrieved config, ensure that values are wrapped in quotes";
                return self.refuse(raw, span, said.to_owned());
            }
            self.brought.entry(span).or_insert_with(|| called(&written));
            match brought.value {
                Some(value) if filling.is_only(&written) => {
                    if self.within.contains(&written) {
                        return self.refuse(raw, span, ENDLESS.to_owned());
                    }
                    let Some(mut value) = self.inner(written, &value, depth) else {
                        return self.refuse(raw, span, ENDLESS.to_owned());
                    };
                    value.original = Some(if brought.text.len() > LONGEST {
                        Phrase::refused(&brought.text)
                    } else {
                        Phrase::read(&brought.text)
                    });
                    return value;
                }
                _ => filling.put(&written, &brought.text),
            }
        }
        self.refuse(raw, span, ENDLESS.to_owned())
    }

    /// What `value` is, which the reference `written` brought, with what is in it filled in; `None` when that never ends.
    fn inner(&mut self, written: String, value: &Value, depth: usize) -> Option<Value> {
        self.within.push(written);
        let before = self.faults.len();
        let value = self.value(value, depth + 1);
        self.within.pop();
        let mut added = self.faults.iter().skip(before);
        if added.any(|one| one.said == ENDLESS) {
            self.faults.truncate(before);
            return None;
        }
        Some(value)
    }

    /// What `text` is as YAML. It stands where it was read as a file, else at `span`.
    fn parse(&mut self, text: &str, file: Option<&Text>, span: Span) -> Parsed {
        self.work = self.work.saturating_sub(text.len() * 16);
        let source = Source::new("", text.as_bytes().to_vec());
        let inner = file
            .cloned()
            .or_else(|| Text::whole(SourceId(0), &source))
            .filter(|_| self.work > 0);
        let mut value = inner.and_then(|inner| parsed(inner, span));
        if let Some(value) = value.as_mut().filter(|_| file.is_none()) {
            value.stand_at(span);
        }
        Parsed {
            text: text.to_owned(),
            value,
        }
    }

    fn refuse(&mut self, raw: &str, span: Span, said: String) -> Value {
        let message = "a `${…}` that no environment can fill".to_owned();
        let (kind, path) = (FaultKind::Substitution, String::new());
        self.faults
            .push(Fault::new(kind, span, path, message, said));
        Value::new(span, Content::Text(Phrase::refused(raw)))
    }

    fn bring(&mut self, written: &str) -> Brought {
        if Filling::is_open(written) {
            return Brought::Open;
        }
        let inside = &written[2..written.len() - 1];
        let uri = if inside.contains(':') {
            Cow::Borrowed(inside)
        } else {
            Cow::Owned(format!("env:{inside}"))
        };
        let Some((scheme, opaque)) = location(&uri) else {
            return Brought::Refused(format!("invalid uri: {uri:?}"));
        };
        if opaque.contains('$') {
            return Brought::Refused(format!(
                "the uri {uri:?} contains unsupported characters ('$')"
            ));
        }
        match scheme {
            "env" => self.variable(opaque),
            "yaml" => Brought::Text(opaque.to_owned()),
            "file" => match self.surroundings.file(opaque) {
                Some(content) => Brought::File(content),
                None => Brought::Open,
            },
            _ if SCHEMES.contains(&scheme) => Brought::Open,
            // Own builds bring own schemes, so only a slip of the pen is certain: a default without `env:`, capitals.
            _ if opaque.starts_with('-') || SCHEMES.contains(&&*scheme.to_ascii_lowercase()) => {
                Brought::Refused(format!(
                    "scheme {scheme:?} is not supported for uri {uri:?}"
                ))
            }
            _ => Brought::Open,
        }
    }

    fn variable(&mut self, opaque: &str) -> Brought {
        let (name, default) = match opaque.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (opaque, None),
        };
        if !is_variable(name) {
            return Brought::Refused(format!(
                "environment variable {name:?} has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$"
            ));
        }
        match (self.surroundings.variable(name), default) {
            (Variable::Is(value), _) => Brought::Text(value),
            // An empty default says that the value comes from elsewhere.
            (Variable::Unset, Some(default)) if !default.is_empty() => {
                Brought::Text(default.to_owned())
            }
            _ => Brought::Open,
        }
    }
}

/// A reference without what may be a secret in it.
fn called(written: &str) -> String {
    let inside = written.trim_start_matches("${").trim_end_matches('}');
    match inside.split_once(":-") {
        Some((name, _)) => format!("${{{name}}}"),
        None if inside.starts_with("yaml:") => "${yaml:…}".to_owned(),
        None => written.to_owned(),
    }
}

/// Scheme and rest of a URI: `^[A-Za-z][A-Za-z0-9+.-]+:`.
fn location(uri: &str) -> Option<(&str, &str)> {
    let (scheme, opaque) = uri.split_once(':')?;
    let is_scheme = scheme.len() >= 2
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    is_scheme.then_some((scheme, opaque))
}

/// Whether a variable may be called so: `^[a-zA-Z_][a-zA-Z0-9_]*$`.
fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text that is something else to the one who reads it as YAML; what is no YAML is the text itself
/// (collector, confmap/provider.go `NewRetrievedFromYAML`).
fn parsed(text: Text, span: Span) -> Option<Value> {
    let stream = yaml::parse(text, Dialect::Collector);
    if stream
        .faults()
        .iter()
        .any(|fault| !fault.accepted_by_kubectl)
    {
        return None;
    }
    let Some(root) = stream.documents().next() else {
        return Some(Value::new(span, Content::Null));
    };
    let mut faults = Vec::new();
    let value = Value::read(root, &mut faults);
    (faults.is_empty() && !value.is_text()).then_some(value)
}
