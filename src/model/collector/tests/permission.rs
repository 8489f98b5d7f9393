//! What components ask the API server for: one case a line, `section type body => group/resource verbs`.

use super::read;

/// What the only component of a configuration asks for, besides a receiver and an exporter that ask for nothing.
fn asked(section: &str, kind: &str, body: &str) -> String {
    let own = |of: &str, other: &str| match of == section {
        true => format!("{of}:\n  {kind}: {body}\n"),
        false => other.to_owned(),
    };
    let name = |of: &str, other: &'static str| {
        if of == section {
            kind.to_owned()
        } else {
            other.to_owned()
        }
    };
    let text = format!(
        "{}{}{}{}service:\n  extensions: [{}]\n  pipelines:\n    metrics:\n      receivers: [{}]\n      processors: [{}]\n      exporters: [{}]\n",
        own("receivers", "receivers: {nop: }\n"),
        own("processors", ""),
        own("exporters", "exporters: {nop: }\n"),
        own("extensions", ""),
        name("extensions", ""),
        name("receivers", "nop"),
        name("processors", ""),
        name("exporters", "nop"),
    );
    let collector = read(&text).expect("a configuration");
    let askers = collector.askers();
    let needs = askers.iter().flat_map(|asker| &asker.needs);
    let words = needs.map(|need| {
        let mark = if need.is_certain { "" } else { "?" };
        format!(
            "{}/{}{mark} {}",
            need.group,
            need.resource,
            need.verbs.join("+")
        )
    });
    words.collect::<Vec<_>>().join(", ")
}

#[test]
fn each_component_asks_for_what_its_readme_says() {
    let table = "
processors k8s_attributes {} => /pods get+list+watch, /namespaces? get+list+watch, apps/replicasets get+list+watch
processors k8sattributes {auth_type: kubeConfig} =>
processors k8s_attributes {passthrough: true} =>
processors k8s_attributes {filter: {namespace: a}, extract: {metadata: [k8s.pod.name]}} => /pods get+list+watch
processors k8s_attributes {extract: {metadata: [k8s.deployment.name], deployment_name_from_replicaset: true}, filter: {namespace: a}} => /pods get+list+watch
processors k8s_attributes {extract: {metadata: [k8s.node.uid, k8s.cronjob.uid], labels: [{from: namespace}, {from: daemonset}]}} => /pods get+list+watch, /namespaces get+list+watch, /nodes get+list+watch, batch/jobs get+list+watch, apps/daemonsets get+list+watch
processors resource_detection {detectors: [env, system]} =>
processors resource_detection {detectors: [env, k8snode]} => /nodes get
processors resourcedetection {detectors: [k8snode], k8snode: {auth_type: kubeConfig}} =>
receivers k8s_events {} => /events list+watch
receivers k8s_objects {objects: [{name: pods}, {name: events, mode: watch, group: events.k8s.io}, {name: widgets}]} => /pods list, events.k8s.io/events list+watch
receivers k8sobjects {objects: [{name: pods, mode: watch, resource_version: '1'}]} => /pods watch
receivers kubelet_stats {} =>
receivers kubelet_stats {auth_type: serviceAccount} => /nodes/stats get
receivers kubeletstats {auth_type: serviceAccount, metrics: {k8s.pod.cpu_limit_utilization: {enabled: true}}} => /nodes/stats get, /nodes/proxy get
receivers kubelet_stats {auth_type: serviceAccount, metrics: {k8s.pod.cpu.node.utilization: {enabled: true}}} => /nodes/stats get
receivers kubelet_stats {auth_type: serviceAccount, extra_metadata_labels: [k8s.volume.type], k8s_api_config: {auth_type: serviceAccount}} => /nodes/stats get, /nodes/proxy get, /persistentvolumeclaims get, /persistentvolumes get
receivers prometheus {config: {scrape_configs: [{static_configs: []}]}} =>
receivers prometheus {config: {scrape_configs: [{kubernetes_sd_configs: [{role: pod}, {role: endpoints}]}, {kubernetes_sd_configs: [{role: node, api_server: 'https://a'}]}]}} => /pods list+watch, /endpoints list+watch, /services list+watch
receivers prometheus {config: {scrape_configs: [{kubernetes_sd_configs: [{role: ingress}, {role: '${env:ROLE}'}]}]}} => networking.k8s.io/ingresses list+watch
exporters load_balancing {resolver: {dns: {hostname: a}}} =>
exporters loadbalancing {resolver: {k8s: {service: a}}} => /endpoints list+watch
extensions k8s_observer {} => /pods list+watch
extensions k8s_observer {observe_pods: false, observe_nodes: true, observe_ingresses: true} => /nodes list+watch, networking.k8s.io/ingresses list+watch
extensions k8s_leader_elector {lease_name: a, lease_namespace: b} => coordination.k8s.io/leases get+create+update
receivers otlp {protocols: {grpc: }} =>
";
    for line in table.lines().filter(|line| !line.is_empty()) {
        let (component, expected) = line.split_once(" =>").expect("two sides");
        let (section, rest) = component.split_once(' ').expect("a section");
        let (kind, body) = rest.split_once(' ').expect("a body");
        assert_eq!(asked(section, kind, body), expected.trim(), "{component}");
    }
    let all = asked("receivers", "k8s_cluster", "{}");
    assert_eq!(all.split(", ").count(), 13, "{all}");
    let bound = asked("receivers", "k8s_cluster", "{namespaces: [a]}");
    assert!(
        !bound.contains("/nodes") && !bound.contains("/namespaces"),
        "{bound}"
    );
}

#[test]
fn what_does_not_run_asks_for_nothing() {
    let text = "receivers: {nop: , k8s_events: }\nexporters: {nop: }\nextensions: {k8s_observer: }\nservice: {pipelines: {logs: {receivers: [nop], \
                exporters: [nop]}}}";
    assert!(read(text).expect("a configuration").askers().is_empty());
}
