//! What a configuration is judged by: the distribution and version that its image brings, else those that the settings
//! take for given.

#![allow(clippy::expect_used)] // a test ends at the first surprise

use otel_lint::lint;
use otel_lint::settings::Settings;
use otel_lint::settings::Severity;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::OffsetDateTime;

/// The findings about a configuration that a container with `image` reads, as `rule severity`; `assume` is what the
/// settings say of collectors.
fn findings(image: &str, assume: &str, config: &str) -> Vec<String> {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  c.yaml: |\n    {}\n---\napiVersion: apps/v1\nkind: Deployment\n\
         metadata: {{name: c}}\nspec:\n  selector: {{matchLabels: {{app: c}}}}\n  template:\n    metadata: {{labels: {{app: c}}}}\n    \
         spec:\n      containers:\n        - name: c\n          image: {image}\n          args: [--config=/c/c.yaml]\n          \
         volumeMounts: [{{name: c, mountPath: /c}}]\n      volumes: [{{name: c, configMap: {{name: c}}}}]\n---\napiVersion: v1\n\
         kind: Service\nmetadata: {{name: c}}\nspec:\n  selector: {{app: c}}\n  ports: [{{name: grpc-otlp, port: 4317}}]\n",
        config.replace('\n', "\n    ")
    );
    let mut settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    if !assume.is_empty() {
        settings
            .assume
            .take(&format!("collector={assume}"))
            .expect("an assumption");
    }
    let mut sources = Sources::new();
    sources.add(Source::new("c.yaml", text.into_bytes()));
    let report = lint(&sources, &settings);
    let words = report.findings.iter().map(|reported| {
        let severity = match reported.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        format!("{} {severity}", reported.finding.rule)
    });
    words
        .filter(|word| !word.starts_with("floating-image"))
        .collect()
}

/// A configuration that listens everywhere and sends to `exporter`.
fn sends(exporter: &str, body: &str) -> String {
    format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '0.0.0.0:4317'}}}}}}}}\nexporters: {{{exporter}: {body}}}\nservice:\n  pipelines: \
         {{traces: {{receivers: [otlp], exporters: [{exporter}]}}}}"
    )
}

const CONTRIB: &str = "otel/opentelemetry-collector-contrib";

#[test]
fn images_say_which_version_runs() {
    let removed = sends("logging", "");
    for (image, assume, expected) in [
        ("otel/opentelemetry-collector-contrib:0.110.0", "", vec![]),
        (
            "otel/opentelemetry-collector-contrib:0.111.0",
            "",
            vec!["removed-component error"],
        ),
        // Any registry, a mirror's path, a tag with more behind it, a digest beside the tag.
        (
            "registry.example.com:5000/hub/otel/opentelemetry-collector-contrib:v0.110.0-amd64",
            "",
            vec![],
        ),
        (
            "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib:0.111.0@sha256:00",
            "",
            vec!["removed-component error"],
        ),
        // A digest alone, no tag, a tag that is no version: then the settings, else what holds today, with less force.
        (
            "otel/opentelemetry-collector-contrib@sha256:00",
            "",
            vec!["removed-component warning"],
        ),
        ("otel/opentelemetry-collector-contrib", "0.110", vec![]),
        (
            "otel/opentelemetry-collector-contrib:latest",
            "0.111",
            vec!["removed-component error"],
        ),
        (
            "otel/opentelemetry-collector-contrib:stable",
            "0.110",
            vec![],
        ),
        // What the image says counts more than the settings.
        (
            "otel/opentelemetry-collector-contrib:0.110.0",
            "0.150",
            vec![],
        ),
        // The tag of an image of one's own, or of a vendor, is no version of the Collector: any may be in it.
        ("acme/relay:0.150.0", "", vec![]),
        ("acme/relay:0.150.0", "0.110", vec![]),
        (
            "acme/relay:0.150.0",
            "0.111",
            vec!["removed-component error"],
        ),
        ("quay.io/signalfx/splunk-otel-collector:0.118.0", "", vec![]),
    ] {
        assert_eq!(
            findings(image, assume, &removed),
            expected,
            "{image} {assume}"
        );
    }
}

#[test]
fn names_follow_the_version() {
    for (exporter, body, minor, expected) in [
        ("otlp", "{endpoint: 'a.b:1'}", 119, vec![]),
        (
            "otlp",
            "{endpoint: 'a.b:1'}",
            144,
            vec!["renamed-component warning"],
        ),
        (
            "otlp_grpc",
            "{endpoint: 'a.b:1'}",
            143,
            vec!["renamed-component error"],
        ),
        ("otlp_grpc", "{endpoint: 'a.b:1'}", 144, vec![]),
        (
            "otlphttp",
            "{endpoint: 'https://a.b'}",
            150,
            vec!["renamed-component warning"],
        ),
        ("jaeger", "{endpoint: 'a:1'}", 80, vec![]),
        (
            "jaeger",
            "{endpoint: 'a:1'}",
            90,
            vec!["removed-component error"],
        ),
        (
            "loadbalancing",
            "{resolver: {static: {hostnames: [a]}}}",
            152,
            vec![],
        ),
        (
            "load_balancing",
            "{resolver: {static: {hostnames: [a]}}}",
            152,
            vec!["renamed-component error"],
        ),
        ("no_such_thing", "", 150, vec!["unknown-component error"]),
        ("no_such_thing", "", 159, vec!["unknown-component error"]),
        // Older lists are not complete, newer ones are not known: only a slip of the pen is one in any.
        ("no_such_thing", "", 90, vec![]),
        ("no_such_thing", "", 160, vec![]),
        ("debugg", "", 90, vec!["unknown-component warning"]),
        ("debugg", "", 170, vec!["unknown-component warning"]),
        // A name with underscores may be what a newer version calls it.
        ("aws_s3", "", 159, vec!["unknown-component error"]),
        ("aws_s3", "", 160, vec![]),
    ] {
        let found = findings(
            &format!("{CONTRIB}:0.{minor}.0"),
            "",
            &sends(exporter, body),
        );
        assert_eq!(found, expected, "{exporter} 0.{minor}");
    }
}

#[test]
fn fields_follow_the_version() {
    for (body, minor, is_known) in [
        ("{endpoint: 'a.b:1', batcher: {enabled: true}}", 129, true),
        ("{endpoint: 'a.b:1', batcher: {enabled: true}}", 130, false),
        (
            "{endpoint: 'a.b:1', sending_queue: {blocking: true}}",
            128,
            true,
        ),
        (
            "{endpoint: 'a.b:1', sending_queue: {blocking: true}}",
            129,
            false,
        ),
        ("{endpoint: 'a.b:1', middlewares: []}", 124, false),
        ("{endpoint: 'a.b:1', middlewares: []}", 125, true),
        ("{endpoint: 'a.b:1', user_agent: x}", 150, false),
        ("{endpoint: 'a.b:1', user_agent: x}", 151, true),
        (
            "{endpoint: 'a.b:1', tls: {include_insecure_cipher_suites: true}}",
            153,
            false,
        ),
        (
            "{endpoint: 'a.b:1', tls: {include_insecure_cipher_suites: true}}",
            154,
            true,
        ),
    ] {
        let found = findings(&format!("{CONTRIB}:0.{minor}.0"), "", &sends("otlp", body));
        let is_refused = found.contains(&"unknown-field error".to_owned());
        assert_eq!(is_refused, !is_known, "{body} 0.{minor}: {found:?}");
    }
    let telemetry = |minor: u16| {
        let config = sends("debug", "").replace(
            "service:\n",
            "service:\n  telemetry: {metrics: {address: ':8888'}}\n",
        );
        findings(&format!("{CONTRIB}:0.{minor}.0"), "", &config)
    };
    assert_eq!(telemetry(127), Vec::<String>::new());
    assert_eq!(telemetry(128), ["unknown-field error"]);
}

/// Since 0.104 a receiver without an endpoint listens on localhost.
#[test]
fn default_endpoints_follow_the_version() {
    let silent = sends("debug", "").replace("{endpoint: '0.0.0.0:4317'}", "");
    let found = |tag: &str| findings(&format!("{CONTRIB}:{tag}"), "", &silent);
    assert_eq!(found("0.103.1"), Vec::<String>::new());
    assert_eq!(found("0.104.0"), ["loopback-receiver error"]);
}

#[test]
fn distributions_have_components_of_their_own() {
    let guarded = "receivers: {otlp: {protocols: {grpc: {endpoint: '0.0.0.0:4317', auth: {authenticator: oidc}}}}}\nexporters: {debug: }\n\
                   extensions: {oidc: {issuer_url: 'https://a', audience: b}}\nservice: {extensions: [oidc], pipelines: {traces: {receivers: [otlp], \
                   exporters: [debug]}}}";
    for (image, assume, expected) in [
        (
            "otel/opentelemetry-collector:0.150.0",
            "",
            vec!["unknown-component error"],
        ),
        ("otel/opentelemetry-collector-k8s:0.150.0", "", vec![]),
        (CONTRIB, "", vec![]),
        ("acme/relay", "", vec![]),
        (
            "acme/relay",
            "otel/opentelemetry-collector:0.150.0",
            vec!["unknown-component error"],
        ),
        ("acme/relay", "otel/opentelemetry-collector-k8s", vec![]),
        // The image that is named counts, whatever is assumed of others.
        (
            "otel/opentelemetry-collector-k8s:0.150.0",
            "otel/opentelemetry-collector:0.150.0",
            vec![],
        ),
    ] {
        assert_eq!(
            findings(image, assume, guarded),
            expected,
            "{image} {assume}"
        );
    }
}

/// Without `image` an operator runs what it was set up with: nobody can say which components there are.
#[test]
fn the_image_of_an_operator_is_not_guessed() {
    let resource = |image: &str| {
        format!(
            "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {{name: c}}\nspec:\n  mode: deployment\n{image}  config:\n    \
             receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}, statsd: {{}}}}\n    exporters: {{debug: {{}}, kafka: {{}}}}\n    service:\n      pipelines:\n        \
             metrics: {{receivers: [otlp, statsd], exporters: [debug, kafka]}}\n"
        )
    };
    let found = |image: &str, assume: &str| {
        let mut settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
        if !assume.is_empty() {
            settings.assume.take(assume).expect("an assumption");
        }
        let mut sources = Sources::new();
        sources.add(Source::new("c.yaml", resource(image).into_bytes()));
        let report = lint(&sources, &settings);
        let rules = report.findings.iter().map(|reported| reported.finding.rule);
        rules.collect::<Vec<_>>()
    };
    assert_eq!(found("", ""), Vec::<&str>::new());
    assert_eq!(
        found("  image: otel/opentelemetry-collector-k8s:0.150.0\n", ""),
        ["unknown-component"; 2]
    );
    assert_eq!(
        found("", "collector=otel/opentelemetry-collector-k8s:0.150.0"),
        ["unknown-component"; 2]
    );
}
