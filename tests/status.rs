//! What is wrong, and the status that each controller writes of it: the specification's, Istio's, Envoy Gateway's.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use otel_lint::attach;
use otel_lint::attach::status;
use otel_lint::model::Model;
use otel_lint::settings::Closed;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::macros::datetime;

const CLASSES: &[(&str, &str)] = &[
    ("spec", "example.com/controller"),
    ("istio", "istio.io/gateway-controller"),
    ("eg", "gateway.envoyproxy.io/gatewayclass-controller"),
];

/// `Status/Reason` of a condition that is written about the first object of that kind, its first listener or its first
/// parent; empty when nothing is said. `CLASS` in the text is the class.
fn said(class: &str, text: &str, kind: &str, place: Place, wanted: &str) -> String {
    let (_, controller) = CLASSES.iter().find(|(name, _)| *name == class).unwrap();
    let head = format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {{name: {class}}}\nspec: {{controllerName: {controller}}}\n\
         ---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: a}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: b}}\n---\n"
    );
    let text = head + &text.replace("CLASS", class);
    let mut sources = Sources::new();
    sources.add(Source::new("given.yaml", text.into_bytes()));
    let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    settings.closed = Closed::Everything;
    let model = Model::read(&sources, &settings);
    let attachment = attach::attach(&model, &settings);
    let list = status::predict(&model, &settings, &attachment);
    let object = list
        .iter()
        .find(|own| own.object.kind.value == kind)
        .unwrap();
    let conditions = match place {
        Place::Own => Some(&object.conditions),
        Place::Listener => object
            .listeners
            .iter()
            .flatten()
            .next()
            .map(|own| &own.conditions),
        Place::Parent => object.entries.first().map(|entry| &entry.conditions),
    };
    let found = conditions
        .into_iter()
        .flatten()
        .find(|condition| condition.kind == wanted);
    found.map_or(String::new(), |found| {
        format!("{}/{}", found.status.word(), found.reason)
    })
}

/// Where a condition stands.
#[derive(Clone, Copy)]
enum Place {
    Own,
    Listener,
    Parent,
}

/// A Gateway in `a` with this listener, and what else stands in its `spec`.
fn gateway(listener: &str, spec: &str) -> String {
    format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: edge, namespace: a}}\nspec:\n  gatewayClassName: CLASS\n{spec}  \
         listeners:\n    - {{name: l, port: 443, {listener}}}\n"
    )
}

/// An HTTPRoute in that namespace, with that parentRef and backendRef.
fn route(namespace: &str, parent: &str, backend: &str) -> String {
    format!(
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: {namespace}}}\nspec:\n  parentRefs: [{{{parent}}}]\n  \
         hostnames: [h.example.com]\n  rules:\n    - backendRefs: [{{{backend}}}]\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: a}}\nspec:\n  \
         ports: [{{port: 1}}]\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: b}}\nspec:\n  ports: [{{port: 1}}]\n"
    )
}

const HTTP: &str = "protocol: HTTP";
const PARENT: &str = "name: edge, namespace: a";
const BACKEND: &str = "name: s, port: 1";

/// What is written, and the condition with the answer of the specification, of Istio and of Envoy Gateway.
type Row<'r> = (&'r str, String, &'r [(&'r str, [&'r str; 3])]);

fn check(kind: &str, place: Place, rows: &[Row<'_>]) {
    for (what, text, expected) in rows {
        for (at, (class, _)) in CLASSES.iter().enumerate() {
            for (wanted, answers) in *expected {
                let found = said(class, text, kind, place, wanted);
                assert_eq!(found, answers[at], "{what}: {wanted} of {class}");
            }
        }
    }
}

/// All three answer alike.
const fn all(answer: &str) -> [&str; 3] {
    [answer; 3]
}

#[test]
fn routes() {
    let accepted = "Accepted";
    let own = |parent: &str, backend: &str| gateway(HTTP, "") + &route("a", parent, backend);
    check(
        "HTTPRoute",
        Place::Parent,
        &[
            (
                "as it should be",
                own(PARENT, BACKEND),
                &[
                    (accepted, all("True/Accepted")),
                    ("ResolvedRefs", all("True/ResolvedRefs")),
                ],
            ),
            (
                "a listener of another name",
                own("name: edge, sectionName: x", BACKEND),
                &[(accepted, all("False/NoMatchingParent"))],
            ),
            (
                "a listener on another port",
                own("name: edge, port: 80", BACKEND),
                &[(accepted, all("False/NoMatchingParent"))],
            ),
            (
                "the name of one listener and the port of none",
                own("name: edge, sectionName: l, port: 80", BACKEND),
                &[(accepted, all("False/NoMatchingParent"))],
            ),
            (
                "a host name that the listener does not answer to",
                gateway("protocol: HTTP, hostname: other.example.com", "")
                    + &route("a", PARENT, BACKEND),
                &[(accepted, all("False/NoMatchingListenerHostname"))],
            ),
            (
                "another namespace, by default",
                gateway(HTTP, "") + &route("b", PARENT, BACKEND),
                &[(accepted, all("False/NotAllowedByListeners"))],
            ),
            (
                "a namespace that is let in by its name",
                gateway(
                    "protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: b}}}}",
                    "",
                ) + &route("b", PARENT, BACKEND),
                &[(accepted, all("True/Accepted"))],
            ),
            (
                "a kind that is not let in",
                gateway(
                    "protocol: HTTP, allowedRoutes: {kinds: [{kind: GRPCRoute}]}",
                    "",
                ) + &route("a", PARENT, BACKEND),
                &[(accepted, all("False/NotAllowedByListeners"))],
            ),
            (
                "a Service that is not there",
                own(PARENT, "name: x, port: 1"),
                &[
                    (accepted, all("True/Accepted")),
                    ("ResolvedRefs", all("False/BackendNotFound")),
                ],
            ),
            (
                "a Service in another namespace without a grant",
                own(PARENT, "name: s, namespace: b, port: 1"),
                &[
                    (accepted, all("True/Accepted")),
                    ("ResolvedRefs", all("False/RefNotPermitted")),
                ],
            ),
            (
                "what may not be seen is not told apart from what is not there",
                own(PARENT, "name: x, namespace: b, port: 1"),
                &[("ResolvedRefs", all("False/RefNotPermitted"))],
            ),
            (
                "a backend of a kind that nobody knows",
                own(PARENT, "group: example.com, kind: Thing, name: s, port: 1"),
                &[("ResolvedRefs", all("False/InvalidKind"))],
            ),
            (
                "a port that the Service does not have, which the specification and Istio leave to chance",
                own(PARENT, "name: s, port: 2"),
                &[(
                    "ResolvedRefs",
                    [
                        "True/ResolvedRefs",
                        "True/ResolvedRefs",
                        "False/PortNotFound",
                    ],
                )],
            ),
        ],
    );
}

/// Each line, further in.
fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {line}\n"));
    lines.collect()
}

#[test]
fn listeners() {
    let tls =
        |reference: &str| format!("protocol: HTTPS, tls: {{certificateRefs: [{{{reference}}}]}}");
    // With a certificate that is as it should be.
    let fronted = |reference: &str| {
        let spec = format!(
            "  tls: {{frontend: {{default: {{validation: {{caCertificateRefs: [{{{reference}}}]}}}}}}}}\n"
        );
        let secret = format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: c, namespace: a}}\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: |\n{}  tls.key: |\n{}",
            indented(include_str!("../testdata/certificates/server-separate.crt")),
            indented(include_str!("../testdata/certificates/server.key"))
        );
        gateway(&tls("name: c"), &spec) + &secret
    };
    check(
        "Gateway",
        Place::Listener,
        &[
            (
                "a Secret that is not there",
                gateway(&tls("name: c"), ""),
                &[
                    ("ResolvedRefs", all("False/InvalidCertificateRef")),
                    ("Accepted", all("True/Accepted")),
                    ("Programmed", all("False/Invalid")),
                ],
            ),
            (
                "a Secret in another namespace without a grant",
                gateway(&tls("name: c, namespace: b"), ""),
                &[("ResolvedRefs", all("False/RefNotPermitted"))],
            ),
            (
                "a certificate of another kind",
                gateway(&tls("kind: ConfigMap, name: c"), ""),
                &[("ResolvedRefs", all("False/InvalidCertificateRef"))],
            ),
            (
                "a kind of route that the protocol does not carry",
                gateway(
                    "protocol: HTTP, allowedRoutes: {kinds: [{kind: TCPRoute}]}",
                    "",
                ),
                &[("ResolvedRefs", all("False/InvalidRouteKinds"))],
            ),
            (
                "a kind of route of another group",
                gateway(
                    "protocol: HTTP, allowedRoutes: {kinds: [{group: example.com, kind: HTTPRoute}]}",
                    "",
                ),
                &[("ResolvedRefs", all("False/InvalidRouteKinds"))],
            ),
            (
                "a protocol that does not exist",
                gateway("protocol: GRPC", ""),
                &[("Accepted", all("False/UnsupportedProtocol"))],
            ),
            (
                "a protocol in small letters",
                gateway("protocol: https, tls: {certificateRefs: [{name: c}]}", ""),
                &[("Accepted", all("False/UnsupportedProtocol"))],
            ),
            (
                "client authorities that are not there",
                fronted("group: \"\", kind: ConfigMap, name: x"),
                &[
                    ("ResolvedRefs", all("False/InvalidCACertificateRef")),
                    ("Accepted", all("False/NoValidCACertificate")),
                ],
            ),
            (
                "client authorities of a kind that is not read",
                fronted("group: \"\", kind: Service, name: x"),
                &[
                    ("ResolvedRefs", all("False/InvalidCACertificateKind")),
                    ("Accepted", all("False/NoValidCACertificate")),
                ],
            ),
        ],
    );
}

#[test]
fn listener_sets() {
    let set = |namespace: &str| {
        format!(
            "---\napiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata: {{name: set, namespace: {namespace}}}\nspec:\n  parentRef: {{name: edge, namespace: a}}\n  \
             listeners:\n    - {{name: m, port: 8443, protocol: HTTP}}\n"
        )
    };
    let allowed = |from: &str| format!("  allowedListeners: {{namespaces: {{from: {from}}}}}\n");
    let accepted = "Accepted";
    let with = |spec: &str, namespace: &str| gateway(HTTP, spec) + &set(namespace);
    check(
        "ListenerSet",
        Place::Own,
        &[
            (
                "nobody, by default",
                with("", "a"),
                &[(accepted, all("False/NotAllowed"))],
            ),
            (
                "nobody",
                with(&allowed("None"), "a"),
                &[(accepted, all("False/NotAllowed"))],
            ),
            (
                "the same",
                with(&allowed("Same"), "a"),
                &[(accepted, all("True/Accepted"))],
            ),
            (
                "another",
                with(&allowed("Same"), "b"),
                &[(accepted, all("False/NotAllowed"))],
            ),
            (
                "all",
                with(&allowed("All"), "b"),
                &[(accepted, all("True/Accepted"))],
            ),
        ],
    );
}
