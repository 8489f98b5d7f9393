use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "open-route-namespaces",
    severity: Severity::Warning,
    page: page!("gateway/open-route-namespaces"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let facts = &world.attachment.listeners[delivery.listener];
        if !delivery.carries_otlp(world.model, world.graph) || !seen.insert(delivery.listener) {
            continue;
        }
        let profile = world.attachment.gateways[facts.gateway].profile;
        let namespaces = &facts.written(world.model).allowed.namespaces;
        let Some(from) = &namespaces.from else {
            continue;
        };
        let (span, message) = match (from.as_str(), &namespaces.selector) {
            ("All", _) => (
                from.span,
                "a route in any namespace may take telemetry from this listener",
            ),
            ("Selector", Some(selector))
                if selector.labels.is_empty() && selector.expressions.is_empty() =>
            {
                (
                    selector.span,
                    "this selector is empty: it lets in routes from every namespace",
                )
            }
            ("Selector", None) if profile.selects_all_without_selector => (
                from.span,
                "there is no selector, which lets in routes from every namespace",
            ),
            _ => continue,
        };
        findings.at(span, message).help(
            "say `from: Same`, or choose namespaces with `selector.matchLabels`, such as \
             `kubernetes.io/metadata.name`",
        );
    }
}
