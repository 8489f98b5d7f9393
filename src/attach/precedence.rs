//! Which of several matches wins a request that all of them take.
//!
//! Source: Gateway API v1.6, `HTTPRouteSpec.hostnames` with `HTTPRouteRule.matches`, and the same of GRPCRoute: host name,
//! then path (or service and method), HTTP method, headers, query parameters; then the oldest route, then the first by
//! namespace and name, then the first rule.

use super::hostname;
use crate::model::route::Match;
use crate::model::route::Route;
use crate::model::route::RouteKind;

/// How specific a match is under a host name; the greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Characters of a precise host name, then of any.
    hostname: (usize, usize),
    /// Whether the path is compared as a whole. Where a regular expression stands is left to implementations: here above
    /// everything, so that nobody is believed to win against one.
    path: Form,
    /// Characters of the path, or of the gRPC service.
    length: usize,
    /// Characters of the gRPC method, or 1 for any HTTP method.
    method: usize,
    headers: usize,
    query_parameters: usize,
}

/// How a path is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Prefix,
    Exact,
    Pattern,
}

impl Rank {
    /// The rank of a match of a route of that kind, served under `hostname`; `None` for the match: a rule without any,
    /// which takes everything.
    #[must_use]
    pub fn of(kind: RouteKind, hostname: Option<&str>, wanted: Option<&Match>) -> Self {
        let mut rank = Self {
            hostname: hostname::specificity(hostname),
            path: Form::Prefix,
            length: 0,
            method: 0,
            headers: 0,
            query_parameters: 0,
        };
        let Some(wanted) = wanted else {
            return rank;
        };
        rank.headers = wanted.headers;
        rank.query_parameters = wanted.query_parameters;
        let length = |text: &Option<crate::source::Spanned<String>>| {
            text.as_ref().map_or(0, |text| text.chars().count())
        };
        if kind == RouteKind::Grpc {
            if let Some(called) = &wanted.method {
                rank.path = form(called.kind.as_ref().map(|kind| kind.as_str()));
                rank.length = length(&called.service);
                rank.method = length(&called.method);
            }
            return rank;
        }
        rank.method = usize::from(wanted.http_method.is_some());
        if let Some(path) = &wanted.path {
            let kind = path
                .kind
                .as_ref()
                .map_or("PathPrefix", |kind| kind.as_str());
            rank.path = form(Some(kind));
            rank.length = length(&path.value);
        }
        rank
    }
}

/// How a path, or a service with its method, is compared; the latter as a whole by default.
fn form(kind: Option<&str>) -> Form {
    match kind {
        Some("PathPrefix") => Form::Prefix,
        None | Some("Exact") => Form::Exact,
        Some(_) => Form::Pattern,
    }
}

/// What decides between equal ranks, the lesser first: when the route was created, then its namespace and name. Only
/// objects read from a cluster say when they were created.
#[must_use]
pub fn seniority(route: &Route) -> (Option<String>, String, String) {
    let object = &route.object;
    (
        object.created(),
        object.namespace().to_owned(),
        object.name().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::model::Model;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::source::Sources;

    /// The rank of one match, in flow style.
    fn rank(kind: &str, hostname: Option<&str>, wanted: &str) -> Rank {
        let text = format!(
            "kind: {kind}\napiVersion: gateway.networking.k8s.io/v1\nmetadata: {{name: r}}\nspec: {{rules: [{{matches: [{wanted}]}}]}}\n"
        );
        let mut sources = Sources::new();
        sources.add(Source::new("route.yaml", text.into_bytes()));
        let model = Model::read(&sources, &Settings::new(datetime!(2026-06-01 00:00 UTC)));
        let route = &model.routes[0];
        Rank::of(route.kind, hostname, route.rules[0].matches.first())
    }

    #[test]
    fn of_two_http_matches_the_more_specific_wins() {
        let host = Some("a.example.com");
        let ascending = [
            (None, ""),
            (None, "{path: {value: /v1}}"),
            (None, "{path: {value: /v1/traces}}"),
            (
                None,
                "{path: {value: /v1/traces}, queryParams: [{name: a, value: b}]}",
            ),
            (
                None,
                "{path: {value: /v1/traces}, headers: [{name: a, value: b}]}",
            ),
            (
                None,
                "{path: {value: /v1/traces}, headers: [{name: a, value: b}, {name: c, value: d}]}",
            ),
            (None, "{path: {value: /v1/traces}, method: POST}"),
            // An exact path before any prefix, however long.
            (None, "{path: {type: Exact, value: /v1}}"),
            (None, "{path: {type: Exact, value: /v1}, method: POST}"),
            // A host name before any path, a precise one before any wildcard.
            (Some("*.example.com"), ""),
            (Some("*.longer.example.com"), ""),
            (Some("a.b"), ""),
            (host, "{path: {value: /}}"),
            (host, "{path: {type: Exact, value: /v1/traces}}"),
            (host, "{path: {type: RegularExpression, value: /v1/.*}}"),
        ];
        for pair in ascending.windows(2) {
            let [lower, higher] = pair else { continue };
            let of =
                |(hostname, wanted): &(Option<&str>, &str)| rank("HTTPRoute", *hostname, wanted);
            assert!(of(lower) < of(higher), "{lower:?} before {higher:?}");
        }
    }

    #[test]
    fn of_two_grpc_matches_service_then_method_then_headers() {
        let ascending = [
            "{}",
            "{headers: [{name: a, value: b}]}",
            "{method: {method: Export}}",
            "{method: {service: a.Trace}}",
            "{method: {service: a.Trace}, headers: [{name: a, value: b}]}",
            "{method: {service: a.Trace, method: Export}}",
            "{method: {service: a.TraceService}}",
        ];
        for pair in ascending.windows(2) {
            let of = |wanted: &str| rank("GRPCRoute", None, wanted);
            assert!(of(pair[0]) < of(pair[1]), "{pair:?}");
        }
    }
}
