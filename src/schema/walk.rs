//! To compare a document with a table, and word what differs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Scalar;
use crate::yaml::Shape;
use crate::yaml::Style;

use super::notation::World;
use super::placeholder;
use super::table::Base;
use super::table::Field;
use super::table::Junctions;
use super::table::Table;
use super::table::Type;
use super::table::TypeId;
use super::wording;

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
pub(crate) const MOST_VALUES: u32 = 1_000_000;

/// Problems that one document may have: past this nobody reads on, and a hostile one stays cheap.
pub(crate) const MOST_PROBLEMS: usize = 200;

/// Depth of values, against recursive types met by recursive aliases.
const MOST_DEPTH: u32 = 128;

/// One walk over one document.
pub(crate) struct Walk<'t> {
    table: &'t Table,
    /// What was assumed.
    pub(crate) world: World<'t>,
    /// The kind, as messages call it.
    pub(crate) kind: &'t str,
    /// A patch says only what it changes: nothing is missing in it.
    patch: bool,
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
    pub(crate) fn new(table: &'t Table, world: World<'t>, kind: &'t str, patch: bool) -> Self {
        Self {
            table,
            world,
            kind,
            patch,
            path: Vec::new(),
            claims: Vec::new(),
            problems: Vec::new(),
            values: 0,
            depth: 0,
        }
    }

    /// Compares a whole document.
    pub(crate) fn document(&mut self, node: Node<'_>) {
        let claims = node
            .get("spec")
            .and_then(|spec| spec.get("volumeClaimTemplates"));
        let names = claims
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|claim| claim.get("metadata")?.string_at("name"));
        self.claims = names.map(|name| name.value).collect();
        self.value(self.table.root, node, None);
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
            if !of.nullable && !self.table.null_is_absent {
                self.null(of, node, key);
            }
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
        if !self.patch {
            for check in &of.checks {
                check(self, node);
            }
        }
    }

    fn null(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        let name = self.name();
        let wanted = wording::base(of.base);
        let span = key.map_or(node.span(), Node::span);
        self.refuse(span, format!("`{name}` is empty, and {wanted} is wanted"))
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

    fn mapping(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        match of.base {
            Base::Map => {
                let mut count = 0;
                for (key, value) in node.entries() {
                    count += 1;
                    let Some(element) = of.element else { continue };
                    self.path.push(Step::Key(key.text().into_owned()));
                    self.value(element, value, Some(key));
                    self.path.pop();
                }
                self.count(of, node, key, count);
            }
            Base::Object => {
                self.fields(of, node);
                if !self.patch {
                    self.required(of, node, key);
                }
            }
            _ => {}
        }
        if let (Base::Object, Some(element)) = (of.base, of.element) {
            for (key, value) in node
                .entries()
                .filter(|(key, _)| of.field(&key.text()).is_none())
            {
                self.path.push(Step::Key(key.text().into_owned()));
                self.value(element, value, Some(key));
                self.path.pop();
            }
        }
    }

    fn fields(&mut self, of: &Type, node: Node<'_>) {
        for (key, value) in node.entries() {
            let name = key.text();
            match of.field(&name) {
                Some(field) if field.withheld.is_none() => {
                    if field.default && value.shape() == Shape::Null {
                        continue;
                    }
                    self.path.push(Step::Key(name.into_owned()));
                    self.value(field.of, value, Some(key));
                    self.path.pop();
                }
                _ if name == "$patch" || of.element.is_some() => {}
                Some(field) => self.withheld(field, key),
                None if of.open || name.starts_with("x-") => {}
                None => self.unknown(of, key, &name),
            }
        }
    }

    fn withheld(&mut self, field: &Field, key: Node<'_>) {
        let Some(withheld) = &field.withheld else {
            return;
        };
        let place = self.place();
        let world = wording::world(self.world);
        let message = format!(
            "`{place}` has no field `{}` in {world}: it is there {}",
            field.name, withheld.place
        );
        let help = match withheld.moved {
            Some(path) => format!("say it in `{path}`; {PRUNED}"),
            None => format!("install the custom resource definitions that have it; {PRUNED}"),
        };
        self.say(ProblemKind::UnknownField, key.span(), message)
            .help = Some(help);
    }

    fn unknown(&mut self, of: &Type, key: Node<'_>, name: &str) {
        if let Some(found) = placeholder::find(name) {
            self.unfilled(key, found);
            return;
        }
        let place = self.place();
        let names = of.fields.iter().filter(|field| field.withheld.is_none());
        let near = wording::nearest(name, names.map(|field| field.name.as_ref()));
        let message = format!("`{place}` has no field `{}`", wording::short(name));
        let help = match near {
            Some(near) => format!("did you mean `{near}`? {PRUNED}"),
            None => PRUNED.to_owned(),
        };
        self.say(ProblemKind::UnknownField, key.span(), message)
            .help = Some(help);
    }

    fn required(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        for field in of
            .fields
            .iter()
            .filter(|field| field.required && !field.default)
        {
            let there = if self.table.null_is_absent {
                node.get(&field.name).is_some()
            } else {
                node.has(&field.name)
            };
            if there {
                continue;
            }
            let place = self.place();
            let span = key.map_or_else(|| head(node), Node::span);
            self.refuse(
                span,
                format!("`{place}` has no `{}`, which is required", field.name),
            );
        }
    }

    fn sequence(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        let mut count = 0;
        for (at, item) in node.items().enumerate() {
            count += 1;
            let Some(element) = of.element else { continue };
            self.path.push(Step::Index(at));
            self.value(element, item, None);
            self.path.pop();
        }
        self.count(of, node, key, count);
        if of.set {
            self.unique(
                node,
                |item| (item.shape() == Shape::Scalar).then(|| item.text().into_owned()),
                "value",
            );
        } else if !of.keys.is_empty() {
            let keys = &of.keys;
            let name = keys
                .iter()
                .map(|key| format!("`{key}`"))
                .collect::<Vec<_>>()
                .join(" and ");
            self.unique(node, |item| identity(item, keys), &name);
        }
    }

    /// No two entries of a list may be told apart by nothing.
    pub(crate) fn unique(
        &mut self,
        list: Node<'_>,
        of: impl Fn(Node<'_>) -> Option<String>,
        what: &str,
    ) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for item in list.items() {
            let Some(identity) = of(item) else { continue };
            let span = head(item);
            if let Some(first) = seen.get(&identity) {
                let name = self.name();
                let shown = wording::short(&identity.replace('\u{1}', ", ")).into_owned();
                let first = *first;
                self.refuse(
                    span,
                    format!("two entries of `{name}` have the same {what}: `{shown}`"),
                )
                .related
                .push((first, "the first one".to_owned()));
            } else {
                seen.insert(identity, span);
            }
        }
    }

    fn count(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>, count: usize) {
        let many = count as f64;
        let span = key.map_or_else(|| head(node), Node::span);
        if let Some(low) = of.low.filter(|low| many < *low && !self.patch) {
            let name = self.name();
            let message = if count == 0 {
                format!(
                    "`{name}` is empty, and needs at least {}",
                    wording::entries(low)
                )
            } else {
                format!(
                    "`{name}` has {}, and needs at least {low}",
                    wording::entries(many)
                )
            };
            self.refuse(span, message);
        }
        if let Some(high) = of.high.filter(|high| many > *high) {
            let name = self.name();
            self.refuse(
                span,
                format!(
                    "`{name}` has {}, and at most {high} are taken",
                    wording::entries(many)
                ),
            );
        }
    }

    fn scalar(&mut self, of: &Type, node: Node<'_>) {
        let text = node.text();
        // A text of several lines is a file of another language.
        let searched =
            matches!(of.base, Base::Text | Base::IntegerOrText) && !of.free && !text.contains('\n');
        let search = if of.shell {
            placeholder::find_in_script
        } else {
            placeholder::find
        };
        if searched && let Some(found) = search(&text) {
            self.unfilled(node, found);
            return;
        }
        if !of.choices.is_empty() && !of.choices.iter().any(|choice| choice.as_ref() == text) {
            self.no_choice(of, node, &text);
            return;
        }
        match of.base {
            Base::Text => self.text(of, node, &text),
            Base::Integer | Base::Number => self.number(of, node, &text),
            _ => {}
        }
    }

    fn no_choice(&mut self, of: &Type, node: Node<'_>, text: &str) {
        let name = self.name();
        let choices = wording::alternatives(&of.choices);
        let shown = wording::short(text);
        let same = of
            .choices
            .iter()
            .find(|choice| choice.eq_ignore_ascii_case(text));
        let near = same
            .map(Cow::as_ref)
            .or_else(|| wording::nearest(text, of.choices.iter().map(Cow::as_ref)));
        let message = format!("`{name}` cannot be `{shown}`: it is {choices}");
        let problem = self.refuse(node.span(), message);
        problem.help = near.map(|near| format!("did you mean `{near}`?"));
    }

    fn text(&mut self, of: &Type, node: Node<'_>, text: &str) {
        if of.low.is_some() || of.high.is_some() {
            let length = text.chars().count() as f64;
            if of.low.is_some_and(|low| length < low) {
                let name = self.name();
                let message = if text.is_empty() {
                    format!("`{name}` is empty text")
                } else {
                    format!(
                        "`{name}` has {length} characters, and needs at least {}",
                        of.low.unwrap_or_default()
                    )
                };
                self.refuse(node.span(), message);
                return;
            }
            if let Some(high) = of.high.filter(|high| length > *high) {
                let name = self.name();
                self.refuse(
                    node.span(),
                    format!("`{name}` has {length} characters, and at most {high} are taken"),
                );
            }
        }
        if let Some(form) = of.form
            && !(form.fits)(text)
        {
            self.misshapen(of, node, text);
        } else if let Some(pattern) = &of.pattern
            && !pattern.fits(text)
        {
            let name = self.name();
            let shown = wording::short(text);
            let source = wording::short(&pattern.source);
            self.refuse(
                node.span(),
                format!("`{name}` cannot be `{shown}`: it does not match `{source}`"),
            );
        }
    }

    fn misshapen(&mut self, of: &Type, node: Node<'_>, text: &str) {
        let Some(form) = of.form else { return };
        let shown = if of.secret {
            "…".to_owned()
        } else {
            wording::short(text).into_owned()
        };
        let message = format!("`{shown}` is no valid {}", form.noun);
        let lower = text.to_lowercase();
        let trimmed = text.trim();
        let help = if of.secret {
            format!("{} is {}", wording::an(form.noun), form.words)
        } else if (form.fits)(&lower) && lower != text {
            format!("write it in lower case: `{}`", wording::short(&lower))
        } else if (form.fits)(trimmed) && trimmed != text {
            "take the blanks around it away".to_owned()
        } else if form.noun == "hostname" && text.contains(':') && !text.contains("::") {
            format!(
                "leave the scheme and the port out; a hostname is {}",
                form.words
            )
        } else {
            format!("{} is {}", wording::an(form.noun), form.words)
        };
        self.refuse(node.span(), message).help = Some(help);
    }

    fn number(&mut self, of: &Type, node: Node<'_>, text: &str) {
        let value = match node.scalar() {
            Scalar::Int(value) => value as f64,
            Scalar::Float(value) => value,
            _ => return,
        };
        let below = of.low.is_some_and(|low| value < low);
        let above = of.high.is_some_and(|high| value > high);
        if below || above {
            let name = self.name();
            let range = wording::range(of.low, of.high);
            let shown = wording::short(text);
            self.refuse(
                node.span(),
                format!("`{name}` cannot be {shown}: it is {range}"),
            );
        }
    }

    fn unfilled(&mut self, node: Node<'_>, found: &str) {
        let name = self.name();
        let message = format!(
            "`{name}` still holds the placeholder `{}`",
            wording::short(found)
        );
        self.say(ProblemKind::UnfilledPlaceholder, node.span(), message)
            .help =
            Some("fill in the value, or run the tool that does so before this check".to_owned());
    }

    /// Branches of `anyOf` and its kin: tried on the side, only the verdict counts.
    fn junctions(&mut self, junctions: &Junctions, node: Node<'_>, key: Option<Node<'_>>) {
        let mapping = node.shape() == Shape::Mapping;
        for name in junctions
            .required
            .iter()
            .filter(|name| mapping && !node.has(name))
        {
            let place = self.place();
            let span = key.map_or_else(|| head(node), Node::span);
            self.refuse(
                span,
                format!("`{place}` has no `{name}`, which is required"),
            );
        }
        for id in &junctions.all {
            self.value(*id, node, key);
        }
        let (any, one) = (
            self.passing(&junctions.any, node, key),
            self.passing(&junctions.one, node, key),
        );
        let none =
            (!junctions.any.is_empty() && any == 0) || (!junctions.one.is_empty() && one == 0);
        let place = self.place();
        let span = key.map_or_else(|| head(node), Node::span);
        if none {
            self.refuse(
                span,
                format!("`{place}` fits none of the shapes that its definition allows"),
            );
        } else if one > 1 {
            self.refuse(
                span,
                format!("`{place}` fits {one} shapes of its definition, and only one is allowed"),
            );
        }
        if let Some(id) = junctions.not
            && self.passing(&[id], node, key) == 1
        {
            self.refuse(
                span,
                format!("`{place}` has the shape that its definition forbids"),
            );
        }
    }

    fn passing(&mut self, branches: &[TypeId], node: Node<'_>, key: Option<Node<'_>>) -> usize {
        let before = self.problems.len();
        let mut passed = 0;
        for id in branches {
            self.value(*id, node, key);
            if self.problems.len() == before {
                passed += 1;
            }
            self.problems.truncate(before);
        }
        passed
    }
}

/// What happens to a field that the API server does not know.
const PRUNED: &str = "the API server drops the field without a word, so the setting is lost; only a client that asks for strict validation hears of it";

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

/// What tells an entry apart; `None` when a key is missing (that is another problem) or no scalar.
fn identity(item: Node<'_>, keys: &[Cow<'static, str>]) -> Option<String> {
    let mut parts = Vec::new();
    for key in keys {
        let value = item.get(key).filter(|value| value.shape() == Shape::Scalar);
        match value {
            Some(value) => parts.push(value.text().into_owned()),
            None if keys.len() == 1 => return None,
            None => parts.push(String::new()),
        }
    }
    Some(parts.join("\u{1}"))
}
