use time::OffsetDateTime;

use super::Origin;
use super::job::Discovery;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

fn model(text: &str) -> (Sources, Model) {
    let mut sources = Sources::new();
    sources.add(Source::new("a.yaml", text.as_bytes().to_vec()));
    let settings = Settings::new(OffsetDateTime::UNIX_EPOCH);
    let model = Model::read(&sources, &settings);
    (sources, model)
}

#[test]
fn jobs_are_found_wherever_they_stand() {
    let job = "{job_name: proxies, scheme: https, tls_config: {cert_file: /c}, \
               kubernetes_sd_configs: [{role: pod}]}";
    for (text, origin) in [
        (format!("scrape_configs: [{job}]"), "document"),
        (
            format!("serverFiles: {{prometheus.yml: {{scrape_configs: [{job}]}}}}"),
            "document",
        ),
        (format!("extraScrapeConfigs: |\n  - {job}"), "document"),
        (
            format!(
                "kind: ConfigMap\nmetadata: {{name: p}}\ndata:\n  p.yml: |\n    scrape_configs: [{job}]"
            ),
            "config map",
        ),
        (
            format!(
                "kind: Secret\nmetadata: {{name: p}}\nstringData:\n  more.yaml: |\n    - {job}"
            ),
            "secret",
        ),
        (
            format!(
                "receivers: {{prometheus: {{config: {{scrape_configs: [{job}]}}}}}}\n\
                 exporters: {{debug: null}}\n\
                 service: {{pipelines: {{metrics: {{receivers: [prometheus], exporters: [debug]}}}}}}"
            ),
            "receiver",
        ),
    ] {
        let (sources, model) = model(&text);
        let [scraping] = model.scrapings.as_slice() else {
            panic!("{text}: {:?}", model.scrapings);
        };
        let found = match scraping.origin {
            Origin::Document => "document",
            Origin::ConfigMap(..) => "config map",
            Origin::Secret(..) => "secret",
            Origin::Receiver(_) => "receiver",
            Origin::Monitor(_) => "monitor",
        };
        assert_eq!(found, origin, "{text}");
        let job = &scraping.jobs[0];
        assert_eq!(sources.slice(job.name.span), "proxies", "{text}");
        assert_eq!(job.scheme(), "https");
        let tls = job.tls.as_ref().unwrap();
        assert_eq!(sources.slice(tls.cert.as_ref().unwrap().span()), "/c");
        assert!(matches!(job.discoveries[0], Discovery::Kubernetes(_)));
    }
}

#[test]
fn a_collector_doubles_the_dollar_and_prometheus_does_not() {
    let relabel = |replacement: &str| {
        format!("{{job_name: a, relabel_configs: [{{replacement: \"{replacement}\"}}]}}")
    };
    let collector = format!(
        "receivers: {{prometheus: {{config: {{scrape_configs: [{}]}}}}}}\n\
         exporters: {{debug: null}}\n\
         service: {{pipelines: {{metrics: {{receivers: [prometheus], exporters: [debug]}}}}}}",
        relabel("$$1:$$2")
    );
    for text in [format!("scrape_configs: [{}]", relabel("$1:$2")), collector] {
        let (_, model) = model(&text);
        let relabel = &model.scrapings[0].jobs[0].relabels[0];
        assert_eq!(
            relabel.replacement.as_ref().unwrap().value,
            "$1:$2",
            "{text}"
        );
    }
}

#[test]
fn monitors_are_jobs() {
    let (_, model) = model(
        "apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: proxies, namespace: istio-system}
spec:
  selector: {matchLabels: {app: a}}
  namespaceSelector: {any: true}
  podMetricsEndpoints:
  - {port: http-envoy-prom, path: /stats/prometheus}
  - portNumber: 15092
    scheme: https
    tlsConfig: {insecureSkipVerify: true, cert: {secret: {name: c, key: tls.crt}}}
    relabelings:
    - {sourceLabels: [__meta_kubernetes_pod_ip], targetLabel: __address__}
",
    );
    let jobs = &model.scrapings[0].jobs;
    assert_eq!(jobs.len(), 2);
    assert_eq!(jobs[0].path(), "/stats/prometheus");
    assert_eq!(jobs[1].scheme(), "https");
    assert!(jobs[1].tls.as_ref().unwrap().skips_verification());
    assert_eq!(
        jobs[1].relabels[0].target.as_ref().unwrap().value,
        "__address__"
    );
    let Discovery::Pods(selection) = &jobs[0].discoveries[0] else {
        panic!("{:?}", jobs[0].discoveries);
    };
    assert!(selection.namespaces.selects("anywhere"));
}
