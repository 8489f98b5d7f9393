//! Every format tells the same findings, in the words of those who read it.
//!
//! `testdata/formats/input` has a finding over two files with a trail, one with a fix behind letters of several bytes,
//! and one that leaves a door open; beside it stands what each format makes of them. `BLESS=1` rewrites those files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::PathBuf;

use otel_lint::report::Format;
use otel_lint::report::Report;
use otel_lint::report::Style;
use otel_lint::report::fingerprint::fingerprints;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use serde_json::Value;
use time::macros::datetime;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/formats")
}

fn input() -> Vec<(String, String)> {
    ["client.yaml", "gateway.yaml"]
        .map(|name| {
            let text = fs::read_to_string(folder().join("input").join(name)).unwrap();
            (format!("deploy/{name}"), text)
        })
        .to_vec()
}

fn sources(files: &[(String, String)]) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(name.as_str(), text.clone().into_bytes()));
    }
    sources
}

fn report(sources: &Sources) -> Report<'_> {
    otel_lint::lint(sources, &Settings::new(datetime!(2026-06-01 00:00 UTC)))
}

fn written(report: &Report<'_>, format: Format) -> String {
    let mut out = Vec::new();
    report.write(format, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn each_is_as_it_was_counted() {
    let sources = sources(&input());
    let report = report(&sources);
    for format in Format::ALL {
        let text = written(&report, format);
        // The pages of the rules have tests of their own.
        let text = match format {
            Format::Sarif => {
                let mut document: Value = serde_json::from_str(&text).unwrap();
                for rule in document["runs"][0]["tool"]["driver"]["rules"]
                    .as_array_mut()
                    .unwrap()
                {
                    assert!(rule["help"]["markdown"].as_str().unwrap().len() > 200);
                    rule["help"]["markdown"] = "…".into();
                }
                format!("{document:#}\n")
            }
            _ => text,
        };
        let path = folder().join(format!("{format}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{format}");
    }
}

#[test]
fn nothing_is_found_in_every_format() {
    let sources = sources(&[("a.yaml".to_owned(), "a: 1\n".to_owned())]);
    let report = report(&sources);
    for (format, clean) in [
        (Format::Text, "nothing found in 1 file\n"),
        (Format::Concise, ""),
        (Format::Github, ""),
        (Format::Gitlab, "[]\n"),
        (
            Format::Markdown,
            "### otel-lint: nothing found in 1 file\n\n",
        ),
    ] {
        assert_eq!(written(&report, format), clean, "{format}");
    }
    let sarif: Value = serde_json::from_str(&written(&report, Format::Sarif)).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    let junit = written(&report, Format::Junit);
    let junit = roxmltree::Document::parse(&junit).unwrap();
    assert_eq!(junit.root_element().attribute("failures"), Some("0"));
}

#[test]
fn hostile_words_stay_words() {
    let name = "a\"<b>&|%\n::error::c,d:e].yaml";
    let text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {\"]](x)<i>|%`\": 1}\n";
    let sources = sources(&[(name.to_owned(), text.to_owned())]);
    let report = report(&sources);
    assert!(!report.findings.is_empty());
    for format in [Format::Junit, Format::Checkstyle] {
        let xml = written(&report, format);
        let xml = roxmltree::Document::parse(&xml).unwrap();
        let says = |attribute: &str| {
            xml.descendants()
                .any(|node| node.attribute(attribute) == Some(name))
        };
        assert!(says("name"), "{format}");
    }
    let github = written(&report, Format::Github);
    assert_eq!(github.lines().count(), report.findings.len());
    assert!(github.contains("file=a\"<b>&|%25%0A%3A%3Aerror%3A%3Ac%2Cd%3Ae].yaml,"));
    let sarif: Value = serde_json::from_str(&written(&report, Format::Sarif)).unwrap();
    assert_eq!(
        sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "a%22%3Cb%3E%26%7C%25%0A%3A%3Aerror%3A%3Ac%2Cd%3Ae%5D.yaml"
    );
    for format in [Format::Concise, Format::Markdown] {
        let text = written(&report, format);
        let about = text.lines().filter(|line| line.contains("a\"")).count();
        assert_eq!(about, report.findings.len(), "{format}: {text}");
    }
    let markdown = written(&report, Format::Markdown);
    assert!(!markdown.contains("<b>") && markdown.contains("\\|%"));
}

#[test]
fn no_terminal_is_commanded() {
    let text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {\"\\e[2J\\u202e\": 1}\n";
    let sources = sources(&[("a.yaml".to_owned(), text.to_owned())]);
    let report = report(&sources);
    assert!(
        report
            .findings
            .iter()
            .any(|reported| reported.finding.message.contains(['\u{1b}', '\u{202e}']))
    );
    for format in Format::ALL {
        let said = written(&report, format);
        assert!(!said.contains('\u{1b}'), "{format}: {said:?}");
        let is_for_eyes = matches!(
            format,
            Format::Text | Format::Concise | Format::Github | Format::Markdown
        );
        assert!(!(is_for_eyes && said.contains('\u{202e}')), "{format}");
    }
}

#[test]
fn text_fits_its_terminal() {
    let files = input();
    let sources = sources(&files);
    let report = report(&sources);
    let styled = |width, links: Option<&str>| {
        let style = Style {
            color: false,
            width,
            links: links.map(str::to_owned),
        };
        let mut out = Vec::new();
        report.write(Format::Text, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let plain = written(&report, Format::Text);
    assert_eq!(styled(Some(200), None), plain);
    let narrow = styled(Some(40), None);
    let is_excerpt = |line: &&str| {
        line.split_once(" | ")
            .is_some_and(|(number, _)| number.trim().parse::<u32>().is_ok())
    };
    let widest = |text: &str| {
        let excerpts = text.lines().filter(is_excerpt);
        excerpts.map(|line| line.chars().count()).max().unwrap()
    };
    assert!(widest(&plain) > 40 && widest(&narrow) <= 40, "{narrow}");
    let linked = styled(None, Some("/a b"));
    let link = "\u{1b}]8;;file:///a%20b/deploy/client.yaml\u{1b}\\deploy/client.yaml:";
    assert!(linked.contains(link), "{linked:?}");
}

#[test]
fn fingerprints_outlive_lines() {
    let files = input();
    let mut moved = files.clone();
    moved[1].1 = format!("# A comment.\n\n{}", moved[1].1);
    let (before, after) = (sources(&files), sources(&moved));
    let (before, after) = (report(&before), report(&after));
    assert_eq!(fingerprints(&before), fingerprints(&after));
    let mut all = fingerprints(&before);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), before.findings.len());
}

#[test]
fn sarif_is_as_its_schema_says() {
    let Some(schema) = official_schema() else {
        println!("skipped: SARIF's schema is not here; `tests/real/sarif.sh` fetches it");
        return;
    };
    let validator = jsonschema::validator_for(&schema).unwrap();
    let hostile = ("a b%:é.yaml".to_owned(), "kind: [\n".to_owned());
    for files in [input(), vec![hostile], Vec::new()] {
        let sources = sources(&files);
        let sarif = written(&report(&sources), Format::Sarif);
        let sarif: Value = serde_json::from_str(&sarif).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&sarif)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

/// The schema of OASIS, as the crate `serde-sarif` carries it, if Cargo has that crate at hand.
fn official_schema() -> Option<Value> {
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || std::env::home_dir().unwrap_or_default().join(".cargo"),
        PathBuf::from,
    );
    let registries = fs::read_dir(home.join("registry/src")).ok()?;
    let text = registries.flatten().find_map(|registry| {
        fs::read_to_string(registry.path().join("serde-sarif-0.8.0/src/schema.json")).ok()
    })?;
    // A bracket that closes nothing, which only JavaScript's regular expressions overlook; we say no language.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    Some(serde_json::from_str(&text).unwrap())
}
