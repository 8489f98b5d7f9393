//! Which secure ports Istio's own resources open (istio.io, secure metrics, "Legacy workaround"; istio.io/api, Sidecar:
//! `workloadSelector`, Gateway: `selector`).

use super::Mesh;
use super::deployment;
use super::namespace;
use crate::graph::proxy::legacy::Lead;

fn sidecar(home: &str, selector: &str, port: u16, endpoint: &str) -> String {
    format!(
        "{{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {{name: metrics, namespace: {home}}}, \
         spec: {{{selector}ingress: [{{port: {{number: {port}, name: https-metrics, protocol: HTTP}}, \
         defaultEndpoint: '{endpoint}'}}]}}}}"
    )
}

fn gateway(home: &str, selector: &str, port: u16) -> String {
    format!(
        "{{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {{name: metrics, namespace: {home}}}, \
         spec: {{selector: {{{selector}}}, servers: [{{port: {{number: {port}, name: https-metrics, protocol: HTTPS}}, \
         tls: {{mode: ISTIO_MUTUAL}}, hosts: ['*']}}]}}}}"
    )
}

#[test]
fn a_sidecar_opens_its_port_for_those_that_it_selects() {
    let cart = "workloadSelector: {labels: {app: cart}}, ";
    let till = "workloadSelector: {labels: {app: till}}, ";
    for (resource, expected) in [
        (sidecar("shop", cart, 15091, "127.0.0.1:15020"), vec![15091]),
        (sidecar("shop", "", 15091, "127.0.0.1:15020"), vec![15091]),
        (sidecar("shop", till, 15091, "127.0.0.1:15020"), vec![]),
        (sidecar("web", cart, 15091, "127.0.0.1:15020"), vec![]),
        // Another port counts where it leads to metrics.
        (sidecar("shop", cart, 9443, "127.0.0.1:15090"), vec![9443]),
        (sidecar("shop", cart, 9443, "127.0.0.1:8080"), vec![]),
        // A Gateway is for gateways.
        (gateway("shop", "app: cart", 15091), vec![]),
    ] {
        let enabled = namespace("shop", "istio-injection: enabled");
        let mesh = Mesh::of(&[&resource, &enabled, &deployment("app: cart", "", "")]);
        let older = mesh.proxies[0].older.iter();
        let ports: Vec<i64> = older.map(|older| older.port.value).collect();
        assert_eq!(ports, expected, "{resource}");
    }
}

#[test]
fn a_gateway_opens_its_port_on_the_pods_that_it_selects() {
    let ingress = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: ingress, namespace: edge}, spec: {template: {\
                   metadata: {labels: {istio: ingress, sidecar.istio.io/inject: 'true'}, \
                   annotations: {inject.istio.io/templates: gateway}}, \
                   spec: {containers: [{name: istio-proxy, image: auto}]}}}}";
    for (resource, expected) in [
        (gateway("edge", "istio: ingress", 15091), vec![15091]),
        // Gateways choose Pods of every namespace (PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off by default).
        (gateway("shop", "istio: ingress", 15092), vec![15092]),
        (gateway("edge", "istio: egress", 15091), vec![]),
        (gateway("edge", "istio: ingress", 443), vec![]),
        (sidecar("edge", "", 15091, "127.0.0.1:15020"), vec![]),
    ] {
        let mesh = Mesh::of(&[&resource, ingress]);
        let older = mesh.proxies[0].older.iter();
        let ports: Vec<i64> = older.map(|older| older.port.value).collect();
        assert_eq!(ports, expected, "{resource}");
    }
}

#[test]
fn a_port_leads_to_another_or_on_by_paths() {
    let ingress = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: ingress, namespace: edge}, spec: {template: {\
                   metadata: {labels: {istio: ingress, sidecar.istio.io/inject: 'true'}}, \
                   spec: {containers: [{name: istio-proxy, image: auto}]}}}}";
    let service = |gateway: &str, matching: &str| {
        format!(
            "{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: metrics, namespace: edge}}, \
             spec: {{hosts: ['*'], gateways: [{gateway}], http: [{{{matching}route: [{{destination: {{host: agent.internal}}}}]}}]}}}}"
        )
    };
    let prefix = "match: [{uri: {prefix: /stats/prometheus}}], ";
    let paths = |paths: &[&str]| Lead::Paths(paths.iter().map(ToString::to_string).collect());
    for (service, expected) in [
        (String::new(), Lead::Unknown),
        (service("metrics", prefix), paths(&["/stats/prometheus"])),
        (
            service("edge/metrics", prefix),
            paths(&["/stats/prometheus"]),
        ),
        (service("other", prefix), Lead::Unknown),
        (service("shop/metrics", prefix), Lead::Unknown),
        (service("metrics", ""), paths(&[""])),
    ] {
        let mesh = Mesh::of(&[&gateway("edge", "istio: ingress", 15091), &service, ingress]);
        assert_eq!(mesh.proxies[0].older[0].lead, expected, "{service}");
    }
}
