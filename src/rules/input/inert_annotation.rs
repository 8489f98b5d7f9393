use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "inert-annotation",
    severity: Severity::Warning,
    page: page!("input/inert-annotation"),
    check,
};

/// Annotations, and the kinds on which somebody reads them.
struct Known {
    keys: &'static [&'static str],
    kinds: &'static [&'static str],
    /// Where it belongs instead.
    help: &'static str,
}

/// Kinds that make pods from a template.
const WORKLOADS: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "CronJob",
];

const POD_HELP: &str =
    "put it into `spec.template.metadata.annotations`, where the pods get it from";

const KNOWN: &[Known] = &[
    // sidecar.istio.io, proxy.istio.io and traffic.sidecar.istio.io: istio.io/latest/docs/reference/config/annotations.
    // On a Gateway they reach the pods that Istio makes for it.
    Known {
        keys: &[
            "inject.istio.io/templates",
            "prometheus.istio.io/merge-metrics",
            "proxy.istio.io/config",
            "proxy.istio.io/overrides",
            "sidecar.istio.io/componentLogLevel",
            "sidecar.istio.io/inject",
            "sidecar.istio.io/interceptionMode",
            "sidecar.istio.io/logLevel",
            "sidecar.istio.io/proxyCPU",
            "sidecar.istio.io/proxyCPULimit",
            "sidecar.istio.io/proxyImage",
            "sidecar.istio.io/proxyMemory",
            "sidecar.istio.io/proxyMemoryLimit",
            "sidecar.istio.io/rewriteAppHTTPProbers",
            "sidecar.istio.io/statsInclusionPrefixes",
            "sidecar.istio.io/userVolume",
            "sidecar.istio.io/userVolumeMount",
            "traffic.sidecar.istio.io/excludeInboundPorts",
            "traffic.sidecar.istio.io/excludeOutboundIPRanges",
            "traffic.sidecar.istio.io/excludeOutboundPorts",
            "traffic.sidecar.istio.io/includeInboundPorts",
            "traffic.sidecar.istio.io/includeOutboundIPRanges",
            "traffic.sidecar.istio.io/includeOutboundPorts",
        ],
        kinds: &["Gateway", "Pod"],
        help: POD_HELP,
    },
    // Read from pods and namespaces by the OpenTelemetry operator's webhook.
    Known {
        keys: &[
            "instrumentation.opentelemetry.io/inject-dotnet",
            "instrumentation.opentelemetry.io/inject-go",
            "instrumentation.opentelemetry.io/inject-java",
            "instrumentation.opentelemetry.io/inject-nodejs",
            "instrumentation.opentelemetry.io/inject-python",
            "instrumentation.opentelemetry.io/inject-sdk",
            "sidecar.opentelemetry.io/inject",
        ],
        kinds: &["Namespace", "Pod"],
        help: POD_HELP,
    },
    // What the common Prometheus configurations relabel by.
    Known {
        keys: &[
            "prometheus.io/path",
            "prometheus.io/port",
            "prometheus.io/scheme",
            "prometheus.io/scrape",
        ],
        kinds: &[
            "Endpoints",
            "EndpointSlice",
            "Gateway",
            "Ingress",
            "Node",
            "OpenTelemetryCollector",
            "Pod",
            "Service",
        ],
        help: POD_HELP,
    },
    // cert-manager's ingress-shim and gateway-shim.
    Known {
        keys: &[
            "cert-manager.io/cluster-issuer",
            "cert-manager.io/common-name",
            "cert-manager.io/duration",
            "cert-manager.io/issuer",
            "cert-manager.io/issuer-group",
            "cert-manager.io/issuer-kind",
            "cert-manager.io/renew-before",
        ],
        kinds: &[
            "Certificate",
            "CertificateRequest",
            "Gateway",
            "Ingress",
            "ListenerSet",
            "Secret",
            "XListenerSet",
        ],
        help: "put it on the Gateway or the Ingress, or write a Certificate",
    },
    // ingress-nginx.
    Known {
        keys: &[
            "nginx.ingress.kubernetes.io/auth-tls-secret",
            "nginx.ingress.kubernetes.io/auth-tls-verify-client",
            "nginx.ingress.kubernetes.io/backend-protocol",
            "nginx.ingress.kubernetes.io/rewrite-target",
            "nginx.ingress.kubernetes.io/ssl-redirect",
        ],
        kinds: &["Ingress"],
        help: "only an Ingress of ingress-nginx is read for it",
    },
    // An option of a listener's TLS, not an annotation.
    Known {
        keys: &[
            "gateway.istio.io/tls-terminate-mode",
            "gateway.istio.io/tls-cipher-suites",
        ],
        kinds: &[],
        help: "put it into `tls.options` of the listener: as an annotation it asks for nothing",
    },
];

fn check(world: &World<'_>, findings: &mut Findings) {
    for object in &world.model.objects {
        let kind = object.kind.as_str();
        for annotation in &object.annotations {
            let key = annotation.key.as_str();
            if let Some(known) = KNOWN.iter().find(|known| known.keys.contains(&key)) {
                if is_judged(object.group()) && !known.kinds.contains(&kind) {
                    let message = format!("nobody reads the annotation `{key}` on a {kind}");
                    let help = if known.help == POD_HELP && !WORKLOADS.contains(&kind) {
                        "put it on the pods that it is meant for"
                    } else {
                        known.help
                    };
                    findings.at(annotation.key.span, message).help(help);
                }
            } else if let Some(near) = misspelt(key) {
                let message = format!("nobody reads the annotation `{key}`");
                let finding = findings.at(annotation.key.span, message);
                finding.meant(near);
                // Spelt rightly it would be read elsewhere only.
                let mut known = KNOWN.iter().filter(|known| known.keys.contains(&near));
                if known.any(|known| !known.kinds.contains(&kind)) {
                    finding.fix = None;
                }
            }
        }
    }
}

/// Kinds of other people's APIs may read whatever they like.
fn is_judged(group: &str) -> bool {
    const GROUPS: &[&str] = &[
        "",
        "apps",
        "batch",
        "networking.k8s.io",
        "gateway.networking.k8s.io",
    ];
    GROUPS.contains(&group)
}

/// The known annotation that differs from `key` in one or two letters of its name, under the very same domain, or
/// under a domain that differs in one.
fn misspelt(key: &str) -> Option<&'static str> {
    let (domain, name) = key.split_once('/')?;
    let known = KNOWN.iter().flat_map(|known| known.keys).copied();
    known
        .filter_map(|known| {
            let (right, right_name) = known.split_once('/')?;
            let off = (
                strsim::osa_distance(domain, right),
                strsim::osa_distance(name, right_name),
            );
            let near = matches!(off, (0, 1) | (1, 0)) || (off == (0, 2) && name.len() >= 8);
            near.then_some((off, known))
        })
        .min()
        .map(|(_, known)| known)
}
