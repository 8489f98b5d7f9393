//! Cross-field rules of Gateway and ListenerSet: listeners, their TLS, addresses.
//!
//! Source: the validation rules of the Gateway API v1.6.1 definitions, and their history in the changelogs.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::problem::ProblemKind;
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
    ("listeners", listeners),
    ("terminating-tls", terminating_tls),
    ("addresses", addresses),
    ("keys", keys),
    ("selected", selected),
    ("frontend", frontend),
    ("core-group", core_group),
    ("usable-hostnames", usable_hostnames),
];

/// TLS on every HTTPS and TLS listener was demanded up to this bundle (dropped in 1.1).
const TLS_DEMANDED_UNTIL: Version = Version { major: 1, minor: 0 };

/// TLS listeners have needed a mode since this bundle.
const TLS_MODE_SINCE: Version = Version { major: 1, minor: 5 };

fn listeners(walk: &mut Walk<'_>, list: Node<'_>) {
    let listeners = mappings(list);
    for listener in &listeners {
        tls_of_protocol(walk, *listener);
        hostname_of_protocol(walk, *listener);
        usable_protocol(walk, *listener);
        listener
            .get("hostname")
            .into_iter()
            .for_each(|hostname| usable_hostname(walk, hostname));
    }
    names(walk, &listeners);
    distinct(walk, &listeners);
}

/// The name tells listeners apart to routes and in statuses.
fn names(walk: &mut Walk<'_>, listeners: &[Node<'_>]) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for listener in listeners {
        let Some(name) = listener
            .get("name")
            .filter(|name| name.shape() == Shape::Scalar)
        else {
            continue;
        };
        let text = name.text().into_owned();
        let Some(first) = seen.get(&text).copied() else {
            seen.insert(text, name.span());
            continue;
        };
        let shown = wording::short(&text).into_owned();
        let message = format!("two listeners of this {} are called `{shown}`", walk.kind);
        let problem = walk.say(ProblemKind::DuplicateListener, name.span(), message);
        problem.also_at(first, "the first one").help = Some(
            "give it another name, and say that one in `sectionName` of its routes".to_owned(),
        );
    }
}

fn tls_of_protocol(walk: &mut Walk<'_>, listener: Node<'_>) {
    let protocol = text_or(listener, "protocol", "");
    let at_protocol = listener.get("protocol").map_or(head(listener), Node::span);
    match (protocol.as_str(), listener.get("tls")) {
        ("HTTP" | "TCP" | "UDP", Some(_)) => {
            let span = listener.key("tls").map_or(at_protocol, Node::span);
            walk.refuse(
                span,
                format!("a listener of protocol `{protocol}` has `tls`"),
            )
            .also_at(at_protocol, "this protocol is not encrypted")
            .help = Some("use protocol `HTTPS` or `TLS`, or take `tls` away".to_owned());
        }
        ("HTTPS", Some(tls)) => {
            let mode = text_or(tls, "mode", "Terminate");
            if mode == "Passthrough" {
                let span = tls.get("mode").map_or(at_protocol, Node::span);
                walk.refuse(
                    span,
                    "a listener of protocol `HTTPS` has the TLS mode `Passthrough`",
                )
                .also_at(at_protocol, "HTTPS ends at the listener")
                .help = Some(
                    "pass through with protocol `TLS` and a TLSRoute, or use mode `Terminate`"
                        .to_owned(),
                );
            }
        }
        ("TLS", None)
            if walk.world.bundle >= TLS_MODE_SINCE || walk.world.bundle <= TLS_DEMANDED_UNTIL =>
        {
            walk.refuse(
                at_protocol,
                "a listener of protocol `TLS` has no `tls`, so no mode",
            )
            .help = Some(
                "set `tls.mode` to `Terminate` with a certificate, or to `Passthrough`".to_owned(),
            );
        }
        ("HTTPS", None) if walk.world.bundle <= TLS_DEMANDED_UNTIL => {
            walk.refuse(at_protocol, "a listener of protocol `HTTPS` has no `tls`")
                .help = Some("name the certificate in `tls.certificateRefs`".to_owned());
        }
        _ => {}
    }
}

fn hostname_of_protocol(walk: &mut Walk<'_>, listener: Node<'_>) {
    let protocol = text_or(listener, "protocol", "");
    if !matches!(protocol.as_str(), "TCP" | "UDP") || text_at(listener, "hostname").is_none() {
        return;
    }
    let span = listener.key("hostname").map_or(head(listener), Node::span);
    walk.refuse(
        span,
        format!("a listener of protocol `{protocol}` has a `hostname`"),
    )
    .help = Some(format!(
        "take `hostname` away: {protocol} carries no name by which to choose a listener"
    ));
}

/// Port, protocol and hostname together tell listeners apart.
fn distinct(walk: &mut Walk<'_>, listeners: &[Node<'_>]) {
    let mut seen: BTreeMap<(String, String, Option<String>), Span> = BTreeMap::new();
    for listener in listeners {
        let port = text_or(*listener, "port", "");
        let protocol = text_or(*listener, "protocol", "");
        if port.is_empty() || protocol.is_empty() {
            continue;
        }
        let hostname = listener
            .has("hostname")
            .then(|| text_or(*listener, "hostname", ""));
        let span = listener.key("port").map_or(head(*listener), Node::span);
        let words = match &hostname {
            Some(hostname) => format!("and hostname `{}`", wording::short(hostname)),
            None => "and no hostname".to_owned(),
        };
        if let Some(first) = seen.get(&(port.clone(), protocol.clone(), hostname.clone())) {
            let first = *first;
            let protocol = wording::short(&protocol).into_owned();
            let port = wording::short(&port).into_owned();
            let message = format!("two listeners have port {port}, protocol `{protocol}` {words}");
            let problem = walk.say(ProblemKind::IndistinctListeners, span, message);
            problem.also_at(first, "the first one").help =
                Some("give one of them another `hostname` or port: the API server refuses the whole object".to_owned());
        } else {
            seen.insert((port, protocol, hostname), span);
        }
    }
}

fn terminating_tls(walk: &mut Walk<'_>, tls: Node<'_>) {
    let terminates = text_or(tls, "mode", "Terminate") == "Terminate";
    if terminates && size(tls, "certificateRefs") == 0 && size(tls, "options") == 0 {
        let place = walk.place();
        let span = tls.key("certificateRefs").map_or(head(tls), Node::span);
        walk.refuse(
            span,
            format!("`{place}` terminates TLS and has neither `certificateRefs` nor `options`"),
        )
        .help = Some("name the Secret that holds the certificate in `certificateRefs`".to_owned());
    }
}

fn addresses(walk: &mut Walk<'_>, list: Node<'_>) {
    let mut seen: BTreeMap<(String, String), Span> = BTreeMap::new();
    for address in mappings(list) {
        let kind = text_or(address, "type", "IPAddress");
        let Some(value) = address
            .get("value")
            .filter(|value| value.shape() == Shape::Scalar)
        else {
            continue;
        };
        let text = value.text();
        let shown = wording::short(&text).into_owned();
        if kind == "IPAddress" && text.parse::<IpAddr>().is_err() {
            let problem = walk.refuse(value.span(), format!("`{shown}` is no IP address"));
            problem.help =
                text::hostname(&text).then(|| "set the address's `type` to `Hostname`".to_owned());
        } else if kind == "Hostname" && !text.is_empty() && !text::hostname(&text) {
            walk.refuse(value.span(), format!("`{shown}` is no hostname"));
        }
        if !matches!(kind.as_str(), "IPAddress" | "Hostname") {
            continue;
        }
        match seen.get(&(kind.clone(), text.to_string())) {
            Some(first) => {
                let first = *first;
                walk.refuse(
                    value.span(),
                    format!("the address `{shown}` is there twice"),
                )
                .also_at(first, "the first one");
            }
            None => {
                seen.insert((kind, text.to_string()), value.span());
            }
        }
    }
}

/// Keys of a map of labels or annotations.
fn keys(walk: &mut Walk<'_>, map: Node<'_>) {
    for (key, _) in map.entries() {
        let name = key.text();
        if !text::key(&name) {
            let shown = wording::short(&name).into_owned();
            walk.refuse(key.span(), format!("`{shown}` is no key for a label or an annotation")).help = Some(
                "a key is an optional domain and `/`, then up to 63 letters, digits, `-`, `_` and `.`".to_owned(),
            );
        }
    }
}

/// Protocols of Gateway API; a domain-prefixed one is an implementation's own.
const PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "TLS", "TCP", "UDP"];

/// The definitions take any word for a protocol; nobody takes one in another case.
fn usable_protocol(walk: &mut Walk<'_>, listener: Node<'_>) {
    let Some(protocol) = listener
        .get("protocol")
        .filter(|value| value.shape() == Shape::Scalar)
    else {
        return;
    };
    let text = protocol.text();
    let meant = PROTOCOLS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(&text) && **known != text);
    if let Some(meant) = meant {
        walk.useless(
            protocol.span(),
            format!("no controller knows the protocol `{text}`"),
        )
        .help = Some(format!("write `{meant}`"));
    }
}

/// Addresses pass the pattern of a hostname although the text of `Hostname` forbids them.
fn usable_hostname(walk: &mut Walk<'_>, hostname: Node<'_>) {
    if hostname.shape() == Shape::Scalar && hostname.text().parse::<IpAddr>().is_ok() {
        let text = hostname.text();
        walk.useless(
            hostname.span(),
            format!("the hostname `{text}` is an IP address, which Gateway API forbids"),
        )
        .help =
            Some("give a name, or leave `hostname` out to take every name and address".to_owned());
    }
}

fn usable_hostnames(walk: &mut Walk<'_>, hostnames: Node<'_>) {
    hostnames
        .items()
        .for_each(|hostname| usable_hostname(walk, hostname));
}

/// Nothing ties the selector to `from: Selector`, and a missing one selects nothing.
fn selected(walk: &mut Walk<'_>, namespaces: Node<'_>) {
    let selects = text_or(namespaces, "from", "") == "Selector";
    let at_from = namespaces.get("from").map_or(head(namespaces), Node::span);
    match namespaces
        .key("selector")
        .filter(|_| namespaces.get("selector").is_some())
    {
        None if selects => {
            walk.useless(
                at_from,
                "namespaces are selected, and there is no `selector`, so none is",
            )
            .help = Some("add the `selector`".to_owned());
        }
        Some(selector) if !selects => {
            walk.useless(
                selector.span(),
                "this `selector` is not asked: `from` is not `Selector`",
            )
            .help = Some("set `from` to `Selector`, or take the `selector` away".to_owned());
        }
        _ => {}
    }
}

/// `frontend` exists to verify clients; a `default` without `validation` verifies nobody.
fn frontend(walk: &mut Walk<'_>, frontend: Node<'_>) {
    let Some(default) = frontend
        .get("default")
        .filter(|default| default.shape() == Shape::Mapping)
    else {
        return;
    };
    if default.get("validation").is_none() && size(frontend, "perPort") == 0 {
        let span = frontend.key("default").map_or(head(frontend), Node::span);
        walk.useless(
            span,
            "`frontend.default` has no `validation`, so no client is asked for a certificate",
        )
        .help =
            Some("name the certificate authorities in `validation.caCertificateRefs`".to_owned());
    }
}

/// The core group is written as empty text; `core` is another group, in which nothing is.
fn core_group(walk: &mut Walk<'_>, group: Node<'_>) {
    if group.text() == "core" {
        walk.useless(
            group.span(),
            "the core API group is written `\"\"`; `core` is another group, and nothing is in it",
        )
        .help = Some("write `group: \"\"`".to_owned());
    }
}
