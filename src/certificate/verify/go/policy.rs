//! Go's certificate policies (RFC 5280, 6.1, as updated by RFC 9618), as far as they can refuse a chain.

use std::sync::Arc;

use super::super::Stop;
use crate::certificate::Certificate;

/// Whether the path meets the policies that its own certificates require. Without a CA that requires an explicit policy,
/// nothing can go wrong.
///
/// # Errors
/// Unknown, when a policy is required and policies differ along the path: the policy graph is not computed.
pub(super) fn is_valid(path: &[Arc<Certificate>]) -> Result<bool, Stop> {
    let Some((_anchor, below)) = path.split_last() else {
        return Ok(true);
    };
    // How many more certificates may go without a policy.
    let mut grace = below.len() as u64 + 1;
    let mut has_policies = true;
    for (at, certificate) in below.iter().enumerate().rev() {
        let extensions = &certificate.extensions;
        has_policies &= extensions
            .policies
            .as_ref()
            .is_some_and(|policies| !policies.is_empty());
        if grace == 0 && !has_policies {
            return Ok(false);
        }
        if at > 0 {
            if certificate.issuer.der() != certificate.subject.der() {
                grace = grace.saturating_sub(1);
            }
            grace = grace.min(extensions.require_explicit_policy.unwrap_or(u64::MAX));
        }
    }
    grace = grace.saturating_sub(1);
    if below
        .first()
        .and_then(|leaf| leaf.extensions.require_explicit_policy)
        == Some(0)
    {
        grace = 0;
    }
    if grace > 0 {
        return Ok(true);
    }
    let mut policies = below
        .iter()
        .map(|certificate| &certificate.extensions.policies);
    let first = policies.next();
    match has_policies {
        false => Ok(false),
        true if policies.all(|others| Some(others) == first) => Ok(true),
        true => Err(Stop::Unknown(
            "a CA requires certificate policies, which are not computed".to_owned(),
        )),
    }
}
