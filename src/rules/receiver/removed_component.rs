use super::standings;
use crate::finding::Findings;
use crate::model::collector::component::Standing;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "removed-component",
    severity: Severity::Error,
    page: page!("receiver/removed-component"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for one in standings(world) {
        let Standing::Removed { by, replacement } = one.standing else {
            continue;
        };
        if one.is_foreign() {
            continue;
        }
        let (role, id) = (one.role, one.id);
        let finding = findings.at(
            id.span,
            format!("the {role} `{}` was removed, it is gone in 0.{by}", id.kind),
        );
        finding.also.extend(
            one.image
                .map(|image| (image, "the image that runs it".to_owned())),
        );
        if !replacement.is_empty() {
            finding.help(format!("`{replacement}` takes its place"));
        }
        if one.build.minor.is_none() {
            finding.help(
                "the version of the Collector is not known here: `assume: {collector: …}` says it",
            );
            finding.severity(Severity::Warning);
        }
    }
}
