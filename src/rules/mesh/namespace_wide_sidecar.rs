use crate::finding::Findings;
use crate::graph::proxy::legacy;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "namespace-wide-sidecar",
    severity: Severity::Warning,
    page: page!("mesh/namespace-wide-sidecar"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for entry in legacy::sidecar_ports(world.model) {
        let sidecar = &world.model.sidecars[entry.sidecar];
        if sidecar.selector.is_empty() {
            findings
                .at(
                    sidecar.object.name_span(),
                    format!("this Sidecar is for every workload of namespace `{}`, and takes their own ports from them", sidecar.object.namespace()),
                )
                .also(entry.port.span, "a list of ports replaces those of the Services")
                .help("give it `workloadSelector.labels`, one Sidecar for each workload that is scraped");
        }
    }
}
