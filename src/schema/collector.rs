//! Cross-field rules of OpenTelemetryCollector and of cert-manager's kinds.
//!
//! Source: the validation rules of the OpenTelemetry operator 0.158 and cert-manager 1.20.

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

/// A sidecar shares the pod of somebody else, who decides about the rest of it (v1beta1).
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
    }
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
