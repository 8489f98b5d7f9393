use crate::finding::Findings;
use crate::model::GATEWAY_API;
use crate::model::rbac::PolicyRule;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "unguarded-gateway-rbac",
    severity: Severity::Warning,
    page: page!("route/unguarded-gateway-rbac"),
    check,
};

/// What only those who answer for the Gateway should write.
const GUARDED: &[&str] = &[
    "gateways",
    "listenersets",
    "referencegrants",
    "backendtlspolicies",
];

/// What developers write.
const ROUTES: &[&str] = &["httproutes", "grpcroutes", "tlsroutes", "tcproutes"];

/// The verbs that change something.
const WRITES: &[&str] = &["create", "update", "patch"];

fn check(world: &World<'_>, findings: &mut Findings) {
    for role in &world.model.roles {
        let is_for_routes =
            |rule: &PolicyRule| writes(rule).is_some_and(|_| names(rule, ROUTES).is_some());
        let routes = role.rules.iter().find(|rule| is_for_routes(rule));
        let Some(routes) = routes.filter(|_| !role.is_aggregated) else {
            continue;
        };
        for rule in role.rules.iter().filter(|rule| writes(rule).is_some()) {
            let Some(resource) = names(rule, GUARDED) else {
                continue;
            };
            let message = format!(
                "who may write routes may write `{resource}` too, and with it who gets in at the Gateway"
            );
            let finding = findings.at(resource.span, message);
            if let Some(route) = names(routes, ROUTES) {
                finding.also(
                    route.span,
                    "this makes it a role for those who write routes",
                );
            }
            finding.help("keep routes in a role of their own");
        }
    }
}

/// The verb by which a rule lets resources of Gateway API be changed.
fn writes(rule: &PolicyRule) -> Option<&Spanned<String>> {
    let is_about = rule.groups.iter().any(|group| group.value == GATEWAY_API);
    let mut verbs = rule
        .verbs
        .iter()
        .filter(|_| is_about && rule.names.is_empty());
    verbs.find(|verb| verb.value == "*" || WRITES.contains(&verb.as_str()))
}

/// The first of `wanted` that a rule names. `*` is for administrators, and everybody sees it.
fn names<'r>(rule: &'r PolicyRule, wanted: &[&str]) -> Option<&'r Spanned<String>> {
    let mut resources = rule.resources.iter();
    resources.find(|resource| wanted.contains(&resource.as_str()))
}
