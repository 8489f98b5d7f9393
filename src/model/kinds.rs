//! All objects of one kind, found by name without a search.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::object::Named;
use super::object::Object;

/// All objects of one kind in the order of the input, indexed by namespace and name.
#[derive(Clone, Debug)]
pub struct Kinds<T> {
    items: Vec<T>,
    by_name: BTreeMap<(String, String), Namesakes>,
}

/// The objects of one namespace and name, as indices.
#[derive(Clone, Debug, Default)]
struct Namesakes {
    /// In the order of the input.
    all: Vec<usize>,
    /// The same by their folders, where there are several.
    by_folder: BTreeMap<Arc<str>, Vec<usize>>,
}

impl<T> Default for Kinds<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            by_name: BTreeMap::new(),
        }
    }
}

impl<T> Deref for Kinds<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<'k, T> IntoIterator for &'k Kinds<T> {
    type Item = &'k T;
    type IntoIter = std::slice::Iter<'k, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Named> Kinds<T> {
    pub(super) fn push(&mut self, item: T) {
        let object = item.object();
        let name = (object.namespace().to_owned(), object.name().to_owned());
        let same = self.by_name.entry(name).or_default();
        same.all.push(self.items.len());
        self.items.push(item);
        let unfiled = match same.all.as_slice() {
            // One alone is the nearest, wherever it stands.
            [] | [_] => &[],
            both @ [_, _] => both,
            [.., last] => std::slice::from_ref(last),
        };
        for at in unfiled {
            let folder = &self.items[*at].object().origin.folder;
            let own = same.by_folder.entry(Arc::clone(folder)).or_default();
            own.push(*at);
        }
    }

    /// Of the objects in that namespace the one whose name is nearest to `name`, when a slip of the hand explains the
    /// difference: at most two edits, and fewer than a third of its letters.
    #[must_use]
    pub fn similar(&self, namespace: &str, name: &str) -> Option<&T> {
        let first = (namespace.to_owned(), String::new());
        let there = self
            .by_name
            .range(first..)
            .take_while(|((own, _), _)| own == namespace);
        let there = there.filter(|((_, own), _)| may_be_near(own, name));
        let distances = there.map(|((_, own), at)| (strsim::damerau_levenshtein(own, name), at));
        let nearest = distances.min_by_key(|(distance, _)| *distance);
        nearest
            .filter(|(distance, _)| (1..=2).contains(distance) && distance * 3 < name.len())
            .and_then(|(_, same)| self.items.get(*same.all.first()?))
    }

    /// The index of [`named`](Self::named).
    #[must_use]
    pub fn index(&self, namespace: &str, name: &str) -> Option<usize> {
        self.by_name
            .get(&(namespace.to_owned(), name.to_owned()))?
            .all
            .first()
            .copied()
    }

    /// The object of that namespace and name; of several the one that was given first.
    #[must_use]
    pub fn named(&self, namespace: &str, name: &str) -> Option<&T> {
        self.all_named(namespace, name).next()
    }

    /// The object of that namespace and name that stands nearest to `from`, by [`Object::distance`]. Repositories keep
    /// several environments side by side, each with objects of the same names; a reference means its own.
    #[must_use]
    pub fn nearest(&self, namespace: &str, name: &str, from: &Object) -> Option<&T> {
        self.nearest_index(namespace, name, from)
            .map(|index| &self.items[index])
    }

    /// The same, unless several stand equally near and [`from` may mean any](Self::is_contested).
    #[must_use]
    pub fn meant(&self, namespace: &str, name: &str, from: &Object) -> Option<&T> {
        self.nearest(namespace, name, from)
            .filter(|_| !self.is_contested(namespace, name, from))
    }

    /// The index of [`nearest`](Self::nearest).
    #[must_use]
    pub fn nearest_index(&self, namespace: &str, name: &str, from: &Object) -> Option<usize> {
        let named = self.by_name.get(&(namespace.to_owned(), name.to_owned()))?;
        self.nearest_of(named, from)
    }

    /// Every object as it is meant from where `from` stands: of those with one namespace and name only the nearest.
    pub fn seen_from<'k>(&'k self, from: &'k Object) -> impl Iterator<Item = &'k T> + use<'k, T> {
        let named = self.by_name.values();
        named.filter_map(move |named| self.items.get(self.nearest_of(named, from)?))
    }

    /// The same of one namespace, found without a search.
    pub fn seen_in<'k>(
        &'k self,
        namespace: &'k str,
        from: &'k Object,
    ) -> impl Iterator<Item = &'k T> + use<'k, T> {
        let first = (namespace.to_owned(), String::new());
        let there = self.by_name.range(first..);
        let there = there.take_while(move |((own, _), _)| own == namespace);
        there.filter_map(move |(_, named)| self.items.get(self.nearest_of(named, from)?))
    }

    fn nearest_of(&self, named: &Namesakes, from: &Object) -> Option<usize> {
        let distance = |at: &usize| self.items[*at].object().distance(from);
        let candidates = match named.all.as_slice() {
            [only] => return Some(*only),
            // None is nearer than those of the same folder.
            all => named
                .by_folder
                .get(&from.origin.folder)
                .map_or(all, Vec::as_slice),
        };
        candidates.iter().copied().min_by_key(distance)
    }

    /// Whether several objects of that namespace and name stand equally near to `from`, each in a folder other than its
    /// own: environments or examples side by side, of which `from` may mean any.
    #[must_use]
    pub fn is_contested(&self, namespace: &str, name: &str, from: &Object) -> bool {
        let key = (namespace.to_owned(), name.to_owned());
        let Some(named) = self.by_name.get(&key) else {
            return false;
        };
        if named.all.len() < 2 || named.by_folder.contains_key(&from.origin.folder) {
            return false;
        }
        let folders = |index: &usize| self.items[*index].object().distance(from).0;
        let nearest = named.all.iter().map(folders).min().unwrap_or_default();
        let mut equally = named.all.iter().filter(|index| folders(index) == nearest);
        nearest > 0 && equally.nth(1).is_some()
    }

    /// Every object of that namespace and name, in the order of the input.
    fn all_named(&self, namespace: &str, name: &str) -> impl Iterator<Item = &T> {
        self.by_name
            .get(&(namespace.to_owned(), name.to_owned()))
            .into_iter()
            .flat_map(|named| &named.all)
            .map(|index| &self.items[*index])
    }
}

/// Whether two edits may lead from one name to the other, by their letters alone: each edit brings one and takes one at
/// most. Spares most of the costly comparisons.
fn may_be_near(one: &str, other: &str) -> bool {
    if !one.is_ascii() || !other.is_ascii() {
        return true;
    }
    let mut surplus = [0_i32; 128];
    one.bytes()
        .for_each(|letter| surplus[usize::from(letter)] += 1);
    other
        .bytes()
        .for_each(|letter| surplus[usize::from(letter)] -= 1);
    let (taken, brought) = surplus.iter().fold((0, 0), |(taken, brought), own| {
        (taken + (*own).max(0), brought + (-*own).max(0))
    });
    taken <= 2 && brought <= 2
}
