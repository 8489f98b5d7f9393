//! Nodes of YAML to values, as go-yaml v3 and confmap read them.

use super::Content;
use super::Entry;
use super::Map;
use super::Value;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::phrase::Phrase;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Scalar;
use crate::yaml::Shape;

/// How deep values may nest. Real configurations stay under 20; the reader of the Collector stops at 10,000, which
/// would be too much for our stack.
const DEPTH: usize = 200;

/// How many values one configuration may hold once aliases are followed. The largest published one holds 20,000.
const SIZE: usize = 500_000;

impl Value {
    /// Reads `node` in the dialect it has, references as they are written; what cannot be taken is pushed to `faults`.
    pub fn read(node: Node<'_>, faults: &mut Vec<Fault>) -> Self {
        let mut reader = Reader {
            left: SIZE,
            excess: false,
            faults,
        };
        reader.value(node, 0)
    }
}

struct Reader<'f> {
    left: usize,
    excess: bool,
    faults: &'f mut Vec<Fault>,
}

impl Reader<'_> {
    fn value(&mut self, node: Node<'_>, depth: usize) -> Value {
        let span = node.span();
        if depth > DEPTH || self.left == 0 {
            self.refuse(span);
            return Value::new(span, Content::Null);
        }
        self.left -= 1;
        if let Some(said) = node.refusal() {
            let message = "go-yaml, which reads this for the Collector, refuses it".to_owned();
            let (kind, said) = (FaultKind::Syntax, format!("yaml: {said}"));
            self.faults
                .push(Fault::new(kind, span, String::new(), message, said));
        }
        let content = match node.shape() {
            Shape::Null => Content::Null,
            Shape::Scalar => scalar(node),
            Shape::Sequence => Content::List(
                node.items()
                    .map(|item| self.value(item, depth + 1))
                    .collect(),
            ),
            Shape::Mapping => Content::Map(self.map(node, depth)),
        };
        Value::new(span, content)
    }

    fn map(&mut self, node: Node<'_>, depth: usize) -> Map {
        for (first, again) in node.duplicates() {
            let key = again.text().into_owned();
            let line = format!("mapping key \"{key}\" already defined");
            let fault = Fault::new(
                FaultKind::Duplicate,
                again.span(),
                String::new(),
                format!("the key `{key}` is given twice"),
                line,
            );
            self.faults
                .push(fault.also(first.span(), "first given here"));
        }
        let (mut map, mut delimited) = (Map::default(), Vec::new());
        for (key, value) in node.entries() {
            let value = self.value(value, depth + 1);
            let name = key_name(key);
            if depth == 0 && !matches!(key.scalar(), Scalar::String(_)) {
                self.refuse_key(&name, key.span());
            }
            let entry = Entry {
                key: Spanned::new(name, key.span()),
                value,
            };
            if entry.key.contains("::") && entry.key.matches("::").count() < DEPTH {
                delimited.push(nested(entry));
            } else {
                map.entries.push(entry);
            }
            if self.excess {
                break;
            }
        }
        if !delimited.is_empty() {
            map.merge(delimited);
        }
        map
    }

    /// A key at the top that is no string makes the whole mapping one of another type (collector, confmap/provider.go).
    fn refuse_key(&mut self, name: &str, span: Span) {
        let said = "unsupported type=map[interface {}]interface {} for retrieved config, ensure that values are \
                    wrapped in quotes";
        let message = format!("the key `{name}` is no string");
        self.faults.push(Fault::new(
            FaultKind::Type,
            span,
            String::new(),
            message,
            said.to_owned(),
        ));
    }

    fn refuse(&mut self, span: Span) {
        if self.excess {
            return;
        }
        self.excess = true;
        self.left = 0;
        self.faults.push(Fault::new(
            FaultKind::Excess,
            span,
            String::new(),
            "the configuration unfolds into more values than any Collector reads".to_owned(),
            "yaml: document contains excessive aliasing".to_owned(),
        ));
    }
}

/// A key as Go prints it.
fn key_name(key: Node<'_>) -> String {
    match key.shape() {
        Shape::Null => "<nil>".to_owned(),
        _ => key.name().into_owned(),
    }
}

fn scalar(node: Node<'_>) -> Content {
    match node.scalar() {
        Scalar::Null => Content::Null,
        Scalar::Bool(flag) => Content::Bool(flag),
        Scalar::Int(number) => Content::Integer(number),
        Scalar::Float(number) => Content::Float(number),
        Scalar::Timestamp(_) => Content::Time,
        Scalar::String(_) => Content::Text(Phrase::literal(&node.text())),
    }
}

/// A key that holds the delimiter `::` as the nested mappings that it stands for
/// (collector, confmap/internal/conf.go).
fn nested(entry: Entry) -> Entry {
    let Some((outer, inner)) = entry.key.value.split_once("::") else {
        return entry;
    };
    let span = entry.key.span;
    let inner = Spanned::new(inner.to_owned(), span);
    let outer = Spanned::new(outer.to_owned(), span);
    let entries = vec![nested(Entry {
        key: inner,
        value: entry.value,
    })];
    Entry {
        key: outer,
        value: Value::new(span, Content::Map(Map { entries })),
    }
}
