//! Go's `crypto/x509` (verify.go of 1.24 to 1.27): every path is built, then usage, policies and names are checked.

use std::sync::Arc;

use time::OffsetDateTime;
use time::UtcOffset;

use super::Cause;
use super::Failure;
use super::Path;
use super::Question;
use super::SYSTEM_ROOTS;
use super::Stop;
use super::Trust;
use super::Verdict;
use super::distinct;
use super::policy;
use crate::certificate::Certificate;
use crate::certificate::Signatures;
use crate::certificate::constraint::go_quoted;
use crate::certificate::oid;
use crate::certificate::public_key::KeyKind;

mod constraint;
mod name;
mod signature;

/// The most issuers tried for one chain: Go's `maxChainSignatureChecks`.
const MAX_SIGNATURE_CHECKS: usize = 100;

/// Which role the verified side plays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Server,
    Client,
}

/// `Certificate.Verify`, with the options that `crypto/tls` gives it.
pub(super) fn verify(
    role: Role,
    leaf: &Arc<Certificate>,
    sent: &[Arc<Certificate>],
    question: &Question<'_>,
    signatures: &Signatures,
) -> Verdict {
    let readable = |certificates: &[Arc<Certificate>]| {
        distinct(
            certificates
                .iter()
                .filter(|one| one.refused_by_go.is_none()),
        )
    };
    let (roots, known) = match question.trust {
        Trust::Given(trusted) => (readable(trusted), true),
        Trust::System => (Path::new(), false),
    };
    let search = Search {
        roots,
        intermediates: readable(sent),
        now: question.now.to_offset(UtcOffset::UTC),
        signatures,
    };
    let outcome = search.leaf(role, leaf, question.name).and_then(|()| {
        if !known {
            return Err(Stop::Unknown(SYSTEM_ROOTS.to_owned()));
        }
        let paths = search.paths(leaf)?;
        acceptable(role, leaf, paths)
    });
    outcome.into()
}

/// Go's words when `leaf` does not stand for `host` (a name or an address); `None` when it does.
#[must_use]
pub fn refusal_of_name(leaf: &Certificate, host: &str) -> Option<String> {
    name::check(leaf, host).err().map(|failure| failure.reason)
}

struct Search<'q> {
    roots: Path,
    intermediates: Path,
    now: OffsetDateTime,
    signatures: &'q Signatures,
}

/// What a candidate would be on the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Leaf,
    Intermediate,
    Root,
}

/// The first issuer that was tried in vain, and why: Go names it in its error.
struct Hint {
    words: String,
    candidate: Arc<Certificate>,
}

impl Search<'_> {
    /// What Go checks of the leaf before it looks for issuers.
    fn leaf(&self, role: Role, leaf: &Arc<Certificate>, host: Option<&str>) -> Result<(), Stop> {
        if let Some(words) = &leaf.refused_by_go {
            return Err(Failure::new(Cause::Unreadable, words, 0, leaf).into());
        }
        self.is_valid(leaf, Place::Leaf, &[])?;
        if let (Role::Server, Some(host)) = (role, host.filter(|host| !host.is_empty())) {
            name::check(leaf, host)?;
        }
        Ok(())
    }

    /// `isValid`: what Go asks of a certificate by itself.
    fn is_valid(
        &self,
        certificate: &Certificate,
        place: Place,
        below: &[Arc<Certificate>],
    ) -> Result<(), Failure> {
        let fail = |cause, words: String| Err(Failure::new(cause, words, below.len(), certificate));
        if certificate.extensions.unhandled_by_go {
            return fail(
                Cause::CriticalExtension,
                "x509: unhandled critical extension".to_owned(),
            );
        }
        let outside = |relation: &str, limit: OffsetDateTime| {
            format!(
                "x509: certificate has expired or is not yet valid: current time {} is {relation} {}",
                rfc3339(self.now),
                rfc3339(limit)
            )
        };
        if self.now < certificate.not_before {
            return fail(
                Cause::NotYetValid,
                outside("before", certificate.not_before),
            );
        }
        if self.now > certificate.not_after {
            return fail(Cause::Expired, outside("after", certificate.not_after));
        }
        if place == Place::Intermediate && !certificate.is_ca() {
            return fail(
                Cause::NotACa,
                "x509: certificate is not authorized to sign other certificates".to_owned(),
            );
        }
        // Self-issued intermediates count, unlike in RFC 5280.
        let limit = certificate
            .extensions
            .basic_constraints
            .and_then(|constraints| constraints.path_length);
        if limit.is_some_and(|limit| below.len().saturating_sub(1) as u64 > limit) {
            return fail(
                Cause::PathLength,
                "x509: too many intermediates for path length constraint".to_owned(),
            );
        }
        Ok(())
    }

    /// All paths from the leaf to a root.
    fn paths(&self, leaf: &Arc<Certificate>) -> Result<Vec<Path>, Failure> {
        if self
            .roots
            .iter()
            .any(|root| root.fingerprint == leaf.fingerprint)
        {
            return Ok(vec![vec![leaf.clone()]]);
        }
        let mut path = vec![leaf.clone()];
        let (paths, failure) = self.build(&mut path, &mut 0);
        match failure {
            Some(failure) if paths.is_empty() => Err(failure),
            _ => Ok(paths),
        }
    }

    /// `buildChains`: the paths that begin with `path`, or the failure that Go reports when there is none.
    ///
    /// As in Go, only the last candidate's failure survives, and that of an issuer whose signature does not fit is a
    /// mere hint.
    fn build(&self, path: &mut Path, checks: &mut usize) -> (Vec<Path>, Option<Failure>) {
        let Some(child) = path.last().cloned() else {
            return (Vec::new(), None);
        };
        let mut paths = Vec::new();
        let mut hint: Option<Hint> = None;
        let mut failure: Option<Failure> = None;
        let candidates = [
            (Place::Root, issuers(&self.roots, &child)),
            (Place::Intermediate, issuers(&self.intermediates, &child)),
        ];
        for (place, candidate) in candidates
            .into_iter()
            .flat_map(|(place, all)| all.into_iter().map(move |one| (place, one)))
        {
            *checks += 1;
            if *checks > MAX_SIGNATURE_CHECKS {
                let words = "x509: signature check attempts limit reached while verifying certificate chain";
                failure = Some(Failure::new(Cause::Limit, words, path.len() - 1, &child));
                break;
            }
            if !has_key(&candidate) || is_on(path, &candidate) {
                continue;
            }
            if let Err(words) = signature::check(&child, &candidate, self.signatures) {
                hint.get_or_insert(Hint { words, candidate });
                continue;
            }
            if let Err(refused) = self.is_valid(&candidate, place, path) {
                hint.get_or_insert(Hint {
                    words: refused.reason.clone(),
                    candidate,
                });
                failure = Some(refused);
                continue;
            }
            path.push(candidate);
            if place == Place::Root {
                paths.push(path.clone());
                failure = None;
            } else {
                let (longer, refused) = self.build(path, checks);
                paths.extend(longer);
                failure = refused;
            }
            path.pop();
            if failure
                .as_ref()
                .is_some_and(|failure| failure.cause == Cause::Limit)
            {
                break;
            }
        }
        if !paths.is_empty() {
            return (paths, None);
        }
        let failure = failure.unwrap_or_else(|| unknown_authority(&child, path.len() - 1, hint));
        (paths, Some(failure))
    }
}

/// `findPotentialParents`: those of the issuer's very name, likelier ones first.
fn issuers(pool: &[Arc<Certificate>], child: &Certificate) -> Vec<Arc<Certificate>> {
    let wanted = child
        .extensions
        .authority_key_id
        .as_ref()
        .and_then(|id| id.key.as_deref())
        .unwrap_or_default();
    let rank = |candidate: &Certificate| {
        let id = candidate
            .extensions
            .subject_key_id
            .as_deref()
            .unwrap_or_default();
        match id {
            id if id == wanted => 0,
            id if id.is_empty() != wanted.is_empty() => 1,
            _ => 2,
        }
    };
    let mut candidates: Vec<_> = pool
        .iter()
        .filter(|candidate| candidate.subject.der() == child.issuer.der())
        .cloned()
        .collect();
    candidates.sort_by_key(|candidate| rank(candidate));
    candidates
}

/// Whether Go has read a key that could sign.
fn has_key(candidate: &Certificate) -> bool {
    let kind = candidate.public_key.kind;
    !matches!(kind, KeyKind::Other | KeyKind::X25519 | KeyKind::OtherCurve)
}

/// `alreadyInChain`: the same subject, key and alternative names, whatever the rest.
fn is_on(path: &[Arc<Certificate>], candidate: &Certificate) -> bool {
    let names = |certificate: &Certificate| {
        let extension = certificate.extensions.find(&[0x55, 0x1d, 17]);
        extension.map(|extension| extension.value.clone())
    };
    for one in path {
        let same =
            one.subject.der() == candidate.subject.der() && one.public_key == candidate.public_key;
        if !same {
            continue;
        }
        match (names(candidate), names(one)) {
            (None, None) => return true,
            (Some(left), Some(right)) => {
                if left == right {
                    return true;
                }
            }
            // Go ends its search here.
            _ => return false,
        }
    }
    false
}

fn unknown_authority(child: &Certificate, depth: usize, hint: Option<Hint>) -> Failure {
    let plain = "x509: certificate signed by unknown authority";
    let Some(hint) = hint else {
        return Failure::new(Cause::Untrusted, plain, depth, child);
    };
    let (why, who) = (go_quoted(&hint.words), go_quoted(&hint.candidate.label()));
    let words = format!(
        "{plain} (possibly because of {why} while trying to verify candidate authority certificate {who})"
    );
    let (cause, depth, blamed) = match &*hint.words {
        signature::CANNOT_SIGN => (Cause::NotACa, depth + 1, &*hint.candidate),
        words if words.contains("insecure algorithm") => (Cause::WeakSignature, depth, child),
        words if words.contains("keys are insecure") => {
            (Cause::WeakKey, depth + 1, &*hint.candidate)
        }
        _ => (Cause::Signature, depth, child),
    };
    Failure::new(cause, words, depth, blamed)
}

/// The checks over whole paths, of which one must pass all.
fn acceptable(role: Role, leaf: &Certificate, paths: Vec<Path>) -> Result<(), Stop> {
    let usage = match role {
        Role::Server => oid::SERVER_AUTH,
        Role::Client => oid::CLIENT_AUTH,
    };
    let (mut policies, mut usages) = (0, 0);
    let mut named: Option<Stop> = None;
    for path in &paths {
        if policy::check(path, policy::Library::Go).is_err() {
            policies += 1;
        } else if !allows(path, usage) {
            usages += 1;
        } else {
            match constraint::check(path) {
                Ok(()) => return Ok(()),
                Err(stop) => {
                    named.get_or_insert(stop);
                }
            }
        }
    }
    if let Some(stop) = named {
        return Err(stop);
    }
    if usages > 0 && policies == 0 {
        let words = "x509: certificate specifies an incompatible key usage";
        let path = &paths[0];
        let depth = path
            .iter()
            .rposition(|one| !allows(std::slice::from_ref(one), usage));
        let depth = depth.unwrap_or_default();
        return Err(Failure::new(Cause::Usage, words, depth, &path[depth]).into());
    }
    let mut details = Vec::new();
    if usages > 0 {
        details.push(format!(
            "{usages} candidate chains with incompatible key usage"
        ));
    }
    if policies > 0 {
        details.push(format!("{policies} candidate chains with invalid policies"));
    }
    let separator = if details.is_empty() { "" } else { ": " };
    let words = format!(
        "x509: no valid chains built{separator}{}",
        details.join(", ")
    );
    Err(Failure::new(Cause::Policy, words, 0, leaf).into())
}

/// `checkChainForKeyUsage`: every certificate that restricts its usage names this one, or any.
fn allows(path: &[Arc<Certificate>], usage: &[u8]) -> bool {
    path.iter().all(|certificate| {
        let extensions = &certificate.extensions;
        extensions
            .extended_key_usage
            .as_ref()
            .is_none_or(Vec::is_empty)
            || extensions.names_usage(oid::ANY_USAGE)
            || extensions.names_usage(usage)
    })
}

fn rfc3339(time: OffsetDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
