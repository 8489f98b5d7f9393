use crate::attach::Absent;
use crate::attach::listener::Clients;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-gateway-class",
    severity: Severity::Error,
    page: page!("gateway/unknown-gateway-class"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (gateway, facts) in world.model.gateways.iter().zip(&world.attachment.gateways) {
        let Some(class) = &gateway.class else {
            continue;
        };
        // Classes have no namespace, so all of them are filed under the default one.
        let near = world.model.gateway_classes.similar("default", class);
        let listeners = &world.attachment.listeners[facts.served.clone()];
        let is_open = listeners
            .iter()
            .any(|listener| matches!(listener.clients, Clients::Unknown { .. }));
        match (
            &facts.controller,
            Absent::of("GatewayClass", "", world.settings),
        ) {
            (None, Absent::Missing) => {
                let message =
                    format!("there is no GatewayClass `{class}`: nobody serves this Gateway");
                let finding = findings.at(class.span, message);
                if let Some(near) = near {
                    finding.meant(near.object.name());
                }
            }
            (None, Absent::Outside) if near.is_some() => {
                let message =
                    format!("no GatewayClass `{class}` was given, but one of nearly that name");
                let finding = findings.at(class.span, message);
                finding.severity(Severity::Warning);
                if let Some(near) = near {
                    finding.also(near.object.name_span(), "this one was");
                    finding.meant(near.object.name());
                }
            }
            (None, Absent::Outside) if is_open => {
                let message = format!(
                    "nothing says who serves the class `{class}`, so whether clients are verified is not known"
                );
                findings
                    .at(class.span, message)
                    .severity(Severity::Note)
                    .help(format!(
                        "give the GatewayClass, or name its controller: `--assume class.{class}=CONTROLLER`"
                    ));
            }
            (Some(controller), _) if is_open && !facts.profile.is_known() => {
                let message = format!(
                    "the controller `{controller}` is not known here, so whether clients are verified is not known"
                );
                let finding = findings.at(class.span, message);
                finding.severity(Severity::Note);
                finding.help("look up in its documentation which fields and options it obeys");
            }
            _ => {}
        }
    }
}
