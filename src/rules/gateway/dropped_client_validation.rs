use crate::attach::listener::Clients;
use crate::attach::listener::ListenerFacts;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "dropped-client-validation",
    severity: Severity::Error,
    page: page!("gateway/dropped-client-validation"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let gateways = world.model.gateways.iter().zip(&world.attachment.gateways);
    for (at, (gateway, facts)) in gateways.enumerate() {
        let Some(frontend) = &gateway.frontend else {
            continue;
        };
        let Some(default) = &frontend.default else {
            continue;
        };
        let is_obeyed = facts.profile.obeys_frontend(&world.settings.assume) != Some(false);
        if facts.profile.per_port_falls_back || !is_obeyed {
            continue;
        }
        for entry in &frontend.per_port {
            let Some(port) = entry.port.as_ref().filter(|_| entry.validation.is_none()) else {
                continue;
            };
            let listeners = &world.attachment.listeners[facts.served.clone()];
            let mut open = listeners.iter().filter(|listener| {
                let written = listener.written(world.model);
                written.port.as_ref() == Some(port) && is_open(listener, world)
            });
            let Some(first) = open.next() else { continue };
            let what = match facts.profile.is_known() {
                true => "its entry replaces the default, and verifies nobody",
                false => {
                    "with most implementations its entry replaces the default, and verifies nobody"
                }
            };
            let finding = findings.at(
                port.span,
                format!("anyone may connect to port {port}: {what}"),
            );
            if !facts.profile.is_known() {
                finding.severity(Severity::Warning);
            }
            finding.also(default.span, "this holds for every other port");
            for listener in [first].into_iter().chain(open) {
                let written = listener.written(world.model);
                finding.also(written.name_span(), "this listener is open");
            }
            world.show_class(finding, at);
            finding
                .help("repeat the validation in `perPort[].tls.validation`, or take the entry out");
        }
    }
}

/// Whether nothing else asks clients for certificates at an HTTPS listener.
fn is_open(listener: &ListenerFacts, world: &World<'_>) -> bool {
    let is_https = listener.written(world.model).protocol() == "HTTPS";
    is_https && matches!(listener.clients, Clients::Anyone | Clients::Unheeded { .. })
}
