use time::OffsetDateTime;

use super::Addresses;
use super::Reach;
use crate::model::Model;
use crate::model::collector::dial;
use crate::model::collector::id::Signal;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// What can be reached: a Gateway, Ingresses, load balancers and what stands behind them.
const DOORS: &str = "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: telemetry}
spec:
  gatewayClassName: istio
  addresses: [{value: 192.0.2.1}]
  listeners:
    - {name: named, port: 80, protocol: HTTP, hostname: edge.example.com}
    - {name: wild, port: 80, protocol: HTTP, hostname: '*.wild.example.com'}
    - {name: open, port: 80, protocol: HTTP}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: telemetry}
spec: {parentRefs: [{name: edge, sectionName: open}], hostnames: [route.example.com]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in, namespace: telemetry}
spec: {rules: [{host: in.example.com}, {host: shared.example.com}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.2}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: more, namespace: telemetry}
spec: {rules: [{host: in.example.com}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: other, namespace: telemetry}
spec:
  gatewayClassName: istio
  listeners: [{name: shared, port: 80, protocol: HTTP, hostname: shared.example.com}]
---
apiVersion: v1
kind: Service
metadata:
  name: balancer
  namespace: telemetry
  annotations: {external-dns.alpha.kubernetes.io/hostname: 'lb.example.com, lb.example.org'}
spec: {type: LoadBalancer, ports: [{port: 4317}]}
---
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: telemetry}
spec: {type: LoadBalancer, ports: [{port: 443}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.2}]}}
---
apiVersion: v1
kind: Service
metadata:
  name: inside
  namespace: telemetry
  annotations: {external-dns.alpha.kubernetes.io/hostname: inside.example.com}
spec: {ports: [{port: 4317}]}
---
apiVersion: v1
kind: Service
metadata: {name: crew, namespace: telemetry}
spec: {clusterIP: None, selector: {app: crew}, ports: [{port: 4317}]}
";

/// Where an exporter to `host` ends up that a Pod of the namespace `telemetry` holds.
fn reached(host: &str) -> String {
    let text = format!(
        "{DOORS}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: telemetry}}\ndata:\n  c.yaml: |\n    \
         receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\n    exporters: {{otlp_grpc: {{endpoint: '{host}:80', tls: {{insecure: true}}}}}}\n    \
         service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}}}\n"
    );
    let mut sources = Sources::new();
    sources.add(Source::new("all.yaml", text.into_bytes()));
    let mut settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let said = vec!["said.example.com".to_owned()];
    settings.addresses.insert("telemetry/more".to_owned(), said);
    let model = Model::read(&sources, &settings);
    let attachment = crate::attach::attach(&model, &settings);
    let collector = &model.runs[0].collector;
    let dial = dial::dial(collector, &collector.exporters[0], Signal::Traces).unwrap();
    let from = collector.object().map(AsRef::as_ref);
    let names = |indexes: Vec<usize>, name: &dyn Fn(usize) -> String| -> String {
        let names: Vec<String> = indexes.into_iter().map(name).collect();
        names.join(", ")
    };
    match Addresses::of(&model, &attachment, &settings).reach(&model, &dial, from) {
        Reach::Gateways(all) => {
            let name = |at: usize| model.gateways[at].object.name().to_owned();
            format!("Gateway {}", names(all, &name))
        }
        Reach::Ingresses(all) => {
            let name = |at: usize| model.ingresses[at].object.name().to_owned();
            format!("Ingress {}", names(all, &name))
        }
        Reach::Service(at) => format!("Service {}", model.services[at].object.name()),
        Reach::Several => "several".to_owned(),
        Reach::Outside => "outside".to_owned(),
    }
}

#[test]
fn names_and_addresses_lead_to_what_serves_them() {
    for (host, expected) in [
        ("192.0.2.1", "Gateway edge"),
        ("edge.example.com", "Gateway edge"),
        ("EDGE.example.com", "Gateway edge"),
        ("a.b.wild.example.com", "Gateway edge"),
        ("wild.example.com", "outside"),
        ("route.example.com", "Gateway edge"),
        ("in.example.com", "Ingress in, more"),
        // The controller's own Service has the address, too.
        ("192.0.2.2", "Ingress in"),
        ("said.example.com", "Ingress more"),
        ("shared.example.com", "several"),
        ("lb.example.org", "Service balancer"),
        // ExternalDNS publishes cluster addresses of such a Service only when it is told to.
        ("inside.example.com", "outside"),
        ("inside", "Service inside"),
        ("inside.telemetry", "Service inside"),
        ("inside.telemetry.svc.cluster.local", "Service inside"),
        ("inside.other", "outside"),
        // A Pod of a StatefulSet has a name of its own in a headless Service only.
        ("crew-0.crew.telemetry.svc.cluster.local", "Service crew"),
        ("crew-0.crew.telemetry", "Service crew"),
        ("crew-0.inside.telemetry.svc", "outside"),
        ("example.com", "outside"),
    ] {
        assert_eq!(reached(host), expected, "{host}");
    }
}
