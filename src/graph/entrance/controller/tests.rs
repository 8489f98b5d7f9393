use time::OffsetDateTime;

use super::Grpc;
use crate::graph::entrance::Entrance;
use crate::graph::landing::Landing;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

/// What is said of gRPC by an Ingress of that class and annotation to a Service with that one.
fn said(class: &str, on_ingress: &str, service: Option<&str>, app_protocol: &str) -> &'static str {
    let mut text = format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, annotations: {{{on_ingress}}}}}\n\
         spec: {{{class}defaultBackend: {{service: {{name: c, port: {{number: 4317}}}}}}}}\n"
    );
    if let Some(on_service) = service {
        text += &format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: c, annotations: {{{on_service}}}}}\n\
             spec: {{ports: [{{port: 4317{app_protocol}}}]}}\n"
        );
    }
    let mut sources = Sources::new();
    sources.add(Source::new("a.yaml", text.into_bytes()));
    let settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let model = Model::read(&sources, &settings);
    let landings = Landing::all(&model, &settings);
    match Entrance::all(&model, &landings)[0].grpc {
        Grpc::Object(_) => "object",
        Grpc::Backend => "backend",
        Grpc::Unsaid => "unsaid",
        Grpc::Unknown => "unknown",
    }
}

#[test]
fn each_controller_is_told_in_its_own_way() {
    let class = |name: &str| format!("ingressClassName: {name}, ");
    for (name, on_ingress, service, app_protocol, expected) in [
        ("nginx", "", Some(""), "", "unsaid"),
        ("nginx", "", None, "", "unsaid"),
        (
            "nginx",
            "nginx.ingress.kubernetes.io/backend-protocol: GRPC",
            None,
            "",
            "object",
        ),
        (
            "nginx",
            "nginx.ingress.kubernetes.io/backend-protocol: HTTPS",
            None,
            "",
            "unsaid",
        ),
        (
            "nginx-public",
            "nginx.org/grpc-services: 'a, c'",
            Some(""),
            "",
            "backend",
        ),
        (
            "nginx",
            "nginx.org/grpc-services: a",
            Some(""),
            "",
            "unsaid",
        ),
        (
            "nginx",
            "",
            Some(""),
            ", appProtocol: kubernetes.io/h2c",
            "unsaid",
        ),
        ("traefik", "", Some(""), "", "unsaid"),
        ("traefik", "", None, "", "unknown"),
        (
            "traefik",
            "",
            Some("traefik.ingress.kubernetes.io/service.serversscheme: h2c"),
            "",
            "backend",
        ),
        (
            "traefik",
            "",
            Some(""),
            ", appProtocol: kubernetes.io/h2c",
            "backend",
        ),
        (
            "contour",
            "",
            Some("projectcontour.io/upstream-protocol.h2c: '4317'"),
            "",
            "backend",
        ),
        (
            "alb",
            "alb.ingress.kubernetes.io/backend-protocol-version: GRPC",
            Some(""),
            "",
            "object",
        ),
        ("acme", "", Some(""), "", "unknown"),
    ] {
        let found = said(&class(name), on_ingress, service, app_protocol);
        assert_eq!(
            found, expected,
            "{name} {on_ingress} {service:?}{app_protocol}"
        );
    }
    assert_eq!(said("", "", Some(""), ""), "unknown");
    assert_eq!(
        said("", "kubernetes.io/ingress.class: nginx", Some(""), ""),
        "unsaid"
    );
}
