use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "disjoint-hostname",
    severity: Severity::Error,
    page: page!("route/disjoint-hostname"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for parent in &world.attachment.parents {
        let ParentOutcome::Disjoint { listener } = parent.outcome else {
            continue;
        };
        let route = &world.model.routes[parent.route];
        let written = world.attachment.listeners[listener].written(world.model);
        let (Some(own), Some(first)) = (&written.hostname, route.hostnames.first()) else {
            continue;
        };
        findings
            .at(first.span, format!("no host name of this route meets `{own}`, the name that the listener answers to"))
            .also(own.span, "the listener answers to this name only")
            .also(route.object.name_span(), "this route gets no traffic")
            .help(format!("name `{own}` in the route, or take `hostnames` out to inherit it"));
    }
}
