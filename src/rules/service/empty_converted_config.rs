use crate::finding::Findings;
use crate::model::operator::ConfigState;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "empty-converted-config",
    severity: Severity::Error,
    page: page!("service/empty-converted-config"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for resource in &world.model.operated {
        let Some((key, ConfigState::Lost(at, why))) = &resource.config else {
            continue;
        };
        findings
            .at(*at, format!("this configuration does not parse, so the operator runs an empty one: {why}"))
            .also(*key, "it is stored as nothing, and nobody is told")
            .help("mend the YAML, or write it as a mapping under `apiVersion: opentelemetry.io/v1beta1`");
    }
}
