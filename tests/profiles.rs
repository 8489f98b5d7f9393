//! What goes wrong without a word once the class is known: what is written, on which implementation and version, and the
//! rule that says so; and the same on an implementation that obeys, where nothing is said.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::macros::datetime;

#[path = "profiles/silent.rs"]
mod silent;

/// What is written, where, and what carries it: a test of this file, or a page, each of whose examples is executed.
const SILENT: &[(&str, &str)] = &[
    (
        "an option of Istio on another implementation",
        "an_option_of_istio_elsewhere",
    ),
    (
        "the same on NGINX, which refuses the listener",
        "rules/gateway/unknown-tls-option.md",
    ),
    (
        "a value of that option that Istio does not know",
        "an_option_of_istio_elsewhere",
    ),
    (
        "OPTIONAL_MUTUAL before Istio 1.27",
        "an_option_of_istio_elsewhere",
    ),
    (
        "spec.tls.frontend where nobody reads it",
        "the_standard_field_where_nobody_reads_it",
    ),
    (
        "spec.tls.frontend under definitions before 1.5",
        "the_standard_field_where_nobody_reads_it",
    ),
    (
        "listeners[].tls.frontendValidation under later definitions",
        "the_standard_field_where_nobody_reads_it",
    ),
    (
        "frontend.default without validation",
        "validation_that_validates_nobody",
    ),
    (
        "a perPort entry without validation",
        "validation_that_validates_nobody",
    ),
    (
        "a perPort entry for another port",
        "validation_for_other_listeners",
    ),
    (
        "spec.tls.frontend and a listener of protocol TLS",
        "validation_for_other_listeners",
    ),
    (
        "mode AllowInsecureFallback",
        "validation_that_validates_nobody",
    ),
    (
        "a ClientTrafficPolicy that verifies no chain",
        "policies_that_verify_nobody",
    ),
    (
        "a ClientTrafficPolicy with a wrong target",
        "policies_that_verify_nobody",
    ),
    (
        "MUTUAL without authorities on Istio",
        "rules/gateway/missing-client-ca.md",
    ),
    (
        "an Opaque Secret on Envoy Gateway and NGINX",
        "secrets_that_are_not_read",
    ),
    (
        "Passthrough to a receiver that asks nobody",
        "rules/gateway/unauthenticated-listener.md",
    ),
    (
        "Terminate before a receiver that asks for certificates",
        "rules/route/backend-tls-mismatch.md",
    ),
    (
        "versions of TLS that are withdrawn",
        "versions_of_tls_that_are_withdrawn",
    ),
    (
        "a TLSRoute in a version that nobody reads",
        "routes_in_versions_that_are_not_read",
    ),
    (
        "a kind of route without its group on Kong",
        "rules/gateway/unsupported-field.md",
    ),
    (
        "kinds, protocols and certificates that are not served",
        "routes_and_listeners_that_nobody_serves",
    ),
];

const MODE: &str = "        options:\n          gateway.istio.io/tls-terminate-mode: MUTUAL\n";

const CLIENTS: &str = "  tls:
    frontend:
      default:
        validation:
          caCertificateRefs:
            - group: \"\"
              kind: ConfigMap
              name: clients
";

/// A Gateway of that class: what stands in `spec`, and in the listener's `tls`.
fn gateway(class: &str, spec: &str, tls: &str) -> String {
    format!(
        "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: edge
  namespace: telemetry
spec:
  gatewayClassName: {class}
{spec}  listeners:
    - name: otlp
      port: 4317
      protocol: HTTPS
      hostname: otel-gateway.example.com
      tls:
        certificateRefs:
          - name: edge-cert
{tls}"
    )
}

/// The rules that find something, with what is assumed: `istio=1.26 channel=standard`.
fn found(assume: &str, text: &str) -> Vec<&'static str> {
    let mut sources = Sources::new();
    sources.add(Source::new("gateway.yaml", text.as_bytes().to_vec()));
    let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    for pair in assume.split_whitespace() {
        let (key, value) = pair.split_once('=').unwrap();
        settings.assume.set(key, value).unwrap();
    }
    let report = otel_lint::lint(&sources, &settings);
    let findings = report.findings.iter().map(|reported| &reported.finding);
    let mut rules: Vec<_> = findings.map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

#[test]
fn an_option_of_istio_elsewhere() {
    for class in [
        "eg",
        "cilium",
        "traefik",
        "contour",
        "kgateway",
        "kong",
        "gke-l7-global-external-managed",
        "nginx",
    ] {
        let rules = found("", &gateway(class, "", MODE));
        assert_eq!(rules, ["unknown-tls-option"], "{class}");
    }
    assert_eq!(found("", &gateway("istio", "", MODE)), [""; 0]);
    for value in ["Mutual", "mutual", "mTLS"] {
        let rules = found("", &gateway("istio", "", &MODE.replace("MUTUAL", value)));
        assert_eq!(rules, ["unknown-tls-mode"], "{value}");
    }
    let optional = gateway("istio", "", &MODE.replace("MUTUAL", "OPTIONAL_MUTUAL"));
    assert_eq!(found("istio=1.26", &optional), ["unknown-tls-mode"]);
    assert_eq!(
        found("istio=1.27", &optional),
        ["optional-client-certificate"]
    );
}

#[test]
fn the_standard_field_where_nobody_reads_it() {
    for (class, assume, is_obeyed) in [
        ("cilium", "", false),
        ("contour", "", false),
        ("traefik", "", false),
        ("kong", "", false),
        ("haproxy", "", false),
        ("eg", "envoy-gateway=1.7", false),
        ("eg", "envoy-gateway=1.8", true),
        ("nginx", "nginx-gateway-fabric=2.5", false),
        ("nginx", "nginx-gateway-fabric=2.6", true),
        ("istio", "istio=1.27", false),
        ("istio", "istio=1.28", true),
        ("kgateway", "kgateway=2.2", false),
        ("kgateway", "kgateway=2.3", true),
        ("agentgateway", "", true),
        ("gke-l7-rilb", "", true),
        ("somebody", "", true),
    ] {
        let rules = found(assume, &gateway(class, CLIENTS, ""));
        assert_eq!(
            !rules.contains(&"unsupported-field"),
            is_obeyed,
            "{class} {assume}: {rules:?}"
        );
    }
    // Definitions that do not know the field prune it.
    for assume in ["gateway-api=1.4 channel=standard", "gateway-api=1.3"] {
        let rules = found(assume, &gateway("istio", CLIENTS, ""));
        assert!(rules.contains(&"unknown-field"), "{assume}: {rules:?}");
    }
    let old = "        frontendValidation:\n          caCertificateRefs:\n            - kind: ConfigMap\n              group: \"\"\n              name: clients\n";
    let rules = found("gateway-api=1.5", &gateway("istio", "", old));
    assert!(rules.contains(&"unknown-field"), "{rules:?}");
}

#[test]
fn validation_that_validates_nobody() {
    let empty = "  tls:\n    frontend:\n      default: {}\n";
    assert_eq!(found("", &gateway("istio", empty, "")), ["invalid-value"]);
    let port = |port: u16| {
        format!("{CLIENTS}      perPort:\n        - port: {port}\n          tls: {{}}\n")
    };
    for (class, is_dropped) in [("istio", true), ("eg", true), ("nginx", false)] {
        let rules = found("", &gateway(class, &port(4317), ""));
        let is_said = rules.contains(&"dropped-client-validation");
        assert_eq!(is_said, is_dropped, "{class}: {rules:?}");
    }
    let fallback = CLIENTS.replace(
        "        validation:\n",
        "        validation:\n          mode: AllowInsecureFallback\n",
    );
    for class in ["istio", "eg", "nginx"] {
        let rules = found("", &gateway(class, &fallback, ""));
        assert_eq!(rules, ["optional-client-certificate"], "{class}");
    }
}

#[test]
fn secrets_that_are_not_read() {
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: edge-cert\n  namespace: telemetry\ntype: Opaque\nstringData:\n  tls.crt: a\n  tls.key: b\n";
    for (class, is_refused) in [
        ("eg", true),
        ("nginx", true),
        ("istio", false),
        ("contour", false),
    ] {
        let rules = found("", &format!("{}{secret}", gateway(class, "", "")));
        assert_eq!(
            rules.contains(&"misshapen-secret"),
            is_refused,
            "{class}: {rules:?}"
        );
    }
}

#[test]
fn routes_and_listeners_that_nobody_serves() {
    let route = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata:\n  name: r\n  namespace: telemetry\nspec:\n  parentRefs:\n    - name: edge\n  rules:\n    - backendRefs:\n        - name: collector\n          port: 4317\n";
    for (class, is_served) in [("istio", true), ("haproxy", false), ("gke-l7-rilb", false)] {
        let rules = found("", &format!("{}{route}", gateway(class, "", "")));
        assert_eq!(
            !rules.contains(&"kind-not-allowed"),
            is_served,
            "{class}: {rules:?}"
        );
    }
    let udp = gateway("x", "", "").replace("protocol: HTTPS\n      hostname: otel-gateway.example.com\n      tls:\n        certificateRefs:\n          - name: edge-cert\n", "protocol: UDP\n");
    for (class, is_served) in [
        ("contour", false),
        ("istio", false),
        ("eg", true),
        ("nginx", true),
    ] {
        let rules = found(
            "",
            &udp.replace("gatewayClassName: x", &format!("gatewayClassName: {class}")),
        );
        assert_eq!(
            !rules.contains(&"unsupported-field"),
            is_served,
            "{class}: {rules:?}"
        );
    }
    let two = "          - name: other-cert\n          - name: third-cert\n";
    for (class, is_taken) in [("contour", false), ("istio", false), ("eg", true)] {
        let rules = found("", &gateway(class, "", two));
        assert_eq!(
            !rules.contains(&"unsupported-field"),
            is_taken,
            "{class}: {rules:?}"
        );
    }
}

#[test]
fn everything_silent_is_carried_by_something() {
    let own = concat!(
        include_str!("profiles.rs"),
        include_str!("profiles/silent.rs")
    );
    for (what, place) in SILENT {
        let is_there = match place.strip_prefix("rules/") {
            Some(page) => {
                std::fs::read_to_string(format!("{}/rules/{page}", env!("CARGO_MANIFEST_DIR")))
                    .is_ok_and(|page| page.contains("\n## Wrong"))
            }
            None => own.contains(&format!("#[test]\nfn {place}()")),
        };
        assert!(is_there, "{what}: {place}");
    }
}
