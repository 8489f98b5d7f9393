//! To tell names: labels, domains, kinds, keys, and what is built of them.

/// RFC 1123 label: lower-case letters, digits, `-` inside.
pub(crate) fn label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.first().is_some_and(edge)
        && bytes.last().is_some_and(edge)
        && bytes.iter().all(|byte| edge(byte) || *byte == b'-')
}

/// RFC 1123 subdomain: labels joined by dots.
pub(crate) fn subdomain(text: &str) -> bool {
    text.split('.').all(label)
}

/// Gateway API `Hostname`: a subdomain with an optional leading `*.`. IP addresses pass, as in the CRDs.
pub(crate) fn hostname(text: &str) -> bool {
    subdomain(text.strip_prefix("*.").unwrap_or(text))
}

/// Gateway API `Kind`.
pub(super) fn kind(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// The part of a label or annotation key behind the `/`, also a label's value: up to 63 characters.
pub(super) fn qualified_name_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

/// Key of a label or an annotation: `[subdomain/]name` (apimachinery `IsQualifiedName`).
///
/// Annotation keys are lower-cased by the API server before the test; the prefix test here allows for that.
pub(crate) fn key(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => {
            domain.len() <= 253
                && subdomain(&domain.to_ascii_lowercase())
                && qualified_name_part(name)
        }
        None => qualified_name_part(text),
    }
}

pub(super) fn domain_name(text: &str, rest: fn(&str) -> bool) -> bool {
    text.split_once('/')
        .is_some_and(|(domain, name)| subdomain(domain) && !name.is_empty() && rest(name))
}

pub(super) fn path_characters(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b))
}

/// Gateway API `AddressType`. The CRD's pattern is not anchored on every branch, so texts that only contain a known
/// name pass there; they pass here, too.
pub(super) fn address_type(text: &str) -> bool {
    text.starts_with("Hostname")
        || text.contains("IPAddress")
        || text.contains("NamedAddress")
        || domain_name(text, path_characters)
}

/// Gateway API `ProtocolType`: a bare token, or `domain/NAME`.
pub(super) fn protocol(text: &str) -> bool {
    kind_like(text) || domain_name(text, |name| name.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn kind_like(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// IANA service name, as Kubernetes port names are.
pub(super) fn port_name(text: &str) -> bool {
    text.len() <= 15
        && label(text)
        && !text.contains("--")
        && text.bytes().any(|b| b.is_ascii_lowercase())
}
