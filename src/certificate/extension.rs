//! Extensions of a certificate, read as Go reads them, with a note of what the OpenSSL family would make of them.

use super::alternative::AlternativeNames;
use super::constraint;
use super::constraint::NameConstraints;
use super::der::Reader;
use super::der::tag;
use super::der::unsigned;
use super::oid;
use super::policy::Policies;

/// One extension as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub(super) oid: Box<[u8]>,
    /// Whether whoever does not know it must refuse the certificate.
    pub critical: bool,
    pub(super) value: Box<[u8]>,
}

impl Extension {
    /// Its identifier, dotted.
    #[must_use]
    pub fn id(&self) -> String {
        oid::dotted(&self.oid)
    }
}

/// Whether the certificate may sign others, and how deep (RFC 5280, 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// It says that it is a CA.
    pub ca: bool,
    /// How many CAs may stand between it and a leaf.
    pub path_length: Option<u64>,
}

/// What the key may be used for (RFC 5280, 4.2.1.3): bit *n* of the norm is bit *n* here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    /// Signing handshakes.
    pub const DIGITAL_SIGNATURE: Self = Self(1);
    /// Diffie-Hellman with the certificate's own key.
    pub const KEY_AGREEMENT: Self = Self(1 << 4);
    /// Signing certificates.
    pub const CERT_SIGN: Self = Self(1 << 5);

    /// Whether any of the bits of `other` is set.
    #[must_use]
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// How a certificate names its issuer's key (RFC 5280, 4.2.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityKeyId {
    /// The issuer's subject key identifier.
    pub key: Option<Box<[u8]>>,
    /// The name of the issuer's issuer, as general names.
    pub(super) issuer: Option<Box<[u8]>>,
    /// The issuer's serial number.
    pub(super) serial: Option<Box<[u8]>>,
}

/// All extensions of a certificate.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    /// As they stand, in order.
    pub all: Vec<Extension>,
    /// `None` when it is absent.
    pub basic_constraints: Option<BasicConstraints>,
    /// `None` when it is absent: every use is allowed.
    pub key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<Vec<Box<[u8]>>>,
    /// `None` when it is absent.
    pub alternative_names: Option<AlternativeNames>,
    /// `None` when it is absent.
    pub name_constraints: Option<NameConstraints>,
    /// `None` when it is absent.
    pub subject_key_id: Option<Box<[u8]>>,
    /// `None` when it is absent.
    pub authority_key_id: Option<AuthorityKeyId>,
    pub(super) policies: Policies,
    /// What the key may be used for by Netscape's extension of 1995, which old scripts still write: bit 7 is the client's,
    /// the lowest three are a CA's.
    pub(super) netscape: Option<u8>,
    /// A critical extension that Go does not evaluate.
    pub(super) unhandled_by_go: bool,
    /// A critical extension that BoringSSL does not evaluate.
    pub(super) unhandled_by_boring: bool,
    /// A critical extension that OpenSSL does not evaluate.
    pub(super) unhandled_by_openssl: bool,
    /// What the OpenSSL family calls an invalid or inconsistent extension (`EXFLAG_INVALID`).
    pub(super) inconsistent: bool,
    /// A path length without a CA, which BoringSSL calls so, too.
    pub(super) has_idle_length: bool,
}

impl Extensions {
    /// Whether Go lets such a certificate serve: no extended key usage, or `serverAuth` or any among them.
    #[must_use]
    pub fn allows_serving(&self) -> bool {
        self.allows(oid::SERVER_AUTH)
    }

    /// Whether Go lets such a certificate be a client's: no extended key usage, or `clientAuth` or any among them.
    #[must_use]
    pub fn allows_sending(&self) -> bool {
        self.allows(oid::CLIENT_AUTH)
    }

    fn allows(&self, usage: &[u8]) -> bool {
        !self.restricts_usage() || self.names_usage(oid::ANY_USAGE) || self.names_usage(usage)
    }

    /// Whether extended key usage is restricted at all.
    #[must_use]
    pub const fn restricts_usage(&self) -> bool {
        self.extended_key_usage.is_some()
    }

    /// Whether the extended key usages name `usage`; `any` is another usage here.
    pub(super) fn names_usage(&self, usage: &[u8]) -> bool {
        self.extended_key_usage
            .iter()
            .flatten()
            .any(|named| **named == *usage)
    }

    pub(super) fn find(&self, oid: &[u8]) -> Option<&Extension> {
        self.all.iter().find(|extension| *extension.oid == *oid)
    }

    /// Whether the certificate wants an OCSP response stapled (RFC 7633).
    #[must_use]
    pub fn must_staple(&self) -> bool {
        self.find(oid::TLS_FEATURE).is_some_and(|feature| {
            let mut list = Reader(&feature.value).sequence();
            std::iter::from_fn(|| list.as_mut()?.integer()).any(|number| number == [5])
        })
    }

    /// Adds what `extension` says. The error is the text with which Go refuses the whole certificate; facts that the
    /// OpenSSL family reads all the same are kept.
    pub(super) fn read(&mut self, extension: &Extension) -> Result<(), String> {
        let value = &*extension.value;
        let is_common = is_known_to_both(&extension.oid);
        self.unhandled_by_boring |= extension.critical && !is_common;
        self.unhandled_by_openssl |=
            extension.critical && !is_common && !is_known_to_openssl(&extension.oid);
        let handled = match extension.oid.strip_prefix(oid::EXTENSION) {
            Some([number]) => {
                let outcome = self.read_standard(*number, value, extension.critical);
                // What is not read, they cannot read either.
                self.inconsistent |= outcome.is_err() && matches!(number, 15 | 19 | 31 | 37);
                outcome?
            }
            _ if *extension.oid == *oid::NETSCAPE_TYPE => {
                let octets = Reader(value).bits();
                self.netscape = octets.map(|octets| octets.first().copied().unwrap_or_default());
                false
            }
            _ if *extension.oid == *oid::AUTHORITY_INFO_ACCESS => {
                if extension.critical {
                    return Err("x509: authority info access incorrectly marked critical".into());
                }
                check_info_access(value).ok_or("x509: invalid authority info access")?;
                true
            }
            _ => false,
        };
        self.unhandled_by_go |= extension.critical && !handled;
        Ok(())
    }

    /// Reads the extension `id-ce number`; says whether Go evaluates it (go crypto/x509 parser.go, processExtensions).
    fn read_standard(&mut self, number: u8, value: &[u8], critical: bool) -> Result<bool, String> {
        match number {
            14 => {
                self.subject_key_id = Reader(value).tagged(tag::OCTET_STRING).map(Into::into);
                self.inconsistent |= self.subject_key_id.is_none();
                if critical {
                    return Err("x509: subject key identifier incorrectly marked critical".into());
                }
                self.subject_key_id
                    .as_ref()
                    .ok_or("x509: invalid subject key identifier")?;
            }
            15 => self.key_usage = Some(key_usage(value).ok_or("x509: invalid key usage")?),
            17 => return self.read_alternative_names(value),
            19 => {
                let constraints =
                    basic_constraints(value).ok_or("x509: invalid basic constraints")?;
                self.has_idle_length |= constraints.path_length.is_some() && !constraints.ca;
                self.basic_constraints = Some(constraints);
            }
            30 => {
                let reading = constraint::read(value);
                self.inconsistent |= reading.constraints.is_none();
                self.name_constraints = reading.constraints;
                return reading.go.map(|unhandled| !unhandled);
            }
            31 => {
                let mut points = Reader(value)
                    .sequence()
                    .ok_or("x509: invalid CRL distribution points")?;
                while !points.is_empty() {
                    points
                        .sequence()
                        .ok_or("x509: invalid CRL distribution point")?;
                }
            }
            32 | 33 | 36 | 54 => self.policies.read(number, value)?,
            35 => {
                self.authority_key_id = authority_key_id(value);
                self.inconsistent |= self.authority_key_id.is_none();
                if critical {
                    return Err("x509: authority key identifier incorrectly marked critical".into());
                }
                self.authority_key_id
                    .as_ref()
                    .ok_or("x509: invalid authority key identifier")?;
            }
            37 => {
                let usages = oids(value).ok_or("x509: invalid extended key usages")?;
                self.extended_key_usage = Some(usages);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_alternative_names(&mut self, value: &[u8]) -> Result<bool, String> {
        let mut names = AlternativeNames::default();
        let outcome = names.read(value);
        self.inconsistent |= names.is_malformed;
        let handled = !(names.dns.is_empty()
            && names.email.is_empty()
            && names.ip.is_empty()
            && names.uri.is_empty());
        self.alternative_names = Some(names);
        outcome.map(|()| handled)
    }
}

/// What `X509_supported_extension` names in BoringSSL and in OpenSSL.
fn is_known_to_both(oid: &[u8]) -> bool {
    matches!(
        oid.strip_prefix(oid::EXTENSION),
        Some([15 | 17 | 19 | 30 | 32 | 33 | 36 | 37 | 54])
    )
}

/// What it names in OpenSSL beyond that: Netscape's, CRL distribution points, address blocks and autonomous systems
/// (RFC 3779), proxy certificates (RFC 3820), `ocsp-nocheck`.
fn is_known_to_openssl(oid: &[u8]) -> bool {
    let is_pkix = matches!(oid.strip_prefix(oid::PKIX_EXTENSION), Some([7 | 8 | 14]));
    *oid == *oid::NETSCAPE_TYPE
        || *oid == *oid::OCSP_NOCHECK
        || is_pkix
        || oid.strip_prefix(oid::EXTENSION) == Some(&[31])
}

fn key_usage(value: &[u8]) -> Option<KeyUsage> {
    let octets = Reader(value).bits()?;
    let is_set = |bit: usize| {
        octets
            .get(bit / 8)
            .is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0)
    };
    Some(KeyUsage(
        (0..9)
            .filter(|bit| is_set(*bit))
            .fold(0, |usage, bit| usage | 1 << bit),
    ))
}

fn basic_constraints(value: &[u8]) -> Option<BasicConstraints> {
    let mut fields = Reader(value).sequence()?;
    let ca = match fields.peek() {
        Some(tag::BOOLEAN) => fields.boolean()?,
        _ => false,
    };
    let path_length = match fields.peek() {
        Some(tag::INTEGER) => Some(unsigned(fields.integer()?)?),
        _ => None,
    };
    Some(BasicConstraints { ca, path_length })
}

fn authority_key_id(value: &[u8]) -> Option<AuthorityKeyId> {
    let mut fields = Reader(value).sequence()?;
    let mut id = AuthorityKeyId::default();
    while !fields.is_empty() {
        let field = fields.any()?;
        match field.tag {
            0x80 => id.key = Some(field.content.into()),
            0xa1 => id.issuer = Some(field.content.into()),
            0x82 => id.serial = Some(field.content.into()),
            _ => {}
        }
    }
    Some(id)
}

fn oids(value: &[u8]) -> Option<Vec<Box<[u8]>>> {
    let mut list = Reader(value).sequence()?;
    let mut oids = Vec::new();
    while !list.is_empty() {
        oids.push(list.oid()?.into());
    }
    Some(oids)
}

fn check_info_access(value: &[u8]) -> Option<()> {
    let mut list = Reader(value).sequence()?;
    while !list.is_empty() {
        let mut access = list.sequence()?;
        access.oid()?;
        if access.peek() == Some(tag::context(6)) {
            access.any()?;
        }
    }
    Some(())
}
