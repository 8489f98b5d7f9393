//! Certificate policies as written: the four extensions that say which policies hold along a path (RFC 5280, 4.2.1.4,
//! 4.2.1.5, 4.2.1.11 and 4.2.1.14).

use std::collections::BTreeSet;

use super::der::Reader;
use super::der::tag;
use super::der::unsigned;

/// An object identifier, as DER content octets.
pub(super) type Oid = Box<[u8]>;

/// What a certificate says of policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Policies {
    /// The policies under which it was issued; `None` when it names none.
    pub(super) named: Option<BTreeSet<Oid>>,
    /// What a policy of the issuer's domain is called in the subject's.
    pub(super) mappings: Vec<(Oid, Oid)>,
    /// After how many more certificates a policy is required.
    pub(super) require_explicit: Option<u64>,
    /// After how many more certificates mappings no longer count.
    pub(super) inhibit_mapping: Option<u64>,
    /// After how many more certificates `anyPolicy` no longer counts.
    pub(super) inhibit_any: Option<u64>,
    /// Whether BoringSSL cannot make sense of one of the extensions.
    pub(super) is_malformed: bool,
}

impl Policies {
    /// Reads the value of extension `id-ce number`, one of 32, 33, 36 and 54.
    ///
    /// # Errors
    /// The text with which Go refuses the certificate (go crypto/x509 parser.go, processExtensions).
    pub(super) fn read(&mut self, number: u8, value: &[u8]) -> Result<(), &'static str> {
        let outcome = match number {
            32 => self
                .read_named(value)
                .ok_or("x509: invalid certificate policies"),
            33 => self
                .read_mappings(value)
                .ok_or("x509: invalid policy mappings extension"),
            36 => self
                .read_limits(value)
                .ok_or("x509: invalid policy constraints extension"),
            _ => self
                .read_inhibit_any(value)
                .ok_or("x509: invalid inhibit any policy extension"),
        };
        self.is_malformed |= outcome.is_err();
        outcome
    }

    fn read_named(&mut self, value: &[u8]) -> Option<()> {
        let mut list = Reader(value).sequence()?;
        let mut named = BTreeSet::new();
        while !list.is_empty() {
            let policy = list.sequence()?.oid()?;
            if !named.insert(policy.into()) {
                return None;
            }
        }
        self.is_malformed |= named.is_empty();
        self.named = Some(named);
        Some(())
    }

    fn read_mappings(&mut self, value: &[u8]) -> Option<()> {
        let mut list = Reader(value).sequence()?;
        self.is_malformed |= list.is_empty();
        while !list.is_empty() {
            let mut mapping = list.sequence()?;
            let (issuer, subject) = (mapping.tagged(tag::OID)?, mapping.tagged(tag::OID)?);
            self.mappings.push((issuer.into(), subject.into()));
        }
        Some(())
    }

    fn read_limits(&mut self, value: &[u8]) -> Option<()> {
        let mut limits = Reader(value).sequence()?;
        self.is_malformed |= limits.is_empty();
        let mut limit = |number| {
            let present = limits.peek() == Some(tag::context(number));
            present
                .then(|| limits.tagged(tag::context(number)))
                .flatten()
        };
        self.require_explicit = limit(0).map(count);
        self.inhibit_mapping = limit(1).map(count);
        Some(())
    }

    fn read_inhibit_any(&mut self, value: &[u8]) -> Option<()> {
        self.inhibit_any = Some(count(Reader(value).integer()?));
        Some(())
    }
}

/// A number of certificates; more than there can be when it does not fit.
fn count(octets: &[u8]) -> u64 {
    unsigned(octets).unwrap_or(u64::MAX)
}
