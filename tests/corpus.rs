//! Published configurations, of which it is known whether the Collector takes them. They are not part of the
//! repository: without the folder beside it this test says that it is skipped.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::model::Model;
use otel_lint::model::collector::fault::FaultKind;
use otel_lint::problem::ProblemKind;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::OffsetDateTime;

/// Files whose fault nothing in the file itself shows: components and structs that exist only in tests.
const NOT_SEEN: [&str; 1] = ["config/configoptional/testdata/validate_invalid.yaml"];

/// Files that are published and were never run: the Collector refuses them too.
const REFUSED: [(&str, &str); 2] = [
    (
        "custom-environment-variables/rendered/opentelemetry-collector/configmap-agent.yaml",
        "a rendered example whose pipeline names a processor `spanmetrics` that nothing defines",
    ),
    (
        "e2e-prometheuscr/create-sm-prometheus-exporters/05-install.yaml",
        "an exporter stands beside the section `exporters` instead of in it, and is pruned",
    ),
];

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if folder.join("index.jsonl").exists() {
        return Some(folder);
    }
    eprintln!("skipped: no corpus beside the repository");
    None
}

/// What is refused in the file, in the Collector's words or in ours.
fn refused(path: &Path) -> Vec<String> {
    let Ok(bytes) = fs::read(path) else {
        return vec!["cannot be read".to_owned()];
    };
    let mut sources = Sources::new();
    sources.add(Source::new(path.display().to_string(), bytes));
    let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    let faults = model.collectors.iter().flat_map(|collector| {
        let minor = collector.build(None).minor;
        // A signal that a component does not take is a warning: tests of the operator do it and never look.
        let faults = collector
            .faults
            .iter()
            .filter(|fault| fault.kind != FaultKind::Signal);
        faults.filter(move |fault| fault.applies(minor))
    });
    let faults = faults.map(|fault| (fault.span, format!("{} ({})", fault.message, fault.said)));
    let problems = model
        .problems_of(ProblemKind::UnreadableDocument)
        .map(|problem| (problem.span, problem.message.clone()));
    faults
        .chain(problems)
        .map(|(span, message)| format!("{}: {message}", sources.start(span).line))
        .collect()
}

#[test]
fn published_configurations_are_judged_as_the_collector_does() {
    let Some(folder) = corpus() else { return };
    let index = fs::read_to_string(folder.join("index.jsonl")).expect("an index");
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for line in index.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row");
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let found = refused(&folder.join(field("file")));
        match field("role").as_str() {
            "valid"
                if !REFUSED
                    .iter()
                    .any(|(name, _)| field("file").ends_with(name)) =>
            {
                valid += 1;
                wrong.extend(
                    found
                        .iter()
                        .map(|found| format!("{}: {found}", field("file"))),
                );
            }
            "invalid" if field("kind") == "collector-config" => {
                invalid += 1;
                println!("{} {found:#?}\n    {}", field("file"), field("why"));
                if found.is_empty() && !NOT_SEEN.iter().any(|name| field("file").ends_with(name)) {
                    wrong.push(format!(
                        "{}: nothing is found, though {}",
                        field("file"),
                        field("why")
                    ));
                }
            }
            _ => {}
        }
    }
    println!("{valid} valid and {invalid} invalid files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
