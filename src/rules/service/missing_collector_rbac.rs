use crate::finding::Findings;
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
    for shortage in &world.graph.shortages {
        let resources: Vec<String> = shortage
            .missing
            .iter()
            .map(|(resource, verbs)| match verbs.len() {
                3 => format!("`{resource}`"),
                _ => format!("`{resource}` ({} is missing)", verbs.join(", ")),
            })
            .collect();
        let message = format!(
            "the service account `{}` may not read {}, which `{}` needs",
            shortage.account,
            resources.join(" and "),
            shortage.component
        );
        if let Some(homeless) = shortage.homeless.first() {
            findings
                .at(
                    *homeless,
                    "this subject has no `namespace`, so the binding binds nobody",
                )
                .also(
                    shortage.at,
                    format!("`{}` runs as that service account", shortage.component),
                )
                .help("write the namespace of the service account");
        }
        if shortage.rules.is_none() && !shortage.homeless.is_empty() {
            continue;
        }
        findings
            .at(shortage.rules.unwrap_or(shortage.at), message)
            .also(shortage.at, "it is used here")
            .help("allow `get`, `list` and `watch` for each of them");
    }
}
