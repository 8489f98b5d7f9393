//! Cross-field rules of Gateway and ListenerSet: listeners, their TLS, addresses.
//!
//! Source: the validation rules of the Gateway API v1.6.1 definitions, and their history in the changelogs.

use std::collections::BTreeMap;
use std::net::IpAddr;

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
    }
    distinct(walk, &listeners);
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
            walk.refuse(
                span,
                format!("two listeners have port {port}, protocol `{protocol}` {words}"),
            )
            .also_at(first, "the first one");
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
