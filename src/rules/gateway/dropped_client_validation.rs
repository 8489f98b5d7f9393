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
    for (gateway, facts) in world.model.gateways.iter().zip(&world.attachment.gateways) {
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
            let mut listeners = gateway.listeners.iter();
            let listener = listeners.find(|listener| {
                listener.protocol() == "HTTPS" && listener.port.as_ref() == Some(port)
            });
            let Some(listener) = listener else { continue };
            findings
                .at(
                    port.span,
                    format!("anyone may connect to port {port}: its entry replaces the default, and verifies nobody"),
                )
                .also(default.span, "this holds for every other port")
                .also(listener.name_span(), "this listener is open")
                .help("repeat the validation in `perPort[].tls.validation`, or take the entry out");
        }
    }
}
