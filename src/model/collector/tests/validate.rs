//! What the real `otelcol validate` accepts and refuses: the runs that were made with 0.152, and what the Collector's
//! sources state about names, sections, types and substitutions. Longer than other files because it is tables.

use super::EXPORTER;
use super::RECEIVER;
use super::read;
use super::said;
use super::with;
use crate::model::collector::Collector;
use crate::model::collector::section::Presence;

const NOTHING: Vec<String> = Vec::new();

/// The configuration of [`with`] whose pipeline sends to `exporters`.
fn wired(exporters: &str) -> String {
    with(EXPORTER, RECEIVER).replace("[otlp_grpc]", exporters)
}

/// Runs of `otelcol validate` 0.152: exit code 0.
#[test]
fn it_accepts() {
    for exporter in [
        EXPORTER,
        "endpoint: <GATEWAY_IP_OR_HOST>:4317",
        "endpoint: http://gw:4317",
        "endpoint: gw:4317\ntls:\n  insecure: true\n  cert_file: a.crt\n  key_file: a.key",
        "endpoint: gw:4317\ntls:\n  ca_file: /no/such/file\n  cert_file: /nor/this\n  key_file: /nor/that",
    ] {
        assert_eq!(said(&with(exporter, RECEIVER)), NOTHING, "{exporter}");
    }
    for receiver in [
        RECEIVER,
        // A receiver with TLS that asks for no client certificate, and one whose CA stands under the wrong key.
        "protocols:\n  grpc:\n    tls:\n      cert_file: a\n      key_file: b",
        "protocols:\n  grpc:\n    tls:\n      cert_file: a\n      key_file: b\n      ca_file: c",
    ] {
        assert_eq!(said(&with(EXPORTER, receiver)), NOTHING, "{receiver}");
    }
}

/// Runs of `otelcol validate` 0.152, with the end of what it printed.
#[test]
fn it_refuses() {
    let text = wired("[otlp/x]");
    let undefined =
        "service::pipelines::traces: references exporter \"otlp/x\" which is not configured";
    assert_eq!(said(&text), [undefined]);
    for (exporter, end) in [
        ("endpoint: gw", "address gw: missing port in address"),
        ("endpoint: ''", "requires a non-empty \"endpoint\""),
        (
            "endpoint: gw:4317\ntls:\n  server_name: x",
            "'tls' has invalid keys: server_name",
        ),
        (
            "endpoint: gw:4317\ntsl:\n  insecure: true",
            "'otlpexporter.Config' has invalid keys: tsl",
        ),
        (
            "endpoint: gw:4317\ntls:\n  min_version: TLSv1.2",
            "unsupported TLS version: \"TLSv1.2\"",
        ),
        (
            "endpoint: gw:4317\ntls:\n  min_version: '1.3'\n  max_version: '1.2'",
            "min_version cannot be greater than max_version",
        ),
        (
            "endpoint: gw:4317\ntls:\n  ca_file: a\n  ca_pem: b",
            "provide either a CA file or the PEM-encoded string, but not both",
        ),
        (
            "endpoint: gw:4317\ncompression: brotli",
            "unsupported compression type \"brotli\"",
        ),
        (
            "endpoint: gw:4317\nendpoint: gw:4318",
            "mapping key \"endpoint\" already defined",
        ),
        // reality of the client side: does not start.
        (
            "endpoint: gw:4317\ntls:\n  cert_file: a",
            "TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)",
        ),
    ] {
        let said = said(&with(exporter, RECEIVER));
        assert!(
            matches!(said.as_slice(), [one] if one.ends_with(end)),
            "{exporter}: {said:?}"
        );
    }
    let nothing_open = "must specify at least one protocol when using the OTLP receiver";
    let said = said(&with(EXPORTER, "protocols:"));
    assert!(
        matches!(said.as_slice(), [one] if one.ends_with(nothing_open)),
        "{said:?}"
    );
}

/// core, otelcol/config.go, service/pipelines/config.go, otelcol/unmarshaler.go
#[test]
fn sections_and_pipelines_must_be_there() {
    let collector = |text: &str| {
        let stand_in = "receivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: [nop], exporters: [nop]}}}\n";
        let text = if text.is_empty() {
            stand_in.to_owned()
        } else {
            text.to_owned()
        };
        read(&text).expect("a configuration").faults
    };
    let cases: [(&str, &[&str]); 8] = [
        ("", &[]),
        (
            "receivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {}}",
            &["service::pipelines: service must have at least one pipeline"],
        ),
        (
            "receivers: {nop: }\nexporters: {}\nconnectors: {forward: }\nservice: {pipelines: {traces: {receivers: [nop], exporters: []}}}",
            &[
                "no exporter configuration specified in config",
                "service::pipelines::traces: must have at least one exporter",
            ],
        ),
        (
            "receivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: [], exporters: [nop]}}}",
            &["service::pipelines::traces: must have at least one receiver"],
        ),
        // A processor where an exporter belongs is just not there.
        (
            "receivers: {nop: }\nprocessors: {batch: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: [nop], exporters: [batch]}}}",
            &["service::pipelines::traces: references exporter \"batch\" which is not configured"],
        ),
        // Twice in a list: of processors an error, of the others nothing.
        (
            "receivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: [nop, nop], exporters: [nop, nop]}}}",
            &[],
        ),
        (
            "receiver: {nop: }\nreceivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: [nop], exporters: [nop]}}}",
            &["'otelcol.configSettings' has invalid keys: receiver"],
        ),
        // A string is no list of ids, and null no id.
        (
            "receivers: {nop: }\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: nop, exporters: [nop, null]}}}",
            &[
                "'service.pipelines[traces].receivers' source data must be an array or slice, got string",
                "service::pipelines::traces: references exporter \"\" which is not configured",
            ],
        ),
    ];
    for (text, expected) in cases {
        let faults = collector(text);
        let said: Vec<&str> = faults.iter().map(|fault| fault.said.as_str()).collect();
        assert_eq!(said, expected, "{text}");
    }
}

/// core, component/identifiable.go, pipeline/pipeline.go
#[test]
fn names_keep_to_their_grammar() {
    let named = |id: &str, pipeline: &str| {
        format!(
            "receivers:\n  '{id}':\nexporters:\n  debug:\nservice:\n  pipelines:\n    '{pipeline}':\n      receivers: ['{id}']\n      \
             exporters: [debug]\n"
        )
    };
    for id in ["nop", "nop/a/b", " nop / a ", "nop/naïve:1.2"] {
        assert_eq!(said(&named(id, "traces/a-b")), NOTHING, "{id}");
    }
    for (id, expected) in [
        (
            "nop/",
            "in \"nop/\" id: the part after / should not be empty",
        ),
        ("/a", "in \"/a\" id: the part before / should not be empty"),
        ("n-op", "invalid character(s) in type \"n-op\""),
        ("nop/a b", "invalid character(s) in name \"a b\""),
        ("nop/<a>", "invalid character(s) in name \"<a>\""),
    ] {
        let said = said(&named(id, "traces"));
        assert!(
            said.iter().any(|said| said.contains(expected)),
            "{id}: {said:?}"
        );
    }
    for (pipeline, expected) in [
        ("trace", "unknown pipeline signal: \"trace\""),
        ("traces/", "the part after / should not be empty"),
        ("traces/a b", "invalid character(s) in name \"a b\""),
        ("Traces", "unknown pipeline signal: \"Traces\""),
    ] {
        let said = said(&named("nop", pipeline));
        assert!(
            said.iter().any(|said| said.contains(expected)),
            "{pipeline}: {said:?}"
        );
    }
    let twice = "receivers: {otlp/a: , otlp/ a: }\nexporters: {debug: }\nservice: {pipelines: {traces: {receivers: [otlp/a], exporters: [debug]}}}";
    let said = said(twice);
    assert!(
        said.iter()
            .any(|said| said == "duplicate name \"otlp/ a\" after unmarshaling otlp/a"),
        "{said:?}"
    );
}

/// core, config/configoptional/optional.go and its test, receiver/otlpreceiver/factory.go
#[test]
fn null_empty_and_enabled_differ_by_section() {
    let server = |section: &str| {
        let text = with(
            EXPORTER,
            &format!("protocols:\n  grpc:\n    {section}\n  http:"),
        );
        let collector = read(&text).expect("a configuration");
        let said: Vec<String> = collector
            .faults
            .iter()
            .filter(|fault| fault.applies(None))
            .map(|fault| fault.said.clone())
            .collect();
        (collector, said)
    };
    let first = |collector: &Collector| collector.receivers[0].servers[0].clone();
    // `tls:` and `auth:` with nothing are off, and nobody says so.
    let (collector, said) = server("tls:");
    assert!(matches!(first(&collector).tls, Presence::Null(_)) && said.is_empty());
    let (collector, said) = server("auth:");
    assert!(matches!(first(&collector).auth, Presence::Null(_)) && said.is_empty());
    // Empty ones are on: TLS lacks its certificate, and the authenticator without a name is only missed at the start.
    let (_, said) = server("tls: {}");
    assert!(said[0].ends_with(
        "TLS configuration must include both certificate and key for server connections"
    ));
    let (collector, said) = server("auth: {}");
    assert!(first(&collector).auth.given().is_some() && said.is_empty());
    // `enabled: false` turns off whatever else is said.
    let (collector, said) = server("tls: {enabled: false, cert_file: a}");
    assert!(matches!(first(&collector).tls, Presence::Off(_)) && said.is_empty());
    let (_, said) = server("tls: {enabled: maybe}");
    assert!(said[0].contains("'tls' unexpected type string for 'enabled'"));
    for (receiver, servers, refused) in [
        ("protocols:\n  grpc:\n  http:", 2, false),
        ("protocols:\n  grpc: {}", 1, false),
        ("protocols: {grpc: {enabled: true}}", 1, false),
        ("protocols: {grpc: {enabled: false}}", 0, true),
        ("protocols: {grpc: {enabled: false}, http: }", 1, false),
        ("protocols: {}", 0, true),
        ("protocols:", 0, true),
        ("{}", 0, true),
    ] {
        let text = with(EXPORTER, receiver);
        let collector = read(&text).expect("a configuration");
        assert_eq!(collector.receivers[0].servers.len(), servers, "{receiver}");
        assert_eq!(!super::said(&text).is_empty(), refused, "{receiver}");
    }
    // Of exporters, queue and batches are on however they are written.
    for queue in [
        "sending_queue:",
        "sending_queue: {}",
        "sending_queue: {batch: }",
        "sending_queue: {batch: {}}",
    ] {
        assert_eq!(
            super::said(&with(&format!("{EXPORTER}\n{queue}"), RECEIVER)),
            NOTHING,
            "{queue}"
        );
    }
}

/// What `validate` takes, and the start or every export fails over. Measured with the Collector 0.159.0.
#[test]
fn what_starts_or_sends_nothing_is_refused() {
    for (exporter, expected) in [
        (
            "tls: {cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}",
            &["invalid TLS cipher suite: \"TLS_RSA_WITH_AES_128_CBC_SHA\""][..],
        ),
        (
            "tls: {cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA], include_insecure_cipher_suites: true}",
            &[],
        ),
        (
            "tls: {cipher_suites: [AES128], curve_preferences: [P224]}",
            &[
                "invalid TLS cipher suite: \"AES128\"",
                "invalid curve type: CurveID(0)",
            ],
        ),
        ("tls: {insecure: true, cipher_suites: [AES128]}", &[]),
    ] {
        let exporter = format!("endpoint: gw:4317\n{exporter}");
        assert_eq!(said(&with(&exporter, RECEIVER)), expected, "{exporter}");
    }
    for (proxy, expected) in [
        ("http://proxy:3128", None),
        ("${env:PROXY}", None),
        ("proxy", Some("parse \"proxy\": invalid URI for request")),
        (
            "proxy:3128",
            Some("proxyconnect tcp: dial tcp :0: connect: connection refused"),
        ),
    ] {
        let exporter = format!("endpoint: https://gw\nproxy_url: '{proxy}'");
        let text = with(&exporter, RECEIVER).replace("otlp_grpc", "otlp_http");
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(said(&text), expected, "{proxy}");
    }
}

/// core, confmap/internal/decoder.go, config/configopaque/maplist.go
#[test]
fn nothing_is_weakly_typed() {
    for exporter in [
        "endpoint: gw:4317\nheaders: {a: b}",
        "endpoint: gw:4317\nheaders: [{name: a, value: b}, {name: c, value: d}]",
        "endpoint: gw:4317\ntimeout: 0",
        "endpoint: gw:4317\ntimeout: 1h2m3.5s",
        "endpoint: gw:4317\ntls: {cipher_suites: 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384'}",
        // What comes out of a variable has both forms.
        "endpoint: ${env:GATEWAY}\ntls: {insecure: '${env:INSECURE}'}\ntimeout: ${env:T}\nread_buffer_size: ${env:N}\nheaders: ${env:H}",
    ] {
        assert_eq!(said(&with(exporter, RECEIVER)), NOTHING, "{exporter}");
    }
    for (exporter, expected) in [
        (
            "endpoint: 4317",
            "'endpoint' expected type 'string', got unconvertible type 'int'",
        ),
        (
            "endpoint: true",
            "'endpoint' expected type 'string', got unconvertible type 'bool'",
        ),
        (
            "endpoint: [gw:4317]",
            "'endpoint' expected type 'string', got unconvertible type '[]interface {}'",
        ),
        (
            "endpoint: gw:4317\ntls: {insecure: 'true'}",
            "'tls.insecure' expected type 'bool', got unconvertible type 'string'",
        ),
        (
            "endpoint: gw:4317\ntls: true",
            "'tls' expected a map or struct, got \"bool\"",
        ),
        (
            "endpoint: gw:4317\ntls: [insecure]",
            "'tls' expected a map or struct, got \"slice\"",
        ),
        (
            "endpoint: gw:4317\ntimeout: '5'",
            "'timeout' time: missing unit in duration",
        ),
        (
            "endpoint: gw:4317\ntimeout: 5d",
            "'timeout' time: unknown unit",
        ),
        (
            "endpoint: gw:4317\nread_buffer_size: '1'",
            "'read_buffer_size' expected type 'int'",
        ),
        (
            "endpoint: gw:4317\nheaders: [{name: a, value: b}, {name: a, value: c}]",
            "duplicate keys in map-style list: [a]",
        ),
        (
            "endpoint: gw:4317\nEndpoint: gw:4318",
            "has invalid keys: Endpoint",
        ),
    ] {
        let said = said(&with(exporter, RECEIVER));
        assert!(
            said.iter().any(|said| said.contains(expected)),
            "{exporter}: {said:?}"
        );
    }
}

/// core, confmap/expand.go, confmap/resolver.go, confmap/provider/envprovider/provider.go
#[test]
fn substitutions_are_resolved_or_refused() {
    for endpoint in [
        "${GATEWAY}:4317",
        "${env:GATEWAY:-gw:4317}",
        "${env:HOST:-gw}:${env:PORT:-4317}",
        "${file:/etc/endpoint}",
        "${yaml:gw:4317}",
        "${https://config.example.com/endpoint}",
        "${env:${env:WHICH}}",
        "${file:${env:DIRECTORY}/endpoint}",
        "$${NOT}:4317",
        "a$b:4317",
    ] {
        assert_eq!(
            said(&with(&format!("endpoint: '{endpoint}'"), RECEIVER)),
            NOTHING,
            "{endpoint}"
        );
    }
    for (endpoint, expected) in [
        (
            "${GATEWAY:-gw}:4317",
            "scheme \"GATEWAY\" is not supported for uri \"GATEWAY:-gw\"",
        ),
        (
            "${env:1GATEWAY}:4317",
            "environment variable \"1GATEWAY\" has invalid name",
        ),
        (
            "${env:A.B}:4317",
            "environment variable \"A.B\" has invalid name",
        ),
        (
            "${env:$A}:4317",
            "the uri \"env:$A\" contains unsupported characters ('$')",
        ),
    ] {
        let said = said(&with(&format!("endpoint: '{endpoint}'"), RECEIVER));
        assert!(
            said.iter().any(|said| said.contains(expected)),
            "{endpoint}: {said:?}"
        );
    }
    // A value that is one reference may become anything; keys are never expanded.
    let whole = "receivers: ${file:receivers.yaml}\nexporters: ${file:exporters.yaml}\nservice:\n  pipelines: ${file:pipelines.yaml}";
    assert_eq!(read(whole).map(|collector| collector.faults.len()), Some(0));
    let key = "receivers: {'${env:R}': }\nexporters: {debug: }\nservice: {pipelines: {traces: {receivers: [nop], exporters: [debug]}}}";
    assert!(
        said(key)
            .iter()
            .any(|said| said.contains("invalid character(s) in type"))
    );
    // What a default says is judged, unless it is empty and so says that the value comes from elsewhere.
    let version = |default: &str| {
        let tls = format!("tls: {{min_version: '${{env:V:-{default}}}'}}");
        said(&with(&format!("endpoint: gw:4317\n{tls}"), RECEIVER))
    };
    assert_eq!((version("1.3"), version("")), (NOTHING, NOTHING));
    assert!(version("9.9")[0].ends_with("unsupported TLS version: \"9.9\""));
}

/// core, service/telemetry/otelconftelemetry
#[test]
fn telemetry_of_its_own() {
    let own = |telemetry: &str| {
        let text = with(EXPORTER, RECEIVER);
        said(&text.replace(
            "service:\n",
            &format!("service:\n  telemetry: {telemetry}\n"),
        ))
    };
    for telemetry in [
        "{logs: {level: INFO, encoding: console}, metrics: {level: None}}",
        "{traces: {level: none, propagators: [tracecontext, b3], processors: [{batch: {exporter: {console: {}}}}], sampler: {always_on: }}}",
        "{metrics: {level: detailed, views: []}, resource: {service.name: a}}",
        "",
    ] {
        assert_eq!(own(telemetry), NOTHING, "{telemetry}");
    }
    for (telemetry, expected) in [
        ("{logs: {level: loud}}", "unrecognized level: \"loud\""),
        (
            "{logs: {encoding: xml}}",
            "no encoder registered for name \"xml\"",
        ),
        ("{metrics: {level: some}}", "unknown metrics level \"some\""),
        (
            "{metrics: {level: normal, readers: []}}",
            "collector telemetry metrics reader should exist",
        ),
        (
            "{metrics: {level: basic, views: [{}]}}",
            "views can only be set when",
        ),
        (
            "{traces: {propagators: [jaeger]}}",
            "unsupported trace propagator",
        ),
        (
            "{log: {level: info}}",
            "'service.telemetry' has invalid keys: log",
        ),
    ] {
        let said = own(telemetry);
        assert!(
            said.iter().any(|said| said.contains(expected)),
            "{telemetry}: {said:?}"
        );
    }
}

/// The Collector joins the errors of all `Validate` methods, and stops at decoding; here everything is said at once.
#[test]
fn every_error_is_said_in_one_run() {
    let text = with(
        "endpoint: gw\ntls: {cert_file: a, min_version: '9', severname: x}\ntimeout: 5\ncompression: brotli\nheaders: 3",
        "protocols:\n  grpc: {endpont: x, max_recv_msg_size_mib: -1}\n  http: {traces_url_path: ':'}\n  htttp:",
    )
    .replace("[otlp_grpc]", "[otlp_grpc, missing]")
    .replace("service:", "processors: {batch: {send_batch_siz: 1}}\nservice:\n  extensions: [absent]");
    let faults = read(&text).expect("a configuration").faults;
    let mut lines: Vec<usize> = faults
        .iter()
        .map(|fault| text[..fault.span.start as usize].matches('\n').count() + 1)
        .collect();
    lines.sort_unstable();
    assert_eq!(faults.len(), 13, "{faults:#?}");
    assert!(lines.windows(2).all(|pair| pair[0] <= pair[1]) && lines[0] == 4);
}
