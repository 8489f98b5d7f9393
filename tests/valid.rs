//! Configurations that work, of the shapes in which they are found: nothing in them is an error, and only what is named
//! with them is a warning.

#![allow(clippy::expect_used)] // a test ends at the first surprise

use otel_lint::lint;
use otel_lint::settings::Settings;
use otel_lint::settings::Severity;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::OffsetDateTime;

/// Judges `text` alone, in the open world; the warnings are `rule` each, once.
fn holds(text: &str, warnings: &[&str]) {
    let mut sources = Sources::new();
    sources.add(Source::new("shape.yaml", text.as_bytes().to_vec()));
    let report = lint(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    let mut warned = Vec::new();
    for reported in &report.findings {
        let finding = &reported.finding;
        let line = sources.start(finding.at).line;
        let said = format!("{line}: {} {}", finding.rule, finding.message);
        assert_ne!(finding.severity, Severity::Error, "{said}");
        if finding.severity == Severity::Warning {
            assert!(warnings.contains(&finding.rule), "{said}");
            warned.push(finding.rule);
        }
    }
    for warning in warnings {
        assert!(warned.contains(warning), "{warning} is expected");
    }
}

/// Components of vendors and of contrib, whose bodies are not known: keys that resemble those of others, patterns, OTTL.
#[test]
fn components_of_others() {
    holds(
        r#"
extensions:
  health_check: {endpoint: "${env:MY_POD_IP}:13133"}
  sigv4auth: {service: aps, region: eu-central-1}
  acme_license: {bundle: /opt/acme, token: "${env:LICENSE}"}
receivers:
  awsecscontainermetrics: {collection_interval: 20s}
  acme_agent/one: {protocols: {tcp: , udp: {endpoint: "0.0.0.0:9"}}, timeout: 5}
  otlp: {protocols: {grpc: , http: {cors: {allowed_origins: ["https://*.example.com"], max_age: 600}}}}
  jaeger: {protocols: {grpc: , thrift_http: , thrift_compact: {}, thrift_binary: }}
  file_log:
    include: [/var/log/pods/*/*/*.log]
    operators:
      - {type: regex_parser, regex: '^(?P<time>\S+) (?P<rest>.*)$'}
      - {type: move, from: attributes.rest, to: body}
  host_metrics: {collection_interval: 10s, scrapers: {cpu: , memory: , disk: , network: }}
  prometheus/own:
    config:
      global: {scrape_interval: 15s, external_labels: {cluster: 7}}
      scrape_configs:
        - job_name: own
          static_configs: [{targets: ["${env:MY_POD_IP}:8888"], labels: {tier: 1}}]
          relabel_configs:
            - {source_labels: [__address__, __meta_port], regex: '([^:]+)(?::\d+)?;(\d+)', replacement: $$1:$$2, target_label: __address__}
          metric_relabel_configs: [{source_labels: [__name__], regex: 'go_.*', action: drop}]
        - job_name: found
          kubernetes_sd_configs: [{role: pod, namespaces: {names: [a]}}]
          tls_config: {ca_file: /etc/ca.crt, server_name: a, min_version: TLS12}
          authorization: {type: Bearer, credentials_file: /var/run/token}
processors:
  memory_limiter: {check_interval: 1s, limit_percentage: "${env:LIMIT:-80}", spike_limit_percentage: 20}
  resource_detection: {detectors: [env, system, ec2, eks], override: false, timeout: 2s}
  transform:
    error_mode: ignore
    trace_statements:
      - context: span
        statements: ['set(attributes["who"], "${env:WHO}")', 'replace_pattern(name, "^/(.*)$", "$$1")']
  filter: {metrics: {exclude: {match_type: regexp, metric_names: ['^acme\.$x']}}}
  batch: {timeout: 200ms, send_batch_size: 512, send_batch_max_size: 1024}
exporters:
  awsemf: {region: "${env:AWS_REGION}", log_group_name: '/metrics/{ClusterName}'}
  prometheus_remote_write: {endpoint: "https://push.example.com/api", auth: {authenticator: sigv4auth}, resource_to_telemetry_conversion: {enabled: true}}
  elasticsearch: {endpoints: ["https://es.example.com:9200"], tls: {ca_file: /etc/es.crt}, timeout: 90s}
  kafka: {brokers: ["kafka:9092"], protocol_version: 2.0.0, auth: {sasl: {username: a, password: "${env:KAFKA}", mechanism: PLAIN}}}
  otlp_grpc/traces: {endpoint: "tempo.monitoring:4317", tls: {insecure: true}}
  otlp_http/cloud: {endpoint: "https://otlp.example.com/otlp", headers: {Authorization: "Basic ${env:CREDENTIALS}"}}
connectors:
  span_metrics: {histogram: {explicit: {buckets: [1ms, 10ms]}}, dimensions: [{name: http.method, default: GET}]}
  service_graph: {}
  routing: {default_pipelines: [traces/a], table: [{statement: 'route() where attributes["x"] == "y"', pipelines: [traces/b]}]}
service:
  telemetry:
    logs: {level: "${env:LEVEL:-info}", encoding: json, sampling: {enabled: false}}
    metrics: {level: detailed, readers: [{pull: {exporter: {prometheus: {host: 0.0.0.0, port: 8888}}}}], views: []}
    resource: {service.name: gateway, service.instance.id: }
  extensions: [health_check, sigv4auth, acme_license]
  pipelines:
    traces: {receivers: [otlp, jaeger], processors: [memory_limiter, resource_detection, batch], exporters: [routing, span_metrics, service_graph]}
    traces/a: {receivers: [routing], processors: [transform], exporters: [otlp_grpc/traces]}
    traces/b: {receivers: [routing], exporters: [otlp_http/cloud, kafka]}
    metrics/1: {receivers: [otlp, prometheus/own, host_metrics, span_metrics, service_graph, awsecscontainermetrics, acme_agent/one], processors: [memory_limiter, filter], exporters: [awsemf, prometheus_remote_write]}
    logs: {receivers: [otlp, file_log], exporters: [elasticsearch]}
"#,
        &[],
    );
}

/// Fields of the components that are known in full, as far as they go.
#[test]
fn components_in_full() {
    holds(
        r#"
extensions:
  bearertokenauth: {header: X-Api-Key, scheme: "", token: "${env:TOKEN}"}
  oauth2client: {client_id: a, client_secret: "${file:/secret}", token_url: "https://id.example.com/token", scopes: [s], timeout: 2s, tls: {ca_file: /ca.pem}}
  headers_setter: {headers: [{action: upsert, key: X-Tenant, from_context: tenant, default_value: none}, {key: X-Old, action: delete}]}
  health_check/own: {endpoint: "[::]:13133", path: /healthy, response_body: {healthy: yes!}}
  file_storage: {directory: /var/lib/queue}
  zpages: {endpoint: "localhost:55679"}
receivers:
  otlp/socket: {protocols: {grpc: {endpoint: /run/otel.sock, transport: unix}}}
  otlp:
    protocols:
      grpc:
        endpoint: "[::]:4317"
        max_recv_msg_size_mib: 16
        max_concurrent_streams: 100
        keepalive: {server_parameters: {max_connection_age: 30s, max_connection_age_grace: 5s}, enforcement_policy: {min_time: 10s, permit_without_stream: true}}
        tls: {cert_file: /tls.crt, key_file: /tls.key, client_ca_file: /ca.crt, client_ca_file_reload: true, min_version: "1.3", reload_interval: 1h, curve_preferences: [X25519]}
      http: {endpoint: ":4318", include_metadata: true, max_request_body_size: 1048576, response_headers: {x: y}, compression_algorithms: [gzip, ""], tls: {cert_pem: "${env:CRT}", key_pem: "${env:KEY}", client_ca_file: /ca.crt}}
processors:
  tail_sampling:
    decision_wait: 10s
    num_traces: 100
    decision_cache: {sampled_cache_size: 1000}
    policies:
      - {name: slow, type: latency, latency: {threshold_ms: 500, upper_threshold_ms: 10000}}
      - {name: broken, type: status_code, status_code: {status_codes: [ERROR, UNSET]}}
      - {name: some, type: probabilistic, probabilistic: {sampling_percentage: 1.5, hash_salt: s}}
      - {name: named, type: string_attribute, string_attribute: {key: k, values: ["v.*"], enabled_regex_matching: true, invert_match: false}}
      - {name: both, type: and, and: {and_sub_policy: [{name: one, type: always_sample}, {name: two, type: rate_limiting, rate_limiting: {spans_per_second: 5}}]}}
      - {name: mixed, type: composite, composite: {max_total_spans_per_second: 10, policy_order: [p], composite_sub_policy: [{name: p, type: always_sample}], rate_allocation: [{policy: p, percent: 50}]}}
      - {name: asked, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes["a"] == "b"']}}
  k8s_attributes:
    filter: {node_from_env_var: NODE, namespace: a, labels: [{key: a, value: b, op: not-equals}]}
    extract: {metadata: [k8s.pod.name, service.name], labels: [{tag_name: $$1, key_regex: 'app\.(.*)', from: pod}], annotations: [{key: a, from: namespace}], otel_annotations: true}
    pod_association: [{sources: [{from: resource_attribute, name: k8s.pod.ip}]}, {sources: [{from: connection}]}]
    exclude: {pods: [{name: jaeger-.*}]}
    wait_for_metadata: true
exporters:
  otlp_grpc:
    endpoint: dns:///gateway.example.com:4317
    compression: zstd
    balancer_name: round_robin
    sending_queue: {num_consumers: 4, queue_size: 5000, storage: file_storage, sizer: bytes, block_on_overflow: true, batch: {flush_timeout: 5s, min_size: 100, max_size: 200, sizer: items, partition: {metadata_keys: [a, b]}}}
    retry_on_failure: {initial_interval: 1s, max_interval: 10s, max_elapsed_time: 0s}
    keepalive: {time: 30s, timeout: 5s, permit_without_stream: true}
    auth: {authenticator: oauth2client}
    headers: [{name: a, value: b}]
  otlp_http:
    endpoint: https://gateway.example.com
    compression: gzip
    compression_params: {level: 9}
    tls: {ca_file: /ca.pem, cert_file: /tls.crt, key_file: /tls.key}
    auth: {authenticator: headers_setter}
    http2_ping_timeout: 5s
    proxy_url: http://proxy.example.com:3128
    encoding: json
  load_balancing: {routing_key: service, protocol: {otlp: {timeout: 1s, tls: {ca_file: /ca.pem, server_name_override: sampler}}}, resolver: {dns: {hostname: sampler, port: "4317", interval: 5s}}}
  debug: {verbosity: normal, sampling_initial: 2, sampling_thereafter: 500}
connectors: {forward: }
service:
  extensions: [oauth2client, headers_setter, health_check/own, file_storage, zpages, bearertokenauth]
  telemetry: {logs: {level: WARN, initial_fields: {a: b}}, metrics: {level: none}}
  pipelines:
    traces/in: {receivers: [otlp, otlp/socket], processors: [k8s_attributes], exporters: [load_balancing, forward]}
    traces: {receivers: [forward], processors: [tail_sampling], exporters: [otlp_grpc, otlp_http]}
    logs: {receivers: [otlp], exporters: [debug]}
"#,
        &[],
    );
}

/// Old versions, with what was right then.
#[test]
fn old_versions() {
    holds(
        r#"
apiVersion: opentelemetry.io/v1alpha1
kind: OpenTelemetryCollector
metadata: {name: old}
spec:
  mode: daemonset
  image: otel/opentelemetry-collector-contrib:0.88.0
  config: |
    receivers:
      otlp: {protocols: {grpc: , http: {endpoint: "$POD_IP:4318"}}}
    processors:
      batch:
      k8sattributes: {extract: {metadata: [k8s.pod.name]}}
    exporters:
      logging: {loglevel: debug, verbosity: detailed}
      otlp: {endpoint: "$GATEWAY", tls: {insecure: true}}
      loki: {endpoint: "http://loki:3100/loki/api/v1/push"}
    service:
      telemetry: {metrics: {address: ":8888"}}
      pipelines:
        traces: {receivers: [otlp], processors: [k8sattributes, batch], exporters: [logging, otlp]}
        logs: {receivers: [otlp], exporters: [loki]}
"#,
        &["unserved-version"],
    );
}

/// Configurations that are written, filled in or merged before they are read.
#[test]
fn prepared_and_merged() {
    holds(
        r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: gateway}
spec:
  selector: {matchLabels: {app: gateway}}
  template:
    metadata: {labels: {app: gateway}}
    spec:
      initContainers:
        - name: render
          image: busybox:1.36
          command: [sh, -c, 'envsubst < /in/c.yaml > /out/c.yaml']
          volumeMounts: [{name: in, mountPath: /in}, {name: out, mountPath: /out}]
      containers:
        - name: nginx
          image: nginx:1.27
          ports: [{name: otlp, containerPort: 4317}]
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.150.0
          command: [/otelcol-contrib]
          args: [--config, /out/c.yaml, --config=env:MORE, "--config=yaml:processors::batch::timeout: 2s", --set=service.telemetry.logs.level=debug]
          envFrom: [{configMapRef: {name: more}}]
          volumeMounts: [{name: out, mountPath: /out}, {name: tls, mountPath: /tls}]
      volumes: [{name: in, configMap: {name: template}}, {name: out, emptyDir: {}}, {name: tls, csi: {driver: csi.cert-manager.io}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: template}
data:
  c.yaml: |
    receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:14317", tls: {cert_file: /tls/tls.crt, key_file: /tls/tls.key}}}}}
    exporters: {otlp_grpc: {endpoint: "${BACKEND}"}}
    service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}
  other.tmpl: |
    receivers:
      otlp: {{ .Otlp }}
    exporters:
      {{ range .Exporters }}
    service:
---
apiVersion: v1
kind: Service
metadata: {name: gateway}
spec: {selector: {app: gateway}, ports: [{name: otlp, port: 4317, targetPort: otlp}]}
"#,
        &[],
    );
    // One file of several, and two that are no configuration of a Collector.
    holds(
        "exporters: {otlp_grpc: {tls: {cert_file: a}}}\nservice: {pipelines: {traces: {processors: [batch], exporters: [otlp_grpc, debug]}}}\n",
        &[],
    );
    holds(
        "file_format: '1.0'\ntracer_provider: {processors: [{batch: {exporter: {otlp_grpc: {endpoint: 'http://a:4317'}}}}]}\n",
        &[],
    );
    holds(
        "receivers: [{name: 'null'}]\nroute: {receiver: 'null'}\nglobal: {resolve_timeout: 5m}\n",
        &[],
    );
    holds(
        "mode: deployment\nimage: {repository: x}\nconfig: {receivers: {otlp: }, service: {pipelines: {traces: {receivers: [otlp]}}}}\n",
        &[],
    );
}
