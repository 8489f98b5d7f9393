//! To compare a document with a table, and word what differs.

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Scalar;
use crate::yaml::Shape;
use crate::yaml::Style;

use super::placeholder;
use super::table::Base;
use super::table::Table;
use super::table::Type;
use super::table::TypeId;
use super::wording;
use super::world::World;

mod junction;
mod mapping;
mod scalar;
mod sequence;

/// A cross-field rule: looks at one value, says what is wrong.
pub(crate) type Check = for<'n> fn(&mut Walk<'_>, Node<'n>);

/// To add to a problem that is already recorded.
pub(crate) trait AlsoAt {
    /// The same with a second place.
    fn also_at(&mut self, span: Span, label: &str) -> &mut Self;
}

impl AlsoAt for Problem {
    fn also_at(&mut self, span: Span, label: &str) -> &mut Self {
        self.related.push((span, label.to_owned()));
        self
    }
}

/// Values that one document may make us look at. Aliases can blow up a small file; real objects hold some thousands.
pub(crate) const MOST_VALUES: u32 = 500_000;

/// Problems that one document may have: past this nobody reads on, and a hostile one stays cheap.
pub(crate) const MOST_PROBLEMS: usize = 200;

/// The key under which SOPS keeps how to decrypt a file; it takes it out again.
const SOPS: &str = "sops";

/// Depth of values, against recursive types met by recursive aliases.
const MOST_DEPTH: u32 = 128;

/// How much of an object a document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Only what it changes: nothing is missing in it.
    Patch,
}

/// One walk over one document.
pub(crate) struct Walk<'t> {
    table: &'t Table,
    /// What was assumed.
    pub(crate) world: World<'t>,
    /// The kind, as messages call it.
    pub(crate) kind: &'t str,
    extent: Extent,
    /// SOPS encrypted values of it, and is to decrypt them before anybody else reads it.
    encrypted: bool,
    path: Vec<Step>,
    /// Volumes that a StatefulSet makes for its pods.
    pub(crate) claims: Vec<String>,
    /// What was found.
    pub(crate) problems: Vec<Problem>,
    values: u32,
    depth: u32,
}

enum Step {
    Key(String),
    Index(usize),
}

impl<'t> Walk<'t> {
    /// A walk with `table`.
    pub(crate) fn new(table: &'t Table, world: World<'t>, kind: &'t str, extent: Extent) -> Self {
        Self {
            table,
            world,
            kind,
            extent,
            encrypted: false,
            path: Vec::new(),
            claims: Vec::new(),
            problems: Vec::new(),
            values: 0,
            depth: 0,
        }
    }

    /// Compares a whole document.
    pub(crate) fn document(&mut self, node: Node<'_>) {
        self.encrypted = node.has(SOPS);
        let claims = node
            .get("spec")
            .and_then(|spec| spec.get("volumeClaimTemplates"));
        let names = claims
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|claim| claim.get("metadata")?.string_at("name"));
        self.claims = names.map(|name| name.value).collect();
        // What the whole object lacks is said at its kind.
        self.value(self.table.root, node, node.get("kind"));
    }

    /// Records a problem; help and related places can be added to what comes back.
    pub(crate) fn say(
        &mut self,
        kind: ProblemKind,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.problems.push(Problem::new(kind, span, message));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Records an invalid value.
    pub(crate) fn refuse(&mut self, span: Span, message: impl Into<String>) -> &mut Problem {
        self.say(ProblemKind::InvalidValue, span, message)
    }

    /// Records what the API server takes and nothing can use.
    pub(crate) fn useless(&mut self, span: Span, message: impl Into<String>) -> &mut Problem {
        self.say(ProblemKind::UselessValue, span, message)
    }

    /// Where the value stands: `spec.listeners[0].tls`.
    pub(crate) fn place(&self) -> String {
        let mut words = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => {
                    if !words.is_empty() {
                        words.push('.');
                    }
                    words.push_str(key);
                }
                Step::Index(at) => words.push_str(&format!("[{at}]")),
            }
        }
        if words.is_empty() {
            self.kind.to_owned()
        } else {
            words
        }
    }

    /// The last name on the way: `tls`, or `listeners[0]`.
    fn name(&self) -> String {
        let from = self
            .path
            .iter()
            .rposition(|step| matches!(step, Step::Key(_)))
            .unwrap_or(0);
        let mut words = String::new();
        for step in &self.path[from..] {
            match step {
                Step::Key(key) => words.push_str(key),
                Step::Index(at) => words.push_str(&format!("[{at}]")),
            }
        }
        if words.is_empty() {
            self.kind.to_owned()
        } else {
            words
        }
    }

    /// Compares `node`, which stands under `key`, with type `id`.
    fn value(&mut self, id: TypeId, node: Node<'_>, key: Option<Node<'_>>) {
        self.values += 1;
        if self.values > MOST_VALUES
            || self.problems.len() >= MOST_PROBLEMS
            || self.depth >= MOST_DEPTH
        {
            return;
        }
        self.depth += 1;
        let table = self.table;
        let of = &table.types[id.0 as usize];
        self.judge(of, node, key);
        self.depth -= 1;
    }

    fn judge(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        let shape = node.shape();
        if shape == Shape::Null && of.base != Base::Any {
            // A field that is null counts as left out: so in Go, and apiextensions-apiserver takes it out of custom resources before it
            // judges them (`PruneNonNullableNullsWithoutDefaults`), but not out of their lists.
            if key.is_none() && !of.nullable && !self.table.builtin {
                self.null(of, node);
            }
            return;
        }
        if self.encrypted && shape == Shape::Scalar && node.text().starts_with("ENC[") {
            return;
        }
        if !self.fits_base(of, node, key) {
            return;
        }
        match shape {
            Shape::Mapping => self.mapping(of, node, key),
            Shape::Sequence => self.sequence(of, node, key),
            Shape::Scalar => self.scalar(of, node),
            Shape::Null => {}
        }
        if let Some(junctions) = &of.junctions {
            self.junctions(junctions, node, key);
        }
        if self.extent == Extent::Whole {
            for check in &of.checks {
                check(self, node);
            }
        }
    }

    fn null(&mut self, of: &Type, node: Node<'_>) {
        let name = self.name();
        let wanted = wording::base(of.base);
        self.refuse(
            node.span(),
            format!("`{name}` is empty, and {wanted} is wanted"),
        )
        .help = Some(format!("give `{name}` a value, or leave it out"));
    }

    /// Says so when the value is of another type.
    fn fits_base(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) -> bool {
        let shape = node.shape();
        let fits = match of.base {
            Base::Any => true,
            Base::Object | Base::Map => shape == Shape::Mapping,
            Base::List => shape == Shape::Sequence,
            Base::Text => {
                shape == Shape::Scalar
                    && matches!(node.scalar(), Scalar::String(_) | Scalar::Timestamp(_))
            }
            Base::Integer => match node.scalar() {
                Scalar::Int(_) => true,
                Scalar::Float(value) => value.fract() == 0.0 && shape == Shape::Scalar,
                _ => false,
            },
            Base::Number => matches!(node.scalar(), Scalar::Int(_) | Scalar::Float(_)),
            Base::Boolean => matches!(node.scalar(), Scalar::Bool(_)),
            Base::IntegerOrText => {
                matches!(
                    node.scalar(),
                    Scalar::Int(_) | Scalar::String(_) | Scalar::Timestamp(_)
                ) && shape == Shape::Scalar
            }
            Base::Quantity => {
                matches!(
                    node.scalar(),
                    Scalar::Int(_) | Scalar::Float(_) | Scalar::String(_)
                ) && shape == Shape::Scalar
            }
        };
        if !fits {
            self.wrong_type(of, node, key);
        }
        fits
    }

    fn wrong_type(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        let place = self.name();
        let wanted = wording::base(of.base);
        if node.shape() != Shape::Scalar {
            let is = wording::shape(node.shape());
            let span = key.map_or_else(|| head(node), Node::span);
            let problem = self.refuse(span, format!("`{place}` is {is}, and {wanted} is wanted"));
            if of.base == Base::List && node.shape() == Shape::Mapping {
                problem.help = Some("begin its entries with `- `".to_owned());
            }
            return;
        }
        let scalar = node.scalar();
        if of.base == Base::Text {
            let is = wording::scalar(&scalar);
            let text = node.text();
            let message = format!("`{place}` is {is}, and only text is taken here");
            let help = if of.secret {
                "put quotes around it".to_owned()
            } else {
                format!("put quotes around it: `\"{}\"`", wording::short(&text))
            };
            let in_map = self.is_map_value();
            let kind = if in_map {
                ProblemKind::UnquotedString
            } else {
                ProblemKind::InvalidValue
            };
            self.say(kind, node.span(), message).help = Some(help);
            return;
        }
        let text = node.text();
        if let Some(found) = placeholder::find(&text) {
            self.unfilled(node, found);
            return;
        }
        let is = wording::scalar(&scalar);
        let quoted = matches!(node.style(), Style::Single | Style::Double);
        let would_fit = match of.base {
            Base::Integer => text.parse::<i64>().is_ok(),
            Base::Number => text.parse::<f64>().is_ok(),
            Base::Boolean => text == "true" || text == "false",
            _ => false,
        };
        let problem = self.refuse(
            node.span(),
            format!("`{place}` is {is}, and {wanted} is wanted"),
        );
        if quoted && would_fit {
            problem.help = Some("take the quotes away".to_owned());
        } else if of.base == Base::IntegerOrText && !of.secret && !quoted {
            problem.help = Some(format!(
                "put quotes around it: `\"{}\"`",
                wording::short(&text)
            ));
        }
    }

    /// Whether the value is one of a map of strings, or the value of a variable.
    fn is_map_value(&self) -> bool {
        let mut keys = self.path.iter().rev();
        match (keys.next(), keys.next(), keys.next()) {
            (Some(Step::Key(name)), Some(Step::Index(_)), Some(Step::Key(list)))
                if list == "env" =>
            {
                name == "value"
            }
            (Some(Step::Key(_)), Some(Step::Key(map)), _) => STRING_MAPS.contains(&map.as_str()),
            (Some(Step::Key(_)), None, _) => false,
            _ => false,
        }
    }
}

/// Maps whose values are text whatever they look like.
const STRING_MAPS: &[&str] = &[
    "annotations",
    "labels",
    "matchLabels",
    "nodeSelector",
    "selector",
    "stringData",
    "data",
    "binaryData",
    "proxyMetadata",
    "podAnnotations",
    "additionalAnnotations",
    "environmentVariables",
    "options",
    "args",
];

/// The first scalar of a value: where a reader looks for it.
pub(crate) fn head(node: Node<'_>) -> Span {
    match node.shape() {
        Shape::Mapping => node
            .entries()
            .next()
            .map_or(node.span(), |(key, _)| key.span()),
        _ => node.span(),
    }
}
