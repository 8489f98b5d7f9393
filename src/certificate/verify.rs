//! What each TLS stack makes of a chain: pass, fail in its own words, or unknown.
//!
//! "Valid" has no meaning without saying to whom: Go, BoringSSL and OpenSSL disagree on a fifth of unusual chains.

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

use super::Certificate;
use super::Signatures;

mod boring_chain;
mod go;
mod openssl;
mod openssl_chain;
mod policy;
mod tls;

pub use go::refusal_of_name;
pub use tls::refusal_to_load;

/// A peer that verifies certificates, as it is set up around a Collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verifier {
    /// A Collector (Go 1.24 to 1.27, `crypto/x509`) that sends: it verifies the gateway, name included.
    GoVerifiesServer,
    /// A Collector whose receiver has `client_ca_file`.
    GoVerifiesClient,
    /// Envoy (BoringSSL): its default validator as a downstream context sets it, partial chains allowed.
    EnvoyVerifiesClient,
    /// NGINX or HAProxy (OpenSSL 3 at security level 2), no partial chains.
    OpensslVerifiesClient,
}

impl Verifier {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 4] = [
        Self::GoVerifiesServer,
        Self::GoVerifiesClient,
        Self::EnvoyVerifiesClient,
        Self::OpensslVerifiesClient,
    ];

    /// The name by which it is chosen and reported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoVerifiesServer => "go-verifies-server",
            Self::GoVerifiesClient => "go-verifies-client",
            Self::EnvoyVerifiesClient => "envoy-verifies-client",
            Self::OpensslVerifiesClient => "openssl-verifies-client",
        }
    }

    /// The verifier of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verifier| verifier.name() == name)
    }

    /// What this verifier makes of the path from the leaf to what it trusts. What the TLS layer beside it objects to
    /// is left out: see [`Verifier::handshake`].
    #[must_use]
    pub fn path(self, question: &Question<'_>, signatures: &Signatures) -> Verdict {
        let Some((leaf, sent)) = question.chain.split_first() else {
            return Verdict::Unknown("no certificate is given".to_owned());
        };
        match self {
            Self::GoVerifiesServer => {
                go::verify(go::Role::Server, leaf, sent, question, signatures)
            }
            Self::GoVerifiesClient => {
                go::verify(go::Role::Client, leaf, sent, question, signatures)
            }
            Self::EnvoyVerifiesClient => {
                openssl::verify(&openssl::ENVOY, leaf, sent, question, signatures)
            }
            Self::OpensslVerifiesClient => {
                openssl::verify(&openssl::NGINX, leaf, sent, question, signatures)
            }
        }
    }

    /// The path and the TLS layer together: whether the handshake gets past this certificate.
    #[must_use]
    pub fn handshake(self, question: &Question<'_>, signatures: &Signatures) -> Verdict {
        match tls::objection(self, question) {
            Some(failure) if failure.cause == Cause::Unreadable => Verdict::Fail(failure),
            objection => match self.path(question, signatures) {
                Verdict::Fail(failure) => Verdict::Fail(failure),
                verdict => objection.map_or(verdict, Verdict::Fail),
            },
        }
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where trust begins.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'q> {
    /// These certificates and no others.
    Given(&'q [Arc<Certificate>]),
    /// The roots of the machine or image, which nobody has shown us.
    System,
}

/// A chain put before a verifier.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// What the peer sends: the leaf first, then whatever it adds.
    pub chain: &'q [Arc<Certificate>],
    /// What the verifier trusts.
    pub trust: Trust<'q>,
    /// The host that the verifier wants: a name or an address. Only servers are asked for it.
    pub name: Option<&'q str>,
    /// The time at which it happens.
    pub now: OffsetDateTime,
}

/// Why a verifier refuses, across verifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It cannot read a certificate.
    Unreadable,
    /// Its time is written as it cannot read it.
    MalformedTime,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// The host's name is not among its names.
    Name,
    /// Its names are no SANs: the common name alone would fit.
    CommonName,
    /// No path to anything trusted.
    Untrusted,
    /// The leaf signed itself and is not trusted.
    SelfSigned,
    /// The path ends in a root that is not trusted.
    UntrustedRoot,
    /// An issuer of the right name has another key.
    Signature,
    /// An issuer may not sign certificates.
    NotACa,
    /// Too many CAs below one that limits them.
    PathLength,
    /// Key usage or extended key usage forbids the role.
    Usage,
    /// A critical extension that this verifier does not know.
    CriticalExtension,
    /// Extensions that contradict each other.
    InconsistentExtension,
    /// Name constraints forbid a name, or cannot be evaluated.
    NameConstraint,
    /// Certificate policies are required and absent.
    Policy,
    /// A key too short, or of a kind that the verifier does not take.
    WeakKey,
    /// A signature with a broken hash.
    WeakSignature,
    /// A limit of the verifier's search was hit.
    Limit,
}

impl Cause {
    /// Whether more roots could turn the refusal into a pass.
    #[must_use]
    pub const fn is_about_trust(self) -> bool {
        matches!(
            self,
            Self::Untrusted | Self::SelfSigned | Self::UntrustedRoot
        )
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it comes down to.
    pub cause: Cause,
    /// The verifier's own words, for searching.
    pub reason: String,
    /// The certificate that is to blame, by its distance from the leaf on the path as far as it was built: 0 is the leaf.
    pub depth: usize,
    /// Its label (see [`Certificate::label`]).
    pub certificate: String,
}

impl Failure {
    pub(super) fn new(
        cause: Cause,
        reason: impl Into<String>,
        depth: usize,
        certificate: &Certificate,
    ) -> Self {
        Self {
            cause,
            reason: reason.into(),
            depth,
            certificate: certificate.label(),
        }
    }
}

/// What a verifier makes of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It accepts.
    Pass,
    /// It refuses.
    Fail(Failure),
    /// It cannot be told; why.
    Unknown(String),
}

/// What stops a verifier before the end: a refusal, or our not knowing.
#[derive(Clone, Debug)]
enum Stop {
    Fail(Failure),
    Unknown(String),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Fail(failure)
    }
}

impl From<Result<(), Stop>> for Verdict {
    fn from(outcome: Result<(), Stop>) -> Self {
        match outcome {
            Ok(()) => Self::Pass,
            Err(Stop::Fail(failure)) => Self::Fail(failure),
            Err(Stop::Unknown(why)) => Self::Unknown(why),
        }
    }
}

/// A stretch of certificates from the leaf upwards.
type Path = Vec<Arc<Certificate>>;

/// What is said when a verifier falls back on roots that we have not seen.
const SYSTEM_ROOTS: &str = "no trust anchors are given, so the roots of its system decide";

/// The most names × constraints that are compared in one pair of certificates: BoringSSL's and OpenSSL's
/// `NAME_CHECK_MAX`. Without it a pair of crafted certificates costs minutes.
const NAME_CHECK_MAX: usize = 1 << 20;

/// The certificates without those that are there already.
fn distinct<'c>(certificates: impl IntoIterator<Item = &'c Arc<Certificate>>) -> Path {
    let mut seen = std::collections::BTreeSet::new();
    certificates
        .into_iter()
        .filter(|certificate| seen.insert(certificate.fingerprint))
        .cloned()
        .collect()
}
