//! What files, Secrets and kustomize hold is followed to those who read it.

use time::OffsetDateTime;

use otel_lint::graph::wiring::Found;
use otel_lint::graph::wiring::Wiring;
use otel_lint::model::Model;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;

const KUSTOMIZATION: &str = "
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: otel
configMapGenerator:
  - name: conf
    files: [relay=config/collector.yaml, notes.txt]
secretGenerator:
  - name: tls
    files: [tls.crt, tls.key]
";

const CONFIG: &str = "
receivers: {otlp: {protocols: {grpc: {tls: {cert_file: /tls/tls.crt, key_file: /tls/other.key}}}}}
exporters: {debug: }
service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
";

const WORKLOAD: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: c}
spec:
  template:
    metadata: {labels: {app: c}}
    spec:
      containers:
        - name: c
          image: otel/opentelemetry-collector-k8s:0.150.0
          args: [--config=/conf/relay]
          volumeMounts: [{name: conf, mountPath: /conf}, {name: tls, mountPath: /tls}]
      volumes: [{name: conf, configMap: {name: conf}}, {name: tls, secret: {secretName: tls}}]
";

#[test]
fn collectors_read_what_kustomize_puts_into_their_config_maps() {
    let mut sources = Sources::new();
    for (name, text) in [
        ("base/config/collector.yaml", CONFIG),
        ("base/deployment.yaml", WORKLOAD),
        ("base/kustomization.yaml", KUSTOMIZATION),
    ] {
        sources.add(Source::new(name, text.as_bytes().to_vec()));
    }
    let settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let model = Model::read(&sources, &settings);
    assert_eq!((model.runs.len(), model.runs[0].workload), (1, Some(0)));
    assert_eq!(model.runs[0].build.minor, Some(150));
    let wiring = Wiring::of(&model, &settings);
    let words = wiring.files.iter().map(|file| match &file.found {
        Found::Key { .. } => "key",
        Found::NoKey { .. } => "no key",
        _ => "other",
    });
    assert_eq!(words.collect::<Vec<_>>(), ["key", "key", "no key"]);
}

#[test]
fn what_several_environments_have_is_taken_from_the_own_one() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: collector}\n";
    let route =
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {name: otlp}\n";
    let mut sources = Sources::new();
    for (name, text) in [
        ("/env/dev/route.yaml", route),
        ("/env/dev/service.yaml", service),
        ("/env/prod/gateway/route.yaml", route),
        ("/env/prod/z/service.yaml", service),
    ] {
        sources.add(Source::new(name, text.as_bytes().to_vec()));
    }
    let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    let meant = |route: usize| {
        let route = &model.routes[route].object;
        let service = model.services.nearest("default", "collector", route);
        service.map(|service| model.name(service.object.source))
    };
    assert_eq!(meant(0), Some("/env/dev/service.yaml"));
    // By the order of files alone the other environment's stands as near, and comes first.
    assert_eq!(meant(1), Some("/env/prod/z/service.yaml"));
}

#[test]
fn collectors_read_what_secrets_hold() {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(CONFIG);
    let workload = WORKLOAD.replace("configMap: {name: conf}", "secret: {secretName: conf}");
    for held in [
        format!("data: {{relay: {encoded}}}\n"),
        format!(
            "stringData:\n  relay: |\n{}",
            CONFIG.replace('\n', "\n    ")
        ),
    ] {
        let secret = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: conf}}\n{held}");
        let mut sources = Sources::new();
        for (name, text) in [("deployment.yaml", &workload), ("secret.yaml", &secret)] {
            sources.add(Source::new(name, text.as_bytes().to_vec()));
        }
        let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
        assert_eq!(
            (model.runs.len(), model.runs[0].workload),
            (1, Some(0)),
            "{held}"
        );
        // Nothing of it is ever shown.
        let shown = model.runs[0].collector.receivers[0].id.span;
        assert!(
            model
                .secret_spans()
                .iter()
                .any(|secret| secret.contains(shown))
        );
    }
}

#[test]
fn collectors_read_what_variables_hold() {
    let env = "args: [--config=env:CONF]\n          env: [{name: CONF, valueFrom: {configMapKeyRef: {name: conf, key: relay}}}]\n";
    let workload = WORKLOAD.replace("args: [--config=/conf/relay]\n", env);
    let text = CONFIG.trim().replace('\n', "\n    ");
    let map = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: conf}}\ndata:\n  relay: |\n    {text}"
    );
    let mut sources = Sources::new();
    for (name, text) in [("deployment.yaml", &workload), ("map.yaml", &map)] {
        sources.add(Source::new(name, text.as_bytes().to_vec()));
    }
    let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    assert_eq!((model.runs.len(), model.runs[0].workload), (1, Some(0)));
}

#[test]
fn certificates_behind_variables_are_found() {
    let root = env!("CARGO_MANIFEST_DIR");
    let certificate = std::fs::read_to_string(format!("{root}/testdata/certificates/client.crt"));
    let pem = certificate.unwrap().trim().replace('\n', "\n    ");
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: client}}\nstringData:\n  cert: |\n    {pem}\n"
    );
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n  relay: |\n    receivers: {otlp: {protocols: {grpc: }}}\n    \
               exporters: {otlp_grpc: {endpoint: \"a.example.com:4317\", tls: {cert_pem: \"${env:CERT}\", key_pem: \"${env:KEY}\"}}}\n    \
               service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}\n";
    let env = "args: [--config=/conf/relay]\n          env: [{name: CERT, valueFrom: {secretKeyRef: {name: client, key: cert}}}]\n";
    let workload = WORKLOAD.replace("args: [--config=/conf/relay]\n", env);
    let mut sources = Sources::new();
    for (name, text) in [
        ("deployment.yaml", workload.as_str()),
        ("map.yaml", map),
        ("secret.yaml", &secret),
    ] {
        sources.add(Source::new(name, text.as_bytes().to_vec()));
    }
    let settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let model = Model::read(&sources, &settings);
    let attachment = otel_lint::attach::attach(&model, &settings);
    let graph = otel_lint::graph::Graph::build(&model, &attachment, &settings);
    let [listed] = graph.inventory.as_slice() else {
        panic!("{}", graph.inventory.len());
    };
    let uses = format!("{:?}", listed.uses);
    assert!(uses.contains("Sent"), "{uses}");
}

/// Examples side by side: the workload of one that brings no ConfigMap is not held to those of its neighbours.
#[test]
fn nobody_is_judged_by_one_of_several_neighbours() {
    let map = |key: &str| {
        let config = CONFIG.trim().replace('\n', "\n    ");
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: conf}}\ndata:\n  {key}: |\n    {config}\n"
        )
    };
    for (neighbours, runs) in [(1, 1), (2, 0)] {
        let mut sources = Sources::new();
        for neighbour in 0..neighbours {
            let text = map("relay").into_bytes();
            sources.add(Source::new(format!("examples/{neighbour}/map.yaml"), text));
        }
        let text = WORKLOAD.as_bytes().to_vec();
        sources.add(Source::new("examples/own/deployment.yaml", text));
        let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
        let in_pods = model.runs.iter().filter(|run| run.workload.is_some());
        assert_eq!(in_pods.count(), runs, "{neighbours} neighbours");
    }
}
