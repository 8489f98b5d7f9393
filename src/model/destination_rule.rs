//! Istio's DestinationRules, as far as they decide what is spoken to a Service.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;
use crate::yaml::below;

/// A `networking.istio.io` DestinationRule.
#[derive(Clone, Debug)]
pub struct DestinationRule {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.host`: a Service, short or with its namespace and domain; may begin with `*`.
    pub host: Option<Spanned<String>>,
    /// `spec.trafficPolicy.tls.mode`.
    pub tls_mode: Option<Spanned<String>>,
    /// Whether some traffic policy in it, of a port or a subset too, says whether TLS is spoken.
    pub says_tls: bool,
    /// Whether `spec.trafficPolicy.portLevelSettings` says otherwise for some ports.
    pub has_ports: bool,
    /// Whether what it says of TLS may be otherwise for a port, a subset, or some of the callers.
    pub is_partial: bool,
    /// Whether some traffic policy in it sets `h2UpgradePolicy: UPGRADE` or `useClientProtocol: true`, so that HTTP/2 may
    /// be spoken to a port that does not ask for it.
    pub may_upgrade: bool,
}

impl DestinationRule {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            host: spec.and_then(|spec| spec.string_at("host")),
            tls_mode: below(spec, &["trafficPolicy", "tls"]).and_then(|tls| tls.string_at("mode")),
            says_tls: spec.is_some_and(|spec| says_tls(spec, DEPTH)),
            has_ports: below(spec, &["trafficPolicy", "portLevelSettings"]).is_some(),
            is_partial: below(spec, &["trafficPolicy", "portLevelSettings"])
                .or_else(|| below(spec, &["subsets"]))
                .is_some_and(|parts| says_tls(parts, DEPTH))
                || ["workloadSelector", "exportTo"]
                    .iter()
                    .any(|key| below(spec, &[key]).is_some()),
            may_upgrade: spec.is_some_and(|spec| upgrades(spec, DEPTH)),
        }
    }

    /// Whether callers show a certificate where they speak TLS.
    #[must_use]
    pub fn shows_certificate(&self) -> bool {
        let mode = self.tls_mode.as_ref();
        mode.is_some_and(|mode| mode.value != "SIMPLE")
    }

    /// Whether it certainly is about the Service of that namespace and name, a `*` in its host included.
    #[must_use]
    pub fn covers(&self, namespace: &str, name: &str) -> bool {
        let wildcard = self.host.as_ref().and_then(|host| host.strip_prefix('*'));
        match wildcard {
            Some(rest) => format!("{name}.{namespace}.svc.cluster.local").ends_with(rest),
            None => self.is_about(namespace, name),
        }
    }

    /// Whether it may be about the Service of that namespace and name.
    #[must_use]
    pub fn is_about(&self, namespace: &str, name: &str) -> bool {
        let is_all = |host: &str| host == "*" || host.starts_with("*.");
        self.host.as_ref().is_some_and(|host| is_all(host))
            || self.service() == Some((namespace, name))
    }

    /// The namespace and name of the one Service that its host may mean; `None` without a host, and where that begins with
    /// `*`.
    #[must_use]
    pub fn service(&self) -> Option<(&str, &str)> {
        let host = self.host.as_ref().filter(|host| !host.starts_with('*'))?;
        let mut labels = host.value.splitn(3, '.');
        let name = labels.next().unwrap_or_default();
        let namespace = labels.next().unwrap_or_else(|| self.object.namespace());
        Some((namespace, name))
    }
}

impl Named for DestinationRule {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

/// `spec.subsets[].trafficPolicy.portLevelSettings[].connectionPool.http` is the deepest place.
const DEPTH: usize = 8;

fn says_tls(node: Node<'_>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match node.shape() {
        Shape::Mapping => {
            let is_said = node.get("tls").is_some_and(|tls| tls.has("mode"));
            is_said || node.entries().any(|(_, value)| says_tls(value, depth - 1))
        }
        Shape::Sequence => node.items().any(|item| says_tls(item, depth - 1)),
        _ => false,
    }
}

fn upgrades(node: Node<'_>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match node.shape() {
        Shape::Mapping => {
            let upgrade = node
                .string_at("h2UpgradePolicy")
                .is_some_and(|policy| policy.value == "UPGRADE");
            let client = node
                .boolean_at("useClientProtocol")
                .is_some_and(|flag| flag.value);
            upgrade || client || node.entries().any(|(_, value)| upgrades(value, depth - 1))
        }
        Shape::Sequence => node.items().any(|item| upgrades(item, depth - 1)),
        _ => false,
    }
}
