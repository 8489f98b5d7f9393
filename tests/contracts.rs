//! What is published as a schema is what is printed and read.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use otel_lint::report::Format;
use otel_lint::report::Style;
use otel_lint::rules;
use otel_lint::settings::Assume;
use otel_lint::settings::Settings;
use otel_lint::settings::Severity;
use otel_lint::settings::file;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use serde_json::Value;
use serde_json::json;
use time::macros::datetime;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("schemas").join(name)).unwrap()).unwrap()
}

fn report(folder: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args([
            "--format",
            "json",
            "--isolated",
            "--closed",
            "--now",
            "2026-06-01",
        ])
        .arg(folder)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn reports_are_as_their_schema_says() {
    let validator = jsonschema::validator_for(&schema("report.schema.json")).unwrap();
    for folder in [
        "testdata/scenarios",
        "testdata/outcomes",
        "testdata/certificates",
    ] {
        let report = report(&root().join(folder));
        assert!(
            !report["findings"].as_array().unwrap().is_empty(),
            "{folder}"
        );
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{folder}: {errors:?}");
    }
}

#[test]
fn baselines_are_as_their_schema_says() {
    let validator = jsonschema::validator_for(&schema("baseline.schema.json")).unwrap();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("baseline.json");
    let status = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(["--isolated", "--now", "2026-06-01", "--write-baseline"])
        .arg(&file)
        .arg(root().join("testdata/scenarios"))
        .status()
        .unwrap();
    assert!(status.success());
    let baseline: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert!(baseline["findings"].as_array().unwrap().len() > 10);
    let errors: Vec<String> = validator
        .iter_errors(&baseline)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The settings that the README shows.
fn shown() -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, settings) = readme.split_once("### Settings\n").unwrap();
    let (_, rest) = settings.split_once("```yaml\n").unwrap();
    rest.split("```").next().unwrap().to_owned()
}

/// The schema of the settings with what the program knows of them: keys, versions that can be assumed, names of rules, words
/// for severities. What it says in words is kept.
fn derived() -> Value {
    let mut schema = schema("config.schema.json");
    let properties = &mut schema["properties"];
    let assume = &mut properties["assume"];
    let versions = assume["properties"].as_object_mut().unwrap();
    versions.retain(|key, _| key == "channel" || key == "class");
    for key in Assume::VERSIONS {
        let form = if *key == "collector" {
            "build"
        } else {
            "version"
        };
        versions.insert(
            (*key).to_owned(),
            json!({ "$ref": format!("#/$defs/{form}") }),
        );
    }
    assume["additionalProperties"] = json!(false);
    let rules: Vec<&str> = rules::all().map(|rule| rule.name).collect();
    properties["severity"]["propertyNames"] = json!({ "$ref": "#/$defs/rule" });
    properties["ignore"]["items"]["properties"]["rule"] = json!({ "$ref": "#/$defs/rule" });
    let severities = [Severity::Note, Severity::Warning, Severity::Error].map(Severity::word);
    let words: Vec<&str> = std::iter::once("off").chain(severities).collect();
    properties["severity"]["additionalProperties"] = json!({ "enum": words });
    schema["$defs"] = json!({
        "version": { "type": "string", "pattern": "^v?[0-9]+\\.[0-9]+(\\.[0-9].*)?$" },
        "build": {
            "type": "string",
            "description": "A version, or the image that runs Collectors.",
            "pattern": "^v?[0-9]+\\.[0-9]+(\\.[0-9].*)?$|opentelemetry-collector",
        },
        "rule": { "enum": rules },
    });
    schema
}

#[test]
fn the_schema_of_the_settings_is_derived() {
    let derived = derived();
    let keys = |value: &Value| -> Vec<String> {
        let keys = value.as_object().unwrap().keys();
        keys.cloned().collect()
    };
    assert_eq!(keys(&derived["properties"]), file::KEYS);
    let ignore = &derived["properties"]["ignore"]["items"]["properties"];
    assert_eq!(keys(ignore), file::IGNORE_KEYS);
    if std::env::var_os("BLESS").is_some() {
        fs::write(
            root().join("schemas/config.schema.json"),
            format!("{derived:#}\n"),
        )
        .unwrap();
    }
    assert_eq!(
        schema("config.schema.json"),
        derived,
        "BLESS=1 writes it anew"
    );
}

#[test]
fn settings_are_as_their_schema_says() {
    let validator = jsonschema::validator_for(&schema("config.schema.json")).unwrap();
    let value: Value = serde_yaml::from_str(&shown()).unwrap();
    assert!(validator.is_valid(&value), "the README's settings");
    let mut sources = Sources::new();
    let id = sources.add(Source::new(".otel-lint.yaml", shown().into_bytes()));
    let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    settings.read(id, &sources);
    assert_eq!(settings.problems, []);
    assert_eq!(settings.ignore.len(), 1);
    for wrong in [
        "closd: true",
        "severity: {floating-image: quiet}",
        "assume: {istoi: \"1.31\"}",
        "ignore: [{rule: shared-ca, reason: a, pth: b}]",
        "mounts: a",
        "addresses: {a/b: c}",
        "include: a",
        "ignore: [{rule: a}]",
        "expiry-window: 30",
        "closed: maybe",
    ] {
        let value: Value = serde_yaml::from_str(wrong).unwrap();
        assert!(!validator.is_valid(&value), "{wrong}");
        let id = sources.add(Source::new("wrong.yaml", wrong.as_bytes().to_vec()));
        let mut settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
        settings.read(id, &sources);
        assert_eq!(settings.problems.len(), 1, "{wrong}");
    }
}

#[test]
fn no_output_holds_a_private_key() {
    let keys: Vec<String> = fs::read_dir(root().join("testdata/certificates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "key"))
        .flat_map(|path| {
            fs::read_to_string(path)
                .unwrap()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|line| line.len() > 40 && !line.starts_with('-') && !line.contains(':'))
        .collect();
    assert!(keys.len() > 10);
    for folder in [
        "testdata/scenarios",
        "testdata/outcomes",
        "testdata/certificates",
    ] {
        for format in Format::ALL.map(Format::name) {
            let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
                .args([
                    "--format",
                    format,
                    "--isolated",
                    "--closed",
                    "--now",
                    "2026-06-01",
                ])
                .arg(root().join(folder))
                .output()
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            for key in &keys {
                // Eight letters of base64 in a row are not found by chance.
                assert!(!said.contains(&key[4..36]), "{folder} as {format}: {key}");
            }
        }
    }
}

#[test]
fn no_output_holds_a_password() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: 12345678\n---\napiVersion: \
                apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n        - \
                name: a\n          image: a:1\n          env:\n            - name: DB_PASSWORD\n              value: \
                87654321\n";
    let collector = "exporters:\n  otlp_http:\n    endpoint: https://gw.example.com\n    proxy_url: 'me:24681357@proxy:80'\n";
    let mut sources = Sources::new();
    sources.add(Source::new("c.yaml", collector.as_bytes().to_vec()));
    sources.add(Source::new("a.yaml", text.as_bytes().to_vec()));
    let report = otel_lint::lint(&sources, &Settings::new(datetime!(2026-06-01 00:00 UTC)));
    // Two are numbers where text is needed, one is no URL: all three lines are shown.
    assert!(report.findings.len() >= 3);
    for format in Format::ALL {
        let mut out = Vec::new();
        report.write(format, &Style::default(), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        for secret in ["12345678", "87654321", "24681357"] {
            assert!(!out.contains(secret), "{format}: {out}");
        }
    }
}
