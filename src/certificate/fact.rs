//! One certificate: DER to facts.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use sha2::Digest;
use time::OffsetDateTime;

use super::der::Reader;
use super::der::is_minimal;
use super::der::tag;
use super::der::unsigned;
use super::extension::Extension;
use super::extension::Extensions;
use super::instant;
use super::instant::Instant;
use super::name;
use super::name::Name;
use super::oid;
use super::public_key::PublicKey;
use super::signature::Algorithm;
use super::signature::Signatures;

/// SHA-256 of a certificate's DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// Upper-case hexadecimal with colons, as `openssl x509 -fingerprint -sha256` prints it.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, octet) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { ":" };
            write!(f, "{separator}{octet:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// An end of a certificate's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    NotBefore,
    NotAfter,
}

/// What a certificate says about itself.
///
/// Reading is as lenient as the OpenSSL family's; what Go refuses beyond that is kept in [`Certificate::refused_by_go`].
#[derive(Clone)]
pub struct Certificate {
    /// The whole certificate.
    pub der: Arc<[u8]>,
    tbs: Range<usize>,
    /// SHA-256 of [`Certificate::der`].
    pub fingerprint: Fingerprint,
    /// 1 to 3 (4 and more are refused by Go).
    pub version: u64,
    /// Content octets of the serial number, two's complement.
    pub serial: Box<[u8]>,
    /// Who issued it.
    pub issuer: Name,
    /// Who it is about.
    pub subject: Name,
    /// First second of its validity, UTC.
    pub not_before: OffsetDateTime,
    /// Last second of its validity, UTC.
    pub not_after: OffsetDateTime,
    /// The key that it certifies.
    pub public_key: PublicKey,
    /// How it is signed.
    pub algorithm: Algorithm,
    pub(super) signature: Box<[u8]>,
    /// What it says beyond that.
    pub extensions: Extensions,
    /// Which end of its validity is written as only lenient readers understand it: without seconds, or with an offset.
    pub(super) odd_time: Option<Limit>,
    /// Whether BoringSSL's parser refuses it although OpenSSL's does not: by its serial number, its version, or fields that
    /// its version does not have.
    pub(super) is_refused_by_boring: bool,
    /// Go's words when its parser refuses this certificate although others read it.
    pub refused_by_go: Option<String>,
}

impl Certificate {
    /// Reads one certificate; what follows it is an offence to Go only.
    ///
    /// # Errors
    /// The text with which Go's parser refuses what no reader can make sense of (go crypto/x509 parser.go,
    /// parseCertificate).
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let mut refusal = Refusal(None);
        // Go stops at the first offence.
        Self::read_fields(der, &mut refusal).map_err(|words| refusal.0.take().unwrap_or(words))
    }

    fn read_fields(der: &[u8], refusal: &mut Refusal) -> Result<Self, String> {
        let mut input = Reader(der);
        let whole = input
            .element(tag::SEQUENCE)
            .ok_or("x509: malformed certificate")?;
        let mut outer = Reader(whole.content);
        let tbs = outer
            .element(tag::SEQUENCE)
            .ok_or("x509: malformed tbs certificate")?;
        let mut fields = Reader(tbs.content);

        let is_explicit = fields.peek() == Some(tag::constructed(0));
        let version = version(&mut fields).ok_or("x509: malformed version")?;
        refusal.when(version > 3, "x509: invalid version");
        let serial = serial(&mut fields, refusal)?;
        let algorithm = algorithm(&mut fields, &mut outer, refusal)?;
        let issuer = distinguished_name(&mut fields, refusal)?;
        let mut validity = fields.sequence().ok_or("x509: malformed validity")?;
        let not_before = instant::read(validity.any())?;
        let not_after = instant::read(validity.any())?;
        for words in [&not_before, &not_after].map(|limit| limit.refused_by_go) {
            words.into_iter().for_each(|words| refusal.record(words));
        }
        let odd_time = odd_limit(&not_before, &not_after);
        let subject = distinguished_name(&mut fields, refusal)?;
        let public_key = public_key(&mut fields)?;
        if let Err(words) = public_key.check_as_go() {
            refusal.record(words);
        }
        let unknown_to_version = match version {
            1 => is_explicit || !fields.is_empty(),
            2 => holds_extensions(fields),
            _ => version > 3,
        };
        let extensions = extensions(&mut fields, version, refusal)?;
        let signature = outer.bits().ok_or("x509: malformed signature")?;
        refusal.when(!input.is_empty(), "x509: trailing data");

        let start = tbs.whole.as_ptr() as usize - whole.whole.as_ptr() as usize;
        Ok(Self {
            der: whole.whole.into(),
            tbs: start..start + tbs.whole.len(),
            fingerprint: Fingerprint(sha2::Sha256::digest(whole.whole).into()),
            version,
            serial: serial.into(),
            issuer,
            subject,
            not_before: not_before.time,
            not_after: not_after.time,
            public_key,
            algorithm,
            signature: signature.into(),
            extensions,
            odd_time,
            is_refused_by_boring: unknown_to_version || !is_minimal(serial),
            refused_by_go: refusal.0.take(),
        })
    }

    /// The octets that the signature covers.
    pub(super) fn signed(&self) -> &[u8] {
        &self.der[self.tbs.clone()]
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject.folded() == self.issuer.folded()
    }

    /// Whether it says that it is a CA.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.extensions
            .basic_constraints
            .is_some_and(|constraints| constraints.ca)
    }

    /// Whether it issued `child`: by name, and its key made the signature.
    #[must_use]
    pub fn issued(&self, child: &Self, signatures: &Signatures) -> bool {
        self.subject.folded() == child.issuer.folded()
            && child.algorithm.fits(self.public_key.kind)
            && signatures.hold(child, self)
    }

    /// Whether its authority key identifier is the subject key identifier of `issuer`.
    #[must_use]
    pub fn names_key_of(&self, issuer: &Self) -> bool {
        let named = self.extensions.authority_key_id.as_ref();
        let named = named.and_then(|id| id.key.as_ref());
        named.is_some() && named == issuer.extensions.subject_key_id.as_ref()
    }

    /// What people call it: its common name, else its organisation, else its serial number (as Go's hints do).
    #[must_use]
    pub fn label(&self) -> String {
        let named = |name: Option<String>| name.filter(|name| !name.is_empty());
        named(self.subject.common_names().last())
            .or_else(|| self.subject.organizations().next())
            .unwrap_or_else(|| {
                let serial = num_bigint::BigInt::from_signed_bytes_be(&self.serial);
                format!("serial:{serial}")
            })
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", self.subject, self.fingerprint)
    }
}

/// The first reason for which Go refuses the certificate.
struct Refusal(Option<String>);

impl Refusal {
    fn record(&mut self, words: impl Into<String>) {
        if self.0.is_none() {
            self.0 = Some(words.into());
        }
    }

    fn when(&mut self, refused: bool, words: &str) {
        if refused {
            self.record(words);
        }
    }
}

fn serial<'d>(fields: &mut Reader<'d>, refusal: &mut Refusal) -> Result<&'d [u8], String> {
    let serial = fields
        .tagged(tag::INTEGER)
        .ok_or("x509: malformed serial number")?;
    refusal.when(!is_minimal(serial), "x509: malformed serial number");
    let negative = serial.first().is_some_and(|first| first & 0x80 != 0);
    refusal.when(negative, "x509: negative serial number");
    Ok(serial)
}

/// The limit that is written as no Certificate may have it; of two the first.
fn odd_limit(not_before: &Instant, not_after: &Instant) -> Option<Limit> {
    match (not_before.is_odd, not_after.is_odd) {
        (true, _) => Some(Limit::NotBefore),
        (_, true) => Some(Limit::NotAfter),
        _ => None,
    }
}

/// How it is signed, which it says twice.
fn algorithm(
    fields: &mut Reader<'_>,
    outer: &mut Reader<'_>,
    refusal: &mut Refusal,
) -> Result<Algorithm, String> {
    let inner = fields
        .tagged(tag::SEQUENCE)
        .ok_or("x509: malformed signature algorithm identifier")?;
    let identifier = outer
        .tagged(tag::SEQUENCE)
        .ok_or("x509: malformed algorithm identifier")?;
    refusal.when(
        inner != identifier,
        "x509: inner and outer signature algorithm identifiers don't match",
    );
    let mut identifier = Reader(identifier);
    let signature_oid = identifier.oid().ok_or("x509: malformed OID")?;
    Ok(Algorithm::of(signature_oid, identifier.0))
}

fn holds_extensions(mut fields: Reader<'_>) -> bool {
    std::iter::from_fn(|| fields.any()).any(|field| field.tag == tag::constructed(3))
}

fn version(fields: &mut Reader<'_>) -> Option<u64> {
    if fields.peek() != Some(tag::constructed(0)) {
        return Some(1);
    }
    let number = Reader(fields.tagged(tag::constructed(0))?).integer()?;
    unsigned(number)?.checked_add(1)
}

fn distinguished_name(fields: &mut Reader<'_>, refusal: &mut Refusal) -> Result<Name, String> {
    let whole = fields
        .element(tag::SEQUENCE)
        .ok_or("x509: malformed issuer")?
        .whole;
    let read = Name::new(whole);
    match read.attributes() {
        None => refusal.record("x509: invalid RDNSequence"),
        Some(attributes) => {
            let refused = attributes
                .iter()
                .find_map(|attribute| name::text(attribute.tag, attribute.value).err());
            if let Some(why) = refused {
                refusal.record(format!(
                    "x509: invalid RDNSequence: invalid attribute value: {why}"
                ));
            }
        }
    }
    Ok(read)
}

fn public_key(fields: &mut Reader<'_>) -> Result<PublicKey, String> {
    let mut info = fields.sequence().ok_or("x509: malformed spki")?;
    let mut identifier = info
        .sequence()
        .ok_or("x509: malformed public key algorithm identifier")?;
    let algorithm = identifier.oid().ok_or("x509: malformed OID")?;
    let octets = info.bits().ok_or("x509: malformed subjectPublicKey")?;
    Ok(PublicKey::new(algorithm, identifier.0, octets))
}

fn extensions(
    fields: &mut Reader<'_>,
    version: u64,
    refusal: &mut Refusal,
) -> Result<Extensions, String> {
    let mut extensions = Extensions::default();
    if version > 1 {
        // issuerUniqueID and subjectUniqueID
        for number in [1, 2] {
            if fields.peek() == Some(tag::context(number)) {
                fields.any();
            }
        }
    }
    if version != 3 || fields.peek() != Some(tag::constructed(3)) {
        return Ok(extensions);
    }
    let malformed = || "x509: malformed extensions".to_owned();
    let mut list = fields
        .tagged(tag::constructed(3))
        .and_then(|inside| Reader(inside).sequence())
        .ok_or_else(malformed)?;
    let mut seen = BTreeSet::new();
    while !list.is_empty() {
        let mut parts = list.sequence().ok_or("x509: malformed extension")?;
        let extension = extension(&mut parts, refusal)?;
        if !seen.insert(extension.oid.clone()) {
            let id = oid::dotted(&extension.oid);
            refusal.record(format!(
                "x509: certificate contains duplicate extension with OID \"{id}\""
            ));
            extensions.inconsistent = true;
        }
        extensions.all.push(extension);
    }
    // Go looks at contents only after it has seen all of them.
    for extension in extensions.all.clone() {
        if let Err(words) = extensions.read(&extension) {
            refusal.record(words);
        }
    }
    Ok(extensions)
}

fn extension(parts: &mut Reader<'_>, refusal: &mut Refusal) -> Result<Extension, String> {
    let oid = parts.oid().ok_or("x509: malformed extension OID field")?;
    let critical = match parts.peek() {
        Some(tag::BOOLEAN) => {
            let mut flag = *parts;
            parts.any();
            let read = flag.boolean();
            refusal.when(read.is_none(), "x509: malformed extension critical field");
            read.unwrap_or(true)
        }
        _ => false,
    };
    let value = parts
        .tagged(tag::OCTET_STRING)
        .ok_or("x509: malformed extension value field")?;
    Ok(Extension {
        oid: oid.into(),
        critical,
        value: value.into(),
    })
}
