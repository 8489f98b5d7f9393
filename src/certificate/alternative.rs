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
    /// Whether the OpenSSL family makes out no list of names at all.
    pub(super) is_malformed: bool,
}

impl AlternativeNames {
    /// The addresses as text.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        self.ip.iter().map(|ip| address_text(ip))
    }

    /// Adds the names of the extension's value: all of them as they stand, and by form those before the first that Go
    /// refuses (go crypto/x509 parser.go, parseSANExtension; the rule on mapped addresses since Go 1.27).
    pub(super) fn read(&mut self, value: &[u8]) -> Result<(), String> {
        let mut outer = Reader(value);
        let Some(mut names) = outer.sequence() else {
            self.is_malformed = true;
            return Err("x509: invalid subject alternative names".into());
        };
        while let Some(name) = names.any() {
            self.all.push((name.tag, name.content.into()));
        }
        // GeneralName has the choices [0] to [8]; [0], [3], [4] and [5] are constructed.
        let is_form = |tag: &u8| {
            matches!(
                tag,
                0xa0 | 0x81 | 0x82 | 0xa3 | 0xa4 | 0xa5 | 0x86 | 0x87 | 0x88
            )
        };
        let is_whole = names.is_empty() && outer.is_empty();
        self.is_malformed = !is_whole || !self.all.iter().all(|(tag, _)| is_form(tag));
        self.sort()?;
        match names.is_empty() {
            true => Ok(()),
            false => Err("x509: invalid subject alternative name".into()),
        }
    }

    fn sort(&mut self) -> Result<(), String> {
        let malformed = |form: &str| format!("x509: SAN {form} is malformed");
        for (tag, content) in &self.all {
            let text = || {
                let text = std::str::from_utf8(content).ok();
                text.filter(|text| text.is_ascii()).map(str::to_owned)
            };
            match tag {
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
                0x87 if is_mapped(content) => {
                    return Err("x509: SAN iPAddress contains IPv4-mapped IPv6 address".into());
                }
                0x87 if matches!(content.len(), 4 | 16) => {
                    self.ip.push(content.to_vec());
                }
                0x87 => {
                    let length = content.len();
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
