//! Go's host name check (`VerifyHostname`): alternative names only, wildcards for one whole label.

use std::net::IpAddr;
use std::net::Ipv6Addr;

use super::super::Cause;
use super::super::Failure;
use crate::certificate::Certificate;
use crate::certificate::alternative::AlternativeNames;
use crate::certificate::alternative::address_text;

/// From so many names on, Go's message counts them instead of listing them.
const MAX_NAMES_LISTED: usize = 100;

/// Whether the certificate stands for `host`: a name, or an address with or without brackets.
pub(super) fn check(leaf: &Certificate, host: &str) -> Result<(), Failure> {
    let nothing = AlternativeNames::default();
    let names = leaf
        .extensions
        .alternative_names
        .as_ref()
        .unwrap_or(&nothing);
    let (matches, cause, words) = match address(host) {
        Some(address) => {
            let octets = octets(address);
            let matches = names.ip.iter().any(|ip| unmapped(ip) == octets);
            (matches, Cause::Name, address_words(names, &octets))
        }
        None => (
            matches_name(&names.dns, host),
            Cause::Name,
            name_words(names, host),
        ),
    };
    if matches {
        return Ok(());
    }
    let shown =
        address(host).map_or_else(|| host.to_owned(), |address| address_text(&octets(address)));
    let has_names = leaf.extensions.alternative_names.is_some();
    let common_name = leaf.subject.common_names().last().unwrap_or_default();
    if !has_names && matches_pattern(&common_name, &labels(&shown)) {
        let words = "x509: certificate relies on legacy Common Name field, use SANs instead";
        return Err(Failure::new(Cause::CommonName, words, 0, leaf));
    }
    Err(Failure::new(cause, words, 0, leaf))
}

fn name_words(names: &AlternativeNames, host: &str) -> String {
    let count = names.dns.len();
    if count >= MAX_NAMES_LISTED {
        return format!("x509: certificate is valid for {count} names, but none matched {host}");
    }
    let listed = names.dns.join(", ");
    if listed.is_empty() {
        return format!("x509: certificate is not valid for any names, but wanted to match {host}");
    }
    format!("x509: certificate is valid for {listed}, not {host}")
}

fn address_words(names: &AlternativeNames, wanted: &[u8]) -> String {
    let wanted = address_text(wanted);
    match names.ip.len() {
        0 => format!(
            "x509: cannot validate certificate for {wanted} because it doesn't contain any IP SANs"
        ),
        count if count >= MAX_NAMES_LISTED => {
            format!("x509: certificate is valid for {count} IP SANs, but none matched {wanted}")
        }
        _ => {
            let listed: Vec<String> = names.ip.iter().map(|ip| address_text(ip)).collect();
            format!(
                "x509: certificate is valid for {}, not {wanted}",
                listed.join(", ")
            )
        }
    }
}

/// The host as an address: brackets and a zone are left out.
fn address(host: &str) -> Option<IpAddr> {
    let inside = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .filter(|inside| !inside.is_empty())
        .unwrap_or(host);
    inside.split('%').next()?.parse().ok()
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// 4 octets for an IPv4 address in either form.
fn unmapped(ip: &[u8]) -> Vec<u8> {
    match <[u8; 16]>::try_from(ip) {
        Ok(octets_of_six) => octets(IpAddr::V6(Ipv6Addr::from(octets_of_six))),
        Err(_) => ip.to_vec(),
    }
}

fn matches_name(names: &[String], host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_valid = is_host_name(&host, false);
    let labels = labels(&host);
    let blank = |name: &str| name.is_empty() || name == ".";
    names.iter().any(|name| {
        if is_valid && is_host_name(name, true) {
            matches_pattern(name, &labels)
        } else {
            !blank(name) && !blank(&host) && name.eq_ignore_ascii_case(&host)
        }
    })
}

fn labels(host: &str) -> Vec<String> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host.split('.').map(str::to_owned).collect()
}

/// `validHostname`: with `pattern`, a whole left-most `*` is allowed and a dot at the end is not.
fn is_host_name(host: &str, pattern: bool) -> bool {
    let host = match pattern {
        true => host,
        false => host.strip_suffix('.').unwrap_or(host),
    };
    let is_label = |label: &str| {
        label
            .char_indices()
            .all(|(at, c)| c.is_ascii_alphanumeric() || c == '_' || c == '-' && at > 0)
            && !label.is_empty()
    };
    host != "*"
        && host
            .split('.')
            .enumerate()
            .all(|(at, label)| is_label(label) || pattern && at == 0 && label == "*")
}

/// `matchHostnames`: as many labels, all alike but for a left-most `*`.
fn matches_pattern(pattern: &str, labels: &[String]) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let parts: Vec<&str> = pattern.split('.').collect();
    !pattern.is_empty()
        && parts.len() == labels.len()
        && parts
            .iter()
            .zip(labels)
            .enumerate()
            .all(|(at, (part, label))| at == 0 && *part == "*" || part == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x509.md 1.1, the column of Go.
    #[test]
    fn names() {
        for (name, host, expected) in [
            ("a.example.com", "a.example.com", true),
            ("A.Example.COM", "a.example.com", true),
            ("a.example.com", "a.example.com.", true),
            ("a.example.com.", "a.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
            ("*.com", "example.com", true),
            ("*", "localhost", false),
            ("a-*.example.com", "a-b.example.com", false),
            ("under_score.example.com", "under_score.example.com", true),
        ] {
            let names = [name.to_owned()];
            assert_eq!(matches_name(&names, host), expected, "{name} {host}");
        }
    }

    #[test]
    fn addresses() {
        for (host, expected) in [
            ("203.0.113.10", Some("203.0.113.10")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("::ffff:203.0.113.10", Some("203.0.113.10")),
            ("example.com", None),
        ] {
            let shown = address(host).map(|address| address_text(&octets(address)));
            assert_eq!(shown.as_deref(), expected, "{host}");
        }
    }
}
