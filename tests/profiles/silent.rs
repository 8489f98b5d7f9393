//! Demands that no listener hears, versions that nobody reads, and those that nobody should.

use super::CLIENTS;
use super::found;
use super::gateway;

#[test]
fn validation_for_other_listeners() {
    let rule = "ineffective-client-validation";
    // A listener of protocol TLS that ends TLS itself is none of `spec.tls.frontend`'s.
    let tls = gateway("x", CLIENTS, "").replace("protocol: HTTPS", "protocol: TLS");
    for class in ["eg", "istio", "nginx"] {
        let text = tls.replace("gatewayClassName: x", &format!("gatewayClassName: {class}"));
        assert_eq!(found("", &text), [rule], "{class}");
        assert_eq!(found("", &gateway(class, CLIENTS, "")), [""; 0], "{class}");
    }
    // Neither is one that passes TLS through.
    let through = tls.replace(
        "        certificateRefs:\n          - name: edge-cert\n",
        "        mode: Passthrough\n",
    );
    let through = through.replace("gatewayClassName: x", "gatewayClassName: eg");
    assert_eq!(found("", &through), [""; 0]);

    let entry = |port: u16| {
        CLIENTS
            .replace(
                "      default:\n",
                &format!(
                    "      default: {{}}\n      perPort:\n        - port: {port}\n          tls:\n"
                ),
            )
            .replace("        validation:", "            validation:")
            .replace("          caCert", "              caCert")
            .replace("            - group", "                - group")
            .replace("              kind: C", "                  kind: C")
            .replace(
                "              name: clients",
                "                  name: clients",
            )
    };
    for class in ["eg", "istio", "nginx", "kgateway"] {
        assert_eq!(
            found("", &gateway(class, &entry(4318), "")),
            [rule],
            "{class}"
        );
        assert_eq!(
            found("", &gateway(class, &entry(4317), "")),
            [""; 0],
            "{class}"
        );
    }
    // Listeners of others may have the port, unless all of them were given.
    let open = format!(
        "{}  allowedListeners:\n    namespaces:\n      from: Same\n",
        entry(4318)
    );
    assert_eq!(found("", &gateway("eg", &open, "")), [""; 0]);
    let set = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata:\n  name: more\n  namespace: telemetry\nspec:\n  parentRef:\n    name: edge\n  listeners:\n    - name: http\n      port: 4318\n      protocol: HTTPS\n      hostname: otel-gateway.example.com\n      tls:\n        certificateRefs:\n          - name: edge-cert\n";
    assert_eq!(
        found("", &format!("{}{set}", gateway("eg", &open, ""))),
        [""; 0]
    );
}

#[test]
fn policies_that_verify_nobody() {
    let policy = |class: &str, target: &str, mode: &str| {
        format!(
            "{}---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata:\n  name: clients\n  namespace: telemetry\nspec:\n  targetRefs:\n    - group: gateway.networking.k8s.io\n{target}  tls:\n    clientValidation:\n      mode: {mode}\n      caCertificateRefs:\n        - kind: ConfigMap\n          name: clients\n",
            gateway(class, "", "")
        )
    };
    let right = "      kind: Gateway\n      name: edge\n      sectionName: otlp\n";
    assert_eq!(found("", &policy("eg", right, "RequireAndVerify")), [""; 0]);
    for mode in ["Request", "RequireAny", "VerifyIfGiven"] {
        let rules = found("", &policy("eg", right, mode));
        assert_eq!(rules, ["optional-client-certificate"], "{mode}");
    }
    let rule = "ineffective-client-validation";
    for (target, expected) in [
        // A name nearly right; any other may be that of a Gateway that was not given.
        (right.replace("name: edge", "name: egde"), rule),
        (
            right.replace("sectionName: otlp", "sectionName: grpc"),
            rule,
        ),
        // The API server refuses other kinds and groups.
        (
            right.replace("kind: Gateway", "kind: GRPCRoute"),
            "invalid-value",
        ),
    ] {
        let rules = found("", &policy("eg", &target, "RequireAndVerify"));
        assert_eq!(rules, [expected], "{target}");
    }
    for class in ["istio", "nginx", "cilium", "kgateway"] {
        let rules = found("", &policy(class, right, "RequireAndVerify"));
        assert_eq!(rules, [rule], "{class}");
    }
    assert_eq!(
        found("", &policy("somebody", right, "RequireAndVerify")),
        [""; 0]
    );
}

#[test]
fn versions_of_tls_that_are_withdrawn() {
    let option = |class: &str, key: &str, value: &str| {
        let options = format!("        options:\n          {key}: {value}\n");
        found("", &gateway(class, "", &options))
    };
    let key = "nginx.org/ssl-protocols";
    for value in ["SSLv3", "TLSv1", "TLSv1.1 TLSv1.2", "TLSv1.2  TLSv1"] {
        assert_eq!(
            option("nginx", key, value),
            ["weak-listener-tls"],
            "{value}"
        );
    }
    for value in ["TLSv1.2", "TLSv1.2 TLSv1.3", "TLSv1.3"] {
        assert_eq!(option("nginx", key, value), [""; 0], "{value}");
    }
    let key = "kgateway.dev/min-tls-version";
    for (value, rules) in [("\"1.0\"", &["weak-listener-tls"][..]), ("\"1.2\"", &[])] {
        assert_eq!(option("kgateway", key, value), rules, "{value}");
    }
}

#[test]
fn routes_in_versions_that_are_not_read() {
    let text = |class: &str, version: &str| {
        let tls = gateway(class, "", "")
            .replace("protocol: HTTPS", "protocol: TLS")
            .replace(
                "        certificateRefs:\n          - name: edge-cert\n",
                "        mode: Passthrough\n",
            );
        format!(
            "{tls}---\napiVersion: gateway.networking.k8s.io/{version}\nkind: TLSRoute\nmetadata:\n  name: r\n  namespace: telemetry\nspec:\n  parentRefs:\n    - name: edge\n  hostnames:\n    - otel-gateway.example.com\n  rules:\n    - backendRefs:\n        - name: collector\n          port: 4317\n"
        )
    };
    for (class, version, assume, is_read) in [
        ("contour", "v1", "channel=standard", false),
        ("contour", "v1", "", false),
        ("contour", "v1", "channel=experimental", true),
        ("contour", "v1alpha2", "", true),
        ("cilium", "v1", "cilium=1.19", false),
        ("cilium", "v1", "cilium=1.20", true),
        ("cilium", "v1", "", true),
        ("istio", "v1", "istio=1.30", true),
        (
            "istio",
            "v1alpha2",
            "istio=1.30 gateway-api=1.4 channel=experimental",
            false,
        ),
        (
            "istio",
            "v1alpha2",
            "istio=1.29 gateway-api=1.4 channel=experimental",
            true,
        ),
        ("eg", "v1", "", true),
        ("somebody", "v1", "channel=standard", true),
    ] {
        let rules = found(assume, &text(class, version));
        let is_said = rules.contains(&"unsupported-field");
        assert_eq!(!is_said, is_read, "{class} {version} {assume}: {rules:?}");
    }
}

#[test]
fn the_older_field_asks_under_the_bundles_that_have_it() {
    let route = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata:\n  name: r\n  namespace: telemetry\nspec:\n  parentRefs:\n    - name: edge\n  rules:\n    - backendRefs:\n        - name: collector\n          port: 4317\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: collector\n  namespace: telemetry\nspec:\n  selector:\n    app: collector\n  ports:\n    - name: grpc\n      appProtocol: kubernetes.io/h2c\n      port: 4317\n";
    let old = "        frontendValidation:\n          caCertificateRefs:\n            - kind: ConfigMap\n              group: \"\"\n              name: clients\n";
    let rule = "unauthenticated-listener";
    for (field, assume, is_open) in [
        ("", "gateway-api=1.3 channel=experimental", true),
        (old, "gateway-api=1.3 channel=experimental", false),
        (old, "gateway-api=1.5", true),
    ] {
        let rules = found(assume, &format!("{}{route}", gateway("eg", "", field)));
        assert_eq!(rules.contains(&rule), is_open, "{assume}: {rules:?}");
    }
}
