//! Each scenario about metrics is silent as it is, and one slip in it is found by the rule that is there for it, alone.
//!
//! A row takes a scenario of `testdata/scenarios`, writes one text in one of its files another way, and names the rule.
//! Every rule of the group `mesh` has a row, and every part of the documented setup has at least one.

#![allow(clippy::unwrap_used)] // a test ends at the first surprise

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// The scenario, the file, what stands there, what is written instead, and the rule that finds it.
struct Slip {
    scenario: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    rule: &'static str,
}

/// What stands at the end of a file: the rest is added after it.
const END: &str = "";

const fn slip(
    scenario: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    rule: &'static str,
) -> Slip {
    Slip {
        scenario,
        file,
        from,
        to,
        rule,
    }
}

const SLIPS: &[Slip] = &[
    // The scraper.
    slip(
        "metrics-prometheus",
        "prometheus.yaml",
        "OUTPUT_CERTS: /etc/mesh-certs",
        "OUTPUT_CERTS: /etc/certs",
        "uncertified-scraper",
    ),
    slip(
        "metrics-prometheus",
        "prometheus.yaml",
        "        sidecar.istio.io/inject: \"true\"\n",
        "",
        "uncertified-scraper",
    ),
    slip(
        "metrics-prometheus",
        "prometheus.yaml",
        "insecure_skip_verify: true",
        "server_name: ledger.shop.svc",
        "uncertified-scraper",
    ),
    // The workload.
    slip(
        "metrics-workload",
        "workload.yaml",
        "        prometheus.istio.io/secure-envoy-port: \"15091\"\n",
        "",
        "unannotated-secure-port",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        "secure-envoy-port: \"15091\"",
        "secure-envoy-port: \"15090\"",
        "mismatched-secure-port",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        "proxyMetadata:",
        "proxyMetaData:",
        "inert-secure-port",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        "containerPort: 8080",
        "containerPort: 15092",
        "colliding-metrics-port",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        "istio-injection: enabled",
        "istio-injection: disabled",
        "uninjected-namespace",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        "istio-injection: enabled\n",
        "istio-injection: enabled\n    istio.io/rev: stable\n",
        "conflicting-injection",
    ),
    slip(
        "metrics-workload",
        "prometheus.yaml",
        "target_label: __metrics_path__",
        "target_label: path",
        "wrong-metrics-path",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        END,
        "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  \
         namespace: shop\nspec:\n  mtls:\n    mode: STRICT\n",
        "intercepted-scrape",
    ),
    slip(
        "metrics-workload",
        "workload.yaml",
        END,
        "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: nothing\n  \
         namespace: shop\nspec: {}\n",
        "intercepted-scrape",
    ),
    // The gateway, patched by hand.
    slip(
        "metrics-gateway",
        "gateway.yaml",
        "        prometheus.istio.io/secure-envoy-port: \"15091\"\n",
        "",
        "unannotated-secure-port",
    ),
    slip(
        "metrics-gateway",
        "gateway.yaml",
        "secure-port: \"15092\"",
        "secure-port: \"15091\"",
        "mismatched-secure-port",
    ),
    slip(
        "metrics-gateway",
        "gateway.yaml",
        END,
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: ingress\n  namespace: edge\nspec:\n  type: LoadBalancer\n  \
         selector:\n    istio: ingress\n  ports:\n    - name: metrics\n      port: 15092\n",
        "public-metrics-port",
    ),
    // The gateway that Istio makes.
    slip(
        "metrics-gateway-api",
        "gateway.yaml",
        "      prometheus.istio.io/secure-port: \"15092\"\n",
        "",
        "unannotated-secure-port",
    ),
    slip(
        "metrics-gateway-api",
        "gateway.yaml",
        "METRICS_LOCALHOST_ACCESS_ONLY: \"true\"",
        "METRICS_LOCALHOST_ACCESS_ONLY: \"1\"",
        "open-plaintext-metrics",
    ),
    slip(
        "metrics-gateway-api",
        "gateway.yaml",
        "port: 80\n",
        "port: 15091\n",
        "colliding-metrics-port",
    ),
    slip(
        "metrics-gateway-api",
        "gateway.yaml",
        END,
        "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata:\n  name: mesh\n  \
         namespace: istio-system\nspec:\n  values:\n    pilot:\n      env:\n        \
         PILOT_ENABLE_ALPHA_GATEWAY_API: \"true\"\n",
        "obsolete-alpha-flag",
    ),
    // The plain ports closed.
    slip(
        "metrics-hardened",
        "workload.yaml",
        "METRICS_LOCALHOST_ACCESS_ONLY: \"true\"",
        "METRICS_LOCALHOST_ACCESS_ONLY: \"True\"",
        "open-plaintext-metrics",
    ),
    slip(
        "metrics-hardened",
        "prometheus.yaml",
        "annotationpresent_prometheus_istio_io_secure_port",
        "annotationpresent_prometheus_istio_io_secure",
        "stranded-plaintext-scrape",
    ),
    // Before 1.31, beside a workload.
    slip(
        "metrics-legacy-sidecar",
        "mesh.yaml",
        "mode: STRICT",
        "mode: PERMISSIVE",
        "intercepted-scrape",
    ),
    slip(
        "metrics-legacy-sidecar",
        "mesh.yaml",
        "  workloadSelector:\n    labels:\n      app: ledger\n  ingress:\n    - port:\n        number: 15091\n        \
         name: http-metrics\n        protocol: HTTP\n      defaultEndpoint: 127.0.0.1:15020\n    - port:\n        \
         number: 8080\n        name: http\n        protocol: HTTP\n      defaultEndpoint: 127.0.0.1:8080\n",
        "  ingress:\n    - port:\n        number: 15091\n        name: http-metrics\n        protocol: HTTP\n      \
         defaultEndpoint: 127.0.0.1:15020\n",
        "namespace-wide-sidecar",
    ),
    slip(
        "metrics-legacy-sidecar",
        "mesh.yaml",
        "127.0.0.1:15020",
        "127.0.0.1:15021",
        "broken-metrics-chain",
    ),
    slip(
        "metrics-legacy-sidecar",
        "mesh.yaml",
        END,
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: ledger\n  namespace: shop\nspec:\n  selector:\n    \
         app: ledger\n  ports:\n    - name: metrics\n      port: 15091\n---\napiVersion: networking.istio.io/v1\n\
         kind: DestinationRule\nmetadata:\n  name: ledger\n  namespace: shop\nspec:\n  host: ledger\n  trafficPolicy:\n    \
         tls:\n      mode: DISABLE\n",
        "mesh-tls-conflict",
    ),
    // Before 1.31, at a gateway.
    slip(
        "metrics-legacy-gateway",
        "gateway.yaml",
        "            port:\n              number: 15020",
        "            port:\n              number: 15090",
        "broken-metrics-chain",
    ),
    slip(
        "metrics-legacy-gateway",
        "gateway.yaml",
        "mode: ISTIO_MUTUAL",
        "mode: SIMPLE",
        "broken-metrics-chain",
    ),
    slip(
        "metrics-legacy-gateway",
        "gateway.yaml",
        "            prefix: /stats/prometheus",
        "            prefix: /stats/envoy",
        "broken-metrics-chain",
    ),
];

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios")
}

/// The rules that find something in a copy of the scenario with the slip in it.
fn found(at: usize, slip: &Slip) -> BTreeSet<String> {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("variant-{at}"));
    drop(fs::remove_dir_all(&copy));
    fs::create_dir_all(&copy).unwrap();
    for entry in fs::read_dir(scenarios().join(slip.scenario)).unwrap() {
        let path = entry.unwrap().path();
        let mut text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap();
        if name == slip.file {
            assert!(
                text.contains(slip.from),
                "{}: no {:?}",
                slip.scenario,
                slip.from
            );
            match slip.from {
                END => text.push_str(slip.to),
                from => text = text.replace(from, slip.to),
            }
        }
        fs::write(copy.join(name), text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(["--now", "2026-06-01T00:00:00Z", "--format", "json", "."])
        .current_dir(&copy)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn one_slip_is_found_by_one_rule() {
    let mut wrong = Vec::new();
    for (at, slip) in SLIPS.iter().enumerate() {
        let found = found(at, slip);
        let expected = BTreeSet::from([slip.rule.to_owned()]);
        if found != expected {
            let Slip { scenario, to, .. } = slip;
            wrong.push(format!(
                "{scenario} with {to:?}: {found:?}, not {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_of_the_mesh_and_every_part_of_the_setup_has_a_slip() {
    let rules: BTreeSet<&str> = SLIPS.iter().map(|slip| slip.rule).collect();
    let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/mesh")).unwrap();
    for page in pages {
        let name = page.unwrap().path().with_extension("");
        let name = name.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(rules.contains(name.as_str()), "{name}");
    }
    let parts: BTreeSet<&str> = SLIPS.iter().map(|slip| slip.scenario).collect();
    for entry in fs::read_dir(scenarios()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        // What the documentation says as it stands is no right setup.
        if path.is_dir() && name.starts_with("metrics-") && name != "metrics-as-documented" {
            assert!(parts.contains(name), "{name}");
            let report = fs::read_to_string(path.with_extension("txt")).unwrap();
            assert!(report.starts_with("nothing found"), "{name} is not silent");
        }
    }
}
