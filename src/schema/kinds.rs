//! The kinds that we know, and which version of what decides about their tables.

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::settings::Assume;
use crate::settings::Version;
use crate::source::Span;

use super::wording;

/// A kind and the text of its table.
pub(crate) struct Known {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) family: &'static Family,
    pub(crate) text: &'static str,
}

impl Known {
    /// Whether its versions say the same in the same words, as those of Gateway API do but for policies: the version is
    /// all that has to change.
    pub(crate) fn keeps_shape(&self) -> bool {
        self.family.name == GATEWAY_API && !self.kind.ends_with("Policy")
    }

    /// `apps/v1`.
    pub(crate) fn api_version(&self, version: &str) -> String {
        if self.group.is_empty() {
            version.to_owned()
        } else {
            format!("{}/{version}", self.group)
        }
    }
}

/// Kinds that are released together.
pub(crate) struct Family {
    /// As people call it.
    pub(crate) name: &'static str,
    /// The newest version that the tables know.
    pub(crate) newest: Version,
    /// The version that the user told us of.
    pub(crate) assumed: fn(&Assume) -> Option<Version>,
    types: &'static [&'static str],
}

impl Family {
    /// Shared types, own ones first.
    pub(crate) fn types(&self) -> Vec<&'static str> {
        let meta = include_str!("../../schemas/kinds/meta.kind");
        self.types.iter().copied().chain([meta]).collect()
    }
}

/// The family whose tables depend on a channel.
pub(crate) const GATEWAY_API: &str = "Gateway API";

static GATEWAY: Family = Family {
    name: GATEWAY_API,
    newest: Version::new(1, 6),
    assumed: |assume| assume.gateway_api,
    types: &[include_str!("../../schemas/kinds/gateway-api/types.kind")],
};

static KUBERNETES: Family = Family {
    name: "Kubernetes",
    newest: Version::new(1, 35),
    assumed: |assume| assume.kubernetes,
    types: &[
        include_str!("../../schemas/kinds/kubernetes/pod-types.kind"),
        include_str!("../../schemas/kinds/kubernetes/job-types.kind"),
        include_str!("../../schemas/kinds/kubernetes/rbac-types.kind"),
    ],
};

static ISTIO: Family = Family {
    name: "Istio",
    newest: Version::new(1, 32),
    assumed: |assume| assume.istio,
    types: &[include_str!("../../schemas/kinds/istio/types.kind")],
};

static CERT_MANAGER: Family = Family {
    name: "cert-manager",
    newest: Version::new(1, 20),
    assumed: |assume| assume.cert_manager,
    types: &[include_str!("../../schemas/kinds/cert-manager/types.kind")],
};

static OPERATOR: Family = Family {
    name: "the OpenTelemetry operator",
    newest: Version::new(0, 158),
    assumed: |assume| assume.operator,
    types: &[
        include_str!("../../schemas/kinds/operator/types.kind"),
        include_str!("../../schemas/kinds/kubernetes/pod-types.kind"),
    ],
};

static ENVOY_GATEWAY: Family = Family {
    name: "Envoy Gateway",
    newest: Version::new(1, 9),
    assumed: |assume| assume.envoy_gateway,
    types: &[include_str!("../../schemas/kinds/envoy-gateway/types.kind")],
};

static PROMETHEUS_OPERATOR: Family = Family {
    name: "the Prometheus operator",
    newest: Version::new(0, 87),
    assumed: |assume| assume.prometheus_operator,
    types: &[include_str!(
        "../../schemas/kinds/prometheus-operator/types.kind"
    )],
};

macro_rules! known {
    ($($family:ident $group:literal $kind:literal $file:literal;)*) => {
        /// Every kind that we know.
        pub(crate) static KINDS: &[Known] = &[$(Known {
            group: $group,
            kind: $kind,
            family: &$family,
            text: include_str!(concat!("../../schemas/kinds/", $file, ".kind")),
        }),*];
    };
}

known! {
    GATEWAY "gateway.networking.k8s.io" "Gateway" "gateway-api/gateway";
    GATEWAY "gateway.networking.k8s.io" "GatewayClass" "gateway-api/gateway-class";
    GATEWAY "gateway.networking.k8s.io" "ListenerSet" "gateway-api/listener-set";
    GATEWAY "gateway.networking.k8s.io" "HTTPRoute" "gateway-api/http-route";
    GATEWAY "gateway.networking.k8s.io" "GRPCRoute" "gateway-api/grpc-route";
    GATEWAY "gateway.networking.k8s.io" "TLSRoute" "gateway-api/tls-route";
    GATEWAY "gateway.networking.k8s.io" "TCPRoute" "gateway-api/tcp-route";
    GATEWAY "gateway.networking.k8s.io" "UDPRoute" "gateway-api/udp-route";
    GATEWAY "gateway.networking.k8s.io" "ReferenceGrant" "gateway-api/reference-grant";
    GATEWAY "gateway.networking.k8s.io" "BackendTLSPolicy" "gateway-api/backend-tls-policy";
    GATEWAY "gateway.networking.k8s.io" "BackendLBPolicy" "gateway-api/backend-lb-policy";
    GATEWAY "gateway.networking.x-k8s.io" "XListenerSet" "gateway-api/x-listener-set";
    GATEWAY "gateway.networking.x-k8s.io" "XBackendTrafficPolicy" "gateway-api/x-backend-traffic-policy";
    GATEWAY "gateway.networking.x-k8s.io" "XMesh" "gateway-api/x-mesh";
    GATEWAY "gateway.networking.x-k8s.io" "XBackend" "gateway-api/x-backend";
    KUBERNETES "" "Pod" "kubernetes/pod";
    KUBERNETES "" "Service" "kubernetes/service";
    KUBERNETES "" "Secret" "kubernetes/secret";
    KUBERNETES "" "ConfigMap" "kubernetes/config-map";
    KUBERNETES "" "Namespace" "kubernetes/namespace";
    KUBERNETES "" "ServiceAccount" "kubernetes/service-account";
    KUBERNETES "apps" "Deployment" "kubernetes/deployment";
    KUBERNETES "apps" "ReplicaSet" "kubernetes/replica-set";
    KUBERNETES "apps" "DaemonSet" "kubernetes/daemon-set";
    KUBERNETES "apps" "StatefulSet" "kubernetes/stateful-set";
    KUBERNETES "batch" "Job" "kubernetes/job";
    KUBERNETES "batch" "CronJob" "kubernetes/cron-job";
    KUBERNETES "networking.k8s.io" "Ingress" "kubernetes/ingress";
    KUBERNETES "networking.k8s.io" "NetworkPolicy" "kubernetes/network-policy";
    KUBERNETES "rbac.authorization.k8s.io" "Role" "kubernetes/role";
    KUBERNETES "rbac.authorization.k8s.io" "ClusterRole" "kubernetes/cluster-role";
    KUBERNETES "rbac.authorization.k8s.io" "RoleBinding" "kubernetes/role-binding";
    KUBERNETES "rbac.authorization.k8s.io" "ClusterRoleBinding" "kubernetes/cluster-role-binding";
    ISTIO "networking.istio.io" "Gateway" "istio/gateway";
    ISTIO "networking.istio.io" "VirtualService" "istio/virtual-service";
    ISTIO "networking.istio.io" "DestinationRule" "istio/destination-rule";
    ISTIO "networking.istio.io" "ServiceEntry" "istio/service-entry";
    ISTIO "networking.istio.io" "Sidecar" "istio/sidecar";
    ISTIO "networking.istio.io" "ProxyConfig" "istio/proxy-config";
    ISTIO "security.istio.io" "PeerAuthentication" "istio/peer-authentication";
    ISTIO "security.istio.io" "AuthorizationPolicy" "istio/authorization-policy";
    ISTIO "security.istio.io" "RequestAuthentication" "istio/request-authentication";
    ISTIO "telemetry.istio.io" "Telemetry" "istio/telemetry";
    OPERATOR "opentelemetry.io" "OpenTelemetryCollector" "operator/collector";
    CERT_MANAGER "cert-manager.io" "Certificate" "cert-manager/certificate";
    CERT_MANAGER "cert-manager.io" "Issuer" "cert-manager/issuer";
    CERT_MANAGER "cert-manager.io" "ClusterIssuer" "cert-manager/cluster-issuer";
    ENVOY_GATEWAY "gateway.envoyproxy.io" "ClientTrafficPolicy" "envoy-gateway/client-traffic-policy";
    ENVOY_GATEWAY "gateway.envoyproxy.io" "BackendTrafficPolicy" "envoy-gateway/backend-traffic-policy";
    PROMETHEUS_OPERATOR "monitoring.coreos.com" "ServiceMonitor" "prometheus-operator/service-monitor";
    PROMETHEUS_OPERATOR "monitoring.coreos.com" "PodMonitor" "prometheus-operator/pod-monitor";
}

/// What kubectl and its kin read at their start, under the version `v1` (client-go, `tools/clientcmd/api/v1`).
const KUBECONFIG: &str = "Config";

/// Groups whose kinds are all known by name: any other kind in them is a mistake.
const CLOSED_GROUPS: &[(&str, &[&str])] = &[
    ("gateway.networking.k8s.io", &[]),
    ("gateway.networking.x-k8s.io", &[]),
    (
        "",
        &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "List",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    (
        "apps",
        &[
            "ControllerRevision",
            "DaemonSet",
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
        ],
    ),
    (
        "networking.k8s.io",
        &[
            "IPAddress",
            "Ingress",
            "IngressClass",
            "NetworkPolicy",
            "ServiceCIDR",
        ],
    ),
    (
        "rbac.authorization.k8s.io",
        &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    ),
];

/// Index of a kind in [`KINDS`].
pub(crate) fn find(group: &str, kind: &str) -> Option<usize> {
    KINDS
        .iter()
        .position(|known| known.kind == kind && known.group == group)
}

/// What to say of a kind that nobody defines: nothing, unless it is nearly one that we know, or its group is known whole.
pub(crate) fn unknown(group: &str, kind: &str, at_kind: Span, at_version: Span) -> Option<Problem> {
    let closed = CLOSED_GROUPS.iter().find(|(known, _)| *known == group);
    let own = closed.is_some_and(|(_, kinds)| kinds.contains(&kind));
    let kubeconfig = group.is_empty() && kind == KUBECONFIG;
    if own || kubeconfig || kind.ends_with("List") {
        return None;
    }
    if let Some(known) = KINDS
        .iter()
        .find(|known| known.kind == kind && is_near(known.group, group))
    {
        let shown = wording::short(group);
        let message = format!("no API group `{shown}` has a kind `{kind}`");
        let help = format!("did you mean `{}`?", known.group);
        return Some(Problem::new(ProblemKind::UnservedVersion, at_version, message).help(help));
    }
    let own = KINDS
        .iter()
        .filter(|known| known.group == group)
        .map(|known| known.kind);
    let others = closed.iter().flat_map(|(_, kinds)| kinds.iter().copied());
    let near = wording::nearest(kind, own.chain(others));
    let shown = wording::short(kind);
    let group_words = if group.is_empty() {
        "the core API group `v1`".to_owned()
    } else {
        format!("the API group `{group}`")
    };
    let message = format!("{group_words} has no kind `{shown}`");
    let problem = Problem::new(ProblemKind::UnservedVersion, at_kind, message);
    match near {
        Some(near) => Some(problem.help(format!("did you mean `{near}`?")).meant(near)),
        None if closed.is_some() => {
            let elsewhere = KINDS.iter().find(|known| known.kind == kind);
            Some(match elsewhere {
                Some(known) => {
                    problem.help(format!("{kind} belongs to the group `{}`", known.group))
                }
                None => problem,
            })
        }
        None => None,
    }
}

/// Whether a kind that we know is called so, of whatever group.
pub(crate) fn is_known(kind: &str) -> bool {
    let mut closed = CLOSED_GROUPS.iter().flat_map(|(_, kinds)| *kinds).copied();
    KINDS.iter().any(|known| known.kind == kind) || closed.any(|known| known == kind)
}

/// The kind that was meant by `kind`, if that is none, and nearly one that we know.
pub(crate) fn near(kind: &str) -> Option<&'static str> {
    let closed = || CLOSED_GROUPS.iter().flat_map(|(_, kinds)| *kinds).copied();
    let known = || KINDS.iter().map(|known| known.kind).chain(closed());
    match known().any(|known| known == kind) {
        true => None,
        false => wording::nearest(kind, known()),
    }
}

fn is_near(known: &str, group: &str) -> bool {
    known != group
        && group.contains('.')
        && wording::nearest(group, std::iter::once(known)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_names_its_own_kind_and_group() {
        for known in KINDS {
            let head = format!("\nkind {} of {}\n", known.kind, known.group);
            assert!(
                known.text.contains(head.trim_end_matches('\n')),
                "{}",
                known.kind
            );
            assert!(known.text.contains("\nserved "), "{}", known.kind);
        }
    }
}
