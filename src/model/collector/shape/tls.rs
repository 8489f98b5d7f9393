//! configtls (collector, config/configtls/configtls.go): what a `tls:` section may say.

use crate::model::collector::fault::FaultKind;

use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::SECRET;
use super::Section;
use super::Shape;
use super::field;
use super::shape;
use crate::model::collector::value::Value;

static COMMON: Shape = shape(
    "configtls.Config",
    &[
        field("ca_file", Text),
        field("ca_pem", SECRET),
        field("include_system_ca_certs_pool", Bool),
        field("cert_file", Text),
        field("cert_pem", SECRET),
        field("key_file", Text),
        field("key_pem", SECRET),
        field("min_version", Text),
        field("max_version", Text),
        field("cipher_suites", Kind::List(&Text)),
        field("include_insecure_cipher_suites", Bool).since(154),
        field("curve_preferences", Kind::List(&Text)).since(119),
        field("reload_interval", Duration),
        field("tpm", Inner(&TPM)).since(126),
    ],
)
.checked(common);

static TPM: Shape = shape(
    "configtls.TPMConfig",
    &[
        field("enabled", Bool),
        field("path", Text),
        field("owner_auth", Text),
        field("auth", Text),
    ],
);

/// The `tls:` of an exporter or any other client.
pub(super) static CLIENT: Shape = shape(
    "configtls.ClientConfig",
    &[
        field("insecure", Bool),
        field("insecure_skip_verify", Bool),
        field("server_name_override", Text),
    ],
)
.with(&[("config", &COMMON)]);

/// What stood in an exporter itself before it had a `tls:` (collector, #4063; 0.36).
pub(super) static FORMER: Shape = shape(
    "configtls.TLSClientSetting",
    &[
        field("insecure", Bool).moved(36, "tls.insecure"),
        field("insecure_skip_verify", Bool).moved(36, "tls.insecure_skip_verify"),
        field("server_name_override", Text).moved(36, "tls.server_name_override"),
        field("ca_file", Text).moved(36, "tls.ca_file"),
        field("cert_file", Text).moved(36, "tls.cert_file"),
        field("key_file", Text).moved(36, "tls.key_file"),
    ],
);

/// The `tls:` of a receiver or any other server.
pub(super) static SERVER: Shape = shape(
    "configtls.ServerConfig",
    &[
        field("client_ca_file", Text),
        field("client_ca_file_reload", Bool),
    ],
)
.with(&[("config", &COMMON)])
.checked(server);

fn common(tls: &Section<'_>, report: &mut Report<'_>) {
    if tls.says("ca_file") && tls.says("ca_pem") {
        report.value(
            tls.key("ca_pem"),
            "both `ca_file` and `ca_pem` are given",
            "provide either a CA file or the PEM-encoded string, but not both",
        );
    }
    versions(tls, report);
    pair(tls, report);
    // Without TLS nothing is loaded.
    let is_off = tls.is("insecure", true) && !tls.says("ca_file") && !tls.says("ca_pem");
    if !is_off {
        suites(tls, report);
        curves(tls, report);
    }
}

/// Go 1.22 and later, crypto/tls `CipherSuites`.
const SUITES: [&str; 13] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// `InsecureCipherSuites` of the same.
const INSECURE_SUITES: [&str; 12] = [
    "TLS_RSA_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
];

/// A Collector that needs Go 1.22 (its go.mod says so), from which on suites with RSA key exchange are insecure ones.
const GO_1_22: u16 = 111;

/// Cipher suites that keep the Collector from starting (`convertCipherSuites`).
fn suites(tls: &Section<'_>, report: &mut Report<'_>) {
    let takes_insecure = tls.is("include_insecure_cipher_suites", true)
        || tls.is_open("include_insecure_cipher_suites");
    for suite in tls
        .get("cipher_suites")
        .map(Value::texts)
        .unwrap_or_default()
    {
        let Some(name) = suite.known().filter(|name| !SUITES.contains(name)) else {
            continue;
        };
        let said = format!("invalid TLS cipher suite: \"{name}\"");
        if !INSECURE_SUITES.contains(&name) {
            let message = format!("Go has no cipher suite `{name}`");
            report.refuse(FaultKind::Value, suite.span, message, said);
        } else if !takes_insecure {
            let at = report.faults.len();
            let message = format!(
                "`{name}` is insecure, and taken with `include_insecure_cipher_suites` only"
            );
            report.refuse(FaultKind::Value, suite.span, message, said);
            report.only_in(at, GO_1_22..u16::MAX);
        }
    }
}

/// Curves that keep the Collector from starting (curves_nofips.go).
fn curves(tls: &Section<'_>, report: &mut Report<'_>) {
    const CURVES: [&str; 5] = ["P256", "P384", "P521", "X25519", "X25519MLKEM768"];
    for curve in tls
        .get("curve_preferences")
        .map(Value::texts)
        .unwrap_or_default()
    {
        let Some(name) = curve.known().filter(|name| !CURVES.contains(name)) else {
            continue;
        };
        let message = format!(
            "`curve_preferences` takes one of `{}`, not `{name}`",
            CURVES.join("`, `")
        );
        let said = "invalid curve type: CurveID(0)".to_owned();
        report.refuse(FaultKind::Value, curve.span, message, said);
    }
}

fn versions(tls: &Section<'_>, report: &mut Report<'_>) {
    let minimum = version(tls, "min_version", 12, report);
    let maximum = version(tls, "max_version", 13, report);
    if tls.says("max_version")
        && minimum
            .zip(maximum)
            .is_some_and(|(minimum, maximum)| maximum < minimum)
    {
        report.value(
            tls.key("max_version"),
            "`max_version` is below `min_version`",
            "invalid TLS configuration: min_version cannot be greater than max_version",
        );
    }
}

fn version(tls: &Section<'_>, key: &str, default: u8, report: &mut Report<'_>) -> Option<u8> {
    if !tls.says(key) {
        return Some(default);
    }
    let text = tls.text(key)?;
    let known = match text {
        "1.0" => 10,
        "1.1" => 11,
        "1.2" => 12,
        "1.3" => 13,
        _ => {
            report.value(
                tls.value.get(key).map_or(tls.span, |value| value.span),
                format!("`{key}` takes one of `1.0`, `1.1`, `1.2`, `1.3`"),
                format!("invalid TLS {key}: unsupported TLS version: \"{text}\""),
            );
            return None;
        }
    };
    Some(known)
}

fn pair(tls: &Section<'_>, report: &mut Report<'_>) {
    for (what, file, pem) in [
        ("certificate", "cert_file", "cert_pem"),
        ("key", "key_file", "key_pem"),
    ] {
        if tls.says(file) && tls.says(pem) {
            report.push(
                FaultKind::KeyPair,
                tls.key(pem),
                format!("the {what} is given twice, as `{file}` and as `{pem}`"),
                format!("provide either {what} file or PEM, but not both"),
            );
        }
    }
    let certificate = tls.says("cert_file") || tls.says("cert_pem");
    let key = tls.says("key_file") || tls.says("key_pem");
    if certificate != key {
        let (given, missing) = if certificate {
            ("certificate", "key")
        } else {
            ("key", "certificate")
        };
        let place = ["cert_file", "cert_pem", "key_file", "key_pem"]
            .into_iter()
            .find(|key| tls.says(key))
            .map_or(tls.span, |key| tls.key(key));
        report.push(
            FaultKind::KeyPair,
            place,
            format!("a {given} without its {missing}"),
            "TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)"
                .to_owned(),
        );
        report.by_absence();
    }
}

fn server(tls: &Section<'_>, report: &mut Report<'_>) {
    let files = ["cert_file", "cert_pem", "key_file", "key_pem"];
    if files.into_iter().any(|key| tls.says(key)) {
        return;
    }
    report.push(
        FaultKind::KeyPair,
        tls.span,
        "a server's `tls` without a certificate and its key".to_owned(),
        "TLS configuration must include both certificate and key for server connections".to_owned(),
    );
    report.by_absence();
}
