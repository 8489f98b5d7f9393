//! What a setting of a Collector says when it runs: text where all of it was given, else whose value stands there, so that
//! two of them may be compared all the same. Nothing here prints a value: it may be a secret.

use std::fmt;

use crate::model::Model;
use crate::model::collector::endpoint::is_placeholder;
use crate::model::collector::extension::Told;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::phrase::Reference;
use crate::model::run::Run;
use crate::model::store::Content as SecretContent;
use crate::model::workload::Workload;
use crate::model::workload::command::Environment;
use crate::model::workload::command::Variable;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;

/// A text, parts of which may be open.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Wording(Vec<Piece>);

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// What was not given: the value under that key, where it is known which.
    Open(Option<Key>),
}

/// A key of a Secret or ConfigMap whose value was not given.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    store: Store,
    namespace: String,
    name: String,
    key: String,
    /// Whether the value is a file's, without the white space around it, or a variable's.
    is_file: bool,
}

/// How two wordings compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They are the same, whatever is open in them.
    Same,
    /// They differ, whatever is open in them.
    Different,
    /// What is open decides.
    Open,
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wording(…)")
    }
}

impl Wording {
    /// A text that was given.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    /// A text that was given, unless it is there to be replaced.
    pub(super) fn literal(text: &str) -> Self {
        Self(vec![literal(text)])
    }

    /// A text of which nothing is known.
    pub(super) fn open() -> Self {
        Self(vec![Piece::Open(None)])
    }

    /// What `told` stands for in `run`: of a file what stands in it, without the white space around it.
    pub(super) fn of(model: &Model, run: &Run, told: &Told) -> Self {
        match told {
            Told::Text(phrase) => Self::of_phrase(model, run, phrase),
            Told::File(path) => {
                let found = Self::of_phrase(model, run, path)
                    .known()
                    .and_then(|path| mounted(model, run, path));
                match found {
                    Some(Piece::Text(text)) => Self::text(text.trim()),
                    Some(open) => Self(vec![open]),
                    None => Self::open(),
                }
            }
        }
    }

    /// `phrase`, with what was given of its references filled in.
    pub(super) fn of_phrase(model: &Model, run: &Run, phrase: &Phrase) -> Self {
        if phrase.bare_variable().is_some() {
            return Self::open();
        }
        let written = phrase.as_written();
        let mut pieces = Vec::new();
        let mut from = 0;
        for reference in phrase.references() {
            pieces.push(literal(&written[from..reference.range.start]));
            pieces.push(referred(model, run, reference));
            from = reference.range.end;
        }
        pieces.push(literal(&written[from..]));
        Self(Vec::new()).with(pieces)
    }

    /// It with `pieces` behind it; neighbouring texts become one.
    fn with(mut self, pieces: impl IntoIterator<Item = Piece>) -> Self {
        for piece in pieces {
            match (self.0.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(own)), Piece::Text(text)) => own.push_str(&text),
                (_, piece) => self.0.push(piece),
            }
        }
        self
    }

    /// It with `other` behind it.
    pub(super) fn then(self, other: Self) -> Self {
        self.with(other.0)
    }

    /// The whole text when nothing is open in it.
    pub(super) fn known(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text that it begins with, up to what is open.
    pub(super) fn head(&self) -> &str {
        match self.0.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether it certainly does not begin with `start`.
    pub(super) fn lacks(&self, start: &str, any_case: bool) -> bool {
        let pairs = self.head().bytes().zip(start.bytes());
        let differs = |(one, other): (u8, u8)| match any_case {
            true => !one.eq_ignore_ascii_case(&other),
            false => one != other,
        };
        pairs.clone().any(differs) || self.known().is_some_and(|known| known.len() < start.len())
    }

    fn tail(&self) -> &str {
        match self.0.last() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// How it compares with `other`, letter by letter.
    pub(super) fn compare(&self, other: &Self) -> Likeness {
        let is_settled = |piece: &Piece| !matches!(piece, Piece::Open(None));
        if self == other && self.0.iter().all(is_settled) {
            return Likeness::Same;
        }
        let (one, two) = (self.known(), other.known());
        let heads = (self.head().as_bytes(), other.head().as_bytes());
        let ends = heads.0.iter().zip(heads.1).any(|(a, b)| a != b)
            || self
                .tail()
                .bytes()
                .rev()
                .zip(other.tail().bytes().rev())
                .any(|(a, b)| a != b);
        let is_longer = |known: Option<&str>, other: &Self| {
            known.is_some_and(|known| known.len() < other.shortest())
        };
        if ends || one.is_some() && two.is_some() || is_longer(one, other) || is_longer(two, self) {
            return Likeness::Different;
        }
        Likeness::Open
    }

    /// Bytes that it has at least.
    fn shortest(&self) -> usize {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Open(_) => 0,
        });
        texts.sum()
    }
}

/// What stands between references. What is to be replaced before it is used is not known.
fn literal(text: &str) -> Piece {
    if is_placeholder(text) {
        Piece::Open(None)
    } else {
        Piece::Text(text.to_owned())
    }
}

/// What `reference` stands for in `run`. A value in which the Collector would fill in more is open.
fn referred(model: &Model, run: &Run, reference: &Reference) -> Piece {
    let piece = match reference.scheme.as_str() {
        "env" => variable(model, run, reference),
        "file" => mounted(model, run, &reference.target).map(|piece| match piece {
            Piece::Open(Some(key)) => Piece::Open(Some(Key {
                is_file: false,
                ..key
            })),
            piece => piece,
        }),
        _ => None,
    };
    match piece {
        Some(Piece::Text(text)) if text.contains("${") || text.contains("$$") => Piece::Open(None),
        Some(piece) => piece,
        None => Piece::Open(None),
    }
}

fn variable(model: &Model, run: &Run, reference: &Reference) -> Option<Piece> {
    let (workload, container) = (run.workload(model)?, run.container(model)?);
    let mut variables = container.env.iter().rev();
    match variables
        .find(|own| own.name.value == reference.target)
        .map(|own| &own.value)
    {
        Some(EnvironmentValue::Secret(key)) => {
            stored(model, workload, (Store::Secret, &key.name, &key.key))
        }
        Some(EnvironmentValue::ConfigMap(key)) => {
            stored(model, workload, (Store::ConfigMap, &key.name, &key.key))
        }
        _ => match Environment::of(container).variable(&reference.target) {
            Variable::Is(text) => Some(literal(&text)),
            Variable::Undefined => reference.default.as_deref().map(literal),
            Variable::Unknown => None,
        },
    }
}

/// What the Pod of `run` mounts at `path`.
fn mounted(model: &Model, run: &Run, path: &str) -> Option<Piece> {
    let (workload, container) = (run.workload(model)?, run.container(model)?);
    let Content::Keys(keys) = Mounts::new(&workload.pod, container).resolve(path).content else {
        return None;
    };
    let [key] = keys.as_slice() else { return None };
    Some(
        match stored(model, workload, (key.store, key.name, &key.key))? {
            Piece::Open(Some(key)) => Piece::Open(Some(Key {
                is_file: true,
                ..key
            })),
            piece => piece,
        },
    )
}

/// The value under a key of the Secret or ConfigMap that `workload` means; `None` when it was given and has none.
fn stored(
    model: &Model,
    workload: &Workload,
    (store, name, key): (Store, &str, &str),
) -> Option<Piece> {
    let (namespace, from) = (workload.object.namespace(), &workload.object);
    let entry = match store {
        Store::ConfigMap => match model.config_maps.nearest(namespace, name, from) {
            Some(map) => Some(map.entries.iter().find(|entry| entry.key.value == key)?),
            None => None,
        },
        Store::Secret => match model.secrets.nearest(namespace, name, from) {
            Some(secret) if secret.content == SecretContent::Given => Some(secret.entry(key)?),
            _ => None,
        },
    };
    let Some(entry) = entry else {
        return Some(Piece::Open(Some(Key {
            store,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            key: key.to_owned(),
            is_file: false,
        })));
    };
    Some(literal(entry.text()?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: &str) -> Wording {
        Wording(vec![Piece::Open(Some(Key {
            store: Store::Secret,
            namespace: "telemetry".to_owned(),
            name: name.to_owned(),
            key: "token".to_owned(),
            is_file: false,
        }))])
    }

    #[test]
    fn what_is_open_decides_only_where_the_rest_agrees() {
        let bearer = || Wording::text("Bearer ");
        let table = [
            (Wording::text("a"), Wording::text("a"), Likeness::Same),
            (Wording::text("a"), Wording::text("b"), Likeness::Different),
            (
                bearer().then(open("one")),
                bearer().then(open("one")),
                Likeness::Same,
            ),
            (
                bearer().then(open("one")),
                bearer().then(open("two")),
                Likeness::Open,
            ),
            (
                bearer().then(open("one")),
                Wording::text("Basic eA=="),
                Likeness::Different,
            ),
            (
                bearer().then(Wording::open()),
                bearer().then(Wording::open()),
                Likeness::Open,
            ),
            (
                bearer().then(open("one")),
                Wording::text("Bearer"),
                Likeness::Different,
            ),
            (
                open("one").then(Wording::text("\n")),
                Wording::text("x"),
                Likeness::Different,
            ),
            (
                bearer().then(open("one")),
                Wording::text("Bearer x"),
                Likeness::Open,
            ),
        ];
        for (at, (one, two, likeness)) in table.into_iter().enumerate() {
            assert_eq!(one.compare(&two), likeness, "{at}");
            assert_eq!(two.compare(&one), likeness, "{at}");
        }
    }
}
