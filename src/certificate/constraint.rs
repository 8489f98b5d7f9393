//! Name constraints as written, and the syntax of the names they speak of.

use std::fmt::Write;
use std::net::IpAddr;

use super::der::Element;
use super::der::Reader;
use super::der::tag;

/// What a name constraint compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// A domain, with or without a leading dot.
    Dns(String),
    /// A mailbox or a domain.
    Email(String),
    /// Address and mask: both of 4 or of 16 octets, if the constraint means anything.
    Ip(Vec<u8>, Vec<u8>),
    /// The host of a URI.
    Uri(String),
    /// A distinguished name, in DER.
    Directory(Vec<u8>),
    /// Another form; its context tag number.
    Other(u8),
}

impl Base {
    /// The number of its form in `GeneralName` (RFC 5280, 4.2.1.6).
    pub(super) const fn form(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Directory(_) => 4,
            Self::Uri(_) => 6,
            Self::Ip(..) => 7,
            Self::Other(form) => *form,
        }
    }
}

/// One entry of name constraints (RFC 5280, 4.2.1.10, `GeneralSubtree`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtree {
    /// What names are compared with.
    pub base: Base,
    /// Whether a minimum or a maximum is given, which nobody evaluates.
    pub is_bounded: bool,
}

/// The name constraints of a CA (RFC 5280, 4.2.1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Names of a form that occurs here must lie in one of these.
    pub permitted: Vec<Subtree>,
    /// Names must lie in none of these.
    pub excluded: Vec<Subtree>,
}

impl NameConstraints {
    /// How many there are, of either sort.
    pub(super) fn len(&self) -> usize {
        self.permitted.len() + self.excluded.len()
    }
}

/// What an extension of name constraints was read as.
pub(super) struct Reading {
    /// As the OpenSSL family takes them; `None` when that makes nothing of them.
    pub(super) constraints: Option<NameConstraints>,
    /// Whether some are of a form that Go does not evaluate, or the text with which it refuses the certificate.
    pub(super) go: Result<bool, String>,
}

/// Reads the extension, for Go as it does it (go crypto/x509 parser.go, parseNameConstraintsExtension).
pub(super) fn read(value: &[u8]) -> Reading {
    let malformed = || "x509: invalid NameConstraints extension".to_owned();
    let Some((permitted, excluded)) = subtrees(value) else {
        return Reading {
            constraints: None,
            go: Err(malformed()),
        };
    };
    let mut go = Ok(false);
    if permitted.is_empty() && excluded.is_empty() {
        go = Err("x509: empty name constraints extension".to_owned());
    }
    let mut list = |subtrees: &[u8]| {
        let mut subtrees = Reader(subtrees);
        let mut read = Vec::new();
        while !subtrees.is_empty() {
            let mut subtree = subtrees.sequence()?;
            let element = subtree.any()?;
            if let Ok(unhandled) = &mut go {
                match refusal(&element) {
                    Some(words) => go = Err(words),
                    None => *unhandled |= !matches!(element.tag, 0x81 | 0x82 | 0x86 | 0x87),
                }
            }
            read.push(Subtree {
                base: base(&element),
                is_bounded: !subtree.is_empty(),
            });
        }
        Some(read)
    };
    let constraints = list(permitted).zip(list(excluded));
    let constraints = constraints.map(|(permitted, excluded)| NameConstraints {
        permitted,
        excluded,
    });
    if constraints.is_none() && go.is_ok() {
        go = Err(malformed());
    }
    Reading { constraints, go }
}

/// The two lists, permitted and excluded; what is absent is empty.
fn subtrees(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = Reader(value);
    let mut both = outer.sequence()?;
    let mut optional = |number| match both.peek() {
        Some(next) if next == tag::constructed(number) => both.tagged(next),
        _ => Some(&[][..]),
    };
    let lists = (optional(0)?, optional(1)?);
    (outer.is_empty() && both.is_empty()).then_some(lists)
}

fn base(element: &Element<'_>) -> Base {
    let text = || String::from_utf8_lossy(element.content).into_owned();
    match element.tag {
        0x81 => Base::Email(text()),
        0x82 => Base::Dns(text()),
        0x86 => Base::Uri(text()),
        0x87 => {
            let (address, mask) = element.content.split_at(element.content.len() / 2);
            Base::Ip(address.to_vec(), mask.to_vec())
        }
        0xa4 => Base::Directory(element.content.to_vec()),
        other => Base::Other(other & 0x1f),
    }
}

/// The text with which Go refuses a certificate with such a base.
fn refusal(element: &Element<'_>) -> Option<String> {
    let is_text = matches!(element.tag, 0x81 | 0x82 | 0x86);
    let text = match std::str::from_utf8(element.content) {
        Ok(text) if text.is_ascii() || !is_text => text,
        _ if is_text => return Some("x509: invalid constraint value".to_owned()),
        _ => "",
    };
    let quoted = || go_quoted(text);
    let what = match element.tag {
        0x81 if text.contains('@') && Mailbox::read(text).is_some() => return None,
        0x81 if !text.contains('@') && is_domain(text, Leading::Dot) => return None,
        0x81 => format!("rfc822Name constraint {}", quoted()),
        0x82 if is_domain(text, Leading::Dot) => return None,
        0x82 => format!("dnsName constraint {}", quoted()),
        0x86 if text.parse::<IpAddr>().is_ok() => {
            format!("URI constraint {}: cannot be IP address", quoted())
        }
        0x86 if is_domain(text, Leading::Dot) => return None,
        0x86 => format!("URI constraint {}", quoted()),
        0x87 => return refusal_of_network(element.content),
        _ => return None,
    };
    Some(format!("x509: failed to parse {what}"))
}

fn refusal_of_network(content: &[u8]) -> Option<String> {
    let (address, mask) = match content.len() {
        length @ (8 | 32) => content.split_at(length / 2),
        length => {
            return Some(format!(
                "x509: IP constraint contained value of length {length}"
            ));
        }
    };
    let ones = mask.iter().map(|octet| octet.count_ones()).sum::<u32>();
    let leading = mask.iter().take_while(|octet| **octet == 0xff).count();
    let run = leading as u32 * 8 + mask.get(leading).map_or(0, |octet| octet.leading_ones());
    if ones != run {
        let mut shown = String::new();
        for octet in mask {
            let _ = write!(shown, "{octet:02x}");
        }
        return Some(format!(
            "x509: IP constraint contained invalid mask {shown}"
        ));
    }
    // Since Go 1.27.
    is_mapped(address).then(|| "x509: IP constraint contained IPv4-mapped IPv6 address".to_owned())
}

/// Whether the octets are an IPv4 address dressed as IPv6, `::ffff:a.b.c.d`.
pub(super) fn is_mapped(address: &[u8]) -> bool {
    address.len() == 16 && address.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
}

/// Whether a domain may begin with a dot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leading {
    Dot,
    Label,
}

/// Go's syntax of a domain: labels of visible ASCII, none empty, no dot at the end; nothing at all is one, too
/// (go crypto/x509 parser.go, domainNameValid).
pub(super) fn is_domain(text: &str, leading: Leading) -> bool {
    let rest = match leading {
        Leading::Dot => text.strip_prefix('.').unwrap_or(text),
        Leading::Label => text,
    };
    text.is_empty()
        || rest.split('.').all(|label| !label.is_empty())
            && rest.bytes().all(|octet| octet.is_ascii_graphic())
}

/// A mailbox of RFC 2821, `local@domain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) local: String,
    pub(super) domain: String,
}

impl Mailbox {
    /// Reads it as Go does (go crypto/x509 verify.go, parseRFC2821Mailbox).
    pub(super) fn read(text: &str) -> Option<Self> {
        let octets = text.as_bytes();
        let (local, rest) = match octets {
            [b'"', quoted @ ..] => quoted_local(quoted)?,
            plain => plain_local(plain)?,
        };
        let domain = std::str::from_utf8(rest.strip_prefix(b"@")?).ok()?;
        if !is_domain(domain, Leading::Label) {
            return None;
        }
        Some(Self {
            local: String::from_utf8_lossy(&local).into_owned(),
            domain: domain.to_owned(),
        })
    }
}

fn quoted_local(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut local = Vec::new();
    loop {
        let (&octet, after) = rest.split_first()?;
        rest = after;
        match octet {
            b'"' => return Some((local, rest)),
            b'\\' => {
                let (&escaped, after) = rest.split_first()?;
                if !matches!(escaped, 1..=9 | 11 | 12 | 14..=127) {
                    return None;
                }
                local.push(escaped);
                rest = after;
            }
            1..=8 | 11 | 12 | 14..=31 | 32 | 33 | 35..=91 | 93..=127 => local.push(octet),
            _ => return None,
        }
    }
}

fn plain_local(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut local = Vec::new();
    while let Some((&octet, after)) = rest.split_first() {
        if octet == b'\\' {
            let (&escaped, after) = after.split_first()?;
            local.push(escaped);
            rest = after;
        } else if octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&octet) {
            local.push(octet);
            rest = after;
        } else {
            break;
        }
    }
    let dotted = local.first() == Some(&b'.')
        || local.last() == Some(&b'.')
        || local.windows(2).any(|pair| pair == b"..");
    (!local.is_empty() && !dotted).then_some((local, rest))
}

/// The text as Go's `%q` prints it.
pub(super) fn go_quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            c if c.is_ascii_control() => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for (text, leading, valid) in [
            ("", Leading::Label, true),
            ("example.com", Leading::Label, true),
            ("*.example.com", Leading::Label, true),
            ("under_score.example", Leading::Label, true),
            ("example.com.", Leading::Label, false),
            (".example.com", Leading::Label, false),
            (".example.com", Leading::Dot, true),
            ("a..b", Leading::Dot, false),
            ("a b", Leading::Label, false),
        ] {
            assert_eq!(is_domain(text, leading), valid, "{text}");
        }
    }

    #[test]
    fn mailboxes() {
        let read = |text| Mailbox::read(text).map(|mailbox| (mailbox.local, mailbox.domain));
        let pair = |local: &str, domain: &str| Some((local.to_owned(), domain.to_owned()));
        assert_eq!(read("a.b@Example.com"), pair("a.b", "Example.com"));
        assert_eq!(read("\"a b\"@example.com"), pair("a b", "example.com"));
        for bad in ["", "a", "@b", ".a@b", "a..b@c", "a@b.", "\"a@b"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(go_quoted("a\"b\\\n\u{1}ü'"), "\"a\\\"b\\\\\\n\\x01ü'\"");
    }
}
