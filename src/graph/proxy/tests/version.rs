//! Which version a proxy is of (istio.io, canary upgrades: revisions named after versions; image tags of releases).

use time::macros::datetime;

use super::Mesh;
use super::deployment;
use super::namespace;
use crate::settings::Settings;
use crate::settings::Version;

#[test]
fn what_is_nearer_to_the_pod_tells_its_version() {
    let enabled = "istio-injection: enabled";
    let image = ", {name: istio-proxy, image: docker.io/istio/proxyv2:1.29.1-distroless}";
    let foreign = ", {name: istio-proxy, image: example.com/envoy:1.29.1}";
    let tag = "{global: {tag: 1.27.3}, meshConfig: {}}";
    let operator = "{apiVersion: install.istio.io/v1alpha1, kind: IstioOperator, metadata: {name: mesh}, spec: {tag: 1.27.3}}";
    let other_chart = "{global: {tag: 1.27.3, proxy: {host: http://proxy.example.com}}}";
    for (told, of_namespace, labels, container, expected) in [
        ("", enabled, "", "", None),
        ("", enabled, "", image, Some(29)),
        ("", enabled, "", foreign, None),
        ("", "istio.io/rev: 1-28-2", "", "", Some(28)),
        ("", "istio.io/rev: canary", "", "", None),
        // The label of the Pod beats that of its Namespace, and the image both.
        (
            "",
            "istio.io/rev: 1-28-2",
            "istio.io/rev: 1-30-0",
            "",
            Some(30),
        ),
        ("", "istio.io/rev: 1-28-2", "", image, Some(29)),
        // `istio-injection` beats the revision beside it.
        (
            "",
            "istio-injection: enabled, istio.io/rev: 1-28-2",
            "",
            "",
            None,
        ),
        (tag, enabled, "", "", Some(27)),
        (operator, enabled, "", "", Some(27)),
        (tag, "istio.io/rev: 1-28-2", "", "", Some(28)),
        (other_chart, enabled, "", "", None),
    ] {
        let home = namespace("shop", of_namespace);
        let mesh = Mesh::of(&[told, &home, &deployment(labels, "", container)]);
        let expected = expected.map(|minor| Version::new(1, minor));
        let found = mesh.proxies[0].version;
        assert_eq!(
            found, expected,
            "{told} / {of_namespace} / {labels} / {container}"
        );
    }
}

#[test]
fn what_the_user_assumes_wins() {
    let mut settings = Settings::new(datetime!(2026-11-20 0:00 UTC));
    settings.assume.istio = Some(Version::new(1, 31));
    let home = namespace("shop", "istio.io/rev: 1-28-2");
    let mesh = Mesh::with(&settings, &[&home, &deployment("", "", "")]);
    assert_eq!(mesh.proxies[0].version, Some(Version::new(1, 31)));
}
