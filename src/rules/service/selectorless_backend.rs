use crate::attach::Absent;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::graph::landing::Target;
use crate::model::object::Pair;
use crate::model::service::Service;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "selectorless-backend",
    severity: Severity::Error,
    page: page!("service/selectorless-backend"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivery in &world.graph.deliveries {
        let landing = &world.graph.landings[delivery.landing];
        let Target::NoWorkload(absent) = landing.target else {
            continue;
        };
        let service = &world.model.services[landing.service];
        let Some(at) = service
            .selector_span
            .filter(|_| seen.insert(landing.service))
        else {
            continue;
        };
        let route = world.model.routes[delivery.route].object.name_span();
        match (absent, service.near_miss(&world.model.workloads)) {
            (Absent::Missing, near) => {
                let finding = findings
                    .at(at, "this Service selects no Pod, and a route leads to it")
                    .also(route, "this route");
                if let Some(label) = near {
                    finding.also(label.value.span, "a Pod template has nearly this label");
                    finding.fix = agree(service, label);
                }
                finding.help("make the selector agree with the labels of the Pod template");
            }
            (Absent::Outside, Some(label)) => {
                let finding = findings
                    .at(at, "this Service selects no Pod that was given, but nearly does, and a route leads to it")
                    .severity(Severity::Warning)
                    .also(label.value.span, "a Pod template has nearly this label")
                    .also(route, "this route")
                    .help(format!("did you mean `{}: {}`?", label.key, label.value));
                finding.fix = agree(service, label);
            }
            (Absent::Outside, None) => {}
        }
    }
}

/// Writes the value of `label` into the selector.
fn agree(service: &Service, label: &Pair) -> Option<Fix> {
    let mut selector = service.selector.iter();
    let asked = selector.find(|asked| asked.key.value == label.key.value)?;
    Some(Fix::replace(asked.value.span, &label.value))
}
