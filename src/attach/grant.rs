//! Whether a reference may cross namespaces, and if not, which grant comes closest.
//!
//! Source: Gateway API v1.6, `referencegrant_types.go`, and GEP-709: the grant stands in the namespace that is referred
//! to; its `from` entries are alternatives, so are its `to` entries, and several grants add up.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::grant::Grant;
use crate::model::object::Named;
use crate::source::Span;

/// How many grants of one namespace are compared to say which comes closest. Whether a reference is allowed is looked up
/// and needs no limit; beyond so many grants "closest" means nothing to a person.
const MAX_COMPARED: usize = 256;

/// A reference that leaves its namespace.
#[derive(Clone, Copy, Debug)]
pub struct Crossing<'c> {
    /// Group and kind of the object that refers.
    pub from: (&'c str, &'c str),
    /// Its namespace.
    pub from_namespace: &'c str,
    /// Group and kind of what it refers to.
    pub to: (&'c str, &'c str),
    /// Namespace of what it refers to.
    pub to_namespace: &'c str,
    /// Name of what it refers to.
    pub name: &'c str,
}

/// Why a reference is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The grant that comes closest: which part of it does not fit, and where that stands.
    pub nearest: Option<(Span, String)>,
    /// The grant that comes closest, as an index into the model's grants.
    pub grant: Option<usize>,
    /// Which list of that grant lacks an entry, and nothing else does.
    pub lacks: Option<Side>,
}

/// The two lists of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `from`: who refers.
    From,
    /// `to`: what is referred to.
    To,
}

/// From where (group, kind, namespace), to what (group, kind, namespace).
type Pair<'m> = ((&'m str, &'m str, &'m str), (&'m str, &'m str, &'m str));

/// All grants, by what they allow.
#[derive(Debug, Default)]
pub struct Grants<'m> {
    /// The names that may be referred to; `None`: every name.
    allowed: BTreeMap<Pair<'m>, Vec<Option<&'m str>>>,
    /// The grants of each namespace, with their indexes.
    by_namespace: BTreeMap<&'m str, Vec<(usize, &'m Grant)>>,
}

impl<'m> Grants<'m> {
    /// The grants of `model`.
    #[must_use]
    pub fn of(model: &'m Model) -> Self {
        let mut grants = Self::default();
        for (index, grant) in model.grants.iter().enumerate() {
            let namespace = grant.object().namespace();
            let own = grants.by_namespace.entry(namespace).or_default();
            own.push((index, grant));
            for from in &grant.from {
                let from = (from.group_or(""), from.kind_or(""), from.namespace_or(""));
                for to in &grant.to {
                    let name = Some(to.name()).filter(|name| !name.is_empty());
                    let to = (to.group_or(""), to.kind_or(""), namespace);
                    grants.allowed.entry((from, to)).or_default().push(name);
                }
            }
        }
        for names in grants.allowed.values_mut() {
            names.sort_unstable();
            names.dedup();
        }
        grants
    }

    /// Whether `crossing` is allowed.
    ///
    /// # Errors
    /// Why not, with the closest miss.
    pub fn check(&self, crossing: &Crossing<'_>) -> Result<(), Refusal> {
        if crossing.from_namespace == crossing.to_namespace || self.allows(crossing) {
            return Ok(());
        }
        Err(self.refusal(crossing))
    }

    fn allows(&self, crossing: &Crossing<'_>) -> bool {
        let (from, to) = (crossing.from, crossing.to);
        let from = (from.0, from.1, crossing.from_namespace);
        let to = (to.0, to.1, crossing.to_namespace);
        self.allowed.get(&(from, to)).is_some_and(|names| {
            names.binary_search(&None).is_ok() || names.binary_search(&Some(crossing.name)).is_ok()
        })
    }

    fn refusal(&self, crossing: &Crossing<'_>) -> Refusal {
        let own = self.by_namespace.get(crossing.to_namespace);
        let compared = own.into_iter().flatten().take(MAX_COMPARED);
        let misses = compared.filter_map(|(index, grant)| Some((*index, miss(grant, crossing)?)));
        let nearest = misses.min_by_key(|(_, miss)| miss.parts);
        match nearest {
            Some((index, miss)) => Refusal {
                nearest: Some((miss.span, miss.words)),
                grant: Some(index),
                lacks: miss.side,
            },
            None => Refusal {
                nearest: None,
                grant: None,
                lacks: None,
            },
        }
    }
}

/// How far a grant is from allowing a reference.
struct Miss {
    parts: usize,
    side: Option<Side>,
    span: Span,
    words: String,
}

/// The best pair of entries of `grant`, and what is wrong with it.
fn miss(grant: &Grant, crossing: &Crossing<'_>) -> Option<Miss> {
    let from = grant.from.iter().map(|from| {
        let own = [from.group_or(""), from.kind_or(""), from.namespace_or("")];
        let wanted = [crossing.from.0, crossing.from.1, crossing.from_namespace];
        difference(own, wanted, from.span)
    });
    let to = grant.to.iter().map(|to| {
        let name = Some(to.name()).filter(|name| !name.is_empty());
        let own = [
            to.group_or(""),
            to.kind_or(""),
            name.unwrap_or(crossing.name),
        ];
        let wanted = [crossing.to.0, crossing.to.1, crossing.name];
        difference(own, wanted, to.span)
    });
    let (from, to) = (
        from.min_by_key(|miss| miss.parts)?,
        to.min_by_key(|miss| miss.parts)?,
    );
    let parts = from.parts + to.parts;
    let side = match (from.parts, to.parts) {
        (1.., 0) => Some(Side::From),
        (0, 1..) => Some(Side::To),
        _ => None,
    };
    let worse = if from.parts > 0 { from } else { to };
    Some(Miss {
        parts,
        side,
        ..worse
    })
}

/// How many of three parts differ, and the first of them in words.
fn difference(own: [&str; 3], wanted: [&str; 3], span: Span) -> Miss {
    let pairs = || {
        own.into_iter()
            .zip(wanted)
            .filter(|(own, wanted)| own != wanted)
    };
    let quote = |text: &str| match text {
        "" => "`\"\"`".to_owned(),
        text => format!("`{text}`"),
    };
    let words = pairs()
        .next()
        .map(|(own, wanted)| format!("this grant allows {}, not {}", quote(own), quote(wanted)));
    Miss {
        parts: pairs().count(),
        side: None,
        span,
        words: words.unwrap_or_default(),
    }
}
