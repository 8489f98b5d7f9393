//! Who runs a job and whom it finds, table by table.

use time::macros::datetime;

use super::Scrape;
use crate::attach;
use crate::graph::proxy::Proxy;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

fn scrapes(documents: &[&str]) -> Vec<Scrape> {
    let mut sources = Sources::new();
    for (at, document) in documents.iter().enumerate() {
        let text = document.as_bytes().to_vec();
        sources.add(Source::new(format!("{at}.yaml"), text));
    }
    let settings = Settings::new(datetime!(2026-11-20 0:00 UTC));
    let model = Model::read(&sources, &settings);
    let attachment = attach::attach(&model, &settings);
    let proxies = Proxy::all(&model, &attachment, &settings);
    Scrape::all(&model, &proxies).0
}

const CART: &str = "{apiVersion: v1, kind: Pod, metadata: {name: cart, namespace: shop, labels: {app: cart, tier: front}}, \
                    spec: {containers: [{name: cart, ports: [{name: metrics, containerPort: 9464}]}]}}";

const MONITOR: &str = "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, \
                       metadata: {name: cart, namespace: shop, labels: {team: shop}}, \
                       spec: {selector: {matchLabels: {app: cart}}, podMetricsEndpoints: [{port: metrics}]}}";

/// prometheus-operator, `prometheus_types.go`: without a selector none is taken, an empty one takes all; without one for
/// namespaces those of its own are taken.
#[test]
fn a_prometheus_takes_the_monitors_that_it_selects() {
    let prometheus = |home: &str, spec: &str| {
        format!(
            "{{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {{name: main, namespace: {home}}}, \
             spec: {{{spec}}}}}"
        )
    };
    let shop = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tier: front}}}";
    let everywhere = "podMonitorNamespaceSelector: {}";
    for (home, spec, is_taken) in [
        ("shop", "", false),
        ("shop", "podMonitorSelector: {}", true),
        ("shop", "podMonitorSelector: null", false),
        ("shop", "serviceMonitorSelector: {}", false),
        (
            "shop",
            "podMonitorSelector: {matchLabels: {team: shop}}",
            true,
        ),
        (
            "shop",
            "podMonitorSelector: {matchLabels: {team: web}}",
            false,
        ),
        ("monitoring", "podMonitorSelector: {}", false),
        (
            "monitoring",
            &format!("podMonitorSelector: {{}}, {everywhere}"),
            true,
        ),
        (
            "monitoring",
            "podMonitorSelector: {}, podMonitorNamespaceSelector: {matchLabels: {tier: front}}",
            true,
        ),
        (
            "monitoring",
            "podMonitorSelector: {}, podMonitorNamespaceSelector: {matchLabels: {tier: back}}",
            false,
        ),
    ] {
        let found = scrapes(&[CART, MONITOR, shop, &prometheus(home, spec)]);
        let found: Vec<_> = found
            .iter()
            .map(|scrape| (scrape.port, scrape.is_certain, scrape.scraper.is_some()))
            .collect();
        assert_eq!(found, [(Some(9464), is_taken, is_taken)], "{home}: {spec}");
    }
}

#[test]
fn a_monitor_may_be_run_by_somebody_who_was_not_given() {
    let allocator = "{apiVersion: opentelemetry.io/v1beta1, kind: OpenTelemetryCollector, metadata: {name: c, namespace: otel}, \
                     spec: {mode: statefulset, config: {}, targetAllocator: {enabled: true, prometheusCR: {enabled: true}}}}";
    let other = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: main, namespace: web}, \
                 spec: {podMonitorSelector: {}}}";
    for documents in [vec![CART, MONITOR], vec![CART, MONITOR, other, allocator]] {
        let found = scrapes(&documents);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].is_certain && found[0].scraper.is_none(),
            "{documents:?}"
        );
    }
}

/// prometheus, `discovery/kubernetes`: roles, and `selectors` of each.
#[test]
fn discovery_finds_what_its_role_and_selectors_say() {
    let job = |discovery: &str| {
        format!(
            "{{scrape_configs: [{{job_name: cart, kubernetes_sd_configs: [{{{discovery}}}]}}]}}"
        )
    };
    let service = "{apiVersion: v1, kind: Service, metadata: {name: cart, namespace: shop, labels: {app: cart}}, \
                   spec: {selector: {app: cart}, ports: [{name: metrics, port: 80, targetPort: metrics}]}}";
    let sure = Some((Some(9464), true));
    let unsure = Some((Some(9464), false));
    for (discovery, expected) in [
        ("role: pod", sure),
        ("role: pod, namespaces: {names: [shop]}", sure),
        ("role: pod, namespaces: {names: [web]}", None),
        (
            "role: pod, selectors: [{role: pod, label: 'app=cart'}]",
            sure,
        ),
        (
            "role: pod, selectors: [{role: pod, label: 'app in (cart, till),tier!=back'}]",
            sure,
        ),
        (
            "role: pod, selectors: [{role: pod, label: 'app=till'}]",
            None,
        ),
        (
            "role: pod, selectors: [{role: pod, field: spec.nodeName=a}]",
            unsure,
        ),
        (
            "role: pod, selectors: [{role: pod, label: 'app=cart', field: spec.nodeName=a}]",
            unsure,
        ),
        ("role: endpoints", sure),
        ("role: endpointslice", sure),
        (
            "role: endpoints, selectors: [{role: service, label: 'app=cart'}]",
            sure,
        ),
        (
            "role: endpoints, selectors: [{role: service, label: 'app=till'}]",
            None,
        ),
        (
            "role: endpoints, selectors: [{role: pod, label: 'tier=back'}]",
            None,
        ),
        // Those lead to no Pod that was given.
        ("role: service", None),
        ("role: node", None),
        ("role: ingress", None),
    ] {
        let found = scrapes(&[CART, service, &job(discovery)]);
        let found: Vec<_> = found
            .iter()
            .map(|scrape| (scrape.port, scrape.is_certain))
            .collect();
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(found, expected, "{discovery}");
    }
}

/// A target of a Service has the labels of the container's port, too; ports of containers to which no Service leads are
/// targets as well (prometheus, `discovery/kubernetes/endpoints.go`, `buildEndpoints`).
#[test]
fn endpoints_know_the_ports_of_the_containers() {
    let job = |label: &str| {
        format!(
            "{{scrape_configs: [{{job_name: cart, kubernetes_sd_configs: [{{role: endpoints}}], relabel_configs: [\
             {{source_labels: [__meta_kubernetes_{label}_port_name], action: keep, regex: metrics}}]}}]}}"
        )
    };
    let service = |ports: &str| {
        format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: cart, namespace: shop}}, \
             spec: {{selector: {{app: cart}}, ports: [{ports}]}}}}"
        )
    };
    let container = job("pod_container");
    let endpoint = job("endpoint");
    for (ports, job, expected) in [
        ("{port: 9464}", &container, vec![9464]),
        ("{port: 8080}", &container, vec![9464]),
        ("{name: metrics, port: 9464}", &endpoint, vec![9464]),
        ("{name: http, port: 9464}", &endpoint, vec![]),
        ("{name: http, port: 8080}", &endpoint, vec![]),
        ("", &container, vec![]),
    ] {
        let found = scrapes(&[CART, &service(ports), job]);
        let found: Vec<u16> = found.iter().filter_map(|scrape| scrape.port).collect();
        assert_eq!(found, expected, "{ports}");
    }
}
