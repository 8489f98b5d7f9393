//! Name constraints of BoringSSL and OpenSSL (`check_name_constraints`, `NAME_CONSTRAINTS_check`).

use std::sync::Arc;

use super::super::Cause;
use super::super::Failure;
use super::super::NAME_CHECK_MAX;
use super::super::Stop;
use super::Library;
use crate::certificate::Certificate;
use crate::certificate::constraint::Base;
use crate::certificate::constraint::NameConstraints;
use crate::certificate::name;

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

/// A name to compare: the number of its form in `GeneralName`, and its content.
type Named = (u8, Vec<u8>);

fn check_one(
    certificate: &Certificate,
    constraints: &NameConstraints,
    library: Library,
    depth: usize,
) -> Result<(), &'static str> {
    let mut names: Vec<Named> = Vec::new();
    if !certificate.subject.is_empty() {
        names.push((4, certificate.subject.der().to_vec()));
    }
    let given = certificate.extensions.alternative_names.as_ref();
    for (tag, content) in given.iter().flat_map(|given| &given.all) {
        names.push((tag & 0x1f, content.to_vec()));
    }
    // OpenSSL takes host-like common names of a leaf without DNS names for names.
    if library == Library::OpenSsl && depth == 0 && given.is_none_or(|given| given.dns.is_empty()) {
        let common = certificate.subject.common_names();
        names.extend(
            common
                .filter(|name| is_host_like(name))
                .map(|name| (2, name.into_bytes())),
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
    (form, content): &Named,
    constraints: &NameConstraints,
    library: Library,
) -> Result<(), &'static str> {
    let mut permitted = None;
    for base in constraints
        .permitted
        .iter()
        .filter(|base| base.form() == *form)
    {
        if permitted != Some(true) {
            permitted = Some(holds(base, content, false, library)?);
        }
    }
    if permitted == Some(false) {
        return Err("permitted subtree violation");
    }
    for base in constraints
        .excluded
        .iter()
        .filter(|base| base.form() == *form)
    {
        if holds(base, content, true, library)? {
            return Err("excluded subtree violation");
        }
    }
    Ok(())
}

/// `nc_match_single`.
fn holds(
    base: &Base,
    content: &[u8],
    excluding: bool,
    library: Library,
) -> Result<bool, &'static str> {
    const UNSUPPORTED: &str = "unsupported name constraint type";
    let text = String::from_utf8_lossy(content);
    match base {
        Base::Dns(domain) => Ok(match library {
            Library::Boring => boring_domain_holds(domain, &text, excluding),
            Library::OpenSsl => {
                domain_holds(&domain.to_ascii_lowercase(), &text.to_ascii_lowercase())
            }
        }),
        Base::Email(base) => email_holds(base, &text),
        Base::Uri(base) => uri_holds(base, &text),
        Base::Ip(..) if library == Library::Boring => Err(UNSUPPORTED),
        Base::Ip(address, mask) => Ok(address.len() == content.len()
            && address
                .iter()
                .zip(mask)
                .zip(content)
                .all(|((address, mask), octet)| address & mask == octet & mask)),
        Base::Directory(base) => Ok(directory_holds(base, content)),
        Base::Other(_) => Err(UNSUPPORTED),
    }
}

fn domain_holds(domain: &str, name: &str) -> bool {
    match name.strip_suffix(domain) {
        None => false,
        Some(front) => {
            domain.is_empty()
                || front.is_empty() && !domain.starts_with('.')
                || domain.starts_with('.')
                || front.ends_with('.')
        }
    }
}

/// BoringSSL ignores a dot at the end, and takes an excluded `a.example.com` for a bar to `*.example.com`.
fn boring_domain_holds(domain: &str, name: &str, excluding: bool) -> bool {
    let normal = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.strip_suffix('.').map_or(text.clone(), str::to_owned)
    };
    if domain.is_empty() {
        return true;
    }
    let (domain, name) = (normal(domain), normal(name));
    let covered = name
        .strip_prefix("*.")
        .filter(|_| excluding)
        .is_some_and(|parent| {
            domain
                .split_once('.')
                .is_some_and(|(_, rest)| rest == parent)
        });
    covered || domain_holds(&domain, &name)
}

const BAD_NAME: &str = "unsupported or invalid name syntax";

fn email_holds(base: &str, mailbox: &str) -> Result<bool, &'static str> {
    let (local, domain) = mailbox.split_once('@').ok_or(BAD_NAME)?;
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
    if local.is_empty() || local.contains('"') || domain.is_empty() || !domain.bytes().all(plain) {
        return Err(BAD_NAME);
    }
    let domain = domain.to_ascii_lowercase();
    Ok(match base.split_once('@') {
        Some((base_local, base_domain)) => {
            base_local == local && base_domain.eq_ignore_ascii_case(&domain)
        }
        None => host_holds(base, &domain),
    })
}

fn uri_holds(base: &str, uri: &str) -> Result<bool, &'static str> {
    let rest = uri
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#', ':']).next());
    let host = host
        .ok_or(BAD_NAME)?
        .trim_end_matches('.')
        .to_ascii_lowercase();
    if host.is_empty() || host.contains('@') {
        return Err(BAD_NAME);
    }
    Ok(host_holds(base, &host))
}

/// Mailboxes and URIs: the very host, or with a leading dot all below it.
fn host_holds(base: &str, host: &str) -> bool {
    let base = base.to_ascii_lowercase();
    if base.starts_with('.') {
        return host.ends_with(&base);
    }
    host == base
}

/// Whether the attributes of `base` begin those of `name`, folded (`nc_dn`).
fn directory_holds(base: &[u8], name: &[u8]) -> bool {
    let folded = |der: &[u8]| name::Name::new(der);
    let (base, name) = (folded(base), folded(name));
    base.attributes().is_some() && name.folded().starts_with(base.folded())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boring_ends_and_wildcards() {
        assert!(boring_domain_holds("example.com", "example.com.", false));
        assert!(boring_domain_holds("a.example.com", "*.example.com", true));
        assert!(!boring_domain_holds(
            "a.example.com",
            "*.example.com",
            false
        ));
        assert!(!domain_holds("example.com", "example.com."));
        assert!(!domain_holds("example.com", "anexample.com"));
        assert!(domain_holds(".example.com", "a.example.com"));
    }
}
