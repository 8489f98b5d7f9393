//! The objects of a cluster, read through the user's own kubectl: a source each, as `kubectl get -o json` prints it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::PrettyFormatter;
use serde_json::ser::Serializer;

use super::program::Failure;
use super::program::output;
use crate::source::Source;

/// Whether a kind has namespaces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Cluster,
    Namespace,
}

/// The kinds that are asked for, as the API server calls them, and as manifests do.
const RESOURCES: &[(&str, &str, Scope)] = &[
    (
        "gatewayclasses.gateway.networking.k8s.io",
        "GatewayClass",
        Scope::Cluster,
    ),
    (
        "gateways.gateway.networking.k8s.io",
        "Gateway",
        Scope::Namespace,
    ),
    (
        "listenersets.gateway.networking.k8s.io",
        "ListenerSet",
        Scope::Namespace,
    ),
    (
        "xlistenersets.gateway.networking.x-k8s.io",
        "XListenerSet",
        Scope::Namespace,
    ),
    (
        "httproutes.gateway.networking.k8s.io",
        "HTTPRoute",
        Scope::Namespace,
    ),
    (
        "grpcroutes.gateway.networking.k8s.io",
        "GRPCRoute",
        Scope::Namespace,
    ),
    (
        "tlsroutes.gateway.networking.k8s.io",
        "TLSRoute",
        Scope::Namespace,
    ),
    (
        "tcproutes.gateway.networking.k8s.io",
        "TCPRoute",
        Scope::Namespace,
    ),
    (
        "udproutes.gateway.networking.k8s.io",
        "UDPRoute",
        Scope::Namespace,
    ),
    (
        "referencegrants.gateway.networking.k8s.io",
        "ReferenceGrant",
        Scope::Namespace,
    ),
    (
        "backendtlspolicies.gateway.networking.k8s.io",
        "BackendTLSPolicy",
        Scope::Namespace,
    ),
    (
        "clienttrafficpolicies.gateway.envoyproxy.io",
        "ClientTrafficPolicy",
        Scope::Namespace,
    ),
    (
        "securitypolicies.gateway.envoyproxy.io",
        "SecurityPolicy",
        Scope::Namespace,
    ),
    (
        "trafficpolicies.gateway.kgateway.dev",
        "TrafficPolicy",
        Scope::Namespace,
    ),
    (
        "agentgatewaypolicies.agentgateway.dev",
        "AgentgatewayPolicy",
        Scope::Namespace,
    ),
    ("authpolicies.kuadrant.io", "AuthPolicy", Scope::Namespace),
    ("namespaces", "Namespace", Scope::Cluster),
    ("services", "Service", Scope::Namespace),
    (
        "endpointslices.discovery.k8s.io",
        "EndpointSlice",
        Scope::Namespace,
    ),
    ("secrets", "Secret", Scope::Namespace),
    ("configmaps", "ConfigMap", Scope::Namespace),
    ("serviceaccounts", "ServiceAccount", Scope::Namespace),
    ("deployments.apps", "Deployment", Scope::Namespace),
    ("statefulsets.apps", "StatefulSet", Scope::Namespace),
    ("daemonsets.apps", "DaemonSet", Scope::Namespace),
    (
        "horizontalpodautoscalers.autoscaling",
        "HorizontalPodAutoscaler",
        Scope::Namespace,
    ),
    ("ingresses.networking.k8s.io", "Ingress", Scope::Namespace),
    (
        "networkpolicies.networking.k8s.io",
        "NetworkPolicy",
        Scope::Namespace,
    ),
    ("roles.rbac.authorization.k8s.io", "Role", Scope::Namespace),
    (
        "rolebindings.rbac.authorization.k8s.io",
        "RoleBinding",
        Scope::Namespace,
    ),
    (
        "clusterroles.rbac.authorization.k8s.io",
        "ClusterRole",
        Scope::Cluster,
    ),
    (
        "clusterrolebindings.rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        Scope::Cluster,
    ),
    (
        "opentelemetrycollectors.opentelemetry.io",
        "OpenTelemetryCollector",
        Scope::Namespace,
    ),
    (
        "certificates.cert-manager.io",
        "Certificate",
        Scope::Namespace,
    ),
    ("issuers.cert-manager.io", "Issuer", Scope::Namespace),
    (
        "clusterissuers.cert-manager.io",
        "ClusterIssuer",
        Scope::Cluster,
    ),
    (
        "gateways.networking.istio.io",
        MESH_GATEWAY,
        Scope::Namespace,
    ),
    (
        "virtualservices.networking.istio.io",
        "VirtualService",
        Scope::Namespace,
    ),
    (
        "destinationrules.networking.istio.io",
        "DestinationRule",
        Scope::Namespace,
    ),
    (
        "serviceentries.networking.istio.io",
        "ServiceEntry",
        Scope::Namespace,
    ),
    ("sidecars.networking.istio.io", "Sidecar", Scope::Namespace),
    (
        "proxyconfigs.networking.istio.io",
        "ProxyConfig",
        Scope::Namespace,
    ),
    (
        "peerauthentications.security.istio.io",
        "PeerAuthentication",
        Scope::Namespace,
    ),
    (
        "authorizationpolicies.security.istio.io",
        "AuthorizationPolicy",
        Scope::Namespace,
    ),
    (
        "requestauthentications.security.istio.io",
        "RequestAuthentication",
        Scope::Namespace,
    ),
    (
        "securitypolicies.gateway.envoyproxy.io",
        "SecurityPolicy",
        Scope::Namespace,
    ),
    (
        "servicemonitors.monitoring.coreos.com",
        "ServiceMonitor",
        Scope::Namespace,
    ),
    (
        "podmonitors.monitoring.coreos.com",
        "PodMonitor",
        Scope::Namespace,
    ),
];

/// What Istio's Gateways are called here, since Gateway API has a kind of that name.
const MESH_GATEWAY: &str = "MeshGateway";

/// The definition that tells the Gateway API bundle of a cluster.
const DEFINITION: &[&str] = &[
    "customresourcedefinitions.apiextensions.k8s.io",
    "gateways.gateway.networking.k8s.io",
];

/// What was read of a cluster.
#[derive(Debug, Default)]
pub struct Read {
    /// The objects, each with the source that shows it.
    pub objects: Vec<(Value, Source)>,
    /// The kinds with namespaces that were read, as manifests call them.
    pub namespaced: BTreeSet<String>,
    /// The kinds without that were read.
    pub cluster_wide: BTreeSet<String>,
    /// What could not be read although others could, in the words of the server, a kind each.
    pub forbidden: Vec<String>,
    /// The kinds that the server does not have.
    pub absent: Vec<&'static str>,
}

/// Reads a cluster through the user's own kubectl, one list for each kind, several at a time: as `connection` says where and
/// as whom (`--context` …), of what `selection` says (`-n` …). What the server lacks or the user may not read is left out and
/// told. `progress` hears how many kinds of how many have been answered.
///
/// # Errors
/// What kubectl says, when it is not there or finds no server, or lets nothing be read.
pub fn read(
    connection: &[OsString],
    selection: &[OsString],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Read, String> {
    let arguments = [selection, connection].concat();
    let answered = AtomicUsize::new(0);
    let answers: Vec<Result<Vec<u8>, Failure>> = RESOURCES
        .par_iter()
        .map(|(resource, _, _)| {
            let answer = get(&[resource], &arguments);
            let done = answered.fetch_add(1, Ordering::Relaxed) + 1;
            progress(done, RESOURCES.len());
            answer
        })
        .collect();
    let mut read = Read::default();
    for ((resource, kind, scope), answer) in RESOURCES.iter().zip(answers) {
        match answer {
            Ok(list) => {
                read.objects.extend(objects(resource, list));
                let kinds = match scope {
                    Scope::Cluster => &mut read.cluster_wide,
                    Scope::Namespace => &mut read.namespaced,
                };
                kinds.insert((*kind).to_owned());
            }
            Err(Failure::Said(words))
                if words.contains("the server doesn't have a resource type") =>
            {
                // Istio's Gateways are Gateways, too.
                let is_own = *kind == MESH_GATEWAY;
                read.absent.push(if is_own { resource } else { kind });
            }
            Err(Failure::Said(words)) if is_outside(&words) => read.forbidden.push(words),
            Err(failure) => return Err(failure.words("kubectl")),
        }
    }
    if read.namespaced.is_empty() && read.cluster_wide.is_empty() {
        let why = read.forbidden.first().map_or("", String::as_str);
        return Err(format!("nothing of this cluster may be read: {why}"));
    }
    // Without it the newest bundle is taken for given, as without a cluster.
    if let Ok(definition) = get(DEFINITION, connection) {
        read.objects.extend(objects(DEFINITION[0], definition));
    }
    Ok(read)
}

/// The namespace of the context that these arguments choose; `default` where it names none.
#[must_use]
pub fn namespace(arguments: &[OsString]) -> String {
    let words = ["config", "view", "--minify", "-o", "jsonpath={..namespace}"];
    let all: Vec<&OsStr> = words
        .iter()
        .map(OsStr::new)
        .chain(arguments.iter().map(OsString::as_os_str))
        .collect();
    let said = output("kubectl", &all).unwrap_or_default();
    match String::from_utf8_lossy(&said).trim() {
        "" => "default".to_owned(),
        namespace => namespace.to_owned(),
    }
}

fn get(words: &[&str], arguments: &[OsString]) -> Result<Vec<u8>, Failure> {
    let mut all: Vec<&OsStr> = vec!["get".as_ref()];
    all.extend(words.iter().map(OsStr::new));
    all.extend(["-o", "json"].map(OsStr::new));
    all.extend(arguments.iter().map(OsString::as_os_str));
    output("kubectl", &all)
}

/// Whether one kind may not be read, or is gone although kubectl remembers it.
fn is_outside(words: &str) -> bool {
    words.contains("orbidden") || words.contains("the server could not find the requested resource")
}

/// The objects of an answer: the items of a list, or what was asked for by name. What is no JSON is one source as it is,
/// for a rule to tell.
fn objects(resource: &str, answer: Vec<u8>) -> Vec<(Value, Source)> {
    let Ok(mut read) = serde_json::from_slice::<Value>(&answer) else {
        let source = Source::of_cluster(format!("cluster:{resource}"), answer);
        return vec![(Value::Null, source)];
    };
    let items = match read.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => vec![read],
    };
    let items = items.into_par_iter();
    items
        .map(|item| {
            let source = Source::of_cluster(name(&item), text(&item));
            (item, source)
        })
        .collect()
}

/// `cluster:Kind/namespace/name`; Istio's Gateways have the same kind as those of Gateway API.
fn name(object: &Value) -> String {
    let text = |path: &str| object.pointer(path).and_then(Value::as_str);
    let mut kind = text("/kind").unwrap_or("?").to_owned();
    let is_mesh = text("/apiVersion").is_some_and(|of| of.starts_with("networking.istio.io/"));
    if is_mesh && kind == "Gateway" {
        kind.push_str(".networking.istio.io");
    }
    let name = text("/metadata/name").unwrap_or("?");
    match text("/metadata/namespace") {
        Some(namespace) => format!("cluster:{kind}/{namespace}/{name}"),
        None => format!("cluster:{kind}/{name}"),
    }
}

/// The object as `kubectl get -o json` prints it, so that lines are found again.
fn text(object: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"    ");
    let written = object.serialize(&mut Serializer::with_formatter(&mut text, formatter));
    // A value that was read can be written, and a Vec takes it.
    if written.is_ok() {
        text.push(b'\n');
    }
    text
}
