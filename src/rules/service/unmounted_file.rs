use crate::finding::Findings;
use crate::finding::Fix;
use crate::graph::wiring::Found;
use crate::graph::wiring::OpenedFile;
use crate::graph::wiring::Role;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unmounted-file",
    severity: Severity::Error,
    page: page!("service/unmounted-file"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for file in &world.graph.wiring.files {
        let Role::Setting(key) = &file.role else {
            continue;
        };
        let workload = &world.model.workloads[file.workload];
        judge(file, key, &workload.object.title(), findings);
    }
}

fn judge(file: &OpenedFile, setting: &str, title: &str, findings: &mut Findings) {
    let path = &file.path;
    match &file.found {
        Found::NoKey { .. } => lacks_key(file, setting, findings),
        Found::LeftOut { mount, volume } => {
            findings
                .at(
                    file.said,
                    format!("the volume behind `{setting}` puts nothing at `{path}`"),
                )
                .also(*mount, "it is mounted here")
                .also(*volume, "this is all that it holds")
                .help("let an entry of `items` have that path, or name the path that there is");
        }
        Found::NoVolume { mount, near } => {
            let finding = findings
                .at(
                    file.said,
                    format!("nothing is mounted where `{setting}` looks: `{path}`"),
                )
                .also(*mount, "the Pod has no volume of this name");
            match near {
                Some(near) => {
                    finding.fix = Some(Fix::replace(*mount, near));
                    finding.help(format!("did you mean the volume `{near}`?"))
                }
                None => finding.help("add the volume"),
            };
        }
        Found::Folder { mount } => {
            findings
                .at(file.said, format!("`{setting}` names a folder: `{path}`"))
                .also(*mount, "it is mounted here")
                .help("add the name of the key to the path");
        }
        Found::Unmounted(_) => {
            findings
                .at(
                    file.said,
                    format!("nothing in {title} is mounted where `{setting}` looks: `{path}`"),
                )
                .help("mount the Secret or ConfigMap that holds it there");
        }
        _ => {}
    }
}

/// What is mounted there has no such key.
fn lacks_key(file: &OpenedFile, setting: &str, findings: &mut Findings) {
    let Found::NoKey {
        store,
        object,
        at,
        key,
        asked,
        has,
    } = &file.found
    else {
        return;
    };
    let keys: Vec<String> = has.iter().map(|key| format!("`{key}`")).collect();
    let has = if keys.is_empty() {
        "no keys".to_owned()
    } else {
        keys.join(", ")
    };
    let kind = store.kind();
    findings
        .at(
            file.said,
            format!("`{setting}` names a key that the {kind} `{object}` does not have: `{key}`"),
        )
        .also(*asked, "it is mounted here")
        .also(*at, format!("it has {has}"))
        .help("name a key that it has, or add this one");
}
