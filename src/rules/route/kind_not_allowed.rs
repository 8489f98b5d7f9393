use crate::attach::profile::Profile;
use crate::attach::profile::UNKNOWN;
use crate::attach::route::ParentOutcome;
use crate::finding::Findings;
use crate::model::route::RouteKind;
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
        let facts = &world.attachment.listeners[listener];
        let finding = findings.at(
            route.parents[parent.parent].name_span(),
            format!("the listener `{}` carries no {kind}", written.name()),
        );
        let protocol = written.protocol.as_ref();
        let protocol = protocol.map_or(written.span, |protocol| protocol.span);
        let profile = world.attachment.gateways[facts.gateway].profile;
        let carries = |profile: &Profile| {
            let kinds = (profile.kinds)(written);
            kinds.is_some_and(|kinds| kinds.contains(&route.kind))
        };
        match written.allowed.kinds.first() {
            Some(first) if carries(profile) => {
                finding
                    .also(first.span, "these kinds only")
                    .help(format!(
                        "add {kind} to `allowedRoutes.kinds`, or attach the route to a listener that carries it"
                    ));
                continue;
            }
            _ if carries(&UNKNOWN) => {
                let label = format!("{} serves none by this protocol", profile.name);
                finding.also(protocol, label);
                world.show_class(finding, facts.gateway);
                finding.help(match route.kind {
                    RouteKind::Grpc => {
                        "use an HTTPRoute to an OTLP/HTTP receiver, or another implementation"
                    }
                    _ => "use a kind of route that it serves",
                });
                continue;
            }
            _ => finding.also(protocol, "by this protocol"),
        };
        let protocol = match route.kind {
            RouteKind::Http | RouteKind::Grpc => "HTTPS",
            RouteKind::Tls => "TLS",
            RouteKind::Tcp => "TCP",
            RouteKind::Udp => "UDP",
        };
        finding.help(format!("attach it to a listener of protocol `{protocol}`"));
    }
}
