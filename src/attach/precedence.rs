//! Which of several rules wins a request that all of them ask for.
//!
//! Source: Gateway API v1.6, `HTTPRouteRule.matches` and `GRPCRouteRule.matches`: of equal matches that of the oldest
//! route, then of the first route by namespace and name, then of the first rule.

use std::collections::BTreeMap;

use super::Attachment;
use super::route::ParentOutcome;
use crate::model::Model;
use crate::model::route::Match;
use crate::model::route::Route;
use crate::model::route::RouteKind;
use crate::source::Spanned;

/// A rule of which every request goes to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shadowed {
    /// The route, as an index into the model.
    pub route: usize,
    /// Which of its rules.
    pub rule: usize,
    /// The route and the rule that win; of several the first.
    pub by: (usize, usize),
    /// Whether only the names of the routes decide, because their age is not known.
    pub by_name: bool,
}

/// A kind of request, comparable: a listener and a name, and what is asked for there.
type Claim = (usize, Option<String>, RouteKind, Wanted);

/// What a match asks for: the kind of comparison, then path and HTTP method, or service and method.
type Wanted = (String, String, String);

/// Every rule that never gets a request, in the order of the model. Only rules that ask for exactly the same can shadow
/// each other: a more specific match always wins, whoever came first.
pub(super) fn shadowed(model: &Model, attachment: &Attachment) -> Vec<Shadowed> {
    let mut served: BTreeMap<usize, Vec<(usize, &Option<String>)>> = BTreeMap::new();
    for parent in &attachment.parents {
        if let ParentOutcome::Attached(accepted) = &parent.outcome {
            let names = accepted.iter().flat_map(|accepted| {
                let names = accepted.hostnames.iter();
                names.map(|name| (accepted.listener, name))
            });
            served.entry(parent.route).or_default().extend(names);
        }
    }
    let mut order: Vec<usize> = served.keys().copied().collect();
    order.sort_by_cached_key(|route| {
        let object = &model.routes[*route].object;
        let title = (object.namespace().to_owned(), object.name().to_owned());
        (object.created(), title)
    });
    let mut winners: BTreeMap<Claim, (usize, usize)> = BTreeMap::new();
    let mut shadowed = Vec::new();
    for route in order {
        let own = &model.routes[route];
        for (rule, written) in own.rules.iter().enumerate() {
            let Some(wanted) = wanted(own, &written.matches) else {
                continue;
            };
            let mut lost = None;
            let mut is_heard = false;
            for (listener, name) in &served[&route] {
                for wanted in &wanted {
                    let claim = (*listener, (*name).clone(), own.kind, wanted.clone());
                    let winner = *winners.entry(claim).or_insert((route, rule));
                    is_heard |= winner == (route, rule) || is_twin(model, winner.0, route);
                    lost = lost.or(Some(winner));
                }
            }
            if let Some(by) = lost.filter(|_| !is_heard) {
                let created = |route: usize| model.routes[route].object.created();
                shadowed.push(Shadowed {
                    route,
                    rule,
                    by,
                    by_name: by.0 != route && created(by.0) == created(route),
                });
            }
        }
    }
    shadowed.sort_by_key(|shadowed| (shadowed.route, shadowed.rule));
    shadowed
}

/// Whether both are the same object, given twice: for two environments, say.
fn is_twin(model: &Model, a: usize, b: usize) -> bool {
    let name = |at: usize| {
        let object = &model.routes[at].object;
        (object.namespace(), object.name())
    };
    a != b && name(a) == name(b)
}

/// What the matches of a rule ask for; `None` when some part of it cannot be compared here.
fn wanted(route: &Route, matches: &[Match]) -> Option<Vec<Wanted>> {
    if !matches!(route.kind, RouteKind::Http | RouteKind::Grpc) {
        return None;
    }
    let everything = || match route.kind {
        RouteKind::Http => ("PathPrefix".to_owned(), "/".to_owned()),
        _ => (String::new(), String::new()),
    };
    if matches.is_empty() {
        let (kind, value) = everything();
        return Some(vec![(kind, value, String::new())]);
    }
    let text = |text: &Option<Spanned<String>>, default: &str| {
        text.as_ref()
            .map_or_else(|| default.to_owned(), |text| text.value.clone())
    };
    let one = |wanted: &Match| {
        if wanted.headers > 0 || wanted.query_parameters > 0 {
            return None;
        }
        let method = text(&wanted.http_method, "");
        if let Some(path) = &wanted.path {
            let kind = text(&path.kind, "PathPrefix");
            let value = text(&path.value, "/");
            // `/v1` and `/v1/` are the same prefix.
            let value = match (kind.as_str(), value.trim_end_matches('/')) {
                ("PathPrefix", "") => "/".to_owned(),
                ("PathPrefix", trimmed) => trimmed.to_owned(),
                _ => value,
            };
            return Some((kind, value, method));
        }
        if let Some(called) = &wanted.method {
            let kind = text(&called.kind, "Exact");
            return Some((kind, text(&called.service, ""), text(&called.method, "")));
        }
        let (kind, value) = everything();
        Some((kind, value, method))
    };
    matches.iter().map(one).collect()
}
