use crate::finding::Findings;
use crate::graph::proxy::installation;
use crate::model::workload::container::EnvironmentValue;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::settings::Version;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "obsolete-alpha-flag",
    severity: Severity::Note,
    page: page!("mesh/obsolete-alpha-flag"),
    check,
};

const FLAG: &str = "PILOT_ENABLE_ALPHA_GATEWAY_API";

/// Since when nothing of the standard channel asks for the flag: TLS listeners are free of it since 1.30, TCP since 1.31.
const FREE_SINCE: Version = Version::new(1, 31);

fn check(world: &World<'_>, findings: &mut Findings) {
    let told = installation::oldest(world.model);
    let version = world.settings.assume.istio.or(told);
    if version.is_some_and(|version| version < FREE_SINCE) {
        return;
    }
    for at in places(world) {
        findings
            .at(
                at,
                format!("since Istio 1.31 nothing that telemetry needs asks for `{FLAG}`"),
            )
            .help("take it away: it only adds kinds that are still experiments");
    }
}

/// Where the flag is set: in values, or for a container of the control plane.
fn places(world: &World<'_>) -> Vec<Span> {
    let variables = world.model.pilot_variables.iter();
    let set = variables.filter(|variable| variable.name.value == FLAG && variable.value == "true");
    let mut places: Vec<Span> = set.map(|variable| variable.name.span).collect();
    for workload in &world.model.workloads {
        let variables = workload
            .pod
            .containers
            .iter()
            .flat_map(|container| &container.env);
        let set = variables.filter(|variable| {
            let is_on = matches!(&variable.value, EnvironmentValue::Literal(value) if value.value == "true");
            variable.name.value == FLAG && is_on
        });
        places.extend(set.map(|variable| variable.name.span));
    }
    places
}
