//! Whether a client speaks TLS, with what of its section, and what of it is dropped.

use super::Dropped;
use super::Handshake;
use super::Name;
use super::Security;
use crate::model::collector::endpoint::Host;
use crate::model::collector::exporter::Client;
use crate::model::collector::section::Flag;
use crate::model::collector::section::Tls;
use crate::model::collector::section::Versions;

/// Whether TLS is spoken.
pub(super) enum Protection {
    Plaintext,
    /// `configured`: with the client's `tls` section; otherwise with an empty one.
    Tls {
        configured: bool,
    },
    Unknown(String),
}

impl Protection {
    /// Whether TLS is spoken with the client's `tls` section.
    pub(super) const fn is_configured(&self) -> bool {
        matches!(self, Self::Tls { configured: true })
    }

    /// The same with what is said in the handshake, in which the server is called `name`.
    pub(super) fn speaking(
        self,
        tls: &Tls,
        name: &Name,
        alpn: &'static [&'static str],
    ) -> Security {
        match self {
            Self::Plaintext => Security::Plaintext,
            Self::Unknown(why) => Security::Unknown(why),
            Self::Tls { configured } => {
                Security::Tls(handshake(configured.then_some(tls), name, alpn))
            }
        }
    }
}

/// Plaintext only with `insecure` and without a CA; `https://` turns TLS on again, but without the section
/// (configtls `LoadTLSConfig` returns nothing, and configgrpc then takes an empty one).
pub(super) fn transport_security(
    client: &Client,
    https: bool,
    dropped: &mut Vec<Dropped>,
) -> Protection {
    let tls = &client.tls;
    if client.tls_open || tls.insecure.is_open() {
        return Protection::Unknown("a `${…}` decides about TLS".to_owned());
    }
    if !tls.insecure.is_true() {
        if tls.ca().is_none() {
            drop_flag(
                tls.include_system_ca_certs_pool,
                "include_system_ca_certs_pool",
                "no CA is given, so the system's roots count anyway",
                dropped,
            );
        }
        return Protection::Tls { configured: true };
    }
    if tls.ca().is_some() {
        drop_flag(tls.insecure, "insecure", "a CA is given", dropped);
        return Protection::Tls { configured: true };
    }
    if https {
        drop_all(
            tls,
            "`insecure` is true and the endpoint begins with `https://`: TLS is spoken without this section",
            dropped,
        );
        return Protection::Tls { configured: false };
    }
    drop_all(tls, "`insecure` is true: no TLS is spoken", dropped);
    Protection::Plaintext
}

fn drop_flag(flag: Flag, field: &'static str, reason: &'static str, dropped: &mut Vec<Dropped>) {
    if let Some(span) = flag.span().filter(|_| flag.is_true()) {
        dropped.push(Dropped {
            field,
            span,
            reason,
        });
    }
}

/// Everything in a `tls` section but `insecure` itself.
pub(super) fn drop_all(tls: &Tls, reason: &'static str, dropped: &mut Vec<Dropped>) {
    let texts = [
        ("ca_file", &tls.ca_file),
        ("ca_pem", &tls.ca_pem),
        ("cert_file", &tls.cert_file),
        ("cert_pem", &tls.cert_pem),
        ("key_file", &tls.key_file),
        ("key_pem", &tls.key_pem),
        ("server_name_override", &tls.server_name_override),
        ("min_version", &tls.min_version),
        ("max_version", &tls.max_version),
        ("reload_interval", &tls.reload_interval),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            dropped.push(Dropped {
                field,
                span: text.span,
                reason,
            });
        }
    }
    drop_flag(
        tls.insecure_skip_verify,
        "insecure_skip_verify",
        reason,
        dropped,
    );
    drop_flag(
        tls.include_system_ca_certs_pool,
        "include_system_ca_certs_pool",
        reason,
        dropped,
    );
}

/// `name` is sent without the dots at its end, an address not at all (crypto/tls, `hostnameInSNI`), and looked for in the
/// certificate without brackets (crypto/x509, `VerifyHostname`).
fn handshake(tls: Option<&Tls>, name: &Name, alpn: &'static [&'static str]) -> Box<Handshake> {
    let verified = match name.known() {
        Some(text) => {
            let inner = text
                .strip_prefix('[')
                .and_then(|text| text.strip_suffix(']'));
            let address = inner.filter(|inner| matches!(Host::read(inner), Host::Ip(_)));
            Name::Known(address.unwrap_or(text).trim_end_matches('.').to_owned())
        }
        None => name.clone(),
    };
    let is_ip = name
        .known()
        .is_some_and(|name| matches!(Host::read(name.trim_matches(['[', ']'])), Host::Ip(_)));
    let trust = tls.and_then(Tls::ca).cloned();
    Box::new(Handshake {
        verifies: match tls.map(|tls| tls.insecure_skip_verify) {
            Some(skip) if skip.is_open() => None,
            Some(skip) => Some(!skip.is_true()),
            None => Some(true),
        },
        alpn,
        versions: tls.map_or(Some(Versions::DEFAULT), Tls::versions),
        sni: if is_ip {
            Name::Nothing
        } else {
            verified.clone()
        },
        verified,
        certificate: tls.and_then(|tls| tls.certificate().cloned().zip(tls.key().cloned())),
        trusts_system: trust.is_none()
            || tls.is_some_and(|tls| tls.include_system_ca_certs_pool.is_true()),
        trust,
    })
}
