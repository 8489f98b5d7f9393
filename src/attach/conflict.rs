//! Which listeners of one Gateway and its ListenerSets get in each other's way.
//!
//! Source: Gateway API v1.6, `gateway_types.go` (distinct listeners) and `listenerset_types.go` (precedence); what
//! controllers do instead is cited at each [`Distinctness`].

use std::collections::BTreeMap;
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// How many listeners on one port are compared. The API allows 64 a Gateway; the limit keeps comparing pairs from hanging
/// on what no API server takes.
const MAX_ON_PORT: usize = 1024;

/// What a listener says, as far as it can clash with another.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'l> {
    /// `port`.
    pub port: i64,
    /// `protocol`.
    pub protocol: &'l str,
    /// `hostname`; `None`: every name.
    pub hostname: Option<&'l str>,
    /// Whether TLS goes through to the backend.
    pub passes_through: bool,
    /// Whether it stands in the Gateway itself, not in a ListenerSet.
    pub is_own: bool,
    /// Whether nothing else is wrong with it.
    pub is_valid: bool,
}

/// Why a listener loses its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What both claim.
    pub reason: ConflictReason,
    /// One of those that claim it, too, as an index into the claims.
    pub with: usize,
}

/// What two listeners both claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictReason {
    /// The same names on the same port.
    Hostname,
    /// The same port for protocols that cannot share one.
    Protocol,
}

impl ConflictReason {
    /// The reason as it stands in a condition.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hostname => "HostnameConflict",
            Self::Protocol => "ProtocolConflict",
        }
    }
}

/// How an implementation tells listeners apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinctness {
    /// As the specification says: inside a Gateway nobody wins, against a ListenerSet the earlier wins.
    Specification,
    /// The earlier wins everywhere; HTTP, HTTPS and TLS share a port when their names differ
    /// (istio 1.32, `gatewaycommon/listener_conflict.go`).
    Istio,
    /// HTTP, HTTPS with TLS, and TCP exclude each other on a port; HTTPS and TLS share their names
    /// (Envoy Gateway 1.9, `internal/gatewayapi/validate.go`).
    EnvoyGateway,
    /// As Envoy Gateway, and overlapping names of HTTPS and TLS clash
    /// (NGINX Gateway Fabric 2.6, `state/graph/gateway_listener.go`).
    Nginx,
    /// The earlier wins everywhere; HTTP, what speaks TLS, and TCP exclude each other on a port
    /// (Contour 1.33, `internal/gatewayapi/listeners.go`).
    Contour,
}

impl Distinctness {
    /// The conflict of each claim, if it has one. `claims` come in the order of precedence: those of the Gateway, then
    /// those of the ListenerSets from the oldest to the youngest.
    #[must_use]
    pub fn conflicts(self, claims: &[Claim<'_>]) -> Vec<Option<Conflict>> {
        let mut by_port: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (at, claim) in claims.iter().enumerate() {
            by_port.entry(claim.port).or_default().push(at);
        }
        let mut conflicts = vec![None; claims.len()];
        for on_port in by_port.values().filter(|on_port| on_port.len() > 1) {
            let on_port = &on_port[..on_port.len().min(MAX_ON_PORT)];
            match self {
                Self::Specification => specification(claims, on_port, &mut conflicts),
                Self::Istio => istio(claims, on_port, &mut conflicts),
                Self::EnvoyGateway => envoy_gateway(claims, on_port, &mut conflicts),
                Self::Nginx => nginx(claims, on_port, &mut conflicts),
                Self::Contour => contour(claims, on_port, &mut conflicts),
            }
        }
        conflicts
    }
}

/// Marks `loser`, unless it has lost already.
fn mark(conflicts: &mut [Option<Conflict>], loser: usize, reason: ConflictReason, with: usize) {
    if let Some(conflict @ None) = conflicts.get_mut(loser) {
        *conflict = Some(Conflict { reason, with });
    }
}

fn is_raw(claim: &Claim<'_>) -> bool {
    matches!(claim.protocol, "TCP" | "UDP")
}

fn specification(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let clash = |a: &Claim<'_>, b: &Claim<'_>| match (a.protocol, b.protocol) {
        ("UDP", "UDP") | ("TCP", "TCP") => Some(ConflictReason::Protocol),
        ("UDP", _) | (_, "UDP") => None,
        ("TCP", _) | (_, "TCP") => Some(ConflictReason::Protocol),
        // Only an implementation with the feature TLSRouteModeMixed serves both on one port.
        ("TLS", "TLS") if a.passes_through != b.passes_through => Some(ConflictReason::Protocol),
        (a_protocol, b_protocol) => {
            let is_same = a_protocol == b_protocol && a.hostname == b.hostname;
            is_same.then_some(ConflictReason::Hostname)
        }
    };
    settle(claims, on_port, conflicts, &clash);
}

fn nginx(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let clash = |a: &Claim<'_>, b: &Claim<'_>| match (family(a), family(b)) {
        (a_family, b_family) if a_family != b_family => Some(ConflictReason::Protocol),
        ("TCP" | "UDP", _) => Some(ConflictReason::Protocol),
        _ if a.protocol == b.protocol => {
            (a.hostname == b.hostname).then_some(ConflictReason::Hostname)
        }
        _ => {
            super::hostname::intersection(a.hostname, b.hostname).map(|_| ConflictReason::Hostname)
        }
    };
    settle(claims, on_port, conflicts, &clash);
}

/// Those of the Gateway all lose when two of them clash; those of ListenerSets lose to whoever came before.
fn settle(
    claims: &[Claim<'_>],
    on_port: &[usize],
    conflicts: &mut [Option<Conflict>],
    clash: &dyn Fn(&Claim<'_>, &Claim<'_>) -> Option<ConflictReason>,
) {
    let own: Vec<usize> = on_port
        .iter()
        .copied()
        .filter(|at| claims[*at].is_own)
        .collect();
    for (position, at) in own.iter().enumerate() {
        let others = own
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != position);
        let found = others
            .filter_map(|(_, other)| Some((clash(&claims[*at], &claims[*other])?, *other)))
            .next();
        if let Some((reason, with)) = found {
            mark(conflicts, *at, reason, with);
        }
    }
    let mut standing = own;
    for at in on_port.iter().copied().filter(|at| !claims[*at].is_own) {
        let mut earlier = standing.iter();
        let found = earlier.find_map(|other| Some((clash(&claims[at], &claims[*other])?, *other)));
        match found {
            Some((reason, with)) => mark(conflicts, at, reason, with),
            None => standing.push(at),
        }
    }
}

fn istio(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let is_web = |claim: &Claim<'_>| matches!(claim.protocol, "HTTP" | "HTTPS" | "TLS");
    let is_distinct = |a: &Claim<'_>, b: &Claim<'_>| match (is_web(a), is_web(b)) {
        (true, true) => a.hostname.unwrap_or("*") != b.hostname.unwrap_or("*"),
        (true, false) => !is_raw(b),
        (false, true) => !is_raw(a),
        (false, false) if is_raw(a) && is_raw(b) => false,
        (false, false) => a.protocol != b.protocol,
    };
    let mut standing: Vec<usize> = Vec::new();
    for at in on_port.iter().copied() {
        let claim = &claims[at];
        let found = standing
            .iter()
            .find(|other| !is_distinct(claim, &claims[**other]));
        let Some(with) = found.copied() else {
            standing.push(at);
            continue;
        };
        let other = &claims[with];
        let is_raw_pair = is_raw(claim) && is_raw(other);
        let reason = match is_raw_pair || claim.protocol != other.protocol {
            true => ConflictReason::Protocol,
            false => ConflictReason::Hostname,
        };
        mark(conflicts, at, reason, with);
    }
}

/// A loser still takes the port from those after it.
fn contour(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let is_known = |at: &usize| matches!(family(&claims[*at]), "HTTP" | "HTTPS or TLS" | "TCP");
    let known: Vec<usize> = on_port.iter().copied().filter(is_known).collect();
    for (position, at) in known.iter().copied().enumerate() {
        for earlier in known[..position].iter().copied() {
            let (own, other) = (&claims[at], &claims[earlier]);
            if family(own) != family(other) {
                mark(conflicts, at, ConflictReason::Protocol, earlier);
            } else if own.hostname == other.hostname {
                mark(conflicts, at, ConflictReason::Hostname, earlier);
            }
        }
    }
}

/// What shares a port in Envoy: HTTPS and TLS are told apart by their names.
fn family<'l>(claim: &Claim<'l>) -> &'l str {
    match claim.protocol {
        "HTTPS" | "TLS" | "projectcontour.io/https" => "HTTPS or TLS",
        protocol => protocol,
    }
}

fn envoy_gateway(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let is_known = |claim: &Claim<'_>| {
        claim.is_valid && matches!(claim.protocol, "HTTP" | "HTTPS" | "TLS" | "TCP" | "UDP")
    };
    let valid: Vec<usize> = on_port
        .iter()
        .copied()
        .filter(|at| is_known(&claims[*at]))
        .collect();
    let rest: Vec<usize> = valid
        .iter()
        .copied()
        .filter(|at| claims[*at].protocol != "UDP")
        .collect();
    one_family(claims, &rest, conflicts);
    one_of_a_name(claims, &rest, conflicts);
    for protocol in ["TCP", "UDP"] {
        let mut same = valid
            .iter()
            .copied()
            .filter(|at| claims[*at].protocol == protocol);
        if let Some(first) = same.next() {
            same.for_each(|at| mark(conflicts, at, ConflictReason::Protocol, first));
        }
    }
}

/// Of several families on a port that of the Gateway's only listener is served, without any of its own the first.
fn one_family(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let families: BTreeSet<&str> = on_port.iter().map(|at| family(&claims[*at])).collect();
    if families.len() < 2 {
        return;
    }
    let own: Vec<usize> = on_port
        .iter()
        .copied()
        .filter(|at| claims[*at].is_own)
        .collect();
    let winner = match own.as_slice() {
        [] => on_port.first(),
        [only] => Some(only),
        _ => None,
    };
    let winner = winner.copied();
    for at in on_port.iter().copied() {
        let other = |other: &&usize| family(&claims[**other]) != family(&claims[at]);
        let with = winner.or_else(|| on_port.iter().find(other).copied());
        match (winner, with) {
            (Some(winner), _) if family(&claims[at]) == family(&claims[winner]) => {}
            (_, Some(with)) => mark(conflicts, at, ConflictReason::Protocol, with),
            (_, None) => {}
        }
    }
}

/// Of several listeners of one name the first is served, unless the Gateway itself has two of them.
fn one_of_a_name(claims: &[Claim<'_>], on_port: &[usize], conflicts: &mut [Option<Conflict>]) {
    let is_named = |at: &usize| !is_raw(&claims[*at]);
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in on_port.iter().copied().filter(is_named) {
        if conflicts[at].is_none() {
            by_name
                .entry(claims[at].hostname.unwrap_or(""))
                .or_default()
                .push(at);
        }
    }
    for same in by_name.values().filter(|same| same.len() > 1) {
        let own = same.iter().filter(|at| claims[**at].is_own).count();
        for (position, at) in same.iter().copied().enumerate() {
            let with = if position == 0 { same[1] } else { same[0] };
            if own > 1 || position > 0 {
                mark(conflicts, at, ConflictReason::Hostname, with);
            }
        }
    }
}
