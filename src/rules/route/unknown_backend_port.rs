use crate::attach::route::BackendOutcome;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-backend-port",
    severity: Severity::Error,
    page: page!("route/unknown-backend-port"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (_, reference, outcome) in world.attachment.sent_to(world.model) {
        let BackendOutcome::NoPort { service } = *outcome else {
            continue;
        };
        let Some(port) = &reference.port else {
            continue;
        };
        let service = &world.model.services[service];
        let ports: Vec<String> = service
            .ports
            .iter()
            .filter_map(|entry| Some(entry.port.as_ref()?.to_string()))
            .collect();
        // A Service that only names a host (`ExternalName`) may leave its ports out.
        if ports.is_empty() {
            continue;
        }
        let finding = findings.at(
            port.span,
            format!("the Service `{}` has no port {port}", service.object.name()),
        );
        finding
            .also(service.object.name_span(), "this Service")
            .help(format!("it has {}", ports.join(", ")));
        if let [only] = ports.as_slice() {
            finding.fix(Fix::replace(port.span, only));
        }
    }
}
