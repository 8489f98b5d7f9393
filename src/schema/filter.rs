//! Cross-field rules of filters: which member belongs to which type, what stands beside what.
//!
//! Source: the validation rules of the Gateway API v1.6.1 definitions, both channels.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::yaml::Node;

use super::checks::mappings;
use super::checks::objects;
use super::checks::size;
use super::checks::text_or;
use super::walk::AlsoAt;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;
use super::wording;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("filter-member", filter_member),
    ("http-filters", http_filters),
    ("grpc-filters", grpc_filters),
    ("http-rule", http_rule),
    ("path-modifier", path_modifier),
    ("mirrored-part", mirrored_part),
    ("fraction", fraction),
    ("lone-star", lone_star),
    ("external-auth", external_auth),
];

/// Filter types and the field that each one fills.
const MEMBERS: &[(&str, &str)] = &[
    ("RequestHeaderModifier", "requestHeaderModifier"),
    ("ResponseHeaderModifier", "responseHeaderModifier"),
    ("RequestMirror", "requestMirror"),
    ("RequestRedirect", "requestRedirect"),
    ("URLRewrite", "urlRewrite"),
    ("ExtensionRef", "extensionRef"),
    ("CORS", "cors"),
    ("ExternalAuth", "externalAuth"),
];

/// The filters that a GRPCRoute has.
const GRPC_FILTERS: &[&str] = &[
    "RequestHeaderModifier",
    "ResponseHeaderModifier",
    "RequestMirror",
    "ExtensionRef",
];

fn filter_member(walk: &mut Walk<'_>, filter: Node<'_>) {
    let kind = text_or(filter, "type", "");
    let grpc = walk.kind == "GRPCRoute";
    for (of, member) in MEMBERS
        .iter()
        .filter(|(of, _)| !grpc || GRPC_FILTERS.contains(of))
    {
        let there = filter.get(member).is_some();
        if there && kind != *of && !kind.is_empty() {
            let span = filter.key(member).map_or(head(filter), Node::span);
            let shown = wording::short(&kind).into_owned();
            let at_type = filter.get("type").map_or(span, Node::span);
            walk.refuse(span, format!("a filter of type `{shown}` has `{member}`"))
                .also_at(at_type, "the type")
                .help = Some(format!("set the type to `{of}`, or take `{member}` away"));
        } else if !there && kind == *of {
            let span = filter.get("type").map_or(head(filter), Node::span);
            walk.refuse(span, format!("a filter of type `{of}` has no `{member}`"));
        }
    }
}

fn http_filters(walk: &mut Walk<'_>, filters: Node<'_>) {
    let once = [
        "CORS",
        "RequestHeaderModifier",
        "ResponseHeaderModifier",
        "RequestRedirect",
        "URLRewrite",
    ];
    not_repeated(walk, filters, &once);
    let find = |kind: &str| {
        mappings(filters)
            .into_iter()
            .find(|filter| text_or(*filter, "type", "") == kind)
    };
    if let (Some(redirect), Some(rewrite)) = (find("RequestRedirect"), find("URLRewrite")) {
        let span = rewrite.get("type").map_or(head(rewrite), Node::span);
        walk.refuse(
            span,
            "`URLRewrite` stands beside `RequestRedirect`, and only one of them is possible",
        )
        .also_at(
            redirect.get("type").map_or(head(redirect), Node::span),
            "the redirect",
        );
    }
}

fn grpc_filters(walk: &mut Walk<'_>, filters: Node<'_>) {
    not_repeated(
        walk,
        filters,
        &["RequestHeaderModifier", "ResponseHeaderModifier"],
    );
}

fn not_repeated(walk: &mut Walk<'_>, filters: Node<'_>, once: &[&str]) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for filter in mappings(filters) {
        let kind = text_or(filter, "type", "");
        let span = filter.get("type").map_or(head(filter), Node::span);
        if !once.contains(&kind.as_str()) {
            continue;
        }
        if let Some(first) = seen.get(&kind) {
            let first = *first;
            walk.refuse(span, format!("the filter `{kind}` is there twice"))
                .also_at(first, "the first one")
                .help = Some("join the two".to_owned());
        } else {
            seen.insert(kind, span);
        }
    }
}

fn http_rule(walk: &mut Walk<'_>, rule: Node<'_>) {
    let filters = objects(rule, "filters");
    let redirect = filters
        .iter()
        .find(|filter| filter.get("requestRedirect").is_some());
    if let Some(redirect) = redirect
        && size(rule, "backendRefs") > 0
    {
        let span = rule.key("backendRefs").map_or(head(rule), Node::span);
        walk.refuse(
            span,
            "this rule redirects, and names backends that it can never reach",
        )
        .also_at(head(*redirect), "the redirect");
    }
    prefix_replaced(walk, rule, &filters);
    for backend in objects(rule, "backendRefs") {
        prefix_replaced(walk, rule, &objects(backend, "filters"));
    }
}

/// A prefix can only be replaced where exactly one prefix is matched.
fn prefix_replaced(walk: &mut Walk<'_>, rule: Node<'_>, filters: &[Node<'_>]) {
    for member in ["requestRedirect", "urlRewrite"] {
        let replaces = filters.iter().find_map(|filter| {
            let path = filter.get(member)?.get("path")?;
            let prefix = text_or(path, "type", "") == "ReplacePrefixMatch"
                && path.get("replacePrefixMatch").is_some();
            prefix.then_some(path)
        });
        let Some(path) = replaces else { continue };
        let matches = objects(rule, "matches");
        // No match is one match of the prefix `/`; a match without path likewise.
        let one_prefix = match matches.as_slice() {
            [] => size(rule, "matches") == 0 && !rule.has("matches"),
            [one] => one
                .get("path")
                .is_none_or(|path| text_or(path, "type", "PathPrefix") == "PathPrefix"),
            _ => false,
        };
        if !one_prefix {
            let span = path
                .get("replacePrefixMatch")
                .map_or(head(path), Node::span);
            let at_matches = rule.key("matches").map_or(span, Node::span);
            walk.refuse(
                span,
                "a prefix is replaced, and this rule does not have exactly one `PathPrefix` match",
            )
            .also_at(at_matches, "the matches")
            .help = Some("give every prefix a rule of its own".to_owned());
        }
    }
}

fn path_modifier(walk: &mut Walk<'_>, path: Node<'_>) {
    let kind = text_or(path, "type", "");
    for (of, member) in [
        ("ReplaceFullPath", "replaceFullPath"),
        ("ReplacePrefixMatch", "replacePrefixMatch"),
    ] {
        let there = path.get(member).is_some();
        if there && kind != of {
            let span = path.key(member).map_or(head(path), Node::span);
            walk.refuse(span, format!("`{member}` is only for the type `{of}`"));
        } else if !there && kind == of {
            let span = path.get("type").map_or(head(path), Node::span);
            walk.refuse(span, format!("a path of type `{of}` has no `{member}`"));
        }
    }
}

fn mirrored_part(walk: &mut Walk<'_>, mirror: Node<'_>) {
    if mirror.get("percent").is_some()
        && let Some(fraction) = mirror
            .key("fraction")
            .filter(|_| mirror.get("fraction").is_some())
    {
        walk.refuse(
            fraction.span(),
            "`fraction` stands beside `percent`, and only one of them is possible",
        );
    }
}

fn fraction(walk: &mut Walk<'_>, fraction: Node<'_>) {
    let number = |key: &str, default: i64| {
        let text = text_or(fraction, key, "");
        if text.is_empty() {
            Some(default)
        } else {
            text.parse().ok()
        }
    };
    if let (Some(part), Some(whole)) = (number("numerator", 0), number("denominator", 100))
        && part > whole
    {
        let span = fraction.get("numerator").map_or(head(fraction), Node::span);
        walk.refuse(span, format!("{part} of {whole} is more than everything"));
    }
}

fn lone_star(walk: &mut Walk<'_>, list: Node<'_>) {
    let items: Vec<Node<'_>> = list.items().collect();
    if items.len() < 2 {
        return;
    }
    if let Some(star) = items.iter().find(|item| item.text() == "*") {
        let place = walk.place();
        walk.refuse(
            star.span(),
            format!("`*` stands beside other entries of `{place}`"),
        )
        .help = Some("`*` alone allows all; take it or the others away".to_owned());
    }
}

fn external_auth(walk: &mut Walk<'_>, auth: Node<'_>) {
    let protocol = text_or(auth, "protocol", "");
    for (of, member) in [("GRPC", "grpc"), ("HTTP", "http")] {
        let there = auth.get(member).is_some();
        if there && protocol != of && !protocol.is_empty() {
            let span = auth.key(member).map_or(head(auth), Node::span);
            walk.refuse(span, format!("`{member}` is only for the protocol `{of}`"));
        } else if !there && protocol == of {
            let span = auth.get("protocol").map_or(head(auth), Node::span);
            walk.refuse(
                span,
                format!("the protocol is `{of}`, and there is no `{member}`"),
            );
        }
    }
}
