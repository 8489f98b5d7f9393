use crate::attach::route::BackendOutcome;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "portless-backend",
    severity: Severity::Error,
    page: page!("route/portless-backend"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (_, reference, outcome) in world.attachment.sent_to(world.model) {
        let BackendOutcome::Portless { service } = *outcome else {
            continue;
        };
        let finding = findings.at(
            reference.name_span(),
            "this reference to a Service names no port",
        );
        finding.help("add `port`, that of the Service");
        let ports = &world.model.services[service].ports;
        if let [only] = ports.as_slice()
            && let Some(port) = &only.port
        {
            let edit = addition::key(world.sources, reference.span, "port", &port.to_string());
            finding.fix =
                edit.map(|edit| Fix::one("add the Service's only port", Safety::Safe, edit));
        }
    }
}
