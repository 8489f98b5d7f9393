use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "namespace-not-allowed",
    severity: Severity::Error,
    page: page!("route/namespace-not-allowed"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for parent in &world.attachment.parents {
        let ParentOutcome::NamespaceRefused { listener } = parent.outcome else {
            continue;
        };
        let route = &world.model.routes[parent.route];
        let reference = &route.parents[parent.parent];
        let written = world.attachment.listeners[listener].written(world.model);
        let from = &written.allowed.namespaces.from;
        let why = match from.as_ref().map_or("Same", |from| from.as_str()) {
            "Selector" => "this listener takes routes from selected namespaces only",
            _ => "this listener takes routes from its own namespace only",
        };
        findings
            .at(
                reference.name_span(),
                format!(
                    "the listener `{}` takes no routes from the namespace `{}`",
                    written.name(),
                    route.object.namespace()
                ),
            )
            .also(
                from.as_ref().map_or(written.name_span(), |from| from.span),
                why,
            )
            .help("set `allowedRoutes.namespaces` on the listener, or move the route");
    }
}
