//! BoringSSL and OpenSSL 3 (`X509_verify_cert`) as gateways set them to verify clients: one greedy path, then its
//! extensions, keys, signatures, times and names.

use std::sync::Arc;

use time::OffsetDateTime;

use super::Cause;
use super::Failure;
use super::Path;
use super::Question;
use super::SYSTEM_ROOTS;
use super::Stop;
use super::Trust;
use super::Verdict;
use super::boring_chain;
use super::distinct;
use super::openssl_chain;
use super::policy;
use crate::certificate::Certificate;
use crate::certificate::Signatures;
use crate::certificate::der::Reader;
use crate::certificate::extension::KeyUsage;
use crate::certificate::fact::Limit;
use crate::certificate::name::Name;
use crate::certificate::oid;
use crate::certificate::public_key::KeyKind;
use crate::certificate::signature::Algorithm;

mod constraint;
mod strength;

/// Which of the two libraries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    Boring,
    OpenSsl,
}

/// How a gateway sets its library up.
pub(super) struct Profile {
    pub(super) library: Library,
    /// Whether any trusted certificate ends a path, not only a self-signed one (`X509_V_FLAG_PARTIAL_CHAIN`).
    pub(super) partial: bool,
    /// The least strength in bits of keys and digests; 0 for none (`SSL_CTX_set_security_level`).
    pub(super) strength: u16,
}

/// Envoy's default validator, downstream (envoy source/common/tls/cert_validator/default_validator.cc).
pub(super) const ENVOY: Profile = Profile {
    library: Library::Boring,
    partial: true,
    strength: 0,
};

/// NGINX and HAProxy on an OpenSSL whose default security level is 2, that is 112 bits.
pub(super) const NGINX: Profile = Profile {
    library: Library::OpenSsl,
    partial: false,
    strength: 112,
};

/// The most CAs on a path: OpenSSL's and BoringSSL's default `X509_VERIFY_PARAM` depth.
pub(super) const MAX_DEPTH: usize = 100;

/// The verifier's view while it works.
pub(super) struct Search<'q> {
    pub(super) profile: &'q Profile,
    pub(super) trusted: Path,
    pub(super) now: OffsetDateTime,
}

/// A path, and how many of its certificates came from the peer: the others are trusted.
pub(super) struct Chain {
    pub(super) path: Path,
    pub(super) sent: usize,
}

pub(super) fn verify(
    profile: &Profile,
    leaf: &Arc<Certificate>,
    sent: &[Arc<Certificate>],
    question: &Question<'_>,
    signatures: &Signatures,
) -> Verdict {
    let Trust::Given(trusted) = question.trust else {
        return Verdict::Unknown(SYSTEM_ROOTS.to_owned());
    };
    let now = question.now;
    let search = Search {
        profile,
        trusted: distinct(trusted),
        now: now.replace_nanosecond(0).unwrap_or(now),
    };
    search.run(leaf, sent, signatures).into()
}

impl Search<'_> {
    fn run(
        &self,
        leaf: &Arc<Certificate>,
        sent: &[Arc<Certificate>],
        signatures: &Signatures,
    ) -> Result<(), Stop> {
        if self.profile.library == Library::Boring {
            let chain = || std::iter::once(leaf).chain(sent).chain(&self.trusted);
            if let Some(odd) = chain().find(|one| one.is_refused_by_boring) {
                let depth = chain().position(|one| one.fingerprint == odd.fingerprint);
                let words = "the certificate cannot be parsed";
                let depth = depth.unwrap_or_default();
                return Err(Failure::new(Cause::Unreadable, words, depth, odd).into());
            }
        }
        // OpenSSL judges the leaf's key before it looks for issuers.
        if strength::of_key(leaf).is_some_and(|bits| bits < self.profile.strength) {
            return Err(weak_key(leaf, 0).into());
        }
        let chain = match self.profile.library {
            Library::Boring => boring_chain::build(self, leaf, sent)?,
            Library::OpenSsl => openssl_chain::build(self, leaf, sent)?,
        };
        self.check_extensions(&chain)?;
        self.check_strength(&chain.path)?;
        self.check_signatures_and_times(&chain.path, signatures)?;
        constraint::check(&chain.path, self.profile.library)?;
        match self.profile.library {
            Library::Boring => Ok(policy::check_as_boring(&chain.path)?),
            // Only with flags that gateways do not set.
            Library::OpenSsl => Ok(()),
        }
    }

    /// `check_chain_extensions`: BoringSSL looks at what the peer sent only, OpenSSL at the anchor, too.
    fn check_extensions(&self, chain: &Chain) -> Result<(), Failure> {
        let boring = self.profile.library == Library::Boring;
        let judged = if boring { chain.sent } else { chain.path.len() };
        let mut below = 0;
        for (depth, certificate) in chain.path.iter().enumerate().take(judged) {
            let fail = |cause, words: &str| Err(Failure::new(cause, words, depth, certificate));
            let extensions = &certificate.extensions;
            let unhandled = match self.profile.library {
                Library::Boring => extensions.unhandled_by_boring,
                Library::OpenSsl => extensions.unhandled_by_openssl,
            };
            if unhandled {
                return fail(Cause::CriticalExtension, "unhandled critical extension");
            }
            if !boring && self.is_inconsistent(certificate) {
                return fail(Cause::InconsistentExtension, INCONSISTENT);
            }
            if !boring && extensions.find(oid::PROXY_INFO).is_some() {
                let words = "proxy certificates not allowed, please set the appropriate flag";
                return fail(Cause::Usage, words);
            }
            let is_ca = depth > 0;
            let is_last = depth + 1 == chain.path.len();
            if is_ca && !self.may_sign(certificate, is_last) {
                return fail(Cause::NotACa, "invalid CA certificate");
            }
            if !self.allows_client(certificate, is_ca) {
                let words = match self.profile.library {
                    Library::Boring => "unsupported certificate purpose",
                    Library::OpenSsl => "unsuitable certificate purpose",
                };
                return fail(Cause::Usage, words);
            }
            // Self-issued CAs do not count (RFC 5280, 6.1.4).
            let limit = extensions
                .basic_constraints
                .and_then(|constraints| constraints.path_length);
            if depth > 1 && limit.is_some_and(|limit| below > limit) {
                return fail(Cause::PathLength, "path length constraint exceeded");
            }
            if is_ca && !certificate.is_self_issued() {
                below += 1;
            }
        }
        Ok(())
    }

    /// `check_purpose_ssl_client`: extended key usage must name the role itself, `any` does not count.
    fn allows_client(&self, certificate: &Certificate, is_ca: bool) -> bool {
        let extensions = &certificate.extensions;
        let named = !extensions.restricts_usage() || extensions.names_usage(oid::CLIENT_AUTH);
        let signs = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_AGREEMENT);
        let is_barred = self.profile.library == Library::OpenSsl
            && extensions
                .netscape
                .is_some_and(|usage| usage & NETSCAPE_CLIENT == 0);
        named && (is_ca || !is_barred && !forbids(certificate, signs))
    }

    /// `check_ca`.
    fn may_sign(&self, certificate: &Certificate, is_last: bool) -> bool {
        let extensions = &certificate.extensions;
        if forbids(certificate, KeyUsage::CERT_SIGN) {
            return false;
        }
        let is_v1_root = certificate.version == 1 && self.is_self_signed(certificate);
        match (self.profile.library, extensions.basic_constraints) {
            (Library::Boring, constraints) => {
                is_v1_root || constraints.is_some_and(|constraints| constraints.ca)
            }
            (Library::OpenSsl, Some(constraints)) => constraints.ca,
            // A root without basic constraints is let through when it is old or speaks of usage.
            (Library::OpenSsl, None) => {
                let speaks = extensions.key_usage.is_some()
                    || extensions
                        .netscape
                        .is_some_and(|usage| usage & NETSCAPE_CA != 0);
                is_last && (is_v1_root || speaks)
            }
        }
    }

    /// `check_auth_level`: keys of all, digests of all but the anchor.
    fn check_strength(&self, path: &[Arc<Certificate>]) -> Result<(), Failure> {
        let least = self.profile.strength;
        for (depth, certificate) in path.iter().enumerate() {
            if strength::of_key(certificate).is_some_and(|bits| bits < least) {
                return Err(weak_key(certificate, depth));
            }
            if depth + 1 < path.len() && strength::of_digest(certificate) < least {
                let words = "CA signature digest algorithm too weak";
                return Err(Failure::new(
                    Cause::WeakSignature,
                    words,
                    depth,
                    certificate,
                ));
            }
        }
        Ok(())
    }

    /// `internal_verify`: from the anchor down, each signature and then the times of the certificate.
    fn check_signatures_and_times(
        &self,
        path: &[Arc<Certificate>],
        signatures: &Signatures,
    ) -> Result<(), Stop> {
        for (depth, certificate) in path.iter().enumerate().rev() {
            let fail = |cause, words: &str| Failure::new(cause, words, depth, certificate);
            match path.get(depth + 1) {
                Some(issuer) => self.check_signature(certificate, issuer, depth, signatures)?,
                None if depth == 0
                    && !self.profile.partial
                    && !self.issued(certificate, certificate) =>
                {
                    return Err(
                        fail(Cause::Untrusted, "unable to verify the first certificate").into(),
                    );
                }
                None => {}
            }
            let odd = certificate.odd_time;
            if odd == Some(Limit::NotBefore) {
                let words = "format error in certificate's notBefore field";
                return Err(fail(Cause::MalformedTime, words).into());
            }
            if self.now < certificate.not_before {
                return Err(fail(Cause::NotYetValid, "certificate is not yet valid").into());
            }
            if odd == Some(Limit::NotAfter) {
                let words = "format error in certificate's notAfter field";
                return Err(fail(Cause::MalformedTime, words).into());
            }
            // The last second is out already, unlike in Go.
            if self.now >= certificate.not_after {
                return Err(fail(Cause::Expired, "certificate has expired").into());
            }
        }
        Ok(())
    }

    fn check_signature(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
        signatures: &Signatures,
    ) -> Result<(), Stop> {
        let key = &issuer.public_key;
        let unnamed = key.kind == KeyKind::OtherCurve;
        if unnamed
            && (self.profile.library == Library::Boring || Reader(&key.parameters).oid().is_none())
        {
            let words = "unable to decode issuer public key";
            return Err(Failure::new(Cause::WeakKey, words, depth + 1, issuer).into());
        }
        if unnamed && certificate.algorithm.fits(key.kind) {
            return Err(Stop::Unknown(format!(
                "the curve of `{}` is not computed",
                issuer.label()
            )));
        }
        if certificate.algorithm.fits(key.kind) && signatures.hold(certificate, issuer) {
            return Ok(());
        }
        let words = "certificate signature failure";
        Err(Failure::new(Cause::Signature, words, depth, certificate).into())
    }

    /// `EXFLAG_INVALID`.
    pub(super) fn is_inconsistent(&self, certificate: &Certificate) -> bool {
        let extensions = &certificate.extensions;
        let is_odd = match self.profile.library {
            Library::Boring => extensions.has_idle_length,
            Library::OpenSsl => {
                let is_proxy = extensions.find(oid::PROXY_INFO).is_some();
                extensions.key_usage == Some(KeyUsage(0))
                    || is_proxy && extensions.alternative_names.is_some()
            }
        };
        extensions.inconsistent || is_odd
    }

    /// Whether `issuer` may have issued `certificate`, by names, key identifiers and usage (`X509_check_issued`).
    pub(super) fn issued(&self, issuer: &Certificate, certificate: &Certificate) -> bool {
        if issuer.subject.folded() != certificate.issuer.folded()
            || self.is_inconsistent(issuer)
            || self.is_inconsistent(certificate)
            || !is_named_by(certificate, issuer)
        {
            return false;
        }
        match self.profile.library {
            Library::Boring => !forbids(issuer, KeyUsage::CERT_SIGN),
            Library::OpenSsl => could_sign(issuer, certificate),
        }
    }

    /// `EXFLAG_SS`: self-issued, and by nothing that speaks against it, self-signed. The signature is not looked at.
    pub(super) fn is_self_signed(&self, certificate: &Certificate) -> bool {
        certificate.is_self_issued()
            && is_named_by(certificate, certificate)
            && match self.profile.library {
                Library::Boring => !forbids(certificate, KeyUsage::CERT_SIGN),
                Library::OpenSsl => could_sign(certificate, certificate),
            }
    }
}

/// What both libraries say of extensions that contradict each other.
pub(super) const INCONSISTENT: &str = "invalid or inconsistent certificate extension";

/// Whether the authority key identifier of `certificate`, as far as it has one, fits `issuer` (`X509_check_akid`).
fn is_named_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let Some(id) = &certificate.extensions.authority_key_id else {
        return true;
    };
    let contradicts = |left: &Option<Box<[u8]>>, right: Option<&[u8]>| match (left, right) {
        (Some(left), Some(right)) => **left != *right,
        _ => false,
    };
    if contradicts(&id.key, issuer.extensions.subject_key_id.as_deref())
        || contradicts(&id.serial, Some(&issuer.serial))
    {
        return false;
    }
    let mut names = Reader(id.issuer.as_deref().unwrap_or_default());
    let directory = std::iter::from_fn(|| names.any()).find(|name| name.tag == 0xa4);
    directory.is_none_or(|name| Name::new(name.content).folded() == issuer.issuer.folded())
}

/// Whether the kind of the issuer's key makes signatures such as the certificate's.
fn could_sign(issuer: &Certificate, certificate: &Certificate) -> bool {
    certificate.algorithm == Algorithm::Unknown
        || certificate.algorithm.fits(issuer.public_key.kind)
}

/// Whether key usage is given and has none of these bits.
fn forbids(certificate: &Certificate, usage: KeyUsage) -> bool {
    certificate
        .extensions
        .key_usage
        .is_some_and(|given| !given.any(usage))
}

/// The bits of Netscape's extension that make a CA, and that of a TLS client.
const NETSCAPE_CA: u8 = 0x07;
const NETSCAPE_CLIENT: u8 = 0x80;

fn weak_key(certificate: &Certificate, depth: usize) -> Failure {
    let words = match depth {
        0 => "EE certificate key too weak",
        _ => "CA certificate key too weak",
    };
    Failure::new(Cause::WeakKey, words, depth, certificate)
}
