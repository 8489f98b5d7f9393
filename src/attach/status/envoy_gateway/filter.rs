//! What Envoy Gateway makes of the filters and matches of a rule.
//!
//! Source: Envoy Gateway 1.9, `internal/gatewayapi/filters.go` and `route.go`.

use std::net::IpAddr;

use crate::model::ENVOY_GATEWAY;
use crate::model::route::Filter;
use crate::model::route::HeaderModifier;
use crate::model::route::PathModifier;
use crate::model::route::Rewrite;
use crate::model::route::RouteKind;
use crate::model::route::Rule;
use crate::regexp;

/// What a filter breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// The rule is not accepted.
    Refused(&'static str, String),
    /// Something that it refers to is not there.
    Unresolved(String),
}

/// What the rules' filters have said so far.
#[derive(Default)]
struct Seen {
    request_headers: bool,
    response_headers: bool,
    rewritten_host: bool,
    rewritten_path: bool,
    redirected: bool,
    mirrored: bool,
    failed: bool,
}

const UNSUPPORTED: &str = "UnsupportedValue";

/// What the filters of `rule` break, in order. `is_mirror_good` says whether a mirror's backend is there, `is_filter` whether
/// an HTTPRouteFilter of that name is.
pub(super) fn breaks(
    kind: RouteKind,
    rule: &Rule,
    is_mirror_good: &dyn Fn(&Filter) -> bool,
    is_filter: &dyn Fn(&str) -> bool,
) -> Vec<Break> {
    let mut seen = Seen::default();
    let mut breaks = Vec::new();
    for filter in &rule.filters {
        // After a filter that answers by itself nothing else is looked at.
        if seen.failed {
            break;
        }
        breaks.extend(one(kind, filter, &mut seen, is_mirror_good, is_filter));
    }
    if seen.redirected && seen.mirrored {
        let words = "a request cannot be redirected and mirrored";
        breaks.push(Break::Refused("IncompatibleFilters", words.to_owned()));
    }
    breaks
}

fn one(
    kind: RouteKind,
    filter: &Filter,
    seen: &mut Seen,
    is_mirror_good: &dyn Fn(&Filter) -> bool,
    is_filter: &dyn Fn(&str) -> bool,
) -> Option<Break> {
    let word = filter.kind.as_ref().map_or("", |kind| kind.as_str());
    let refused = |words: String| Some(Break::Refused(UNSUPPORTED, words));
    match word {
        "RequestHeaderModifier" => {
            let modifier = filter.request_headers.as_ref()?;
            headers(modifier, &mut seen.request_headers).and_then(refused)
        }
        "ResponseHeaderModifier" => {
            let modifier = filter.response_headers.as_ref()?;
            headers(modifier, &mut seen.response_headers).and_then(refused)
        }
        "RequestMirror" => {
            seen.mirrored |= filter.mirror.is_some() && is_mirror_good(filter);
            None
        }
        "ExtensionRef" => {
            let Some(reference) = &filter.extension else {
                seen.failed = true;
                return refused("a filter of type `ExtensionRef` needs `extensionRef`".to_owned());
            };
            if reference.group_or("") != ENVOY_GATEWAY || reference.kind_or("") != "HTTPRouteFilter"
            {
                seen.failed = true;
                let kind = reference.kind_or("");
                return refused(format!("filters of kind `{kind}` are not known"));
            }
            let is_there = is_filter(reference.name());
            seen.failed = !is_there;
            let words = format!("there is no HTTPRouteFilter `{}`", reference.name());
            (!is_there).then_some(Break::Unresolved(words))
        }
        "URLRewrite" if kind == RouteKind::Http => {
            rewrite(filter.rewrite.as_ref()?, seen).and_then(refused)
        }
        "RequestRedirect" if kind == RouteKind::Http => redirect(filter, seen).and_then(refused),
        "CORS" if kind == RouteKind::Http => None,
        word => {
            seen.failed = true;
            refused(format!("filters of type `{word}` are not supported"))
        }
    }
}

/// Names without `/` and `:`, not `host`; values without line breaks; and something must be left to do.
fn headers(modifier: &HeaderModifier, is_any: &mut bool) -> Option<String> {
    let is_asked = !modifier.written.is_empty() || !modifier.removed.is_empty();
    let mut fault = None;
    for (name, value) in &modifier.written {
        if !is_modifiable(name) {
            fault = fault.or_else(|| Some(format!("header `{name}` cannot be changed")));
        } else if !is_value(value) {
            fault = fault.or_else(|| Some(format!("header `{name}` cannot have that value")));
        } else {
            *is_any = true;
        }
    }
    for name in &modifier.removed {
        if is_modifiable(name) {
            *is_any = true;
        } else {
            fault = fault.or_else(|| Some(format!("header `{name}` cannot be removed")));
        }
    }
    if is_asked && !*is_any {
        return fault.or_else(|| Some("no header can be changed".to_owned()));
    }
    fault
}

fn is_modifiable(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', ':']) && !name.eq_ignore_ascii_case("host")
}

/// RFC 7230, 3.2: visible characters, single spaces or tabs between them.
fn is_value(value: &str) -> bool {
    let is_visible = |byte: u8| byte.is_ascii_graphic();
    let is_gap = |byte: u8| matches!(byte, b' ' | b'\t');
    let bytes = value.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let ends = is_visible(*first) && is_visible(*last);
    let all = bytes.iter().all(|byte| is_visible(*byte) || is_gap(*byte));
    ends && all
        && !bytes
            .windows(2)
            .any(|pair| is_gap(pair[0]) && is_gap(pair[1]))
}

fn rewrite(rewrite: &Rewrite, seen: &mut Seen) -> Option<String> {
    let is_again = seen.rewritten_host || seen.rewritten_path;
    if is_again && (rewrite.hostname.is_some() || rewrite.path.is_some()) {
        return Some("a rule takes one filter that rewrites the URL".to_owned());
    }
    if let Some(hostname) = &rewrite.hostname {
        if !is_hostname(hostname) {
            return Some(format!("`{hostname}` is no host name"));
        }
        seen.rewritten_host = true;
    }
    let path = rewrite.path.as_ref()?;
    if let Some(fault) = path_fault(path) {
        return Some(fault);
    }
    seen.rewritten_path = true;
    None
}

fn path_fault(path: &PathModifier) -> Option<String> {
    let kind = path.kind.as_ref().map_or("", |kind| kind.as_str());
    let (wanted, other) = match kind {
        "ReplaceFullPath" => (&path.full, &path.prefix),
        "ReplacePrefixMatch" => (&path.prefix, &path.full),
        _ => return Some(format!("paths cannot be modified by `{kind}`")),
    };
    (wanted.is_none() || other.is_some())
        .then(|| format!("`{kind}` needs its own value, and only that"))
}

fn redirect(filter: &Filter, seen: &mut Seen) -> Option<String> {
    if seen.redirected {
        return Some("a rule takes one filter that redirects".to_owned());
    }
    let redirect = filter.redirect.as_ref()?;
    let schemes = redirect
        .scheme
        .iter()
        .filter(|scheme| !matches!(scheme.as_str(), "http" | "https"));
    if let Some(scheme) = { schemes }.next() {
        return Some(format!("scheme `{scheme}` is not supported"));
    }
    if let Some(hostname) = redirect
        .hostname
        .as_ref()
        .filter(|hostname| !is_hostname(hostname))
    {
        return Some(format!("`{hostname}` is no host name"));
    }
    let kinds = redirect
        .path
        .iter()
        .map(|path| path.kind.as_ref().map_or("", |kind| kind.as_str()));
    let mut unknown =
        kinds.filter(|kind| !matches!(*kind, "ReplaceFullPath" | "ReplacePrefixMatch"));
    if let Some(kind) = unknown.next() {
        return Some(format!("paths cannot be modified by `{kind}`"));
    }
    if let Some(status) = redirect
        .status
        .as_ref()
        .filter(|status| !matches!(status.value, 301 | 302 | 303 | 307 | 308))
    {
        return Some(format!(
            "status {} is not supported for a redirect",
            status.value
        ));
    }
    seen.redirected = true;
    None
}

/// A DNS subdomain, and no address.
fn is_hostname(name: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let is_edge = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        label.len() <= 63
            && is_edge(bytes.first())
            && is_edge(bytes.last())
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    name.len() <= 253 && name.parse::<IpAddr>().is_err() && name.split('.').all(is_label)
}

/// Why a match of `rule`, or its session persistence, cannot be translated.
pub(super) fn unmatched(rule: &Rule) -> Option<String> {
    if rule.idle_timeout.is_some() {
        return Some("sessions cannot have an idle timeout".to_owned());
    }
    let patterns = rule.matches.iter().flat_map(|matched| &matched.patterns);
    let mut broken = patterns.filter(|pattern| regexp::check(pattern).is_err());
    broken
        .next()
        .map(|pattern| format!("`{pattern}` is no regular expression"))
}

/// Whether the filters of a backend can be applied to it alone.
pub(super) fn is_backend_filter(kind: RouteKind, filter: &Filter) -> bool {
    let word = filter.kind.as_ref().map_or("", |kind| kind.as_str());
    match word {
        "RequestHeaderModifier" | "ResponseHeaderModifier" => true,
        "ExtensionRef" => kind == RouteKind::Http,
        "URLRewrite" if kind == RouteKind::Http => filter
            .rewrite
            .as_ref()
            .is_some_and(|rewrite| rewrite.path.is_none()),
        _ => false,
    }
}
