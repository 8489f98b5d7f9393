//! Cross-field rules of BackendTLSPolicy and XBackend.
//!
//! Source: the validation rules of the Gateway API v1.6.1 definitions.

use std::collections::BTreeMap;

use crate::yaml::Node;

use super::checks::mappings;
use super::checks::size;
use super::checks::text_at;
use super::checks::text_or;
use super::walk::AlsoAt;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;
use super::wording;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("policy-targets", policy_targets),
    ("certificate-authorities", certificate_authorities),
    ("subject-alternative-name", subject_alternative_name),
    ("external-backend", external_backend),
    ("backend-client-certificate", backend_client_certificate),
];

/// A target that is named more than once needs a section each time, and each time another.
fn policy_targets(walk: &mut Walk<'_>, list: Node<'_>) {
    let mut groups: BTreeMap<[String; 3], Vec<Node<'_>>> = BTreeMap::new();
    for target in mappings(list) {
        let key = ["group", "kind", "name"].map(|key| text_or(target, key, ""));
        groups.entry(key).or_default().push(target);
    }
    for (key, group) in groups.iter().filter(|(_, group)| group.len() > 1) {
        let name = wording::short(&key[2]).into_owned();
        let mut seen = BTreeMap::new();
        for target in group {
            let section = text_at(*target, "sectionName");
            let Some(section) = section else {
                let count = group.len();
                walk.refuse(
                    head(*target),
                    format!(
                        "the target `{name}` is named {count} times, here without `sectionName`"
                    ),
                )
                .help = Some("name another port of the Service each time".to_owned());
                break;
            };
            if let Some(first) = seen.insert(section.clone(), head(*target)) {
                let shown = wording::short(&section).into_owned();
                walk.refuse(
                    head(*target),
                    format!("the target `{name}` is named twice with the section `{shown}`"),
                )
                .also_at(first, "the first time");
            }
        }
    }
}

fn certificate_authorities(walk: &mut Walk<'_>, validation: Node<'_>) {
    let own = size(validation, "caCertificateRefs") > 0;
    let known = text_at(validation, "wellKnownCACertificates").is_some();
    if own == known {
        let place = walk.place();
        let span = validation
            .key("wellKnownCACertificates")
            .filter(|_| own)
            .map_or(head(validation), Node::span);
        let message = if own {
            format!(
                "`{place}` has `caCertificateRefs` and `wellKnownCACertificates`, and only one of them is possible"
            )
        } else {
            format!("`{place}` names no certificate authority")
        };
        walk.refuse(span, message).help =
            Some("give `caCertificateRefs`, or `wellKnownCACertificates: System`".to_owned());
    }
}

fn subject_alternative_name(walk: &mut Walk<'_>, name: Node<'_>) {
    let kind = text_or(name, "type", "");
    for (of, member) in [("Hostname", "hostname"), ("URI", "uri")] {
        let there = text_at(name, member).is_some();
        if there && kind != of {
            let span = name.key(member).map_or(head(name), Node::span);
            walk.refuse(span, format!("`{member}` is only for the type `{of}`"));
        } else if !there && kind == of {
            let span = name.get("type").map_or(head(name), Node::span);
            walk.refuse(
                span,
                format!("the type is `{of}`, and there is no `{member}`"),
            );
        }
    }
}

fn external_backend(walk: &mut Walk<'_>, spec: Node<'_>) {
    if text_or(spec, "type", "") == "ExternalHostname" && spec.get("externalHostname").is_none() {
        let span = spec.get("type").map_or(head(spec), Node::span);
        walk.refuse(
            span,
            "the type is `ExternalHostname`, and there is no `externalHostname`",
        );
    }
    let hostname = spec
        .get("externalHostname")
        .and_then(|host| host.get("hostname"));
    if let Some(hostname) = hostname.filter(|host| host.text().ends_with(".cluster.local")) {
        walk.refuse(
            hostname.span(),
            "an external hostname ends with `.cluster.local`",
        );
    }
}

fn backend_client_certificate(walk: &mut Walk<'_>, tls: Node<'_>) {
    let wanted = text_or(tls, "mode", "") == "ClientAndServer";
    let there = tls.get("clientCertificateRef").is_some();
    if wanted && !there {
        let span = tls.get("mode").map_or(head(tls), Node::span);
        walk.refuse(
            span,
            "the mode is `ClientAndServer`, and there is no `clientCertificateRef`",
        );
    } else if there && !wanted {
        let span = tls
            .key("clientCertificateRef")
            .map_or(head(tls), Node::span);
        walk.refuse(
            span,
            "`clientCertificateRef` is only for the mode `ClientAndServer`",
        );
    }
}
