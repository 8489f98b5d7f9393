//! Which backend of which Ingress takes a request: `networking.k8s.io/v1`, "Path types" and "Hostname wildcards".

use time::macros::datetime;

use crate::attach::attach;
use crate::graph::Graph;
use crate::graph::journey::End;
use crate::graph::journey::Journey;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// A rule: host, path, type of the path, Service.
type Entry<'t> = (&'t str, &'t str, &'t str, &'t str);

/// An Ingress with these rules.
fn ingress(name: &str, more: &str, rules: &[Entry<'_>]) -> String {
    let rules = rules.iter().map(|(host, path, kind, service)| {
        let host = match *host {
            "" => String::new(),
            host => format!("host: \"{host}\", "),
        };
        format!(
            "    - {{{host}http: {{paths: [{{path: {path}, pathType: {kind}, backend: {{service: {{name: {service}, port: {{number: 4318}}}}}}}}]}}}}\n"
        )
    });
    format!(
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}}}\nspec:\n  ingressClassName: nginx\n{more}  rules:\n{}",
        rules.collect::<String>()
    )
}

/// To which Service traces go that are sent to `url`, or how they end before one.
fn taken(ingresses: &str, url: &str) -> String {
    let journey = journey(ingresses, url);
    match journey.trail.hops.get(2) {
        Some(service) => service.name.clone(),
        None => end(&journey),
    }
}

/// The words of what is wrong, or why it is not known.
fn end(journey: &Journey) -> String {
    match (&journey.end, journey.flaws.first()) {
        (_, Some(flaw)) => flaw.kind.words(),
        (End::Unknown(why), None) => why.clone(),
        (end, None) => format!("{end:?}"),
    }
}

/// What becomes of traces that are sent to `url`; a collector stands behind both Services.
fn journey(ingresses: &str, url: &str) -> Journey {
    let services = ["blue", "green"].map(|name| {
        format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{selector: {{app: otel}}, ports: [{{port: 4318}}]}}\n")
    });
    let collector = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: otel}\nspec:\n  template:\n    metadata: {labels: {app: \
                     otel}}\n    spec:\n      containers:\n        - name: otel\n          image: otel/opentelemetry-collector:0.150.0\n          \
                     args: [\"--config=yaml:{receivers: {otlp: {protocols: {http: {endpoint: '0.0.0.0:4318'}}}}, exporters: {debug: }, service: \
                     {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}}\"]\n";
    let client = format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\nexporters: {{otlp_http: {{endpoint: \"{url}\"}}}}\nservice: {{pipelines: \
         {{traces: {{receivers: [otlp], exporters: [otlp_http]}}}}}}\n"
    );
    let mut sources = Sources::new();
    let cluster = ingresses.to_owned() + &services.concat() + collector;
    sources.add(Source::new("cluster.yaml", cluster.into_bytes()));
    sources.add(Source::new("client.yaml", client.into_bytes()));
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let model = Model::read(&sources, &settings);
    let attachment = attach(&model, &settings);
    let mut journeys = Graph::build(&model, &attachment, &settings).journeys;
    assert_eq!(journeys.len(), 1);
    journeys.remove(0)
}

const HOST: &str = "otel.example.com";
const URL: &str = "http://otel.example.com";

#[test]
fn the_longest_path_of_the_most_precise_host_wins() {
    let none = "no rule takes traces";
    let cases: [(&[Entry<'_>], &str); 10] = [
        (&[(HOST, "/", "Prefix", "blue")], "blue:4318"),
        (
            &[
                (HOST, "/", "Prefix", "blue"),
                (HOST, "/v1", "Prefix", "green"),
            ],
            "green:4318",
        ),
        (
            &[
                (HOST, "/v1", "Prefix", "green"),
                (HOST, "/", "Prefix", "blue"),
            ],
            "green:4318",
        ),
        (
            &[
                (HOST, "/v1/traces", "Prefix", "blue"),
                (HOST, "/v1/traces", "Exact", "green"),
            ],
            "green:4318",
        ),
        (&[(HOST, "/v1/trace", "Prefix", "blue")], none),
        (&[(HOST, "/v1/traces/", "Prefix", "blue")], "blue:4318"),
        (&[(HOST, "/v1/traces/", "Exact", "blue")], none),
        (
            &[
                ("*.example.com", "/v1/traces", "Exact", "blue"),
                (HOST, "/", "Prefix", "green"),
            ],
            "green:4318",
        ),
        (
            &[
                ("", "/v1/traces", "Exact", "blue"),
                ("*.example.com", "/", "Prefix", "green"),
            ],
            "green:4318",
        ),
        // A wildcard stands for one label.
        (
            &[
                ("*.com", "/", "Prefix", "blue"),
                (HOST, "/v1", "Prefix", "green"),
            ],
            "green:4318",
        ),
    ];
    for (rules, expected) in cases {
        assert_eq!(taken(&ingress("a", "", rules), URL), expected, "{rules:?}");
    }
}

#[test]
fn several_ingresses_for_one_host_share_it_by_path() {
    let blue = ingress("a", "", &[(HOST, "/", "Prefix", "blue")]);
    let longer = ingress("b", "", &[(HOST, "/v1/traces", "Prefix", "green")]);
    for both in [blue.clone() + &longer, longer + &blue] {
        assert_eq!(taken(&both, URL), "green:4318");
    }
    // Which of equals wins is the controller's affair.
    let same = ingress("b", "", &[(HOST, "/", "Prefix", "green")]);
    assert_eq!(
        taken(&(blue + &same), URL),
        "several Ingresses take the request"
    );
}

#[test]
fn a_default_backend_takes_what_no_rule_does() {
    let default = "  defaultBackend: {service: {name: green, port: {number: 4318}}}\n";
    let rules = [(HOST, "/metrics", "Prefix", "blue")];
    assert_eq!(taken(&ingress("a", default, &rules), URL), "green:4318");
}

/// Controllers redirect to TLS where an Ingress has any.
#[test]
fn plain_text_may_be_redirected_where_there_is_tls() {
    let rules = [(HOST, "/", "Prefix", "blue")];
    let tls = format!("  tls: [{{hosts: [{HOST}], secretName: edge}}]\n");
    let ends = ["", &tls].map(|more| end(&journey(&ingress("a", more, &rules), URL)));
    let redirected = "the controller may redirect plain text to TLS";
    assert_eq!(ends, ["Arrives", redirected]);
}
