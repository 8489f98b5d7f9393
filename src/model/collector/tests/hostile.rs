//! Configurations that nobody means: cut, twisted, with every value replaced by every other kind of value.

use super::read;
use crate::model::collector::Collector;
use crate::model::collector::dial::dial;
use crate::model::collector::id::Signal;

const TEXT: &str = "\
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
        tls: {cert_file: a.crt, key_file: a.key, client_ca_file: ca.crt, min_version: '1.2'}
        auth: {authenticator: basicauth/server}
        keepalive: {enforcement_policy: {min_time: 10s}}
      http: {endpoint: '[::1]:4318', traces_url_path: /t, cors: {allowed_origins: ['*']}}
  prometheus:
    config: {scrape_configs: [{job_name: a, static_configs: [{targets: [b]}]}]}
processors:
  batch: {timeout: 1s, send_batch_size: 10}
  memory_limiter: {check_interval: 1s, limit_mib: 100, spike_limit_mib: 10}
  k8s_attributes: {extract: {metadata: [k8s.pod.name]}, pod_association: [{sources: [{from: connection}]}]}
  tail_sampling: {policies: [{name: a, type: always_sample}]}
exporters:
  otlp_grpc:
    endpoint: gw.example.com:4317
    authority: é.example.com
    tls: {insecure: false, ca_file: ca.crt, server_name_override: gw}
    headers: {a: b}
    keepalive: {time: 10s}
    sending_queue: {queue_size: 1, storage: file_storage, batch: {flush_timeout: 1s}}
    retry_on_failure: {max_elapsed_time: 1m}
  otlp_http: {endpoint: 'https://gw/v1', headers: [{name: Host, value: gw}]}
  load_balancing: {protocol: {otlp: {tls: {insecure: true}}}, resolver: {dns: {hostname: a}}}
  debug: {verbosity: basic}
connectors:
  forward:
extensions:
  basicauth/server: {htpasswd: {inline: 'a:b'}}
  headers_setter: {headers: [{key: a, value: b}], additional_auth: basicauth/server}
service:
  extensions: [basicauth/server, headers_setter]
  telemetry: {logs: {level: info}, metrics: {level: detailed, readers: [{pull: {}}]}}
  pipelines:
    traces: {receivers: [otlp, forward], processors: [batch], exporters: [otlp_grpc, forward]}
";

/// Reads everything that there is to read of `text`; spans must lie inside it.
fn exercise(text: &str) {
    let Some(collector) = read(text) else { return };
    let length = u32::try_from(text.len()).expect("a short text");
    for fault in &collector.faults {
        assert!(
            fault.span.start <= fault.span.end && fault.span.end <= length,
            "{fault:?} in\n{text}"
        );
    }
    for exporter in &collector.exporters {
        for signal in Signal::ALL {
            let _ = dial(&collector, exporter, signal);
        }
    }
    for server in collector
        .receivers
        .iter()
        .flat_map(|receiver| &receiver.servers)
    {
        let _ = (
            server.listens(Some(90)),
            server.listens(None),
            server.path(Signal::Logs),
        );
    }
    let _ = (
        collector.askings(),
        collector.secrets(),
        collector.problems(Some(100)).count(),
    );
    let merged = Collector::merged(&[&collector, &collector]).expect("two sources");
    assert_eq!(
        merged.pipelines.len(),
        collector.pipelines.len(),
        "a source over itself changes nothing:\n{text}"
    );
}

#[test]
fn cut_anywhere() {
    for (at, _) in TEXT.char_indices() {
        exercise(&TEXT[..at]);
        exercise(&TEXT[at..]);
    }
}

#[test]
fn every_value_replaced_by_every_kind() {
    let kinds = [
        "",
        "~",
        "true",
        "on",
        "012",
        "-1",
        "1e400",
        ".nan",
        "2001-12-14",
        "[]",
        "{}",
        "[[]]",
        "{a: {b: [c]}}",
        "''",
        "'é'",
        "${X}",
        "${env:X:-${Y}}",
        "$$",
        "'::'",
        "&a [*a]",
        "!!binary aGk=",
        "|\n   x\n",
        "<<",
        "{<<: {x: y}}",
        "otlp/a b",
        "/",
        "\u{85}",
    ];
    let starts: Vec<usize> = TEXT.match_indices(": ").map(|(at, _)| at + 2).collect();
    for start in starts {
        let rest = &TEXT[start..];
        let end = start + rest.find(['\n', ',', '}', ']']).unwrap_or(rest.len());
        for kind in kinds {
            exercise(&format!("{}{kind}{}", &TEXT[..start], &TEXT[end..]));
        }
    }
}

#[test]
fn keys_that_are_no_names() {
    for key in [
        "null",
        "1",
        "[a]",
        "'a::b::c'",
        "'::'",
        "é",
        "' otlp '",
        "otlp/",
        "? x",
    ] {
        for section in [
            "receivers:\n",
            "exporters:\n",
            "pipelines:\n",
            "protocols:\n",
        ] {
            let indent = if section == "pipelines:\n" {
                "    "
            } else if section == "protocols:\n" {
                "      "
            } else {
                "  "
            };
            exercise(&TEXT.replacen(section, &format!("{section}{indent}{key}:\n"), 1));
        }
    }
}
