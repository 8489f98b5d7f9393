//! Reading a cluster: the plugin with a recorded cluster behind a stand-in for kubectl (`testdata/cluster`).
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder of its own for one test, made anew.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("cluster")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The plugin with a stand-in for kubectl on its `PATH`, and variables that the stand-in listens to.
fn plugin(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new(env!("CARGO_BIN_EXE_kubectl-otel_lint"))
        .current_dir(ROOT)
        .env("SOURCE_DATE_EPOCH", "1780272000")
        .env("PATH", format!("{ROOT}/testdata/cluster:{path}"))
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .unwrap()
}

/// What it says on standard output and standard error.
fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// A GRPCRoute with that namespace line, to that Gateway.
fn route(namespace: &str, gateway: &str) -> String {
    format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata:\n  name: more\n{namespace}spec:\n  parentRefs: [{{name: {gateway}}}]\n  rules: [{{backendRefs: [{{name: collector, port: 4317}}]}}]\n"
    )
}

#[test]
fn a_cluster_is_read_through_kubectl() {
    let output = plugin(&["-A", "-o", "concise"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let (text, told) = said(&output);
    // The Service gives its port to HTTP/1.1; Secrets may not be read, so none is missed.
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found.len(), 2, "{text}");
    // The places are those of `kubectl get grpcroute -n telemetry otlp -o json`.
    assert!(
        found[0].starts_with("cluster:GRPCRoute/telemetry/otlp:43:35: error[unexpected-status]")
            && found[0].contains("`Accepted` at `edge` is False (`NoMatchingParent`)"),
        "{text}"
    );
    assert!(
        found[1].starts_with("cluster:Service/telemetry/collector:16:25: error[http1-backend]"),
        "{text}"
    );
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    assert!(lines[0].contains("secrets is forbidden: User \"dev\" cannot list resource"));
    // Once, and nothing is missed of them.
    assert!(
        lines[1]
            .starts_with("otel-lint: the server knows no ListenerSet, XListenerSet, TLSRoute, ")
    );
}

#[test]
fn a_cluster_that_cannot_be_read_is_no_clean_cluster() {
    for (variable, words) in [
        (
            "KUBECTL_DOWN",
            "was refused - did you specify the right host or port?",
        ),
        (
            "KUBECTL_FORBIDDEN",
            "nothing of this cluster may be read: kubectl: Error from server (Forbidden)",
        ),
    ] {
        let output = plugin(&["-A"], &[(variable, "1")]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        let (_, told) = said(&output);
        assert!(told.contains(words), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn statuses_are_told_in_every_format() {
    for format in [
        "text",
        "concise",
        "json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjson",
        "markdown",
    ] {
        let (text, _) = said(&plugin(&["-A", "-o", format], &[]));
        assert!(text.contains("NoMatchingParent"), "{format}: {text}");
        assert!(
            text.contains("GRPCRoute/telemetry/otlp"),
            "{format}: {text}"
        );
    }
    // Nothing can be mended in a cluster.
    let (json, _) = said(&plugin(&["-A", "-o", "json"], &[]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["fix"].is_null()));
    assert_eq!(findings[0]["resource"], "GRPCRoute telemetry/otlp");
    let (counted, _) = said(&plugin(&["-A", "--statistics"], &[]));
    assert!(counted.contains("     1 unexpected-status\n"), "{counted}");
}

#[test]
fn files_are_judged_against_the_cluster() {
    let folder = scratch("against");
    let file = folder.join("route.yaml");
    fs::write(&file, route("  namespace: telemetry\n", "egde")).unwrap();
    let path = file.display().to_string();
    let (text, _) = said(&plugin(&["-A", "-f", &path, "-o", "concise"], &[]));
    assert!(
        text.contains("route.yaml:7:23: error[unknown-parent]"),
        "{text}"
    );
    // A file stands in the place of what the cluster has under its name: the Service that is wrong there is right here.
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: collector, namespace: telemetry}\nspec:\n  selector: {app: collector}\n  ports: [{name: grpc-otlp, port: 4317, appProtocol: kubernetes.io/h2c}]\n";
    let right = folder.join("right.yaml");
    let content = route("  namespace: telemetry\n", "edge");
    for (content, expected) in [(content.clone(), true), (content + service, false)] {
        fs::write(&right, content).unwrap();
        let right = right.display().to_string();
        let (text, _) = said(&plugin(&["-A", "-f", &right, "-o", "concise"], &[]));
        assert_eq!(text.contains("error[http1-backend]"), expected, "{text}");
    }
    // Without the cluster nobody knows which Gateways there are.
    let alone = plugin(&["check", "-q", "--format", "concise", &path], &[]);
    assert_eq!(alone.status.code(), Some(0), "{}", said(&alone).0);
}

#[test]
fn one_namespace_is_missed_in_and_no_other() {
    let folder = scratch("namespace");
    let file = folder.join("route.yaml");
    let found = |namespace: &str, gateway: &str, arguments: &[&str], variables: &[(&str, &str)]| {
        fs::write(&file, route(namespace, gateway)).unwrap();
        let path = file.display().to_string();
        let mut all = vec!["-f", &path, "-o", "concise"];
        all.extend(arguments);
        let (text, _) = said(&plugin(&all, variables));
        text.contains("error[unknown-parent]")
    };
    let written = "  namespace: telemetry\n";
    let asked = ["-n", "telemetry"];
    assert!(found(written, "egde", &asked, &[]));
    assert!(!found(written, "edge", &asked, &[]));
    // What is elsewhere was not asked for.
    assert!(!found("  namespace: other\n", "egde", &asked, &[]));
    assert!(!found(written, "edge, namespace: other", &asked, &[]));
    assert!(!found(
        written,
        "egde",
        &["-n", "telemetry", "-l", "app=a"],
        &[]
    ));
    // What names no namespace goes where kubectl would put it: `-n`, else that of the context.
    assert!(!found("", "edge", &asked, &[]));
    assert!(found("", "egde", &asked, &[]));
    let context = [("KUBECTL_NAMESPACE", "telemetry")];
    assert!(!found("", "edge", &[], &context) && found("", "egde", &[], &context));
    assert!(!found("", "edge", &["-A"], &context) && found("", "edge", &["-A"], &[]));
}

/// Arguments of a connection, in the order in which they are passed on.
const CONNECTION: &[&str] = &[
    "--context=prod",
    "--cluster=c",
    "--user=u",
    "--kubeconfig=k",
    "--as=dev",
    "--as-uid=7",
    "--token=made-up",
    "--username=n",
    "--password=p",
    "--server=https://a:6443",
    "--certificate-authority=ca.crt",
    "--client-certificate=c.crt",
    "--client-key=c.key",
    "--tls-server-name=a.example.com",
    "--insecure-skip-tls-verify=true",
    "--request-timeout=5s",
    "--cache-dir=d",
    "--disable-compression=true",
    "--match-server-version=true",
    "--as-group=one",
    "--as-group=two",
    "--as-user-extra=a=b",
];

#[test]
fn what_kubectl_is_told_is_passed_on() {
    let folder = scratch("passed");
    let log = folder.join("log");
    let calls = |arguments: &[&str]| {
        let _ = fs::remove_file(&log);
        plugin(
            arguments,
            &[("KUBECTL_LOG", &log.display().to_string()[..])],
        );
        fs::read_to_string(&log).unwrap()
    };
    // Switches may stand alone, and a value after a space, as with kubectl's own.
    let mut typed = vec!["-n", "telemetry", "-l", "app=a"];
    for argument in CONNECTION {
        let (name, value) = argument.split_once('=').unwrap();
        typed.push(name);
        typed.extend((value != "true").then_some(value));
    }
    let told = calls(&typed);
    let connection = CONNECTION.join(" ");
    let whole = format!("-o json --selector=app=a --namespace=telemetry {connection}");
    let is_list = |call: &&str| !call.contains("customresource");
    let lists: Vec<&str> = told.lines().filter(is_list).collect();
    assert!(
        lists.len() > 30 && lists.iter().all(|call| call.ends_with(&whole)),
        "{told}"
    );
    // One object by its name: kubectl refuses a selector beside it.
    let definition = format!("gateways.gateway.networking.k8s.io -o json {connection}");
    assert!(
        told.lines().any(|call| call.ends_with(&definition)),
        "{told}"
    );
    let told = calls(&["-A", "-n", "telemetry"]);
    assert!(
        told.contains("-o json --all-namespaces") && !told.contains("--namespace="),
        "{told}"
    );
    let told = calls(&["--context", "prod"]);
    let asked = "config view --minify -o jsonpath={..namespace} --context=prod";
    assert!(told.lines().any(|call| call == asked), "{told}");
}

#[test]
fn a_kustomization_is_rendered_by_the_same_kubectl() {
    let rendered = plugin(
        &["check", "-k", "overlays/prod", "--format", "concise"],
        &[],
    );
    let (text, _) = said(&rendered);
    assert!(
        text.starts_with("kustomize:overlays/prod:6:6: error[unquoted-string]"),
        "{text}"
    );
    let absent = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .env("PATH", "")
        .args(["-k", "overlays"])
        .output()
        .unwrap();
    assert_eq!(absent.status.code(), Some(2));
    assert!(said(&absent).1.contains("`kubectl` is not on the PATH"));
}
