//! Cross-field rules of routes: parents, rules, matches, filters, backends.
//!
//! Source: the validation rules of the Gateway API v1.6.1 definitions, both channels.

use std::collections::BTreeMap;

use crate::settings::Channel;
use crate::settings::Version;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

use super::checks::mappings;
use super::checks::size;
use super::checks::text_at;
use super::checks::text_or;
use super::text;
use super::walk::AlsoAt;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;
use super::wording;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("parents", parents),
    ("rule-names", rule_names),
    ("matches-total", matches_total),
    ("service-port", service_port),
    ("http-path", http_path),
    ("grpc-method", grpc_method),
    ("timeouts", timeouts),
    ("session-persistence", session_persistence),
    ("names-not-addresses", names_not_addresses),
];

/// Matches over all rules of one route.
const MOST_MATCHES: usize = 128;

/// A parent that is named more than once needs a section (in the experimental channel: or a port) each time, and each
/// time another. An explicit own namespace and an absent one count as different parents, as in the definitions.
fn parents(walk: &mut Walk<'_>, list: Node<'_>) {
    let with_port = walk.world.channel != Some(Channel::Standard);
    let mut groups: BTreeMap<[String; 4], Vec<Node<'_>>> = BTreeMap::new();
    for parent in mappings(list) {
        let key = [
            text_or(parent, "group", "gateway.networking.k8s.io"),
            text_or(parent, "kind", "Gateway"),
            text_or(parent, "namespace", ""),
            text_or(parent, "name", ""),
        ];
        groups.entry(key).or_default().push(parent);
    }
    for (key, group) in groups.iter().filter(|(_, group)| group.len() > 1) {
        let parent = wording::short(&key[3]).into_owned();
        repeated_parent(walk, &parent, group, with_port);
    }
}

fn repeated_parent(walk: &mut Walk<'_>, parent: &str, group: &[Node<'_>], with_port: bool) {
    let section = |node: &Node<'_>| text_at(*node, "sectionName");
    let port = |node: &Node<'_>| text_at(*node, "port").filter(|port| port != "0");
    let by = if with_port {
        "`sectionName` or `port`"
    } else {
        "`sectionName`"
    };
    let Some(first) = group.first() else { return };
    let same_shape = |node: &&Node<'_>| {
        section(node).is_some() == section(first).is_some()
            && (!with_port || port(node).is_some() == port(first).is_some())
    };
    if let Some(other) = group.iter().find(|node| !same_shape(node)) {
        let (bare, named) = if section(first).is_none() {
            (first, other)
        } else {
            (other, first)
        };
        walk.refuse(
            head(*bare),
            format!(
                "the parent `{parent}` is named {} times, here without {by}",
                group.len()
            ),
        )
        .also_at(head(*named), "and here")
        .help = Some(format!("give {by} in every one of them, each time another"));
        return;
    }
    let mut seen: BTreeMap<(Option<String>, Option<String>), Span> = BTreeMap::new();
    for node in group {
        let identity = (section(node), port(node).filter(|_| with_port));
        if let Some(earlier) = seen.get(&identity) {
            let earlier = *earlier;
            let message = match &identity {
                (Some(section), _) => {
                    format!(
                        "the parent `{parent}` is named twice with the section `{}`",
                        wording::short(section)
                    )
                }
                (None, Some(port)) => {
                    format!("the parent `{parent}` is named twice with port {port}")
                }
                (None, None) => format!("the parent `{parent}` is named twice without {by}"),
            };
            walk.refuse(head(*node), message)
                .also_at(earlier, "the first time")
                .help = Some(format!("take one away, or tell them apart by {by}"));
        } else {
            seen.insert(identity, head(*node));
        }
    }
}

/// Names of rules are unique: only the experimental definitions say so.
fn rule_names(walk: &mut Walk<'_>, rules: Node<'_>) {
    if walk.world.channel == Some(Channel::Experimental) {
        walk.unique(rules, |rule| text_at(rule, "name"), "name");
    }
}

fn matches_total(walk: &mut Walk<'_>, rules: Node<'_>) {
    let http = walk.kind == "HTTPRoute";
    let since = Version {
        major: 1,
        minor: if http { 2 } else { 3 },
    };
    if walk.world.bundle < since {
        return;
    }
    // An HTTP rule without matches has one: everything under `/`.
    let matches = |rule: &Node<'_>| match size(*rule, "matches") {
        0 if http && !rule.has("matches") => 1,
        count => count,
    };
    let total: usize = mappings(rules).iter().map(matches).sum();
    if total > MOST_MATCHES {
        let span = head(rules);
        walk.refuse(
            span,
            format!(
                "the rules of this route have {total} matches, and at most {MOST_MATCHES} are taken"
            ),
        )
        .help = Some("split the route".to_owned());
    }
}

fn service_port(walk: &mut Walk<'_>, backend: Node<'_>) {
    let service = text_or(backend, "group", "").is_empty()
        && text_or(backend, "kind", "Service") == "Service";
    if service && backend.get("port").is_none() {
        let span = backend.get("name").map_or(head(backend), Node::span);
        walk.refuse(span, "this reference to a Service has no `port`")
            .help = Some("add the port of the Service (not of its pods)".to_owned());
    }
}

fn http_path(walk: &mut Walk<'_>, path: Node<'_>) {
    let kind = text_or(path, "type", "PathPrefix");
    let Some(value) = path
        .get("value")
        .filter(|value| value.shape() == Shape::Scalar)
    else {
        return;
    };
    if !matches!(kind.as_str(), "Exact" | "PathPrefix") {
        return;
    }
    let text = value.text();
    let span = value.span();
    let shown = wording::short(&text).into_owned();
    if !text.starts_with('/') {
        let help = format!("write `/{shown}`");
        walk.refuse(span, format!("the path `{shown}` does not begin with `/`"))
            .help = Some(help);
        return;
    }
    let parts = ["//", "/./", "/../", "%2f", "%2F", "#"];
    let tail = ["/..", "/."].into_iter().find(|end| text.ends_with(end));
    if let Some(part) = parts.into_iter().find(|part| text.contains(part)) {
        walk.refuse(
            span,
            format!(
                "the path `{shown}` holds `{part}`, which no request path does when it is matched"
            ),
        );
    } else if let Some(end) = tail {
        walk.refuse(span, format!("the path `{shown}` ends with `{end}`"));
    } else if text::form("absolute-path").is_some_and(|form| !(form.fits)(&text)) {
        walk.refuse(
            span,
            format!("the path `{shown}` holds characters that a URL path cannot"),
        )
        .help = Some(
            "write them as `%XX`, or use the type `RegularExpression` where the controller has it"
                .to_owned(),
        );
    }
}

fn grpc_method(walk: &mut Walk<'_>, matched: Node<'_>) {
    let (service, method) = (matched.get("service"), matched.get("method"));
    if service.is_none() && method.is_none() {
        let place = walk.place();
        walk.refuse(
            head(matched),
            format!("`{place}` has neither `service` nor `method`"),
        )
        .help = Some(
            "name the service, the method or both; leave `method` out to match everything"
                .to_owned(),
        );
        return;
    }
    if text_or(matched, "type", "Exact") != "Exact" {
        return;
    }
    if let Some(service) = service.filter(|service| service.shape() == Shape::Scalar) {
        let text = service.text();
        let name = text.strip_prefix('.').unwrap_or(&text);
        if !name.split('.').all(identifier) {
            let shown = wording::short(&text).into_owned();
            let help = match text.trim_start_matches('/').split_once('/') {
                Some((service, method)) if service.split('.').all(identifier) && identifier(method) => {
                    format!("set `service` to `{service}` and `method` to `{method}`")
                }
                _ => "a service is a dotted name, such as `opentelemetry.proto.collector.trace.v1.TraceService`".to_owned(),
            };
            walk.refuse(
                service.span(),
                format!("`{shown}` is no name of a gRPC service"),
            )
            .help = Some(help);
        }
    }
    if let Some(method) = method.filter(|method| method.shape() == Shape::Scalar) {
        let text = method.text();
        if !identifier(&text) {
            let shown = wording::short(&text).into_owned();
            walk.refuse(
                method.span(),
                format!("`{shown}` is no name of a gRPC method"),
            )
            .help = Some("a method is one word, such as `Export`".to_owned());
        }
    }
}

/// A protobuf identifier.
fn identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn timeouts(walk: &mut Walk<'_>, timeouts: Node<'_>) {
    let read = |key: &str| text_at(timeouts, key).and_then(|text| text::milliseconds(&text));
    if let (Some(request), Some(backend)) = (read("request"), read("backendRequest"))
        && request != 0
        && backend > request
    {
        let span = timeouts
            .get("backendRequest")
            .map_or(head(timeouts), Node::span);
        let whole = timeouts.get("request").map_or(span, Node::span);
        walk.refuse(span, "one try may take longer than the whole request")
            .also_at(whole, "the whole request");
    }
}

fn session_persistence(walk: &mut Walk<'_>, session: Node<'_>) {
    let Some(cookie) = session.get("cookieConfig") else {
        return;
    };
    let permanent = text_or(cookie, "lifetimeType", "Session") == "Permanent";
    if permanent && session.get("absoluteTimeout").is_none() {
        let span = cookie.get("lifetimeType").map_or(head(cookie), Node::span);
        walk.refuse(span, "a permanent cookie needs an `absoluteTimeout`");
    }
    let since = Version { major: 1, minor: 5 };
    if walk.world.bundle >= since && text_or(session, "type", "Cookie") != "Cookie" {
        let span = session
            .key("cookieConfig")
            .map_or(head(session), Node::span);
        walk.refuse(span, "`cookieConfig` is only for the type `Cookie`");
    }
}

/// TLSRoute: SNI carries names, never addresses (RFC 6066 section 3).
fn names_not_addresses(walk: &mut Walk<'_>, hostnames: Node<'_>) {
    for hostname in hostnames
        .items()
        .filter(|item| item.shape() == Shape::Scalar)
    {
        let text = hostname.text();
        if text.parse::<std::net::IpAddr>().is_ok() {
            walk.refuse(
                hostname.span(),
                format!("the hostname `{text}` is an IP address"),
            )
            .help = Some(
                "a TLS client sends no address as server name: give a name, or none".to_owned(),
            );
        }
    }
}
