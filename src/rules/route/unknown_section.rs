use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::model::gateway::Listener;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-section",
    severity: Severity::Error,
    page: page!("route/unknown-section"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for parent in &world.attachment.parents {
        let ParentOutcome::NoListener { gateway } = parent.outcome else {
            continue;
        };
        let route = &world.model.routes[parent.route];
        let reference = &route.parents[parent.parent];
        let gateway = &world.model.gateways[gateway];
        let (at, message) = match (&reference.section, &reference.port) {
            (Some(section), None) => (
                section.span,
                format!("the Gateway has no listener `{section}`"),
            ),
            (None, Some(port)) => (
                port.span,
                format!("the Gateway has no listener on port {port}"),
            ),
            (Some(section), Some(port)) => (
                section.span,
                format!("the Gateway has no listener `{section}` on port {port}"),
            ),
            (None, None) => (
                reference.name_span(),
                "the Gateway has no listener".to_owned(),
            ),
        };
        let listeners = gateway
            .listeners
            .iter()
            .map(|listener| format!("`{}`", listener.name()));
        let finding = findings.at(at, message);
        if let (Some(section), None) = (&reference.section, &reference.port) {
            let names = gateway.listeners.iter().map(Listener::name);
            if let Some(near) = names
                .filter(|name| strsim::osa_distance(name, section) <= 2)
                .min_by_key(|name| strsim::osa_distance(name, section))
            {
                finding.fix(Fix::replace(section.span, near));
            }
        }
        finding
            .also(gateway.object.name_span(), "the Gateway that is named")
            .also(route.object.name_span(), "this route gets no traffic")
            .help(format!(
                "it has {}",
                listeners.collect::<Vec<_>>().join(", ")
            ));
    }
}
