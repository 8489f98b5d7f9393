//! Whether a reference may cross namespaces, and if not, which grant comes closest.
//!
//! Source: Gateway API v1.6, `referencegrant_types.go`, and GEP-709.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::object::Named;
use crate::model::route::Grant;
use crate::source::Span;

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
}

/// All grants, by the namespace that they stand in.
#[derive(Debug, Default)]
pub struct Grants<'m> {
    by_namespace: BTreeMap<&'m str, Vec<&'m Grant>>,
}

impl<'m> Grants<'m> {
    /// The grants of `model`.
    #[must_use]
    pub fn of(model: &'m Model) -> Self {
        let mut by_namespace: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
        for grant in &model.grants {
            by_namespace
                .entry(grant.object().namespace())
                .or_default()
                .push(grant);
        }
        Self { by_namespace }
    }

    /// Whether `crossing` is allowed.
    ///
    /// # Errors
    /// Why not, with the closest miss.
    pub fn check(&self, crossing: &Crossing<'_>) -> Result<(), Refusal> {
        if crossing.from_namespace == crossing.to_namespace {
            return Ok(());
        }
        let mut nearest: Option<(usize, Span, String)> = None;
        for grant in self
            .by_namespace
            .get(crossing.to_namespace)
            .into_iter()
            .flatten()
        {
            let from = grant.from.iter().map(|from| {
                let own = (from.group_or(""), from.kind_or(""), from.namespace_or(""));
                let wanted = (crossing.from.0, crossing.from.1, crossing.from_namespace);
                (difference(own, wanted), from.span)
            });
            let to = grant.to.iter().map(|to| {
                let name = if to.name.is_some() {
                    to.name()
                } else {
                    crossing.name
                };
                let own = (to.group_or(""), to.kind_or(""), name);
                (
                    difference(own, (crossing.to.0, crossing.to.1, crossing.name)),
                    to.span,
                )
            });
            let best = |sides: &mut dyn Iterator<Item = ((usize, String), Span)>| {
                sides.min_by_key(|side| side.0.0)
            };
            let (Some(from), Some(to)) = (best(&mut { from }), best(&mut { to })) else {
                continue;
            };
            let misses = from.0.0 + to.0.0;
            if misses == 0 {
                return Ok(());
            }
            if nearest.as_ref().is_none_or(|nearest| misses < nearest.0) {
                let (part, span) = if from.0.0 > 0 {
                    (from.0.1, from.1)
                } else {
                    (to.0.1, to.1)
                };
                nearest = Some((misses, span, part));
            }
        }
        Err(Refusal {
            nearest: nearest.map(|(_, span, part)| (span, part)),
        })
    }
}

/// How many of three parts differ, and the first of them in words.
fn difference(own: (&str, &str, &str), wanted: (&str, &str, &str)) -> (usize, String) {
    let parts = [(own.0, wanted.0), (own.1, wanted.1), (own.2, wanted.2)];
    let mut differing = parts.iter().filter(|(own, wanted)| own != wanted);
    let words = differing.next().map(|(own, wanted)| {
        let quote = |text: &str| {
            if text.is_empty() {
                "`\"\"`".to_owned()
            } else {
                format!("`{text}`")
            }
        };
        format!("this grant allows {}, not {}", quote(own), quote(wanted))
    });
    (
        parts.iter().filter(|(own, wanted)| own != wanted).count(),
        words.unwrap_or_default(),
    )
}
