//! Which listener of those that claim one port a signal comes to, and how it ends where none keeps it.

mod authorize;
mod credential;
mod passage;
mod sidecar;

use time::macros::datetime;

use super::End;
use super::Journey;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// A Gateway of that class with these listeners: name, protocol, host name.
fn gateway(class: &str, listeners: &[(&str, &str, &str)]) -> String {
    let listeners = listeners.iter().map(entry);
    format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: edge}}\nspec:\n  gatewayClassName: {class}\n  \
         addresses: [{{value: 192.0.2.1}}]\n  allowedListeners: {{namespaces: {{from: Same}}}}\n  listeners:\n{}",
        listeners.collect::<String>()
    )
}

/// One listener on port 4317.
fn entry((name, protocol, hostname): &(&str, &str, &str)) -> String {
    let tls = match *protocol {
        "HTTP" | "TCP" => "",
        _ => ", tls: {certificateRefs: [{name: edge-cert}]}",
    };
    let hostname = match *hostname {
        "" => String::new(),
        hostname => format!(", hostname: {hostname}"),
    };
    format!("    - {{name: {name}, port: 4317, protocol: {protocol}{hostname}{tls}}}\n")
}

/// What becomes of traces that an exporter with these settings sends to port 4317: the first listener on its way, and the
/// words of what is wrong, or why it is not known.
fn way(gateway: &str, exporter: &str) -> (String, String) {
    let journey = journey(gateway, exporter);
    let hop = journey.trail.hops.get(1);
    let end = match (&journey.end, journey.flaws.first()) {
        (_, Some(flaw)) => flaw.kind.words(),
        (End::Unknown(why), None) => why.clone(),
        (end, None) => format!("{end:?}"),
    };
    let name = hop.map(|hop| hop.name.clone()).unwrap_or_default();
    (name, end)
}

/// What becomes of traces that an exporter with these settings sends to port 4317.
fn journey(gateway: &str, exporter: &str) -> Journey {
    let collector = format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\nexporters:\n  otlp_grpc: {{{exporter}}}\nservice:\n  pipelines:\n    \
         traces: {{receivers: [otlp], exporters: [otlp_grpc]}}\n"
    );
    let mut sources = Sources::new();
    sources.add(Source::new("gateway.yaml", gateway.as_bytes().to_vec()));
    sources.add(Source::new("client.yaml", collector.into_bytes()));
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let model = Model::read(&sources, &settings);
    let attachment = crate::attach::attach(&model, &settings);
    let graph = crate::graph::Graph::build(&model, &attachment, &settings);
    let mut journeys = graph.journeys;
    assert_eq!(journeys.len(), 1);
    journeys.remove(0)
}

const TLS: &str = "endpoint: otel.example.com:4317, tls: {insecure_skip_verify: true}";
const PLAIN: &str = "endpoint: otel.example.com:4317, tls: {insecure: true}";

#[test]
fn a_listener_that_lost_its_port_answers_nobody() {
    let mixed = [
        ("plain", "HTTP", "otel.example.com"),
        ("secure", "HTTPS", "otel.example.com"),
    ];
    // Istio and Contour keep the first, so TLS finds plain text there.
    for class in ["istio", "contour"] {
        let first = gateway(class, &mixed);
        assert_eq!(
            way(&first, TLS).1,
            "TLS is spoken to a listener in plain text",
            "{class}"
        );
        assert_eq!(way(&first, PLAIN).0, "edge/plain", "{class}");
        let turned = gateway(class, &[mixed[1], mixed[0]]);
        assert_eq!(way(&turned, TLS).0, "edge/secure", "{class}");
        assert_eq!(
            way(&turned, PLAIN).1,
            "plain text is sent to a TLS listener",
            "{class}"
        );
    }
    // Others keep none.
    for class in ["eg", "nginx"] {
        for exporter in [TLS, PLAIN] {
            let (_, end) = way(&gateway(class, &mixed), exporter);
            assert_eq!(
                end, "the listeners on port 4317 clash, and none is served",
                "{class}"
            );
        }
    }
    let twins = [
        ("a", "HTTPS", "otel.example.com"),
        ("b", "HTTPS", "otel.example.com"),
    ];
    assert_eq!(way(&gateway("istio", &twins), TLS).0, "edge/a");
    let (_, end) = way(&gateway("somebody", &twins), TLS);
    assert_eq!(end, "listeners clash, and who serves them is not known");
}

#[test]
fn where_the_best_name_lost_the_next_best_answers() {
    let listeners = [
        ("wild", "HTTPS", "\"*.example.com\""),
        ("plain", "HTTP", "otel.example.com"),
        ("exact", "HTTPS", "otel.example.com"),
    ];
    assert_eq!(way(&gateway("istio", &listeners), TLS).0, "edge/wild");
}

#[test]
fn tcp_takes_all_that_comes_to_its_port() {
    let listeners = [("tcp", "TCP", ""), ("exact", "HTTPS", "otel.example.com")];
    for exporter in [TLS, PLAIN] {
        let (name, end) = way(&gateway("istio", &listeners), exporter);
        assert_eq!(name, "edge/tcp");
        assert_eq!(end, "no route that was given attaches to the listener");
    }
}

#[test]
fn the_listeners_of_a_set_lose_to_those_of_its_gateway() {
    let set = |hostname: &str| {
        format!(
            "---\napiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata: {{name: more}}\nspec:\n  parentRef: {{name: edge}}\n  listeners:\n{}",
            entry(&("added", "HTTPS", hostname))
        )
    };
    let own = gateway("eg", &[("own", "HTTPS", "otel.example.com")]);
    assert_eq!(
        way(&(own.clone() + &set("otel.example.com")), TLS).0,
        "edge/own"
    );
    // Its name leads to the Gateway as any other does.
    let other = TLS.replace("otel.", "added.");
    assert_eq!(
        way(&(own + &set("added.example.com")), &other).0,
        "edge/added"
    );
}

#[test]
fn a_refused_route_counts_only_when_telemetry_needs_it() {
    let listeners = [("secure", "HTTPS", "otel.example.com")];
    let site = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: site}\nspec:\n  parentRefs: [{name: edge}]\n  \
                hostnames: [www.example.org]\n  rules: [{backendRefs: [{name: site, port: 80}]}]\n";
    let (_, end) = way(&(gateway("istio", &listeners) + site), TLS);
    assert_eq!(end, "no route that was given attaches to the listener");
}

/// A route from the plain listener of `gateway` to these backends, and a Service `collector` in front of workloads whose
/// otlp receivers stand at these endpoints.
fn behind(backends: &str, endpoints: &[&str]) -> String {
    let workloads = endpoints.iter().enumerate().map(|(at, endpoint)| {
        format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: collector-{at}}}\nspec:\n  template:\n    metadata: {{labels: {{app: \
             collector}}}}\n    spec:\n      containers:\n        - name: collector\n          image: otel/opentelemetry-collector:0.150.0\n          \
             args: [\"--config=yaml:{{receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '{endpoint}'}}}}}}}}, exporters: {{debug: }}, service: \
             {{pipelines: {{traces: {{receivers: [otlp], exporters: [debug]}}}}}}}}\"]\n"
        )
    });
    format!(
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {{name: otlp}}\nspec:\n  parentRefs: [{{name: edge}}]\n  \
         rules: [{{backendRefs: {backends}}}]\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: collector}}\nspec:\n  selector: {{app: \
         collector}}\n  ports: [{{port: 4317, appProtocol: kubernetes.io/h2c}}]\n{}",
        workloads.collect::<String>()
    )
}

#[test]
fn whatever_one_of_several_ways_does_may_happen() {
    let open = gateway("istio", &[("plain", "HTTP", "otel.example.com")]);
    let one = "[{name: collector, port: 4317}]";
    let with_idle = "[{name: collector, port: 4317}, {name: collector, port: 4318, weight: 0}]";
    let with_missing = "[{name: collector, port: 4317}, {name: collector, port: 4318}]";
    let with_foreign = "[{name: collector, port: 4317}, {name: elsewhere, port: 4317}]";
    let good = "0.0.0.0:4317";
    for (backends, endpoints, expected) in [
        (one, &[good][..], "Arrives"),
        (one, &[good, good], "Arrives"),
        (
            one,
            &[good, "localhost:4317"],
            "the receiver listens on the loopback address",
        ),
        (
            one,
            &[good, "0.0.0.0:14317"],
            "nothing listens behind the Service port",
        ),
        (with_idle, &[good], "Arrives"),
        (with_missing, &[good], "the backend leads nowhere"),
        (with_foreign, &[good], "the backend was not given"),
    ] {
        let cluster = open.clone() + &behind(backends, endpoints);
        let (_, end) = way(&cluster, PLAIN);
        assert_eq!(end, expected, "{backends} {endpoints:?}");
    }
}

#[test]
fn what_is_wrong_on_several_ways_is_all_told() {
    let open = gateway("istio", &[("plain", "HTTP", "otel.example.com")]);
    let one = "[{name: collector, port: 4317}]";
    let endpoints = ["localhost:4317", "0.0.0.0:14317"];
    let journey = journey(&(open + &behind(one, &endpoints)), PLAIN);
    let words: Vec<String> = journey.flaws.iter().map(|flaw| flaw.kind.words()).collect();
    let expected = [
        "the receiver listens on the loopback address",
        "nothing listens behind the Service port",
    ];
    assert_eq!(words, expected);
}

/// Gateway API, HTTPPathMatch: `/` is the prefix of every path.
#[test]
fn paths_of_a_route_choose_the_signals() {
    let open = gateway("istio", &[("plain", "HTTP", "otel.example.com")]);
    let cluster = open + &behind("[{name: collector, port: 4317}]", &["0.0.0.0:4317"]);
    let none = "no rule takes traces";
    for (path, expected) in [
        ("{type: PathPrefix, value: /}", "Arrives"),
        ("{value: /}", "Arrives"),
        (
            "{type: PathPrefix, value: /opentelemetry.proto.collector.trace.v1.TraceService}",
            "Arrives",
        ),
        (
            "{type: PathPrefix, value: /opentelemetry.proto.collector.trace}",
            none,
        ),
        (
            "{type: Exact, value: /opentelemetry.proto.collector.trace.v1.TraceService/Export}",
            "Arrives",
        ),
        ("{type: Exact, value: /}", none),
        ("{type: PathPrefix, value: /v1/traces}", none),
    ] {
        let cluster = cluster.replace("GRPCRoute", "HTTPRoute").replace(
            "[{backendRefs:",
            &format!("[{{matches: [{{path: {path}}}], backendRefs:"),
        );
        assert_eq!(way(&cluster, PLAIN).1, expected, "{path}");
    }
}

#[test]
fn a_collector_that_does_not_start_neither_sends_nor_takes() {
    let open = gateway("istio", &[("plain", "HTTP", "otel.example.com")]);
    let cluster = open + &behind("[{name: collector, port: 4317}]", &["0.0.0.0:4317"]);
    let broken = cluster.replace(
        "exporters: [debug]",
        "processors: [nope], exporters: [debug]",
    );
    assert_eq!(
        way(&broken, PLAIN).1,
        "the collector that it comes to does not start: service::pipelines::traces: references processor \"nope\" which is not \
         configured"
    );
    for (old, new, said) in [
        (
            "receivers: {otlp: {protocols: {grpc: {",
            "receivers: {otlp: {protocols: {grpc: {auth: {authenticator: basicauth}, ",
            "failed to resolve authenticator \"basicauth\": authenticator not found",
        ),
        (
            "exporters: {debug: }",
            "exporters: {debug: , syslog: {endpoint: a}}",
            "'exporters' unknown type: \"syslog\" for id: \"syslog\"",
        ),
    ] {
        let (_, end) = way(&cluster.replace(old, new), PLAIN);
        let expected = format!("the collector that it comes to does not start: {said}");
        assert_eq!(end, expected);
    }
    // Nobody knows what is in an image of one's own, or in one that is newer than what is known.
    for other in [
        "example.com/otelcol:0.150.0",
        "otel/opentelemetry-collector:0.170.0",
    ] {
        let cluster = cluster
            .replace(
                "exporters: {debug: }",
                "exporters: {debug: , syslog: {endpoint: a}}",
            )
            .replace("otel/opentelemetry-collector:0.150.0", other);
        assert_eq!(way(&cluster, PLAIN).1, "Arrives", "{other}");
    }
    let probed = cluster.replace(
        "          args:",
        "          readinessProbe: {httpGet: {port: 13133}}\n          args:",
    );
    assert_eq!(
        way(&probed, PLAIN).1,
        "the Pod is never ready: nobody answers its probes at port 13133"
    );
    let scaled = cluster.replace("spec:\n  template:", "spec:\n  replicas: 0\n  template:");
    assert_eq!(
        way(&scaled, PLAIN).1,
        "the collector that it comes to has no replicas"
    );
    let autoscaler = "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: collector}\nspec: {scaleTargetRef: {name: collector-0}}\n";
    assert_eq!(way(&(scaled + autoscaler), PLAIN).1, "Arrives");
    let unknown_key = format!("{PLAIN}, nope: 1");
    assert_eq!(
        way(&cluster, &unknown_key),
        (
            "edge/plain".to_owned(),
            "the collector does not send: 'otlpexporter.Config' has invalid keys: nope".to_owned()
        )
    );
}
