//! Which policies keep a gateway out, on small manifests.

use time::OffsetDateTime;

use crate::attach::attach;
use crate::graph::Graph;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

const OBJECTS: &str = "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: istio
  listeners: [{name: otlp, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: otlp, namespace: otel}
spec:
  parentRefs: [{name: edge, namespace: edge}]
  rules: [{backendRefs: [{name: c, port: 4317}]}]
---
apiVersion: v1
kind: Service
metadata: {name: c, namespace: otel}
spec: {selector: {app: c}, ports: [{port: 4317, targetPort: otlp}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {tier: edge}}
---
apiVersion: v1
kind: Pod
metadata: {name: c, namespace: otel, labels: {app: c}}
spec: {containers: [{name: c, image: a, ports: [{name: otlp, containerPort: 14317}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: otel}
spec: {podSelector: {}, SPEC}
";

/// `None` when a gateway may get in, else whether only the port is in the way.
fn barrier(spec: &str) -> Option<bool> {
    let mut sources = Sources::new();
    sources.add(Source::new(
        "a.yaml",
        OBJECTS.replace("SPEC", spec).into_bytes(),
    ));
    let settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let model = Model::read(&sources, &settings);
    let graph = Graph::build(&model, &attach(&model, &settings), &settings);
    graph
        .barriers
        .first()
        .map(|barrier| barrier.barred.only_other_ports)
}

#[test]
fn policies_keep_out_whom_no_rule_may_mean() {
    for (spec, expected) in [
        ("policyTypes: [Egress]", None),
        ("policyTypes: [Ingress]", Some(false)),
        ("ingress: []", Some(false)),
        ("ingress: [{}]", None),
        ("ingress: [{from: [{podSelector: {}}]}]", Some(false)),
        ("ingress: [{from: [{namespaceSelector: {}}]}]", None),
        (
            "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}]}]",
            None,
        ),
        (
            "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: istio-system}}}]}]",
            None,
        ),
        (
            "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: apps}}}]}]",
            Some(false),
        ),
        (
            "ingress: [{from: [{namespaceSelector: {matchLabels: {tier: edge}}}]}]",
            None,
        ),
        ("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]", None),
        ("ingress: [{ports: [{port: 14317}]}]", None),
        ("ingress: [{ports: [{port: otlp}]}]", None),
        ("ingress: [{ports: [{port: 14000, endPort: 15000}]}]", None),
        ("ingress: [{ports: [{port: 4317}]}]", Some(true)),
        (
            "ingress: [{ports: [{port: 14317, protocol: UDP}]}]",
            Some(true),
        ),
    ] {
        assert_eq!(barrier(spec), expected, "{spec}");
    }
}
