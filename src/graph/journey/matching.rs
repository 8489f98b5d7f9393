//! Which rule of a route takes a request of OTLP; which of several wins says [`precedence`].
//!
//! Source: Gateway API v1.6, `HTTPRouteRule.matches` and `GRPCRouteRule.matches`: a rule without matches takes everything.

use crate::attach::precedence;
use crate::attach::precedence::Rank;
use crate::model::Model;
use crate::model::collector::dial::Dial;
use crate::model::collector::id::Signal;
use crate::model::route::Match;
use crate::model::route::Route;
use crate::model::route::RouteKind;
use crate::model::route::Rule;

/// Which rule takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// That route and rule.
    By(usize, usize),
    /// None does.
    ByNone,
    /// One does if headers, query parameters or a regular expression agree.
    Perhaps,
}

/// The rule of one of `routes`, each with the host name under which it is served, that takes `signal` as `dial` sends it.
pub(super) fn take(
    model: &Model,
    routes: &[(usize, Option<&str>)],
    dial: &Dial,
    signal: Signal,
) -> Taken {
    let request = Request::of(dial, signal);
    let mut order = routes.to_vec();
    order.sort_by_cached_key(|(route, _)| precedence::seniority(&model.routes[*route]));
    let mut best: Option<(Rank, Taken)> = None;
    for (route, name) in order {
        let own = &model.routes[route];
        for (rule, written) in own.rules.iter().enumerate() {
            let matches = written.matches.iter().map(Some);
            let nothing = written.matches.is_empty().then_some(None);
            for wanted in matches.chain(nothing) {
                let taken = match wanted.map_or(Fit::Yes, |wanted| request.fits(own, wanted)) {
                    Fit::Yes => Taken::By(route, rule),
                    Fit::Perhaps => Taken::Perhaps,
                    Fit::No => continue,
                };
                let rank = Rank::of(own.kind, name, wanted);
                if best.is_none_or(|(best, _)| rank > best) {
                    best = Some((rank, taken));
                }
            }
        }
    }
    best.map_or(Taken::ByNone, |(_, taken)| taken)
}

/// Whether `rule` of `route` takes the requests for `signal`, over gRPC or, where `path` says so, over HTTP; `None` when
/// headers, query parameters or a regular expression decide.
pub(in crate::graph) fn takes(
    route: &Route,
    rule: &Rule,
    signal: Signal,
    path: Option<&str>,
) -> Option<bool> {
    let service = service(signal).to_owned();
    let path = Some(path.map_or_else(|| format!("/{service}/Export"), str::to_owned));
    let request = Request {
        service,
        method: "Export",
        path,
    };
    let mut taken = Some(rule.matches.is_empty());
    for wanted in &rule.matches {
        match request.fits(route, wanted) {
            Fit::Yes => return Some(true),
            Fit::Perhaps => taken = None,
            Fit::No => {}
        }
    }
    taken
}

/// The path of `dial` over HTTP as `rule`, which takes it, hands it on; `None` when that is open, or `dial` is gRPC.
pub(super) fn moved(rule: &Rule, dial: &Dial) -> Option<String> {
    let path = dial.path.as_ref()?.known()?.to_owned();
    let mut rewrites = rule
        .filters
        .iter()
        .filter_map(|filter| filter.rewrite.as_ref());
    let Some(modifier) = rewrites.find_map(|rewrite| rewrite.path.as_ref()) else {
        return Some(path);
    };
    let kind = modifier.kind.as_ref().map(|kind| kind.as_str());
    match (kind, &modifier.full, &modifier.prefix) {
        (Some("ReplaceFullPath"), Some(full), _) => Some(full.value.clone()),
        (Some("ReplacePrefixMatch"), _, Some(new)) => {
            let prefixes = rule.matches.iter().filter_map(|wanted| {
                let own = wanted.path.as_ref()?;
                let is_prefix = own
                    .kind
                    .as_ref()
                    .is_none_or(|kind| kind.value == "PathPrefix");
                let prefix = own.value.as_ref().map_or("/", |value| value.as_str());
                is_prefix.then(|| prefix.trim_end_matches('/'))
            });
            let fitting = prefixes.filter(|prefix| is_below(&path, prefix));
            let rest = &path[fitting.max_by_key(|prefix| prefix.len())?.len()..];
            Some(format!("{}{rest}", new.value.trim_end_matches('/')))
        }
        _ => None,
    }
}

/// Whether `path` is `prefix`, without a slash at its end, or lies below it.
pub(super) fn is_below(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path under which `dial` sends `signal`, over gRPC that of the method; `None` when it is open.
pub(super) fn path(dial: &Dial, signal: Signal) -> Option<String> {
    Request::of(dial, signal).path
}

/// Whether a match takes a request.
enum Fit {
    Yes,
    No,
    Perhaps,
}

/// A request of OTLP: over gRPC a service and its method, over HTTP a path.
struct Request {
    service: String,
    method: &'static str,
    /// `None` when it is open.
    path: Option<String>,
}

/// The gRPC service that takes `signal` (opentelemetry-proto, `collector/*/v1/*_service.proto`).
pub(super) fn service(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "opentelemetry.proto.collector.trace.v1.TraceService",
        Signal::Metrics => "opentelemetry.proto.collector.metrics.v1.MetricsService",
        Signal::Logs => "opentelemetry.proto.collector.logs.v1.LogsService",
        Signal::Profiles => "opentelemetry.proto.collector.profiles.v1development.ProfilesService",
    }
}

impl Request {
    fn of(dial: &Dial, signal: Signal) -> Self {
        let service = service(signal).to_owned();
        let path = match &dial.path {
            None => Some(format!("/{service}/Export")),
            Some(path) => path.known().map(str::to_owned),
        };
        Self {
            service,
            method: "Export",
            path,
        }
    }

    fn fits(&self, route: &Route, wanted: &Match) -> Fit {
        let fit = match route.kind {
            RouteKind::Grpc => self.fits_method(wanted),
            _ => self.fits_path(wanted),
        };
        match fit {
            Fit::Yes if wanted.narrowed => Fit::Perhaps,
            fit => fit,
        }
    }

    fn fits_method(&self, wanted: &Match) -> Fit {
        let Some(method) = &wanted.method else {
            return Fit::Yes;
        };
        if method
            .kind
            .as_ref()
            .is_some_and(|kind| kind.value != "Exact")
        {
            return Fit::Perhaps;
        }
        let service = method
            .service
            .as_ref()
            .is_none_or(|service| service.value == self.service);
        let name = method
            .method
            .as_ref()
            .is_none_or(|name| name.value == self.method);
        if service && name { Fit::Yes } else { Fit::No }
    }

    fn fits_path(&self, wanted: &Match) -> Fit {
        let Some(path) = &wanted.path else {
            return Fit::Yes;
        };
        let value = path.value.as_ref().map_or("/", |value| value.as_str());
        let prefix = value.trim_end_matches('/');
        let kind = path.kind.as_ref().map(|kind| kind.as_str());
        let fits = match (kind, &self.path) {
            (None | Some("PathPrefix"), _) if prefix.is_empty() => true,
            (None | Some("PathPrefix"), Some(own)) => is_below(own, prefix),
            (Some("Exact"), Some(own)) => own == value,
            _ => return Fit::Perhaps,
        };
        if fits { Fit::Yes } else { Fit::No }
    }
}
