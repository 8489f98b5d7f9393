//! To read the compact notation of `schemas/kinds/` into tables.
//!
//! One line is one field, its type after the colon, its own fields indented by two spaces under it:
//!
//! ```text
//! kind Gateway of gateway.networking.k8s.io
//! served v1
//! served v1beta1
//! type Port: int 1..65535
//! spec!: object
//!   gatewayClassName!: string 1..253
//!   listeners!: list 1..64 by name check listeners
//!     port!: Port
//!     hostname: string 1..253 ~hostname
//!     mode: Terminate|Passthrough default Terminate
//!     old: object [exp 1.1..1.3] moved spec.new
//! ```
//!
//! `!` required · `A..B` least and most (value, characters, entries) · `of` what a list or map holds · `by` list-map
//! keys · `quantity` see `Base` · `judged` a check says when two have the same keys · `set` no entry twice · `~form` see `text.rs` ·
//! `check` native rules, see `checks.rs` · `default` the API server fills it in · `open` unlisted fields are not judged · `free` no placeholder is sought · `shell` `${NAME}` is no placeholder · `secret` never shown ·
//! `nullable` · `[..]` where the line holds: channel, bundle versions, API versions; a comma means *or*. In a choice `+` stands for a space. Of several lines
//! for one field the first that holds counts.

use std::borrow::Cow;
use std::collections::BTreeMap;

mod line;

use line::Line;
use line::block_end;
use line::field_line;
use line::head;
use line::lines;
use line::moved;
use line::outside_types;

use super::checks;
use super::table::Base;
use super::table::Field;
use super::table::Table;
use super::table::Type;
use super::table::TypeId;
use super::table::Withheld;
use super::text;
use super::world::Place;
use super::world::World;

/// An API version of a kind.
pub(crate) struct Served {
    /// `v1`.
    pub(crate) version: &'static str,
    /// Where it is served.
    pub(crate) place: Place,
}

/// The API versions that the notation of a kind names, in the order written: the best first.
pub(crate) fn served(text: &'static str) -> Vec<Served> {
    let heads = text.lines().filter_map(|line| line.strip_prefix("served "));
    heads
        .map(|head| {
            let (version, place) = head.split_once(' ').unwrap_or((head, ""));
            let place = place
                .trim()
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            Served {
                version,
                place: place.map_or_else(Place::default, Place::read),
            }
        })
        .collect()
}

/// The table of the kind written in `text`, whose shared types stand in `types`, as it is in `world`.
pub(crate) fn read(text: &'static str, types: &[&'static str], world: World<'_>) -> Table {
    let mut reader = Reader {
        table: Table::default(),
        named: BTreeMap::new(),
        known: BTreeMap::new(),
        world,
    };
    let own = lines(text);
    let mut shared: Vec<Vec<Line>> = types.iter().map(|text| lines(text)).collect();
    shared.push(own.clone());
    for block in shared {
        reader.learn(&block);
    }
    let fields: Vec<Line> = own
        .iter()
        .copied()
        .skip_while(|line| !field_line(line))
        .collect();
    let open = own.iter().any(|line| line.text == "open");
    let root = reader.add(Type {
        base: Base::Object,
        open,
        ..Type::default()
    });
    let mut own_fields = COMMON.map(|text| Line { indent: 0, text }).to_vec();
    own_fields.extend(outside_types(&fields));
    reader.object(root, &own_fields);
    reader.table.root = root;
    reader.table.builtin = own.iter().any(|line| line.text == "builtin");
    reader.table
}

/// What every object has.
const COMMON: [&str; 4] = [
    "apiVersion: any",
    "kind: any",
    "metadata!: ObjectMeta",
    "status: any",
];

struct Reader<'w> {
    table: Table,
    /// Named types and the lines that define them, not yet read.
    named: BTreeMap<&'static str, Vec<Line>>,
    /// Named types that were read.
    known: BTreeMap<&'static str, TypeId>,
    world: World<'w>,
}

impl Reader<'_> {
    fn learn(&mut self, block: &[Line]) {
        let mut at = 0;
        while at < block.len() {
            let end = block_end(block, at);
            if let Some(text) = block[at].text.strip_prefix("type ")
                && let Some((name, _)) = text.split_once(':')
            {
                let mut own = block[at..end].to_vec();
                own[0].text = text;
                let place = head(own[0]).map(|head| head.place).unwrap_or_default();
                if place.holds(self.world) {
                    self.named.entry(name.trim()).or_insert(own);
                }
            }
            at = end;
        }
    }

    fn add(&mut self, of: Type) -> TypeId {
        self.table.types.push(of);
        TypeId(u32::try_from(self.table.types.len() - 1).unwrap_or_default())
    }

    fn get(&mut self, id: TypeId) -> &mut Type {
        &mut self.table.types[id.0 as usize]
    }

    fn check(&mut self, id: TypeId, name: &str) {
        if let Some(check) = checks::named(name) {
            self.get(id).checks.push(check);
        }
    }

    /// Gives the object `id` the fields that `lines` describe.
    fn object(&mut self, id: TypeId, lines: &[Line]) {
        let mut fields: BTreeMap<&'static str, Field> = BTreeMap::new();
        let mut at = 0;
        while at < lines.len() {
            let end = block_end(lines, at);
            if let Some(names) = lines[at].text.strip_prefix("check ") {
                for name in names.split(',') {
                    self.check(id, name);
                }
            } else if let Some(head) = head(lines[at]) {
                let holds = head.place.holds(self.world);
                let settled = fields
                    .get(head.name)
                    .is_some_and(|field| field.withheld.is_none());
                if holds && !settled {
                    let (of, default) = self.value(head.body, &lines[at + 1..end]);
                    let field = Field {
                        name: Cow::Borrowed(head.name),
                        of,
                        required: head.required,
                        default,
                        withheld: None,
                    };
                    fields.insert(head.name, field);
                } else if !holds && !settled && head.place.speaks_of(self.world.version) {
                    let place = head.place.words();
                    let withheld = Withheld {
                        place,
                        moved: moved(lines[at]),
                    };
                    fields.entry(head.name).or_insert(Field {
                        name: Cow::Borrowed(head.name),
                        of: TypeId(0),
                        required: false,
                        default: false,
                        withheld: Some(withheld),
                    });
                }
            }
            at = end;
        }
        self.get(id).fields = fields.into_values().collect();
    }

    /// The type that `body` and the lines under it describe, and whether it has a default.
    fn value(&mut self, body: &'static str, under: &[Line]) -> (TypeId, bool) {
        let (own, element) = match body.split_once(" of ") {
            Some((own, element)) => (own, Some(element)),
            None => (body, None),
        };
        let mut words = own.split_whitespace();
        let first = words.next().unwrap_or("any");
        if names_type(first) {
            let default = own.contains(" default ");
            return (self.by_name(first), default);
        }
        let (of, checks, default) = described(first, words);
        let base = of.base;
        let id = self.add(of);
        for name in checks {
            self.check(id, name);
        }
        match (base, element) {
            (Base::List | Base::Map, Some(element)) => {
                let (element, _) = self.value(element, under);
                self.get(id).element = Some(element);
            }
            (Base::List | Base::Map, None) if !under.is_empty() => {
                let element = self.add(Type {
                    base: Base::Object,
                    ..Type::default()
                });
                self.object(element, under);
                self.get(id).element = Some(element);
            }
            (Base::Object, _) => self.object(id, under),
            _ => {}
        }
        (id, default)
    }

    fn by_name(&mut self, name: &'static str) -> TypeId {
        if let Some(id) = self.known.get(name) {
            return *id;
        }
        let Some(lines) = self.named.get(name).cloned() else {
            return self.add(Type::default());
        };
        // The id is given out before the type is read, so that a type may hold itself.
        let id = self.add(Type::default());
        self.known.insert(name, id);
        let body = head(lines[0]).map_or("any", |head| head.body);
        if names_type(body) {
            let of = self.by_name(body);
            self.known.insert(name, of);
            return of;
        }
        let (of, _) = self.value(body, &lines[1..]);
        let last = self.table.types.len() - 1;
        let read = std::mem::take(self.get(of));
        *self.get(id) = read;
        if of.0 as usize == last {
            self.table.types.pop();
        }
        id
    }
}

fn names_type(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase()) && !word.contains('|')
}

fn base(word: &str) -> Base {
    match word {
        "object" => Base::Object,
        "map" => Base::Map,
        "list" => Base::List,
        "int" => Base::Integer,
        "number" => Base::Number,
        "bool" => Base::Boolean,
        "int-or-string" => Base::IntegerOrText,
        "quantity" => Base::Quantity,
        "any" => Base::Any,
        _ => Base::Text,
    }
}

fn choices(word: &'static str) -> Vec<Cow<'static, str>> {
    let choices = word.split('|').filter(|choice| !choice.is_empty());
    let spaced = |choice: &'static str| match choice.contains('+') {
        true => Cow::Owned(choice.replace('+', " ")),
        false => Cow::Borrowed(choice),
    };
    choices.map(spaced).collect()
}

/// The type of that base which `words` describe, the names of its checks, and whether it has a default.
fn described(
    first: &'static str,
    mut words: impl Iterator<Item = &'static str>,
) -> (Type, Vec<&'static str>, bool) {
    let mut of = Type {
        base: base(first),
        ..Type::default()
    };
    if first.contains('|') {
        of.choices = choices(first);
    }
    let (mut checks, mut default) = (Vec::new(), false);
    while let Some(word) = words.next() {
        match word {
            "open" => of.open = true,
            "free" => of.free = true,
            "secret" => of.secret = true,
            "shell" => of.shell = true,
            "nullable" => of.nullable = true,
            "set" => of.set = true,
            "judged" => of.judged = true,
            "default" => {
                default = true;
                words.next();
            }
            "by" => {
                let keys = words.next().unwrap_or_default().split(',');
                of.keys = keys.map(Cow::Borrowed).collect();
            }
            "check" => checks.extend(words.next().unwrap_or_default().split(',')),
            _ if word.starts_with('~') => of.form = text::form(&word[1..]),
            _ if word.contains("..") => {
                let (low, high) = word.split_once("..").unwrap_or_default();
                of.low = low.parse().ok();
                of.high = high.parse().ok();
            }
            _ if word.contains('|') => of.choices = choices(word),
            _ => {}
        }
    }
    (of, checks, default)
}

#[cfg(test)]
mod tests;
