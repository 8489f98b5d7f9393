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
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n";
    let sources = sources(&[("a.yaml".to_owned(), namespace.to_owned())]);
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

/// All that the scenarios find: more than one finding of each shape.
fn scenarios() -> Sources {
    fn walk(folder: PathBuf, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(path, files),
                false => files.push(path),
            }
        }
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files = Vec::new();
    walk(root.join("scenarios"), &mut files);
    walk(root.join("outcomes"), &mut files);
    walk(root.join("formats/input"), &mut files);
    files.sort();
    let mut sources = Sources::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        sources.add(Source::new(name, fs::read(&file).unwrap()));
    }
    sources
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer} of {value:#}"))
}

/// What GitHub asks of SARIF, beyond its schema ("SARIF support for code scanning"): texts of rules of at most 1024
/// characters, help, tags; a score above 0 and up to 10 as text, or a severity of problems; one place a result, on one line,
/// at a path relative to the root; links to every related place, since others are not shown; fingerprints; at most 25,000
/// results.
#[test]
fn code_scanning_gets_what_it_shows() {
    let sources = scenarios();
    let report = report(&sources);
    let sarif: Value = serde_json::from_str(&written(&report, Format::Sarif)).unwrap();
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        for pointer in [
            "/shortDescription/text",
            "/fullDescription/text",
            "/help/text",
            "/help/markdown",
        ] {
            assert!(!text(rule, pointer).is_empty(), "{pointer} of {rule:#}");
        }
        assert!(text(rule, "/fullDescription/text").chars().count() <= 1024);
        assert!(["error", "warning", "note"].contains(&text(rule, "/defaultConfiguration/level")));
        let properties = &rule["properties"];
        let is_security = properties["tags"]
            .as_array()
            .unwrap()
            .contains(&"security".into());
        match properties["security-severity"].as_str() {
            Some(score) => {
                let score: f64 = score.parse().unwrap();
                assert!(is_security && score > 0.0 && score <= 10.0, "{rule:#}");
            }
            None => assert!(
                !is_security && properties["problem.severity"].is_string(),
                "{rule:#}"
            ),
        }
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 20 && results.len() < 25_000);
    let mut prints: Vec<&str> = Vec::new();
    let (mut flows, mut links) = (0, 0);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        let place = &result["locations"][0]["physicalLocation"];
        let region = &place["region"];
        assert_eq!(region["startLine"], region["endLine"], "{result:#}");
        assert!(region["startColumn"].as_u64().unwrap() >= 1 && region["endColumn"].is_u64());
        let uri = text(place, "/artifactLocation/uri");
        assert!(
            !uri.starts_with('/') && !uri.starts_with("./") && !uri.contains('\\'),
            "{uri}"
        );
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        prints.push(text(result, "/partialFingerprints/primaryLocationLineHash"));
        let message = text(result, "/message/text");
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            assert!(
                message.contains(&format!("]({})", related["id"])),
                "{result:#}"
            );
            links += 1;
        }
        for step in result
            .pointer("/codeFlows/0/threadFlows/0/locations")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            assert!(step["location"]["physicalLocation"]["region"]["startLine"].is_u64());
            assert!(!text(step, "/location/message/text").is_empty());
            flows += 1;
        }
        assert!(result.get("suppressions").is_none());
    }
    assert!(flows > 1 && links > 10, "{flows} steps, {links} links");
    let all = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), all);
}

/// GitLab ("Code Quality report format"): a list of objects with these keys, a fingerprint of its own each, paths without
/// `./`, one of five severities.
#[test]
fn gitlab_gets_what_it_shows() {
    let sources = scenarios();
    let issues: Value = serde_json::from_str(&written(&report(&sources), Format::Gitlab)).unwrap();
    let mut prints: Vec<&str> = Vec::new();
    for issue in issues.as_array().unwrap() {
        assert!(!text(issue, "/description").is_empty() && !text(issue, "/check_name").is_empty());
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&text(issue, "/severity")));
        assert!(!text(issue, "/location/path").starts_with(['.', '/']));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        prints.push(text(issue, "/fingerprint"));
    }
    let all = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert!(all > 20 && prints.len() == all);
}

/// reviewdog (`proto/rdf/reviewdog.proto`): lines and columns from 1, columns in bytes, ends exclusive, so that they cut the
/// line where a finding stands; one of three severities; a suggestion is for the file of its diagnostic.
#[test]
fn reviewdog_cuts_where_a_finding_stands() {
    let sources = scenarios();
    let report = report(&sources);
    let document: Value = serde_json::from_str(&written(&report, Format::Rdjson)).unwrap();
    let diagnostics = document["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), report.findings.len());
    let mut suggestions = 0;
    for (diagnostic, reported) in diagnostics.iter().zip(&report.findings) {
        let at = reported.finding.at;
        let source = sources.get(at.source);
        assert_eq!(text(diagnostic, "/location/path"), source.name);
        assert!(["ERROR", "WARNING", "INFO"].contains(&text(diagnostic, "/severity")));
        assert_eq!(text(diagnostic, "/code/value"), reported.finding.rule);
        let range = &diagnostic["location"]["range"];
        let number =
            |pointer: &str| range.pointer(pointer).and_then(Value::as_u64).unwrap() as usize;
        let lines: Vec<&str> = source
            .text()
            .map_or(Vec::new(), |text| text.split('\n').collect());
        if number("/start/line") == number("/end/line") && !lines.is_empty() {
            let line = lines[number("/start/line") - 1];
            let cut = &line[number("/start/column") - 1..number("/end/column") - 1];
            assert_eq!(cut, sources.slice(at));
        }
        for suggestion in diagnostic["suggestions"].as_array().into_iter().flatten() {
            assert!(
                suggestion["text"].is_string() && suggestion["range"]["end"]["column"].is_u64()
            );
            suggestions += 1;
        }
    }
    assert!(suggestions > 1);
}

/// JUnit as Jenkins and GitLab read it: counts that are those of the elements, a class and a file of each test. Checkstyle:
/// one of its severities, lines from 1. GitHub's commands: one a line, with a place.
#[test]
fn other_servers_get_what_they_count() {
    let sources = scenarios();
    let report = report(&sources);
    let junit = written(&report, Format::Junit);
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let count = |node: roxmltree::Node<'_, '_>, name: &str| {
        let all = node.descendants().filter(|node| node.has_tag_name(name));
        all.count().to_string()
    };
    let suites = junit
        .descendants()
        .filter(|node| node.has_tag_name("testsuite"));
    for node in suites.chain([junit.root_element()]) {
        assert_eq!(node.attribute("tests"), Some(&count(node, "testcase")[..]));
        assert_eq!(
            node.attribute("failures"),
            Some(&count(node, "failure")[..])
        );
        assert_eq!(node.attribute("skipped"), Some(&count(node, "skipped")[..]));
    }
    let mut cases = junit
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    assert!(cases.all(|case| {
        ["name", "classname", "file"]
            .iter()
            .all(|key| case.has_attribute(*key))
    }));
    let checkstyle = written(&report, Format::Checkstyle);
    let checkstyle = roxmltree::Document::parse(&checkstyle).unwrap();
    let errors = checkstyle
        .descendants()
        .filter(|node| node.has_tag_name("error"));
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), report.findings.len());
    for error in errors {
        assert!(["error", "warning", "info"].contains(&error.attribute("severity").unwrap()));
        assert!(error.attribute("line").unwrap().parse::<u32>().unwrap() >= 1);
        assert!(error.has_attribute("message") && error.has_attribute("source"));
    }
    let github = written(&report, Format::Github);
    assert_eq!(github.lines().count(), report.findings.len());
    for line in github.lines() {
        let (command, message) = line.split_at(line[2..].find("::").unwrap() + 2);
        let known = ["::error ", "::warning ", "::notice "];
        assert!(
            known.iter().any(|known| command.starts_with(known)),
            "{line}"
        );
        assert!(command.contains(",file=") && command.contains(",line=") && message.len() > 4);
    }
}
