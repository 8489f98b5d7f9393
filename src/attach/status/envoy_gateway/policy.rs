//! What Envoy Gateway writes about BackendTLSPolicies (Envoy Gateway 1.9, `internal/gatewayapi/backendtlspolicy.go`).

use super::super::Entry;
use super::super::Target;
use super::super::View;
use super::super::condition::Condition;
use super::super::policy;
use crate::model::GATEWAY_API;

/// What Envoy Gateway says of a policy: of each parentRef that leads to what it aims at.
pub(super) fn policies(view: &View<'_>, at: usize) -> Vec<Entry> {
    let authorities = super::route::authorities(view, at);
    let mut entries: Vec<Entry> = Vec::new();
    for used in policy::uses(view, at) {
        if !std::ptr::eq(view.profile_of(used.gateway).voice, view.profile.voice) {
            continue;
        }
        let Some(controller) = &view.attachment.gateways[used.gateway].controller else {
            continue;
        };
        let facts = &view.attachment.parents[used.parent];
        let route = &view.model().routes[facts.route];
        let written = Target::of(facts.written(view.model()));
        let target = Target {
            group: written.group.or_else(|| Some(GATEWAY_API.to_owned())),
            kind: written.kind.or_else(|| Some("Gateway".to_owned())),
            namespace: written
                .namespace
                .or_else(|| Some(route.object.namespace().to_owned())),
            ..written
        };
        let conditions = match used.wins {
            true => policy::judged(&authorities),
            false => vec![policy::conflicted()],
        };
        match entries.iter_mut().find(|entry| entry.target == target) {
            Some(entry) if used.wins => entry.conditions = conditions,
            Some(_) => {}
            None => entries.push(Entry {
                target,
                controller: controller.clone(),
                conditions,
            }),
        }
    }
    aggregate(entries)
}

/// No more ancestors than a status may hold; the last then stands for the rest.
fn aggregate(mut entries: Vec<Entry>) -> Vec<Entry> {
    if entries.len() <= super::super::MAX_ANCESTORS {
        return entries;
    }
    entries.sort_by_cached_key(|entry| {
        let target = &entry.target;
        let section = target.section.as_deref().unwrap_or_default();
        format!(
            "{}/{}/{section}",
            target.namespace.as_deref().unwrap_or_default(),
            target.name
        )
    });
    let all = entries.len();
    entries.truncate(super::super::MAX_ANCESTORS);
    if let Some(last) = entries.last_mut() {
        let words = format!("it stands for {} more", all - super::super::MAX_ANCESTORS);
        last.conditions
            .push(Condition::yes("Aggregated", "Aggregated", words));
    }
    entries
}
