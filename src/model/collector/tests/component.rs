//! What each component that is known in full takes and refuses, by its own sources. One case a line: role, type, body,
//! and the end of what the Collector says.

use super::read;
use crate::model::collector::fault::Fault;
use crate::model::collector::id::Role;

/// What is wrong with a component of that type and body, in a configuration that is sound otherwise.
fn faults(role: Role, kind: &str, body: &str) -> Vec<Fault> {
    let mut faults = faults_of(role, kind, body);
    faults.retain(|fault| fault.applies(None));
    faults
}

/// The same in any version.
pub(super) fn faults_of(role: Role, kind: &str, body: &str) -> Vec<Fault> {
    let section = |of: Role, other: &str| match of == role {
        true => format!("{}:\n  {kind}: {body}\n", of.section()),
        false => other.to_owned(),
    };
    let name = |of: Role, other: &'static str| if of == role { kind } else { other };
    let signal = if kind == "prometheus" {
        "metrics"
    } else {
        "traces"
    };
    let text = format!(
        "{}{}{}{}service:\n  extensions: [{}]\n  pipelines:\n    {signal}:\n      receivers: [{}]\n      processors: [{}]\n      \
         exporters: [{}]\n",
        section(Role::Receiver, "receivers:\n  nop:\n"),
        section(Role::Processor, ""),
        section(Role::Exporter, "exporters:\n  nop:\n"),
        section(Role::Extension, ""),
        name(Role::Extension, ""),
        name(Role::Receiver, "nop"),
        name(Role::Processor, ""),
        name(Role::Exporter, "nop"),
    );
    read(&text).expect("a configuration").faults
}

/// The lines of a table, split at ` | `; the first word is the role.
fn rows(table: &str) -> impl Iterator<Item = (Role, &str, &str, &str)> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| {
        let (component, rest) = line.split_once(" | ").expect("a component");
        let (role, kind) = component.split_once(' ').expect("a role and a type");
        let role = Role::ALL.into_iter().find(|one| one.as_str() == role);
        let (body, said) = rest.split_once(" | ").unwrap_or((rest, ""));
        (role.expect("a role"), kind, body, said)
    })
}

fn refused(table: &str) {
    for (role, kind, body, said) in rows(table) {
        let found = faults(role, kind, body);
        let says = |fault: &Fault| fault.said.contains(said);
        assert!(found.iter().any(says), "{kind} {body}: {found:#?}");
    }
}

fn taken(table: &str) {
    for (role, kind, body, _) in rows(table) {
        let found = faults(role, kind, body);
        assert!(found.is_empty(), "{kind} {body}: {found:#?}");
    }
}

/// Each component with a misspelt key, and the key that was meant; nothing behind `->`: none is near enough.
#[test]
fn unknown_keys_lead_to_those_that_were_meant() {
    let table = "
receiver otlp | {protocols: {grpc: }, protocol: x} | protocol ->
receiver otlp | {protocols: {gprc: , http: }} | gprc -> grpc
receiver otlp | {protocols: {grpc: {endpont: a}}} | endpont -> endpoint
receiver otlp | {protocols: {http: {cors: {allowed_origin: ['*']}}}} | allowed_origin -> allowed_origins
receiver otlp | {protocols: {grpc: {tls: {cert_file: a, key_file: b, client_cafile: c}}}} | client_cafile -> client_ca_file
receiver otlp | {protocols: {grpc: {auth: {authenticater: a}}}} | authenticater -> authenticator
receiver otlp | {protocols: {grpc: {keepalive: {enforcement_polic: {}}}}} | enforcement_polic -> enforcement_policy
processor batch | {send_batch_siz: 1} | send_batch_siz -> send_batch_size
processor memory_limiter | {check_interval: 1s, limit_mib: 1, limit_mb: 1} | limit_mb ->
processor k8s_attributes | {extract: {metdata: []}} | metdata -> metadata
processor k8sattributes | {pod_asociation: []} | pod_asociation -> pod_association
processor tail_sampling | {decision_wiat: 1s, policies: []} | decision_wiat -> decision_wait
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failures: {}} | retry_on_failures -> retry_on_failure
exporter otlp | {endpoint: 'gw:1', sending_queue: {num_consumer: 1}} | num_consumer -> num_consumers
exporter otlp_http | {endpoint: 'http://gw', trace_endpoint: a} | trace_endpoint -> traces_endpoint
exporter otlphttp | {endpoint: 'http://gw', tls: {insecure_skip_verfy: true}} | insecure_skip_verfy -> insecure_skip_verify
exporter debug | {verbosty: basic} | verbosty -> verbosity
exporter load_balancing | {resolver: {static: {hostname: [a]}}} | hostname -> hostnames
exporter loadbalancing | {protocol: {oltp: {}}, resolver: {dns: {hostname: a}}} | oltp -> otlp
extension basicauth | {htpasswd: {inlin: a}} | inlin -> inline
extension bearertokenauth | {tken: a, token: b} | tken ->
extension oidc | {providers: [{issuer: a, issuer_url: b, audience: c}]} | issuer ->
extension oauth2client | {client_id: a, client_secret: b, token_url: c, scope: [d]} | scope -> scopes
extension headers_setter | {headers: [{key: a, from_contxt: b, value: c}]} | from_contxt -> from_context
extension health_check | {pth: /} | pth -> path
";
    for (role, kind, body, keys) in rows(table) {
        let (key, near) = keys.split_once(" ->").expect("two keys");
        let found = faults(role, kind, body);
        let ends = |fault: &&Fault| fault.said.ends_with(&format!("has invalid keys: {key}"));
        let fault = found.iter().find(ends);
        let fault = fault.unwrap_or_else(|| panic!("{kind} {body}: {found:#?}"));
        let near = Some(near.trim()).filter(|near| !near.is_empty());
        assert_eq!(fault.near.as_deref(), near, "{kind} {body}");
    }
}

/// core, receiver/otlpreceiver, config/configgrpc, config/confighttp, config/configcompression
#[test]
fn servers_and_clients() {
    refused(
        "
receiver otlp | {protocols: {grpc: {max_recv_msg_size_mib: -1}}} | invalid max_recv_msg_size_mib value
receiver otlp | {protocols: {grpc: {read_buffer_size: -1}}} | invalid read_buffer_size value
receiver otlp | {protocols: {grpc: {transport: carrier}}} | unsupported transport type \"carrier\"
receiver otlp | {protocols: {grpc: {max_concurrent_streams: -1}}} | overflows uint
receiver otlp | {protocols: {http: {logs_url_path: ':invalid'}}} | invalid HTTP URL path set for signal
exporter otlp_grpc | {endpoint: 'gw:1', balancer_name: best} | invalid balancer_name: best
exporter otlp_grpc | {endpoint: 'gw:1/path'} | invalid port \"1/path\"
exporter otlp_grpc | {endpoint: 'unix://'} | unix socket path cannot be empty
exporter otlp_grpc | {endpoint: 'dns:///'} | requires a non-empty \"endpoint\"
exporter otlp_grpc | {endpoint: 'https://'} | requires a non-empty \"endpoint\"
exporter otlp_grpc | {endpoint: 'gw:1', compression: zlib} | unsupported compression type \"zlib\"
exporter otlp_http | {timeout: 1s} | at least one endpoint must be specified
exporter otlp_http | {endpoint: '10.0.0.1:4318'} | endpoint must be a valid URL
exporter otlp_http | {endpoint: 'http://gw', encoding: xml} | invalid encoding type: xml
exporter otlp_http | {endpoint: 'http://gw', compression: brotli} | unsupported compression type \"brotli\"
exporter otlp_http | {endpoint: 'http://gw', compression: gzip, compression_params: {level: 42}} | {Level:42} for compression type \"gzip\"
exporter otlp_http | {endpoint: 'http://gw', compression: snappy, compression_params: {level: 1}} | compression type \"snappy\"
",
    );
    taken(
        "
receiver otlp | {protocols: {grpc: {transport: unix, endpoint: /run/otel.sock}}}
receiver otlp | {protocols: {http: {traces_url_path: v1/t, auth: {authenticator: a, request_params: [t]}}}}
receiver otlp | {protocols: {grpc: {keepalive: {server_parameters: {max_connection_age: 1m}}}}}
exporter otlp_http | {endpoint: 'http://gw', compression: zstd, compression_params: {level: 42}}
exporter otlp_http | {traces_endpoint: 'http://gw', cookies: {enabled: true}, middlewares: [{id: a}]}
exporter otlp_grpc | {endpoint: 'gw:1', balancer_name: pick_first, wait_for_ready: true, authority: b}
",
    );
}

/// core, exporter/exporterhelper/internal/queuebatch/config.go, config/configretry/backoff.go,
/// exporter/debugexporter/config.go; contrib, exporter/loadbalancingexporter/loadbalancer.go
#[test]
fn queues_retries_and_resolvers() {
    refused(
        "
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {num_consumers: 0}} | `num_consumers` must be positive
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {queue_size: -1}} | `queue_size` must be positive
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {storage: a, wait_for_result: true}} | `wait_for_result` is not supported
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: lines}} | invalid sizer: \"lines\"
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: requests, batch: {min_size: 1}}} | `batch` supports only `items` or `bytes`
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {batch: {flush_timeout: 0s}}} | `flush_timeout` must be positive
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {batch: {min_size: 9, max_size: 3}}} | greater or equal to `min_size` (9)
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: items, queue_size: 1, batch: {min_size: 2}}} | less than or equal to `queue_size`
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {batch: {partition: {metadata_keys: [a, A]}}}} | duplicate entry in metadata_keys: \"a\"
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {randomization_factor: 2}} | randomization_factor value must be less than or equal to 1
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {multiplier: -1}} | multiplier value must be greater than or equal to 0
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {max_elapsed_time: 1s}} | 'max_elapsed_time' must not be less than
exporter otlp_grpc | {endpoint: 'gw:1', timeout: -1s} | 'timeout' must be non-negative
exporter debug | {verbosity: none} | verbosity level \"None\" is not supported
exporter debug | {verbosity: loud} | unknown metrics level \"loud\"
exporter load_balancing | {protocol: {otlp: }} | no resolvers specified for the exporter
exporter load_balancing | {resolver: {static: {hostnames: [a]}, dns: {hostname: b}}} | only one resolver should be specified
exporter load_balancing | {resolver: {static: {hostnames: []}}} | no endpoints specified for the static resolver
exporter load_balancing | {resolver: {dns: {port: '1'}}} | no hostname specified to resolve the backends
exporter load_balancing | {resolver: {k8s: {}}} | no service specified to resolve the backends
",
    );
    taken(
        "
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {enabled: false, queue_size: -1}}
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: bytes, queue_size: 1, batch: {sizer: items, min_size: 2}}}
exporter otlp_grpc | {endpoint: 'gw:1', sending_queue: {sizer: requests, batch: {sizer: items}}}
exporter otlp_grpc | {endpoint: 'gw:1', retry_on_failure: {max_elapsed_time: 0}}
exporter load_balancing | {resolver: {k8s: {service: a.b, ports: [4317], return_hostnames: true}}, routing_key: traceID, timeout: 1s}
exporter load_balancing | {resolver: {aws_cloud_map: {namespace: a, service_name: b}}}
exporter debug | {verbosity: Detailed, sampling_initial: 1, use_internal_logger: false, output_paths: [stdout]}
",
    );
}

/// core, processor/batchprocessor/config.go, internal/memorylimiter/config.go; contrib,
/// processor/k8sattributesprocessor/config.go, internal/k8sconfig, processor/tailsamplingprocessor
#[test]
fn processors() {
    refused(
        "
processor memory_limiter | {check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 90} | must be smaller than 'limit_percentage'
processor memory_limiter | {check_interval: 1s, limit_percentage: 101} | must be greater than zero and less than or equal to hundred
processor memory_limiter | {check_interval: 1s, limit_mib: 9, min_gc_interval_when_hard_limited: 1m} | should be larger than
processor memory_limiter | {check_interval: 1s, limit_mib: -1} | overflows uint
processor memory_limiter | {limit_mib: 1} | 'check_interval' must be greater than zero
processor memory_limiter | {check_interval: 1s} | 'limit_mib' or 'limit_percentage' must be greater than zero
processor batch | {send_batch_max_size: 1} | send_batch_max_size must be greater or equal to send_batch_size
processor batch | {timeout: -1s} | timeout must be greater or equal to 0
processor k8s_attributes | {auth_type: serviceaccount} | invalid authType for kubernetes: serviceaccount
processor k8s_attributes | {extract: {labels: [{key: a, key_regex: b}]}} | Out of Key or KeyRegex only one option
processor k8s_attributes | {extract: {labels: [{key: a, from: pods}]}} | pods is not a valid choice for From
processor k8s_attributes | {filter: {fields: [{key: a, op: exists}]}} | 'exists' is not a valid label filter operation
processor k8s_attributes | {pod_association: [{sources: [{}, {}, {}, {}, {}]}]} | too many association sources. limit is 4
processor tail_sampling | {policies: [{name: a, type: latency}, {name: a, type: always_sample}]} | duplicate policy name \"a\"
processor tail_sampling | {policies: [{name: a, type: always_samples}]} | unknown sampling policy type always_samples
processor tail_sampling | {policies: [{name: a}]} | unknown sampling policy type
",
    );
    taken(
        "
processor memory_limiter | {check_interval: 1s, limit_percentage: '${env:LIMIT}'}
processor batch | {send_batch_size: 0, metadata_keys: [a]}
processor k8s_attributes | {}
processor k8s_attributes | {filter: {labels: [{key: a, op: exists}], node_from_env_var: N}, auth_type: none}
processor tail_sampling | {policies: [{name: a, type: acme_sampler, acme_sampler: {x: 1}}]}
processor tail_sampling | {policies: [{name: a, type: not, not: {not_sub_policy: {name: b, type: always_sample}}}]}
",
    );
}

/// contrib, extension/basicauthextension, bearertokenauthextension, oidcauthextension, oauth2clientauthextension,
/// headerssetterextension, healthcheckextension
#[test]
fn extensions() {
    refused(
        "
extension basicauth | {} | no credential source provided
extension basicauth | {htpasswd: {inline: 'a:b'}, client_auth: {username: a}} | only one of `htpasswd` or `client_auth` can be specified
extension basicauth | {client_auth: {username: a, secret_provider: {id: vault}}} | only one credential source allowed
extension basicauth | {client_auth: {secret_provider: {id: vault, username_key: a}}} | are required for client_auth
extension basicauth | {htpasswd: {secret_provider: {}}} | `secret_provider.id` is required
extension bearertokenauth | {scheme: Bearer} | no bearer token provided
extension bearertokenauth | {token: a, tokens: [b]} | either tokens or token should be provided, not both
extension oidc | {issuer_url: 'https://a'} | no Audience provided
extension oidc | {providers: [{audience: a}]} | no IssuerURL provided
extension oidc | {providers: [{issuer_url: a, audience: b}, {issuer_url: a, audience: c}]} | duplicate issuer URL found: a
extension oauth2client | {client_secret: a, token_url: b} | no ClientID provided
extension oauth2client | {client_id: a, token_url: b} | no ClientSecret provided
extension oauth2client | {client_id: a, client_secret: b} | no TokenURL provided
extension headers_setter | {headers: []} | missing headers configuration
extension headers_setter | {headers: [{value: a}]} | missing header name
extension headers_setter | {headers: [{key: a}]} | missing header source
extension headers_setter | {headers: [{key: a, value: b, from_context: c}]} | invalid header source
extension health_check | {endpoint: ''} | http endpoint required
extension health_check | {path: healthz} | path must start with /
",
    );
    taken(
        "
extension basicauth | {htpasswd: {file: /etc/htpasswd}}
extension basicauth | {client_auth: {username_file: a, password_file: b}}
extension bearertokenauth | {filename: /token}
extension bearertokenauth | {tokens: '${env:TOKENS}'}
extension oidc | {providers: [{issuer_url: a, ignore_audience: true, public_keys_file: b}]}
extension oauth2client | {client_id_file: a, client_secret_file: b, token_url: c, endpoint_params: {audience: d}}
extension oauth2client | {client_id: a, token_url: c, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_certificate_key_file: b}
extension headers_setter | {headers: [{key: a, action: delete}], additional_auth: b}
extension health_check | {}
extension health_check | {use_v2: true, http: {endpoint: a}}
",
    );
}
