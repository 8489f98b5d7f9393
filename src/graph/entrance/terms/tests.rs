use time::OffsetDateTime;

use super::Clients;
use crate::graph::delivery::Upstream;
use crate::graph::entrance::Controller;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// An Ingress of that class with that annotation, and its Service with that one.
fn model(class: &str, on_ingress: &str, on_service: &str) -> Model {
    let text = format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, namespace: edge, annotations: {{{on_ingress}}}}}\n\
         spec: {{ingressClassName: {class}}}\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: {{name: c, annotations: {{{on_service}}}}}\nspec: {{ports: [{{port: 4317}}]}}\n"
    );
    let mut sources = Sources::new();
    sources.add(Source::new("a.yaml", text.into_bytes()));
    Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH))
}

fn upstream(class: &str, on_ingress: &str, on_service: &str) -> &'static str {
    let model = model(class, on_ingress, on_service);
    match Controller::upstream(&model.ingresses[0], &model.services[0], 0) {
        Upstream::Http1 => "http/1.1",
        Upstream::H2c => "h2c",
        Upstream::Tls(_) => "tls",
        Upstream::Raw => "raw",
        Upstream::Open(_) => "open",
    }
}

/// Each controller's documentation of its annotations.
#[test]
fn each_controller_speaks_what_it_is_told() {
    for (class, on_ingress, on_service, expected) in [
        ("nginx", "", "", "http/1.1"),
        (
            "nginx",
            "nginx.ingress.kubernetes.io/backend-protocol: GRPC",
            "",
            "h2c",
        ),
        (
            "nginx",
            "nginx.ingress.kubernetes.io/backend-protocol: GRPCS",
            "",
            "tls",
        ),
        (
            "nginx",
            "nginx.ingress.kubernetes.io/backend-protocol: HTTPS",
            "",
            "tls",
        ),
        (
            "nginx",
            "nginx.ingress.kubernetes.io/backend-protocol: FCGI",
            "",
            "open",
        ),
        ("nginx", "nginx.org/grpc-services: c", "", "h2c"),
        (
            "nginx",
            "nginx.org/grpc-services: c, nginx.org/ssl-services: c",
            "",
            "open",
        ),
        (
            "traefik",
            "",
            "traefik.ingress.kubernetes.io/service.serversscheme: h2c",
            "h2c",
        ),
        (
            "traefik",
            "",
            "traefik.ingress.kubernetes.io/service.serversscheme: https",
            "tls",
        ),
        (
            "contour",
            "",
            "projectcontour.io/upstream-protocol.h2c: '4317'",
            "h2c",
        ),
        (
            "contour",
            "",
            "projectcontour.io/upstream-protocol.h2: '4317'",
            "tls",
        ),
        (
            "gce",
            "",
            "cloud.google.com/app-protocols: '{\"4317\":\"HTTP2\"}'",
            "tls",
        ),
        ("acme", "", "", "open"),
    ] {
        let found = upstream(class, on_ingress, on_service);
        assert_eq!(found, expected, "{class} {on_ingress} {on_service}");
    }
}

/// ingress-nginx, "Client Certificate Authentication": `auth-tls-verify-client` is `on` unless it says otherwise.
#[test]
fn certificates_are_asked_for_as_annotations_say() {
    const SECRET: &str = "nginx.ingress.kubernetes.io/auth-tls-secret: edge/clients";
    const VERIFY: &str = "nginx.ingress.kubernetes.io/auth-tls-verify-client";
    for (annotations, expected) in [
        (String::new(), "anyone"),
        (SECRET.to_owned(), "edge/clients"),
        (format!("{SECRET}, {VERIFY}: 'on'"), "edge/clients"),
        (
            format!("{SECRET}, {VERIFY}: optional"),
            "edge/clients, if they show one",
        ),
        (format!("{SECRET}, {VERIFY}: optional_no_ca"), "anyone"),
        (format!("{SECRET}, {VERIFY}: 'off'"), "anyone"),
        (
            "haproxy-ingress.github.io/auth-tls-secret: clients".to_owned(),
            "edge/clients",
        ),
        ("haproxy.org/client-ca: edge/clients".to_owned(), "unknown"),
        // Whom it asks for, it asks of requests.
        (
            "nginx.ingress.kubernetes.io/auth-url: https://login.example.com".to_owned(),
            "anyone",
        ),
    ] {
        let model = model("nginx", &annotations, "");
        let found = match Clients::of(&model.ingresses[0]) {
            Clients::Anyone => "anyone".to_owned(),
            Clients::Verified {
                secret: (namespace, name),
                is_optional,
                ..
            } => {
                let unless = if is_optional {
                    ", if they show one"
                } else {
                    ""
                };
                format!("{namespace}/{name}{unless}")
            }
            Clients::Unknown => "unknown".to_owned(),
        };
        assert_eq!(found, expected, "{annotations}");
    }
}
