//! What the schema says of documents agrees with what API servers say of them.

#![allow(clippy::unwrap_used)] // a test that cannot read its input has to stop

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::problem::Problem;
use otel_lint::problem::ProblemKind;
use otel_lint::schema::Schemas;
use otel_lint::settings::Assume;
use otel_lint::settings::Channel;
use otel_lint::settings::Version;
use otel_lint::source::Source;
use otel_lint::source::SourceId;
use otel_lint::yaml;
use otel_lint::yaml::Dialect;
use otel_lint::yaml::Text;

const GATEWAY: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: telemetry
spec:
  gatewayClassName: any
  listeners:
    - name: otlp
      hostname: otlp.example.com
      port: 4317
      protocol: HTTPS
      tls:
        certificateRefs:
          - name: server
        options:
          example.com/option: value
";

const ROUTE: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata:
  name: otlp
spec:
  parentRefs:
    - name: telemetry
      sectionName: otlp
  hostnames:
    - otlp.example.com
  rules:
    - matches:
        - method:
            service: opentelemetry.proto.collector.trace.v1.TraceService
            method: Export
      backendRefs:
        - name: collector
          port: 4317
";

const POLICIES: [(&str, &str, &str); 3] = [
    (
        "TLSRoute v1",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: TLSRoute\nmetadata: {name: a}\nspec:\n  \
         hostnames: [a.example.com]\n  rules:\n    - backendRefs: [{name: a, port: 1}]\n",
        "---++",
    ),
    (
        "ReferenceGrant v1",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: a}\nspec:\n  \
         from: [{group: gateway.networking.k8s.io, kind: GRPCRoute, namespace: a}]\n  to: [{group: \"\", kind: Service}]\n",
        "---++",
    ),
    (
        "BackendTLSPolicy v1",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: a}\nspec:\n  \
         targetRefs: [{group: \"\", kind: Service, name: a}]\n  \
         validation: {hostname: a.example.com, wellKnownCACertificates: System}\n",
        "--+++",
    ),
];

fn problems(text: &str, assume: &Assume) -> Vec<Problem> {
    let source = Source::new("a.yaml", text.as_bytes().to_vec());
    let text = Text::whole(SourceId(0), &source).unwrap();
    let stream = yaml::parse(text, Dialect::Kubernetes);
    assert!(stream.faults().is_empty(), "{:?}", stream.faults());
    let schemas = Schemas::new(assume);
    let documents = stream.documents();
    documents
        .flat_map(|document| schemas.validate(document))
        .collect()
}

fn bundle(minor: u16, channel: Channel) -> Assume {
    Assume {
        gateway_api: Some(Version::new(1, minor)),
        channel: Some(channel),
        ..Assume::default()
    }
}

fn is_error(problem: &Problem) -> bool {
    !matches!(
        problem.kind,
        ProblemKind::DeprecatedVersion | ProblemKind::UselessValue
    )
}

/// What is changed, the text that is replaced (once), by what, and the verdicts.
type Mutation = (&'static str, String, String, &'static str);

fn mutation(what: &'static str, from: &str, to: &str, verdicts: &'static str) -> Mutation {
    (what, from.to_owned(), to.to_owned(), verdicts)
}

fn gateway_mutations() -> Vec<Mutation> {
    let refs = "        certificateRefs:\n          - name: server\n";
    let options = "        options:\n          example.com/option: value\n";
    let tls = &format!("      tls:\n{refs}{options}");
    let head = |name: &str, port: u16| {
        format!(
            "    - name: {name}\n      hostname: otlp.example.com\n      port: {port}\n      protocol: HTTPS\n"
        )
    };
    let listener = &format!("{}{tls}", head("otlp", 4317));
    let spec = "spec:\n  gatewayClassName";
    let ca = "caCertificateRefs: [{group: \"\", kind: ConfigMap, name: ca}]";
    let validation = |more: &str| {
        format!(
            "spec:\n  tls:\n    frontend:\n      default:\n        validation:\n          {ca}\n{more}  gatewayClassName"
        )
    };
    let fallback = "          mode: AllowInsecureFallback\n";
    let backend = "spec:\n  tls:\n    backend:\n      clientCertificateRef:\n        name: client\n  gatewayClassName";
    let old = &format!("        frontendValidation:\n          {ca}\n");
    vec![
        mutation("nothing", "", "", "+++++"),
        mutation("no certificateRefs, options kept", refs, "", "+++++"),
        mutation(
            "neither certificateRefs nor options",
            tls,
            "      tls: {mode: Terminate}\n",
            "-----",
        ),
        mutation("HTTPS without tls", tls, "", "+++++"),
        mutation("tls on HTTP", "HTTPS", "HTTP", "-----"),
        mutation(
            "hostname on TCP",
            &format!("HTTPS\n{tls}"),
            "TCP\n",
            "-----",
        ),
        mutation(
            "HTTPS passed through",
            "      tls:\n",
            "      tls:\n        mode: Passthrough\n",
            "-----",
        ),
        mutation(
            "an unknown mode",
            "      tls:\n",
            "      tls:\n        mode: Mutual\n",
            "-----",
        ),
        mutation("frontendValidation of a listener", options, old, "-+---"),
        mutation("frontend validation", spec, &validation(""), "---++"),
        mutation(
            "frontend validation with fallback",
            spec,
            &validation(fallback),
            "---++",
        ),
        mutation("a client certificate for backends", spec, backend, "---++"),
        mutation(
            "hostname in capitals",
            "otlp.example.com",
            "OTLP.example.com",
            "-----",
        ),
        mutation(
            "an address as hostname",
            "otlp.example.com",
            "10.0.0.1",
            "+++++",
        ),
        mutation("protocol in lower case", "HTTPS", "https", "+++++"),
        mutation("port 0", "4317", "0", "-----"),
        mutation("port as text", "4317", "\"4317\"", "-----"),
        mutation("no class", "  gatewayClassName: any\n", "", "-----"),
        mutation(
            "listeners of one name",
            listener,
            &format!("{listener}{}", head("otlp", 4318)),
            "-----",
        ),
        mutation(
            "listeners alike",
            listener,
            &format!("{listener}{}", head("other", 4317)),
            "-----",
        ),
        mutation(
            "a misspelt field",
            "certificateRefs",
            "certificateRef",
            "-----",
        ),
        mutation(
            "Gateway v1alpha2",
            "k8s.io/v1\n",
            "k8s.io/v1alpha2\n",
            "-----",
        ),
        mutation(
            "Gateway v1beta1",
            "k8s.io/v1\n",
            "k8s.io/v1beta1\n",
            "+++++",
        ),
    ]
}

fn route_mutations() -> Vec<Mutation> {
    let method = "method:\n            service: opentelemetry.proto.collector.trace.v1.TraceService\n            method: Export";
    let backend = "        - name: collector\n";
    let elsewhere = "        - name: collector\n          namespace: other\n";
    vec![
        mutation("nothing", "", "", "+++++"),
        mutation(
            "a backend without port",
            "          port: 4317\n",
            "",
            "-----",
        ),
        mutation(
            "GRPCRoute v1alpha2",
            "k8s.io/v1\n",
            "k8s.io/v1alpha2\n",
            "-----",
        ),
        mutation(
            "a hostname with port",
            "- otlp.example.com",
            "- otlp.example.com:4317",
            "-----",
        ),
        mutation("an empty method", method, "method: {}", "-----"),
        mutation(
            "a service with slashes",
            "service: opentelemetry",
            "service: /opentelemetry",
            "-----",
        ),
        mutation(
            "timeouts",
            "    - matches:",
            "    - timeouts: {request: 10s}\n      matches:",
            "-----",
        ),
        mutation(
            "a path",
            "        - method:",
            "        - path: {value: /}\n          method:",
            "-----",
        ),
        mutation(
            "one parent twice",
            "      sectionName: otlp\n",
            "    - name: telemetry\n",
            "-----",
        ),
        mutation(
            "a backend elsewhere without grant",
            backend,
            elsewhere,
            "+++++",
        ),
    ]
}

/// Verdicts of a real kube-apiserver for five bundles: 1.2 standard, 1.2 experimental, 1.4 standard, 1.6 standard and
/// 1.6 experimental; `+` admitted, `-` refused.
#[test]
fn mutations_are_judged_as_the_api_server_does() {
    let bundles = [
        bundle(2, Channel::Standard),
        bundle(2, Channel::Experimental),
        bundle(4, Channel::Standard),
        bundle(6, Channel::Standard),
        bundle(6, Channel::Experimental),
    ];
    let mut cases: Vec<(&str, String, &str)> = Vec::new();
    for (base, mutations) in [(GATEWAY, gateway_mutations()), (ROUTE, route_mutations())] {
        for (what, from, to, verdicts) in mutations {
            assert!(base.contains(&from), "{what}");
            let text = if from.is_empty() {
                base.to_owned()
            } else {
                base.replacen(&from, &to, 1)
            };
            cases.push((what, text, verdicts));
        }
    }
    cases.extend(POLICIES.map(|(what, text, verdicts)| (what, text.to_owned(), verdicts)));
    let mut wrong = Vec::new();
    for (what, text, verdicts) in &cases {
        for (assume, verdict) in bundles.iter().zip(verdicts.chars()) {
            let found = problems(text, assume);
            if found.iter().any(is_error) != (verdict == '-') {
                let (version, channel) = (assume.gateway_api, assume.channel);
                wrong.push(format!(
                    "{what}, {version:?} {channel:?}: {verdict} expected, {found:?}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn channel(path: &Path) -> Channel {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    if name.starts_with("experimental") {
        Channel::Experimental
    } else {
        Channel::Standard
    }
}

#[test]
fn published_examples_are_admitted() {
    let Some(folder) = shared("oracles/schema/accept") else {
        return;
    };
    for path in files(&folder) {
        let text = fs::read_to_string(&path).unwrap();
        let found = problems(&text, &bundle(6, channel(&path)));
        let errors: Vec<_> = found.into_iter().filter(is_error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
}

#[test]
fn published_counterexamples_are_refused() {
    let Some(folder) = shared("oracles/schema/reject") else {
        return;
    };
    for path in files(&folder) {
        let text = fs::read_to_string(&path).unwrap();
        for assume in [bundle(6, channel(&path)), Assume::default()] {
            let found = problems(&text, &assume);
            println!("{}", path.file_name().unwrap().to_string_lossy());
            for problem in &found {
                println!("    {}", problem.message);
            }
            assert!(found.iter().any(is_error), "{}", path.display());
        }
    }
}

/// Files that their authors apply: what is said of them is a false alarm, but for values that they left to the reader, and
/// versions on their way out.
#[test]
fn published_configurations_are_admitted() {
    let Some(folder) = shared("corpus") else {
        return;
    };
    let index = fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let mut wrong = Vec::new();
    for line in index.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let (file, role) = (
            entry["file"].as_str().unwrap(),
            entry["role"].as_str().unwrap(),
        );
        let kind = entry["kind"].as_str().unwrap();
        if role != "valid" || !matches!(kind, "k8s-manifest" | "otelcol-cr") {
            continue;
        }
        let source = Source::new(file, fs::read(folder.join(file)).unwrap());
        let Some(text) = Text::whole(SourceId(0), &source) else {
            continue;
        };
        let stream = yaml::parse(text, Dialect::Kubernetes);
        let schemas = Schemas::new(&Assume::default());
        let said = stream
            .documents()
            .flat_map(|document| schemas.validate(document));
        for problem in said.filter(is_error) {
            if problem.kind == ProblemKind::UnfilledPlaceholder {
                continue;
            }
            let at = source.position(problem.span.start);
            wrong.push(format!(
                "{file}:{}:{}: {:?}: {}",
                at.line, at.column, problem.kind, problem.message
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
