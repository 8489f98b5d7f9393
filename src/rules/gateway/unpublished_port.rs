use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unpublished-port",
    severity: Severity::Warning,
    page: page!("gateway/unpublished-port"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (gateway, facts) in world.model.gateways.iter().zip(&world.attachment.gateways) {
        if !facts.profile.adopts_service {
            continue;
        }
        let mut services = gateway.requested.iter().filter_map(|address| {
            let value = address.value.as_ref()?;
            let kind = address.kind.as_ref()?;
            let mut labels = value.split('.');
            let name = labels.next().filter(|_| kind.value == "Hostname")?;
            let namespace = labels.next().unwrap_or(gateway.object.namespace());
            world
                .model
                .services
                .nearest(namespace, name, &gateway.object)
        });
        let Some(service) = services.next().filter(|_| services.next().is_none()) else {
            continue;
        };
        for listener in &gateway.listeners {
            let Some(port) = &listener.port else { continue };
            let mut published = service.ports.iter();
            if published.any(|own| own.port.as_ref() == Some(port)) {
                continue;
            }
            let message = format!(
                "the Service of this Gateway has no port {port}: nobody reaches this listener"
            );
            findings
                .at(port.span, message)
                .also(
                    service.object.name_span(),
                    "the Gateway's address names this Service",
                )
                .help("add the port to the Service");
        }
    }
}
