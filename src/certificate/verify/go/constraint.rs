//! Go's name constraints (constraints.go of 1.26): every CA on the path against every certificate below it.

use std::net::IpAddr;
use std::sync::Arc;

use super::super::Cause;
use super::super::Failure;
use super::super::NAME_CHECK_MAX;
use super::super::Stop;
use crate::certificate::Certificate;
use crate::certificate::alternative::AlternativeNames;
use crate::certificate::alternative::address_text;
use crate::certificate::constraint::Base;
use crate::certificate::constraint::Leading;
use crate::certificate::constraint::Mailbox;
use crate::certificate::constraint::NameConstraints;
use crate::certificate::constraint::Subtree;
use crate::certificate::constraint::go_quoted;
use crate::certificate::constraint::is_domain;
use crate::certificate::uri;

/// Whether all names on the path are allowed by all CAs above them.
///
/// # Errors
/// A name that is not; unknown, when there are more comparisons than [`NAME_CHECK_MAX`].
pub(super) fn check(path: &[Arc<Certificate>]) -> Result<(), Stop> {
    for (depth, certificate) in path.iter().enumerate() {
        let Some(names) = &certificate.extensions.alternative_names else {
            continue;
        };
        let above = path[depth + 1..].iter();
        let constraints: Vec<_> = above
            .filter_map(|ca| ca.extensions.name_constraints.as_ref())
            .collect();
        if constraints.is_empty() {
            continue;
        }
        let count: usize = constraints
            .iter()
            .map(|constraints| constraints.len())
            .sum();
        if names.all.len().saturating_mul(count) > NAME_CHECK_MAX {
            return Err(Stop::Unknown(
                "too many names and name constraints".to_owned(),
            ));
        }
        let refuse = |words: String| {
            let words = format!(
                "x509: a root or intermediate certificate is not authorized to sign for this name: {words}"
            );
            Failure::new(Cause::NameConstraint, words, depth, certificate)
        };
        let names = Names::read(names).map_err(refuse)?;
        for constraints in constraints {
            names.check(constraints).map_err(refuse)?;
        }
    }
    Ok(())
}

/// The names of one certificate, in the form in which constraints are compared.
struct Names<'c> {
    given: &'c AlternativeNames,
    /// Each URI and its host.
    hosts: Vec<(&'c str, String)>,
    /// Each mailbox, its domain in lower case.
    mailboxes: Vec<Mailbox>,
}

impl<'c> Names<'c> {
    fn read(given: &'c AlternativeNames) -> Result<Self, String> {
        let hosts = given
            .uri
            .iter()
            .map(|uri| Ok((uri.as_str(), uri_host(uri)?)));
        let mailboxes = given.email.iter().map(|email| {
            let mailbox = Mailbox::read(email)
                .ok_or_else(|| format!("cannot parse rfc822Name {}", go_quoted(email)))?;
            Ok(lower(mailbox))
        });
        Ok(Self {
            given,
            hosts: hosts.collect::<Result<_, String>>()?,
            mailboxes: mailboxes.collect::<Result<_, String>>()?,
        })
    }

    /// In Go's order: addresses, host names, URIs, mailboxes.
    fn check(&self, constraints: &NameConstraints) -> Result<(), String> {
        for ip in &self.given.ip {
            let find = |bases: &[Subtree]| broadest_network(bases, ip);
            judge("IP address", &address_text(ip), constraints, 7, find)?;
        }
        for dns in &self.given.dns {
            if !is_domain(dns, Leading::Label) {
                return Err(format!("x509: cannot parse dnsName {}", go_quoted(dns)));
            }
            judge_domain("DNS name", dns, dns, constraints, 2)?;
        }
        for (uri, host) in &self.hosts {
            judge_domain("URI", uri, host, constraints, 6)?;
        }
        for mailbox in &self.mailboxes {
            let shown = format!("{}@{}", mailbox.local, mailbox.domain);
            let exact = |bases: &[Subtree]| {
                let mut mailboxes = bases.iter().filter_map(|subtree| match &subtree.base {
                    Base::Email(text) => Mailbox::read(text),
                    _ => None,
                });
                mailboxes
                    .any(|other| lower(other) == *mailbox)
                    .then(|| shown.clone())
            };
            let permitted = |bases: &[Subtree]| {
                exact(bases).or_else(|| broadest(&domains(bases, 1), &mailbox.domain))
            };
            let excluded = |bases: &[Subtree]| {
                permitted(bases).or_else(|| wildcard(&domains(bases, 1), &mailbox.domain))
            };
            let permits = !constraints
                .permitted
                .iter()
                .any(|subtree| subtree.base.form() == 1)
                || permitted(&constraints.permitted).is_some();
            finish(
                "email address",
                &shown,
                permits,
                excluded(&constraints.excluded),
            )?;
        }
        Ok(())
    }
}

fn lower(mailbox: Mailbox) -> Mailbox {
    Mailbox {
        domain: mailbox.domain.to_ascii_lowercase(),
        ..mailbox
    }
}

/// A domain against the constraints of one form; `shown` is what messages name.
fn judge_domain(
    kind: &str,
    shown: &str,
    domain: &str,
    constraints: &NameConstraints,
    form: u8,
) -> Result<(), String> {
    let permitted = domains(&constraints.permitted, form);
    let excluded = domains(&constraints.excluded, form);
    let permits = permitted.is_empty() || broadest(&permitted, domain).is_some();
    let excludes = broadest(&excluded, domain).or_else(|| wildcard(&excluded, domain));
    finish(kind, shown, permits, excludes)
}

fn judge(
    kind: &str,
    shown: &str,
    constraints: &NameConstraints,
    form: u8,
    find: impl Fn(&[Subtree]) -> Option<String>,
) -> Result<(), String> {
    let permits = !constraints
        .permitted
        .iter()
        .any(|subtree| subtree.base.form() == form)
        || find(&constraints.permitted).is_some();
    finish(kind, shown, permits, find(&constraints.excluded))
}

fn finish(kind: &str, shown: &str, permits: bool, excludes: Option<String>) -> Result<(), String> {
    let shown = go_quoted(shown);
    if !permits {
        return Err(format!("{kind} {shown} is not permitted by any constraint"));
    }
    match excludes {
        Some(base) => {
            let base = go_quoted(&base);
            Err(format!("{kind} {shown} is excluded by constraint {base}"))
        }
        None => Ok(()),
    }
}

/// The domains among the bases of one form; whole mailboxes are no domains.
fn domains(bases: &[Subtree], form: u8) -> Vec<&str> {
    bases
        .iter()
        .filter(|subtree| subtree.base.form() == form)
        .filter_map(|subtree| match &subtree.base {
            Base::Dns(text) | Base::Uri(text) => Some(text.as_str()),
            Base::Email(text) if !text.contains('@') => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// The shortest of the domains that hold `name`: Go drops the narrower ones before it searches.
fn broadest(domains: &[&str], name: &str) -> Option<String> {
    let mut holding: Vec<&&str> = domains
        .iter()
        .filter(|domain| holds(domain, name))
        .collect();
    holding.sort_by_key(|domain| domain.len());
    holding.first().map(|domain| (**domain).to_owned())
}

/// `dnsHasSuffix`, and an empty domain holds everything.
fn holds(domain: &str, name: &str) -> bool {
    let (domain, name) = (domain.to_ascii_lowercase(), name.to_ascii_lowercase());
    match name.strip_suffix(&domain) {
        None => false,
        Some(front) => {
            front.is_empty() || domain.is_empty() || domain.starts_with('.') || front.ends_with('.')
        }
    }
}

/// The excluded domain below which a wildcard name could match: `*.example.com` against `a.example.com`.
fn wildcard(domains: &[&str], name: &str) -> Option<String> {
    let parent = |text: &str| text.find('.').map(|dot| text[dot..].to_owned());
    let name = name.strip_prefix('*')?.to_ascii_lowercase();
    let above = parent(&name)?;
    let mut lowered = domains.iter().map(|domain| domain.to_ascii_lowercase());
    lowered.find(|domain| parent(domain).as_ref() == Some(&above))
}

/// The widest network that holds the address, as Go prints networks.
fn broadest_network(bases: &[Subtree], ip: &[u8]) -> Option<String> {
    let mut networks: Vec<(u32, Vec<u8>)> = bases
        .iter()
        .filter_map(|subtree| match &subtree.base {
            Base::Ip(address, mask) if address.len() == ip.len() => {
                let masked = |octets: &[u8]| -> Vec<u8> {
                    octets
                        .iter()
                        .zip(mask)
                        .map(|(octet, mask)| octet & mask)
                        .collect()
                };
                let ones = mask.iter().map(|octet| octet.count_ones()).sum();
                (masked(address) == masked(ip)).then(|| (ones, masked(address)))
            }
            _ => None,
        })
        .collect();
    networks.sort();
    let (ones, address) = networks.first()?;
    Some(format!("{}/{ones}", address_text(address)))
}

/// The host of a URI, without its port; Go's words when there is none to compare.
fn uri_host(text: &str) -> Result<String, String> {
    let quoted = go_quoted(text);
    let host = uri::host(text).to_ascii_lowercase();
    if host.is_empty() {
        return Err(format!(
            "URI with empty host ({quoted}) cannot be matched against constraints"
        ));
    }
    let host = match host.rsplit_once(':') {
        Some((name, _port)) if !host.ends_with(']') => name.to_owned(),
        _ => host,
    };
    if host.parse::<IpAddr>().is_ok() || host.starts_with('[') && host.ends_with(']') {
        return Err(format!(
            "URI with IP ({quoted}) cannot be matched against constraints"
        ));
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes() {
        for (domain, name, expected) in [
            ("example.com", "example.com", true),
            ("example.com", "a.EXAMPLE.com", true),
            ("example.com", "anexample.com", false),
            (".example.com", "a.example.com", true),
            (".example.com", "example.com", false),
            ("", "example.com", true),
        ] {
            assert_eq!(holds(domain, name), expected, "{domain} {name}");
        }
        assert_eq!(
            wildcard(&["a.example.com"], "*.example.com").as_deref(),
            Some("a.example.com")
        );
        assert_eq!(wildcard(&["a.example.com"], "*.other.com"), None);
    }
}
