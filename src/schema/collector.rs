//! Cross-field rules of OpenTelemetryCollector and of cert-manager's kinds.
//!
//! Source: the validation rules of the OpenTelemetry operator 0.158 and cert-manager 1.20.

use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

use super::checks::size;
use super::checks::text_at;
use super::checks::text_or;
use super::walk::AlsoAt;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("collector-mode", collector_mode),
    ("one-issuer", one_issuer),
    ("certificate", certificate),
];

/// What the operator's webhook refuses (internal/webhook/collector_webhook.go); a v1alpha1 resource is converted first.
/// A sidecar shares the pod of somebody else, who decides about the rest of it.
fn collector_mode(walk: &mut Walk<'_>, spec: Node<'_>) {
    let mode = text_or(spec, "mode", "deployment");
    let at_mode = spec.get("mode").map_or(head(spec), Node::span);
    let mut forbid = |field: &str, mode: &str| {
        if let Some(key) = spec
            .key(field)
            .filter(|_| spec.get(field).is_some_and(|value| !is_empty(value)))
        {
            walk.refuse(
                key.span(),
                format!("a collector of mode `{mode}` cannot have `{field}`"),
            )
            .also_at(at_mode, "the mode");
        }
    };
    if mode == "sidecar" {
        for field in [
            "tolerations",
            "priorityClassName",
            "affinity",
            "additionalContainers",
        ] {
            forbid(field, "sidecar");
        }
    }
    if mode != "statefulset" {
        forbid("volumeClaimTemplates", &mode);
        forbid("persistentVolumeClaimRetentionPolicy", &mode);
    }
    for (field, only) in [
        ("daemonSetUpdateStrategy", "daemonset"),
        ("updateStrategy", "daemonset"),
        ("deploymentUpdateStrategy", "deployment"),
    ] {
        let typed = spec
            .get(field)
            .and_then(|strategy| text_at(strategy, "type"));
        if mode != only && typed.is_some() {
            forbid(field, &mode);
        }
    }
    collector_ingress(walk, spec, &mode, at_mode);
    collector_scale(walk, spec);
    target_allocator(walk, spec, &mode, at_mode);
}

/// A sidecar has no Service that an Ingress could lead to, and a subdomain needs the domain.
fn collector_ingress(walk: &mut Walk<'_>, spec: Node<'_>, mode: &str, at_mode: Span) {
    let Some(ingress) = spec.get("ingress") else {
        return;
    };
    if mode == "sidecar" && text_or(ingress, "type", "") == "ingress" {
        walk.refuse(
            key(spec, "ingress"),
            "a collector of mode `sidecar` cannot have an `ingress`",
        )
        .also_at(at_mode, "the mode");
    }
    let subdomain = ingress
        .get("ruleType")
        .filter(|rule| rule.text() == "subdomain");
    let domain = text_at(ingress, "hostname").filter(|name| name != "*");
    if let Some(rule) = subdomain.filter(|_| domain.is_none()) {
        walk.refuse(rule.span(), "`ruleType: subdomain` needs a `hostname`")
            .help = Some("name the domain under which each port gets a name of its own".to_owned());
    }
}

fn collector_scale(walk: &mut Walk<'_>, spec: Node<'_>) {
    let Some(scale) = spec.get("autoscaler") else {
        return;
    };
    let (least, most) = (
        scale.integer_at("minReplicas"),
        scale.integer_at("maxReplicas"),
    );
    let Some(most) = most else {
        if let Some(least) = least {
            walk.refuse(least.span, "`minReplicas` without `maxReplicas`");
        }
        return;
    };
    for (field, count) in [
        ("replicas", spec.integer_at("replicas")),
        ("minReplicas", least),
    ] {
        if let Some(count) = count.filter(|count| count.value > most.value) {
            walk.refuse(count.span, format!("`{field}` is above `maxReplicas`"))
                .also_at(most.span, "at most so many");
        }
    }
}

/// Targets are handed out to Pods with lasting names, or to the one of each node.
fn target_allocator(walk: &mut Walk<'_>, spec: Node<'_>, mode: &str, at_mode: Span) {
    let allocator = spec.get("targetAllocator");
    let Some(allocator) = allocator.filter(|one| is_on(*one)) else {
        return;
    };
    let strategy = allocator.get("allocationStrategy");
    let per_node = strategy.is_some_and(|strategy| strategy.text() == "per-node");
    let at = strategy.map_or(key(spec, "targetAllocator"), Node::span);
    match mode {
        "statefulset" if per_node => {
            walk.refuse(
                at,
                "`per-node` allocation needs a collector of mode `daemonset`",
            )
            .also_at(at_mode, "the mode");
        }
        "daemonset" if !per_node => {
            walk.refuse(
                at,
                "a collector of mode `daemonset` needs `allocationStrategy: per-node`",
            )
            .also_at(at_mode, "the mode");
        }
        "statefulset" | "daemonset" => {}
        _ => {
            walk.refuse(
                key(spec, "targetAllocator"),
                format!("a collector of mode `{mode}` cannot have a `targetAllocator`"),
            )
            .also_at(at_mode, "the mode");
        }
    }
}

fn key(spec: Node<'_>, name: &str) -> Span {
    spec.key(name).map_or(head(spec), Node::span)
}

fn is_on(section: Node<'_>) -> bool {
    section
        .boolean_at("enabled")
        .is_some_and(|enabled| enabled.value)
}

fn is_empty(value: Node<'_>) -> bool {
    match value.shape() {
        Shape::Sequence => value.items().next().is_none(),
        Shape::Mapping => value.entries().next().is_none(),
        Shape::Scalar => value.text().is_empty(),
        Shape::Null => true,
    }
}

const ISSUERS: &[&str] = &["acme", "ca", "selfSigned", "vault", "venafi"];

fn one_issuer(walk: &mut Walk<'_>, spec: Node<'_>) {
    let there: Vec<Node<'_>> = ISSUERS
        .iter()
        .filter(|field| spec.get(field).is_some())
        .filter_map(|field| spec.key(field))
        .collect();
    match there.as_slice() {
        [_] => {}
        [] => {
            walk.refuse(head(spec), "the issuer is of no kind").help =
                Some("give `acme`, `ca`, `selfSigned`, `vault` or `venafi`".to_owned());
        }
        [first, second, ..] => {
            walk.refuse(
                second.span(),
                "the issuer is of two kinds, and only one is possible",
            )
            .also_at(first.span(), "the other one");
        }
    }
}

/// A certificate is for somebody (cert-manager's webhook, `ValidateCertificateSpec`).
fn certificate(walk: &mut Walk<'_>, spec: Node<'_>) {
    let lists = [
        "dnsNames",
        "uris",
        "ipAddresses",
        "emailAddresses",
        "otherNames",
    ];
    let named = lists.iter().any(|list| size(spec, list) > 0)
        || ["commonName", "literalSubject"]
            .iter()
            .any(|field| text_at(spec, field).is_some());
    if !named {
        walk.refuse(head(spec), "the certificate names nobody").help = Some(
            "give at least one of `dnsNames`, `uris`, `ipAddresses` or `commonName`".to_owned(),
        );
    }
}
