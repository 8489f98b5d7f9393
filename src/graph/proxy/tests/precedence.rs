//! Which place wins when several set a variable (istio 1.31, `pilot/pkg/model/proxy_config.go`, `EffectiveProxyConfig`;
//! `pkg/kube/inject/inject.go`; `pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go`, `render`).

use super::Mesh;
use super::deployment;
use super::namespace;
use crate::graph::proxy::LOCAL_ONLY;
use crate::graph::proxy::MERGED_PORT;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::merging::Obstacle;

fn proxy_config(home: &str, selector: &str, port: &str) -> String {
    let name = format!("c{port}");
    format!(
        "{{apiVersion: networking.istio.io/v1beta1, kind: ProxyConfig, metadata: {{name: {name}, namespace: {home}}}, \
         spec: {{{selector}environmentVariables: {{{MERGED_PORT}: '{port}'}}}}}}"
    )
}

fn port(proxy: &Proxy) -> Option<i64> {
    proxy.port(MERGED_PORT).map(|port| port.value)
}

#[test]
fn what_is_nearer_to_the_pod_wins() {
    let mesh = format!("meshConfig: {{defaultConfig: {{proxyMetadata: {{{MERGED_PORT}: '1'}}}}}}");
    let root = proxy_config("istio-system", "", "2");
    let home = proxy_config("shop", "", "3");
    let annotation =
        format!("proxy.istio.io/config: '{{\"proxyMetadata\": {{\"{MERGED_PORT}\": \"4\"}}}}'");
    let own = proxy_config("shop", "selector: {matchLabels: {app: cart}}, ", "5");
    let container =
        format!(", {{name: istio-proxy, image: auto, env: [{{name: {MERGED_PORT}, value: '6'}}]}}");
    let other = proxy_config("shop", "selector: {matchLabels: {app: till}}, ", "7");
    let foreign = proxy_config("web", "", "8");
    // A selector in the root namespace chooses among the Pods of that namespace.
    let distant = proxy_config(
        "istio-system",
        "selector: {matchLabels: {app: cart}}, ",
        "9",
    );
    let layers = [mesh.as_str(), &root, &home, &annotation, &own, &container];
    for given in 0..=layers.len() {
        let layer = |at: usize| if at < given { layers[at] } else { "" };
        let pods = deployment("app: cart", layer(3), layer(5));
        let enabled = namespace("shop", "istio-injection: enabled");
        let documents = [
            enabled.as_str(),
            layer(0),
            layer(1),
            layer(2),
            layer(4),
            &other,
            &foreign,
            &distant,
            &pods,
        ];
        let mesh = Mesh::of(&documents);
        let expected = (given > 0).then_some(given as i64);
        assert_eq!(port(&mesh.proxies[0]), expected, "with {given} layers");
    }
}

#[test]
fn of_a_gateway_the_class_is_laid_over_first_and_the_annotation_opens_nothing() {
    let gateway = |infrastructure: &str| {
        format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: edge, namespace: shop}}, \
             spec: {{gatewayClassName: istio, infrastructure: {{{infrastructure}}}, \
             listeners: [{{name: http, port: 80, protocol: HTTP}}]}}}}"
        )
    };
    let overlay = |name: &str, label: &str, port: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}, namespace: shop, labels: {{{label}}}}}, \
             data: {{deployment: '{{\"spec\": {{\"template\": {{\"spec\": {{\"containers\": [{{\"name\": \"istio-proxy\", \
             \"env\": [{{\"name\": \"{MERGED_PORT}\", \"value\": \"{port}\"}}]}}]}}}}}}}}'}}}}"
        )
    };
    let annotated = format!(
        "annotations: {{proxy.istio.io/config: '{{\"proxyMetadata\": {{\"{MERGED_PORT}\": \"1\", \"{LOCAL_ONLY}\": \"true\"}}}}'}}"
    );
    let refers = "parametersRef: {group: '', kind: ConfigMap, name: own}";
    let config = proxy_config(
        "shop",
        "selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}, ",
        "2",
    );
    let label = "gateway.networking.k8s.io/gateway-name: edge, app: edge";
    let too_narrow = proxy_config(
        "shop",
        &format!("selector: {{matchLabels: {{{label}}}}}, "),
        "3",
    );
    let of_class = overlay("class", "gateway.istio.io/defaults-for-class: istio", "4");
    let of_other = overlay(
        "other",
        "gateway.istio.io/defaults-for-class: istio-waypoint",
        "5",
    );
    let own = overlay("own", "", "6");
    let both = format!("{annotated}, {refers}");
    for (infrastructure, given, expected, inert) in [
        (annotated.as_str(), vec![], None, 1),
        (&annotated, vec![&config], Some(2), 0),
        (&annotated, vec![&too_narrow], None, 1),
        (&annotated, vec![&config, &of_class], Some(4), 0),
        (&annotated, vec![&of_other], None, 1),
        (&both, vec![&config, &of_class, &own], Some(6), 0),
        // What the Gateway names was not given: anything may stand there.
        (&both, vec![&of_class], Some(4), 0),
        ("", vec![&of_class], Some(4), 0),
        (refers, vec![&own], Some(6), 0),
    ] {
        let edge = gateway(infrastructure);
        let mut documents: Vec<&str> = given.iter().map(|document| document.as_str()).collect();
        documents.push(&edge);
        let mesh = Mesh::of(&documents);
        let proxy = &mesh.proxies[0];
        assert_eq!(port(proxy), expected, "{documents:?}");
        assert_eq!(proxy.inert.len(), inert, "{documents:?}: {:?}", proxy.inert);
    }
}

/// 15090 asks `proxyMetadata` to the letter, 15020 the environment as Go reads a truth value (istio 1.31,
/// `pkg/bootstrap/option/instances.go`, `pkg/features/telemetry.go`).
#[test]
fn two_readers_close_the_plain_ports() {
    let annotation = |value: &str| {
        format!("proxy.istio.io/config: '{{\"proxyMetadata\": {{\"{LOCAL_ONLY}\": \"{value}\"}}}}'")
    };
    let container = |value: &str| {
        format!(
            ", {{name: istio-proxy, image: auto, env: [{{name: {LOCAL_ONLY}, value: '{value}'}}]}}"
        )
    };
    for (annotation, container, merged, envoy) in [
        (annotation("true"), String::new(), true, true),
        (annotation("True"), String::new(), true, false),
        (annotation("1"), String::new(), true, false),
        (annotation("yes"), String::new(), false, false),
        (annotation("false"), String::new(), false, false),
        (String::new(), container("true"), true, false),
        (annotation("true"), container("false"), false, true),
    ] {
        let enabled = namespace("shop", "istio-injection: enabled");
        let mesh = Mesh::of(&[&enabled, &deployment("app: cart", &annotation, &container)]);
        let proxy = &mesh.proxies[0];
        let found = (proxy.closes_merged(), proxy.closes_envoy());
        assert_eq!(found, (merged, envoy), "{annotation} {container}");
    }
}

/// What is filled in before Istio sees it is no fault.
#[test]
fn a_port_that_something_writes_later_is_left_open() {
    let variable = |value: &str| {
        format!(
            "proxy.istio.io/config: '{{\"proxyMetadata\": {{\"{MERGED_PORT}\": \"{value}\"}}}}'"
        )
    };
    for (value, inert, merges) in [
        ("${PORT}", 0, 0),
        ("https", 1, 1),
        ("0", 0, 1),
        ("15092", 0, 0),
    ] {
        let annotations = format!("{}, prometheus.io/port: '{value}'", variable(value));
        let enabled = namespace("shop", "istio-injection: enabled");
        let mesh = Mesh::of(&[&enabled, &deployment("app: cart", &annotations, "")]);
        let proxy = &mesh.proxies[0];
        assert_eq!(proxy.inert.len(), inert, "{value}");
        let unmergeable = proxy.unmergeable(&mesh.model);
        let unread = unmergeable.iter().filter(|own| own.why == Obstacle::NoPort);
        assert_eq!(unread.count(), merges, "{value}");
    }
}
