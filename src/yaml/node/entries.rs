//! What collections hold: entries, items, merge keys, duplicates.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Node;
use super::Scalar;
use super::Shape;
use crate::yaml::Dialect;
use crate::yaml::tape::Kind;
use crate::yaml::tape::Tag;

impl<'t> Node<'t> {
    /// The keys and values of a mapping as they are written, duplicates kept; then those that merge keys (`<<`) bring
    /// and nothing here overrides. Nothing for other nodes.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let merges = self.cell().merges;
        let merged = if merges { self.merged() } else { Vec::new() };
        let own = self
            .pairs()
            .filter(move |(key, _)| !merges || !key.is_merge());
        own.chain(merged)
    }

    /// The items of a sequence; nothing for other nodes.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let sequence = self.cell().kind == Kind::Sequence;
        self.children().filter(move |_| sequence)
    }

    /// The value under `key`: of duplicates the last, as every parser in Go reads them. `None` also when it is null.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        let (_, value) = self.entry(key)?;
        (value.shape() != Shape::Null).then_some(value)
    }

    /// The key itself: of duplicates the last.
    #[must_use]
    pub fn key(self, key: &str) -> Option<Self> {
        Some(self.entry(key)?.0)
    }

    /// The value under `key`, null or not.
    #[must_use]
    pub fn value(self, key: &str) -> Option<Self> {
        Some(self.entry(key)?.1)
    }

    /// Whether the key is there, even if its value is null.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The keys that a mapping names more than once: the first of that name, and each one that follows. Merged keys
    /// do not count. go-yaml v3 compares them as they are written, so that `16` and `0x10` differ.
    pub fn duplicates(self) -> impl Iterator<Item = (Self, Self)> {
        let mut first = BTreeMap::new();
        let keys = self
            .pairs()
            .map(|(key, _)| key)
            .filter(|key| !key.is_merge());
        keys.filter_map(move |key| {
            let name = match self.dialect {
                Dialect::Kubernetes => key.name(),
                Dialect::Collector => key.text(),
            };
            let earlier = first.get(&name).copied();
            if earlier.is_none() {
                first.insert(name, key);
            }
            Some((earlier?, key))
        })
    }

    /// What a mapping's key is called in the node's dialect: for Kubernetes the key `on` is called `true`.
    #[must_use]
    pub fn name(self) -> Cow<'t, str> {
        match self.scalar() {
            Scalar::Bool(true) => Cow::Borrowed("true"),
            Scalar::Bool(false) => Cow::Borrowed("false"),
            Scalar::Int(value) => Cow::Owned(value.to_string()),
            Scalar::String(text) | Scalar::Timestamp(text) => text,
            Scalar::Null | Scalar::Float(_) => self.text(),
        }
    }

    /// The last entry of that name as it is written, else the merged one.
    fn entry(self, key: &str) -> Option<(Self, Self)> {
        let own = self.pairs().filter(|(other, _)| other.says(key)).last();
        if own.is_some() || !self.cell().merges {
            return own;
        }
        self.merged().into_iter().find(|(other, _)| other.says(key))
    }

    /// Whether the text of a scalar is `text`; most keys are told apart without reading them.
    fn says(self, text: &str) -> bool {
        let cell = self.cell();
        let raw = &self.stream.text.as_str().as_bytes()[cell.start as usize..cell.end as usize];
        // Folding lines makes a plain scalar shorter, but never changes its first byte.
        let differs = cell.kind == Kind::Plain
            && (raw.first() != text.as_bytes().first() || raw.len() < text.len());
        !differs && self.text() == text
    }

    /// The children of a collection in the order in which they are written.
    fn children(self) -> impl Iterator<Item = Self> {
        let at = self.meant();
        let cell = self.cell();
        let end = match cell.kind {
            Kind::Mapping | Kind::Sequence => cell.link,
            _ => at,
        };
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let child = next;
            next = self.stream.tape.after(child);
            (child < end).then(|| Self::new(self.stream, child, self.dialect))
        })
    }

    /// The keys and values of a mapping as they are written.
    pub(in crate::yaml) fn pairs(self) -> impl Iterator<Item = (Self, Self)> {
        let mapping = self.cell().kind == Kind::Mapping;
        let mut children = self.children().filter(move |_| mapping);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// Whether a key is a merge key: a plain `<<`.
    pub(super) fn is_merge(self) -> bool {
        let own = self.own();
        own.kind == Kind::Plain && own.tag == Tag::None && self.text() == "<<"
    }

    /// The entries that the merge keys of a mapping bring, those of earlier mappings first.
    fn merged(self) -> Vec<(Self, Self)> {
        let mut names: BTreeSet<Cow<'t, str>> = self.pairs().map(|(key, _)| key.text()).collect();
        let mut merged = Vec::new();
        for (_, value) in self.pairs().filter(|(key, _)| key.is_merge()) {
            let mappings: Vec<Self> = match value.shape() {
                Shape::Mapping => vec![value],
                _ => value.items().collect(),
            };
            for entry in mappings
                .into_iter()
                .flat_map(|mapping| mapping.entries().collect::<Vec<_>>())
            {
                if names.insert(entry.0.text()) {
                    merged.push(entry);
                }
            }
        }
        merged
    }
}

/// What stands at `path` below `node`; `None` where nothing does, or null.
#[must_use]
pub fn below<'t>(node: Option<Node<'t>>, path: &[&str]) -> Option<Node<'t>> {
    path.iter().try_fold(node?, |node, key| node.get(key))
}

/// Each item of the sequence under `key`, read by `read`; nothing where there is none.
pub fn list<T>(node: Node<'_>, key: &str, read: impl Fn(Node<'_>) -> T) -> Vec<T> {
    let items = node.get(key).into_iter().flat_map(Node::items);
    items.map(read).collect()
}
