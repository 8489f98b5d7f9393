//! Whether a name lies in a subtree, as BoringSSL and as OpenSSL see it (`nc_match_single`).

use super::Library;
use crate::certificate::constraint::Base;
use crate::certificate::name;

/// What both say of a name that they cannot take apart.
pub(super) const BAD_NAME: &str = "unsupported or invalid name syntax";

const BAD_CONSTRAINT: &str = "unsupported or invalid name constraint syntax";

const UNSUPPORTED: &str = "unsupported name constraint type";

/// Whether the name with that content, of the form of `base`, lies in it; the words of the library when it cannot say.
/// `of_subject`: it is an attribute of the subject and no alternative name.
pub(super) fn holds(
    base: &Base,
    (content, of_subject): (&[u8], bool),
    excluding: bool,
    library: Library,
) -> Result<bool, &'static str> {
    let text = String::from_utf8_lossy(content);
    match (base, library) {
        (Base::Dns(domain), Library::Boring) => Ok(boring_domain_holds(domain, &text, excluding)),
        (Base::Dns(domain), Library::OpenSsl) => Ok(domain_holds(
            &domain.to_ascii_lowercase(),
            &text.to_ascii_lowercase(),
        )),
        (Base::Email(base), Library::Boring) => {
            boring_mailbox_holds(base, &text, excluding && of_subject)
        }
        (Base::Email(base), Library::OpenSsl) => mailbox_holds(base, &text),
        (Base::Uri(base), Library::Boring) => boring_uri_holds(base, &text),
        (Base::Uri(base), Library::OpenSsl) => uri_holds(base, &text),
        (Base::Ip(..), Library::Boring) | (Base::Other(_), _) => Err(UNSUPPORTED),
        (Base::Ip(address, mask), Library::OpenSsl) => address_holds(address, mask, content),
        (Base::Directory(base), _) => Ok(directory_holds(base, content)),
    }
}

fn domain_holds(domain: &str, name: &str) -> bool {
    match name.strip_suffix(domain) {
        None => false,
        Some(front) => {
            front.is_empty() || domain.is_empty() || domain.starts_with('.') || front.ends_with('.')
        }
    }
}

fn without_dot(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}

/// BoringSSL ignores a dot at the end, and takes an excluded `a.example.com` for a bar to `*.example.com`.
fn boring_domain_holds(domain: &str, name: &str, excluding: bool) -> bool {
    if domain.is_empty() {
        return true;
    }
    let (domain, name) = (domain.to_ascii_lowercase(), name.to_ascii_lowercase());
    let (domain, name) = (without_dot(&domain), without_dot(&name));
    let covered = name.strip_prefix("*.").filter(|_| excluding);
    let covered = covered.is_some_and(|parent| {
        domain
            .split_once('.')
            .is_some_and(|(_, rest)| rest == parent)
    });
    let below = |front: &str| front.is_empty() || domain.starts_with('.') || front.ends_with('.');
    covered || name.strip_suffix(domain).is_some_and(below)
}

/// OpenSSL, `nc_email`.
fn mailbox_holds(base: &str, mailbox: &str) -> Result<bool, &'static str> {
    let (local, domain) = mailbox.rsplit_once('@').ok_or(BAD_NAME)?;
    let domain = domain.to_ascii_lowercase();
    Ok(match base.rsplit_once('@') {
        Some((own, host)) => (own.is_empty() || own == local) && host.eq_ignore_ascii_case(&domain),
        None if base.starts_with('.') => {
            let mailbox = mailbox.to_ascii_lowercase();
            mailbox.len() > base.len() && mailbox.ends_with(&base.to_ascii_lowercase())
        }
        None => base.eq_ignore_ascii_case(&domain),
    })
}

/// BoringSSL, `nc_email`: plain mailboxes only.
fn boring_mailbox_holds(
    base: &str,
    mailbox: &str,
    folds_local: bool,
) -> Result<bool, &'static str> {
    let is_local = |text: &str| {
        let is_plain =
            |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&octet);
        !text.is_empty() && text.bytes().all(is_plain)
    };
    let is_domain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.'))
    };
    let (local, domain) = mailbox.split_once('@').ok_or(BAD_NAME)?;
    let (own, host) = match base.split_once('@') {
        Some((own, host)) => (Some(own), host),
        None => (None, base),
    };
    let is_sound = is_local(local) && is_domain(domain) && own.is_none_or(is_local);
    if !is_sound || !is_domain(host) {
        return Err(BAD_NAME);
    }
    let domain = domain.to_ascii_lowercase();
    Ok(match own {
        Some(own) => {
            let same = own == local || folds_local && own.eq_ignore_ascii_case(local);
            same && host.eq_ignore_ascii_case(&domain)
        }
        None => host_holds(host, &domain),
    })
}

/// OpenSSL, `nc_uri`: the host ends at the first colon, else at the first slash.
fn uri_holds(base: &str, uri: &str) -> Result<bool, &'static str> {
    let rest = uri
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"))
        .ok_or(BAD_NAME)?;
    let host = match rest.split_once(':') {
        Some((host, _)) => host,
        None => rest.split('/').next().unwrap_or_default(),
    };
    if host.is_empty() {
        return Err(BAD_NAME);
    }
    let host = host.to_ascii_lowercase();
    Ok(host_holds(base, &host) && host.len() >= base.len())
}

/// BoringSSL, `nc_uri`: both must be names of hosts in full.
fn boring_uri_holds(base: &str, uri: &str) -> Result<bool, &'static str> {
    let (scheme, rest) = uri.split_once(':').ok_or(BAD_NAME)?;
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let is_scheme =
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_letter);
    let rest = rest.strip_prefix("//").filter(|_| is_scheme);
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    let (host, port) = match authority.ok_or(BAD_NAME)?.split_once(':') {
        Some((host, port)) => (host, port),
        None => (authority.unwrap_or_default(), ""),
    };
    let host = without_dot(host);
    if !is_host(host) || !port.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(BAD_NAME);
    }
    let base = without_dot(base);
    if !is_host(base.strip_prefix('.').unwrap_or(base)) {
        return Err(BAD_CONSTRAINT);
    }
    Ok(host_holds(base, &host.to_ascii_lowercase()))
}

/// BoringSSL, `nc_uri_is_fqdn`: labels of letters, digits and inner hyphens, the last of which is no number.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let is_number = match hexadecimal {
        Some(digits) => digits.bytes().all(|octet| octet.is_ascii_hexdigit()),
        None => last.bytes().all(|octet| octet.is_ascii_digit()),
    };
    text.split('.').all(is_label) && !is_number
}

/// Mailboxes and URIs: the very host, or with a leading dot all below it. `host` is in lower case.
fn host_holds(base: &str, host: &str) -> bool {
    let base = base.to_ascii_lowercase();
    if base.starts_with('.') {
        return host.ends_with(&base);
    }
    host == base
}

/// OpenSSL, `nc_ip`.
fn address_holds(address: &[u8], mask: &[u8], content: &[u8]) -> Result<bool, &'static str> {
    let is_address = |octets: &[u8]| matches!(octets.len(), 4 | 16);
    if !is_address(content) || !is_address(address) || mask.len() != address.len() {
        return Err(BAD_NAME);
    }
    Ok(address.len() == content.len()
        && address
            .iter()
            .zip(mask)
            .zip(content)
            .all(|((address, mask), octet)| address & mask == octet & mask))
}

/// Whether the attributes of `base` begin those of `name`, folded (`nc_dn`).
fn directory_holds(base: &[u8], name: &[u8]) -> bool {
    let folded = |der: &[u8]| name::Name::new(der);
    let (base, name) = (folded(base), folded(name));
    base.attributes().is_some() && name.folded().starts_with(base.folded())
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
        assert!(!boring_domain_holds(".", "a.example.com", false));
    }

    #[test]
    fn mailboxes() {
        for (base, mailbox, openssl, boring) in [
            ("example.com", "a@Example.com", Ok(true), Ok(true)),
            ("example.com", "a@sub.example.com", Ok(false), Ok(false)),
            (".example.com", "a@sub.example.com", Ok(true), Ok(true)),
            ("a@example.com", "A@example.com", Ok(false), Ok(false)),
            ("@example.com", "a@example.com", Ok(true), Err(BAD_NAME)),
            (
                "example.com",
                "\"a b\"@example.com",
                Ok(true),
                Err(BAD_NAME),
            ),
            ("example.com", "nobody", Err(BAD_NAME), Err(BAD_NAME)),
        ] {
            assert_eq!(mailbox_holds(base, mailbox), openssl, "{base} {mailbox}");
            let held = boring_mailbox_holds(base, mailbox, false);
            assert_eq!(held, boring, "{base} {mailbox}");
        }
        assert_eq!(
            boring_mailbox_holds("a@b.example", "A@b.example", true),
            Ok(true)
        );
    }

    #[test]
    fn hosts_of_uris() {
        for (base, uri, openssl, boring) in [
            (
                "cluster.local",
                "spiffe://cluster.local/ns/otel",
                Ok(true),
                Ok(true),
            ),
            (
                ".local",
                "spiffe://cluster.local/ns/otel",
                Ok(true),
                Ok(true),
            ),
            (
                "other.local",
                "spiffe://cluster.local/ns/otel",
                Ok(false),
                Ok(false),
            ),
            (
                "example.com",
                "https://example.com:8443/x",
                Ok(true),
                Ok(true),
            ),
            ("example.com", "urn:uuid:1", Err(BAD_NAME), Err(BAD_NAME)),
            ("10.1.2.3", "https://10.1.2.3/", Ok(true), Err(BAD_NAME)),
            ("", "https://example.com/", Ok(false), Err(BAD_CONSTRAINT)),
        ] {
            assert_eq!(uri_holds(base, uri), openssl, "{base} {uri}");
            assert_eq!(boring_uri_holds(base, uri), boring, "{base} {uri}");
        }
    }

    #[test]
    fn addresses() {
        let net = |mask: [u8; 4], ip: &[u8]| address_holds(&[10, 0, 0, 0], &mask, ip);
        assert_eq!(net([255, 0, 0, 0], &[10, 1, 2, 3]), Ok(true));
        assert_eq!(net([255, 0, 0, 0], &[11, 1, 2, 3]), Ok(false));
        assert_eq!(net([255, 0, 0, 0], &[0; 16]), Ok(false));
        assert_eq!(net([255, 0, 0, 0], &[10, 1]), Err(BAD_NAME));
        assert_eq!(address_holds(&[10], &[255], &[10, 1, 2, 3]), Err(BAD_NAME));
    }
}
