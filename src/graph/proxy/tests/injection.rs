//! Who is injected (istio.io, sidecar injection, "Controlling the injection policy"; istio 1.31,
//! `templates/mutatingwebhook.yaml`, `pkg/kube/inject/inject.go`, `injectRequired`).

use super::Mesh;
use super::namespace;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::injection::Reason;

/// `None` is "nobody can know", `Some(None)` "yes".
type Outcome = Option<Option<Reason>>;

const YES: Outcome = Some(None);
const UNKNOWN: Outcome = None;

const fn no(reason: Reason) -> Outcome {
    Some(Some(reason))
}

/// What becomes of a Pod in `home` with these labels, annotations and fields.
fn outcome(given: &[&str], home: &str, labels: &str, annotations: &str, spec: &str) -> Outcome {
    let pod = format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: cart{home}, labels: {{{labels}}}, \
         annotations: {{{annotations}}}}}, spec: {{{spec}containers: [{{name: cart}}]}}}}"
    );
    let mut documents = given.to_vec();
    documents.push(&pod);
    let mesh = Mesh::of(&documents);
    let workload = &mesh.model.workloads[0];
    match Injection::of(&mesh.model, &workload.object, &workload.pod) {
        Injection::Yes(_) => YES,
        Injection::No(_, reason) => no(reason),
        Injection::Unknown => UNKNOWN,
    }
}

const SHOP: &str = ", namespace: shop";

#[test]
fn labels_decide_and_annotations_only_refuse() {
    let asks = "sidecar.istio.io/inject: 'true'";
    let refuses = "sidecar.istio.io/inject: 'false'";
    let revision = "istio.io/rev: canary";
    for (of_namespace, labels, annotations, expected) in [
        ("", "", "", no(Reason::Unasked)),
        ("istio-injection: enabled", "", "", YES),
        ("istio.io/rev: canary", "", "", YES),
        (
            "istio-injection: enabled, istio.io/rev: canary",
            "",
            "",
            YES,
        ),
        ("istio-injection: disabled", "", "", no(Reason::Namespace)),
        ("istio-injection: disabled", asks, "", no(Reason::Namespace)),
        (
            "istio-injection: disabled",
            revision,
            "",
            no(Reason::Namespace),
        ),
        ("istio-injection: enabled", refuses, "", no(Reason::Label)),
        ("istio.io/rev: canary", refuses, "", no(Reason::Label)),
        ("", asks, "", YES),
        ("", revision, "", YES),
        ("istio.io/rev: canary", asks, "", YES),
        // An annotation never calls the webhook, and is heard where the webhook was called.
        ("", "", asks, no(Reason::Unasked)),
        (
            "istio-injection: enabled",
            "",
            refuses,
            no(Reason::Annotation),
        ),
        ("istio-injection: enabled", asks, refuses, YES),
        ("istio-injection: enabled", refuses, asks, no(Reason::Label)),
        // Neither of both words.
        (
            "istio-injection: enabled",
            "sidecar.istio.io/inject: 'yes'",
            "",
            YES,
        ),
    ] {
        let home = namespace("shop", of_namespace);
        let found = outcome(&[&home], SHOP, labels, annotations, "");
        assert_eq!(found, expected, "{of_namespace} / {labels} / {annotations}");
    }
}

#[test]
fn some_pods_are_passed_over() {
    let asks = "sidecar.istio.io/inject: 'true'";
    let enabled = namespace("shop", "istio-injection: enabled");
    let found = outcome(&[&enabled], SHOP, asks, "", "hostNetwork: true, ");
    assert_eq!(found, no(Reason::HostNetwork));
    let found = outcome(&[&enabled], SHOP, asks, "", "hostNetwork: false, ");
    assert_eq!(found, YES);
    for home in [
        "kube-system",
        "kube-public",
        "kube-node-lease",
        "local-path-storage",
    ] {
        let of = format!(", namespace: {home}");
        let found = outcome(
            &[&namespace(home, "istio-injection: enabled")],
            &of,
            asks,
            "",
            "",
        );
        assert_eq!(found, no(Reason::SystemNamespace), "{home}");
    }
}

#[test]
fn a_namespace_that_was_not_given_decides_nothing() {
    assert_eq!(outcome(&[], SHOP, "", "", ""), UNKNOWN);
    assert_eq!(outcome(&[], "", "", "", ""), UNKNOWN);
    assert_eq!(
        outcome(&[], SHOP, "sidecar.istio.io/inject: 'true'", "", ""),
        YES
    );
    assert_eq!(
        outcome(&[], SHOP, "sidecar.istio.io/inject: 'false'", "", ""),
        no(Reason::Label)
    );
}

/// `sidecarInjectorWebhook.enableNamespacesByDefault`, in every place that holds values.
#[test]
fn charts_may_be_told_to_inject_everybody() {
    let values = "sidecarInjectorWebhook: {enableNamespacesByDefault: true}";
    let operator = "{apiVersion: install.istio.io/v1alpha1, kind: IstioOperator, metadata: {name: mesh}, \
                    spec: {values: {sidecarInjectorWebhook: {enableNamespacesByDefault: true}}}}";
    let injector = "{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-sidecar-injector, namespace: istio-system}, \
                    data: {values: '{\"sidecarInjectorWebhook\": {\"enableNamespacesByDefault\": true}}'}}";
    let dependency = "istiod: {sidecarInjectorWebhook: {enableNamespacesByDefault: true}}";
    let bare = namespace("shop", "");
    for told in [values, operator, injector, dependency] {
        assert_eq!(outcome(&[told, &bare], SHOP, "", "", ""), YES, "{told}");
        let refuses = "sidecar.istio.io/inject: 'false'";
        assert_eq!(
            outcome(&[told, &bare], SHOP, refuses, "", ""),
            no(Reason::Label)
        );
        let disabled = namespace("shop", "istio-injection: disabled");
        assert_eq!(
            outcome(&[told, &disabled], SHOP, "", "", ""),
            no(Reason::Namespace)
        );
        assert_eq!(outcome(&[told], SHOP, "", "", ""), UNKNOWN, "{told}");
    }
    for told in [
        "sidecarInjectorWebhook: {enableNamespacesByDefault: false}",
        "sidecarInjectorWebhook: {}",
        // Values of another chart.
        "webhook: {enableNamespacesByDefault: true}",
    ] {
        assert_eq!(
            outcome(&[told, &bare], SHOP, "", "", ""),
            no(Reason::Unasked),
            "{told}"
        );
    }
}
