use crate::attach::Standing;
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
    refused_routes(world, findings);
    refused_sets(world, findings);
}

fn refused_routes(world: &World<'_>, findings: &mut Findings) {
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
        let own = route.object.namespace();
        let home = world.attachment.listeners[listener]
            .owner(world.model)
            .namespace();
        let finding = findings.at(
            reference.name_span(),
            format!(
                "the listener `{}` takes no routes from the namespace `{own}`",
                written.name()
            ),
        );
        finding.also(
            from.as_ref().map_or(written.name_span(), |from| from.span),
            why,
        );
        finding.help(format!("let {}", admission("allowedRoutes", own, home)));
        finding.help("or move the route");
    }
}

fn refused_sets(world: &World<'_>, findings: &mut Findings) {
    let sets = world.model.listener_sets.iter();
    for (set, facts) in sets.zip(&world.attachment.listener_sets) {
        let (Standing::NotAllowed, Some(gateway), Some(parent)) =
            (facts.standing, facts.gateway, &set.parent)
        else {
            continue;
        };
        let gateway = &world.model.gateways[gateway];
        let (own, home) = (set.object.namespace(), gateway.object.namespace());
        let message = format!(
            "the Gateway `{}` takes no ListenerSets from the namespace `{own}`",
            gateway.object.name()
        );
        let finding = findings.at(parent.name_span(), message);
        match &gateway.allowed_listeners.from {
            Some(from) => finding.also(from.span, "these namespaces only"),
            None => finding.also(
                gateway.object.name_span(),
                "there is no `allowedListeners`, and by default nobody is let in",
            ),
        };
        finding.also(
            set.object.name_span(),
            "nobody serves the listeners of this set",
        );
        finding.help(format!(
            "let the Gateway's {}",
            admission("allowedListeners", own, home)
        ));
    }
}

/// What lets that namespace in, where `home` is that of the Gateway or ListenerSet.
fn admission(field: &str, namespace: &str, home: &str) -> String {
    match namespace == home {
        true => format!("`{field}.namespaces` have `from: Same`"),
        false => format!(
            "`{field}.namespaces` have `from: Selector` with `selector.matchLabels`: \
             `kubernetes.io/metadata.name: {namespace}`"
        ),
    }
}
