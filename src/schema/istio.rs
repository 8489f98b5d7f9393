//! Cross-field rules of Istio's kinds, and of Envoy Gateway's policies.
//!
//! Source: the validation rules of istio.io/api 1.32 and Envoy Gateway 1.9.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

use super::checks::objects;
use super::checks::size;
use super::checks::text_or;
use super::walk::AlsoAt;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;
use super::wording;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("one-match", one_match),
    ("one-selector", one_selector),
    ("port-keys", port_keys),
    ("port-level-selector", port_level_selector),
    ("service-entry", service_entry),
    ("no-namespace", no_namespace),
    ("client-policy-targets", client_policy_targets),
    ("backend-policy-targets", backend_policy_targets),
];

/// Of several fields at most one.
fn at_most_one(walk: &mut Walk<'_>, node: Node<'_>, fields: &[&str]) {
    let there: Vec<Node<'_>> = fields
        .iter()
        .filter(|field| node.get(field).is_some())
        .filter_map(|field| node.key(field))
        .collect();
    if let [first, second, ..] = there.as_slice() {
        let (one, other) = (first.text(), second.text());
        walk.refuse(
            second.span(),
            format!("`{other}` stands beside `{one}`, and only one of them is possible"),
        )
        .also_at(first.span(), "the other one");
    }
}

fn one_match(walk: &mut Walk<'_>, text: Node<'_>) {
    at_most_one(walk, text, &["exact", "prefix", "regex"]);
}

fn one_selector(walk: &mut Walk<'_>, spec: Node<'_>) {
    at_most_one(walk, spec, &["selector", "targetRef", "targetRefs"]);
}

fn port_keys(walk: &mut Walk<'_>, ports: Node<'_>) {
    for (key, _) in ports.entries() {
        let text = key.text();
        if !text.parse::<u16>().is_ok_and(|port| port > 0) {
            let shown = wording::short(&text).into_owned();
            walk.refuse(
                key.span(),
                format!("`{shown}` is no port: it is a number from 1 to 65535"),
            );
        }
    }
}

/// Ports are those of a workload, so there has to be one.
fn port_level_selector(walk: &mut Walk<'_>, spec: Node<'_>) {
    let labels = spec
        .get("selector")
        .map_or(0, |selector| size(selector, "matchLabels"));
    if let Some(ports) = spec
        .key("portLevelMtls")
        .filter(|_| spec.get("portLevelMtls").is_some() && labels == 0)
    {
        walk.refuse(
            ports.span(),
            "`portLevelMtls` needs a `selector` with labels",
        )
        .help =
            Some("name the workload whose ports are meant in `selector.matchLabels`".to_owned());
    }
}

fn service_entry(walk: &mut Walk<'_>, spec: Node<'_>) {
    at_most_one(walk, spec, &["workloadSelector", "endpoints"]);
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for port in objects(spec, "ports") {
        let Some(number) = port
            .get("number")
            .filter(|number| number.shape() == Shape::Scalar)
        else {
            continue;
        };
        let text = number.text().into_owned();
        if let Some(first) = seen.get(&text) {
            let first = *first;
            walk.refuse(
                number.span(),
                format!("two ports have the number {}", wording::short(&text)),
            )
            .also_at(first, "the first one");
        } else {
            seen.insert(text, number.span());
        }
    }
    for host in spec
        .get("hosts")
        .into_iter()
        .flat_map(Node::items)
        .filter(|host| host.text() == "*")
    {
        walk.refuse(host.span(), "a ServiceEntry cannot stand for every host");
    }
}

fn no_namespace(walk: &mut Walk<'_>, namespace: Node<'_>) {
    if !namespace.text().is_empty() {
        walk.refuse(
            namespace.span(),
            "a target in another namespace is not possible",
        )
        .help = Some("take `namespace` away: the policy and its target share one".to_owned());
    }
}

fn client_policy_targets(walk: &mut Walk<'_>, spec: Node<'_>) {
    policy_targets(walk, spec, &["Gateway", "ListenerSet"]);
}

fn backend_policy_targets(walk: &mut Walk<'_>, spec: Node<'_>) {
    let kinds = [
        "Gateway",
        "ListenerSet",
        "HTTPRoute",
        "GRPCRoute",
        "UDPRoute",
        "TCPRoute",
        "TLSRoute",
    ];
    policy_targets(walk, spec, &kinds);
}

/// A policy has one way to name its targets, and only some kinds are targets.
fn policy_targets(walk: &mut Walk<'_>, spec: Node<'_>, kinds: &[&str]) {
    at_most_one(walk, spec, &["targetRef", "targetRefs"]);
    let named = spec.get("targetRef").is_some() || spec.get("targetRefs").is_some();
    if !named && size(spec, "targetSelectors") == 0 {
        walk.refuse(head(spec), "the policy has no target").help =
            Some("name a Gateway in `targetRefs`".to_owned());
    }
    let one = spec
        .get("targetRef")
        .filter(|target| target.shape() == Shape::Mapping);
    for target in one.into_iter().chain(objects(spec, "targetRefs")) {
        let (group, kind) = (text_or(target, "group", ""), text_or(target, "kind", ""));
        if group != "gateway.networking.k8s.io" || !kinds.contains(&kind.as_str()) {
            let span = target.get("kind").map_or(head(target), Node::span);
            let shown = wording::short(&kind).into_owned();
            let message = if group == "gateway.networking.k8s.io" {
                format!("this policy cannot have a {shown} as target")
            } else {
                format!("the group of this target is `{}`", wording::short(&group))
            };
            walk.refuse(span, message).help = Some(format!(
                "targets are of the group `gateway.networking.k8s.io` and the kinds {}",
                wording::alternatives(kinds)
            ));
        }
    }
}
