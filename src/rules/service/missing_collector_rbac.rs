use std::collections::BTreeMap;

use crate::finding::Findings;
use crate::model::collector::permission::Asker;
use crate::model::collector::permission::Permission;
use crate::model::rbac::grant::Grants;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-collector-rbac",
    severity: Severity::Error,
    page: page!("service/missing-collector-rbac"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    subjects(world, findings);
    for run in &world.model.runs {
        let Some(workload) = run.workload(world.model) else {
            continue;
        };
        if workload.has_made_account() {
            continue;
        }
        let account = workload.pod.service_account.as_ref();
        let account = account.map_or("default", |account| account.as_str());
        let Some(grants) = Grants::of(world.model, workload.object.namespace(), account) else {
            continue;
        };
        for asker in run.collector.askers() {
            for is_certain in [true, false] {
                let missing: Vec<&Permission> = asker
                    .needs
                    .iter()
                    .filter(|need| need.is_certain == is_certain && !grants.allow(need))
                    .collect();
                if !missing.is_empty() {
                    say(&asker, &missing, &grants, findings);
                }
            }
        }
    }
}

fn say(asker: &Asker<'_>, missing: &[&Permission], grants: &Grants<'_>, findings: &mut Findings) {
    let mut done: BTreeMap<&str, Vec<&Permission>> = BTreeMap::new();
    let mut wanted: Vec<Vec<&Permission>> = Vec::new();
    for need in missing {
        let verb = need.verbs.last().copied().unwrap_or("get");
        done.entry(verb).or_default().push(need);
        let like = |own: &&mut Vec<&Permission>| {
            own.first()
                .is_some_and(|own| own.verbs == need.verbs && own.reason == need.reason)
        };
        match wanted.iter_mut().find(like) {
            Some(own) => own.push(need),
            None => wanted.push(vec![need]),
        }
    }
    let done = done
        .iter()
        .map(|(verb, needs)| format!("{verb} {}", objects(needs)));
    let done: Vec<String> = done.collect();
    let message = format!("`{}` may not {}", asker.id.value, done.join(", nor "));
    let finding = findings.at(asker.id.span, message);
    for (place, namespace) in grants.places() {
        match namespace {
            Some(namespace) => finding.also(
                place,
                format!("what its service account may do in `{namespace}` only"),
            ),
            None => finding.also(place, "what its service account may do"),
        };
    }
    for needs in &wanted {
        let lacking = |need: &&&Permission| !grants.allow_somewhere(need);
        let needs: Vec<&Permission> = needs.iter().filter(lacking).copied().collect();
        let Some(first) = needs.first() else { continue };
        let verbs: Vec<String> = first.verbs.iter().map(|verb| format!("`{verb}`")).collect();
        let (verbs, objects) = (listed(&verbs), objects(&needs));
        finding.help(format!("add {verbs} on {objects}: {}", first.reason));
    }
    if missing.iter().any(|need| grants.allow_somewhere(need)) {
        finding.help(
            "it asks in other namespaces, too, or in all of them: bind a ClusterRole by a ClusterRoleBinding, or tell it \
             the namespace",
        );
    }
    if missing.iter().all(|need| !need.is_certain) {
        finding.severity(Severity::Warning);
    }
}

/// Resources by their groups: `pods`, `jobs` and `cronjobs` of `batch`.
fn objects(needs: &[&Permission]) -> String {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for need in needs {
        let resource = format!("`{}`", need.resource);
        match groups.iter_mut().find(|(group, _)| *group == need.group) {
            Some((_, resources)) => resources.push(resource),
            None => groups.push((&need.group, vec![resource])),
        }
    }
    let words = groups.iter().map(|(group, resources)| match *group {
        "" => listed(resources),
        group => format!("{} of `{group}`", listed(resources)),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `a`, `b` and `c`
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A ClusterRoleBinding to a service account without a namespace binds nobody.
fn subjects(world: &World<'_>, findings: &mut Findings) {
    for binding in world
        .model
        .role_bindings
        .iter()
        .filter(|binding| binding.is_cluster())
    {
        let file = world.model.name(binding.object.source);
        if world.model.completed.placed.contains(file) {
            continue;
        }
        for subject in &binding.subjects {
            if subject.kind.value != "ServiceAccount" || subject.namespace.is_some() {
                continue;
            }
            findings
                .at(
                    subject.name.span,
                    format!(
                        "the service account `{}` is named without its namespace",
                        subject.name.value
                    ),
                )
                .help("add `namespace`: the API server refuses the binding without it");
        }
    }
}
