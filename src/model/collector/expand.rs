//! A tree of values as it is written to the one that the Collector decodes: its `${…}` filled in, as far as it is known what
//! they bring.
//!
//! Source: collector, confmap/expand.go, confmap/provider.go, confmap/resolver.go, and the providers `env` and `yaml`.

use std::borrow::Cow;

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

/// How often what was filled in is filled in again; one level is more than anybody writes.
const DEPTH: usize = 8;

/// What the official builds have providers for.
const SCHEMES: [&str; 5] = ["env", "file", "http", "https", "yaml"];

/// A tree with its references filled in.
#[derive(Clone)]
pub(super) struct Expanded {
    pub(super) root: Value,
    /// What the Collector refuses in them.
    pub(super) faults: Vec<Fault>,
    /// Whether there are variables with a default that was not taken.
    pub(super) leaves_defaults: bool,
}

/// Fills in what is certain, and of a variable its default where `takes` says so of its name. What stays open is a
/// reference of the [`Phrase`].
pub(super) fn expand(written: &Value, takes: &dyn Fn(&str) -> bool) -> Expanded {
    let mut expansion = Expansion {
        takes,
        work: WORK,
        faults: Vec::new(),
        leaves_defaults: false,
    };
    Expanded {
        root: expansion.value(written, 0),
        faults: expansion.faults,
        leaves_defaults: expansion.leaves_defaults,
    }
}

impl Value {
    /// The value of `root` with every variable and file left open.
    pub(in crate::model) fn read_open(root: Node<'_>) -> Self {
        expand(&Self::read(root, &mut Vec::new()), &|_| false).root
    }
}

struct Expansion<'e> {
    takes: &'e dyn Fn(&str) -> bool,
    work: usize,
    faults: Vec<Fault>,
    leaves_defaults: bool,
}

/// What a `${…}` brings.
enum Brought {
    /// Something that is not known.
    Open,
    /// A text, and what it is as YAML.
    Known(String, Parsed),
    /// Nothing: the Collector says this of it.
    Refused(String),
}

/// What a text is to the one who reads it as YAML (collector, confmap/provider.go `NewRetrievedFromYAML`).
enum Parsed {
    /// The text itself, quotes included; so is what is no YAML.
    Text,
    /// Anything else.
    Value(Value),
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
            match self.bring(&written) {
                Brought::Open => filling.leave(&written),
                Brought::Refused(said) => return self.refuse(raw, span, said),
                Brought::Known(_, Parsed::Value(value)) if value.is_too_large() => {
                    let said = "unsupported type=uint64 for retrieved config, ensure that values are wrapped in quotes";
                    return self.refuse(raw, span, said.to_owned());
                }
                Brought::Known(content, Parsed::Value(brought)) if filling.is_only(&written) => {
                    let mut value = self.value(&brought, depth + 1);
                    value.stand_at(span);
                    value.original = Some(Phrase::read(&content));
                    return value;
                }
                Brought::Known(content, _) => filling.put(&written, &content),
            }
        }
        self.refuse(raw, span, "too many recursive expansions".to_owned())
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
            "yaml" => self.known(opaque),
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
        // An empty default says that the value comes from elsewhere.
        match default.filter(|default| !default.is_empty()) {
            Some(default) if (self.takes)(name) => self.known(default),
            Some(_) => {
                self.leaves_defaults = true;
                Brought::Open
            }
            None => Brought::Open,
        }
    }

    fn known(&mut self, content: &str) -> Brought {
        self.work = self.work.saturating_sub(content.len() * 16);
        if self.work == 0 {
            return Brought::Open;
        }
        Brought::Known(content.to_owned(), parsed(content))
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

fn parsed(content: &str) -> Parsed {
    let source = Source::new("", content.as_bytes().to_vec());
    let Some(text) = Text::whole(SourceId(0), &source) else {
        return Parsed::Text;
    };
    let stream = yaml::parse(text, Dialect::Collector);
    if stream
        .faults()
        .iter()
        .any(|fault| !fault.accepted_by_kubectl)
    {
        return Parsed::Text;
    }
    let Some(root) = stream.documents().next() else {
        return Parsed::Value(Value::new(Span::new(SourceId(0), 0..0), Content::Null));
    };
    let mut faults = Vec::new();
    let value = Value::read(root, &mut faults);
    if faults.is_empty() && !matches!(value.content, Content::Text(_)) {
        Parsed::Value(value)
    } else {
        Parsed::Text
    }
}
