//! What `otelcol validate` 0.159 says of the configurations of components, measured row by row: the role, the type, the body,
//! and the words with which it refuses; without words it accepts. Longer than other files because it is a table.

use super::component::faults_of;
use crate::model::collector::id::Role;

#[test]
fn components_are_judged_as_they_were_seen_to() {
    for row in MEASURED.lines().filter(|row| !row.is_empty()) {
        let (component, rest) = row.split_once(" | ").expect("a body");
        let (role, kind) = component.split_once(' ').expect("a role and a type");
        let role = Role::ALL.into_iter().find(|one| one.as_str() == role);
        let (body, refusal) = rest.split_once(" | ").unwrap_or((rest, ""));
        let mut faults = faults_of(role.expect("a role"), kind, body);
        faults.retain(|fault| fault.applies(Some(159)));
        let said: Vec<&str> = faults.iter().map(|fault| fault.said.as_str()).collect();
        match refusal {
            "" => assert!(said.is_empty(), "{row}: {said:?}"),
            _ => assert!(said.contains(&refusal), "{row}: {said:?}"),
        }
    }
}

const MEASURED: &str = r#"
receiver otlp | {protocols: {grpc: , http: }}
receiver otlp | {protocols: {grpc: {tls: }}}
receiver otlp | {protocols: {grpc: {tls: {}}}} | receivers::otlp::protocols::grpc: tls: TLS configuration must include both certificate and key for server connections
receiver otlp | {protocols: {grpc: {tls: {enabled: false, cert_file: a}}}}
receiver otlp | {protocols: {grpc: {tls: {enabled: 'true'}}}} | 'tls' unexpected type string for 'enabled'
receiver otlp | {protocols: {grpc: {tls: {enabled: }}}} | 'tls' unexpected type <nil> for 'enabled'
receiver otlp | {protocols: {grpc: {tls: [a]}}} | 'tls' '' expected a map or struct, got "slice"
receiver otlp | {protocols: {grpc: {tls: {cert_file: a}}}} | receivers::otlp::protocols::grpc: tls: config: TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)
receiver otlp | {protocols: {grpc: {tls: {cert_file: a, key_file: b, server_name: c}}}} | 'configtls.ServerConfig' has invalid keys: server_name
receiver otlp | {protocols: {grpc: {tls: {cert_file: a, key_file: b, min_version: 1.2}}}} | 'min_version' expected type 'string', got unconvertible type 'float64'
receiver otlp | {protocols: {grpc: {tls: {cert_file: a, key_file: b, cipher_suites: 'TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', curve_preferences: [P256]}}}}
receiver otlp | {protocols: {grpc: {auth: {}}}}
receiver otlp | {protocols: {grpc: {auth: {authenticator: {}}}}}
receiver otlp | {protocols: {grpc: {auth: {authenticator: 5}}}} | 'authenticator' expected a map or struct, got "int"
receiver otlp | {protocols: {grpc: {auth: {authenticator: a/b c}}}} | 'authenticator' in "b c" id: invalid character(s) in name "b c"
receiver otlp | {protocols: {grpc: {middlewares: a}}} | 'middlewares' source data must be an array or slice, got string
receiver otlp | {protocols: {grpc: {middlewares: [{id: a}, {id: 1}]}}} | 'middlewares[1].id' expected a map or struct, got "int"
receiver otlp | {protocols: {grpc: {transport: }}} | receivers::otlp::protocols::grpc: netaddr: invalid transport type ""
receiver otlp | {protocols: {grpc: {transport: TCP}}} | 'transport' unsupported transport type "TCP"
receiver otlp | {protocols: {grpc: {transport: npipe}}} | receivers::otlp::protocols::grpc: netaddr: named pipe path must start with "\\"
receiver otlp | {protocols: {grpc: {endpoint: 'http://[::1'}}}
receiver otlp | {protocols: {grpc: {endpoint: 4317}}} | 'endpoint' expected type 'string', got unconvertible type 'int'
receiver otlp | {protocols: {grpc: {max_recv_msg_size_mib: 1.9}}}
receiver otlp | {protocols: {grpc: {max_recv_msg_size_mib: 8796093022208}}} | receivers::otlp::protocols::grpc: invalid max_recv_msg_size_mib value, must be between 1 and 8796093022207
receiver otlp | {protocols: {grpc: {max_concurrent_streams: -2.5}}} | 'max_concurrent_streams' cannot parse value as 'uint32': -2.500000 overflows uint
receiver otlp | {protocols: {grpc: {read_buffer_size: 1e30}}} | receivers::otlp::protocols::grpc: invalid read_buffer_size value
receiver otlp | {protocols: {grpc: {keepalive: {server_parameters: {time: 1.5}}}}}
receiver otlp | {protocols: {grpc: {keepalive: {server_parameters: {time: 1 s}}}}} | 'time' time: unknown unit
receiver otlp | {protocols: {http: {traces_url_path: '%zz'}}} | 'traces_url_path' invalid HTTP URL path set for signal: parse "%zz": invalid URL escape "%zz"
receiver otlp | {protocols: {http: {cors: {allowed_origins: '*', max_age: '5'}}}} | 'max_age' expected type 'int', got unconvertible type 'string'
receiver otlp | {protocols: {http: {response_headers: {a: 1}}}} | '[a]' expected type 'configopaque.String', got unconvertible type 'int'
receiver otlp | {protocols: {http: {response_headers: [{name: a, value: b}, {name: a}]}}} | receivers::otlp::protocols::http: serverconfig::response_headers: duplicate keys in map-style list: [a]
receiver otlp | {protocols: {http: {auth: {authenticator: a, request_params: t}}}}
exporter otlp_grpc | {endpoint: } | exporters::otlp_grpc: requires a non-empty "endpoint"
exporter otlp_grpc | {endpoint: 'unix:/run/otel.sock'} | exporters::otlp_grpc::clientconfig: invalid port "/run/otel.sock"
exporter otlp_grpc | {endpoint: 'unix:///run/otel.sock'}
exporter otlp_grpc | {endpoint: 'gw:http'} | exporters::otlp_grpc::clientconfig: invalid port "http"
exporter otlp_grpc | {endpoint: 'gw:1', compression: }
exporter otlp_grpc | {endpoint: 'gw:1', compression: GZIP} | 'compression' unsupported compression type "GZIP"
exporter otlp_grpc | {endpoint: 'gw:1', compression: 5} | 'compression' expected type 'configcompression.Type', got unconvertible type 'int'
exporter otlp_grpc | {endpoint: 'gw:1', balancer_name: best} | exporters::otlp_grpc::clientconfig: invalid balancer_name: best
exporter otlp_grpc | {endpoint: 'gw:1', headers: {a: 5}} | '[a]' expected type 'configopaque.String', got unconvertible type 'int'
exporter otlp_grpc | {endpoint: 'gw:1', headers: [{name: a, value: 5}]} | 'headers[0].value' expected type 'configopaque.String', got unconvertible type 'int'
exporter otlp_grpc | {endpoint: 'gw:1', headers: [{name: a, values: b}]} | 'headers[0]' has invalid keys: values
exporter otlp_grpc | {endpoint: 'gw:1', headers: [{}, {}]} | exporters::otlp_grpc::clientconfig::headers: duplicate keys in map-style list: []
exporter otlp_grpc | {endpoint: 'gw:1', headers: a} | 'headers' source data must be an array or slice, got string
exporter otlp_grpc | {endpoint: 'gw:1', headers: }
exporter otlp_grpc | {endpoint: 'gw:1', timeout: 5}
exporter otlp_grpc | {endpoint: 'gw:1', timeout: 1.5}
exporter otlp_grpc | {endpoint: 'gw:1', timeout: 5d} | 'timeout' time: unknown unit
exporter otlp_grpc | {endpoint: 'gw:1', timeout: true} | 'timeout' expected type 'time.Duration', got unconvertible type 'bool'
exporter otlp_grpc | {endpoint: 'gw:1', timeout: -1s} | exporters::otlp_grpc::timeoutconfig: 'timeout' must be non-negative
exporter otlp_grpc | {endpoint: 'gw:1', timeout: 9223372036854775808} | exporters::otlp_grpc::timeoutconfig: 'timeout' must be non-negative
exporter otlp_grpc | {endpoint: 'gw:1', tls: {enabled: true}} | 'tls' has invalid keys: enabled
exporter otlp_grpc | {endpoint: 'gw:1', tls: ''} | 'tls' expected a map or struct, got "string"
exporter otlp_grpc | {endpoint: 'gw:1', tls: {ca_file: /no/such/file}}
exporter otlp_grpc | {endpoint: 'gw:1', tls: {ca_file: a, ca_pem: b}} | exporters::otlp_grpc::clientconfig::tls::config: provide either a CA file or the PEM-encoded string, but not both
exporter otlp_grpc | {endpoint: 'gw:1', tls: {key_pem: 5}} | 'tls.key_pem' expected type 'configopaque.String', got unconvertible type 'int'
exporter otlp_grpc | {endpoint: 'gw:1', tls: {min_version: '1.4'}} | exporters::otlp_grpc::clientconfig::tls::config: invalid TLS min_version: unsupported TLS version: "1.4"
exporter otlp_grpc | {endpoint: 'gw:1', keepalive: {enabled: false, time: 1s}}
exporter otlp_grpc | {endpoint: 'gw:1', keepalive: {tiem: 1s}} | 'configgrpc.KeepaliveClientConfig' has invalid keys: tiem
exporter otlp_grpc | {endpoint: 'gw:1', wait_for_ready: yes} | 'wait_for_ready' expected type 'bool', got unconvertible type 'string'
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: }
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: []} | 'sending_queue' '' expected a map or struct, got "slice"
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {queue_size: }} | exporters::otlp_grpc::sending_queue: `queue_size` must be positive
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {queue_size: 0.5}} | exporters::otlp_grpc::sending_queue: `queue_size` must be positive
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {num_consumer: 1}} | 'queuebatch.Config' has invalid keys: num_consumer
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: Items}} | 'sizer' invalid sizer: "Items"
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: 1}} | 'sizer' expected a map or struct, got "int"
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: items, batch: {}}} | exporters::otlp_grpc::sending_queue: `min_size` must be less than or equal to `queue_size`
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: bytes, batch: }}
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: requests, batch: {enabled: false}}}
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {batch: {flush_timeout: }}} | exporters::otlp_grpc::sending_queue: batch: `flush_timeout` must be positive
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {batch: {max_size: 10}}} | exporters::otlp_grpc::sending_queue: batch: `max_size` (10) must be greater or equal to `min_size` (8192)
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {batch: {partition: {metadata_keys: [a, A]}}}} | exporters::otlp_grpc::sending_queue: batch: partition: duplicate entry in metadata_keys: "a" (case-insensitive)
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {enabled: false, max_elapsed_time: 1s}} | exporters::otlp_grpc::retry_on_failure: 'max_elapsed_time' must not be less than 'initial_interval'
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {max_interval: 1h}} | exporters::otlp_grpc::retry_on_failure: 'max_elapsed_time' must not be less than 'max_interval'
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {multiplier: '2'}} | 'retry_on_failure.multiplier' expected type 'float64', got unconvertible type 'string'
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {randomization_factor: 1.1}} | exporters::otlp_grpc::retry_on_failure: randomization_factor value must be less than or equal to 1
exporter otlp_http | {endpoint: 'http://gw:4318/%zz'} | endpoint must be a valid URL
exporter otlp_http | {metrics_endpoint: 'http://gw'} | either endpoint or traces_endpoint must be specified
exporter otlp_http | {endpoint: 'http://gw', metrics_endpoint: '10.0.0.1:1'}
exporter otlp_http | {endpoint: 'http://gw', encoding: } | 'encoding' invalid encoding type: 
exporter otlp_http | {endpoint: 'http://gw', compression_params: {level: 10}} | exporters::otlp_http::clientconfig: unsupported parameters {Level:10} for compression type "gzip"
exporter otlp_http | {endpoint: 'http://gw', compression: zstd, compression_params: {level: 100}}
exporter otlp_http | {endpoint: 'http://gw', cookies: {enabled: 1}} | 'cookies' unexpected type int for 'enabled'
exporter debug | {verbosity: 1}
exporter debug | {verbosity: 7} | exporters::debug: verbosity level "" is not supported
exporter debug | {verbosity: DETAILED}
exporter debug | {verbosity: []} | 'verbosity' expected type 'configtelemetry.Level', got unconvertible type '[]interface {}'
exporter debug | {output_paths: [stdout]} | exporters::debug: output_paths is not supported when use_internal_logger is true
exporter debug | {use_internal_logger: false, output_paths: []} | exporters::debug: output_paths must not be empty when use_internal_logger is false
exporter load_balancing | {resolver: {static: {enabled: false, hostnames: [a]}}} | no resolvers specified for the exporter
exporter load_balancing | {resolver: {aws_cloud_map: {namespace: a}}} | no Cloud Map service_name specified to resolve the backends
exporter load_balancing | {resolver: {k8s: {service: a, ports: '1,2'}}} | 'ports' source data must be an array or slice, got string
exporter load_balancing | {resolver: {static: {hostnames: a}}, routing_key: metric} | unsupported routing_key: 
exporter load_balancing | {resolver: {static: {hostnames: a}}, routing_key: attributes} | exporters::load_balancing: routing_attributes must be specified when routing_key is "attributes"
exporter load_balancing | {resolver: {static: {hostnames: a}}, routing_attributes: [a]} | exporters::load_balancing: routing_attributes can only be used when routing_key is "attributes"; got ""
exporter load_balancing | {resolver: {static: {hostnames: a}}, protocol: {otlp: {endpoint: ''}}} | exporters::load_balancing::protocol::otlp: requires a non-empty "endpoint"
exporter load_balancing | {resolver: {static: {hostnames: a}}, retry_on_failure: {max_elapsed_time: 1s}}
processor batch | {metadata_keys: 'a,A'} | processors::batch: duplicate entry in metadata_keys: "a" (case-insensitive)
processor batch | {send_batch_size: 0, send_batch_max_size: 1}
processor batch | {send_batch_max_size: 4294967296}
processor batch | {timeout: }
processor memory_limiter | {check_interval: , limit_mib: 1} | processors::memory_limiter: 'check_interval' must be greater than zero
processor memory_limiter | {check_interval: 1s, limit_mib: 0.5} | processors::memory_limiter: 'limit_mib' or 'limit_percentage' must be greater than zero
processor memory_limiter | {check_interval: 1s, limit_mib: 5, max_gc_interval_when_soft_limited: 5s} | processors::memory_limiter: 'max_gc_interval_when_soft_limited' must be greater than or equal to 'min_gc_interval_when_soft_limited'
processor memory_limiter | {check_interval: 1s, limit_mib: 5, spike_limit_mib: 5} | processors::memory_limiter: 'spike_limit_mib' must be smaller than 'limit_mib'
processor k8s_attributes | {auth_type: serviceaccount} | processors::k8s_attributes: invalid authType for kubernetes: serviceaccount
processor k8s_attributes | {kube_api_qps: -1} | processors::k8s_attributes: kube_api_qps must be greater than 0
processor k8s_attributes | {extract: {metadata: [k8s.pod.names]}} | processors::k8s_attributes: "k8s.pod.names" is not a supported metadata field
processor k8s_attributes | {extract: {labels: a}} | 'extract.labels' source data must be an array or slice, got string
processor k8s_attributes | {filter: {namespace: [a]}} | 'filter.namespace' expected type 'string', got unconvertible type '[]interface {}'
processor k8s_attributes | {pod_association: [{from: connection}]} | 'pod_association[0]' has invalid keys: from
processor tail_sampling | {policies: [{name: a, type: latency, latncy: {threshold_ms: 1}}]}
processor tail_sampling | {policies: [{name: a, type: latency, latncy: 1}]} | 'policies[0][<interface {} Value>]' expected type 'map[string]interface {}', got unconvertible type 'int'
processor tail_sampling | {policies: [{name: a, type: ottl_condition, ottl_condition: {error_mode: Ignore}}]}
processor tail_sampling | {policies: [{name: a, type: ottl_condition, ottl_condition: {error_mode: }}]} | 'policies[0].ottl_condition.error_mode' unknown error mode 
processor tail_sampling | {num_traces: -1} | 'num_traces' cannot parse value as 'uint64': -1 overflows uint
processor tail_sampling | {num_shards: 257} | processors::tail_sampling: num_shards (257) must not exceed 256
processor tail_sampling | {sampling_strategy: } | processors::tail_sampling: invalid sampling_strategy "", expected one of "trace-complete" or "span-ingest"
extension basicauth | {htpasswd: } | extensions::basicauth: no credential source provided
extension basicauth | {htpasswd: {enabled: true}} | 'htpasswd' has invalid keys: enabled
extension basicauth | {client_auth: {password: 5}} | 'client_auth.password' expected type 'configopaque.String', got unconvertible type 'int'
extension bearertokenauth | {tokens: a} | 'tokens' source data must be an array or slice, got string
extension bearertokenauth | {token: a, tokens: []}
extension oidc | {}
extension oidc | {issuer_url: a, audience: b, providers: [{issuer_url: a, audience: b}]} | extensions::oidc: duplicate issuer URL found: a
extension oidc | {providers: [{issuer_url: a, audience: b, ignore_issuer: true}, {issuer_url: c, audience: d}]} | extensions::oidc: ignore_issuer cannot be true when multiple providers are configured
extension oauth2client | {client_id: a, token_url: b, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'} | extensions::oauth2client: no ClientCertificateKey provided in the OAuth2 exporter configuration
extension oauth2client | {client_id: a, client_secret: b, token_url: c, endpoint_params: {d: e}}
extension oauth2client | {client_id: a, client_secret: b, token_url: c, endpoint_params: {d: [1]}} | 'endpoint_params[d][0]' expected type 'string', got unconvertible type 'int'
extension headers_setter | {headers: [{key: a, value: b, value_file: c}]} | extensions::headers_setter: invalid header source, must be only one of 'from_context', 'from_attribute', 'value', or 'value_file'
extension headers_setter | {headers: [{key: a, value: b, action: append}]}
extension headers_setter | {headers: {key: a}} | 'headers' source data must be an array or slice, got map
extension health_check | {path: } | extensions::health_check::config: path must start with /
extension health_check | {response_body: {healthy: true}} | 'response_body.healthy' expected type 'string', got unconvertible type 'bool'
extension health_check | {check_collector_pipeline: {intervall: 1m}} | 'check_collector_pipeline' has invalid keys: intervall
extension zpages | {endpoint: } | extensions::zpages: "endpoint" is required when using the "zpages" extension
"#;
