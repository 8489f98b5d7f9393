//! Which connections a sidecar takes, and what it asks of them (istio 1.31, `files/injection-template.yaml`,
//! `cni/pkg/plugin/sidecar_redirect.go`; istio.io/api, PeerAuthentication).

use super::Mesh;
use super::deployment;
use crate::graph::proxy::interception::Mode;
use crate::graph::proxy::interception::takes;
use crate::graph::proxy::outbound;

#[test]
fn annotations_beat_values_and_some_ports_are_always_free() {
    let exclude = "traffic.sidecar.istio.io/excludeInboundPorts";
    let include = "traffic.sidecar.istio.io/includeInboundPorts";
    let values = |key: &str, ports: &str| format!("global: {{proxy: {{{key}: {ports}}}}}");
    let excluding = values("excludeInboundPorts", "'15091,15092'");
    let one = values("excludeInboundPorts", "15092");
    let including = values("includeInboundPorts", "'8080'");
    let nothing = "meshConfig: {defaultConfig: {interceptionMode: NONE}}";
    let off = "sidecar.istio.io/interceptionMode: NONE";
    for (told, annotations, port, expected) in [
        ("", String::new(), 15092, true),
        ("", String::new(), 15020, false),
        ("", String::new(), 15021, false),
        ("", String::new(), 15090, false),
        ("", format!("{exclude}: '15091, 15092'"), 15092, false),
        ("", format!("{exclude}: '15091'"), 15092, true),
        ("", format!("{exclude}: '1509'"), 15092, true),
        ("", format!("{include}: ''"), 15092, false),
        ("", format!("{include}: '*'"), 15092, true),
        ("", format!("{include}: '8080'"), 15092, false),
        (
            "",
            format!("{include}: '*', {exclude}: '15092'"),
            15092,
            false,
        ),
        ("", off.to_owned(), 15092, false),
        (
            "",
            "sidecar.istio.io/interceptionMode: TPROXY".to_owned(),
            15092,
            true,
        ),
        (
            "",
            "proxy.istio.io/config: 'interceptionMode: NONE'".to_owned(),
            15092,
            false,
        ),
        (&excluding, String::new(), 15092, false),
        (&one, String::new(), 15092, false),
        (&one, String::new(), 15091, true),
        (&including, String::new(), 15092, false),
        (&including, String::new(), 8080, true),
        // An annotation replaces what the charts were told.
        (&excluding, format!("{exclude}: '9464'"), 15092, true),
        (&including, format!("{include}: '*'"), 15092, true),
        (nothing, String::new(), 8080, false),
        (
            nothing,
            "sidecar.istio.io/interceptionMode: REDIRECT".to_owned(),
            8080,
            true,
        ),
    ] {
        let mesh = Mesh::of(&[told, &deployment("app: cart", &annotations, "")]);
        let workload = &mesh.model.workloads[0];
        let found = takes(&mesh.model, &workload.object, &workload.pod, port);
        assert_eq!(found, expected, "{told} / {annotations} / {port}");
    }
}

#[test]
fn what_leaves_a_pod_may_be_free_or_held_to_the_registry() {
    let registry = "meshConfig: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}";
    let open = "meshConfig: {outboundTrafficPolicy: {mode: ALLOW_ANY}}";
    let sidecar = |namespace: &str, selector: &str, mode: &str| {
        format!(
            "{{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {{name: s, namespace: {namespace}}}, \
             spec: {{{selector}outboundTrafficPolicy: {{mode: {mode}}}}}}}"
        )
    };
    let cart = "workloadSelector: {labels: {app: cart}}, ";
    let ranges = "traffic.sidecar.istio.io/includeOutboundIPRanges: ''";
    for (told, sidecar, annotations, is_free, is_held) in [
        ("", String::new(), "", false, false),
        (open, String::new(), "", false, false),
        (registry, String::new(), "", false, true),
        (registry, String::new(), ranges, true, true),
        (
            "global: {proxy: {includeIPRanges: ''}}",
            String::new(),
            "",
            true,
            false,
        ),
        (
            "global: {proxy: {includeIPRanges: '*'}}",
            String::new(),
            "",
            false,
            false,
        ),
        (
            "",
            String::new(),
            "traffic.sidecar.istio.io/excludeOutboundIPRanges: 0.0.0.0/0",
            true,
            false,
        ),
        ("", sidecar("shop", "", "REGISTRY_ONLY"), "", false, true),
        (
            "",
            sidecar("istio-system", "", "REGISTRY_ONLY"),
            "",
            false,
            true,
        ),
        ("", sidecar("web", "", "REGISTRY_ONLY"), "", false, false),
        (
            registry,
            sidecar("shop", cart, "ALLOW_ANY"),
            "",
            false,
            false,
        ),
        (
            registry,
            sidecar(
                "shop",
                "workloadSelector: {labels: {app: till}}, ",
                "ALLOW_ANY",
            ),
            "",
            false,
            true,
        ),
    ] {
        let mesh = Mesh::of(&[told, &sidecar, &deployment("app: cart", annotations, "")]);
        let workload = &mesh.model.workloads[0];
        let (object, pod) = (&workload.object, &workload.pod);
        let found = outbound::is_free(&mesh.model, object, pod);
        assert_eq!(found, is_free, "{told} / {sidecar} / {annotations}");
        let found = outbound::registry_only(&mesh.model, object, &pod.labels).is_some();
        assert_eq!(found, is_held, "{told} / {sidecar} / {annotations}");
    }
}

#[test]
fn the_policy_of_the_workload_wins_then_the_namespace_then_the_mesh() {
    let policy = |namespace: &str, selector: &str, mode: &str, ports: &str| {
        format!(
            "{{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {{name: p{}, \
             namespace: {namespace}}}, spec: {{{selector}mtls: {{mode: {mode}}}{ports}}}}}",
            selector.len() + ports.len()
        )
    };
    let cart = "selector: {matchLabels: {app: cart}}, ";
    let till = "selector: {matchLabels: {app: till}}, ";
    let port = ", portLevelMtls: {15092: {mode: PERMISSIVE}}";
    for (policies, expected) in [
        (vec![], "permissive"),
        (vec![policy("istio-system", "", "STRICT", "")], "strict"),
        (vec![policy("web", "", "STRICT", "")], "permissive"),
        (
            vec![
                policy("istio-system", "", "STRICT", ""),
                policy("shop", "", "PERMISSIVE", ""),
            ],
            "permissive",
        ),
        (
            vec![
                policy("istio-system", "", "STRICT", ""),
                policy("shop", "", "UNSET", ""),
            ],
            "strict",
        ),
        (
            vec![
                policy("shop", "", "STRICT", ""),
                policy("shop", cart, "DISABLE", ""),
            ],
            "disable",
        ),
        (
            vec![
                policy("shop", "", "STRICT", ""),
                policy("shop", till, "DISABLE", ""),
            ],
            "strict",
        ),
        (vec![policy("shop", cart, "STRICT", port)], "permissive"),
        // Modes of ports ask for a selector.
        (vec![policy("shop", "", "STRICT", port)], "strict"),
        (
            vec![policy(
                "shop",
                cart,
                "STRICT",
                ", portLevelMtls: {8080: {mode: PERMISSIVE}}",
            )],
            "strict",
        ),
    ] {
        let pods = deployment("app: cart", "", "");
        let mut documents: Vec<&str> = policies.iter().map(String::as_str).collect();
        documents.push(&pods);
        let mesh = Mesh::of(&documents);
        let workload = &mesh.model.workloads[0];
        let mode = Mode::of(&mesh.model, &workload.object, &workload.pod.labels, 15092);
        let found = match mode {
            Mode::Strict(_) => "strict",
            Mode::Permissive(_) => "permissive",
            Mode::Disable(_) => "disable",
        };
        assert_eq!(found, expected, "{policies:?}");
    }
}
