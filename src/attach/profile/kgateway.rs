//! kgateway 2.2 to 2.4. Source: pkg/kgateway/translator/sslutils/ssl_utils.go, the notes of its releases.

use super::ALWAYS;
use super::ClientVerifier;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::table::NOBODY;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "kgateway",
    controllers: &["kgateway.dev/kgateway"],
    classes: &["kgateway"],
    mechanism: "ask for client certificates with `spec.tls.frontend` (kgateway 2.3)",
    // The last two pin clients beyond their authority, and are read only where one is named.
    options: &[
        ("kgateway.dev/alpn-protocols", ALWAYS),
        ("kgateway.dev/cipher-suites", ALWAYS),
        ("kgateway.dev/ecdh-curves", ALWAYS),
        ("kgateway.dev/min-tls-version", ALWAYS),
        ("kgateway.dev/max-tls-version", ALWAYS),
        ("kgateway.dev/signature-algorithms", ALWAYS),
        ("kgateway.dev/verify-subject-alt-names", ALWAYS),
        ("kgateway.dev/verify-certificate-hash", ALWAYS),
    ],
    unknown_option: UnknownOption::Ignored,
    withdrawn_tls,
    // Reports from 2.3.0-beta.3 on claim it.
    frontend: Support::Since(Version::new(2, 3)),
    verifier: ClientVerifier::Envoy,
    version: |assume| assume.kgateway,
    ..NOBODY
};

/// The value is a number of a version, such as `1.2` (api/annotations).
fn withdrawn_tls(key: &str, value: &str) -> Option<&'static str> {
    match (key, value) {
        ("kgateway.dev/min-tls-version", "1.0") => Some("TLS 1.0"),
        ("kgateway.dev/min-tls-version", "1.1") => Some("TLS 1.1"),
        _ => None,
    }
}
