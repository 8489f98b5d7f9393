use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "kind-not-allowed",
    severity: Severity::Error,
    page: page!("route/kind-not-allowed"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for parent in &world.attachment.parents {
        let ParentOutcome::KindRefused { listener } = parent.outcome else {
            continue;
        };
        let route = &world.model.routes[parent.route];
        let written = world.attachment.listeners[listener].written(world.model);
        let kind = route.kind.name();
        let finding = findings.at(
            route.parents[parent.parent].name_span(),
            format!("the listener `{}` carries no {kind}", written.name()),
        );
        match written.allowed.kinds.first() {
            Some(first) => finding.also(first.span, "these kinds only"),
            None => finding.also(
                written
                    .protocol
                    .as_ref()
                    .map_or(written.span, |protocol| protocol.span),
                "by this protocol",
            ),
        };
        finding.help(format!(
            "add {kind} to `allowedRoutes.kinds`, or attach the route to a listener that carries it"
        ));
    }
}
