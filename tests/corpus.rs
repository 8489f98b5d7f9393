//! Published configurations, of which it is known whether the Collector takes them. They are not part of the
//! repository: without the folder beside it this test says that it is skipped.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use otel_lint::model::Model;
use otel_lint::model::collector::Build;
use otel_lint::model::collector::fault::FaultKind;
use otel_lint::problem::ProblemKind;
use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::OffsetDateTime;

/// The files that are not judged as the index says, with the reason: their `valid` ones are published and were never
/// run, so that the Collector refuses them too; the fault of the `invalid` one does not stand in the file.
const EXCEPTIONS: [(&str, &str, &str); 3] = [
    (
        "valid",
        "custom-environment-variables/rendered/opentelemetry-collector/configmap-agent.yaml",
        "a rendered example whose pipeline names a processor `spanmetrics` that nothing defines",
    ),
    (
        "valid",
        "e2e-prometheuscr/create-sm-prometheus-exporters/05-install.yaml",
        "an exporter stands beside the section `exporters` instead of in it, and is pruned",
    ),
    (
        "invalid",
        "config/configoptional/testdata/validate_invalid.yaml",
        "the struct that refuses it exists in a Go test alone, and no component has it",
    ),
];

/// Why `file` is not judged as the index says.
fn exception(role: &str, file: &str) -> Option<&'static str> {
    let mut all = EXCEPTIONS.iter();
    all.find(|(of, name, _)| *of == role && file.ends_with(name))
        .map(|(_, _, reason)| *reason)
}

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
        let minor = collector.build(Build::default()).minor;
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
    let (mut valid, mut invalid, mut excepted, mut wrong) = (0, 0, 0, Vec::new());
    for line in index.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row");
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let (file, role, why) = (field("file"), field("role"), field("why"));
        if role != "valid" && (role != "invalid" || field("kind") != "collector-config") {
            continue;
        }
        let found = refused(&folder.join(&file));
        if let Some(reason) = exception(&role, &file) {
            excepted += 1;
            println!("excepted: {file}: {reason}");
            // An exception that the tool has outgrown is to be taken off the list.
            if found.is_empty() == (role == "valid") {
                wrong.push(format!(
                    "{file}: judged as the index says, and still excepted"
                ));
            }
        } else if role == "valid" {
            valid += 1;
            wrong.extend(found.iter().map(|found| format!("{file}: {found}")));
        } else {
            invalid += 1;
            println!("{file} {found:#?}\n    {why}");
            if found.is_empty() {
                wrong.push(format!("{file}: nothing is found, though {why}"));
            }
        }
    }
    println!("{valid} valid and {invalid} invalid files, {excepted} excepted");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
