//! Nothing is forgotten: every rule has its file, its page, its place in the lists, and speaks in the same manner.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::rules::GROUPS;
use otel_lint::rules::all;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the files in `folder` with that ending, without it.
fn stems(folder: &Path, ending: &str) -> BTreeSet<String> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect()
}

#[test]
fn every_rule_has_one_file_and_one_page() {
    let mut names = BTreeSet::new();
    for group in GROUPS {
        let listed: BTreeSet<String> = group
            .rules
            .iter()
            .map(|rule| rule.name.to_owned())
            .collect();
        let files: BTreeSet<String> = stems(&root().join("src/rules").join(group.name), ".rs")
            .into_iter()
            .map(|name| name.replace('_', "-"))
            .collect();
        assert_eq!(files, listed, "files of the group {}", group.name);
        assert_eq!(
            stems(&root().join("rules").join(group.name), ".md"),
            listed,
            "pages of the group {}",
            group.name
        );
        for name in listed {
            assert!(names.insert(name.clone()), "{name} stands in two groups");
        }
    }
    assert!(!names.is_empty());
}

#[test]
fn every_page_has_the_same_form() {
    for group in GROUPS {
        for rule in group.rules {
            let page = rule.page;
            assert!(
                page.starts_with(&format!("# {}\n", rule.name)),
                "{}: title",
                rule.name
            );
            let summary = rule.summary();
            assert!(
                summary.ends_with('.') && summary.len() > 20,
                "{}: summary `{summary}`",
                rule.name
            );
            let security = rule.security().map(|score| format!("security {score} · "));
            let head = format!(
                "\n`{}` · {}since ",
                rule.severity,
                security.as_deref().unwrap_or_default()
            );
            assert!(
                page.contains(&head),
                "{}: its page does not say {head}",
                rule.name
            );
            if let Some(score) = rule.security() {
                let score: f32 = score.parse().unwrap();
                assert!(score > 0.0 && score <= 10.0, "{}", rule.name);
            }
            let mut from = 0;
            for section in ["## Why", "## Wrong", "## Right", "## Limits", "## Sources"] {
                let at = page[from..].find(section);
                assert!(
                    at.is_some(),
                    "{}: section {section} is missing or out of order",
                    rule.name
                );
                from += at.unwrap();
            }
            assert!(page.contains("```report\n"), "{}: no report", rule.name);
        }
    }
}

#[test]
fn messages_speak_in_one_manner() {
    for rule in all() {
        let reports = rule
            .page
            .split("```report\n")
            .skip(1)
            .map(|rest| rest.split("```").next().unwrap());
        for line in reports.flat_map(str::lines) {
            let head = ["error[", "warning[", "note["]
                .iter()
                .find_map(|word| line.strip_prefix(word));
            let message = head
                .and_then(|rest| rest.split_once("]: "))
                .map(|(_, message)| message);
            let help = line.trim_start().strip_prefix("= help: ");
            for text in [message, help].into_iter().flatten() {
                assert!(!text.ends_with('.'), "{}: full stop in `{text}`", rule.name);
                let first = text.chars().next().unwrap();
                let is_name = text
                    .split(' ')
                    .next()
                    .unwrap()
                    .chars()
                    .skip(1)
                    .any(char::is_uppercase)
                    || [
                        "Istio",
                        "Envoy",
                        "Gateway",
                        "Cilium",
                        "Traefik",
                        "Contour",
                        "Kong",
                        "Secret",
                        "Service",
                        "Gateways",
                        "Namespace",
                        "Kubernetes",
                        "Prometheus",
                    ]
                    .iter()
                    .any(|name| text.starts_with(name));
                assert!(
                    !first.is_uppercase() || is_name,
                    "{}: capital in `{text}`",
                    rule.name
                );
            }
        }
    }
}

/// The table of all rules, as it stands in `rules/README.md`.
fn table() -> String {
    let mut table = String::new();
    for group in GROUPS.iter().filter(|group| !group.rules.is_empty()) {
        table += &format!(
            "\n## {}: {}\n\n| rule | severity | |\n|---|---|---|\n",
            group.name, group.title
        );
        for rule in group.rules {
            table += &format!(
                "| [{0}]({1}/{0}.md) | {2} | {3} |\n",
                rule.name,
                group.name,
                rule.severity,
                rule.summary()
            );
        }
    }
    table
}

#[test]
fn the_list_of_rules_is_complete() {
    let path = root().join("rules/README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, _) = text
        .split_once("<!-- derived -->\n")
        .expect("rules/README.md has a mark `<!-- derived -->`");
    let wanted = format!("{head}<!-- derived -->\n{}", table());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, wanted).unwrap();
    } else {
        assert!(
            text == wanted,
            "rules/README.md is out of date: BLESS=1 cargo test --test catalogue"
        );
    }
}
