//! What the targets and authorities of a BackendTLSPolicy lead to.
//!
//! Source: Gateway API v1.6, `apis/v1/backendtlspolicy_types.go`: both are local; ConfigMaps with `ca.crt` everywhere, Secrets
//! with some implementations.

use super::Absent;
use super::scrutiny;
use crate::model::Model;
use crate::model::policy::BackendTlsPolicy;
use crate::model::reference::Reference;
use crate::settings::Settings;
use crate::source::Span;

/// What is wrong with a BackendTLSPolicy.
#[derive(Clone, Debug)]
pub struct Distrust {
    /// The policy.
    pub policy: usize,
    /// Where it is written.
    pub said: Span,
    /// What it is.
    pub why: Failing,
}

/// What is wrong with a target or an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The Service was not found.
    NoService(Absent),
    /// That Service, an index into the model, has no port of that name.
    NoPort(usize),
    /// Authorities are not read from objects of that kind.
    OtherKind(String),
    /// What is named holds no authority, in words that follow "it".
    Empty(String),
}

/// Everything that is wrong with the policies of `model`. Authorities that are not there are missing objects like others.
pub(super) fn distrusts(model: &Model, settings: &Settings) -> Vec<Distrust> {
    let mut found = Vec::new();
    for (policy, own) in model.backend_tls_policies.iter().enumerate() {
        let targets = own.targets.iter();
        let targets = targets.filter_map(|target| aim(model, settings, own, target));
        let authorities = own.authorities.iter();
        let authorities = authorities.filter_map(|reference| authority(model, own, reference));
        found.extend(
            targets
                .chain(authorities)
                .map(|(said, why)| Distrust { policy, said, why }),
        );
    }
    found
}

fn aim(
    model: &Model,
    settings: &Settings,
    policy: &BackendTlsPolicy,
    target: &Reference,
) -> Option<(Span, Failing)> {
    if !target.group_or("").is_empty() || target.kind_or("Service") != "Service" {
        return None;
    }
    let object = &policy.object;
    let (namespace, name) = (object.namespace(), target.name());
    let Some(at) = model.services.nearest_index(namespace, name, object) else {
        let absent = Absent::of("Service", namespace, settings);
        return Some((target.name_span(), Failing::NoService(absent)));
    };
    let section = target.section.as_ref()?;
    let mut ports = model.services[at].ports.iter();
    let is_there = ports.any(|port| port.name.as_ref() == Some(section));
    (!is_there).then_some((section.span, Failing::NoPort(at)))
}

fn authority(
    model: &Model,
    policy: &BackendTlsPolicy,
    reference: &Reference,
) -> Option<(Span, Failing)> {
    let object = &policy.object;
    let (namespace, name) = (object.namespace(), reference.name());
    let entries = match (reference.group_or(""), reference.kind_or("ConfigMap")) {
        ("", "ConfigMap") => {
            let map = model.config_maps.nearest(namespace, name, object)?;
            &map.entries
        }
        ("", "Secret") => {
            let secret = model.secrets.nearest(namespace, name, object)?;
            &secret.entries
        }
        // A ClusterTrustBundle is of a group of its own, which some leave out.
        ("", kind) if kind != "ClusterTrustBundle" => {
            let span = reference
                .kind
                .as_ref()
                .map_or(reference.span, |kind| kind.span);
            return Some((span, Failing::OtherKind(kind.to_owned())));
        }
        // A kind of the implementation's own.
        _ => return None,
    };
    // Something else fills an object that is given without any value.
    if entries.is_empty() {
        return None;
    }
    let defect = scrutiny::authority(entries, &["ca.crt"]).err()?;
    // Envoy Gateway takes the certificate itself in the place of an absent authority, Traefik `tls.ca`.
    let others = scrutiny::authority(entries, &["tls.ca", "tls.crt"]);
    others
        .is_err()
        .then(|| (reference.name_span(), Failing::Empty(defect)))
}
