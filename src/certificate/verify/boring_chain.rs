//! BoringSSL's path: greedy and without a way back; trusted issuers end the search among the sent ones.

use std::sync::Arc;

use super::Cause;
use super::Failure;
use super::Path;
use super::openssl::Chain;
use super::openssl::INCONSISTENT;
use super::openssl::MAX_DEPTH;
use super::openssl::Search;
use crate::certificate::Certificate;

/// The leaf, the anchor and the CAs between them.
const MAX_LENGTH: usize = MAX_DEPTH + 2;

/// The first part of `X509_verify_cert` (boringssl crypto/x509/x509_vfy.cc).
pub(super) fn build(
    search: &Search<'_>,
    leaf: &Arc<Certificate>,
    sent: &[Arc<Certificate>],
) -> Result<Chain, Failure> {
    let mut chain = Chain {
        path: vec![leaf.clone()],
        sent: 1,
    };
    extend_with_sent(search, &mut chain, sent)?;
    let top = chain.path.len() - 1;
    let last = chain.path[top].clone();
    check_consistent(search, &last, top)?;
    let mut own_root = None;
    if search.is_self_signed(&last) {
        if top > 0 {
            // It must be found again among the trusted ones.
            own_root = chain.path.pop();
            chain.sent -= 1;
        } else if trusted_issuer(search, &last).is_some_and(|issuer| issuer.der == last.der) {
            chain.sent = 0;
        } else {
            let words = "self signed certificate";
            return Err(Failure::new(Cause::SelfSigned, words, 0, &last));
        }
    }
    extend_with_trusted(search, &mut chain)?;
    if is_trusted(search, &mut chain) {
        return Ok(chain);
    }
    Err(untrusted(search, &chain, own_root.as_deref()))
}

fn extend_with_sent(
    search: &Search<'_>,
    chain: &mut Chain,
    sent: &[Arc<Certificate>],
) -> Result<(), Failure> {
    let mut unused: Path = sent.to_vec();
    while let Some(last) = chain.path.last().filter(|_| chain.path.len() < MAX_LENGTH) {
        check_consistent(search, last, chain.path.len() - 1)?;
        if search.is_self_signed(last) || trusted_issuer(search, last).is_some() {
            break;
        }
        let Some(at) = unused.iter().position(|issuer| search.issued(issuer, last)) else {
            break;
        };
        chain.path.push(unused.remove(at));
        chain.sent += 1;
    }
    Ok(())
}

fn extend_with_trusted(search: &Search<'_>, chain: &mut Chain) -> Result<(), Failure> {
    while let Some(last) = chain.path.last().filter(|_| chain.path.len() < MAX_LENGTH) {
        check_consistent(search, last, chain.path.len() - 1)?;
        if search.is_self_signed(last) {
            break;
        }
        match trusted_issuer(search, last) {
            Some(issuer) => chain.path.push(issuer.clone()),
            None => break,
        }
    }
    Ok(())
}

/// Whether the path reaches an anchor; a leaf that is itself in the store becomes one.
fn is_trusted(search: &Search<'_>, chain: &mut Chain) -> bool {
    let anchors = chain.path.get(chain.sent..).unwrap_or_default();
    if anchors.iter().any(|anchor| search.is_self_signed(anchor)) {
        return true;
    }
    if !search.profile.partial {
        return false;
    }
    if !anchors.is_empty() {
        return true;
    }
    let leaf = &chain.path[0];
    let stored = search
        .trusted
        .iter()
        .any(|anchor| anchor.fingerprint == leaf.fingerprint);
    if stored {
        chain.sent = 0;
    }
    stored
}

fn untrusted(search: &Search<'_>, chain: &Chain, own_root: Option<&Certificate>) -> Failure {
    let top = chain.path.len() - 1;
    let last = &chain.path[top];
    if let Some(root) = own_root.filter(|root| search.issued(root, last)) {
        let words = "self signed certificate in certificate chain";
        return Failure::new(Cause::UntrustedRoot, words, top + 1, root);
    }
    let words = if chain.sent >= chain.path.len() {
        "unable to get local issuer certificate"
    } else {
        "unable to get issuer certificate"
    };
    Failure::new(Cause::Untrusted, words, top, last)
}

fn trusted_issuer<'s>(
    search: &'s Search<'_>,
    certificate: &Certificate,
) -> Option<&'s Arc<Certificate>> {
    search
        .trusted
        .iter()
        .find(|issuer| search.issued(issuer, certificate))
}

fn check_consistent(
    search: &Search<'_>,
    certificate: &Certificate,
    depth: usize,
) -> Result<(), Failure> {
    if search.is_inconsistent(certificate) {
        let cause = Cause::InconsistentExtension;
        return Err(Failure::new(cause, INCONSISTENT, depth, certificate));
    }
    Ok(())
}
