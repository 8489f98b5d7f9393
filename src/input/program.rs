//! What other programs of the user make: rendered kustomizations and charts, and the objects of a cluster.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use rayon::prelude::*;
use serde_json::Value;

use crate::source::Source;

/// What a kustomization renders to, by `kubectl kustomize`, else by `kustomize build`.
///
/// # Errors
/// What the program says, when it fails or is not there.
pub fn kustomize(folder: &Path) -> Result<Source, String> {
    let folder = folder.as_os_str();
    let rendered = output("kubectl", &["kustomize".as_ref(), folder])
        .or_else(
            |first| match output("kustomize", &["build".as_ref(), folder]) {
                Err(Failure::Absent) => Err(first),
                other => other,
            },
        )
        .map_err(|failure| failure.words("kubectl"))?;
    Ok(source("kustomize", folder, rendered))
}

/// What a chart renders to, by `helm template` with these values.
///
/// # Errors
/// What the program says, when it fails or is not there.
pub fn helm(chart: &Path, values: &[PathBuf]) -> Result<Source, String> {
    let mut arguments: Vec<&OsStr> = vec!["template".as_ref(), chart.as_os_str()];
    for file in values {
        arguments.extend([OsStr::new("--values"), file.as_os_str()]);
    }
    let rendered = output("helm", &arguments).map_err(|failure| failure.words("helm"))?;
    Ok(source("helm", chart.as_os_str(), rendered))
}

/// The text of a source that no file holds is named by what made it.
fn source(program: &str, of: &OsStr, text: Vec<u8>) -> Source {
    Source::made(format!("{program}:{}", of.to_string_lossy()), text)
}

/// The kinds that are asked for, as the API server calls them, and as manifests do.
const RESOURCES: &[(&str, &str)] = &[
    ("gatewayclasses.gateway.networking.k8s.io", "GatewayClass"),
    ("gateways.gateway.networking.k8s.io", "Gateway"),
    ("listenersets.gateway.networking.k8s.io", "ListenerSet"),
    ("xlistenersets.gateway.networking.x-k8s.io", "XListenerSet"),
    ("httproutes.gateway.networking.k8s.io", "HTTPRoute"),
    ("grpcroutes.gateway.networking.k8s.io", "GRPCRoute"),
    ("tlsroutes.gateway.networking.k8s.io", "TLSRoute"),
    ("tcproutes.gateway.networking.k8s.io", "TCPRoute"),
    ("udproutes.gateway.networking.k8s.io", "UDPRoute"),
    (
        "referencegrants.gateway.networking.k8s.io",
        "ReferenceGrant",
    ),
    (
        "backendtlspolicies.gateway.networking.k8s.io",
        "BackendTLSPolicy",
    ),
    (
        "clienttrafficpolicies.gateway.envoyproxy.io",
        "ClientTrafficPolicy",
    ),
    ("securitypolicies.gateway.envoyproxy.io", "SecurityPolicy"),
    ("trafficpolicies.gateway.kgateway.dev", "TrafficPolicy"),
    (
        "agentgatewaypolicies.agentgateway.dev",
        "AgentgatewayPolicy",
    ),
    ("authpolicies.kuadrant.io", "AuthPolicy"),
    ("namespaces", "Namespace"),
    ("services", "Service"),
    ("endpointslices.discovery.k8s.io", "EndpointSlice"),
    ("secrets", "Secret"),
    ("configmaps", "ConfigMap"),
    ("serviceaccounts", "ServiceAccount"),
    ("deployments.apps", "Deployment"),
    ("statefulsets.apps", "StatefulSet"),
    ("daemonsets.apps", "DaemonSet"),
    ("ingresses.networking.k8s.io", "Ingress"),
    ("networkpolicies.networking.k8s.io", "NetworkPolicy"),
    ("roles.rbac.authorization.k8s.io", "Role"),
    ("rolebindings.rbac.authorization.k8s.io", "RoleBinding"),
    ("clusterroles.rbac.authorization.k8s.io", "ClusterRole"),
    (
        "clusterrolebindings.rbac.authorization.k8s.io",
        "ClusterRoleBinding",
    ),
    (
        "opentelemetrycollectors.opentelemetry.io",
        "OpenTelemetryCollector",
    ),
    ("certificates.cert-manager.io", "Certificate"),
    ("issuers.cert-manager.io", "Issuer"),
    ("clusterissuers.cert-manager.io", "ClusterIssuer"),
    ("gateways.networking.istio.io", "MeshGateway"),
    ("virtualservices.networking.istio.io", "VirtualService"),
    ("destinationrules.networking.istio.io", "DestinationRule"),
    ("serviceentries.networking.istio.io", "ServiceEntry"),
    ("sidecars.networking.istio.io", "Sidecar"),
    ("proxyconfigs.networking.istio.io", "ProxyConfig"),
    (
        "peerauthentications.security.istio.io",
        "PeerAuthentication",
    ),
    (
        "authorizationpolicies.security.istio.io",
        "AuthorizationPolicy",
    ),
    ("servicemonitors.monitoring.coreos.com", "ServiceMonitor"),
    ("podmonitors.monitoring.coreos.com", "PodMonitor"),
];

/// The definition that tells the Gateway API bundle of a cluster.
const DEFINITION: &[&str] = &[
    "customresourcedefinitions.apiextensions.k8s.io",
    "gateways.gateway.networking.k8s.io",
];

/// What was read of a cluster.
#[derive(Debug, Default)]
pub struct Cluster {
    /// One list for each kind.
    pub sources: Vec<Source>,
    /// The kinds that were read, as manifests call them.
    pub kinds: BTreeSet<String>,
    /// What could not be read although others could, in the words of the server, a kind each.
    pub forbidden: Vec<String>,
    /// What the server does not have, as it would call it.
    pub absent: Vec<&'static str>,
}

/// Reads a cluster through the user's own kubectl, with these arguments of theirs (`--context`, `-n` …), one list for each
/// kind, several at a time. What the server lacks or the user may not read is left out and told.
///
/// # Errors
/// What kubectl says, when it is not there or finds no server.
pub fn cluster(arguments: &[OsString]) -> Result<Cluster, String> {
    let get = |words: &[&str]| {
        let mut all: Vec<&OsStr> = vec!["get".as_ref()];
        all.extend(words.iter().map(OsStr::new));
        all.extend(["-o", "json"].map(OsStr::new));
        all.extend(arguments.iter().map(OsString::as_os_str));
        output("kubectl", &all)
    };
    let answers: Vec<Result<Vec<u8>, Failure>> = RESOURCES
        .par_iter()
        .map(|(resource, _)| get(&[resource]))
        .collect();
    let mut cluster = Cluster::default();
    let answers = RESOURCES.iter().zip(answers);
    for ((resource, kind), answer) in answers {
        match answer {
            Ok(list) => {
                cluster
                    .sources
                    .push(Source::made(format!("cluster:{resource}"), list));
                cluster.kinds.insert((*kind).to_owned());
            }
            Err(Failure::Said(words))
                if words.contains("the server doesn't have a resource type") =>
            {
                cluster.absent.push(resource);
            }
            Err(Failure::Said(words)) if is_outside(&words) => cluster.forbidden.push(words),
            Err(failure) => return Err(failure.words("kubectl")),
        }
    }
    // Without it the newest bundle is taken for given, as without a cluster.
    if let Ok(definition) = get(DEFINITION) {
        let name = format!("cluster:{}", DEFINITION.join("/"));
        cluster.sources.push(Source::made(name, definition));
    }
    Ok(cluster)
}

/// Whether one kind may not be read, or is gone although kubectl remembers it.
fn is_outside(words: &str) -> bool {
    words.contains("orbidden") || words.contains("the server could not find the requested resource")
}

/// A list of a cluster without the items that `is_out` picks; as it is when there are none.
#[must_use]
pub fn without(list: &Source, is_out: &dyn Fn(&Value) -> bool) -> Source {
    let read: Option<Value> = serde_json::from_slice(list.bytes()).ok();
    let Some(mut read) = read else {
        return list.clone();
    };
    let Some(items) = read.get_mut("items").and_then(Value::as_array_mut) else {
        return list.clone();
    };
    let before = items.len();
    items.retain(|item| !is_out(item));
    if items.len() == before {
        return list.clone();
    }
    serde_json::to_vec_pretty(&read).map_or_else(
        |_| list.clone(),
        |text| Source::new(list.name.clone(), text),
    )
}

/// Why a program gave nothing.
enum Failure {
    /// It is not on the `PATH`.
    Absent,
    /// It could not be run.
    Broken(String),
    /// It failed; its first line.
    Said(String),
}

impl Failure {
    fn words(self, program: &str) -> String {
        match self {
            Self::Absent => format!("`{program}` is not on the PATH"),
            Self::Broken(why) => format!("`{program}` cannot be run: {why}"),
            Self::Said(words) => words,
        }
    }
}

fn output(program: &str, arguments: &[&OsStr]) -> Result<Vec<u8>, Failure> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::Absent,
        _ => Failure::Broken(error.to_string()),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    // Warnings of version skew come first.
    let line = lines.clone().find(|line| !line.starts_with("Warning:"));
    let line = line
        .or_else(|| lines.clone().next())
        .unwrap_or("it failed and said nothing");
    Err(Failure::Said(format!("{program}: {line}")))
}
