use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "shadowed-route",
    severity: Severity::Warning,
    page: page!("route/shadowed-route"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for shadowed in &world.attachment.shadowed {
        let route = &world.model.routes[shadowed.route];
        let rule = &route.rules[shadowed.rule];
        let (winner, by) = shadowed.by;
        let winner = &world.model.routes[winner];
        let by = &winner.rules[by];
        let at = rule
            .matches
            .first()
            .map_or(rule.span, |first| first.value_span());
        let message = format!(
            "nothing gets to this rule: `{}/{}` asks for the same, and wins",
            winner.object.namespace(),
            winner.object.name()
        );
        let finding = findings.at(at, message);
        let taken = by
            .matches
            .first()
            .map_or(by.span, |first| first.value_span());
        finding.also(
            taken,
            match (shadowed.by.0 == shadowed.route, shadowed.by_name) {
                (true, _) => "of two rules the first wins",
                (false, true) => {
                    "of two routes of the same age the first by name wins; else the older"
                }
                (false, false) => "of two routes the older wins",
            },
        );
        finding.help("take one of the two out, or let it ask for something else");
    }
}
