//! What a receiver makes of the credentials of an exporter. The rows without variables were measured with the Collector
//! 0.159.0, each over gRPC and HTTP.

use time::macros::datetime;

use crate::graph::journey::End;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

const TAKEN: &str = "Arrives";
const NONE: &str = "the receiver asks for credentials, and this exporter sends none";
const TOKEN: &str = "the receiver does not know this token";

/// A Collector that asks for `guard`, with the Pod and the Service around it.
fn server(guard: &str, image: &str) -> String {
    let (kind, _) = guard.split_once(':').unwrap_or((guard, ""));
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata: {{name: collector, namespace: telemetry}}
data:
  config.yaml: |
    extensions:
      {guard}
    receivers:
      otlp:
        protocols:
          grpc: {{endpoint: '0.0.0.0:4317', auth: {{authenticator: {kind}}}, tls: {{cert_file: /tls/tls.crt, key_file: /tls/tls.key}}}}
          http: {{endpoint: '0.0.0.0:4318', auth: {{authenticator: {kind}}}}}
    exporters: {{debug: {{}}}}
    service:
      extensions: [{kind}]
      pipelines:
        logs: {{receivers: [otlp], exporters: [debug]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: collector, namespace: telemetry}}
spec:
  selector: {{matchLabels: {{app: collector}}}}
  template:
    metadata: {{labels: {{app: collector}}}}
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:{image}
          args: [--config=/conf/config.yaml]
          ports: [{{containerPort: 4317}}, {{containerPort: 4318}}]
          env:
            - {{name: TOKEN, valueFrom: {{secretKeyRef: {{name: senders, key: token}}}}}}
            - {{name: GIVEN, valueFrom: {{secretKeyRef: {{name: given, key: token}}}}}}
          volumeMounts:
            - {{name: conf, mountPath: /conf}}
            - {{name: given, mountPath: /given}}
            - {{name: tls, mountPath: /tls}}
      volumes:
        - {{name: conf, configMap: {{name: collector}}}}
        - {{name: given, secret: {{secretName: given}}}}
        - {{name: tls, secret: {{secretName: collector-tls}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: given, namespace: telemetry}}
stringData: {{token: t0ken, file: \"other x\\nt0ken\\n\"}}
---
apiVersion: v1
kind: Service
metadata: {{name: collector, namespace: telemetry}}
spec:
  selector: {{app: collector}}
  ports: [{{name: grpc, port: 4317, appProtocol: grpc}}, {{name: http, port: 4318}}]
"
    )
}

/// A Collector in the same namespace, whose exporter has these settings more.
fn client(transport: &str, extensions: &str, exporter: &str) -> String {
    let (kind, endpoint) = match transport {
        "grpc" => ("otlp_grpc", "collector:4317"),
        _ => ("otlp_http", "http://collector:4318"),
    };
    let known = [
        "basicauth",
        "bearertokenauth",
        "bearertokenauth/right",
        "headers_setter",
        "oauth2client",
    ];
    let is_there = |name: &&str| extensions.contains(&format!("{name}: {{"));
    let started: Vec<&str> = known.into_iter().filter(is_there).collect();
    let started = started.join(", ");
    let tls = match transport {
        "grpc" => ", tls: {insecure_skip_verify: true}",
        _ => "",
    };
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata: {{name: agent, namespace: telemetry}}
data:
  config.yaml: |
    receivers: {{hostmetrics: {{}}}}
    extensions: {{{extensions}}}
    exporters:
      {kind}: {{endpoint: '{endpoint}'{tls}{exporter}}}
    service:
      extensions: [{started}]
      pipelines:
        logs: {{receivers: [hostmetrics], exporters: [{kind}]}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent, namespace: telemetry}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec:
      containers:
        - name: agent
          image: otel/opentelemetry-collector-contrib:0.159.0
          args: [--config=/conf/config.yaml]
          env:
            - {{name: MINE, valueFrom: {{secretKeyRef: {{name: senders, key: token}}}}}}
            - {{name: OTHER, valueFrom: {{secretKeyRef: {{name: others, key: token}}}}}}
            - {{name: GIVEN, valueFrom: {{secretKeyRef: {{name: given, key: token}}}}}}
            - {{name: LINE, valueFrom: {{secretKeyRef: {{name: given, key: file}}}}}}
          volumeMounts: [{{name: conf, mountPath: /conf}}]
      volumes: [{{name: conf, configMap: {{name: agent}}}}]
"
    )
}

fn end(
    (server, image): (&str, &str),
    transport: &str,
    (extensions, exporter): (&str, &str),
) -> String {
    let mut sources = Sources::new();
    let server = self::server(server, image);
    sources.add(Source::new("server.yaml", server.into_bytes()));
    let client = client(transport, extensions, exporter);
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

const BEARER: &str = "bearertokenauth: {token: t0ken}";
const OPEN: &str = "whether the credentials fit was not given";

#[test]
fn tokens_are_compared_as_the_receiver_does() {
    let with = |body: &str| {
        (
            format!("bearertokenauth: {{{body}}}"),
            ", auth: {authenticator: bearertokenauth}".to_owned(),
        )
    };
    let header = |header: &str| (String::new(), format!(", headers: {{{header}}}"));
    let basic = (
        "basicauth: {client_auth: {username: u, password: p}}".to_owned(),
        ", auth: {authenticator: basicauth}".to_owned(),
    );
    let kind = |what: &str| {
        format!("the receiver asks for `Bearer` and a token, and this exporter sends {what}")
    };
    let table = [
        (BEARER, with("token: t0ken"), TAKEN.to_owned()),
        (BEARER, with("token: t1ken"), TOKEN.to_owned()),
        ("bearertokenauth: {tokens: [a, t0ken]}", with("token: t0ken"), TAKEN.to_owned()),
        (BEARER, with("tokens: [a, t0ken]"), TOKEN.to_owned()),
        (BEARER, header("authorization: Bearer t0ken"), TAKEN.to_owned()),
        (BEARER, header("Authorization: Bearer x"), TOKEN.to_owned()),
        (
            BEARER,
            header("Authorization: bearer t0ken"),
            "the receiver compares letter by letter, and this exporter writes `Bearer` in other letters".to_owned(),
        ),
        ("bearertokenauth: {token: t0ken, scheme: ''}", header("Authorization: t0ken"), TAKEN.to_owned()),
        (BEARER, header("Authorization: t0ken"), kind("something else")),
        ("bearertokenauth: {token: t0ken, header: x-tOken}", header("X-Token: Bearer t0ken"), TAKEN.to_owned()),
        (
            "bearertokenauth: {token: t0ken, header: X-Token}",
            with("token: t0ken"),
            "the receiver asks for a token in `X-Token`, and this exporter sends no such header".to_owned(),
        ),
        (
            "bearertokenauth: {token: t0ken, header: X-Token, scheme: Key}",
            with("token: t0ken, header: x-token, scheme: Key"),
            TAKEN.to_owned(),
        ),
        (BEARER, basic.clone(), kind("`Basic`")),
        ("bearertokenauth: {token: dTpw, scheme: Basic}", basic.clone(), TAKEN.to_owned()),
        (BEARER, header("x: y"), NONE.to_owned()),
        (BEARER, (String::new(), ", headers: '${env:HEADERS}'".to_owned()), "what else the exporter sends is open".to_owned()),
        ("basicauth: {htpasswd: {inline: 'u:p'}}", with("token: t0ken"), "the receiver asks for a user and a password, and this exporter sends `Bearer`".to_owned()),
        ("basicauth: {htpasswd: {inline: 'u:p'}}", header("authorization: Basic dTpw"), TAKEN.to_owned()),
        ("basicauth: {htpasswd: {inline: 'u:p'}}", basic, TAKEN.to_owned()),
    ];
    for (at, (guard, (extensions, exporter), expected)) in table.into_iter().enumerate() {
        for transport in ["grpc", "http"] {
            let end = end((guard, "0.159.0"), transport, (&extensions, &exporter));
            assert_eq!(end, expected, "{at} {transport}");
        }
    }
}

#[test]
fn the_authenticator_of_an_exporter_has_the_last_word() {
    let setter = |headers: &str, more: &str| {
        format!(
            "headers_setter: {{headers: [{headers}]{more}}}, bearertokenauth: {{token: x}}, bearertokenauth/right: {{token: t0ken}}"
        )
    };
    let set = |action: &str, value: &str| {
        format!("{{action: {action}, key: Authorization, value: '{value}'}}")
    };
    let own = ", auth: {authenticator: headers_setter}";
    let both = ", auth: {authenticator: headers_setter}, headers: {authorization: Bearer t0ken}";
    let wrong = ", auth: {authenticator: headers_setter}, headers: {authorization: Bearer x}";
    let right = "Bearer t0ken";
    let table = [
        (setter(&set("upsert", right), ""), own, TAKEN, TAKEN),
        (setter(&set("insert", right), ""), wrong, TAKEN, TOKEN),
        (setter(&set("delete", right), ""), both, TAKEN, NONE),
        (setter(&set("update", right), ""), wrong, TOKEN, TAKEN),
        (
            setter(&set("upsert", right), ", additional_auth: bearertokenauth"),
            own,
            TAKEN,
            TOKEN,
        ),
        (
            setter(
                &set("upsert", "Bearer x"),
                ", additional_auth: bearertokenauth/right",
            ),
            own,
            TOKEN,
            TAKEN,
        ),
        (
            setter(
                "{action: upsert, key: authorization, from_context: authorization}",
                "",
            ),
            own,
            OPEN,
            OPEN,
        ),
        (
            setter("{action: upsert, key: x-tenant, value: a}", ""),
            own,
            NONE,
            NONE,
        ),
        (
            "bearertokenauth: {token: x}".to_owned(),
            ", auth: {authenticator: bearertokenauth}, headers: {authorization: Bearer t0ken}",
            TOKEN,
            TOKEN,
        ),
    ];
    for (at, (extensions, exporter, grpc, http)) in table.into_iter().enumerate() {
        for (transport, expected) in [("grpc", grpc), ("http", http)] {
            let end = end((BEARER, "0.159.0"), transport, (&extensions, exporter));
            assert_eq!(end, expected, "{at} {transport}");
        }
    }
}

#[test]
fn what_was_not_given_is_compared_by_whose_it_is() {
    let with = |token: &str| format!("bearertokenauth: {{{token}}}");
    let table = [
        ("token: '${env:TOKEN}'", "token: '${env:MINE}'", TAKEN),
        ("token: '${env:TOKEN}'", "token: '${env:OTHER}'", OPEN),
        ("token: '${env:TOKEN}'", "token: t0ken", OPEN),
        ("token: '${env:GIVEN}'", "token: t0ken", TAKEN),
        ("token: '${env:GIVEN}'", "token: '${env:GIVEN}'", TAKEN),
        ("token: '${env:GIVEN}'", "token: other", TOKEN),
        ("filename: /given/token", "token: '${env:GIVEN}'", TAKEN),
        ("filename: /given/token", "token: other", TOKEN),
        ("filename: /given/file", "token: other", OPEN),
        ("filename: /elsewhere/file", "token: other", OPEN),
        (
            "token: '${env:TOKEN}', scheme: Key",
            "token: '${env:MINE}'",
            "the receiver asks for `Key` and a token, and this exporter sends `Bearer`",
        ),
        (
            "token: '${env:GIVEN}'",
            "token: '${env:LINE}'",
            "the credentials end in a line break, which no header may hold",
        ),
        ("token: <replace>", "token: other", OPEN),
    ];
    for (guard, own, expected) in table {
        let end = end(
            (&with(guard), "0.159.0"),
            "http",
            (&with(own), ", auth: {authenticator: bearertokenauth}"),
        );
        assert_eq!(end, expected, "{guard} / {own}");
    }
}

#[test]
fn a_user_that_no_line_is_for_is_turned_away_whatever_the_password() {
    let guard = "basicauth: {htpasswd: {inline: 'u:p'}}";
    let own = |user: &str, password: &str| {
        format!("basicauth: {{client_auth: {{username: {user}, password: '{password}'}}}}")
    };
    let unknown = "the receiver does not know these credentials: no line is for the user `v`";
    for (guard, user, expected) in [
        (guard, "u", OPEN),
        (guard, "v", unknown),
        (
            "basicauth: {htpasswd: {inline: 'u:p', file: /elsewhere}}",
            "v",
            OPEN,
        ),
        ("basicauth: {htpasswd: {inline: '${env:TOKEN}'}}", "v", OPEN),
        ("basicauth: {htpasswd: {file: /given/token}}", "v", unknown),
    ] {
        let own = own(user, "${env:MINE}");
        let end = end(
            (guard, "0.159.0"),
            "grpc",
            (&own, ", auth: {authenticator: basicauth}"),
        );
        assert_eq!(end, expected, "{guard} {user}");
    }
}

#[test]
fn a_jwt_has_three_parts() {
    let guard = "oidc: {issuer_url: https://id.example.com, audience: otel}";
    let open = "whether the token is taken was not given";
    let none = "the receiver asks for a JWT, and what this exporter sends is none";
    for (extension, name, expected) in [
        ("bearertokenauth: {token: t0ken}", "bearertokenauth", none),
        (
            "bearertokenauth: {token: a.b.c}",
            "bearertokenauth",
            "whether the JWT is taken is not judged",
        ),
        (
            "bearertokenauth: {token: '${env:MINE}'}",
            "bearertokenauth",
            open,
        ),
        (
            "oauth2client: {client_id: a, client_secret: b, token_url: https://id.example.com}",
            "oauth2client",
            open,
        ),
        (
            "basicauth: {client_auth: {username: u, password: '${env:MINE}'}}",
            "basicauth",
            "the receiver asks for a JWT, and this exporter sends `Basic`",
        ),
    ] {
        let exporter = format!(", auth: {{authenticator: {name}}}");
        assert_eq!(
            end((guard, "0.159.0"), "grpc", (extension, &exporter)),
            expected,
            "{extension}"
        );
    }
    let missed = "the receiver asks for a JWT in `authorization`, and this exporter sends none";
    assert_eq!(end((guard, "0.159.0"), "http", ("", "")), missed);
}

#[test]
fn old_receivers_overlook_headers_in_small_letters() {
    let guard = "bearertokenauth: {token: t0ken, header: x-token}";
    let own = "bearertokenauth: {token: t0ken, header: x-token}";
    let overlooked = "this version looks for `x-token` in these very letters, in which no header comes over HTTP";
    for (image, transport, expected) in [
        ("0.144.0", "http", overlooked),
        ("0.144.0", "grpc", TAKEN),
        ("0.148.0", "http", TAKEN),
    ] {
        let end = end(
            (guard, image),
            transport,
            (own, ", auth: {authenticator: bearertokenauth}"),
        );
        assert_eq!(end, expected, "{image} {transport}");
    }
}
