//! Distinguished names: as bytes for Go, folded for the OpenSSL family, as text for people.

use std::fmt;

use x509_parser::prelude::FromDer;

use super::der::Reader;
use super::der::tag;
use super::oid;

/// A subject or an issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    der: Box<[u8]>,
    folded: Box<[u8]>,
}

/// One attribute of a name, such as `CN=client`.
pub(super) struct Attribute<'d> {
    pub(super) kind: &'d [u8],
    pub(super) tag: u8,
    pub(super) value: &'d [u8],
    /// Whether it begins a new relative name rather than adding to the one before (`+`).
    pub(super) begins: bool,
}

impl Name {
    pub(super) fn new(der: &[u8]) -> Self {
        Self {
            der: der.into(),
            folded: fold(der).into(),
        }
    }

    /// The whole element in DER: what Go compares when it looks for issuers.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The form in which BoringSSL and OpenSSL compare names: ASCII case and runs of blanks folded, one string type
    /// for all (OpenSSL, `x509_name_canon`).
    #[must_use]
    pub fn folded(&self) -> &[u8] {
        &self.folded
    }

    /// Every common name, in order.
    pub fn common_names(&self) -> impl Iterator<Item = String> {
        self.values(oid::COMMON_NAME)
    }

    /// Every organisation, in order.
    pub fn organizations(&self) -> impl Iterator<Item = String> {
        self.values(oid::ORGANIZATION)
    }

    /// Whether the name has no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes().is_none_or(|all| all.is_empty())
    }

    /// The attributes in order; `None` when the name is not well formed.
    pub(super) fn attributes(&self) -> Option<Vec<Attribute<'_>>> {
        attributes(&self.der)
    }

    fn values(&self, kind: &'static [u8]) -> impl Iterator<Item = String> {
        self.attributes()
            .unwrap_or_default()
            .into_iter()
            .filter(move |attribute| attribute.kind == kind)
            .map(|attribute| text(attribute.tag, attribute.value).unwrap_or_default())
    }
}

/// `CN=client, O=Example`, as RFC 4514 writes it but in the certificate's own order.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match x509_parser::x509::X509Name::from_der(&self.der) {
            // A name may hold anything; a terminal must not obey it.
            Ok((_, name)) => f.write_str(&name.to_string().replace(char::is_control, "\u{fffd}")),
            Err(_) => f.write_str("(malformed name)"),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

fn attributes(der: &[u8]) -> Option<Vec<Attribute<'_>>> {
    let mut names = Reader(der).sequence()?;
    let mut all = Vec::new();
    while !names.is_empty() {
        let mut set = Reader(names.tagged(tag::SET)?);
        let mut begins = true;
        while !set.is_empty() {
            let mut pair = set.sequence()?;
            let kind = pair.oid()?;
            let value = pair.any()?;
            all.push(Attribute {
                kind,
                tag: value.tag,
                value: value.content,
                begins,
            });
            begins = false;
        }
    }
    Some(all)
}

/// A string's text, or why Go refuses it (go crypto/x509 parser.go, parseASN1String).
pub(super) fn text(tag: u8, value: &[u8]) -> Result<String, String> {
    let utf8 = |ok: bool, kind: &str| {
        let read = ok.then(|| String::from_utf8(value.to_vec()).ok()).flatten();
        read.ok_or_else(|| format!("invalid {kind}"))
    };
    match tag {
        tag::T61_STRING => Ok(value.iter().map(|octet| char::from(*octet)).collect()),
        tag::PRINTABLE_STRING => utf8(
            value.iter().all(|octet| is_printable(*octet)),
            "PrintableString",
        ),
        tag::UTF8_STRING => utf8(true, "UTF-8 string"),
        tag::BMP_STRING => two_octets(value).ok_or_else(|| "invalid BMPString".to_owned()),
        tag::IA5_STRING => utf8(value.is_ascii(), "IA5String"),
        tag::NUMERIC_STRING => utf8(
            value
                .iter()
                .all(|octet| octet.is_ascii_digit() || *octet == b' '),
            "NumericString",
        ),
        other => Err(format!("unsupported string type: {other}")),
    }
}

/// Go's PrintableString: the standard's set plus `*` and `&`.
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || (b'\''..=b')').contains(&octet)
        || (b'+'..=b'/').contains(&octet)
        || b" :=?*&".contains(&octet)
}

/// UCS-2, a trailing NUL stripped; surrogates and permanent non-characters refused.
fn two_octets(value: &[u8]) -> Option<String> {
    if !value.len().is_multiple_of(2) {
        return None;
    }
    let value = value.strip_suffix(&[0, 0]).unwrap_or(value);
    value
        .chunks_exact(2)
        .map(|pair| {
            let point = u32::from(pair[0]) << 8 | u32::from(pair[1]);
            let reserved = matches!(point, 0xfffe | 0xffff | 0xfdd0..=0xfdef);
            char::from_u32(point).filter(|_| !reserved)
        })
        .collect()
}

/// Kind and content of every attribute, strings folded. Each is written with its length, so that no two different names
/// come out alike; a name that is not well formed stays as it is.
fn fold(der: &[u8]) -> Vec<u8> {
    let Some(attributes) = attributes(der) else {
        return der.to_vec();
    };
    let mut folded = Vec::with_capacity(der.len());
    let mut put = |octets: &[u8]| {
        folded.extend((octets.len() as u64).to_be_bytes());
        folded.extend(octets);
    };
    for attribute in attributes {
        put(&[u8::from(attribute.begins)]);
        put(attribute.kind);
        match foldable(attribute.tag, attribute.value) {
            Some(text) => {
                put(&[tag::UTF8_STRING]);
                put(text.as_bytes());
            }
            None => {
                put(&[attribute.tag]);
                put(attribute.value);
            }
        }
    }
    folded
}

/// The folded text of a string type that OpenSSL folds (`ASN1_MASK_CANON`).
fn foldable(tag: u8, value: &[u8]) -> Option<String> {
    let text = match tag {
        tag::UTF8_STRING
        | tag::PRINTABLE_STRING
        | tag::IA5_STRING
        | tag::T61_STRING
        | tag::BMP_STRING => text(tag, value).ok()?,
        tag::VISIBLE_STRING if value.is_ascii() => text(tag::IA5_STRING, value).ok()?,
        tag::UNIVERSAL_STRING => value
            .chunks(4)
            .map(|four| char::from_u32(u32::from_be_bytes(four.try_into().ok()?)))
            .collect::<Option<String>>()?,
        _ => return None,
    };
    let is_blank = |c: char| c == ' ' || ('\t'..='\r').contains(&c);
    let words: Vec<&str> = text
        .split(is_blank)
        .filter(|word| !word.is_empty())
        .collect();
    Some(words.join(" ").to_ascii_lowercase())
}
