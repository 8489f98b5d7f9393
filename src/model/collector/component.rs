//! Which component types exist, in which distribution and version, and what became of the others.

use std::ops::RangeInclusive;

use super::fault::nearest;
use super::id::Role;
use crate::model::image::Distribution;

mod table;

/// What is known of one type.
pub(super) struct Type {
    name: &'static str,
    /// Letters of the distributions that have it.
    letters: &'static str,
    fate: Fate,
}

enum Fate {
    Plain,
    /// The old name of another type; still taken.
    Old(&'static str),
    /// The new name, since 0.x, of an older type.
    New(u16, &'static str),
    /// Gone: still there in the first version, no more in the second, and what takes its place.
    Gone(u16, u16, &'static str),
}

const fn plain(name: &'static str, letters: &'static str) -> Type {
    Type {
        name,
        letters,
        fate: Fate::Plain,
    }
}

const fn old(name: &'static str, letters: &'static str, current: &'static str) -> Type {
    Type {
        name,
        letters,
        fate: Fate::Old(current),
    }
}

const fn new(name: &'static str, letters: &'static str, since: u16, former: &'static str) -> Type {
    Type {
        name,
        letters,
        fate: Fate::New(since, former),
    }
}

const fn gone(name: &'static str, last: u16, by: u16, replacement: &'static str) -> Type {
    Type {
        name,
        letters: "",
        fate: Fate::Gone(last, by, replacement),
    }
}

/// The versions (minor of 0.x) of which every type is known: older lists were only sampled, newer ones were not seen.
pub const LISTED: RangeInclusive<u16> = 135..=159;

/// How a type stands in a distribution and a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is there.
    Present,
    /// It is there under this name, which is deprecated since version 0.`since`.
    Renamed {
        /// Its name now.
        current: &'static str,
        /// The first version with that name.
        since: u16,
    },
    /// The name is newer than the version, which knows it by another.
    TooNew {
        /// Its name in that version.
        former: &'static str,
        /// The first version with the name that is written.
        since: u16,
    },
    /// It was removed.
    Removed {
        /// The first version that is known not to have it.
        by: u16,
        /// What takes its place; empty when nothing does.
        replacement: &'static str,
    },
    /// It exists, but not in that distribution; these have it.
    Elsewhere(Vec<Distribution>),
    /// No official distribution has it or had it; a name that is close.
    Unheard(Option<String>),
}

/// How the type `kind` stands. `None` for distribution or version means unknown: then only what holds for all of them
/// is said, except that a removed type counts as removed, because the current version lacks it.
#[must_use]
pub fn standing(
    role: Role,
    kind: &str,
    distribution: Option<Distribution>,
    minor: Option<u16>,
) -> Standing {
    let types = types(role);
    let Some(found) = find(types, kind) else {
        return Standing::Unheard(unheard(types, kind));
    };
    if let Fate::Gone(last, by, replacement) = found.fate {
        let still = minor.is_some_and(|minor| minor < by);
        // Between two sampled versions nothing is certain, and neither is who had it.
        return if still || minor.is_some_and(|minor| minor <= last) {
            Standing::Present
        } else {
            Standing::Removed { by, replacement }
        };
    }
    if distribution.is_some_and(|distribution| !found.letters.contains(letter(distribution))) {
        return Standing::Elsewhere(homes(found));
    }
    match found.fate {
        Fate::New(since, former) if minor.is_some_and(|minor| minor < since) => {
            Standing::TooNew { former, since }
        }
        Fate::Old(current) => match find(types, current).map(|current| &current.fate) {
            Some(Fate::New(since, _)) if minor.is_some_and(|minor| minor >= *since) => {
                Standing::Renamed {
                    current,
                    since: *since,
                }
            }
            _ => Standing::Present,
        },
        _ => Standing::Present,
    }
}

/// Whether a type of that name is or was there, in any distribution and version.
#[must_use]
pub fn is_known(role: Role, kind: &str) -> bool {
    find(types(role), kind).is_some()
}

fn types(role: Role) -> &'static [Type] {
    match role {
        Role::Receiver => table::RECEIVERS,
        Role::Processor => table::PROCESSORS,
        Role::Exporter => table::EXPORTERS,
        Role::Connector => table::CONNECTORS,
        Role::Extension => table::EXTENSIONS,
    }
}

fn find(types: &'static [Type], kind: &str) -> Option<&'static Type> {
    types
        .binary_search_by(|row| row.name.cmp(kind))
        .ok()
        .map(|at| &types[at])
}

/// A name that was meant: one close by, or the same without the role at its end (`prometheusreceiver`).
fn unheard(types: &'static [Type], kind: &str) -> Option<String> {
    let bare = Role::ALL
        .into_iter()
        .find_map(|role| kind.strip_suffix(role.as_str()));
    let bare = bare
        .map(|bare| bare.trim_end_matches('_'))
        .and_then(|bare| find(types, bare));
    bare.map(|found| found.name.to_owned())
        .or_else(|| nearest(kind, types.iter().map(|row| row.name)))
}

/// Every distribution, the smallest that is likely to do first.
const DISTRIBUTIONS: [Distribution; 5] = [
    Distribution::Core,
    Distribution::Kubernetes,
    Distribution::Contrib,
    Distribution::Profiler,
    Distribution::Otlp,
];

fn homes(found: &Type) -> Vec<Distribution> {
    DISTRIBUTIONS
        .into_iter()
        .filter(|distribution| found.letters.contains(letter(*distribution)))
        .collect()
}

const fn letter(distribution: Distribution) -> char {
    match distribution {
        Distribution::Core => 'c',
        Distribution::Contrib => 'b',
        Distribution::Kubernetes => 'k',
        Distribution::Otlp => 'o',
        Distribution::Profiler => 'e',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_names_lead_somewhere() {
        for role in Role::ALL {
            let types = types(role);
            assert!(types.is_sorted_by(|a, b| a.name < b.name), "{role}");
            for row in types {
                if let Fate::Old(other) | Fate::New(_, other) = row.fate {
                    assert!(find(types, other).is_some(), "{role} {other}");
                }
            }
        }
    }

    #[test]
    fn types_stand_differently_in_distributions_and_versions() {
        use Distribution::Contrib;
        use Distribution::Core;
        use Role::Exporter;
        use Role::Extension;
        let cases = [
            (Exporter, "otlp", None, None, Standing::Present),
            (Exporter, "otlp", Some(Core), Some(119), Standing::Present),
            (
                Exporter,
                "otlp",
                Some(Core),
                Some(150),
                Standing::Renamed {
                    current: "otlp_grpc",
                    since: 144,
                },
            ),
            (
                Exporter,
                "otlp_grpc",
                Some(Core),
                Some(119),
                Standing::TooNew {
                    former: "otlp",
                    since: 144,
                },
            ),
            (
                Exporter,
                "logging",
                None,
                None,
                Standing::Removed {
                    by: 111,
                    replacement: "debug",
                },
            ),
            (
                Exporter,
                "logging",
                Some(Contrib),
                Some(58),
                Standing::Present,
            ),
            (
                Exporter,
                "logging",
                Some(Contrib),
                Some(111),
                Standing::Removed {
                    by: 111,
                    replacement: "debug",
                },
            ),
            (
                Extension,
                "basicauth",
                Some(Core),
                Some(119),
                Standing::Elsewhere(vec![Distribution::Kubernetes, Contrib]),
            ),
            (
                Role::Receiver,
                "prometheusreceiver",
                None,
                None,
                Standing::Unheard(Some("prometheus".to_owned())),
            ),
            (
                Role::Receiver,
                "nop_logs",
                None,
                None,
                Standing::Unheard(None),
            ),
        ];
        for (role, kind, distribution, minor, expected) in cases {
            assert_eq!(
                standing(role, kind, distribution, minor),
                expected,
                "{kind}"
            );
        }
    }
}
