//! A grant that is offered is the grant that was missing: after the edit nobody misses it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use otel_lint::finding::Fix;
use otel_lint::finding::Safety;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::macros::datetime;

const ROUTE: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata:
  name: collector
  namespace: telemetry
spec:
  parentRefs:
    - name: edge
  rules:
    - backendRefs:
        - name: collector
          namespace: collectors
          port: 4317
";

const SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: collector
  namespace: collectors
spec:
  selector:
    app: collector
  ports:
    - port: 4317
      appProtocol: kubernetes.io/h2c
";

fn grant(kind: &str, name: &str) -> String {
    format!(
        "\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata:
  name: routes
  namespace: collectors
spec:
  from:
    - group: gateway.networking.k8s.io
      kind: {kind}
      namespace: telemetry
  to:
    - group: \"\"
      kind: Service
      name: {name}
"
    )
}

/// The fixes that missing-grant offers, and how many findings it has.
fn missing(files: &[(String, String)]) -> (Vec<Fix>, usize) {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(name.as_str(), text.clone().into_bytes()));
    }
    let report = otel_lint::lint(&sources, &Settings::new(datetime!(2026-06-01 00:00 UTC)));
    let findings = report.findings.iter().map(|reported| &reported.finding);
    let missing: Vec<_> = findings.filter(|of| of.rule == "missing-grant").collect();
    let fixes = missing.iter().filter_map(|finding| finding.fix.clone());
    (fixes.collect(), missing.len())
}

#[test]
fn what_is_offered_mends() {
    let twice = format!(
        "{ROUTE}---\n{}",
        ROUTE.replace("name: collector\n  n", "name: other\n  n")
    );
    let table = [
        // Nothing near: a grant beside the Service.
        (
            ROUTE,
            None,
            1,
            "service.yaml",
            "---\napiVersion: gateway.networking.k8s.io/v1beta1\n",
        ),
        // One part is missing: an entry of that list.
        (
            ROUTE,
            Some(grant("HTTPRoute", "collector")),
            1,
            "grant.yaml",
            "\n    - group: gateway.networking.k8s.io\n      kind: GRPCRoute\n",
        ),
        (
            ROUTE,
            Some(grant("GRPCRoute", "another")),
            1,
            "grant.yaml",
            "\n    - group: \"\"\n      kind: Service\n      name: collector",
        ),
        // Both are: a grant beside the nearest.
        (
            ROUTE,
            Some(grant("HTTPRoute", "another")),
            1,
            "grant.yaml",
            "---\napiVersion",
        ),
        // Two routes miss the same grant, which is offered once.
        (twice.as_str(), None, 2, "service.yaml", "---\napiVersion"),
    ];
    for (route, grant, count, file, start) in table {
        let mut files = vec![
            ("route.yaml".to_owned(), route.to_owned()),
            ("service.yaml".to_owned(), SERVICE.to_owned()),
        ];
        files.extend(grant.map(|grant| ("grant.yaml".to_owned(), grant)));
        let (fixes, found) = missing(&files);
        assert_eq!((fixes.len(), found), (1, count), "{files:?}");
        let fix = &fixes[0];
        assert_eq!(fix.safety, Safety::Unsafe);
        let [edit] = fix.edits.as_slice() else {
            panic!("one edit: {fix:?}");
        };
        let (name, text) = &mut files[edit.span.source.0 as usize];
        assert_eq!(name, file);
        assert!(edit.text.starts_with(start), "{}", edit.text);
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        assert_eq!(missing(&files).1, 0, "{}", files[2.min(files.len() - 1)].1);
    }
}
