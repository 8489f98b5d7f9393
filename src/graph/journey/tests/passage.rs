//! What the policies of a gateway make of an exporter, and what the receiver behind it still sees.

use time::macros::datetime;

use crate::graph::journey::End;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

const COLLECTOR: &str = "apiVersion: v1
kind: Service
metadata: {name: collector, namespace: telemetry}
spec:
  selector: {app: collector}
  ports: [{name: grpc-otlp, port: 4317, appProtocol: kubernetes.io/h2c}, {name: http-otlp, port: 4318}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: collector, namespace: telemetry}
spec:
  selector: {matchLabels: {app: collector}}
  template:
    metadata: {labels: {app: collector}}
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.159.0
          args: [--config=/conf/config.yaml]
          ports: [{containerPort: 4317}, {containerPort: 4318}]
          volumeMounts: [{name: conf, mountPath: /conf}]
      volumes: [{name: conf, configMap: {name: collector}}]
---
apiVersion: v1
kind: Secret
metadata: {name: senders, namespace: telemetry}
stringData:
  .htpasswd: 'u:{SHA}UWuXg/ylF+7L0dBk2i0WUxCxl1k='
  auth: 'u:{SHA}UWuXg/ylF+7L0dBk2i0WUxCxl1k='
  edge: k3y
---
";

/// A Gateway of that class with a route to gRPC.
pub(super) fn gateway(class: &str) -> String {
    format!(
        "apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {{name: edge, namespace: telemetry}}
spec:
  gatewayClassName: {class}
  addresses: [{{value: 192.0.2.1}}]
  listeners: [{{name: otlp, port: 4317, protocol: HTTP}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {{name: collector, namespace: telemetry}}
spec:
  parentRefs: [{{name: edge}}]
  rules:
    - name: all
      backendRefs: [{{name: collector, port: 4317}}]
---
"
    )
}

fn ingress(annotations: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: edge, namespace: telemetry, annotations: {{{annotations}}}}}
spec:
  ingressClassName: nginx
  rules:
    - host: otel.example.com
      http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: collector, port: {{number: 4318}}}}}}}}]}}
---
"
    )
}

/// The end of a signal that this exporter sends through what is in front of a receiver that asks for `auth`.
pub(super) fn end(front: &str, policy: &str, guard: &str, exporter: &str) -> String {
    let (auth, extension) = match guard {
        "" => (String::new(), String::new()),
        guard => {
            let name = guard.split(':').next().unwrap_or_default();
            (
                format!(", auth: {{authenticator: {name}}}"),
                format!("    extensions: {{{guard}}}\n"),
            )
        }
    };
    let started = guard.split(':').next().unwrap_or_default();
    let server = format!(
        "{COLLECTOR}{front}{policy}---
apiVersion: v1
kind: ConfigMap
metadata: {{name: collector, namespace: telemetry}}
data:
  config.yaml: |
{extension}    receivers:
      otlp: {{protocols: {{grpc: {{endpoint: '0.0.0.0:4317'{auth}}}, http: {{endpoint: '0.0.0.0:4318'{auth}}}}}}}
    exporters: {{debug: {{}}}}
    service:
      extensions: [{started}]
      pipelines:
        logs: {{receivers: [otlp], exporters: [debug]}}
"
    );
    let client = format!(
        "receivers: {{hostmetrics: {{}}}}
extensions:
  basicauth: {{client_auth: {{username: u, password: p}}}}
  headers_setter: {{headers: [{{key: authorization, value: 'Bearer t0ken'}}]}}
  oauth2client: {{client_id: a, client_secret: b, token_url: https://id.example.com}}
exporters:
  {exporter}
service:
  extensions: [basicauth, headers_setter, oauth2client]
  pipelines:
    logs: {{receivers: [hostmetrics], exporters: [{}]}}
",
        exporter.split(':').next().unwrap_or_default()
    );
    let mut sources = Sources::new();
    sources.add(Source::new("server.yaml", server.into_bytes()));
    sources.add(Source::new("client.yaml", client.into_bytes()));
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let model = Model::read(&sources, &settings);
    let attachment = crate::attach::attach(&model, &settings);
    let graph = crate::graph::Graph::build(&model, &attachment, &settings);
    let [journey] = graph.journeys.as_slice() else {
        panic!("{} journeys", graph.journeys.len());
    };
    match (&journey.end, journey.flaws.first()) {
        (_, Some(flaw)) => flaw.kind.words(),
        (End::Unknown(why), None) => why.clone(),
        (end, None) => format!("{end:?}"),
    }
}

pub(super) fn grpc(more: &str) -> String {
    format!("otlp_grpc: {{endpoint: '192.0.2.1:4317', tls: {{insecure: true}}{more}}}")
}

fn http(more: &str) -> String {
    format!("otlp_http: {{endpoint: 'http://otel.example.com'{more}}}")
}

/// A SecurityPolicy of Envoy Gateway for that target.
fn security(name: &str, target: &str, spec: &str) -> String {
    format!(
        "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {{name: {name}, namespace: telemetry}}\n\
         spec:\n  targetRefs: [{{group: gateway.networking.k8s.io, {target}}}]\n  {spec}\n---\n"
    )
}

const ROUTE: &str = "kind: GRPCRoute, name: collector";
const GATEWAY: &str = "kind: Gateway, name: edge";
pub(super) const TAKEN: &str = "Arrives";
const NONE: &str = "the gateway asks for credentials, and this exporter sends none";
pub(super) const PAIR: &str = ", headers: {authorization: Basic dTpw}";
pub(super) const TOKEN: &str = ", headers: {authorization: Bearer t0ken}";

#[test]
fn envoy_gateway_asks_by_the_policy_for_the_smallest_target() {
    let basic = "basicAuth: {users: {name: senders}}";
    let jwt = "jwt: {providers: [{name: a, issuer: https://id.example.com, remoteJWKS: {uri: https://id.example.com/keys}}]}";
    let optional = "jwt: {optional: true, providers: [{name: a, issuer: https://id.example.com}]}";
    let keys =
        "apiKeyAuth: {credentialRefs: [{name: senders}], extractFrom: [{headers: [x-api-key]}]}";
    let unjudged = "what a policy of the gateway asks for is not judged";
    let table = [
        (security("a", GATEWAY, basic), "", NONE),
        (security("a", GATEWAY, basic), PAIR, TAKEN),
        (
            security("a", GATEWAY, basic),
            ", headers: {authorization: Basic dTpx}",
            "the gateway does not know these credentials: `u` has another password there",
        ),
        (
            security("a", GATEWAY, basic),
            TOKEN,
            "the gateway asks for a user and a password, and this exporter sends `Bearer`",
        ),
        (
            security("a", GATEWAY, "basicAuth: {users: {name: elsewhere}}"),
            PAIR,
            "whether the credentials fit was not given",
        ),
        (
            security("a", GATEWAY, basic) + &security("b", ROUTE, "cors: {}"),
            "",
            TAKEN,
        ),
        (
            security("a", "kind: Gateway, name: edge, sectionName: otlp", basic),
            "",
            NONE,
        ),
        (
            security("a", "kind: Gateway, name: edge, sectionName: other", basic),
            "",
            TAKEN,
        ),
        (
            security(
                "a",
                "kind: GRPCRoute, name: collector, sectionName: all",
                basic,
            ),
            "",
            NONE,
        ),
        (
            security("a", ROUTE, jwt),
            "",
            "the gateway asks for a JWT in `authorization`, and this exporter sends none",
        ),
        (
            security("a", ROUTE, jwt),
            PAIR,
            "the gateway asks for a JWT, and this exporter sends `Basic`",
        ),
        (
            security("a", ROUTE, jwt),
            TOKEN,
            "the gateway asks for a JWT, and what this exporter sends is none",
        ),
        (
            security("a", ROUTE, jwt),
            ", headers: {authorization: '${env:TOKEN}'}",
            "whether the token is taken was not given",
        ),
        (security("a", ROUTE, optional), "", TAKEN),
        (security("a", ROUTE, optional), PAIR, TAKEN),
        (
            security("a", ROUTE, optional),
            TOKEN,
            "the gateway asks for a JWT, and what this exporter sends is none",
        ),
        (
            security("a", ROUTE, keys),
            "",
            "the gateway asks for a token in `x-api-key`, and this exporter sends no such header",
        ),
        (
            security("a", ROUTE, keys),
            ", headers: {X-API-Key: k3y}",
            TAKEN,
        ),
        (
            security("a", ROUTE, keys),
            ", headers: {X-API-Key: other}",
            "the gateway does not know this token",
        ),
        (
            security(
                "a",
                ROUTE,
                "extAuth: {grpc: {backendRefs: [{name: a, port: 9000}]}}",
            ),
            "",
            unjudged,
        ),
    ];
    for (at, (policy, exporter, expected)) in table.into_iter().enumerate() {
        let end = end(&gateway("eg"), &policy, "", &grpc(exporter));
        assert_eq!(end, expected, "{at}");
    }
    // Istio does not look at it.
    let policy = security("a", GATEWAY, basic);
    assert_eq!(end(&gateway("istio"), &policy, "", &grpc("")), TAKEN);
}

#[test]
fn a_receiver_sees_what_the_gateway_hands_on() {
    let guard = "bearertokenauth: {token: t0ken}";
    let basic = security("a", GATEWAY, "basicAuth: {users: {name: senders}}");
    let wants = "the receiver asks for `Bearer` and a token, and this exporter sends `Basic`";
    assert_eq!(end(&gateway("eg"), &basic, guard, &grpc(PAIR)), wants);
    let written = gateway("eg").replace(
        "    - name: all",
        "    - name: all\n      filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Authorization, value: Bearer t0ken}]}}]",
    );
    assert_eq!(end(&written, "", guard, &grpc("")), TAKEN);
    let removed = gateway("eg").replace(
        "    - name: all",
        "    - name: all\n      filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [Authorization]}}]",
    );
    let gone =
        "the receiver asks for credentials in `authorization`, which is taken away in front of it";
    assert_eq!(end(&removed, "", guard, &grpc(TOKEN)), gone);
}

#[test]
fn an_ingress_that_asks_for_a_password_takes_it_away() {
    let asks = "nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: senders";
    let f5 = "nginx.org/basic-auth-secret: elsewhere";
    let who = "the controller of the Ingress";
    let none = format!("{who} asks for credentials, and this exporter sends none");
    let token = format!("{who} asks for a user and a password, and this exporter sends `Bearer`");
    let gone =
        "the receiver asks for credentials in `authorization`, which is taken away in front of it";
    let server = "basicauth: {htpasswd: {inline: 'u:p'}}";
    let open = "an annotation of the Ingress may ask who sends";
    let table = [
        ("", "", "", TAKEN),
        (asks, "", "", none.as_str()),
        (asks, "", PAIR, TAKEN),
        (asks, "", ", auth: {authenticator: basicauth}", TAKEN),
        (asks, "", TOKEN, token.as_str()),
        (asks, server, PAIR, gone),
        (f5, "", PAIR, "whether the credentials fit was not given"),
        (f5, "", "", none.as_str()),
        (
            "nginx.ingress.kubernetes.io/auth-url: http://auth",
            "",
            "",
            open,
        ),
        (
            "nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24",
            "",
            "",
            open,
        ),
    ];
    for (at, (annotations, guard, exporter, expected)) in table.into_iter().enumerate() {
        let end = end(&ingress(annotations), "", guard, &http(exporter));
        assert_eq!(end, expected, "{at}");
    }
}
