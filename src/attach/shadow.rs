//! Rules of routes that never get a request, because others ask for the same and win.
//!
//! Source: Gateway API v1.6, `HTTPRouteRule.matches` and `GRPCRouteRule.matches` (see [`precedence`](super::precedence));
//! of TCPRoutes and UDPRoutes on one listener only the oldest serves (conformance, `tcproute-multiple-routes-attachment`).

use std::collections::BTreeMap;

use super::Attachment;
use super::precedence;
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
    order.sort_by_cached_key(|route| precedence::seniority(&model.routes[*route]));
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
    match route.kind {
        RouteKind::Http | RouteKind::Grpc => {}
        RouteKind::Tcp | RouteKind::Udp => return Some(vec![Wanted::default()]),
        RouteKind::Tls => return None,
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

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::attach::attach;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::source::Sources;

    const GATEWAY: &str = "kind: Gateway\napiVersion: gateway.networking.k8s.io/v1\nmetadata: {name: g}\nspec:\n  gatewayClassName: x\n  \
        listeners:\n  - {name: a, port: 80, protocol: HTTP}\n  - {name: b, port: 81, protocol: HTTP}\n  - {name: t, port: 82, protocol: TCP}\n";

    /// A route of that kind and name, created then, attached to that listener, with these `spec` fields (flow style).
    fn route(kind: &str, name: &str, created: &str, section: &str, spec: &str) -> String {
        let version = if kind == "TCPRoute" { "v1alpha2" } else { "v1" };
        let created = match created {
            "" => String::new(),
            created => format!(", creationTimestamp: \"{created}\""),
        };
        format!(
            "---\nkind: {kind}\napiVersion: gateway.networking.k8s.io/{version}\nmetadata: {{name: {name}{created}}}\nspec: \
             {{parentRefs: [{{name: g, sectionName: {section}}}], {spec}}}\n"
        )
    }

    /// `loser.rule<winner.rule`, with `?` when only the names decide.
    fn shadows(routes: &[String]) -> Vec<String> {
        let mut sources = Sources::new();
        let text = format!("{GATEWAY}{}", routes.concat());
        sources.add(Source::new("routes.yaml", text.into_bytes()));
        let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
        let model = Model::read(&sources, &settings);
        let attachment = attach(&model, &settings);
        let name = |at: usize| model.routes[at].object.name().to_owned();
        let said = |of: &Shadowed| {
            let doubt = if of.by_name { "?" } else { "" };
            let (winner, by) = of.by;
            format!(
                "{}.{}<{}.{by}{doubt}",
                name(of.route),
                of.rule,
                name(winner)
            )
        };
        attachment.shadowed.iter().map(said).collect()
    }

    #[test]
    fn who_asks_for_the_same_and_comes_later_gets_nothing() {
        let http = |name: &str, created: &str, section: &str, spec: &str| {
            route("HTTPRoute", name, created, section, spec)
        };
        let at = |path: &str| format!("rules: [{{matches: [{{path: {{value: {path}}}}}]}}]");
        let table: Vec<(Vec<String>, &[&str])> = vec![
            // The same prefix, written twice; the first by name wins.
            (
                vec![
                    http("r", "", "a", &at("/v1")),
                    http("q", "", "a", &at("/v1/")),
                ],
                &["r.0<q.0?"],
            ),
            // The older wins, whatever its name.
            (
                vec![
                    http("r", "2026-01-01T00:00:00Z", "a", &at("/v1")),
                    http("q", "2026-02-01T00:00:00Z", "a", &at("/v1")),
                ],
                &["q.0<r.0"],
            ),
            // Of two rules of one route the first.
            (vec![http("r", "", "a", "rules: [{}, {}]")], &["r.1<r.0"]),
            // No match at all is the prefix `/`.
            (
                vec![
                    http("q", "", "a", "rules: [{}]"),
                    http("r", "", "a", &at("/")),
                ],
                &["r.0<q.0?"],
            ),
            // A longer prefix, another listener, another name, a header: each is something else.
            (
                vec![
                    http("q", "", "a", &at("/v1")),
                    http("r", "", "a", &at("/v1/traces")),
                ],
                &[],
            ),
            (
                vec![
                    http("q", "", "a", &at("/v1")),
                    http("r", "", "b", &at("/v1")),
                ],
                &[],
            ),
            (
                vec![
                    http(
                        "q",
                        "",
                        "a",
                        &format!("hostnames: [a.example], {}", at("/v1")),
                    ),
                    http(
                        "r",
                        "",
                        "a",
                        &format!("hostnames: [b.example], {}", at("/v1")),
                    ),
                ],
                &[],
            ),
            (
                vec![
                    http(
                        "q",
                        "",
                        "a",
                        "rules: [{matches: [{headers: [{name: x, value: y}]}]}]",
                    ),
                    http(
                        "r",
                        "",
                        "a",
                        "rules: [{matches: [{headers: [{name: x, value: z}]}]}]",
                    ),
                ],
                &[],
            ),
            // One name of two is enough to be heard, one match of two as well.
            (
                vec![
                    http(
                        "q",
                        "",
                        "a",
                        &format!("hostnames: [a.example], {}", at("/v1")),
                    ),
                    http(
                        "r",
                        "",
                        "a",
                        &format!("hostnames: [a.example, b.example], {}", at("/v1")),
                    ),
                ],
                &[],
            ),
            // HTTPRoutes and GRPCRoutes are not compared.
            (
                vec![
                    http("q", "", "a", "rules: [{}]"),
                    route("GRPCRoute", "r", "", "a", "rules: [{}]"),
                ],
                &[],
            ),
            (
                vec![
                    route(
                        "GRPCRoute",
                        "q",
                        "",
                        "a",
                        "rules: [{matches: [{method: {service: s}}]}]",
                    ),
                    route(
                        "GRPCRoute",
                        "r",
                        "",
                        "a",
                        "rules: [{matches: [{method: {service: s}}]}]",
                    ),
                ],
                &["r.0<q.0?"],
            ),
            // A TCP listener has one route.
            (
                vec![
                    route(
                        "TCPRoute",
                        "q",
                        "",
                        "t",
                        "rules: [{backendRefs: [{name: s, port: 1}]}]",
                    ),
                    route(
                        "TCPRoute",
                        "r",
                        "",
                        "t",
                        "rules: [{backendRefs: [{name: s, port: 2}]}]",
                    ),
                ],
                &["r.0<q.0?"],
            ),
        ];
        for (routes, expected) in table {
            assert_eq!(shadows(&routes), expected, "{}", routes.concat());
        }
    }
}
