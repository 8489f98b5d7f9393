use crate::finding::Findings;
use crate::model::operator::OpenTelemetryCollector;
use crate::model::operator::OperatorHttpRoute;
use crate::model::operator::OperatorIngress;
use crate::model::operator::Port;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unroutable-operator-ingress",
    severity: Severity::Error,
    page: page!("ingress/unroutable-operator-ingress"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for resource in &world.model.operated {
        if let Some(ingress) = &resource.ingress {
            by_path(resource, ingress, findings);
        }
        if let Some(route) = &resource.http_route {
            by_http_route(resource, route, findings);
        }
    }
}

/// The operator puts every port under `/<port name>` and rewrites nothing.
fn by_path(resource: &OpenTelemetryCollector, ingress: &OperatorIngress, findings: &mut Findings) {
    let otlp = resource
        .ports
        .iter()
        .find(|port| port.is_grpc() || is_http(port));
    let Some(port) = otlp.filter(|_| ingress.routes_by_path()) else {
        return;
    };
    let at = ingress.rule.as_ref().map_or(ingress.span, |rule| rule.span);
    findings
        .at(at, format!("this Ingress sends only paths under `/{}` to the collector, which knows no such path", port.name))
        .also(port.span, "OTLP/gRPC has paths under `/opentelemetry.proto`, OTLP/HTTP under `/v1`")
        .help("set `ruleType: subdomain` with a `hostname`, or write the Ingress or route yourself");
}

/// The operator makes HTTPRoutes, and none for ports of gRPC.
fn by_http_route(
    resource: &OpenTelemetryCollector,
    route: &OperatorHttpRoute,
    findings: &mut Findings,
) {
    if route.gateway.is_none() {
        findings
            .at(
                route.span,
                "without `gateway` the operator makes no route, and says nothing",
            )
            .help("name the Gateway");
        return;
    }
    let grpc = resource.ports.iter().find(|port| port.is_grpc());
    let Some(grpc) = grpc.filter(|_| !resource.ports.iter().any(|port| !port.is_grpc())) else {
        return;
    };
    findings
        .at(route.span, "the operator makes no route for gRPC, and this collector takes nothing else")
        .also(grpc.span, "this port is left out")
        .help("write a GRPCRoute to the collector's Service yourself, or open `http` and send OTLP/HTTP");
}

fn is_http(port: &Port) -> bool {
    port.app_protocol.as_deref() == Some("http") && port.name.contains("http")
}
