//! What exporters do, case by case, each with the place that says so: core is the Collector, contrib its components, grpc
//! is grpc-go. All of it was measured with the exporters of the Collector 0.159.0 (load_balancing 0.158.0), which sent to a
//! server that wrote down names, certificates and requests; `measured` stands where no single place says it.

use super::*;
use crate::model::collector::tests::read;

/// What an exporter of that type and body does with `signal`; clients to authenticate with are started.
fn dialled(kind: &str, body: &str, signal: Signal) -> Result<Dial, NoDial> {
    let text = format!(
        "receivers:\n  nop:\nextensions:\n{EXTENSIONS}exporters:\n  {kind}: {body}\nservice:\n  extensions: [basicauth, bearertokenauth, \
         oauth2client, headers_setter, headers_setter/basic]\n  pipelines:\n    traces:\n      receivers: [nop]\n      exporters: [{kind}]\n"
    );
    let collector = read(&text).expect("a configuration");
    dial(&collector, &collector.exporters[0], signal)
}

const EXTENSIONS: &str = "  basicauth: {client_auth: {username: u, password: p}}
  bearertokenauth: {token: t}
  oauth2client: {client_id: i, client_secret: s, token_url: 'https://t'}
  headers_setter: {headers: [{key: a, value: b}]}
  headers_setter/basic: {headers: [{key: a, value: b}], additional_auth: basicauth}
";

/// Holds each line of `table`, `body => words # the place in the sources that says so`, against what is dialled.
fn hold(kind: &str, table: &str) {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    for line in lines {
        let (line, source) = line.rsplit_once(" # ").expect("a source");
        assert!(!source.is_empty());
        let (body, expected) = line.split_once(" => ").expect("two sides");
        let said = words(dialled(kind, body, Signal::Traces));
        assert_eq!(said, expected.trim(), "{kind} {body} ({source})");
    }
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
                words.push_str(&format!(" {}", name(path)));
            }
            if !dial.dropped.is_empty() {
                let dropped: Vec<_> = dial.dropped.iter().map(|dropped| dropped.field).collect();
                words.push_str(&format!("; drops {}", dropped.join(", ")));
            }
            words
        }
    }
}

/// The endpoint: its grammar, and the three names that gRPC makes of it.
#[test]
fn grpc_endpoints() {
    hold(
        "otlp_grpc",
        "
{endpoint: 'gw.example.com:4317'} => tls gw.example.com gw.example.com gw.example.com:4317 system # grpc clientconn.go initAuthority
{endpoint: 'http://gw:4317'} => tls gw gw gw:4317 system # configgrpc.go sanitizedEndpoint
{endpoint: 'https://gw:4317'} => tls gw gw gw:4317 system # configgrpc.go sanitizedEndpoint
{endpoint: 'dns:///gw:4317'} => tls gw gw gw:4317 system # grpc clientconn.go: the endpoint part of the target
{endpoint: 'dns://10.0.0.53/gw:4317'} => tls gw gw gw:4317 system # configgrpc.go Validate: any resolver
{endpoint: 'passthrough:///10.0.0.1:4317'} => tls - 10.0.0.1 10.0.0.1:4317 system # grpc clientconn.go
{endpoint: 'passthrough:///:4317'} => tls localhost localhost localhost:4317 system # grpc clientconn.go initAuthority
{endpoint: 'xds:///gw:4317'} => tls ? ? ? system # configgrpc.go Validate: any resolver, but the build decides which there are
{endpoint: 'grpc://gw:4317'} => fails: invalid target address grpc://gw:4317, error info: address grpc://gw:4317:443: too many colons in address # measured: no resolver is called so
{endpoint: 'HTTPS://gw:4317'} => fails: invalid target address HTTPS://gw:4317, error info: address HTTPS://gw:4317:443: too many colons in address # configgrpc.go isSchemeHTTPS: in small letters only
{endpoint: 'dns://gw:4317'} => fails: dns resolver: missing address # grpc dns_resolver.go: gw would be the DNS server
{endpoint: 'unix:///run/otel.sock', tls: {insecure: true}} => plaintext localhost # grpc internal/resolver/unix/unix.go
{endpoint: 'unix:/run/otel.sock', tls: {insecure: true}} => fails: invalid port \"/run/otel.sock\" # configgrpc.go Validate: with `//` only
{endpoint: 'unix://run/otel.sock', tls: {insecure: true}} => fails: invalid (non-empty) authority: run # grpc internal/resolver/unix/unix.go
{endpoint: ':4317'} => tls localhost localhost localhost:4317 system # grpc clientconn.go initAuthority
{endpoint: 'GW.Example.COM:4317'} => tls GW.Example.COM GW.Example.COM GW.Example.COM:4317 system # measured: letters stay as they are
{endpoint: 'gw:0'} => fails: dial tcp gw:0: connect: connection refused # measured
{endpoint: 'gw:65536'} => fails: dial tcp: address 65536: invalid port # net.Dial
{endpoint: '10.0.0.300:4317'} => fails: lookup 10.0.0.300: no such host # net isDomainName: never asked for
{endpoint: '10.0.0.1:4317'} => tls - 10.0.0.1 10.0.0.1:4317 system # crypto/tls hostnameInSNI: no address is sent
{endpoint: '[2001:db8::1]:4317'} => tls - 2001:db8::1 [2001:db8::1]:4317 system # crypto/tls hostnameInSNI
{endpoint: 'gw.example.com.:4317'} => tls gw.example.com gw.example.com gw.example.com.:4317 system # crypto/tls hostnameInSNI: dots at the end go
{endpoint: gw} => fails: address gw: missing port in address # configgrpc.go Validate
{endpoint: 'https://gw:443/otlp'} => fails: invalid port \"443/otlp\" # configgrpc.go Validate: no path is possible
{endpoint: 'unix://'} => fails: unix socket path cannot be empty # configgrpc.go Validate
{endpoint: 'https://'} => fails: requires a non-empty \"endpoint\" # otlpexporter config.go
{endpoint: 'dns:///'} => fails: requires a non-empty \"endpoint\" # otlpexporter config.go
{timeout: 1s} => fails: requires a non-empty \"endpoint\" # otlpexporter config.go
{endpoint: '<GATEWAY_IP>:4317'} => tls ? ? ? system # validate takes it, and nothing is there
{endpoint: '<GATEWAY_IP>:4317', tls: {server_name_override: gw}} => tls gw gw gw system # the override is the name
{endpoint: '${env:GW}:4317', tls: {insecure: true}} => plaintext ? # confmap expand.go: filled in at the start
",
    );
}

/// configgrpc.go `getGrpcDialOptions`, configtls.go `LoadTLSConfig`: the four rows, and what each drops.
#[test]
fn grpc_protection() {
    hold(
        "otlp_grpc",
        "
{endpoint: 'gw:1', tls: } => tls gw gw gw:1 system # configtls.go: without a section TLS is on
{endpoint: 'gw:1', tls: {insecure: false, ca_file: ca}} => tls gw gw gw:1 ca # any, insecure false
{endpoint: 'http://gw:1', tls: {insecure: false}} => tls gw gw gw:1 system # any, insecure false: http:// decides nothing
{endpoint: 'gw:1', tls: {insecure: true}} => plaintext gw:1 # not https, insecure, no CA
{endpoint: 'http://gw:1', tls: {insecure: true}} => plaintext gw:1 # not https, insecure, no CA
{endpoint: 'gw:1', tls: {insecure: true, ca_file: ca}} => tls gw gw gw:1 ca; drops insecure # any, insecure, CA
{endpoint: 'gw:1', tls: {insecure: true, ca_pem: ca}} => tls gw gw gw:1 ca; drops insecure # any, insecure, CA
{endpoint: 'https://gw:1', tls: {insecure: true, ca_file: ca, server_name_override: x}} => tls x x x ca; drops insecure # any, insecure, CA
{endpoint: 'https://gw:1', tls: {insecure: true}} => tls gw gw gw:1 system # https, insecure, no CA: an empty TLS configuration
{endpoint: 'https://gw:1', tls: {insecure: true, server_name_override: x, cert_file: a, key_file: b, insecure_skip_verify: true, min_version: '1.3'}} => tls gw gw gw:1 system; drops cert_file, key_file, server_name_override, min_version, insecure_skip_verify # https, insecure, no CA
{endpoint: 'gw:1', tls: {insecure: true, server_name_override: x, insecure_skip_verify: true}} => plaintext gw:1; drops server_name_override, insecure_skip_verify # no TLS configuration is built
{endpoint: 'gw:1', tls: {insecure: true, cert_file: a, key_file: b, reload_interval: 1h}} => plaintext gw:1; drops cert_file, key_file, reload_interval # no TLS configuration is built
{endpoint: 'gw:1', tls: {ca_file: ca, include_system_ca_certs_pool: true, cert_pem: a, key_pem: b}} => tls gw gw gw:1 both certificate # configtls.go loadCACertPool
{endpoint: 'gw:1', tls: {include_system_ca_certs_pool: true}} => tls gw gw gw:1 system; drops include_system_ca_certs_pool # configtls.go: without a CA the pool is the system's anyway
{endpoint: 'gw:1', tls: {insecure_skip_verify: true}} => unverified tls gw gw gw:1 system # configtls.go
{endpoint: 'gw:1', tls: {insecure: '${env:INSECURE}'}} => unknown gw:1 # confmap expand.go
{endpoint: 'gw:1', tls: '${file:/tls.yaml}'} => unknown gw:1 # confmap expand.go
",
    );
}

/// grpc clientconn.go `initAuthority` and `validateTransportCredentials`, credentials/tls.go: one name for three things.
#[test]
fn grpc_names_and_credentials() {
    hold(
        "otlp_grpc",
        "
{endpoint: '10.0.0.1:1', tls: {server_name_override: gw.example.com}} => tls gw.example.com gw.example.com gw.example.com system # initAuthority: the name of the credentials
{endpoint: '10.0.0.1:1', authority: gw.example.com} => tls gw.example.com gw.example.com gw.example.com system # getServerName: the authority is verified, too
{endpoint: '10.0.0.1:1', authority: 'gw.example.com:443'} => tls gw.example.com gw.example.com gw.example.com:443 system # credentials/tls.go strips the port for TLS only
{endpoint: '10.0.0.1:1', tls: {server_name_override: 'gw.example.com:443'}} => tls gw.example.com gw.example.com gw.example.com:443 system # credentials/tls.go strips the port for TLS only
{endpoint: 'gw:1', authority: a, tls: {server_name_override: a}} => tls a a a system # initAuthority: equal is fine
{endpoint: 'gw:1', authority: a, tls: {server_name_override: b}} => fails: ClientConn's authority from transport creds \"b\" and dial option \"a\" don't match # initAuthority
{endpoint: 'gw:1', authority: 'a:443', tls: {server_name_override: a}} => fails: ClientConn's authority from transport creds \"a\" and dial option \"a:443\" don't match # initAuthority: the port counts
{endpoint: 'gw:1', authority: a, tls: {insecure: true, server_name_override: b}} => plaintext a; drops server_name_override # no credentials, so nothing differs
{endpoint: 'gw:1', headers: {':authority': a}} => tls gw gw gw:1 system # grpc http2_client.go: leaves out what begins with a colon
{endpoint: 'gw:1', headers: {Host: a}} => tls gw gw gw:1 system # measured: sent beside :authority
{endpoint: 'gw:1', headers: {'x a': b}} => fails: header key \"x a\" contains illegal characters not in [0-9a-z-_.] # grpc internal/metadata
{endpoint: 'gw:1', headers: {X-A: 'bü'}} => fails: header key \"x-a\" contains value with non-printable ASCII characters # grpc internal/metadata
{endpoint: 'gw:1', headers: {x-bin: 'bü'}} => tls gw gw gw:1 system # grpc internal/metadata: -bin is encoded
{endpoint: 'gw:1', tls: {server_name_override: '[2001:db8::9]'}} => tls - 2001:db8::9 [2001:db8::9] system # crypto/x509 VerifyHostname: brackets go
{endpoint: 'gw:1', authority: '${env:A}'} => tls ? ? ? system # confmap expand.go
{endpoint: 'gw:1', tls: {insecure: true}, auth: {authenticator: basicauth}} => fails: grpc: the credentials require transport level security (use grpc.WithTransportCredentials() to set) # basicauthextension RequireTransportSecurity
{endpoint: 'gw:1', tls: {insecure: true}, auth: {authenticator: bearertokenauth}} => fails: grpc: the credentials require transport level security (use grpc.WithTransportCredentials() to set) # bearertokenauth.go
{endpoint: 'gw:1', tls: {insecure: true}, auth: {authenticator: oauth2client}} => fails: grpc: the credentials require transport level security (use grpc.WithTransportCredentials() to set) # grpc credentials/oauth/oauth.go
{endpoint: 'gw:1', tls: {insecure: true}, auth: {authenticator: headers_setter}} => plaintext gw:1 # headerssetterextension: demands what its additional_auth demands
{endpoint: 'gw:1', tls: {insecure: true}, auth: {authenticator: headers_setter/basic}} => fails: grpc: the credentials require transport level security (use grpc.WithTransportCredentials() to set) # headerssetterextension extension.go
{endpoint: 'gw:1', tls: {insecure: true}, auth: {authenticator: oidc/other}} => plaintext gw:1 # an extension that is not known demands nothing certain
{endpoint: 'gw:1', auth: {authenticator: basicauth}} => tls gw gw gw:1 system # validateTransportCredentials
{endpoint: 'gw:1', tls: {insecure: true, ca_file: ca}, auth: {authenticator: basicauth}} => tls gw gw gw:1 ca; drops insecure # TLS is spoken, so they may be sent
",
    );
}

/// confighttp client.go `ToClient`, otlphttpexporter factory.go `composeSignalURL`, net/http.
#[test]
fn http() {
    hold(
        "otlp_http",
        "
{endpoint: 'https://gw.example.com'} => tls gw.example.com gw.example.com gw.example.com system /v1/traces # composeSignalURL
{endpoint: 'https://gw:4318/'} => tls gw gw gw:4318 system /v1/traces # composeSignalURL: one slash at the end is tolerated
{endpoint: 'https://gw:4318/otlp'} => tls gw gw gw:4318 system /otlp/v1/traces # composeSignalURL
{endpoint: 'https://gw:4318/v1/traces'} => tls gw gw gw:4318 system /v1/traces/v1/traces # composeSignalURL: whatever it ends in
{traces_endpoint: 'https://gw:4318/x'} => tls gw gw gw:4318 system /x # otlphttpexporter config.go: taken as it is
{traces_endpoint: 'https://gw:4318'} => tls gw gw gw:4318 system / # net/http
{endpoint: 'https://a', traces_endpoint: 'https://b/x'} => tls b b b system /x # otlphttpexporter factory.go: a signal's own comes first
{metrics_endpoint: 'https://gw/x'} => fails: either endpoint or traces_endpoint must be specified # otlphttpexporter factory.go
{endpoint: 'http://gw:4318', tls: {ca_file: ca, cert_file: a, key_file: b}} => plaintext gw:4318 /v1/traces; drops ca_file, cert_file, key_file # net/http: the scheme decides
{endpoint: 'http://gw:4318', tls: {insecure: true}} => plaintext gw:4318 /v1/traces # net/http
{endpoint: 'https://gw:4318', tls: {insecure: true}} => tls gw gw gw:4318 system /v1/traces # confighttp: insecure drops the section
{endpoint: 'https://gw:4318', tls: {insecure: true, cert_file: a, key_file: b, server_name_override: x}} => tls gw gw gw:4318 system /v1/traces; drops cert_file, key_file, server_name_override # confighttp: insecure drops the section
{endpoint: 'https://gw:4318', tls: {insecure: true, ca_file: ca}} => tls gw gw gw:4318 ca /v1/traces; drops insecure # configtls.go: a CA wins
{endpoint: 'https://10.0.0.1:4318', tls: {ca_file: ca, server_name_override: gw.example.com}} => tls gw.example.com gw.example.com 10.0.0.1:4318 ca /v1/traces # two names: the request keeps the URL's host
{endpoint: 'https://10.0.0.1:4318', headers: {Host: gw.example.com}} => tls - 10.0.0.1 gw.example.com system /v1/traces # confighttp client.go: a Host header replaces it
{endpoint: 'https://10.0.0.1:4318', headers: [{name: Host, value: gw.example.com}], tls: {server_name_override: gw.example.com}} => tls gw.example.com gw.example.com gw.example.com system /v1/traces # configopaque maplist.go: a list is as good as a map
{endpoint: 'https://10.0.0.1:4318', headers: {host: gw.example.com}} => tls - 10.0.0.1 10.0.0.1:4318 system /v1/traces # confighttp client.go: any other letters change nothing
{endpoint: 'https://10.0.0.1', tls: {server_name_override: 'gw:443'}} => tls gw:443 gw:443 10.0.0.1 system /v1/traces # net/http: unlike gRPC it strips no port
{endpoint: 'https://GW.Example.COM'} => tls GW.Example.COM GW.Example.COM GW.Example.COM system /v1/traces # measured: letters stay as they are
{endpoint: 'https://gw?a=b'} => tls gw gw gw system / # composeSignalURL: the path lands in the query
{endpoint: 'https://gw/x#y'} => tls gw gw gw system /x # composeSignalURL: the path lands in the fragment
{endpoint: 'https://gw/a b'} => tls gw gw gw system /a%20b/v1/traces # net/url EscapedPath
{endpoint: 'https://gw/${env:TENANT}'} => tls gw gw gw system ? # confmap expand.go
{endpoint: 'https://u:p@gw:4318'} => tls gw gw gw:4318 system /v1/traces # net/http: they become Basic credentials
{endpoint: 'http://gw:'} => plaintext gw /v1/traces # net/http removeEmptyPort
{endpoint: 'http://[fe80::1%25eth0]:4318'} => plaintext [fe80::1]:4318 /v1/traces # net/http removeZone
{endpoint: 'http://:4318'} => plaintext :4318 /v1/traces # net.Dial: the own machine
{endpoint: 'https://:4318'} => fails: tls: either ServerName or InsecureSkipVerify must be specified in the tls.Config # crypto/tls
{endpoint: 'https://:4318', tls: {insecure_skip_verify: true}} => unverified tls   :4318 system /v1/traces # crypto/tls
{endpoint: 'https:/gw'} => fails: http: no Host in request URL # net/http
{endpoint: 'https://gw:65536'} => fails: dial tcp: address 65536: invalid port # net.Dial
{endpoint: 'https://10.0.0.300'} => fails: lookup 10.0.0.300: no such host # net isDomainName
{endpoint: 'https://gw /x'} => fails: endpoint must be a valid URL # net/url parseHost
{traces_endpoint: 'https://gw/%zz'} => fails: traces_endpoint must be a valid URL # otlphttpexporter factory.go composeSignalURL
{endpoint: 'https://gw', headers: {':authority': a}} => fails: net/http: invalid header field name \":authority\" # x/net http/httpguts
{endpoint: 'https://gw', headers: {authorization: \"a\\n\"}} => fails: net/http: invalid header field value for \"authorization\" # x/net http/httpguts
{endpoint: 'https://gw.:443'} => tls gw gw gw.:443 system /v1/traces # crypto/tls hostnameInSNI
{endpoint: 'https://[2001:db8::1]'} => tls - 2001:db8::1 [2001:db8::1] system /v1/traces # crypto/tls hostnameInSNI
{endpoint: 'localhost:4318'} => fails: unsupported protocol scheme \"localhost\" # net/url takes it for a scheme
{endpoint: '10.0.0.1:4318'} => fails: endpoint must be a valid URL # otlphttpexporter otlp.go newExporter
{endpoint: '${env:URL}'} => unknown: the endpoint comes from the environment # confmap expand.go
{endpoint: 'https://${env:HOST}:4318'} => tls ? ? ? system /v1/traces # confmap expand.go
{endpoint: 'http://gw:4318', auth: {authenticator: basicauth}} => plaintext gw:4318 /v1/traces # net/http sends credentials without asking
",
    );
    let paths = [
        (Signal::Traces, "/v1/traces"),
        (Signal::Metrics, "/v1/metrics"),
        (Signal::Logs, "/v1/logs"),
        (Signal::Profiles, "/v1development/profiles"),
    ];
    for (signal, expected) in paths {
        let dial = dialled("otlp_http", "{endpoint: 'https://gw/a/'}", signal).expect("a dial");
        assert_eq!(dial.path, Some(Name::Known(format!("/a{expected}"))));
        let own = format!("{{{signal}_endpoint: 'https://gw/own'}}");
        let dial = dialled("otlp_http", &own, signal).expect("a dial");
        assert_eq!(dial.path, Some(Name::Known("/own".to_owned())));
    }
}

/// What is asked for in the handshake (ALPN).
#[test]
fn protocols() {
    for (kind, body, expected) in [
        ("otlp_grpc", "{endpoint: 'gw:1'}", &["h2"][..]),
        ("otlp_http", "{endpoint: 'https://gw'}", &["h2", "http/1.1"]),
        (
            "otlp_http",
            "{endpoint: 'https://gw', force_attempt_http2: false}",
            &[],
        ),
    ] {
        let dial = dialled(kind, body, Signal::Traces).expect(body);
        let Security::Tls(handshake) = dial.security else {
            panic!("{body}");
        };
        assert_eq!(handshake.alpn, expected, "{body}");
    }
}

#[test]
fn ports_follow_the_scheme() {
    let port = |endpoint: &str| {
        dialled(
            "otlp_http",
            &format!("{{endpoint: '{endpoint}'}}"),
            Signal::Traces,
        )
        .ok()
        .and_then(|dial| dial.port)
    };
    assert_eq!(port("https://gw"), Some(443));
    assert_eq!(port("http://gw"), Some(80));
    assert_eq!(port("http://gw:4318"), Some(4318));
    assert_eq!(port("http://gw:${env:PORT}"), None);
}

/// contrib, exporter/loadbalancingexporter/resolver_static.go, resolver_dns.go, resolver_k8s.go.
#[test]
fn load_balancing_dials_what_its_resolver_finds() {
    for (resolver, host, port, knows_name) in [
        ("static: {hostnames: [a:5000, b:5000]}", "a", 5000, true),
        ("static: {hostnames: [a]}", "a", 4317, true),
        (
            "static: {hostnames: ['2001:db8::1']}",
            "2001:db8::1",
            443,
            true,
        ),
        ("static: {hostnames: ['https://a:5000']}", "a", 5000, true),
        ("dns: {hostname: a, port: ''}", "a", 4317, false),
        ("dns: {hostname: a.b.svc}", "a.b.svc", 4317, false),
        (
            "dns: {hostname: a.b.svc, port: 5000}",
            "a.b.svc",
            5000,
            false,
        ),
        ("k8s: {service: a.b}", "a.b", 4317, false),
        ("k8s: {service: a.b, ports: [5000]}", "a.b", 5000, false),
        (
            "k8s: {service: a.b, return_hostnames: true}",
            "a.b",
            4317,
            true,
        ),
    ] {
        let body = format!("{{protocol: {{otlp: {{}}}}, resolver: {{{resolver}}}}}");
        let dial = dialled("load_balancing", &body, Signal::Traces).expect(resolver);
        assert_eq!(dial.host.text().as_deref(), Some(host), "{resolver}");
        assert_eq!(dial.port, Some(port), "{resolver}");
        assert_eq!(dial.authority.known().is_some(), knows_name, "{resolver}");
    }
    let elsewhere =
        "{protocol: {otlp: {}}, resolver: {aws_cloud_map: {namespace: n, service_name: s}}}";
    assert_eq!(
        dialled("load_balancing", elsewhere, Signal::Traces),
        Err(NoDial::NotOtlp)
    );
}
