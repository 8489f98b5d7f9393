//! Who is let in to a collector's Pod, on a small world: an agent sends to its Service.

use time::macros::datetime;

use crate::attach::attach;
use crate::graph::Graph;
use crate::graph::journey::End;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// A Deployment of a Collector with its configuration.
fn collector(namespace: &str, pod: &str, exporter: &str) -> String {
    format!(
        "---
apiVersion: v1
kind: ConfigMap
metadata: {{name: config, namespace: {namespace}}}
data:
  config.yaml: |
    receivers: {{otlp: {{protocols: {{grpc: {{endpoint: 0.0.0.0:4317}}}}}}}}
    exporters: {{{exporter}}}
    service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [{name}]}}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {namespace}, namespace: {namespace}}}
spec:
  selector: {{matchLabels: {{app: {namespace}}}}}
  template:
    metadata: {{labels: {{app: {namespace}}}}}
    spec:
      {pod}
      containers:
        - name: otel
          image: otel/opentelemetry-collector-contrib:0.150.0
          args: [--config=/conf/config.yaml]
          volumeMounts: [{{name: config, mountPath: /conf}}]
      volumes: [{{name: config, configMap: {{name: config}}}}]
",
        name = exporter.split(':').next().unwrap_or_default()
    )
}

/// A Namespace with these labels.
fn namespace(name: &str, labels: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"
    )
}

/// How traces of the agent end that it sends to `host`, with `more` in the cluster.
fn end(host: &str, agent: &str, more: &str) -> String {
    let service = "---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: gateway}
spec: {type: LoadBalancer, selector: {app: gateway}, ports: [{name: otlp-grpc, port: 4317}]}
status: {loadBalancer: {ingress: [{hostname: otel.example.com}]}}
";
    let exporter = format!("otlp_grpc: {{endpoint: \"{host}:4317\", tls: {{insecure: true}}}}");
    let world =
        collector("gateway", "", "debug:") + &collector("agent", agent, &exporter) + service + more;
    let mut sources = Sources::new();
    sources.add(Source::new("world.yaml", world.into_bytes()));
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let model = Model::read(&sources, &settings);
    let attachment = attach(&model, &settings);
    let graph = Graph::build(&model, &attachment, &settings);
    let [journey] = graph.journeys.as_slice() else {
        panic!("{} journeys", graph.journeys.len());
    };
    match (&journey.end, journey.flaws.first()) {
        (_, Some(flaw)) => flaw.kind.words(),
        (End::Unknown(why), None) => why.clone(),
        (end, None) => format!("{end:?}"),
    }
}

const INSIDE: &str = "gateway.gateway.svc";
const ARRIVES: &str = "Arrives";

/// Istio, PeerAuthentication: a sidecar in mode `STRICT` takes the mesh's mTLS only.
#[test]
fn strict_pods_hear_the_mesh_only() {
    let strict = "---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: gateway}
spec: {mtls: {mode: STRICT}}
";
    let injected = "istio-injection: enabled";
    let ambient = "istio.io/dataplane-mode: ambient";
    let refused = "the Pod's proxy takes mTLS of the mesh only";
    let open = "the Pod's proxy takes mTLS of the mesh only, and whether the exporter speaks it is not known";
    let unguarded =
        "whether the Pod has a proxy, which then takes mTLS of the mesh only, is not known";
    // The labels of the gateway's Namespace, then of the agent's; `None` where that was not given.
    let cases = [
        (Some(injected), Some(""), refused),
        (Some(injected), Some(injected), ARRIVES),
        (Some(injected), Some(ambient), open),
        (Some(injected), None, open),
        (Some(ambient), Some(""), refused),
        (Some(ambient), Some(injected), open),
        (Some(ambient), Some(ambient), ARRIVES),
        // Nothing enforces the mode where there is no proxy.
        (Some(""), Some(""), ARRIVES),
        (None, Some(""), unguarded),
    ];
    for (there, here, expected) in cases {
        let there_given = there.map(|labels| namespace("gateway", labels));
        let here_given = here.map(|labels| namespace("agent", labels));
        let given = [there_given, here_given].into_iter().flatten();
        let world = strict.to_owned() + &given.collect::<String>();
        assert_eq!(end(INSIDE, "", &world), expected, "{there:?} {here:?}");
    }
    let both = namespace("gateway", injected) + &namespace("agent", injected);
    // Pods on the node's network get no proxy; and from outside none speaks for the exporter.
    let on_node = end(INSIDE, "hostNetwork: true", &(both.clone() + strict));
    assert_eq!(on_node, refused);
    assert_eq!(
        end("otel.example.com", "", &(both.clone() + strict)),
        refused
    );
    let permissive = strict.replace("STRICT", "PERMISSIVE");
    let world = namespace("gateway", injected) + &namespace("agent", "") + &permissive;
    assert_eq!(end(INSIDE, "", &world), ARRIVES);
}

/// networking.k8s.io/v1: once a policy selects a Pod, only what some rule allows comes in.
#[test]
fn network_policies_let_in_whom_they_name() {
    let policy = |ingress: &str| {
        format!(
            "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: gateway, namespace: gateway}}
spec: {{podSelector: {{matchLabels: {{app: gateway}}}}, policyTypes: [Ingress], ingress: [{ingress}]}}
"
        )
    };
    let barred = "a NetworkPolicy does not let the exporter in";
    let by_name = |name: &str| {
        format!(
            "{{from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}}}]}}"
        )
    };
    let cases = [
        (String::new(), barred),
        ("{}".to_owned(), ARRIVES),
        ("{ports: [{port: 4317}]}".to_owned(), ARRIVES),
        ("{ports: [{port: 4318}]}".to_owned(), barred),
        ("{from: [{podSelector: {}}]}".to_owned(), barred),
        (by_name("agent"), ARRIVES),
        (by_name("other"), barred),
        (
            "{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: agent}}}]}"
                .to_owned(),
            ARRIVES,
        ),
        (
            "{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: other}}}]}"
                .to_owned(),
            barred,
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}".to_owned(),
            ARRIVES,
        ),
    ];
    for (ingress, expected) in cases {
        assert_eq!(end(INSIDE, "", &policy(&ingress)), expected, "{ingress}");
    }
    // The node's address is in no selector, and whose it is nobody knows.
    let on_node = end(INSIDE, "hostNetwork: true", &policy(&by_name("other")));
    assert_eq!(on_node, ARRIVES);
}

/// Policies in words of their own are not judged; one that may select the Pods leaves the end open.
#[test]
fn other_policies_leave_the_end_open() {
    let cilium = |selector: &str, rules: &str| {
        format!(
            "---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {{name: one, namespace: gateway}}
spec: {{endpointSelector: {{matchLabels: {{{selector}}}}}, {rules}: [{{}}]}}
"
        )
    };
    let open = "a CiliumNetworkPolicy guards the Pods, and is not judged";
    let cases = [
        ("app: gateway", "ingress", open),
        ("\"k8s:app\": gateway", "ingress", open),
        (
            "\"k8s:io.kubernetes.pod.namespace\": gateway",
            "ingressDeny",
            open,
        ),
        ("app: other", "ingress", ARRIVES),
        ("app: gateway", "egress", ARRIVES),
    ];
    for (selector, rules, expected) in cases {
        let world = cilium(selector, rules);
        assert_eq!(end(INSIDE, "", &world), expected, "{selector} {rules}");
    }
}

/// Istio, OutboundTrafficPolicy: under `REGISTRY_ONLY` nothing leaves for what the mesh does not know.
#[test]
fn a_proxy_lets_out_to_what_it_knows() {
    let only = "---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: agent}
spec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}
";
    let entry = |host: &str| {
        format!(
            "---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: otel, namespace: agent}}
spec: {{hosts: [\"{host}\"], ports: [{{number: 4317, name: grpc, protocol: GRPC}}]}}
"
        )
    };
    let held = "the exporter's proxy lets it go to what the mesh knows only (`REGISTRY_ONLY`), and no ServiceEntry for \
                otel.example.com was given";
    let injected = namespace("agent", "istio-injection: enabled");
    let outside = "otel.example.com";
    for (host, more, expected) in [
        (outside, String::new(), held),
        (outside, entry(outside), ARRIVES),
        (outside, entry("*.example.com"), ARRIVES),
        (outside, entry("other.example.com"), held),
        (INSIDE, String::new(), ARRIVES),
    ] {
        let world = injected.clone() + only + &more;
        assert_eq!(end(host, "", &world), expected, "{host} {more}");
    }
    assert_eq!(end(outside, "", &(namespace("agent", "") + only)), ARRIVES);
}

/// networking.k8s.io/v1: the same for what Pods connect to.
#[test]
fn network_policies_let_out_to_what_they_name() {
    let policy = |types: &str, egress: &str| {
        format!(
            "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: agent, namespace: agent}}
spec: {{podSelector: {{}}, {types}egress: [{egress}]}}
"
        )
    };
    let (typed, untyped) = ("policyTypes: [Egress], ", "");
    let barred = "a NetworkPolicy does not let the exporter out";
    let open = "whether a NetworkPolicy lets the exporter out to otel.example.com is not known";
    let to = |labels: &str| {
        format!("{{to: [{{namespaceSelector: {{}}, podSelector: {{matchLabels: {{{labels}}}}}}}]}}")
    };
    let outside = "otel.example.com";
    let dns = "{ports: [{port: 53, protocol: UDP}]}".to_owned();
    let cases = [
        (INSIDE, typed, String::new(), barred),
        // Without types only rules make it guard what goes out.
        (INSIDE, untyped, String::new(), ARRIVES),
        (INSIDE, untyped, dns.clone(), barred),
        (INSIDE, typed, dns, barred),
        (INSIDE, typed, to("app: gateway"), ARRIVES),
        (INSIDE, typed, to("app: other"), barred),
        (INSIDE, typed, "{ports: [{port: 4317}]}".to_owned(), ARRIVES),
        (INSIDE, "policyTypes: [Ingress], ", String::new(), ARRIVES),
        (
            outside,
            typed,
            "{ports: [{port: 4317}]}".to_owned(),
            ARRIVES,
        ),
        (
            outside,
            typed,
            "{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}".to_owned(),
            ARRIVES,
        ),
        (outside, typed, to("app: gateway"), open),
    ];
    for (host, types, egress, expected) in cases {
        let world = policy(types, &egress);
        assert_eq!(end(host, "", &world), expected, "{host} {types} {egress}");
    }
}
