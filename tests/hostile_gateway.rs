//! Gateways, routes and grants that nobody means: too many, in circles, without names, of wrong types at every place. What
//! is right about something else is found all the same.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::collections::BTreeMap;
use std::fmt::Write;

use otel_lint::attach;
use otel_lint::attach::status;
use otel_lint::model::Model;
use otel_lint::settings::Closed;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use rayon::prelude::*;
use time::macros::datetime;

/// A fault of its own, which nothing in the other file may hide.
const OTHER: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: other
  namespace: elsewhere
spec:
  parentRefs:
    - name: edge
      sectionName: otpl
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: edge
  namespace: elsewhere
spec:
  gatewayClassName: istio
  listeners:
    - name: otlp
      port: 4318
      protocol: HTTP
";

/// How often each rule found something, with everything closed.
type Counts = BTreeMap<&'static str, usize>;

/// Judges `text` beside [`OTHER`], open and closed, and predicts every status; counts what is found in `text`.
fn judge(text: &str) -> Counts {
    let mut sources = Sources::new();
    let own = sources.add(Source::new("hostile.yaml", text.as_bytes().to_vec()));
    let other = sources.add(Source::new("other.yaml", OTHER.as_bytes().to_vec()));
    let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let mut counts = Counts::new();
    for closed in [Closed::default(), Closed::Everything] {
        settings.closed = closed;
        let report = otel_lint::lint(&sources, &settings);
        let findings = report.findings.iter().map(|reported| &reported.finding);
        let lost = findings
            .clone()
            .all(|of| of.at.source != other || of.rule != "unknown-section");
        assert!(!lost, "{text}");
        counts.clear();
        for finding in findings.filter(|of| of.at.source == own) {
            *counts.entry(finding.rule).or_default() += 1;
        }
    }
    let model = Model::read(&sources, &settings);
    let attachment = attach::attach(&model, &settings);
    assert!(!status::predict(&model, &settings, &attachment).is_empty());
    counts
}

/// Only the counts of these rules.
fn of(counts: &Counts, rules: &[&str]) -> Vec<usize> {
    let count = |rule: &&str| counts.get(*rule).copied().unwrap_or_default();
    rules.iter().map(count).collect()
}

#[test]
fn many_listeners_parents_and_wildcards() {
    let mut text = String::from(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: g\nspec:\n  gatewayClassName: nginx\n  listeners:\n",
    );
    for at in 0..64 {
        let star = if at % 2 == 0 { "*." } else { "" };
        writeln!(
            text,
            "    - {{name: l{at}, port: 443, protocol: HTTPS, hostname: \"{star}n{}.example.com\", tls: {{certificateRefs: [{{name: c}}]}}}}",
            at / 2
        )
        .unwrap();
    }
    for route in 0..200 {
        write!(text, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: r{route}\nspec:\n  parentRefs:\n").unwrap();
        for parent in 0..32 {
            writeln!(text, "    - {{name: g, sectionName: l{}}}", parent * 2).unwrap();
        }
        text.push_str("  hostnames:\n");
        for name in 0..16 {
            writeln!(text, "    - \"*.n{name}.example.com\"").unwrap();
        }
        text.push_str("  rules:\n");
        for rule in 0..16 {
            writeln!(text, "    - {{matches: [{{path: {{value: /r{rule}}}}}], backendRefs: [{{name: s, port: 1}}]}}").unwrap();
        }
    }
    let counts = judge(&text);
    // Half of the parents have other names, of 200 equal routes one wins, and nothing that is named was given.
    let rules = [
        "disjoint-hostname",
        "shadowed-route",
        "unknown-backend",
        "missing-secret",
    ];
    assert_eq!(of(&counts, &rules), [200 * 16, 199 * 16, 200 * 16, 64]);
    assert_eq!(counts.len(), rules.len(), "{counts:?}");
}

#[test]
fn references_in_circles() {
    let set = |name: &str, kind: &str, parent: &str| {
        format!(
            "---\napiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata:\n  name: {name}\nspec:\n  parentRef:\n    kind: {kind}\n    \
             name: {parent}\n  listeners:\n    - name: l\n      port: 1\n      protocol: HTTP\n"
        )
    };
    let mut text = set("a", "ListenerSet", "b");
    text += &set("b", "ListenerSet", "a");
    text += &set("self", "ListenerSet", "self");
    for (kind, parent) in [
        ("HTTPRoute", "HTTPRoute"),
        ("GRPCRoute", "ListenerSet"),
        ("TLSRoute", "Gateway"),
    ] {
        write!(
            text,
            "---\napiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: self\nspec:\n  parentRefs:\n    - kind: {parent}\n      \
             name: self\n    - kind: {parent}\n      name: a\n  hostnames: [a.example.com]\n  rules:\n    - backendRefs:\n        - kind: {kind}\n          \
             group: gateway.networking.k8s.io\n          name: self\n          port: 1\n"
        )
        .unwrap();
    }
    text += "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: self\nspec:\n  gatewayClassName: self\n  listeners:\n    \
             - name: self\n      port: 1\n      protocol: HTTPS\n      tls:\n        certificateRefs:\n          - kind: Gateway\n            name: self\n\
             ---\napiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata:\n  name: self\nspec:\n  controllerName: example.com/self\n  \
             parametersRef:\n    group: gateway.networking.k8s.io\n    kind: GatewayClass\n    name: self\n\
             ---\napiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata:\n  name: self\nspec:\n  from:\n    - group: gateway.networking.k8s.io\n      \
             kind: ReferenceGrant\n      namespace: default\n  to:\n    - group: gateway.networking.k8s.io\n      kind: ReferenceGrant\n      name: self\n\
             ---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata:\n  name: self\nspec:\n  targetRefs:\n    - group: gateway.networking.k8s.io\n      \
             kind: BackendTLSPolicy\n      name: self\n  validation:\n    hostname: a.example.com\n    wellKnownCACertificates: System\n";
    let counts = judge(&text);
    // Three ListenerSets that belong to none, a Gateway that is a ListenerSet, a TLSRoute for HTTPS.
    let rules = ["unknown-parent", "kind-not-allowed"];
    assert_eq!(of(&counts, &rules), [4, 1]);
    assert_eq!(counts.len(), rules.len(), "{counts:?}");
}

#[test]
fn ten_thousand_grants() {
    let mut text = String::new();
    for at in 0..10_000 {
        write!(
            text,
            "---\napiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata:\n  name: g{at}\n  namespace: target\nspec:\n  from:\n    \
             - {{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: n{at}}}\n  to:\n    - {{group: \"\", kind: Service, name: s}}\n"
        )
        .unwrap();
    }
    // Most are allowed; those of another kind come near to every grant.
    for at in 0..200 {
        let kind = if at % 2 == 0 {
            "HTTPRoute"
        } else {
            "GRPCRoute"
        };
        write!(
            text,
            "---\napiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: r\n  namespace: n{at}\nspec:\n  parentRefs:\n    - name: g\n  \
             rules:\n    - backendRefs:\n        - {{name: s, namespace: target, port: 1}}\n"
        )
        .unwrap();
    }
    let counts = judge(&text);
    let rules = [
        "missing-grant",
        "unused-grant",
        "unknown-backend",
        "unknown-parent",
    ];
    assert_eq!(of(&counts, &rules), [100, 9_900, 100, 200]);
    assert_eq!(counts.len(), rules.len(), "{counts:?}");
}

#[test]
fn empty_names() {
    // Everything that has a name has none, and refers to what has none.
    let text = "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata:\n  name: \"\"\nspec:\n  controllerName: \"\"\n\
                ---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: \"\"\n  namespace: \"\"\nspec:\n  gatewayClassName: \"\"\n  \
                listeners:\n    - name: \"\"\n      port: 443\n      protocol: \"\"\n      hostname: \"\"\n      tls:\n        certificateRefs:\n          - name: \"\"\n\
                ---\napiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata:\n  name: \"\"\nspec:\n  parentRef:\n    name: \"\"\n  \
                listeners:\n    - name: \"\"\n      port: 443\n      protocol: HTTP\n\
                ---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: \"\"\nspec:\n  parentRefs:\n    - name: \"\"\n      \
                sectionName: \"\"\n  hostnames: [\"\"]\n  rules:\n    - backendRefs:\n        - name: \"\"\n          port: 1\n\
                ---\napiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata:\n  name: \"\"\nspec:\n  from:\n    - group: \"\"\n      \
                kind: \"\"\n      namespace: \"\"\n  to:\n    - group: \"\"\n      kind: \"\"\n      name: \"\"\n\
                ---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata:\n  name: \"\"\nspec:\n  targetRefs:\n    - group: \"\"\n      \
                kind: \"\"\n      name: \"\"\n      sectionName: \"\"\n  tls:\n    clientValidation: {}\n";
    let counts = judge(text);
    let rules = ["missing-secret", "unknown-backend", "unknown-parent"];
    assert_eq!(of(&counts, &rules), [1, 1, 2]);
    assert!(counts["invalid-value"] >= 20, "{counts:?}");
}

/// One of each kind, every field that the engine reads.
const ALL: &str = include_str!("../testdata/hostile/every-kind-of-gateway-api.yaml");

#[test]
fn every_kind_is_taken_as_it_is() {
    let counts = judge(ALL);
    assert_eq!(
        of(&counts, &["unreadable-document", "unknown-field"]),
        [0, 0]
    );
}

#[test]
fn wrong_types_and_empty_values_at_every_place() {
    let wrong = [
        "",
        "\"\"",
        "[]",
        "{}",
        "[{}]",
        "[null]",
        "[[]]",
        "{a: {b: [1]}}",
        "-1",
        "99999999999999999999",
        "true",
        "x",
        "\"*\"",
        "\"*.\"",
        "\".\"",
    ];
    let lines: Vec<&str> = ALL.lines().collect();
    let places: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].contains(": ") || lines[*at].ends_with(':'))
        .collect();
    assert!(places.len() > 100);
    let plain: usize = judge(ALL).values().sum();
    let silent = places.par_iter().map(|at| {
        // Three of them each, so that every value comes to every field of some kind.
        let turns = (0..3).map(|turn| wrong[(at + 5 * turn) % wrong.len()]);
        let counts = turns.map(|value| judge(&replaced(&lines, *at, value)));
        counts
            .filter(|counts| counts.values().sum::<usize>() <= plain)
            .count()
    });
    // What is wrong at a place is found, unless the place takes anything, or the value hides what was wrong below.
    let silent: usize = silent.sum();
    let tried = 3 * places.len();
    assert!(3 * silent < tried, "{silent} of {tried}");
}

/// The text with `value` for the key at line `at`, and what stood under the key left out.
fn replaced(lines: &[&str], at: usize, value: &str) -> String {
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = depth(lines[at]);
    let key = lines[at].split_once(':').map_or(lines[at], |(key, _)| key);
    let mut text = lines[..at].join("\n");
    let _ = write!(text, "\n{key}: {value}\n");
    let mut rest = lines[at + 1..]
        .iter()
        .skip_while(|line| !line.starts_with("---") && depth(line) > own);
    rest.by_ref().for_each(|line| {
        text.push_str(line);
        text.push('\n');
    });
    text
}
