//! The permissions that each type of component needs.

use super::Permission;
use super::Reach;
use crate::model::collector::id::Role;
use crate::model::collector::value::Value;

mod attributes;

/// What an informer does with all objects of a kind (client-go, tools/cache/reflector.go).
const WATCH: &[&str] = &["list", "watch"];

/// What the READMEs write for the same.
const READ: &[&str] = &["get", "list", "watch"];

const GET: &[&str] = &["get"];

/// Where receivers and extensions are told to look into some namespaces only; the singular is the older one.
const NAMESPACES: &[&[&str]] = &[&["namespaces"], &["namespace"]];

/// What a component of that role and type, with that body, asks for.
pub(super) fn of(role: Role, kind: &str, body: &Value) -> Vec<Permission> {
    match (role, kind) {
        (Role::Processor, "k8s_attributes" | "k8sattributes") if by_account(body, true) => {
            let reach = named(body, &[&["filter", "namespace"]]);
            within(attributes::needs(body), &reach)
        }
        (Role::Processor, "resource_detection" | "resourcedetection") => detection(body),
        (Role::Receiver, "k8s_cluster") if by_account(body, true) => {
            within(cluster(body), &named(body, NAMESPACES))
        }
        (Role::Receiver, "k8s_events") if by_account(body, true) => {
            let needs = vec![watch("", "events", "events are what it collects")];
            within(needs, &named(body, NAMESPACES))
        }
        (Role::Receiver, "k8s_objects" | "k8sobjects") if by_account(body, true) => objects(body),
        (Role::Receiver, "kubelet_stats" | "kubeletstats") if by_account(body, false) => {
            kubelet(body)
        }
        (Role::Receiver, "prometheus") => discovery(body),
        (Role::Exporter, "load_balancing" | "loadbalancing") => balancing(body),
        (Role::Extension, "k8s_observer") if by_account(body, true) => {
            within(observer(body), &named(body, NAMESPACES))
        }
        (Role::Extension, "k8s_leader_elector") if by_account(body, true) => {
            let lease = Permission {
                verbs: &["get", "create", "update"],
                ..watch("coordination.k8s.io", "leases", "the lease says who leads")
            };
            within(vec![lease], &named(body, &[&["lease_namespace"]]))
        }
        _ => Vec::new(),
    }
}

/// Whether the component comes as its service account; `default`: whether it does so without a word on it
/// (contrib, internal/k8sconfig/config.go).
fn by_account(body: &Value, default: bool) -> bool {
    match body.get("auth_type") {
        None => default,
        Some(kind) => kind.phrase().and_then(|kind| kind.known()) == Some("serviceAccount"),
    }
}

fn watch(group: &str, resource: &str, reason: &'static str) -> Permission {
    Permission {
        group: group.to_owned(),
        resource: resource.to_owned(),
        or: &[],
        verbs: WATCH,
        reason,
        is_certain: true,
        reach: Reach::Cluster,
    }
}

/// Resources that belong to no namespace; whoever asks for them asks the cluster.
const CLUSTERED: &[&str] = &["namespaces", "nodes", "persistentvolumes"];

/// The same, asked for in `reach`.
fn within(needs: Vec<Permission>, reach: &Reach) -> Vec<Permission> {
    let bound = needs.into_iter().map(|need| {
        let resource = need.resource.split('/').next().unwrap_or_default();
        let reach = match CLUSTERED.contains(&resource) {
            true => Reach::Cluster,
            false => reach.clone(),
        };
        Permission { reach, ..need }
    });
    bound.collect()
}

/// The namespaces that are named under one of `paths`, as one string or as a list; none means all of them.
fn named(body: &Value, paths: &[&[&str]]) -> Reach {
    let said = paths.iter().filter_map(|path| body.at(path));
    let Some(said) = said.into_iter().find(|value| !value.is_null()) else {
        return Reach::Cluster;
    };
    let written = match said.phrase() {
        Some(_) => said.text().into_iter().collect(),
        None => said.texts(),
    };
    let names = written.iter().map(|name| name.known().map(str::to_owned));
    match names.collect::<Option<Vec<String>>>() {
        Some(names) if names.iter().all(String::is_empty) => Reach::Cluster,
        Some(names) => Reach::Within(names),
        None => Reach::Open,
    }
}

fn read(group: &str, resource: &str, reason: &'static str) -> Permission {
    Permission {
        verbs: READ,
        ..watch(group, resource, reason)
    }
}

fn get(group: &str, resource: &str, reason: &'static str) -> Permission {
    Permission {
        verbs: GET,
        ..watch(group, resource, reason)
    }
}

fn is_on(body: &Value, key: &str) -> bool {
    body.bool_at(key).is_some_and(|on| on.value)
}

/// The known texts of the list under `path`.
fn texts(body: &Value, path: &[&str]) -> Vec<String> {
    let list = body.at(path).map(Value::texts).unwrap_or_default();
    let known = list.iter().filter_map(|text| text.known());
    known.map(str::to_owned).collect()
}

/// contrib, processor/resourcedetectionprocessor/README.md; its detector of the node reads that node.
fn detection(processor: &Value) -> Vec<Permission> {
    let detectors = texts(processor, &["detectors"]);
    let of_node = |name: &&String| matches!(name.as_str(), "k8snode" | "k8s_node");
    let node = detectors.iter().find(of_node);
    let own = node.and_then(|name| processor.get(name));
    let asks = node.is_some() && own.is_none_or(|own| by_account(own, true));
    asks.then(|| get("", "nodes", "its detector asks for the node it runs on"))
        .into_iter()
        .collect()
}

/// contrib, receiver/k8sclusterreceiver/README.md and watcher.go: an informer for each kind.
fn cluster(receiver: &Value) -> Vec<Permission> {
    const KINDS: &[(&str, &str)] = &[
        ("", "nodes"),
        ("", "namespaces"),
        ("", "pods"),
        ("", "replicationcontrollers"),
        ("", "resourcequotas"),
        ("", "services"),
        ("apps", "daemonsets"),
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("batch", "jobs"),
        ("batch", "cronjobs"),
        ("autoscaling", "horizontalpodautoscalers"),
    ];
    // Within some namespaces it does not look at what belongs to none.
    let is_bound = receiver.get("namespace").is_some() || receiver.get("namespaces").is_some();
    let kinds = KINDS
        .iter()
        .filter(|(_, resource)| !is_bound || !matches!(*resource, "nodes" | "namespaces"));
    let reason = "it counts all of them";
    kinds
        .map(|(group, resource)| watch(group, resource, reason))
        .collect()
}

/// Kinds that stand in the core group, which is asked first when no group is given.
const CORE: &[&str] = &[
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "serviceaccounts",
    "services",
];

/// contrib, receiver/k8sobjectsreceiver/README.md: `list` to pull; to watch also `watch`, and `list` to begin with.
fn objects(receiver: &Value) -> Vec<Permission> {
    let entries = receiver.get("objects").map_or(&[][..], Value::items);
    let needs = entries.iter().filter_map(|entry| {
        let name = entry.text_at("name")?.known()?.to_owned();
        let group = match entry.text_at("group") {
            Some(group) => group.known()?.to_owned(),
            None if CORE.contains(&name.as_str()) => String::new(),
            None => return None,
        };
        let mode = entry.text_at("mode");
        let verbs: &[&str] = match mode.as_ref().map(|mode| mode.known()) {
            None | Some(Some("pull")) => &["list"],
            Some(Some("watch")) if entry.get("resource_version").is_some() => &["watch"],
            Some(Some("watch")) => WATCH,
            _ => return None,
        };
        let reason = "the objects are what it collects";
        let need = Permission {
            verbs,
            ..watch(&group, &name, reason)
        };
        Some(within(vec![need], &named(entry, NAMESPACES)))
    });
    needs.flatten().collect()
}

/// contrib, receiver/kubeletstatsreceiver/README.md, role-based access control
fn kubelet(receiver: &Value) -> Vec<Permission> {
    let mut needs = vec![get(
        "",
        "nodes/stats",
        "the kubelet shows statistics to nobody else",
    )];
    let labels = texts(receiver, &["extra_metadata_labels"]);
    let metrics = receiver.get("metrics").map_or(&[][..], Value::entries);
    let shares = metrics.iter().any(|metric| {
        let name = metric.key.as_str();
        let is_share = ["limit_utilization", "request_utilization"];
        is_share.iter().any(|end| name.ends_with(end)) && is_on(&metric.value, "enabled")
    });
    if shares || !labels.is_empty() {
        needs.push(Permission {
            or: &[("", "nodes/pods")],
            ..get(
                "",
                "nodes/proxy",
                "limits, requests and labels stand in the kubelet's list of Pods",
            )
        });
    }
    let by_api = receiver
        .get("k8s_api_config")
        .is_some_and(|config| by_account(config, true));
    if by_api && labels.iter().any(|label| label == "k8s.volume.type") {
        let reason = "it asks what is behind a claim";
        needs.push(get("", "persistentvolumeclaims", reason));
        needs.push(get("", "persistentvolumes", reason));
    }
    needs
}

/// Prometheus, discovery/kubernetes/kubernetes.go: the informers of each role.
fn discovery(receiver: &Value) -> Vec<Permission> {
    const ROLES: &[(&str, &[(&str, &str)])] = &[
        ("pod", &[("", "pods")]),
        ("service", &[("", "services")]),
        (
            "endpoints",
            &[("", "endpoints"), ("", "services"), ("", "pods")],
        ),
        (
            "endpointslice",
            &[
                ("discovery.k8s.io", "endpointslices"),
                ("", "services"),
                ("", "pods"),
            ],
        ),
        ("node", &[("", "nodes")]),
        ("ingress", &[("networking.k8s.io", "ingresses")]),
    ];
    let jobs = receiver
        .at(&["config", "scrape_configs"])
        .map_or(&[][..], Value::items);
    let lists = jobs
        .iter()
        .filter_map(|job| job.get("kubernetes_sd_configs"));
    let mut needs: Vec<Permission> = Vec::new();
    for found in lists.flat_map(Value::items) {
        // Another way in than the own account.
        if ["api_server", "kubeconfig_file"]
            .into_iter()
            .any(|key| found.get(key).is_some())
        {
            continue;
        }
        let role = found.text_at("role");
        let role = role.as_ref().and_then(|role| role.known());
        let kinds = ROLES.iter().find(|(name, _)| Some(*name) == role);
        let owned = found.at(&["namespaces", "own_namespace"]);
        let reach = match owned {
            Some(_) => Reach::Open,
            None => named(found, &[&["namespaces", "names"]]),
        };
        let kinds = kinds.map_or(&[][..], |(_, kinds)| *kinds);
        let asked = kinds
            .iter()
            .map(|(group, resource)| watch(group, resource, "its jobs find their targets so"));
        for need in within(asked.collect(), &reach) {
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
    }
    needs
}

/// contrib, exporter/loadbalancingexporter/README.md: Endpoints, of newer versions EndpointSlices.
fn balancing(exporter: &Value) -> Vec<Permission> {
    let by_service = exporter
        .at(&["resolver", "k8s"])
        .is_some_and(|resolver| !resolver.is_null());
    let need = || Permission {
        or: &[("discovery.k8s.io", "endpointslices")],
        // In that of the Service, which may be the Collector's own.
        reach: Reach::Open,
        ..watch(
            "",
            "endpoints",
            "the Pods behind the Service are who it sends to",
        )
    };
    by_service.then(need).into_iter().collect()
}

/// contrib, extension/observer/k8sobserver/README.md and extension.go
fn observer(extension: &Value) -> Vec<Permission> {
    let reason = "it reports them";
    let mut needs = Vec::new();
    if extension.get("observe_pods").is_none() || is_on(extension, "observe_pods") {
        needs.push(watch("", "pods", reason));
    }
    for (key, group, resource) in [
        ("observe_nodes", "", "nodes"),
        ("observe_services", "", "services"),
        ("observe_ingresses", "networking.k8s.io", "ingresses"),
    ] {
        if is_on(extension, key) {
            needs.push(watch(group, resource, reason));
        }
    }
    needs
}
