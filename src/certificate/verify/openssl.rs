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
use crate::certificate::Certificate;
use crate::certificate::Signatures;
use crate::certificate::der::Reader;
use crate::certificate::extension::KeyUsage;
use crate::certificate::name::Name;
use crate::certificate::oid;
use crate::certificate::public_key::Curve;
use crate::certificate::public_key::KeyKind;
use crate::certificate::signature::Algorithm;
use crate::certificate::signature::Hash;

mod constraint;

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
        // OpenSSL judges the leaf's key before it looks for issuers.
        if strength(leaf).is_some_and(|bits| bits < self.profile.strength) {
            return Err(weak_key(leaf, 0).into());
        }
        let chain = match self.profile.library {
            Library::Boring => boring_chain::build(self, leaf, sent)?,
            Library::OpenSsl => openssl_chain::build(self, leaf, sent)?,
        };
        self.check_extensions(&chain)?;
        self.check_strength(&chain.path)?;
        self.check_signatures_and_times(&chain.path, signatures)?;
        constraint::check(&chain.path, self.profile.library)
    }

    /// `check_chain_extensions`: BoringSSL looks at what the peer sent only, OpenSSL at the anchor, too.
    fn check_extensions(&self, chain: &Chain) -> Result<(), Failure> {
        let boring = self.profile.library == Library::Boring;
        let judged = if boring { chain.sent } else { chain.path.len() };
        let mut below = 0;
        for (depth, certificate) in chain.path.iter().enumerate().take(judged) {
            let fail = |cause, words: &str| Err(Failure::new(cause, words, depth, certificate));
            let extensions = &certificate.extensions;
            if extensions.unhandled_by_openssl {
                return fail(Cause::CriticalExtension, "unhandled critical extension");
            }
            if !boring && extensions.inconsistent {
                return fail(Cause::InconsistentExtension, INCONSISTENT);
            }
            let is_ca = depth > 0;
            let is_last = depth + 1 == chain.path.len();
            if is_ca && !self.may_sign(certificate, is_last) {
                return fail(Cause::NotACa, "invalid CA certificate");
            }
            if !allows_client(certificate, is_ca) {
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
            // A root without basic constraints is let through when it is old or speaks of key usage.
            (Library::OpenSsl, None) => is_last && (is_v1_root || extensions.key_usage.is_some()),
        }
    }

    /// `check_auth_level`: keys of all, digests of all but the anchor.
    fn check_strength(&self, path: &[Arc<Certificate>]) -> Result<(), Failure> {
        let least = self.profile.strength;
        for (depth, certificate) in path.iter().enumerate() {
            if strength(certificate).is_some_and(|bits| bits < least) {
                return Err(weak_key(certificate, depth));
            }
            if depth + 1 < path.len() && digest_strength(certificate) < least {
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
            if self.now < certificate.not_before {
                return Err(fail(Cause::NotYetValid, "certificate is not yet valid").into());
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

    /// Whether `issuer` may have issued `certificate`, by names, key identifiers and usage (`X509_check_issued`).
    pub(super) fn issued(&self, issuer: &Certificate, certificate: &Certificate) -> bool {
        if issuer.subject.folded() != certificate.issuer.folded()
            || issuer.extensions.inconsistent
            || certificate.extensions.inconsistent
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

/// `check_purpose_ssl_client`: extended key usage must name the role itself, `any` does not count.
fn allows_client(certificate: &Certificate, is_ca: bool) -> bool {
    let extensions = &certificate.extensions;
    let named = !extensions.restricts_usage() || extensions.names_usage(oid::CLIENT_AUTH);
    let signs = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_AGREEMENT);
    named && (is_ca || !forbids(certificate, signs))
}

fn weak_key(certificate: &Certificate, depth: usize) -> Failure {
    let words = match depth {
        0 => "EE certificate key too weak",
        _ => "CA certificate key too weak",
    };
    Failure::new(Cause::WeakKey, words, depth, certificate)
}

/// Bits of strength of the key (NIST SP 800-57, table 2, as OpenSSL's `EVP_PKEY_get_security_bits`).
fn strength(certificate: &Certificate) -> Option<u16> {
    match certificate.public_key.kind {
        KeyKind::Rsa(bits) => Some(match bits {
            15_360.. => 256,
            7_680.. => 192,
            3_072.. => 128,
            2_048.. => 112,
            1_024.. => 80,
            _ => 0,
        }),
        KeyKind::Ec(Curve::P224) => Some(112),
        KeyKind::Ec(Curve::P256) | KeyKind::OtherCurve => Some(128),
        KeyKind::Ec(Curve::P384) => Some(192),
        KeyKind::Ec(Curve::P521) => Some(256),
        _ => None,
    }
}

/// Bits of strength of the signature's digest against collisions (OpenSSL, `ossl_x509_init_sig_info`).
fn digest_strength(certificate: &Certificate) -> u16 {
    match certificate.algorithm.hash() {
        Some(Hash::Md5) => 39,
        Some(Hash::Sha1) => 63,
        Some(Hash::Sha224) => 112,
        Some(Hash::Sha256) | None => 128,
        Some(Hash::Sha384) => 192,
        Some(Hash::Sha512) => 256,
    }
}
