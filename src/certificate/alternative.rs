//! Subject alternative names: the hosts, addresses and identities that a certificate stands for.

use std::net::IpAddr;

use super::constraint::is_mapped;
use super::der::Reader;
use super::uri;

/// The names that a certificate stands for (RFC 5280, 4.2.1.6), by form, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlternativeNames {
    /// Host names, wildcards included.
    pub dns: Vec<String>,
    /// Mailboxes.
    pub email: Vec<String>,
    /// Addresses, 4 or 16 octets each.
    pub ip: Vec<Vec<u8>>,
    /// URIs, such as SPIFFE identities.
    pub uri: Vec<String>,
    /// Every name in order: its context tag and content.
    pub(super) all: Vec<(u8, Box<[u8]>)>,
}

impl AlternativeNames {
    /// The addresses as text.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        self.ip.iter().map(|ip| address_text(ip))
    }

    /// Adds the names of the extension's value up to the first that Go refuses (go crypto/x509 parser.go,
    /// parseSANExtension; the rule on mapped addresses since Go 1.27).
    pub(super) fn read(&mut self, value: &[u8]) -> Result<(), String> {
        let malformed = |form: &str| format!("x509: SAN {form} is malformed");
        let mut names = Reader(value)
            .sequence()
            .ok_or("x509: invalid subject alternative names")?;
        while !names.is_empty() {
            let name = names
                .any()
                .ok_or("x509: invalid subject alternative name")?;
            self.all.push((name.tag, name.content.into()));
            let text = || {
                let text = std::str::from_utf8(name.content).ok();
                text.filter(|text| text.is_ascii()).map(str::to_owned)
            };
            match name.tag {
                0x81 => self
                    .email
                    .push(text().ok_or_else(|| malformed("rfc822Name"))?),
                0x82 => self.dns.push(text().ok_or_else(|| malformed("dNSName"))?),
                0x86 => {
                    let uri = text().ok_or_else(|| malformed("uniformResourceIdentifier"))?;
                    if let Some(why) = uri::refusal(&uri) {
                        return Err(format!("x509: cannot parse URI {why}"));
                    }
                    self.uri.push(uri);
                }
                0x87 if is_mapped(name.content) => {
                    return Err("x509: SAN iPAddress contains IPv4-mapped IPv6 address".into());
                }
                0x87 if matches!(name.content.len(), 4 | 16) => {
                    self.ip.push(name.content.to_vec());
                }
                0x87 => {
                    let length = name.content.len();
                    return Err(format!("x509: cannot parse IP address of length {length}"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// 4 or 16 octets as text.
pub(super) fn address_text(ip: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(ip) {
        return IpAddr::from(four).to_string();
    }
    <[u8; 16]>::try_from(ip).map_or_else(|_| "?".to_owned(), |six| IpAddr::from(six).to_string())
}
