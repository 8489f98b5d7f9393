//! What the schema says of documents agrees with what API servers say of them.

#![allow(clippy::unwrap_used)] // a test that cannot read its input has to stop

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::problem::Problem;
use otel_lint::problem::ProblemKind;
use otel_lint::schema;
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

/// Each value of two objects in turn gives way to a value of every other type: said at a place in the text, never a panic.
#[test]
fn a_value_of_any_type_is_judged_anywhere() {
    let values = [
        "",
        "null",
        "1",
        "-0.5",
        "true",
        "text",
        "\"\"",
        "[]",
        "{}",
        "[1, [], {}]",
        "{a: 1}",
        "|\n      a\n      b",
    ];
    let schemas = Schemas::new(&Assume::default());
    for base in [GATEWAY, ROUTE] {
        let lines: Vec<&str> = base.lines().collect();
        for (at, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains(':'))
        {
            let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
            let end = lines[at + 1..]
                .iter()
                .position(|next| depth(next) <= depth(line))
                .map_or(lines.len(), |n| at + 1 + n);
            let (key, _) = line.split_once(':').unwrap();
            for value in values {
                let text = format!(
                    "{}\n{key}: {value}\n{}\n",
                    lines[..at].join("\n"),
                    lines[end..].join("\n")
                );
                let length = text.len() as u32;
                let source = Source::new("a.yaml", text.into_bytes());
                let stream = yaml::parse(
                    Text::whole(SourceId(0), &source).unwrap(),
                    Dialect::Kubernetes,
                );
                for document in stream.documents() {
                    let found = [
                        schemas.validate(document),
                        schemas.validate_patch(document),
                        schema::duplicate_keys(document),
                    ];
                    for problem in found.into_iter().flatten() {
                        assert!(
                            problem.span.start <= problem.span.end && problem.span.end <= length,
                            "{problem:?}"
                        );
                        assert!(
                            !problem.message.ends_with('.') && !problem.message.contains('\n'),
                            "{problem:?}"
                        );
                    }
                }
            }
        }
    }
}

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
  annotations:
    gateway.networking.k8s.io/bundle-version: v1.4.0
    gateway.networking.k8s.io/channel: experimental
spec:
  group: example.com
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [mode]
              properties:
                mode: {type: string, enum: [Auto, Manual]}
                size: {type: integer, minimum: 1, maximum: 9}
                name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
                port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                nothing: {type: string, nullable: true}
                items:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items: {type: object, properties: {name: {type: string}}}
                one:
                  type: object
                  oneOf: [{required: [a]}, {required: [b]}]
                  properties: {a: {type: string}, b: {type: string}}
";

#[test]
fn a_definition_among_the_sources_decides_about_its_kind() {
    let source = Source::new("crd.yaml", DEFINITION.as_bytes().to_vec());
    let stream = yaml::parse(
        Text::whole(SourceId(0), &source).unwrap(),
        Dialect::Kubernetes,
    );
    let bundle = schema::assume_from_crds(stream.documents());
    assert_eq!(bundle, Some((Version::new(1, 4), Channel::Experimental)));
    let schemas = Schemas::new(&Assume::default()).with_definitions(stream.documents());
    for (spec, said) in [
        (
            "{mode: Auto, free: {a: 1}, nothing: null, port: grpc, one: {a: x}}",
            "",
        ),
        ("{mode: Auto, port: 1, items: [{name: a}, {name: b}]}", ""),
        ("{}", "`spec` has no `mode`, which is required"),
        (
            "{mode: yes}",
            "`mode` is a truth value, and only text is taken here",
        ),
        (
            "{mode: auto}",
            "`mode` cannot be `auto`: it is `Auto` or `Manual`",
        ),
        (
            "{mode: Auto, size: 10}",
            "`size` cannot be 10: it is from 1 to 9",
        ),
        (
            "{mode: Auto, name: Abc}",
            "`name` cannot be `Abc`: it does not match `^[a-z]+$`",
        ),
        (
            "{mode: Auto, name: abcdef}",
            "`name` has 6 characters, and at most 5 are taken",
        ),
        ("{mode: Auto, sise: 1}", "`spec` has no field `sise`"),
        ("{mode: null}", "`spec` has no `mode`, which is required"),
        ("{mode: Auto, size: null}", ""),
        (
            "{mode: Auto, items: [null]}",
            "`items[0]` is empty, and a mapping is wanted",
        ),
        (
            "{mode: Auto, items: [{name: a}, {name: a}]}",
            "two entries of `items` have the same `name`: `a`",
        ),
        (
            "{mode: Auto, one: {a: x, b: z}}",
            "`spec.one` fits 2 shapes of its definition, and only one is allowed",
        ),
        (
            "{mode: Auto, one: {}}",
            "`spec.one` fits none of the shapes that its definition allows",
        ),
    ] {
        let text = format!(
            "apiVersion: example.com/v1\nkind: Thing\nmetadata: {{name: a}}\nspec: {spec}\n"
        );
        let source = Source::new("a.yaml", text.into_bytes());
        let stream = yaml::parse(
            Text::whole(SourceId(0), &source).unwrap(),
            Dialect::Kubernetes,
        );
        let found: Vec<String> = stream
            .documents()
            .flat_map(|document| schemas.validate(document))
            .map(|problem| problem.message)
            .collect();
        assert_eq!(found.join("; "), said, "{spec}");
    }
}

/// Kind, its `spec` and what is said of it (all messages, in order); bundle 1.6, experimental.
const RULES: &[(&str, &str, &str)] = &[
    (
        "GatewayClass",
        "{controllerName: istio}",
        "`istio` is no valid controller name",
    ),
    (
        "GatewayClass",
        "{controllerName: example.com/a, parametersRef: {kind: A, name: b}}",
        "`spec.parametersRef` has no `group`, which is required",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, listeners: []}",
        "`listeners` is empty, and needs at least 1 entry",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: TLS}]}",
        "a listener of protocol `TLS` has no `tls`, so no mode",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: UDP, tls: {mode: Passthrough}}]}",
        "a listener of protocol `UDP` has `tls`",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: HTTP, allowedRoutes: {namespaces: {from: None}}}]}",
        "`from` cannot be `None`: it is `All`, `Selector` or `Same`",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector}}}]}",
        "namespaces are selected, and there is no `selector`, so none is",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: http}]}",
        "no controller knows the protocol `http`",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, tls: {frontend: {}}, listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "`spec.tls.frontend` has no `default`, which is required",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, tls: {frontend: {default: {}}}, listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "`frontend.default` has no `validation`, so no client is asked for a certificate",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, tls: {frontend: {default: {validation: {caCertificateRefs: [{name: ca}]}}}}, listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "`spec.tls.frontend.default.validation.caCertificateRefs[0]` has no `group`, which is required; `spec.tls.frontend.default.validation.caCertificateRefs[0]` has no `kind`, which is required",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, tls: {frontend: {default: {}, perPort: [{port: 1, tls: {}}, {port: 1, tls: {}}]}}, listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "two entries of `perPort` have the same `port`: `1`",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, infrastructure: {labels: {a/b/c: x}}, listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "`a/b/c` is no key for a label or an annotation",
    ),
    (
        "Gateway",
        "{gatewayClassName: a, addresses: [{value: a.example.com}, {value: 10.0.0.1}, {value: 10.0.0.1}], listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "`a.example.com` is no IP address; the address `10.0.0.1` is there twice",
    ),
    (
        "ListenerSet",
        "{listeners: [{name: a, port: 1, protocol: HTTP}]}",
        "`spec` has no `parentRef`, which is required",
    ),
    (
        "HTTPRoute",
        "{parentRefs: [{name: a, port: 1}, {name: a, port: 2}]}",
        "",
    ),
    (
        "HTTPRoute",
        "{parentRefs: [{name: a, sectionName: b}, {name: a, sectionName: b}]}",
        "the parent `a` is named twice with the section `b`",
    ),
    (
        "HTTPRoute",
        "{parentRefs: [{name: a, namespace: b}, {name: a}]}",
        "",
    ),
    (
        "HTTPRoute",
        "{rules: [{name: a}, {name: a}]}",
        "two entries of `rules` have the same name: `a`",
    ),
    (
        "HTTPRoute",
        "{rules: []}",
        "`rules` is empty, and needs at least 1 entry",
    ),
    (
        "HTTPRoute",
        "{hostnames: [10.0.0.1]}",
        "the hostname `10.0.0.1` is an IP address, which Gateway API forbids",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{path: {value: v1}}]}]}",
        "the path `v1` does not begin with `/`",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{path: {value: /a//b}}]}]}",
        "the path `/a//b` holds `//`, which no request path does when it is matched",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{path: {value: /a/..}}]}]}",
        "the path `/a/..` ends with `/..`",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{path: {type: RegularExpression, value: '/[a-z]//'}}]}]}",
        "",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{headers: [{name: 'a b', value: c}]}]}]}",
        "`a b` is no valid header name",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{headers: [{name: a, value: c}, {name: a, value: d}]}]}]}",
        "two entries of `headers` have the same `name`: `a`",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{method: get}]}]}",
        "`method` cannot be `get`: it is `GET`, `HEAD`, `POST`, `PUT`, `DELETE`, `CONNECT`, `OPTIONS`, `TRACE` or `PATCH`",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: RequestHeaderModifier}]}]}",
        "a filter of type `RequestHeaderModifier` has no `requestHeaderModifier`",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {}}]}]}",
        "`URLRewrite` stands beside `RequestRedirect`, and only one of them is possible",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: RequestRedirect, requestRedirect: {hostname: '*.a.com'}}], backendRefs: [{name: a, port: 1}]}]}",
        "`*.a.com` is no valid hostname; this rule redirects, and names backends that it can never reach",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]}]}",
        "",
    ),
    (
        "HTTPRoute",
        "{rules: [{matches: [{path: {type: Exact, value: /a}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]}]}",
        "a prefix is replaced, and this rule does not have exactly one `PathPrefix` match",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replacePrefixMatch: /}}}]}]}",
        "a path of type `ReplaceFullPath` has no `replaceFullPath`; `replacePrefixMatch` is only for the type `ReplacePrefixMatch`",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: CORS, cors: {allowOrigins: ['*', 'https://a.com']}}]}]}",
        "`*` stands beside other entries of `spec.rules[0].filters[0].cors.allowOrigins`",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a}, percent: 1, fraction: {numerator: 101}}}]}]}",
        "this reference to a Service has no `port`; `fraction` stands beside `percent`, and only one of them is possible; 101 of 100 is more than everything",
    ),
    (
        "HTTPRoute",
        "{rules: [{filters: [{type: ExternalAuth, externalAuth: {protocol: GRPC, backendRef: {name: a, port: 1}, http: {}}}]}]}",
        "the protocol is `GRPC`, and there is no `grpc`; `http` is only for the protocol `HTTP`",
    ),
    (
        "HTTPRoute",
        "{rules: [{timeouts: {request: 1s, backendRequest: 2s}}]}",
        "one try may take longer than the whole request",
    ),
    (
        "HTTPRoute",
        "{rules: [{timeouts: {request: 1.5s}}]}",
        "`1.5s` is no valid duration",
    ),
    (
        "HTTPRoute",
        "{rules: [{sessionPersistence: {type: Header, cookieConfig: {lifetimeType: Permanent}}}]}",
        "`cookieConfig` is only for the type `Cookie`; a permanent cookie needs an `absoluteTimeout`",
    ),
    (
        "HTTPRoute",
        "{rules: [{backendRefs: [{group: core, name: a}]}]}",
        "the core API group is written `\"\"`; `core` is another group, and nothing is in it",
    ),
    (
        "HTTPRoute",
        "{rules: [{backendRefs: [{name: a, port: 1, weight: -1}]}]}",
        "`weight` cannot be -1: it is from 0 to 1000000",
    ),
    (
        "GRPCRoute",
        "{rules: [{matches: [{method: Export}]}]}",
        "`method` is text, and a mapping is wanted",
    ),
    (
        "GRPCRoute",
        "{rules: [{matches: [{method: {method: a/b}}]}]}",
        "`a/b` is no name of a gRPC method",
    ),
    (
        "GRPCRoute",
        "{rules: [{matches: [{method: {type: RegularExpression, service: '.*'}}]}]}",
        "",
    ),
    (
        "GRPCRoute",
        "{rules: [{filters: [{type: URLRewrite}]}]}",
        "`type` cannot be `URLRewrite`: it is `RequestHeaderModifier`, `ResponseHeaderModifier`, `RequestMirror` or `ExtensionRef`",
    ),
    (
        "TLSRoute",
        "{hostnames: [10.0.0.1], rules: [{backendRefs: [{name: a, port: 1}]}]}",
        "the hostname `10.0.0.1` is an IP address",
    ),
    (
        "TLSRoute",
        "{rules: [{backendRefs: [{name: a, port: 1}]}]}",
        "`spec` has no `hostnames`, which is required",
    ),
    (
        "TCPRoute",
        "{rules: [{backendRefs: [{name: a, port: 1}]}, {backendRefs: [{name: a, port: 1}]}]}",
        "`rules` has 2 entries, and at most 1 is taken",
    ),
    (
        "UDPRoute",
        "{rules: [{}]}",
        "`spec.rules[0]` has no `backendRefs`, which is required",
    ),
    (
        "ReferenceGrant",
        "{from: [{group: '', kind: A}], to: [{group: '', kind: Service}]}",
        "`spec.from[0]` has no `namespace`, which is required",
    ),
    (
        "BackendTLSPolicy",
        "{targetRefs: [{group: '', kind: Service, name: a}], validation: {hostname: a.com}}",
        "`spec.validation` names no certificate authority",
    ),
    (
        "BackendTLSPolicy",
        "{targetRefs: [{group: '', kind: Service, name: a}, {group: '', kind: Service, name: a}], validation: {hostname: a.com, wellKnownCACertificates: System}}",
        "the target `a` is named 2 times, here without `sectionName`",
    ),
    (
        "BackendTLSPolicy",
        "{targetRefs: [{group: '', kind: Service, name: a}], validation: {hostname: a.com, wellKnownCACertificates: System, subjectAltNames: [{type: URI, hostname: a.com}]}}",
        "the type is `URI`, and there is no `uri`; `hostname` is only for the type `Hostname`",
    ),
];

#[test]
fn rules_over_several_fields_are_those_of_the_definitions() {
    let assume = bundle(6, Channel::Experimental);
    let mut wrong = Vec::new();
    for (kind, spec, said) in RULES {
        let text = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
        );
        let found: Vec<String> = problems(&text, &assume)
            .into_iter()
            .map(|problem| problem.message)
            .collect();
        if found.join("; ") != *said {
            wrong.push(format!(
                "{kind} {spec}\n  expected {said}\n  found    {}",
                found.join("; ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
