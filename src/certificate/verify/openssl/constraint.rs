//! Name constraints of BoringSSL and OpenSSL (`check_name_constraints`, `NAME_CONSTRAINTS_check`).

use std::sync::Arc;

use super::super::Cause;
use super::super::Failure;
use super::super::NAME_CHECK_MAX;
use super::super::Stop;
use super::Library;
use crate::certificate::Certificate;
use crate::certificate::constraint::NameConstraints;
use crate::certificate::constraint::Subtree;
use crate::certificate::der::tag;
use crate::certificate::oid;

mod subtree;

/// Whether all CAs on the path allow the names of the certificates below them. Self-issued CAs are exempt.
pub(super) fn check(path: &[Arc<Certificate>], library: Library) -> Result<(), Stop> {
    let mut constrained = false;
    for (depth, certificate) in path.iter().enumerate().rev() {
        if depth > 0 && certificate.is_self_issued() {
            continue;
        }
        for issuer in path[depth + 1..].iter().rev() {
            if let Some(constraints) = &issuer.extensions.name_constraints {
                constrained = true;
                check_one(certificate, constraints, library, depth).map_err(|words| {
                    Failure::new(Cause::NameConstraint, words, depth, certificate)
                })?;
            }
        }
    }
    let leaf = &path[0];
    let nameless = leaf.extensions.alternative_names.is_none()
        && leaf
            .subject
            .common_names()
            .any(|name| looks_like_host(&name));
    if constrained && nameless && library == Library::Boring {
        let words = "Issuer has name constraints but leaf has no SANs";
        return Err(Failure::new(Cause::NameConstraint, words, 0, leaf).into());
    }
    Ok(())
}

/// A name to compare.
struct Named {
    /// The number of its form in `GeneralName`.
    form: u8,
    content: Vec<u8>,
    /// Whether it is, or stands in, the subject.
    of_subject: bool,
}

fn check_one(
    certificate: &Certificate,
    constraints: &NameConstraints,
    library: Library,
    depth: usize,
) -> Result<(), &'static str> {
    let named = |form, content: &[u8], of_subject| Named {
        form,
        content: content.to_vec(),
        of_subject,
    };
    let mut names: Vec<Named> = Vec::new();
    if !certificate.subject.is_empty() {
        names.push(named(4, certificate.subject.der(), true));
    }
    for attribute in certificate.subject.attributes().iter().flatten() {
        if *attribute.kind == *oid::EMAIL_ADDRESS {
            if attribute.tag != tag::IA5_STRING {
                return Err(subtree::BAD_NAME);
            }
            names.push(named(1, attribute.value, true));
        }
    }
    let given = certificate.extensions.alternative_names.as_ref();
    for (tag, content) in given.iter().flat_map(|given| &given.all) {
        names.push(named(tag & 0x1f, content, false));
    }
    // OpenSSL takes host-like common names of a leaf without DNS names for names.
    if library == Library::OpenSsl && depth == 0 && given.is_none_or(|given| given.dns.is_empty()) {
        let common = certificate.subject.common_names();
        names.extend(
            common
                .filter(|name| is_host_like(name))
                .map(|name| named(2, name.as_bytes(), true)),
        );
    }
    if names.len().saturating_mul(constraints.len()) > NAME_CHECK_MAX {
        return Err("unspecified certificate verification error");
    }
    names
        .iter()
        .try_for_each(|named| check_name(named, constraints, library))
}

fn check_name(
    named: &Named,
    constraints: &NameConstraints,
    library: Library,
) -> Result<(), &'static str> {
    let holds = |subtree: &Subtree, excluding| match subtree.is_bounded {
        true => Err("name constraints minimum and maximum not supported"),
        false => subtree::holds(
            &subtree.base,
            (&named.content, named.of_subject),
            excluding,
            library,
        ),
    };
    let is_of_form = |subtree: &&Subtree| subtree.base.form() == named.form;
    let mut permitted = None;
    for subtree in constraints.permitted.iter().filter(is_of_form) {
        if permitted != Some(true) || subtree.is_bounded {
            permitted = Some(holds(subtree, false)?);
        }
    }
    if permitted == Some(false) {
        return Err("permitted subtree violation");
    }
    for subtree in constraints.excluded.iter().filter(is_of_form) {
        if holds(subtree, true)? {
            return Err("excluded subtree violation");
        }
    }
    Ok(())
}

/// BoringSSL, `x509v3_looks_like_dns_name`.
fn looks_like_host(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let text = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.char_indices().all(|(at, c)| {
                c.is_ascii_alphanumeric() || matches!(c, '_' | ':') || c == '-' && at > 0
            })
    };
    text.split('.').all(is_label)
}

/// OpenSSL, `cn2dnsid`: at least two labels, no hyphen at the edge of any.
fn is_host_like(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    };
    text.contains('.') && text.split('.').all(is_label)
}
