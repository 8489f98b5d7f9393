//! What Collectors of several versions take and refuse: each row was run through `otelcol validate` of all of them.

use super::component::faults_of;
use crate::model::collector::fault::Fault;
use crate::model::collector::id::Role;

/// The versions (minor of 0.x) of the columns.
const MEASURED: [u16; 12] = [111, 124, 139, 145, 148, 150, 153, 155, 159, 160, 162, 164];

/// A column is `.` where the version takes it, `X` where it refuses it, `~` where it drops the unknown key without a
/// word, `?` where the component could not be had.
const TABLE: &str = "
............ | exporter otlphttp | {endpoint: 'http://h:1', cookies: {enabled: true}}
XXXXXXXXX... | exporter otlphttp | {endpoint: 'http://h:1', keepalive: {}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', keepalive: {foo: 1}}
XXXXXXXXX~~~ | exporter otlphttp | {endpoint: 'http://h:1', tsl: {}}
XXXXXXXXX~~~ | exporter otlphttp | {endpoint: 'http://h:1', tls: {foo: 1}}
XXXXXXXXX~~~ | exporter otlphttp | {endpoint: 'http://h:1', retry_on_failure: {foo: 1}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {foo: 1}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', auth: {authenticator: a, foo: 1}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', compression: brotli}
XX.......... | exporter otlphttp | {endpoint: 'http://h:1', headers: [{name: a, value: b}]}
........XXXX | exporter otlphttp | {endpoint: 'http://h:1', retry_on_failure: {enabled: false, initial_interval: -1s}}
............ | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {enabled: false, queue_size: 0}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {queue_size: 0}}
XXXXXXXXX~~~ | exporter otlphttp | {endpoint: 'http://h:1', batcher: {enabled: true}}
X.XXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {blocking: true}}
X........... | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {block_on_overflow: true}}
XX.......... | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {batch: {}}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {sizer: items, batch: {}}}
X........... | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {sizer: items, batch: {flush_timeout: 1s, min_size: 10, max_size: 20}}}
XX.......... | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {batch: {sizer: items, flush_timeout: 1s, min_size: 10, max_size: 20}}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {batch: {partition: {cache_size: 0}}}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {batch: {partition: {idle_timeout: 0s}}}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', sending_queue: {storage: a, wait_for_result: true}}
XXXXXXXXX... | exporter otlphttp | {endpoint: 'http://h:1', keepalive: {max_idle_conns: 3}}
XXXXXXXXXXXX | exporter otlphttp | {endpoint: 'http://h:1', keepalive: {max_idle_conns: 3}, max_idle_conns: 4}
XXX......... | receiver otlp | {protocols: {grpc: {enabled: true}}}
XXX......... | receiver otlp | {protocols: {grpc: {tls: {enabled: false}}}}
XXX......... | receiver otlp | {protocols: {http: {transport: tcp}}}
XXXXXXXXXXXX | receiver otlp | {protocols: {grpc: {foo: 1}}}
XXXXXXXXX~~~ | receiver otlp | {protocols: {http: {foo: 1}}}
XXXXXXXXXXXX | receiver otlp | {protocols: {http: {cors: {foo: 1}}}}
XXXXXXXXXXXX | receiver otlp | {protocols: {http: {tls: {foo: 1}}}}
XXXXXXXXXXXX | receiver otlp | {protocols: {foo: 1}}
X.......XXXX | processor memory_limiter | {check_interval: 1s, limit_mib: 100, min_gc_interval_when_soft_limited: 10m}
XX??XX??XXXX | extension health_check | {foo: 1}
XXXXXXXX?~~~ | extension zpages | {foo: 1}
";

/// The same of `service.telemetry`.
const TELEMETRY: &str = "
..XXXXXXXXXX | {metrics: {address: 'localhost:8888'}}
.XXXXXXXXXXX | {metrics: {readers: []}}
............ | {metrics: {level: none, readers: []}}
............ | {metrics: {readers: [{pull: {exporter: {prometheus: {host: localhost, port: 8888}}}}]}}
............ | {resource: {service.name: a}}
............ | {resource: {service.name: }}
XXXXXX...... | {resource: {attributes: [{name: a, value: b}]}}
........XXXX | {resource: {detection/development: a}}
XXXXXXXX.... | {resource: {detection/development: {detectors: [{host: }]}}}
............ | {logs: {sampling: {initial: 1, thereafter: 1}}}
XXXXXXXXXXXX | {logs: {level: loud}}
XXXXXXXXXXXX | {metrics: {foo: {}}}
XXXXXXXXXXXX | {foo: 1}
";

fn verdict(faults: &[Fault], minor: u16) -> char {
    let applying: Vec<_> = faults
        .iter()
        .filter(|fault| fault.applies(Some(minor)))
        .collect();
    match applying.as_slice() {
        [] => '.',
        some if some.iter().any(|fault| fault.versions.contains(&minor)) => 'X',
        _ => '~',
    }
}

#[test]
fn versions_differ_as_they_were_seen_to() {
    for row in TABLE.lines().filter(|row| !row.is_empty()) {
        let (measured, rest) = row.split_once(" | ").expect("verdicts");
        let (component, body) = rest.split_once(" | ").expect("a body");
        let (role, kind) = component.split_once(' ').expect("a role and a type");
        let role = Role::ALL.into_iter().find(|one| one.as_str() == role);
        let faults = faults_of(role.expect("a role"), kind, body);
        let ours: String = MEASURED
            .into_iter()
            .zip(measured.chars())
            .map(|(minor, seen)| match seen {
                '?' => '?',
                _ => verdict(&faults, minor),
            })
            .collect();
        assert_eq!(ours, measured, "{rest}: {faults:#?}");
    }
}

#[test]
fn versions_differ_in_telemetry_as_they_were_seen_to() {
    for row in TELEMETRY.lines().filter(|row| !row.is_empty()) {
        let (measured, telemetry) = row.split_once(" | ").expect("verdicts");
        let text = format!(
            "receivers: {{nop: }}\nexporters: {{nop: }}\nservice: {{telemetry: {telemetry}, pipelines: {{traces: \
             {{receivers: [nop], exporters: [nop]}}}}}}\n"
        );
        let faults = super::read(&text).expect("a configuration").faults;
        let ours: String = MEASURED
            .map(|minor| verdict(&faults, minor))
            .iter()
            .collect();
        assert_eq!(ours, measured, "{telemetry}: {faults:#?}");
    }
}

/// What a version newer than all that were compared may have is not refused: only a slip of the pen is worth a word.
#[test]
fn a_version_that_is_not_known_may_have_more() {
    let on = |body: &str| faults_of(Role::Receiver, "otlp", body);
    let new = on("{protocols: {grpc: {quantum_keys: 1}}}");
    assert_eq!((verdict(&new, 164), verdict(&new, 165)), ('X', '.'));
    let slip = on("{protocols: {grpc: {endpoin: 'a:1'}}}");
    assert_eq!((verdict(&slip, 164), verdict(&slip, 165)), ('X', '~'));
    let choice = on("{protocols: {grpc: {transport: quic}}}");
    assert_eq!((verdict(&choice, 164), verdict(&choice, 165)), ('X', '.'));
    let wrong = on("{protocols: {grpc: {endpoint: 1}}}");
    assert_eq!(verdict(&wrong, 165), 'X');
}
