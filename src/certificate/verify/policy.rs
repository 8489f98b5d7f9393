//! Certificate policies along a path (RFC 5280, 6.1, as updated by RFC 9618), as Go and BoringSSL check them: for a
//! verifier that asks for none, so that only a CA's own demand can refuse.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Cause;
use super::Failure;
use crate::certificate::Certificate;
use crate::certificate::policy::Policies;

/// The policy that stands for every policy, `2.5.29.32.0`.
const ANY: &[u8] = &[0x55, 0x1d, 32, 0];

/// Why a path does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A policy is required, and at that depth none is left.
    Missing(usize),
    /// The extensions of the certificate at that depth make no sense.
    Invalid(usize),
}

/// How the two libraries differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    /// Invalid mappings count only where mappings do, and names are compared as they stand.
    Go,
    Boring,
}

/// The policies that hold down to one certificate.
struct Level {
    /// Whether any policy does.
    any: bool,
    named: BTreeSet<Box<[u8]>>,
}

/// How many more certificates may come before each demand holds.
struct Limits {
    explicit: u64,
    mapping: u64,
    any: u64,
}

/// Checks the policies of the path; its last certificate is the anchor, whose own do not count.
pub(super) fn check(path: &[Arc<Certificate>], library: Library) -> Result<(), Refusal> {
    let Some((_anchor, below)) = path.split_last() else {
        return Ok(());
    };
    let start = below.len() as u64 + 1;
    let mut limits = Limits {
        explicit: start,
        mapping: start,
        any: start,
    };
    let mut level = Level {
        any: true,
        named: BTreeSet::new(),
    };
    for (depth, certificate) in below.iter().enumerate().rev() {
        let policies = &certificate.extensions.policies;
        if library == Library::Boring && policies.is_malformed {
            return Err(Refusal::Invalid(depth));
        }
        let is_self_issued = match library {
            Library::Go => certificate.issuer.der() == certificate.subject.der(),
            Library::Boring => certificate.is_self_issued(),
        };
        level.narrow(policies, limits.any > 0 || depth > 0 && is_self_issued);
        if limits.explicit == 0 && level.is_empty() {
            return Err(Refusal::Missing(depth));
        }
        if depth > 0 && !level.map(policies, limits.mapping > 0, library) {
            return Err(Refusal::Invalid(depth));
        }
        limits.pass(policies, depth == 0 || !is_self_issued);
    }
    match limits.explicit == 0 && !below.is_empty() && level.is_empty() {
        true => Err(Refusal::Missing(0)),
        false => Ok(()),
    }
}

/// The same in BoringSSL's words (`X509_policy_check`).
pub(super) fn check_as_boring(path: &[Arc<Certificate>]) -> Result<(), Failure> {
    check(path, Library::Boring).map_err(|refusal| {
        let (words, depth) = match refusal {
            Refusal::Missing(depth) => ("no explicit policy", depth),
            Refusal::Invalid(depth) => (
                "invalid or inconsistent certificate policy extension",
                depth,
            ),
        };
        Failure::new(Cause::Policy, words, depth, &path[depth])
    })
}

impl Level {
    fn is_empty(&self) -> bool {
        !self.any && self.named.is_empty()
    }

    /// Keeps what the certificate names (RFC 9618, 5.3).
    fn narrow(&mut self, policies: &Policies, counts_any: bool) {
        let Some(own) = &policies.named else {
            self.any = false;
            self.named.clear();
            return;
        };
        let had_any = self.any;
        if !(counts_any && own.contains(ANY)) {
            self.named.retain(|policy| own.contains(policy));
            self.any = false;
        }
        if had_any {
            let own = own.iter().filter(|policy| ***policy != *ANY);
            self.named.extend(own.cloned());
        }
    }

    /// Calls policies as the next domain does; `false` when that cannot be meant (RFC 9618, 5.4).
    fn map(&mut self, policies: &Policies, counts: bool, library: Library) -> bool {
        let mappings = &policies.mappings;
        let is_any = |policy: &[u8]| *policy == *ANY;
        let matters = library == Library::Boring || counts && !self.is_empty();
        if matters && mappings.iter().any(|(from, to)| is_any(from) || is_any(to)) {
            return false;
        }
        let renamed: BTreeSet<&[u8]> = mappings.iter().map(|(from, _)| &**from).collect();
        let is_mapped = |policy: &[u8]| renamed.contains(policy);
        let mut next: BTreeSet<_> = self
            .named
            .iter()
            .filter(|policy| !is_mapped(policy))
            .cloned()
            .collect();
        if counts {
            let here = mappings
                .iter()
                .filter(|(from, _)| self.any || self.named.contains(from));
            next.extend(here.map(|(_, to)| to.clone()));
        } else if is_mapped(ANY) {
            self.any = false;
        }
        self.named = next;
        true
    }
}

impl Limits {
    /// One certificate further, which may tighten them. Self-issued ones do not count.
    fn pass(&mut self, policies: &Policies, counts: bool) {
        for (limit, own) in [
            (&mut self.explicit, policies.require_explicit),
            (&mut self.mapping, policies.inhibit_mapping),
            (&mut self.any, policies.inhibit_any),
        ] {
            *limit = limit.saturating_sub(u64::from(counts));
            *limit = own.map_or(*limit, |own| own.min(*limit));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(named: &[&[u8]], mappings: &[(&[u8], &[u8])]) -> Policies {
        Policies {
            named: Some(named.iter().map(|policy| Box::from(*policy)).collect()),
            mappings: mappings
                .iter()
                .map(|(from, to)| (Box::from(*from), Box::from(*to)))
                .collect(),
            ..Policies::default()
        }
    }

    fn level(any: bool, named: &[&[u8]]) -> Level {
        Level {
            any,
            named: named.iter().map(|policy| Box::from(*policy)).collect(),
        }
    }

    fn shown(level: &Level) -> (bool, Vec<&[u8]>) {
        (
            level.any,
            level.named.iter().map(|policy| &**policy).collect(),
        )
    }

    #[test]
    fn a_certificate_narrows_what_holds() {
        for (before, own, counts_any, after) in [
            (
                level(true, &[]),
                policies(&[b"a", b"b"], &[]),
                true,
                level(false, &[b"a", b"b"]),
            ),
            (
                level(false, &[b"a"]),
                policies(&[b"a", b"b"], &[]),
                true,
                level(false, &[b"a"]),
            ),
            (
                level(false, &[b"a"]),
                policies(&[ANY], &[]),
                true,
                level(false, &[b"a"]),
            ),
            (
                level(false, &[b"a"]),
                policies(&[ANY], &[]),
                false,
                level(false, &[]),
            ),
            (
                level(true, &[]),
                policies(&[ANY], &[]),
                true,
                level(true, &[]),
            ),
            (
                level(true, &[b"a"]),
                Policies::default(),
                true,
                level(false, &[]),
            ),
        ] {
            let mut narrowed = before;
            narrowed.narrow(&own, counts_any);
            assert_eq!(shown(&narrowed), shown(&after), "{own:?} {counts_any}");
        }
    }

    #[test]
    fn mappings_rename_or_end_policies() {
        for (before, mapping, counts, after) in [
            (
                level(false, &[b"a"]),
                (&b"a"[..], &b"b"[..]),
                true,
                level(false, &[b"b"]),
            ),
            (
                level(false, &[b"a"]),
                (b"c", b"b"),
                true,
                level(false, &[b"a"]),
            ),
            (level(true, &[]), (b"c", b"b"), true, level(true, &[b"b"])),
            (
                level(false, &[b"a"]),
                (b"a", b"b"),
                false,
                level(false, &[]),
            ),
        ] {
            let mut mapped = before;
            assert!(mapped.map(&policies(&[], &[mapping]), counts, Library::Boring));
            assert_eq!(shown(&mapped), shown(&after), "{mapping:?} {counts}");
        }
    }

    #[test]
    fn any_policy_is_mapped_to_nothing() {
        let own = policies(&[], &[(ANY, b"a")]);
        assert!(!level(true, &[]).map(&own, true, Library::Go));
        assert!(!level(true, &[]).map(&own, false, Library::Boring));
        assert!(level(true, &[]).map(&own, false, Library::Go));
    }

    #[test]
    fn a_demand_comes_into_force_after_so_many_certificates() {
        let mut limits = Limits {
            explicit: 4,
            mapping: 4,
            any: 4,
        };
        let own = Policies {
            require_explicit: Some(1),
            ..Policies::default()
        };
        limits.pass(&own, true);
        assert_eq!((limits.explicit, limits.mapping), (1, 3));
        limits.pass(&Policies::default(), false);
        assert_eq!(limits.explicit, 1, "self-issued certificates do not count");
        limits.pass(&Policies::default(), true);
        assert_eq!(limits.explicit, 0);
    }
}
