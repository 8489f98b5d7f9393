//! What Envoy Gateway writes about routes (Envoy Gateway 1.9, `internal/gatewayapi/route.go`).

use super::super::View;
use super::super::condition::Condition;
use super::super::policy;
use super::super::reason;
use super::super::reason::Reason;
use super::filter;
use super::filter::Break;
use crate::attach::backend;
use crate::attach::route::BackendOutcome;
use crate::attach::route::ParentFacts;
use crate::attach::route::ParentOutcome;
use crate::model::ENVOY_GATEWAY as GROUP;
use crate::model::reference::Reference;
use crate::model::route::Filter;
use crate::model::route::Route;
use crate::model::route::RouteKind;
use std::collections::BTreeSet;

/// The API group of Services of other clusters.
const MULTICLUSTER: &str = "multicluster.x-k8s.io";

/// What the rules of a route make of its conditions.
#[derive(Default)]
struct Rules {
    /// Reasons for which rules are not accepted.
    refused: BTreeSet<&'static str>,
    /// How many rules are not accepted.
    dropped: usize,
    /// Reasons for which references are not resolved.
    unresolved: BTreeSet<&'static str>,
    /// Whether a backend has no endpoint.
    is_silent: bool,
    words: Vec<String>,
}

fn rules(view: &View<'_>, route: &Route) -> Rules {
    let mut rules = Rules::default();
    let is_web = matches!(route.kind, RouteKind::Http | RouteKind::Grpc);
    for rule in &route.rules {
        let mut is_dropped = false;
        if is_web {
            let is_good = |filter: &Filter| {
                let mirror = filter.mirror.as_ref();
                mirror.is_some_and(|mirror| backend_fault(view, route, mirror, &[]).is_none())
            };
            let namespace = route.object.namespace();
            let is_filter = |name: &str| {
                view.index
                    .other(GROUP, "HTTPRouteFilter", namespace, name)
                    .is_some()
            };
            for found in filter::breaks(route.kind, rule, &is_good, &is_filter) {
                match found {
                    Break::Refused(reason, words) => {
                        is_dropped = true;
                        rules.refused.insert(reason);
                        rules.words.push(words);
                    }
                    Break::Unresolved(words) => {
                        rules.unresolved.insert("UnsupportedValue");
                        rules.words.push(words);
                    }
                }
            }
            for mirror in rule
                .filters
                .iter()
                .filter_map(|filter| filter.mirror.as_ref())
            {
                rules.reach(view, route, mirror, &[]);
            }
            if let Some(words) = filter::unmatched(rule) {
                rules.refused.insert("UnsupportedValue");
                rules.words.push(words);
                rules.dropped += 1;
                continue;
            }
        }
        rules.dropped += usize::from(is_dropped);
        let none = Vec::new();
        for (at, reference) in rule.backends.iter().enumerate() {
            let filters = rule.backend_filters.get(at).unwrap_or(&none);
            rules.reach(view, route, reference, filters);
        }
    }
    rules
}

impl Rules {
    fn reach(&mut self, view: &View<'_>, route: &Route, reference: &Reference, filters: &[Filter]) {
        match backend_fault(view, route, reference, filters) {
            Some(("EndpointsNotFound", words)) => {
                self.is_silent = true;
                self.words.push(words);
            }
            Some((reason, words)) => {
                self.unresolved.insert(reason);
                self.words.push(words);
            }
            None => {}
        }
    }

    /// Reasons of the same condition are joined.
    fn reason(reasons: &BTreeSet<&'static str>) -> String {
        let reasons: Vec<&str> = reasons.iter().copied().collect();
        reasons.join(",")
    }
}

/// What is wrong with a backend, in the order in which Envoy Gateway looks.
fn backend_fault(
    view: &View<'_>,
    route: &Route,
    reference: &Reference,
    filters: &[Filter],
) -> Option<Reason> {
    if filters
        .iter()
        .any(|filter| !filter::is_backend_filter(route.kind, filter))
    {
        let words = "a filter of that type cannot be applied to one backend";
        return Some(("UnsupportedRefValue", words.to_owned()));
    }
    let (group, kind, name) = (
        reference.group_or(""),
        reference.kind_or("Service"),
        reference.name(),
    );
    let namespace = reference.namespace_or(route.object.namespace());
    // Group and kind are looked at one by one.
    let is_known = matches!(group, "" | MULTICLUSTER | GROUP)
        && matches!(kind, "Service" | "ServiceImport" | "Backend");
    if !is_known {
        return Some((
            "InvalidKind",
            format!("a backend of kind `{kind}` is not supported"),
        ));
    }
    if let Some(refusal) = backend::refusal(view.index, route, reference) {
        return Some(("RefNotPermitted", reason::refused("backend", &refusal)));
    }
    if kind != "Service" {
        return other_fault(view, namespace, reference);
    }
    let Some(port) = &reference.port else {
        return Some(("PortNotSpecified", "a backend needs a port".to_owned()));
    };
    match backend::outcome(view.index, route, reference) {
        BackendOutcome::Absent(_) => return Some(missing(kind, name)),
        BackendOutcome::NoPort { .. } => {
            let port = port.value;
            let words = format!("Service `{name}` has no port {port} of that protocol");
            return Some(("PortNotFound", words));
        }
        _ => {}
    }
    // A backend without weight gets nothing, and is looked at no further.
    let weight = reference.weight.as_ref();
    if weight.is_some_and(|weight| weight.value == 0) {
        return None;
    }
    if let Some(words) = tls_fault(view, namespace, reference) {
        return Some(("InvalidBackendTLS", words));
    }
    let is_silent = view.index.is_without_endpoints(namespace, name);
    let words = || format!("Service `{name}` has no endpoints");
    is_silent.then(|| ("EndpointsNotFound", words()))
}

/// The same of one that is no Service: a ServiceImport or a Backend.
fn other_fault(view: &View<'_>, namespace: &str, reference: &Reference) -> Option<Reason> {
    let (kind, name) = (reference.kind_or("Service"), reference.name());
    if kind == "ServiceImport" && reference.port.is_none() {
        return Some(("PortNotSpecified", "a backend needs a port".to_owned()));
    }
    let group = if kind == "Backend" {
        GROUP
    } else {
        MULTICLUSTER
    };
    match view.index.other(group, kind, namespace, name) {
        Some(_) => None,
        None => Some(missing(kind, name)),
    }
}

fn missing(kind: &str, name: &str) -> Reason {
    ("BackendNotFound", format!("there is no {kind} `{name}`"))
}

/// What is wrong with the policy that speaks for a backend.
fn tls_fault(view: &View<'_>, namespace: &str, reference: &Reference) -> Option<String> {
    let port = policy::port_name(view, namespace, reference);
    let policy = view
        .policies
        .competing(namespace, reference.name(), port)
        .first()
        .copied()?;
    authorities(view, policy).err().map(|((_, words), _)| words)
}

pub(super) fn authorities(view: &View<'_>, policy: usize) -> Result<(), (Reason, bool)> {
    policy::authorities(
        view,
        policy,
        &["ConfigMap", "Secret", "ClusterTrustBundle"],
        &["ca.crt", "tls.crt"],
    )
}

fn is_single(route: &Route) -> bool {
    !matches!(route.kind, RouteKind::Tcp | RouteKind::Udp) || route.rules.len() == 1
}

pub(super) fn parent(view: &View<'_>, facts: &ParentFacts) -> Option<Vec<Condition>> {
    if matches!(facts.outcome, ParentOutcome::Unserved)
        || super::gateway_refusal(view, facts.gateway?).is_some()
    {
        return None;
    }
    let route = &view.model().routes[facts.route];
    let denial = reason::denial(facts);
    if denial.is_none() && !matches!(facts.outcome, ParentOutcome::Attached(_)) {
        return None;
    }
    if !is_single(route) {
        let words = "exactly one rule is supported";
        return Some(vec![Condition::no("Accepted", "InvalidRule", words)]);
    }
    let rules = rules(view, route);
    let words = rules.words.join("; ");
    let is_refused = rules.dropped > 0 && rules.dropped == route.rules.len();
    let mut conditions = vec![match denial {
        Some((reason, words)) => Condition::no("Accepted", reason, words),
        None if is_refused => {
            Condition::no("Accepted", Rules::reason(&rules.refused), words.clone())
        }
        None => Condition::yes("Accepted", "Accepted", "the route is attached"),
    }];
    if rules.dropped > 0 && !is_refused {
        let mut condition = Condition::yes("PartiallyInvalid", "", words.clone());
        condition.reason = Rules::reason(&rules.refused).into();
        conditions.push(condition);
    }
    if rules.is_silent {
        conditions.push(Condition::no(
            "BackendsAvailable",
            "EndpointsNotFound",
            words.clone(),
        ));
    }
    conditions.push(match rules.unresolved.is_empty() {
        true => Condition::resolved(),
        false => Condition::no("ResolvedRefs", Rules::reason(&rules.unresolved), words),
    });
    Some(conditions)
}

/// A GRPCRoute that is not accepted counts nowhere; an HTTPRoute counts all the same.
pub(super) fn counts(view: &View<'_>, facts: &ParentFacts) -> bool {
    let route = &view.model().routes[facts.route];
    if !is_single(route) {
        return false;
    }
    let is_refused = || {
        let rules = rules(view, route);
        rules.dropped > 0 && rules.dropped == route.rules.len()
    };
    route.kind != RouteKind::Grpc || !is_refused()
}
