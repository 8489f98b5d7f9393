//! Where a definition says what JSON Schema can say, too, our walk over it and the crate `jsonschema` agree.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use serde_json::Value;
use serde_json::json;
use time::macros::datetime;

/// What the definition says of `spec`.
fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["size"],
        "properties": {
            "size": {"type": "integer", "minimum": 1, "maximum": 9},
            "ratio": {"type": "number", "minimum": 0},
            "on": {"type": "boolean"},
            "name": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
            "mode": {"type": "string", "enum": ["Fast", "Slow"]},
            "ports": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer"}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "inner": {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                "oneOf": [{"required": ["b"]}, {"not": {"required": ["b"]}}]
            },
            "either": {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}},
                "anyOf": [{"required": ["x"]}, {"required": ["y"]}]
            }
        }
    })
}

/// Whether our walk refuses an object with that `spec`.
fn refuses(spec: &Value) -> bool {
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things"},
            "versions": [{
                "name": "v1",
                "served": true,
                "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": schema()}}}
            }]
        }
    });
    let object = json!({
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "thing"},
        "spec": spec
    });
    let mut sources = Sources::new();
    for (name, value) in [("definition.json", definition), ("thing.json", object)] {
        sources.add(Source::new(name, value.to_string().into_bytes()));
    }
    let report = otel_lint::lint(&sources, &Settings::new(datetime!(2026-06-01 00:00 UTC)));
    let mut findings = report.findings.iter().map(|reported| reported.finding.rule);
    findings.any(|rule| matches!(rule, "invalid-value" | "unquoted-string"))
}

#[test]
fn both_agree() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let parts = [
        (
            "size",
            vec![
                json!(1),
                json!(9),
                json!(0),
                json!(10),
                json!("1"),
                json!(1.5),
                json!(true),
            ],
        ),
        ("ratio", vec![json!(0), json!(0.5), json!(-1), json!("x")]),
        ("on", vec![json!(true), json!("true"), json!(1)]),
        (
            "name",
            vec![
                json!("abc"),
                json!("a"),
                json!("abcdef"),
                json!("AB"),
                json!(["abc"]),
            ],
        ),
        ("mode", vec![json!("Fast"), json!("fast"), json!("")]),
        (
            "ports",
            vec![
                json!([1]),
                json!([]),
                json!([1, 2, 3]),
                json!(["1"]),
                json!({"a": 1}),
            ],
        ),
        (
            "labels",
            vec![json!({}), json!({"a": "b"}), json!({"a": {}}), json!(["a"])],
        ),
        (
            "inner",
            vec![
                json!({"a": "x"}),
                json!({"a": "x", "b": "y"}),
                json!({"b": "y"}),
                json!({}),
            ],
        ),
        (
            "either",
            vec![
                json!({"x": 1}),
                json!({"x": 1, "y": 2}),
                json!({}),
                json!({"y": "2"}),
            ],
        ),
    ];
    let mut tried = [0, 0];
    for (field, values) in &parts {
        for value in values {
            let mut spec = json!({"size": 3});
            spec[*field] = value.clone();
            let is_refused = !validator.is_valid(&spec);
            tried[usize::from(is_refused)] += 1;
            assert_eq!(refuses(&spec), is_refused, "{field}: {value}");
        }
    }
    assert!(validator.validate(&json!({})).is_err() && refuses(&json!({})));
    assert_eq!(tried, [14, 25]);
}
