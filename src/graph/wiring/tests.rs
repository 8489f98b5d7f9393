//! What Collectors find at the paths that they open, on small manifests.

use time::OffsetDateTime;

use super::Found;
use super::Wiring;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

const OBJECTS: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  config.yaml: |
    receivers:
      otlp: {protocols: {grpc: {tls: {cert_file: /tls/tls.crt, key_file: KEY_FILE}}}}
      otlp/unused: {protocols: {grpc: {tls: {key_file: /nowhere/unused.key}}}}
    exporters:
      otlp_grpc: {endpoint: 'a:1', tls: {insecure: true, cert_file: /nowhere/ignored.crt}}
    service:
      pipelines:
        traces: {receivers: [otlp], exporters: [otlp_grpc]}
---
apiVersion: v1
kind: Secret
metadata: {name: tls}
stringData: {tls.crt: x, tls.key: x}
---
";

/// The files that a container with those fields opens: path and what stands there, in one word.
fn opened(key_file: &str, container: &str, volumes: &str) -> (Vec<String>, usize) {
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: c, labels: {{app: c}}}}\nspec:\n  \
         containers: [{{name: c, {container}}}]\n  volumes: [{volumes}]\n"
    );
    let mut sources = Sources::new();
    let text = OBJECTS.replace("KEY_FILE", key_file) + &pod;
    sources.add(Source::new("a.yaml", text.into_bytes()));
    let settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let model = Model::read(&sources, &settings);
    let wiring = Wiring::of(&model, &settings);
    let files = wiring.files.iter().map(|file| {
        let word = match &file.found {
            Found::Key { .. } => "key",
            Found::NoKey { .. } => "no key",
            Found::NoObject { .. } => "no object",
            Found::LeftOut { .. } => "left out",
            Found::Folder { .. } => "folder",
            Found::NoVolume { .. } => "no volume",
            Found::Unmounted(_) => "unmounted",
            Found::OfImage => "of the image",
            Found::Unknown => "unknown",
        };
        format!("{}: {word}", file.path)
    });
    (files.collect(), wiring.unconfigured.len())
}

const CONTRIB: &str = "image: 'otel/opentelemetry-collector-contrib:0.150.0'";
const VOLUMES: &str =
    "{name: conf, configMap: {name: conf}}, {name: tls, secret: {secretName: tls}}";

#[test]
fn configurations_are_looked_up_where_the_collector_opens_them() {
    for (container, volumes, expected, unconfigured) in [
        (
            "",
            VOLUMES,
            vec!["/etc/otelcol-contrib/config.yaml: of the image"],
            0,
        ),
        ("args: [--feature-gates=x]", VOLUMES, vec![], 1),
        ("args: [components]", VOLUMES, vec![], 0),
        ("command: [/bin/sh, -c, otelcol]", VOLUMES, vec![], 0),
        (
            "args: [--config=/conf/config.yaml]",
            VOLUMES,
            vec!["/conf/config.yaml: unmounted"],
            0,
        ),
        (
            "args: [--config=/conf/a.yaml], volumeMounts: [{name: conf, mountPath: /conf}]",
            VOLUMES,
            vec!["/conf/a.yaml: no key"],
            0,
        ),
        (
            "args: [--config=/conf], volumeMounts: [{name: conf, mountPath: /conf}]",
            VOLUMES,
            vec!["/conf: folder"],
            0,
        ),
        (
            "args: [--config=/conf/a.yaml], volumeMounts: [{name: gone, mountPath: /conf}]",
            VOLUMES,
            vec!["/conf/a.yaml: no volume"],
            0,
        ),
        (
            "args: [--config=/conf/config.yaml], volumeMounts: [{name: conf, mountPath: /conf}]",
            "{name: conf, configMap: {name: conf, items: [{key: config.yaml, path: relay}]}}",
            vec!["/conf/config.yaml: left out"],
            0,
        ),
        (
            "args: [--config=/conf/config.yaml], volumeMounts: [{name: conf, mountPath: /conf}]",
            "{name: conf, configMap: {name: other}}",
            vec!["/conf/config.yaml: no object"],
            0,
        ),
        (
            "args: [--config=/conf/config.yaml], volumeMounts: [{name: conf, mountPath: /conf}]",
            "{name: conf, emptyDir: {}}",
            vec!["/conf/config.yaml: unknown"],
            0,
        ),
    ] {
        let container = format!("{CONTRIB}, {container}");
        let container = container.trim_end_matches(", ");
        let found = opened("/tls/tls.key", container, volumes);
        let expected = (
            expected.into_iter().map(str::to_owned).collect(),
            unconfigured,
        );
        assert_eq!(found, expected, "{container}");
    }
}

#[test]
fn settings_are_looked_up_for_components_in_use_only() {
    let mounts = "volumeMounts: [{name: conf, mountPath: /etc/otelcol-contrib}, {name: tls, mountPath: /tls}]";
    let container = format!("{CONTRIB}, env: [{{name: DIR, value: /tls}}], {mounts}");
    for (key_file, expected) in [
        ("/tls/tls.key", Some("/tls/tls.key: key")),
        ("/tls/server.key", Some("/tls/server.key: no key")),
        ("/keys/tls.key", Some("/keys/tls.key: unmounted")),
        ("'${env:DIR}/tls.key'", Some("/tls/tls.key: key")),
        ("'${env:ELSEWHERE}/tls.key'", None),
        (
            "/var/run/secrets/x/tls.key",
            Some("/var/run/secrets/x/tls.key: unknown"),
        ),
        ("<KEY>", None),
    ] {
        let (mut found, _) = opened(key_file, &container, VOLUMES);
        found.retain(|file| !file.contains("config.yaml") && !file.contains("tls.crt"));
        assert_eq!(found.first().map(String::as_str), expected, "{key_file}");
        assert!(found.len() <= 1, "{found:?}");
    }
}

#[test]
fn images_of_others_may_hold_any_file() {
    let mounts = "volumeMounts: [{name: conf, mountPath: /conf}]";
    let container =
        format!("image: 'acme/otelcol:1', args: [--config=/conf/config.yaml], {mounts}");
    let (found, _) = opened("/keys/tls.key", &container, VOLUMES);
    assert_eq!(
        found[1..],
        ["/tls/tls.crt: unknown", "/keys/tls.key: unknown"]
    );
}

/// Others have a `--config`, too.
#[test]
fn other_programs_are_left_alone() {
    let container = "image: 'docker.io/grafana/loki:3.5', args: [--config=/etc/loki.yaml]";
    assert_eq!(opened("/tls/tls.key", container, VOLUMES), (vec![], 0));
}
