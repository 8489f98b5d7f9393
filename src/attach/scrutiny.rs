//! Whether a Secret or ConfigMap holds what an implementation wants of it.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::certificate::Bundle;
use crate::certificate::Certificate;
use crate::model::store::Entry;
use crate::model::store::Secret;

/// How closely an implementation looks at a certificate and its key before it takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scrutiny {
    /// Both are PEM and can be read (Gateway API v1.6, `ListenerReasonInvalidCertificateRef`).
    Readable,
    /// They belong together, too (go crypto/tls, `X509KeyPair`).
    Matching,
    /// And no certificate of the chain is outside its time.
    Valid,
}

/// The value of an entry, read; `None` when it is not base64 where it has to be.
fn bundle(entry: &Entry) -> Option<Bundle> {
    let decoded = entry.bytes().ok()?;
    Some(Bundle::read(&decoded.bytes, |range| decoded.span(range)))
}

/// The chain that `secret` holds under the first of `keys` (certificate, private key) of which both are there.
///
/// # Errors
/// What is wrong, in words that follow "the Secret".
pub(super) fn pair(
    secret: &Secret,
    keys: &[(&str, &str)],
    scrutiny: Scrutiny,
    now: OffsetDateTime,
) -> Result<Vec<Arc<Certificate>>, String> {
    let found = keys
        .iter()
        .find_map(|(certificate, key)| Some((secret.entry(certificate)?, secret.entry(key)?)));
    let Some((certificate, key)) = found else {
        let wanted: Vec<_> = keys
            .iter()
            .map(|(certificate, key)| format!("`{certificate}` with `{key}`"))
            .collect();
        return Err(format!("has no {}", wanted.join(" and no ")));
    };
    let name = certificate.key.as_str();
    let Some(read) = bundle(certificate) else {
        return Err(format!("has a `{name}` that is not base64"));
    };
    let Some(first) = read.certificates.first() else {
        return Err(format!("has a `{name}` without a certificate"));
    };
    if let Some(defect) = read.defects.iter().find(|defect| defect.value.spoils_all()) {
        return Err(format!("has a broken `{name}`: {}", defect.value));
    }
    let keys = bundle(key).map(|bundle| bundle.keys).unwrap_or_default();
    let Some(private) = keys.first() else {
        return Err(format!("has a `{}` without a private key", key.key));
    };
    let Some(public) = private.public() else {
        return Err(format!("has a `{}` that cannot be used", key.key));
    };
    if scrutiny >= Scrutiny::Matching && *public != first.public_key {
        return Err(format!(
            "has a `{}` that does not belong to its `{name}`",
            key.key
        ));
    }
    let outside =
        |certificate: &Certificate| now < certificate.not_before || now > certificate.not_after;
    if scrutiny >= Scrutiny::Valid && read.certificates.iter().any(|one| outside(one)) {
        return Err(format!(
            "has a certificate in `{name}` that is not valid at this time"
        ));
    }
    Ok(read.chain())
}

/// Whether the first of `keys` that is there among `entries` holds at least one certificate.
///
/// # Errors
/// What is wrong, in words that follow "it".
pub(super) fn authority<'e>(entries: &'e [Entry], keys: &[&str]) -> Result<&'e Entry, String> {
    let entry = keys
        .iter()
        .find_map(|key| entries.iter().find(|entry| entry.key.value == *key));
    let Some(entry) = entry else {
        let wanted: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
        return Err(format!("has no {}", wanted.join(" and no ")));
    };
    match bundle(entry) {
        Some(bundle) if !bundle.certificates.is_empty() => Ok(entry),
        _ => Err(format!("has a `{}` without a certificate", entry.key)),
    }
}
