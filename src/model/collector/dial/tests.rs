//! What exporters do, case by case, each with the place that says so.

use super::*;
use crate::model::collector::tests::read;

/// A collector whose only exporter has that type and body, with `basicauth/client` started.
fn dialled(kind: &str, body: &str) -> Result<Dial, NoDial> {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!(
        "receivers:\n  nop:\nextensions:\n  basicauth/client:\n    client_auth: {{username: u, password: p}}\nexporters:\n  \
         {kind}:\n{body}service:\n  extensions: [basicauth/client]\n  pipelines:\n    traces:\n      receivers: [nop]\n      \
         exporters: [{kind}]\n"
    );
    let collector = read(&text).expect("a configuration");
    dial(&collector, &collector.exporters[0], Signal::Traces)
}

/// `plaintext AUTHORITY` or `tls SNI VERIFIED AUTHORITY trust certificate`, then what is dropped.
fn words(dial: Result<Dial, NoDial>) -> String {
    let name = |name: &Name| match name {
        Name::Known(name) => name.clone(),
        Name::Nothing => "-".to_owned(),
        Name::Unknown(_) => "?".to_owned(),
    };
    match dial {
        Err(NoDial::Fails { said, .. }) => format!("fails: {said}"),
        Err(NoDial::Unknown { why, .. }) => format!("unknown: {why}"),
        Err(NoDial::NotOtlp) => "not otlp".to_owned(),
        Ok(dial) => {
            let mut words = match &dial.security {
                Security::Plaintext => format!("plaintext {}", name(&dial.authority)),
                Security::Unknown(_) => format!("unknown {}", name(&dial.authority)),
                Security::Tls(tls) => {
                    let trust = match (&tls.trust, tls.trusts_system) {
                        (Some(_), true) => "both",
                        (Some(_), false) => "ca",
                        (None, _) => "system",
                    };
                    let verifies = if tls.verifies == Some(false) {
                        "unverified "
                    } else {
                        ""
                    };
                    let certificate = if tls.certificate.is_some() {
                        " certificate"
                    } else {
                        ""
                    };
                    format!(
                        "{verifies}tls {} {} {} {trust}{certificate}",
                        name(&tls.sni),
                        name(&tls.verified),
                        name(&dial.authority)
                    )
                }
            };
            if let Some(path) = &dial.path {
                words.push_str(&format!(" {path}"));
            }
            if !dial.dropped.is_empty() {
                let dropped: Vec<_> = dial.dropped.iter().map(|dropped| dropped.field).collect();
                words.push_str(&format!("; drops {}", dropped.join(", ")));
            }
            words
        }
    }
}

/// configgrpc.go `getGrpcDialOptions`, grpc-go clientconn.go `initAuthority`, credentials/tls.go.
#[test]
fn grpc() {
    let cases = [
        // Without a `tls` section TLS is on, with the system's roots.
        (
            "endpoint: gw.example.com:4317",
            "tls gw.example.com gw.example.com gw.example.com:4317 system",
        ),
        (
            "endpoint: gw.example.com:4317\ntls:",
            "tls gw.example.com gw.example.com gw.example.com:4317 system",
        ),
        // `http://` is stripped and decides nothing; `https://` only together with `insecure`.
        ("endpoint: http://gw:4317", "tls gw gw gw:4317 system"),
        ("endpoint: https://gw:4317", "tls gw gw gw:4317 system"),
        (
            "endpoint: gw:4317\ntls:\n  insecure: true",
            "plaintext gw:4317",
        ),
        // A CA wins over `insecure` (configtls `LoadTLSConfig`).
        (
            "endpoint: gw:4317\ntls:\n  insecure: true\n  ca_file: ca",
            "tls gw gw gw:4317 ca; drops insecure",
        ),
        // An empty TLS configuration: nothing of the section counts.
        (
            "endpoint: https://gw:4317\ntls:\n  insecure: true\n  server_name_override: x\n  cert_file: a\n  key_file: b\n  \
             insecure_skip_verify: true",
            "tls gw gw gw:4317 system; drops cert_file, key_file, server_name_override, insecure_skip_verify",
        ),
        (
            "endpoint: gw:4317\ntls:\n  insecure: true\n  server_name_override: x\n  insecure_skip_verify: true",
            "plaintext gw:4317; drops server_name_override, insecure_skip_verify",
        ),
        // An IP address is never sent as a server name (crypto/tls `hostnameInSNI`).
        (
            "endpoint: 10.0.0.1:4317",
            "tls - 10.0.0.1 10.0.0.1:4317 system",
        ),
        (
            "endpoint: '[2001:db8::1]:4317'",
            "tls - 2001:db8::1 [2001:db8::1]:4317 system",
        ),
        // One name for three things.
        (
            "endpoint: 10.0.0.1:4317\ntls:\n  server_name_override: gw.example.com",
            "tls gw.example.com gw.example.com gw.example.com system",
        ),
        (
            "endpoint: 10.0.0.1:4317\nauthority: gw.example.com",
            "tls gw.example.com gw.example.com gw.example.com system",
        ),
        (
            "endpoint: 10.0.0.1:4317\nauthority: gw.example.com:443",
            "tls gw.example.com gw.example.com gw.example.com:443 system",
        ),
        (
            "endpoint: gw:4317\nauthority: a\ntls:\n  server_name_override: a",
            "tls a a a system",
        ),
        (
            "endpoint: gw:4317\nauthority: a:443\ntls:\n  server_name_override: a",
            "fails: ClientConn's authority from transport creds \"a\" and dial option \"a:443\" don't match",
        ),
        // In plaintext the override plays no part, so nothing can differ from it.
        (
            "endpoint: gw:4317\nauthority: a\ntls:\n  insecure: true\n  server_name_override: b",
            "plaintext a; drops server_name_override",
        ),
        (
            "endpoint: gw.example.com.:4317",
            "tls gw.example.com gw.example.com gw.example.com.:4317 system",
        ),
        ("endpoint: dns:///gw:4317", "tls gw gw gw:4317 system"),
        (
            "endpoint: passthrough:///10.0.0.1:4317",
            "tls - 10.0.0.1 10.0.0.1:4317 system",
        ),
        (
            "endpoint: unix:///run/otel.sock\ntls:\n  insecure: true",
            "plaintext localhost",
        ),
        (
            "endpoint: gw:4317\ntls:\n  ca_file: ca\n  include_system_ca_certs_pool: true\n  cert_pem: a\n  key_pem: b",
            "tls gw gw gw:4317 both certificate",
        ),
        (
            "endpoint: gw:4317\ntls:\n  include_system_ca_certs_pool: true",
            "tls gw gw gw:4317 system; drops include_system_ca_certs_pool",
        ),
        (
            "endpoint: gw:4317\ntls:\n  insecure_skip_verify: true",
            "unverified tls gw gw gw:4317 system",
        ),
        // Open ends.
        ("endpoint: <GATEWAY_IP>:4317", "tls ? ? ? system"),
        (
            "endpoint: <GATEWAY_IP>:4317\ntls:\n  server_name_override: gw",
            "tls gw gw gw system",
        ),
        (
            "endpoint: ${env:GW}:4317\ntls:\n  insecure: true",
            "plaintext ?",
        ),
        (
            "endpoint: gw:4317\ntls:\n  insecure: ${env:INSECURE}",
            "unknown gw:4317",
        ),
        // Refused.
        ("endpoint: gw", "fails: address gw: missing port in address"),
        (
            "endpoint: https://gw:443/otlp",
            "fails: invalid port \"443/otlp\"",
        ),
        ("timeout: 1s", "fails: requires a non-empty \"endpoint\""),
        // validateTransportCredentials
        (
            "endpoint: gw:4317\ntls:\n  insecure: true\nauth:\n  authenticator: basicauth/client",
            "fails: grpc: the credentials require transport level security (use grpc.WithTransportCredentials() to set)",
        ),
        (
            "endpoint: gw:4317\nauth:\n  authenticator: basicauth/client",
            "tls gw gw gw:4317 system",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(words(dialled("otlp_grpc", body)), expected, "{body}");
    }
}

/// confighttp client.go `ToClient`, otlphttpexporter factory.go `composeSignalURL`, net/http.
#[test]
fn http() {
    let cases = [
        (
            "endpoint: https://gw.example.com",
            "tls gw.example.com gw.example.com gw.example.com system /v1/traces",
        ),
        (
            "endpoint: https://gw:4318/",
            "tls gw gw gw:4318 system /v1/traces",
        ),
        (
            "endpoint: https://gw:4318/otlp",
            "tls gw gw gw:4318 system /otlp/v1/traces",
        ),
        (
            "endpoint: https://gw:4318/v1/traces",
            "tls gw gw gw:4318 system /v1/traces/v1/traces",
        ),
        (
            "traces_endpoint: https://gw:4318/x",
            "tls gw gw gw:4318 system /x",
        ),
        (
            "metrics_endpoint: https://gw:4318/x",
            "fails: either endpoint or traces_endpoint must be specified",
        ),
        // `http://` never speaks TLS.
        (
            "endpoint: http://gw:4318\ntls:\n  ca_file: ca\n  cert_file: a\n  key_file: b",
            "plaintext gw:4318 /v1/traces; drops ca_file, cert_file, key_file",
        ),
        // `insecure` with `https://` drops the section.
        (
            "endpoint: https://gw:4318\ntls:\n  insecure: true\n  cert_file: a\n  key_file: b",
            "tls gw gw gw:4318 system /v1/traces; drops cert_file, key_file",
        ),
        // Two names: the override changes the certificate's, not the request's.
        (
            "endpoint: https://10.0.0.1:4318\ntls:\n  ca_file: ca\n  server_name_override: gw.example.com",
            "tls gw.example.com gw.example.com 10.0.0.1:4318 ca /v1/traces",
        ),
        (
            "endpoint: https://10.0.0.1:4318\nheaders:\n  Host: gw.example.com",
            "tls - 10.0.0.1 gw.example.com system /v1/traces",
        ),
        (
            "endpoint: localhost:4318",
            "fails: unsupported protocol scheme \"localhost\"",
        ),
        (
            "endpoint: 10.0.0.1:4318",
            "fails: endpoint must be a valid URL",
        ),
        (
            "endpoint: ${env:URL}",
            "unknown: the endpoint comes from the environment",
        ),
        (
            "endpoint: https://${env:HOST}:4318",
            "tls ? ? ? system /v1/traces",
        ),
        // HTTP sends credentials without asking.
        (
            "endpoint: http://gw:4318\nauth:\n  authenticator: basicauth/client",
            "plaintext gw:4318 /v1/traces",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(words(dialled("otlp_http", body)), expected, "{body}");
    }
}

#[test]
fn ports_follow_the_scheme() {
    let port = |endpoint: &str| {
        dialled("otlp_http", &format!("endpoint: {endpoint}"))
            .ok()
            .and_then(|dial| dial.port)
    };
    assert_eq!(port("https://gw"), Some(443));
    assert_eq!(port("http://gw"), Some(80));
    assert_eq!(port("http://gw:4318"), Some(4318));
    assert_eq!(port("http://gw:${env:PORT}"), None);
}
