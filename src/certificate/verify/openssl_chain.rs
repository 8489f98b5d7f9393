//! OpenSSL 3's path (`build_chain`): greedy, trusted issuers before sent ones, those whose time is right first.

use std::sync::Arc;

use super::Cause;
use super::Failure;
use super::Path;
use super::openssl::Chain;
use super::openssl::MAX_DEPTH;
use super::openssl::Search;
use crate::certificate::Certificate;

/// openssl crypto/x509/x509_vfy.c, build_chain.
pub(super) fn build(
    search: &Search<'_>,
    leaf: &Arc<Certificate>,
    sent: &[Arc<Certificate>],
) -> Result<Chain, Failure> {
    let mut chain = Chain {
        path: vec![leaf.clone()],
        sent: 1,
    };
    let mut unused: Path = sent.to_vec();
    while let Some(last) = chain.path.last().cloned() {
        let is_root = search.is_self_signed(&last);
        let all_sent = chain.sent == chain.path.len();
        if let Some(issuer) = best(search, &search.trusted, &last, &chain.path) {
            if !is_root {
                let ends = search.is_self_signed(issuer) || search.profile.partial;
                chain.path.push(issuer.clone());
                if ends {
                    return Ok(chain);
                }
                continue;
            }
            if !all_sent {
                return Ok(chain);
            }
            // A root that the peer sent counts when the very same certificate is trusted.
            if issuer.der == last.der {
                chain.sent -= 1;
                return Ok(chain);
            }
        }
        if !all_sent || is_root || chain.path.len() > MAX_DEPTH + 1 {
            break;
        }
        let Some(issuer) = best(search, &unused, &last, &chain.path).cloned() else {
            break;
        };
        unused.retain(|other| other.fingerprint != issuer.fingerprint);
        chain.path.push(issuer);
        chain.sent += 1;
    }
    let stored = |leaf: &Certificate| {
        search
            .trusted
            .iter()
            .any(|anchor| anchor.fingerprint == leaf.fingerprint)
    };
    if search.profile.partial && chain.sent == chain.path.len() && stored(leaf) {
        chain.sent = 0;
        return Ok(chain);
    }
    Err(untrusted(search, &chain))
}

/// `get_issuer_sk` and `x509_check_issued_int`: the first issuer that is valid now, else the one that is valid longest.
fn best<'c>(
    search: &Search<'_>,
    candidates: &'c [Arc<Certificate>],
    certificate: &Certificate,
    path: &[Arc<Certificate>],
) -> Option<&'c Arc<Certificate>> {
    let mut best: Option<&Arc<Certificate>> = None;
    for issuer in candidates {
        if !search.issued(issuer, certificate) {
            continue;
        }
        // A self-issued leaf may be its own issuer; nothing else occurs twice.
        let may_repeat = path.len() == 1 && issuer.is_self_issued();
        if !may_repeat && path.iter().any(|one| one.fingerprint == issuer.fingerprint) {
            continue;
        }
        if issuer.not_before <= search.now && search.now < issuer.not_after {
            return Some(issuer);
        }
        if best.is_none_or(|best| issuer.not_after > best.not_after) {
            best = Some(issuer);
        }
    }
    best
}

fn untrusted(search: &Search<'_>, chain: &Chain) -> Failure {
    let top = chain.path.len() - 1;
    let last = &chain.path[top];
    let (cause, words) = match (search.is_self_signed(last), top) {
        (true, 0) => (Cause::SelfSigned, "self-signed certificate"),
        (true, _) => (
            Cause::UntrustedRoot,
            "self-signed certificate in certificate chain",
        ),
        (false, _) if chain.sent == chain.path.len() => {
            (Cause::Untrusted, "unable to get local issuer certificate")
        }
        (false, _) => (Cause::Untrusted, "unable to get issuer certificate"),
    };
    Failure::new(cause, words, top, last)
}
